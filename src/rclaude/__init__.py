"""The fleet's transport: sessions of coding agents, and git, on every host, by ssh and tmux."""

__version__ = "0.4.0"

CONTRACT = 1
"""The version of what is printed and understood; docs/rclaude.md is its reference."""
