"""The same work on other programs."""


def compared(events: int, *, runs: int) -> str:
    """The table."""
    return f"{events} {runs}"
