"""The same tasks in topydo, which keeps a todo.txt.

P0 to P4 are (A) to (E). What is no work now (ideas, reviews, deferred and held tasks) starts in 2035.
Closed tasks are left out: topydo keeps them in another file, which it does not read here.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.records import Record

PROGRAM = "topydo"
_LATER = "2035-01-01"


class Topydo:
    """One todo.txt."""

    def __init__(self, folder: Path, tasks: Sequence[Record]) -> None:
        folder.mkdir()
        self.file = folder / "todo.txt"
        self.done = folder / "done.txt"
        numbers = {task.id: number for number, task in enumerate(tasks, 1)}
        needed: dict[str, list[int]] = {}
        for task in tasks:
            for need in task.needs:
                needed.setdefault(need, []).append(numbers[task.id])
        lines = [
            " ".join(_words(task, numbers, needed.get(task.id, ())))
            for task in tasks
            if not task.is_closed
        ]
        self.file.write_text("\n".join(lines) + "\n", "utf-8")

    def command(self, *words: str) -> list[str]:
        """A command line."""
        return [PROGRAM, "-t", str(self.file), "-d", str(self.done), *words]


def _words(task: Record, numbers: Mapping[str, int], needed_by: Sequence[int]) -> Iterator[str]:
    """The title comes last, so that its number ends the line."""
    yield f"({'ABCDE'[int(task.priority[1])]})"
    yield task.created_at[:10]
    if task.project:
        yield f"+{task.project}"
    yield from (f"@{label}" for label in task.labels)
    if task.due:
        yield f"due:{task.due[:10]}"
    start = _LATER if task.is_off or task.is_held else task.defer_until[:10]
    if start:
        yield f"t:{start}"
    if task.needs:
        yield f"id:{numbers[task.id]}"
    yield from (f"p:{number}" for number in needed_by)
    yield task.title
