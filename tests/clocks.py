"""Running programs on a clock of their own."""

from contextlib import suppress
from pathlib import Path

from tests.servers import needs


def faketime() -> Path:
    """The program that starts others on another clock.

    It names its shared memory by its pid, and does not start where a killed run of that pid has left
    some: so what the dead have left goes first.
    """
    for left in Path("/dev/shm").glob("*faketime_*_*"):
        if not Path("/proc", left.name.rpartition("_")[2]).exists():
            with suppress(PermissionError):  # somebody else's
                left.unlink(missing_ok=True)
    return needs("faketime")
