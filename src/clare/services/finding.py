"""The tasks that a person means, several at once, and whether an answer about them can stand."""

from collections.abc import Sequence

from clare.errors import ClareError, Exit, Unreadable
from clare.fleet import Fleet, Task


def together(errors: Sequence[ClareError]) -> ClareError:
    """All errors as one; its exit code is the common one."""
    if len(errors) == 1:
        return errors[0]
    codes = {error.exit_code for error in errors}
    return ClareError(
        "; ".join(dict.fromkeys(error.message for error in errors)),
        hint=errors[0].hint,
        exit_code=codes.pop() if len(codes) == 1 else Exit.PARTIAL,
    )


def find_each(
    fleet: Fleet, names: Sequence[str]
) -> tuple[list[Task], list[tuple[str, ClareError]]]:
    """The tasks that a person means, and what went wrong with the others. Raises if all did."""
    found: list[Task] = []
    failed: list[tuple[str, ClareError]] = []
    for name in names:
        try:
            found.append(fleet.task(name))
        except ClareError as error:
            failed.append((name, error))
    if not found:
        raise together([error for _, error in failed])
    return found, failed


def sound(fleet: Fleet, name: str) -> Task:
    """The task that a person means, if all its events are readable. Raises ClareError."""
    task = fleet.task(name)
    check_readable(fleet, task.key)
    return task


def check_readable(fleet: Fleet, key: str) -> None:
    """Raise Unreadable if an answer about this entity would rest on files that cannot be read."""
    broken = fleet.unreadable(key)
    if broken:
        import shlex

        raise Unreadable(
            str(broken[0]),
            hint="mend it with git, or accept it with "
            f"`clare doctor --acknowledge {shlex.quote(broken[0].path)}`",
        )
