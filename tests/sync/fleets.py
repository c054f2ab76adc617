"""Fleets to test with: a bare hub and clones of it, on clocks and randomness of the test's own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from clare import names
from clare.clock import MINUTE, Stamp, instant
from clare.errors import ClareError
from clare.events.fact import Fact
from clare.events.text import event_bytes
from clare.fleet import Manifest, Task
from clare.services import claims, tasks
from clare.store.board import Board
from clare.store.git import Git
from clare.store.place import Place
from clare.store.setup import found_board
from clare.store.sync import Synced, sync
from clare.views.digest import Digest
from tests.publishers import settled

START = instant("2026-11-20T09:00:00Z")
BRANCH = "fleet"
REF = f"refs/heads/{BRANCH}"
CLARE = (sys.executable, "-m", "clare")
SECONDS = 60.0
"""How long a command of a test may take before the test fails."""


@dataclass
class Clock:
    """The true time, and how far the clock of each host is from it."""

    now: int = START
    offsets: dict[str, int] = field(default_factory=dict)

    def of(self, host: str) -> Callable[[], int]:
        return lambda: self.now + self.offsets.get(host, 0)


@dataclass
class World:
    """A folder with a bare hub and the clones of it."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    seed: Random = field(default_factory=lambda: Random(20261120))
    alias: str = ""
    """The hub's address, if git's `insteadOf` is to lead from there to its folder."""
    problem: ClareError | None = None
    """Why the last write could not be published."""

    @property
    def hub(self) -> Path:
        return self.folder / "hub.git"

    @property
    def url(self) -> str:
        return self.alias or str(self.hub)

    @property
    def gone(self) -> Path:
        """Where the hub is while it cannot be reached."""
        return self.folder / "gone.git"

    def after(self, minutes: float) -> None:
        """Let time pass, for everybody."""
        self.clock.now += int(minutes * MINUTE)

    def tip(self) -> str:
        return git(self.hub, "rev-parse", REF)

    def board(self, host: str, *, actor: str = "", folder: str = "") -> Board:
        """The board of one host, whether its repository is there yet or not."""
        path = self.folder / f"{folder or host}.git"
        clone = names.derived("clone", host, length=8)
        place = Place(Git(path), BRANCH, REF, str(path), "PATH", "the test's")
        now, bits = self.clock.of(host), self.seed.getrandbits
        return self.publishing(Board(place, host, actor or f"{host}er", clone, now=now, bits=bits))

    def publishing(self, board: Board) -> Board:
        """The board, with a publisher that has ended when a write returns."""
        return board._replace(wake_publisher=lambda said: self.publish(board, said))

    def forget(self) -> None:
        self.problem = None

    def publish(self, board: Board, said: Manifest) -> bool:
        """What the publisher does in the background, at once."""
        if not said.hub:
            return False
        try:
            sync(board, self.url)
            self.problem = None
        except ClareError as problem:
            self.problem = problem
        return True

    def found(self, host: str, *, hub: bool = True) -> Board:
        """A new fleet, published at the hub if it names one."""
        board = self._empty(host)
        manifest = Manifest(name="garden", hub=self.url if hub else "")
        found_board(board.git, BRANCH, manifest, clone=board.clone)
        bare(self.hub)
        if hub:
            sync(board, self.url)
        return board

    def join(self, host: str) -> Board:
        board = self._empty(host)
        git(board.git.git_dir, "fetch", "-q", self.hub, f"{REF}:{REF}")
        return board

    def _empty(self, host: str) -> Board:
        board = self.board(host)
        bare(board.git.git_dir)
        if self.alias:
            git(board.git.git_dir, "config", f"url.{self.hub}.insteadOf", self.alias)
        return board

    def hook(self, name: str, *lines: str) -> None:
        """Let the hub run a hook: a shell script of these lines."""
        path = self.hub / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        path.chmod(0o755)

    def unhook(self) -> None:
        shutil.rmtree(self.hub / "hooks")

    def lose(self) -> None:
        """From now on the hub cannot be reached."""
        self.hub.rename(self.gone)

    def regain(self) -> None:
        self.gone.rename(self.hub)


def bare(path: Path) -> None:
    git(path.parent, "init", "-q", "--bare", "--template=", f"--initial-branch={BRANCH}", path)


