"""Kill -9 at any moment leaves the old board or the new one, and the next command goes on."""

import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from clare.store.git import Git
from clare.store.sync import sync
from clare.views.digest import Digest
from tests.shims import git_shim
from tests.store.boards import (
    SHAPES,
    Site,
    append_tasks,
    board_of,
    leftovers,
    status,
    titles,
    user_git,
)
from tests.store.caches import same
from tests.store.processes import kill, start, until, until_ended, wait

MOMENTS = 50
"""For each of append and sync, bare and checked out: 200 in all."""

OLD, NEW, THEIRS = ["a", "b"], ["c", "d", "e"], ["x", "y"]
SHIM = """\
n=$(($(cat {counter}) + 1))
echo $n >{counter}
if [ $n = {at} ]; then
    kill -9 $PPID
    {then}
fi
exec "{git}" "$@"
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is killed: the folder it begins with, what it does, and how its board looks after it."""

    begin: Path
    run: Callable[[Site], object]
    outcomes: tuple[Digest, Digest]
    lasts: float

    def fresh(self) -> Site:
        """The beginning once more."""
        return _copied(self.begin)


def _append(site: Site) -> None:
    append_tasks(site.board, NEW)


def _sync(site: Site) -> None:
    sync(site.board, _hub(site))


def _hub(site: Site) -> str:
    return str(site.top.parent / "hub.git")


def _copied(folder: Path) -> Site:
    round_ = folder.with_name("round")
    shutil.rmtree(round_, ignore_errors=True)
    shutil.copytree(folder, round_, symlinks=True)
    return _site(round_, seed=0)


def _site(folder: Path, *, seed: int) -> Site:
    top = folder / "plum"
    return Site(board_of(Git(top / ".git" if (top / ".git").is_dir() else top), seed=seed), top)


def _prepare(folder: Path, shape: str) -> Site:
    """A clone and a hub where another clone has published something meanwhile."""
    site = SHAPES[shape](folder / "plum")
    append_tasks(site.board, OLD)
    user_git(folder, "clone", "-q", "--bare", "--template=", str(site.git_dir), "hub.git")
    user_git(folder, "clone", "-q", "--bare", "--template=", "hub.git", "apricot")
    append_tasks(board_of(Git(folder / "apricot"), host="apricot"), THEIRS)
    user_git(folder / "apricot", "push", "-q", str(folder / "hub.git"), "fleet")
    return site


def _timed(operation: Callable[[Site], object], folder: Path) -> float:
    site = _copied(folder)
    began = time.monotonic()
    assert wait(start(lambda: operation(site))) == 0
    return time.monotonic() - began


@pytest.fixture(params=["append, bare", "append, dedicated", "sync, bare", "sync, dedicated"])
def operation(request: pytest.FixtureRequest, tmp_path: Path) -> Operation:
    name, shape = str(request.param).split(", ")
    begin = tmp_path / "begin"
    site = _prepare(begin, shape)
    run = _append
    if name == "sync":
        append_tasks(site.board, NEW)
        run = _sync
    old = site.board.digest()
    lasts = max(_timed(run, begin) for _ in range(3))
    return Operation(begin, run, (old, _site(tmp_path / "round", seed=0).board.digest()), lasts)


def _assert_mended(site: Site) -> None:
    """One command has run since the kill: nothing of ours lies about, but what only a sync uses."""
    assert [path for path in leftovers(site.git_dir) if not path.startswith("refs/clare/")] == []
    assert status(site) == ""


def _assert_survived(operation: Operation, site: Site, below: list[int]) -> None:
    until_ended(below)
    assert user_git(site.git_dir, "fsck", "--strict", "--no-dangling") == ""
    assert site.board.digest() in operation.outcomes
    same(site.board.read(), site.board.read_whole())
    _assert_mended(site)


def _assert_goes_on(operation: Operation, site: Site, below: list[int]) -> None:
    """The next append works and is published, with all of what was killed or nothing of it."""
    board = _site(site.top.parent, seed=1).board
    append_tasks(board, ["next"])
    until_ended(below)
    sync(board, _hub(site))
    fleet = board.read()
    before = [*OLD, *THEIRS, "next"]
    assert titles(fleet) in (sorted(before), sorted([*before, *NEW]))
    assert set(NEW) < set(titles(fleet)) or operation.run is _append
    assert user_git(Path(_hub(site)), "rev-parse", "fleet").strip() == fleet.commit
    assert leftovers(site.git_dir) == []
    assert status(site) == ""
    until(lambda: not leftovers(Path(_hub(site))), "a hub without locks")


def test_a_kill_at_any_moment_leaves_the_old_board_or_the_new_one(operation: Operation) -> None:
    ended = 0
    for number in range(MOMENTS):
        site = operation.fresh()
        moment = random.Random(f"moment {number}").uniform(0, operation.lasts)
        child = start(partial(operation.run, site))
        time.sleep(moment)
        below = kill(child, whole=number % 2 == 0)
        ended += not below
        if number % 4 != 1:  # else the next command comes while the orphans are still at work
            _assert_survived(operation, site, below)
        _assert_goes_on(operation, site, below)
    assert ended < MOMENTS, "no kill met a git process at work"


@pytest.mark.parametrize("git_child", ["runs on", "ends with it"])
def test_a_kill_after_any_git_process_started_leaves_the_old_board_or_the_new_one(
    operation: Operation, git_child: str, tmp_path: Path
) -> None:
    counter = tmp_path / "count"
    then = ":" if git_child == "runs on" else "exit 1"
    for number in count(1):
        site = operation.fresh()
        counter.write_text("0")
        values = {"counter": str(counter), "at": str(number), "then": then}
        script = SHIM
        for name, value in values.items():
            script = script.replace(f"{{{name}}}", value)
        with git_shim(tmp_path / "bin", script):
            code = wait(start(partial(operation.run, site)))
        if code == 0:
            break
        assert code == -9
        _assert_survived(operation, site, [])
        _assert_goes_on(operation, site, [])
    assert number > 3, "the git processes of one operation were not counted"
