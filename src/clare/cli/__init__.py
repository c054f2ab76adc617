"""The command line: parse, call one service or view, print."""

from clare.cli.entry import cli, main

__all__ = ["cli", "main"]
