"""Every way Clare says no: what is wrong, what to do, and the exit code."""

from collections.abc import Sequence
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line: the contract with scripts."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    PARTIAL = 3
    HELD = 4
    UNREADABLE = 5
    UNPUBLISHED = 6
    NOTHING = 7
    BUG = 70


EXIT_MEANINGS = {
    Exit.DONE: "done",
    Exit.REFUSED: "refused, or not found",
    Exit.USAGE: "wrong usage",
    Exit.PARTIAL: "some of several failed, each named",
    Exit.HELD: "somebody else holds it, or won it",
    Exit.UNREADABLE: "the board holds something unreadable, and the answer depends on it",
    Exit.UNPUBLISHED: "saved here, but not published; of a claim: the hub cannot be asked, not taken",
    Exit.NOTHING: "nothing to do: nothing is ready, or `wait` ran out of time",
    Exit.BUG: "a bug in Clare; the traceback is in the file that is named",
}
"""What each code means, as `clare --help`, the man pages and the reference say it."""


class ClareError(Exception):
    """Something a person can act on: one line why, one line what to do."""

    exit_code = Exit.REFUSED

    def __init__(self, message: str, *, hint: str = "", exit_code: Exit | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code


class Several(ClareError):
    """Several things wrong at once, each told in a line of its own; the exit code is the first's."""

    def __init__(self, errors: Sequence[ClareError]) -> None:
        super().__init__(
            f"{errors[0].message} (and {len(errors) - 1} more)",
            hint=errors[0].hint,
            exit_code=errors[0].exit_code,
        )
        self.errors = errors


class Usage(ClareError):
    """The command line asks for something that cannot be."""

    exit_code = Exit.USAGE


class Held(ClareError):
    """Somebody else holds the task, or won it."""

    exit_code = Exit.HELD


class Unreadable(ClareError):
    """The store holds something unreadable or against the laws."""

    exit_code = Exit.UNREADABLE


class Unpublished(ClareError):
    """Saved here but not published; or unreachable and nothing taken."""

    exit_code = Exit.UNPUBLISHED


class NothingToDo(ClareError):
    """The queue is empty."""

    exit_code = Exit.NOTHING
