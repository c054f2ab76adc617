"""Two hosts and a hub in good health, for tests of what can go wrong."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.planting import event, event_id, folder, name_of
from tests.cli.running import Here, files_of, plant, two_hosts


@dataclass
class Ward:
    """Two hosts and a hub in good health, with one task, and what a test may change."""

    root: Path
    home: Path
    patch: pytest.MonkeyPatch
    plum: Here
    apricot: Here
    hub: Path
    task: str
    open_files: list[int] = field(default_factory=list)

    @property
    def git_dir(self) -> Path:
        return self.plum.folder / ".git"

    @property
    def clare(self) -> Path:
        return self.git_dir / "clare"

    @property
    def created(self) -> str:
        """The id of the event that made the task."""
        return name_of(next(path for path in files_of(self.plum) if self.task in path))

    def with_env(self, **env: str) -> Here:
        return Here(self.plum.folder, {"CLARE_ACTOR": "nat", **env})

    def write(
        self, body: str, *, number: int = 0, ahead: int = 0, type_: str = "task.edited"
    ) -> Here:
        """Plant an event about the task, as if somebody on the host eve had written it."""
        one = event_id(number, ahead=ahead)
        path = f"{folder(self.task)}/{one}.yaml"
        plant(self.plum, {path: event(self.task, one, body, type_)})
        return self.plum


def ward_of(root: Path, home: Path, patch: pytest.MonkeyPatch) -> Ward:
    plum, apricot, hub = two_hosts(root)
    task = plum.add("Work")
    plum.ok("sync")
    return Ward(root, home, patch, plum, apricot, hub, task)


def aged(path: Path, seconds: float, text: str = "") -> Path:
    """A file that looks as if it were written so long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(text)
    moment = time.time() - seconds
    os.utime(path, (moment, moment))
    return path
