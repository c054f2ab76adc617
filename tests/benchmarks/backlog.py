"""The same tasks in Backlog.md: a folder of Markdown files.

P0 and P1 are high there, P2 is medium, the others low. Ideas, reviews and deferred tasks have the status
Later, held ones In Progress, dropped ones Done. It is told not to look at other branches or remotes.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.records import Record

PROGRAM = "backlog"
_PRIORITIES = {"P0": "high", "P1": "high", "P2": "medium"}
_CONFIG = """\
project_name: "measured"
default_status: "To Do"
statuses: ["To Do", "In Progress", "Later", "Done"]
labels: []
date_format: yyyy-mm-dd
remote_operations: false
check_active_branches: false
auto_commit: false
filesystem_only: true
task_prefix: "task"
"""


class Backlog:
    """One project in a folder; its commands are run there."""

    def __init__(self, folder: Path, tasks: Sequence[Record]) -> None:
        self.folder = folder
        files = folder / "backlog" / "tasks"
        files.mkdir(parents=True)
        (folder / "backlog" / "config.yml").write_text(_CONFIG)
        self.numbers = {task.id: number for number, task in enumerate(tasks, 1)}
        for task in tasks:
            path = files / f"task-{self.numbers[task.id]} - measured.md"
            path.write_text(_page(task, self.numbers), "utf-8")

    def command(self, *words: str) -> list[str]:
        """A command line that goes to the project first."""
        return ["env", "-C", str(self.folder), PROGRAM, *words]


def _page(task: Record, numbers: Mapping[str, int]) -> str:
    day = task.created_at[:10]
    needs = [f"TASK-{numbers[need]}" for need in task.needs]
    return "\n".join(
        [
            "---",
            f"id: TASK-{numbers[task.id]}",
            f"title: {json.dumps(task.title, ensure_ascii=False)}",
            f"status: {_status(task)}",
            "assignee: []",
            f"created_date: '{day} 09:00'",
            f"labels: {json.dumps(task.labels)}",
            f"dependencies: {json.dumps(needs)}",
            f"priority: {_PRIORITIES.get(task.priority, 'low')}",
            f"ordinal: {numbers[task.id]}000",
            "---",
            "",
        ]
    )


def _status(task: Record) -> str:
    if task.is_closed:
        return "Done"
    if task.is_held:
        return "In Progress"
    later = task.is_off or task.defer_until >= "2030"
    return "Later" if later else "To Do"