def git(
    where: Path, *words: str | Path, given: str = "", env: Mapping[str, str] | None = None
) -> str:
    """What plain git prints; the test fails if git does."""
    done = subprocess.run(
        ["git", "-C", where, *words],
        input=given,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"git {words}: {done.stderr}"
    return done.stdout.rstrip("\n")


def repo(board: Board) -> Path:
    return board.git.git_dir


def tip(board: Board) -> str:
    return git(repo(board), "rev-parse", REF)


def paths(where: Path, rev: str = REF) -> list[str]:
    return git(where, "ls-tree", "-r", "--name-only", rev).splitlines()


def commit_by_hand(
    where: Path,
    changes: Mapping[str, str | None],
    *,
    message: str = "by hand",
    parents: Sequence[str] = (REF,),
) -> str:
    """What somebody does with plain git: a commit on the branch; None removes a path."""
    index = {"GIT_INDEX_FILE": str(where / "by-hand.index")}
    git(where, "read-tree", parents[0], env=index)
    lines = [f"{_entry(where, text)}\t{path}\n" for path, text in changes.items()]
    git(where, "update-index", "--index-info", given="".join(lines), env=index)
    tree = git(where, "write-tree", env=index)
    above = [word for parent in parents for word in ("-p", parent)]
    commit = git(where, "commit-tree", tree, *above, "-m", message)
    git(where, "update-ref", REF, commit)
    return commit


def _entry(where: Path, text: str | None) -> str:
    if text is None:
        return f"0 {'0' * 40}"
    return f"100644 {git(where, 'hash-object', '-w', '--stdin', given=text)}"


def event_by_hand(
    board: Board, fact: Fact, *, by: str, at: int, random_part: str
) -> tuple[str, str]:
    """The path and text of an event that a person writes in a pull request: without `after`."""
    event_id = f"{Stamp(at)}-hand-{random_part}"
    data = event_bytes(fact, event_id=event_id, by=by, clone=names.base32(0, 8), after=())
    return names.event_path(fact.entity, event_id), data.decode()


def add(board: Board, title: str) -> str:
    """A new task, published if the hub can be reached. Returns its id."""
    return tasks.add(board, fields={"title": title}, labels=(), needs=()).tasks[0]


def task(board: Board, task_id: str) -> Task:
    return board.read().tasks[task_id]


def holder(board: Board, task_id: str) -> str:
    """Who holds the task, as this clone sees it now; empty if nobody."""
    found = task(board, task_id).holder(now=board.now())
    return found.by if found else ""


def claim(board: Board, task_id: str, *, minutes: int = 240, force: bool = False) -> claims.Taken:
    return claims.claim(board, [task_id], lease=minutes * 60_000, force=force)


def taken_task(taken: claims.Taken) -> Task:
    """The one task that was taken, as it is afterwards."""
    (task_id,) = taken.outcome.tasks
    return taken.outcome.fleet.tasks[task_id]


def exit_of(command: Callable[[], object]) -> int:
    """The exit code that the command line would give this call."""
    try:
        command()
    except ClareError as error:
        return int(error.exit_code)
    return 0


def acting(board: Board, actor: str) -> Board:
    return board._replace(actor=actor)


def sync_once(world: World, board: Board) -> Synced:
    return sync(board, world.url)


def settle(world: World, boards: Sequence[Board], *, rounds: int = 4) -> str:
    """Let everybody sync until nothing moves. Returns the tip that all have then."""
    for _ in range(rounds):
        for board in boards:
            sync(board, world.url)
        if {tip(board) for board in boards} == {world.tip()}:
            return world.tip()
    raise AssertionError("the clones do not come to rest")


def digests(boards: Sequence[Board]) -> set[Digest]:
    return {board.digest() for board in boards}


@dataclass(frozen=True)
class Ran:
    """How a process of `clare` ended."""

    code: int
    out: str
    err: str


def clare(
    *words: str | Path,
    at: Path,
    actor: str = "nat",
    env: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
) -> Ran:
    """Run the program itself on the board in a folder."""
    child = start(*words, at=at, actor=actor, env=env, before=before)
    out, err = child.communicate(timeout=SECONDS)
    settled(Path(at))
    return Ran(child.returncode, out, err)


def start(
    *words: str | Path,
    at: Path,
    actor: str = "nat",
    env: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, *CLARE, *map(str, words)],
        cwd=at,
        env={**os.environ, "CLARE_ACTOR": actor, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
