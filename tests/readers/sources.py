"""A small file of each format, and boards to import them into."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clare.fleet import Fleet, Task
from clare.services.origin import Source
from clare.services.readers import backlog, beads, csv, github, jsonl, markdown, taskwarrior
from clare.services.replica import Imported, bring, plan
from clare.store.board import Board
from clare.store.writing import extended
from tests.beads import as_event

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Format:
    """One format: its command, a good file, and its reader."""

    command: str
    data: Path
    load: Callable[[Path], Source]

    def copy(self, folder: Path) -> Path:
        """The good file in a folder where it may be changed."""
        target = folder / self.data.name
        if self.data.is_dir():
            shutil.copytree(self.data, target)
        else:
            shutil.copy(self.data, target)
        return target


FORMATS = {
    "backlog": Format("backlog", DATA / "backlog", lambda path: backlog.load(path, "")),
    "beads": Format("beads", DATA / "beads.jsonl", beads.load),
    "csv": Format("csv", DATA / "plan.csv", lambda path: csv.load(path, "")),
    "github": Format("github", DATA / "github.json", github.load),
    "github-rest": Format("github", DATA / "github-rest.json", github.load),
    "jsonl": Format("jsonl", DATA / "board.jsonl", jsonl.load),
    "markdown": Format("markdown", DATA / "todo.md", lambda path: markdown.load(path, path.name)),
    "taskwarrior": Format("taskwarrior", DATA / "taskwarrior.json", taskwarrior.load),
}


def imported(source: Source, fleet: Fleet | None = None) -> Fleet:
    """The board after an import, in memory."""
    before = fleet or Fleet()
    return extended(before, [as_event(given) for given in plan(before, source).events])


def load(board: Board, form: str, path: Path) -> Imported:
    return bring(board, FORMATS[form].load(path))


def task(fleet: Fleet, title: str) -> Task:
    """The one task of that title."""
    (found,) = [task for task in fleet.tasks.values() if task.title == title]
    return found


def value(fleet: Fleet, title: str, name: str) -> str:
    return task(fleet, title).entity.value(name)
