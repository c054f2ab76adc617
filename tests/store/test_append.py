"""Appends compete: nothing is lost, overwritten or revived, whoever is slow, stopped or killed."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.store import move, turn, writing
from clare.store.interrupted import journal_folder
from clare.store.journal import Move, forget, interrupted, opened
from clare.store.locks import clear_left_locks
from clare.store.move import BranchMoved, move_branch
from clare.store.worktree import checked_out
from clare.store.writing import Decide, Decision
from tests.store.boards import (
    SHAPES,
    Site,
    append_tasks,
    bare,
    board_of,
    created,
    dedicated,
    event_files,
    leftovers,
    status,
    titles,
    user_git,
)
from tests.store.caches import same
from tests.store.processes import PATIENCE, kill, start, until, wait

PROCESSES, APPENDS, WITHIN = 8, 25, 30.0


def _appending(site: Site, number: int, progress: Path) -> Callable[[], None]:
    """One process's work: its tasks one by one, a byte into a file for each."""

    def work() -> None:
        board = board_of(site.board.git, seed=number)
        with progress.open("ab", buffering=0) as told:
            for step in range(APPENDS):
                append_tasks(board, [f"{number} {step}"])
                told.write(b".")

    return work


def _stop(site: Site, child: int) -> None:
    """Stop a process at a moment when it does not keep the index locked: that would stop all."""
    while True:
        os.kill(child, signal.SIGSTOP)
        until(lambda: _state(child) == "T", "a stopped process")
        if not _holds_index(site, child):
            return
        os.kill(child, signal.SIGCONT)


def _state(child: int) -> str:
    return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]


def _holds_index(site: Site, child: int) -> bool:
    try:
        return bool(json.loads((site.git_dir / "index.lock").read_bytes())["pid"] == child)
    except FileNotFoundError:
        return False


def _busyness(site: Site) -> float:
    """How many times longer than its own work anything takes here now, because of neighbours."""
    before = os.times()
    for number in range(5):
        append_tasks(site.board, [number])
    spent = [now - then for now, then in zip(os.times(), before, strict=True)]
    return max(1.0, spent[4] / sum(spent[:4]))


