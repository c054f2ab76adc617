"""The same tasks in taskwarrior.

Priorities P0 and P1 are H there, P2 is M, P3 is L. Ideas, reviews and deferred tasks wait there; held
ones are started. Bodies, comments and links have no place there and are left out, to its advantage.
"""

import json
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.records import Record

PROGRAM = "task"
_SPACE = uuid.UUID(int=20261120)
_PRIORITIES = {"P0": "H", "P1": "H", "P2": "M", "P3": "L"}
_LATER = "2035-01-01"
_BLOCKED = "blocked_"
_SETTINGS = """\
confirmation=off
verbose=nothing
defaultwidth=0
report.next.filter=+READY -ACTIVE -blocked_
report.list.filter=( status:pending or status:waiting )
"""
"""`next` then prints what is ready in Clare's sense, `list` what is unfinished: one row a task."""


class Taskwarrior:
    """One folder of data. Without needs, what waits for another task bears a tag instead."""

    def __init__(self, folder: Path, tasks: Sequence[Record], *, needs: bool) -> None:
        data = folder / "data"
        data.mkdir(parents=True)
        self.settings = folder / "taskrc"
        self.settings.write_text(f"data.location={data}\n{_SETTINGS}")
        rows = [_row(task if needs else _unlinked(task)) for task in tasks]
        (folder / "tasks.json").write_text(json.dumps(rows))
        importing = self.command("import", str(folder / "tasks.json"))
        subprocess.run(importing, check=True, capture_output=True)

    def command(self, *words: str) -> list[str]:
        """A command line."""
        return [PROGRAM, f"rc:{self.settings}", *words]


def name(task_id: str) -> str:
    """What a task of Clare's is called there."""
    return str(uuid.uuid5(_SPACE, task_id))


def _unlinked(task: Record) -> Record:
    return replace(task, needs=(), labels=(*task.labels, _BLOCKED) if task.waits else task.labels)


def _row(task: Record) -> dict[str, str | list[str]]:
    off = _LATER if task.is_off else task.defer_until
    closed = {"done": "completed", "dropped": "deleted"}.get(task.status, "")
    optional: dict[str, str | list[str]] = {
        "priority": _PRIORITIES.get(task.priority, ""),
        "project": task.project,
        "tags": list(task.labels),
        "depends": [name(need) for need in task.needs],
        "due": _stamp(task.due),
        "wait": _stamp(off),
        "start": _stamp(task.updated_at) if task.is_held else "",
        "end": _stamp(task.updated_at) if closed else "",
    }
    return {
        "uuid": name(task.id),
        "description": task.title,
        "status": closed or ("waiting" if off else "pending"),
        "entry": _stamp(task.created_at),
        "modified": _stamp(task.updated_at),
        **{key: value for key, value in optional.items() if value},
    }


def _stamp(text: str) -> str:
    """`2026-12-01` or a moment of that day, as taskwarrior reads it."""
    plain = text.replace("-", "").replace(":", "")
    return f"{plain}T000000Z" if len(plain) == 8 else plain
