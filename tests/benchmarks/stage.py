"""What is measured on: copies of a kept board in a temporary folder, each made when first wanted."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cached_property
from itertools import cycle
from pathlib import Path

from clare import names
from clare.fleet import Manifest
from clare.store import clone, setup
from clare.store.git import Git
from tests.benchmarks import news
from tests.benchmarks.boards import BRANCH, REF, Kept

HUB = "https://hub.example.invalid/fleet.git"
"""The hub's name on the board; each clone's `insteadOf` leads to a folder."""

CLARE = str(Path(sys.executable).with_name("clare"))
_PREFIXES = ("CLARE", "CLAUDE", "GIT_", "PYTHON", "XDG_", "TASK")


def an_environment(home: Path) -> dict[str, str]:
    """An empty home and a pinned identity."""
    identity = {"NAME": "Nat", "EMAIL": "nat@example.invalid"}
    people = ("AUTHOR", "COMMITTER")
    who = {f"GIT_{p}_{key}": value for p in people for key, value in identity.items()}
    return {**who, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "CLARE_ACTOR": "nat"}


def environment(home: Path) -> dict[str, str]:
    """All that a measured command finds: nothing of ours that changes what Python or git do."""
    home.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_PREFIXES)}
    return {**kept, **an_environment(home)}


class Clone:
    """One copy of the board."""

    def __init__(self, path: Path, env: Mapping[str, str]) -> None:
        self.path = path
        self.env = env
        self.git_dir = path / ".git" if (path / ".git").exists() else path

    def clare(self, *words: str) -> list[str]:
        """A command line on this board, as the console script has it."""
        return [CLARE, words[0], "--fleet", str(self.path), *words[1:]]

    def run(self, *words: str) -> None:
        """Run Clare here, unmeasured."""
        subprocess.run(self.clare(*words), check=True, env=self.env, capture_output=True)

    def git(self, *words: str) -> list[str]:
        """A git command line on this repository."""
        return ["git", "--git-dir", str(self.git_dir), *words]

    def run_git(self, *words: str) -> str:
        """Run git here, unmeasured; what it prints."""
        done = subprocess.run(self.git(*words), check=True, env=self.env, stdout=subprocess.PIPE)
        return done.stdout.decode()


class Stage:
    """All copies of one board. `runs` says how often each row will be run."""

    def __init__(self, folder: Path, kept: Kept, env: Mapping[str, str], *, runs: int) -> None:
        self.folder = folder
        self.kept = kept
        self.env = env
        self.runs = runs
        ids = [key.partition("/")[2] for key in kept.targets]
        self.task = ids[0]
        self.tasks = cycle(ids[1:])
        self.closing = iter(reversed(ids))

    @cached_property
    def read(self) -> Clone:
        """A bare board that nobody writes to."""
        return self._warm(self._copy("read.git"))

    @cached_property
    def written(self) -> Clone:
        """A bare board for writes."""
        return self._warm(self._copy("written.git"))

    @cached_property
    def checked_out(self) -> Clone:
        """A board for writes that lies open in a folder."""
        return self._warm(self._copy("checked-out", bare=False))

    @cached_property
    def plain(self) -> Clone:
        """The same for git alone."""
        return self._copy("plain", bare=False)

    def added(self) -> str:
        """A new file there, in the folder of the next task."""
        path = self.plain.path / names.folder(names.task_key(next(self.tasks))) / "new.yaml"
        path.write_text("type: task.commented\n")
        return str(path)

    @cached_property
    def fresh(self) -> Clone:
        """A board that was cloned and never read."""
        return self._copy("fresh.git")

    @cached_property
    def blobs(self) -> Path:
        """The ids of all files of the board, one in a line."""
        listed = self.read.run_git("ls-tree", "-r", "--format=%(objectname)", REF)
        path = self.folder / "blobs"
        path.write_text(listed)
        return path

    def forget(self) -> None:
        """Make the fresh board fresh again."""
        shutil.rmtree(self.fresh.git_dir / "clare" / "cache", ignore_errors=True)

    @cached_property
    def recent(self) -> "Exchange":
        """Where 100 events at a time come from the hub, before each read."""
        return Exchange(self, "recent", 100, 4 * self.runs)

    @cached_property
    def fetching(self) -> "Exchange":
        """Where 1,000 events at a time wait at the hub."""
        return Exchange(self, "fetching", 1000, self.runs)

    @cached_property
    def publishing(self) -> "Exchange":
        """Where 1,000 events at a time wait in the clone."""
        return Exchange(self, "publishing", 1000, self.runs)

    def _copy(self, name: str, *, bare: bool = True) -> Clone:
        return self.cloned(self.kept.git_dir, name, bare=bare)

    def cloned(self, source: Path, name: str, *, bare: bool = True) -> Clone:
        """A clone as `git clone` on one machine makes it, known to Clare as the board on plum."""
        path = self.folder / name
        kind = ["--bare"] if bare else []
        subprocess.run(
            ["git", "clone", "-q", "--local", *kind, "-b", BRANCH, str(source), str(path)],
            check=True,
            env=self.env,
        )
        made = Clone(path, self.env)
        clone.save(Git(made.git_dir), clone.Clone(branch=BRANCH, host="plum"))
        return made

    def _warm(self, made: Clone) -> Clone:
        made.run("list", "-n", "1")
        return made


class Exchange:
    """A hub, a clone of Clare's, and a plain clone with a hub of its own, all at one commit."""

    def __init__(self, stage: Stage, name: str, size: int, batches: int) -> None:
        self.feeder = stage.cloned(stage.kept.git_dir, f"{name}-feeder.git")
        git = Git(self.feeder.git_dir)
        local = clone.identified(git)
        setup.found_board(git, BRANCH, Manifest(name="measured", hub=HUB), clone=local.id)
        self.hub, self.plain_hub, self.clone, self.plain = (
            stage.cloned(git.git_dir, f"{name}-{which}.git")
            for which in ("hub", "plain-hub", "clone", "plain")
        )
        self.clone.run_git("config", f"url.{self.hub.git_dir}.insteadOf", HUB)
        self.clone.run("sync")
        self.clone.run("list", "-n", "1")
        # Only now: a clone on one machine shares all that its source holds, and nothing would be sent.
        refs = news.write(git.git_dir, stage.kept.targets, number=batches, size=size, seed=size)
        self.coming = iter(refs)

    def feed(self, *to: Clone) -> None:
        """The next batch arrives in these repositories."""
        ref = next(self.coming)
        for where in to:
            self.feeder.run_git("push", "-q", str(where.git_dir), f"{ref}:{REF}")
