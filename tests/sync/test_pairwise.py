"""Clones that exchange in pairs, in whatever order, lose nothing, agree and come to rest."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clare.errors import ClareError, Unreadable
from clare.store import merge
from clare.store.arrivals import take
from clare.store.board import Board
from clare.store.pairwise import exchange
from clare.store.sent import FROM, have_come
from tests.sync.fleets import REF, World, add, commit_by_hand, digests, git, repo, tip

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
    assert take(boards[other]) == []
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
    assert have_come(quince.git)
    other = add(quince, "Water")
    assert take(quince) == []
    assert set(quince.read().tasks) == {one, other}
    assert not have_come(quince.git)
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
    assert len(git(repo(plum), "for-each-ref", merge.GIVEN).splitlines()) == 2


def test_the_far_end_remembers_who_has_its_commits(boards: list[Board]) -> None:
    plum, apricot, _ = boards
    add(apricot, "Water")
    known = tip(apricot)
    assert exchange(plum, "apricot", str(repo(apricot))).received == 1
    assert git(repo(apricot), "rev-parse", f"{merge.GIVEN}/{plum.clone}/fleet") == tip(apricot)
    assert git(repo(apricot), "merge-base", "--is-ancestor", known, REF) == ""


def test_two_repositories_of_one_host_are_told_apart(boards: list[Board]) -> None:
    plum, apricot, quince = boards
    add(plum, "Prune")
    known = tip(plum)
    exchange(plum, "apricot", str(repo(apricot)))
    git(repo(quince), "worktree", "remove", "--force", str(repo(quince).parent / "open"))
    add(quince, "Water")
    exchange(plum, "apricot", str(repo(quince)))
    assert git(repo(plum), "merge-base", "--is-ancestor", known, REF) == ""


def left_beside(board: Board, source: Path, commit: str, clone: str = "4v0c7qk2") -> str:
    """A commit of another repository, as another host leaves it; its ref."""
    ref = f"{FROM}/lee/{clone}/fleet"
    git(repo(board), "fetch", "-q", str(source), f"{commit}:{ref}")
    return ref


def test_what_was_sent_is_found_when_git_has_packed_it(boards: list[Board]) -> None:
    plum, apricot, _ = boards
    task = add(apricot, "Water")
    left_beside(plum, repo(apricot), tip(apricot))
    git(repo(plum), "pack-refs", "--all", "--prune")
    assert have_come(plum.git)
    assert take(plum) == []
    assert task in plum.read().tasks


def test_what_cannot_be_joined_keeps_nobody_else_out(boards: list[Board], tmp_path: Path) -> None:
    plum, apricot, _ = boards
    (tmp_path / "apart").mkdir()
    apart = World(tmp_path / "apart").found("lee", hub=False)
    bad = left_beside(plum, repo(apart), REF, clone="00000000")
    task = add(apricot, "Water")
    left_beside(plum, repo(apricot), tip(apricot))
    before = git(repo(plum), "rev-parse", bad)
    ((host, why),) = take(plum)
    assert (host, why) == ("lee", "the two boards have no history in common")
    assert task in plum.read().tasks
    assert git(repo(plum), "rev-parse", bad) == before


@pytest.mark.parametrize(
    "path", ["Makefile", "fleet/fleet.yaml", "fleet/tasks/../../x/y.yaml", "fleet/notes.txt"]
)
def test_beside_an_open_board_nothing_but_events_is_taken(boards: list[Board], path: str) -> None:
    """Git refuses a push to that branch: what comes another way must not do more than bring events."""
    _, apricot, quince = boards
    before = tip(quince)
    blob = git(repo(apricot), "hash-object", "-w", "--stdin", given="hub: /tmp/other\n")
    index = {"GIT_INDEX_FILE": str(repo(apricot) / "odd.index")}
    git(repo(apricot), "read-tree", REF, env=index)
    tree = _odd_tree(apricot, path, blob, index)
    commit = git(repo(apricot), "commit-tree", tree, "-p", REF, "-m", "odd")
    git(repo(apricot), "update-ref", "refs/heads/odd", commit)
    ref = left_beside(quince, repo(apricot), "refs/heads/odd")
    ((_, why),) = take(quince)
    assert "it is more than new events" in why
    assert tip(quince) == before
    assert git(repo(quince), "rev-parse", ref) == commit
    assert not (repo(quince).parent / "open" / "Makefile").exists()


def _odd_tree(board: Board, path: str, blob: str, index: dict[str, str]) -> str:
    if ".." not in path:
        git(repo(board), "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
        return git(repo(board), "write-tree", env=index)
    inner = git(repo(board), "mktree", given=f"100644 blob {blob}\tx.yaml\n")
    listed = git(repo(board), "ls-tree", REF)
    return git(repo(board), "mktree", given=f"{listed}\n040000 tree {inner}\t..\n")


def test_a_path_that_git_takes_into_no_index_is_not_followed(boards: list[Board]) -> None:
    plum, apricot, _ = boards
    blob = git(repo(apricot), "hash-object", "-w", "--stdin", given="x: y\n")
    tree = _odd_tree(apricot, "..", blob, {})
    commit = git(repo(apricot), "commit-tree", tree, "-p", REF, "-m", "odd")
    git(repo(apricot), "update-ref", REF, commit)
    before = tip(plum)
    with pytest.raises(Unreadable, match="which git refuses; it is not followed"):
        exchange(plum, "apricot", str(repo(apricot)))
    assert tip(plum) == before


def test_a_locked_index_does_not_hold_a_command_up(boards: list[Board]) -> None:
    plum, _, quince = boards
    add(plum, "Prune")
    assert exchange(plum, "quince", str(repo(quince))).beside
    (lock,) = [path / "index.lock" for path in (repo(quince) / "worktrees").iterdir()]
    lock.touch()
    ((host, why),) = take(quince)
    assert (host, "its index is locked" in why) == ("plum", True)
    lock.unlink()
    assert take(quince) == []


def test_what_others_have_is_passed_on_whatever_it_touches(boards: list[Board]) -> None:
    """A commit that was taken in is published: who refused to pass it on would cut the fleet in two."""
    plum, apricot, quince = boards
    commit_by_hand(repo(apricot), {"README.md": "hello\n"})
    task = add(plum, "Prune")
    exchange(plum, "apricot", str(repo(apricot)))
    git(repo(quince), "worktree", "remove", "--force", str(repo(quince).parent / "open"))
    assert exchange(plum, "quince", str(repo(quince))).sent > 0
    assert task in quince.read().tasks


def test_an_empty_repository_gets_the_board_and_one_with_other_branches_does_not(
    boards: list[Board], tmp_path: Path
) -> None:
    plum = boards[0]
    code = tmp_path / "code.git"
    git(tmp_path, "init", "-q", "--bare", str(code))
    git(repo(plum), "push", "-q", str(code), "fleet:refs/heads/main")
    with pytest.raises(ClareError, match="no branch fleet, but main"):
        exchange(plum, "apricot", str(code))
    assert git(code, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    git(tmp_path, "init", "-q", "--initial-branch=fleet", str(tmp_path / "open-and-empty"))
    with pytest.raises(ClareError, match="the empty repository of apricot takes no board"):
        exchange(plum, "apricot", str(tmp_path / "open-and-empty"))


def test_another_fleet_is_told_as_such(boards: list[Board], tmp_path: Path) -> None:
    (tmp_path / "apart").mkdir()
    apart = World(tmp_path / "apart").found("lee", hub=False)
    with pytest.raises(ClareError, match="the repository of lee holds another fleet"):
        exchange(boards[0], "lee", str(repo(apart)))


def test_what_still_waits_beside_is_not_told_as_sent_again(boards: list[Board]) -> None:
    plum, _, quince = boards
    add(plum, "Prune")
    assert exchange(plum, "quince", str(repo(quince))).sent == 1
    again = exchange(plum, "quince", str(repo(quince)))
    assert (again.sent, again.beside) == (0, True)