@pytest.mark.parametrize("shape", ["bare", "dedicated"])
def test_of_eight_processes_that_append_at_once_no_event_is_lost(
    shape: str, tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    within = WITHIN * _busyness(SHAPES[shape](tmp_path / "quince"))
    progress = [tmp_path / f"progress {number}" for number in range(PROCESSES)]
    for path in progress:
        path.touch()
    began = time.monotonic()
    children = [start(_appending(site, n, path)) for n, path in enumerate(progress)]
    until(lambda: progress[0].stat().st_size >= APPENDS // 3, "a third of the work")
    _stop(site, children[0])
    assert [wait(child) for child in children[1:]] == [0] * (PROCESSES - 1)
    same(site.board.read(), site.board.read_whole())
    alone = titles(site.board.read())
    others = {f"{n} {step}" for n in range(1, PROCESSES) for step in range(APPENDS)}
    assert others < set(alone)
    assert len(alone) < PROCESSES * APPENDS, "the stopped process was not stopped midway"
    assert status(site) == ""
    os.kill(children[0], signal.SIGCONT)
    assert wait(children[0]) == 0
    assert time.monotonic() - began < within
    assert len(titles(site.board.read())) == len(event_files(site.git_dir, site.board.ref)) == 200
    assert leftovers(site.git_dir) == []
    assert status(site) == ""


def _branch(site: Site) -> str:
    return user_git(site.git_dir, "rev-parse", site.board.ref).strip()


def _decide_while(site: Site, meanwhile: Callable[[], object]) -> tuple[list[list[str]], Decide]:
    """A decision, before the first of which something else happens; and what each of them saw."""
    seen: list[list[str]] = []

    def decide(fleet: Fleet) -> Decision:
        seen.append(titles(fleet))
        if len(seen) == 1:
            meanwhile()
        return [created("mine")]

    return seen, decide


@pytest.mark.parametrize("shape", SHAPES)
def test_a_branch_that_moved_since_the_decision_is_decided_on_again(
    shape: str, tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["first"])

    def other() -> None:
        before = site.board.read()
        writing.move(
            site.board, before.commit, writing.build(site.board, before, [created("other")]).commit
        )

    seen, decide = _decide_while(site, other)
    writing.append(site.board, decide)
    assert seen == [["first"], ["first", "other"]]
    assert titles(site.board.read()) == ["first", "mine", "other"]
    assert status(site) == ""


@pytest.mark.parametrize("shape", ["bare", "beside code"])
def test_a_branch_that_was_deleted_since_the_decision_is_not_revived(
    shape: str, tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    _, decide = _decide_while(
        site, lambda: user_git(site.git_dir, "update-ref", "-d", site.board.ref)
    )
    with pytest.raises(ClareError, match="the branch fleet is gone"):
        writing.append(site.board, decide)
    assert user_git(site.git_dir, "for-each-ref", site.board.ref) == ""
    assert leftovers(site.git_dir) == []


def test_a_deleted_branch_is_not_revived_from_what_was_read_of_it(tmp_path: Path) -> None:
    """The board was found on a remote-tracking branch; it is that one that is decided on again."""
    site = bare(tmp_path / "plum")
    user_git(site.git_dir, "update-ref", "refs/remotes/origin/fleet", site.board.ref)
    place = site.board.place._replace(ref="refs/remotes/origin/fleet")
    board = site.board._replace(place=place)
    append_tasks(board, ["local only"])
    seen, decide = _decide_while(
        site, lambda: user_git(site.git_dir, "update-ref", "-d", site.board.ref)
    )
    writing.append(board, decide)
    assert seen == [["local only"], []]
    assert titles(board.read()) == ["mine"]


@pytest.mark.parametrize("shape", ["bare", "beside code"])
def test_a_branch_that_was_rewound_since_the_decision_is_decided_on_again(
    shape: str, tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["kept"])
    append_tasks(site.board, ["rewound"])
    seen, decide = _decide_while(
        site, lambda: user_git(site.git_dir, "update-ref", site.board.ref, f"{site.board.ref}^")
    )
    writing.append(site.board, decide)
    assert seen == [["kept", "rewound"], ["kept"]]
    assert titles(site.board.read()) == ["kept", "mine"]


@pytest.mark.parametrize("old", ["elsewhere", "nowhere"])
def test_a_branch_moves_only_from_exactly_the_old_commit(old: str, tmp_path: Path) -> None:
    """Not even to a descendant."""
    site = bare(tmp_path / "plum")
    founded = _branch(site)
    append_tasks(site.board, ["a"])
    tip = _branch(site)
    new = writing.build(site.board, site.board.read(), [created("b")]).commit
    with pytest.raises(BranchMoved):
        move_branch(
            site.board.git, site.board.ref, old=founded if old == "elsewhere" else None, new=new
        )
    assert _branch(site) == tip
    assert leftovers(site.git_dir) == []


def _interrupt(site: Site, left: list[str]) -> None:
    """Kill a command that was about to move the branch, with these locks left by its git."""
    ready = site.git_dir / "ready"

    def work() -> None:
        tip = _branch(site)
        trees = checked_out(site.board.git, site.board.ref)
        with opened(journal_folder(site.board.git), Move(site.board.ref, tip, tip, trees)):
            for lock in left:
                (site.git_dir / lock).touch()
            ready.touch()
            signal.pause()

    child = start(work)
    until(ready.exists, "a command in the middle of its work")
    kill(child, whole=True)


@pytest.mark.parametrize("shape", ["bare", "dedicated"])
def test_ref_locks_that_a_killed_command_left_are_cleared(shape: str, tmp_path: Path) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    _interrupt(site, ["refs/heads/fleet.lock", "HEAD.lock"])
    append_tasks(site.board, ["a"])
    assert titles(site.board.read()) == ["a"]
    assert leftovers(site.git_dir) == []


def test_a_ref_lock_in_use_outlives_the_clearing_of_left_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, left = tmp_path / "used.lock", tmp_path / "left.lock"
    used.touch()
    left.touch()

    def meanwhile(_: float) -> None:
        used.rename(tmp_path / "used")
        used.touch()

    monkeypatch.setattr("clare.store.locks.time.sleep", meanwhile)
    clear_left_locks([used, left, tmp_path / "none.lock"])
    assert used.exists()
    assert not left.exists()


def test_a_foreign_ref_lock_is_waited_for(tmp_path: Path) -> None:
    site = bare(tmp_path / "plum")
    lock = site.git_dir / "refs" / "heads" / "fleet.lock"
    lock.touch()
    child = start(lambda: append_tasks(site.board, ["a"]))
    until(lambda: bool(leftovers(site.git_dir)[1:]), "an append that waits for the lock")
    before = _branch(site)
    lock.unlink()
    assert wait(child) == 0
    assert titles(site.board.read()) == ["a"]
    assert _branch(site) != before


def test_a_foreign_ref_lock_that_stays_is_told_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move, "BUSY_WAIT", 0.0)
    site = bare(tmp_path / "plum")
    before = _branch(site)
    lock = site.git_dir / "refs" / "heads" / "fleet.lock"
    lock.touch()
    with pytest.raises(ClareError) as told:
        append_tasks(site.board, ["a"])
    assert told.value.exit_code == 1
    assert leftovers(site.git_dir) == ["refs/heads/fleet.lock"]
    lock.unlink()
    assert _branch(site) == before
    append_tasks(site.board, ["b"])
    assert titles(site.board.read()) == ["b"]


def test_writing_objects_locks_no_refs(tmp_path: Path) -> None:
    """A kill in the middle of it could leave such a lock, and nobody would know whose it is."""
    site = bare(tmp_path / "plum")
    user_git(site.git_dir, "config", "core.packedRefsTimeout", str(int(PATIENCE * 1000)))
    (site.git_dir / "packed-refs.lock").touch()
    began = time.monotonic()
    append_tasks(site.board, ["a"])
    assert time.monotonic() - began < PATIENCE / 2
    assert user_git(site.git_dir, "for-each-ref", "--format=%(refname)") == "refs/heads/fleet\n"


def test_a_journal_that_was_taken_for_left_before_it_was_locked_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, flock = tmp_path / "journal", fcntl.flock
    taken: list[Path] = []

    def late(descriptor: int, how: int) -> None:
        if not taken:
            taken.extend(folder.glob("*.json"))
            forget(taken[0])
        flock(descriptor, how)

    monkeypatch.setattr("clare.store.journal.fcntl.flock", late)
    with opened(folder, Move("refs/heads/fleet", "0" * 40, "1" * 40, ())) as begun:
        assert begun.path.exists()
        assert [begun.path] != taken
        assert list(interrupted(folder)) == []
    assert list(folder.iterdir()) == []


def test_a_journal_cut_short_by_a_kill_is_forgotten(tmp_path: Path) -> None:
    site = bare(tmp_path / "plum")
    folder = journal_folder(site.board.git)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("a", ""), ("b", '{"pid": 1, "ref"'), ("c", "[]"), ("d", "{}")):
        (folder / f"{name}.json").write_text(text)
    site.board.read()
    assert leftovers(site.git_dir) == []


def test_a_turn_passes_on_when_its_holder_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.2)
    site = bare(tmp_path / "plum")
    ready = tmp_path / "ready"

    def work() -> None:
        with turn.turn(site.board.git):
            ready.touch()
            signal.pause()

    child = start(work)
    until(ready.exists, "a turn")
    append_tasks(site.board, ["a"])
    append_tasks(site.board, ["b"])
    kill(child, whole=True)
    assert titles(site.board.read()) == ["a", "b"]


def test_a_refused_decision_leaves_nothing(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    before = _branch(site)

    def decide(_: Fleet) -> Decision:
        raise ClareError("no")

    with pytest.raises(ClareError, match="no"):
        writing.append(site.board, decide)
    assert writing.append(site.board, lambda _: []).commit == ""
    assert _branch(site) == before
    assert leftovers(site.git_dir) == []
