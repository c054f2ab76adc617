"""Clones that exchange in pairs, in whatever order, lose nothing, agree and come to rest."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clare.store import arrivals, merge
from clare.store.board import Board
from clare.store.pairwise import exchange
from tests.sync.fleets import REF, World, add, digests, git, repo, tip

HOSTS = ("plum", "apricot", "quince")
RING = ((0, 1), (1, 2), (2, 0))
PAIRS = [(one, other) for one in range(3) for other in range(3) if one != other]

Step = int | tuple[int, int]
"""A host adds a task, or one exchanges with another."""


def boards_of(world: World) -> list[Board]:
    """Three clones of one board; the last lies open in a folder."""
    plum = world.found("plum", hub=False)
    others = []
    for host in HOSTS[1:]:
        board = world.board(host)
        git(world.folder, "clone", "-q", "--bare", repo(plum), repo(board))
        others.append(board)
    top = world.folder / "open"
    git(repo(others[1]), "worktree", "add", "-q", str(top), "fleet")
    return [plum, *others]


def exchanged(boards: Sequence[Board], one: int, other: int) -> int:
    """Let two exchange, the far one using its board afterwards; how many events came."""
    done = exchange(boards[one], HOSTS[other], str(repo(boards[other])))
    boards[other].read()
    return done.received


@settings(max_examples=15)
@given(steps=st.lists(st.one_of(st.integers(0, 2), st.sampled_from(PAIRS)), max_size=12))
def test_a_ring_converges_and_comes_to_rest(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        boards = boards_of(world)
        added: set[str] = set()
        for number, step in enumerate(steps):
            world.after(1)
            if isinstance(step, int):
                added.add(add(boards[step], f"task {number}"))
            else:
                exchanged(boards, *step)
        for _ in range(2):
            for one, other in RING:
                exchanged(boards, one, other)
        assert all(set(board.read().tasks) == added for board in boards)
        assert len(digests(boards)) == 1
        tips = {tip(board) for board in boards}
        assert len(tips) == 1
        assert [exchanged(boards, one, other) for one, other in RING] == [0, 0, 0]
        assert {tip(board) for board in boards} == tips


@pytest.fixture
def boards(tmp_path: Path, home: Path) -> list[Board]:
    return boards_of(World(tmp_path))


def test_what_waits_beside_comes_with_the_next_write_too(boards: list[Board]) -> None:
    plum, _, quince = boards
    one = add(plum, "Prune")
    assert exchange(plum, "quince", str(repo(quince))).beside
    assert arrivals.have_come(quince.git)
    other = add(quince, "Water")
    assert set(quince.read().tasks) == {one, other}
    assert not arrivals.have_come(quince.git)
    files = {path.name for path in (repo(quince).parent / "open").rglob("*.yaml")}
    assert len(files) == len({*git(repo(quince), "ls-tree", "-r", "--name-only", REF).split()}) - 1


def test_commits_that_a_host_is_known_to_have_are_not_made_anew(boards: list[Board]) -> None:
    plum, apricot, quince = boards
    add(plum, "Prune")
    known = tip(plum)
    exchange(plum, "apricot", str(repo(apricot)))
    add(quince, "Water")
    exchange(plum, "quince", str(repo(quince)))
    assert git(repo(plum), "merge-base", "--is-ancestor", known, REF) == ""
    refs = git(repo(plum), "for-each-ref", "--format=%(refname)", merge.GIVEN).splitlines()
    assert refs == [f"{merge.GIVEN}/apricot/fleet", f"{merge.GIVEN}/quince/fleet"]


def test_the_far_end_remembers_who_has_its_commits(boards: list[Board]) -> None:
    plum, apricot, _ = boards
    add(apricot, "Water")
    known = tip(apricot)
    assert exchange(plum, "apricot", str(repo(apricot))).received == 1
    assert git(repo(apricot), "rev-parse", f"{merge.GIVEN}/plum/fleet") == known
