"""Examples at the end of a command's help: one a line, so that each can be copied."""

import click


def listed(epilog: str) -> str:
    """`Examples: a; b` with each example in a line of its own, which click does not wrap."""
    word, _, examples = epilog.partition(": ")
    return "\n".join(["\b", f"{word}:", *(f"  {each}" for each in examples.split("; "))])


def examples_of(command: click.Command) -> list[str]:
    """The examples of a command, each as it can be typed."""
    return [line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  ")]
