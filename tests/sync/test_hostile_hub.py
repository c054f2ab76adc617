"""What whoever may push can put into the hub: no clone loses an event, a file or its way."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from clare.errors import Exit
from clare.store import writing
from clare.store.board import Board
from clare.store.commit import Change
from clare.store.git import Git
from clare.store.move import move_branch
from tests.sync.fleets import World, add, exit_of, git, repo, settle, sync_once, task, tip


@pytest.fixture
def plum(world: World) -> Board:
    return world.found("plum")


def checked_out(world: World) -> tuple[Board, Path]:
    """A clone with a working tree."""
    top = world.folder / "apricot"
    git(world.folder, "clone", "-q", "-b", "fleet", world.hub, top)
    (world.folder / "apricot.git").symlink_to(top / ".git")
    return world.board("apricot"), top


def pushed(world: World, entries: str, *, below: str = "") -> str:
    """A commit at the hub whose folder `fleet/` or top has these entries and nothing else new."""
    parent = git(world.hub, "rev-parse", "fleet")
    tree = git(world.hub, "mktree", given=entries)
    if below:
        tree = git(world.hub, "mktree", given=f"040000 tree {tree}\t{below}\n")
    who = {"GIT_COMMITTER_NAME": "Eve", "GIT_COMMITTER_EMAIL": "eve@example.invalid"}
    commit = git(world.hub, "commit-tree", tree, "-p", parent, "-m", "hostile", env=who)
    git(world.hub, "update-ref", "refs/heads/fleet", commit)
    return commit


def blob(world: World, text: str = "x\n") -> str:
    return git(world.hub, "hash-object", "-w", "--stdin", given=text)


def test_a_file_in_the_place_of_the_board_takes_no_event_away(world: World, plum: Board) -> None:
    kept = add(plum, "keep")
    for title in ("waits here", "and this"):
        world.lose()
        mine = add(plum, title)
        world.regain()
        pushed(world, f"100644 blob {blob(world, title)}\tfleet\n")
        code = exit_of(lambda: sync_once(world, plum))
        assert code in (Exit.DONE, Exit.UNREADABLE)
        assert {kept, mine} <= set(plum.read().tasks)


def test_a_board_without_its_manifest_is_not_followed_until_it_is_mended(
    world: World, plum: Board
) -> None:
    apricot = world.join("apricot")
    add(plum, "keep")
    sync_once(world, apricot)
    whole = git(world.hub, "rev-parse", "fleet^{tree}")
    entries = git(world.hub, "ls-tree", "fleet:fleet") + "\n"
    rest = "".join(f"{line}\n" for line in entries.splitlines() if "fleet.yaml" not in line)
    pushed(world, rest, below="fleet")
    before = tip(apricot)
    assert exit_of(lambda: sync_once(world, apricot)) == Exit.UNREADABLE
    assert tip(apricot) == before
    mended = git(world.hub, "commit-tree", whole, "-p", "fleet", "-m", "mend")
    git(world.hub, "update-ref", "refs/heads/fleet", mended)
    settle(world, [apricot, plum])
    assert len(apricot.read().tasks) == 1


def test_a_name_that_no_file_system_takes_stops_nothing(world: World, plum: Board) -> None:
    apricot, top = checked_out(world)
    entries = (
        git(world.hub, "ls-tree", "fleet:fleet") + f"\n100644 blob {blob(world)}\t{'a' * 300}\n"
    )
    pushed(world, entries, below="fleet")
    sync_once(world, apricot)
    task_id = add(apricot, "goes on")
    assert task(apricot, task_id).title == "goes on"
    assert not (top / ".git" / "index.lock").exists()
    assert "goes on" in (top / git(top, "diff", "--name-only", "HEAD~1", "HEAD")).read_text()


def test_a_link_is_never_written_to_disk_nor_followed(world: World, plum: Board) -> None:
    apricot, top = checked_out(world)
    victim = world.folder / "victim"
    victim.mkdir()
    (victim / "known").write_text("known\n")
    content = blob(world, "known\n")
    listed = git(world.hub, "ls-tree", "fleet:fleet") + "\n"
    pushed(world, f"{listed}120000 blob {blob(world, str(victim))}\tevil\n", below="fleet")
    sync_once(world, apricot)
    assert not os.path.lexists(top / "fleet" / "evil")
    (top / "fleet" / "evil").symlink_to(victim)
    inner = git(world.hub, "mktree", given=f"100644 blob {content}\tknown\n")
    for entry in (f"040000 tree {inner}\tevil\n", ""):
        pushed(world, listed + entry, below="fleet")
        sync_once(world, apricot)
    assert (victim / "known").read_text() == "known\n"


def test_files_of_the_user_in_the_way_stay(world: World, plum: Board) -> None:
    apricot, top = checked_out(world)
    (top / "fleet" / "notes").write_text("precious\n")
    inner = git(world.hub, "mktree", given=f"100644 blob {blob(world)}\ta\n")
    listed = git(world.hub, "ls-tree", "fleet:fleet") + f"\n040000 tree {inner}\tnotes\n"
    pushed(world, listed, below="fleet")
    sync_once(world, apricot)
    assert (top / "fleet" / "notes").read_text() == "precious\n"


def test_somebodys_repack_drops_nothing_that_is_being_written(
    world: World, plum: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    move, packed = move_branch, []

    def moving(
        there: Git, ref: str, *, old: str | None, new: str, fresh: Sequence[Change] = ()
    ) -> str:
        git(repo(plum), "repack", "-a", "-d", "-q")
        packed.append(git(repo(plum), "prune-packed"))
        return move(there, ref, old=old, new=new, fresh=fresh)

    monkeypatch.setattr(writing, "move_branch", moving)
    task_id = add(plum, "acknowledged")
    assert packed
    assert task(plum, task_id).title == "acknowledged"
    assert git(repo(plum), "fsck", "--strict", "--no-dangling") == ""
    assert git(repo(plum), "for-each-ref", "refs/clare/new") == ""
