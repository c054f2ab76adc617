"""A write starts a handful of git processes, however large the board is."""

import os
from pathlib import Path

import pytest

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.store import writing
from clare.store.commit import identity
from clare.store.worktree import checked_out
from clare.store.writing import Decision
from tests.cli.running import board as a_board
from tests.shims import Processes, git_processes
from tests.store.boards import (
    CHECKED_OUT,
    SHAPES,
    Site,
    append_tasks,
    bare,
    beside_code,
    created,
    dedicated,
    in_linked_worktree,
    status,
    titles,
    user_git,
)

BARE = ["var", "fast-import", "update-ref"]
EVERYDAY = {
    "add": ["add", "C"],
    "comment": ["comment", "{task}", "-m", "so"],
    "done": ["done", "{task}"],
    "edit": ["edit", "{task}", "-p", "P0"],
}
AT_MOST = {"not checked out": 7, "checked out": 8}
"""What one command may start in all; what it takes to find and read the board is in it."""


def _written(site: Site, ran: Processes, name: str) -> list[str]:
    """What an append starts once it is decided."""

    def decide(_: Fleet) -> Decision:
        ran.forget()
        return [created(name)]

    writing.append(site.board, decide)
    return ran.commands


@pytest.mark.parametrize("shape", ["bare", "beside code"])
def test_an_append_starts_three_git_processes_where_nothing_is_checked_out(
    shape: str, tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["a"])
    with git_processes(tmp_path) as ran:
        assert _written(site, ran, "b") == BARE
    assert titles(site.board.read()) == ["a", "b"]


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_an_append_starts_one_more_for_a_working_tree(shape: str, tmp_path: Path) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["a"])
    with git_processes(tmp_path) as ran:
        assert _written(site, ran, "b") == [*BARE, "apply"]
    assert titles(site.board.read()) == ["a", "b"]
    assert status(site) == ""


@pytest.mark.parametrize("kind", AT_MOST)
@pytest.mark.parametrize("command", EVERYDAY)
def test_an_everyday_write_starts_a_handful_of_git_processes(
    command: str, kind: str, tmp_path: Path, home: Path
) -> None:
    here = a_board(tmp_path)
    task = here.add("A")
    if kind == "not checked out":
        user_git(here.folder, "checkout", "-q", "--detach")
    words = [word.format(task=task) for word in EVERYDAY[command]]
    with git_processes(tmp_path / "ran") as ran:
        here.ok(*words)
        assert len(ran.commands) <= AT_MOST[kind], ran.commands


def test_what_is_in_the_way_of_a_new_file_stays_and_the_event_is_in_the_index(
    tmp_path: Path,
) -> None:
    site = dedicated(tmp_path / "plum")
    (site.top / "fleet" / "tasks").write_text("mine\n")
    append_tasks(site.board, ["a"])
    assert (site.top / "fleet" / "tasks").read_text() == "mine\n"
    assert titles(site.board.read()) == ["a"]
    assert "D  " not in status(site)


@pytest.mark.parametrize("shape", SHAPES)
def test_files_tell_the_same_working_trees_as_git(shape: str, tmp_path: Path) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    git, ref = site.board.git, site.board.ref
    user_git(site.git_dir, "worktree", "add", "-q", "--detach", str(tmp_path / "apart"), ref)
    if shape in ("bare", "beside code"):
        assert checked_out(git, ref) == ()
        user_git(tmp_path / "apart", "checkout", "-q", site.board.place.branch)
    with git_processes(tmp_path) as ran:
        on_files = checked_out(git, ref)
        assert ran.commands == []
    listed = _listed(site)
    assert [tree.top for tree in on_files] == listed
    assert len(listed) == 1


def _listed(site: Site) -> list[str]:
    """The folders that stand on the branch, as plain git lists them."""
    records = user_git(site.git_dir, "worktree", "list", "--porcelain").split("\n\n")
    there = [record.splitlines() for record in records]
    return [lines[0].partition(" ")[2] for lines in there if f"branch {site.board.ref}" in lines]


def test_where_the_files_do_not_tell_git_does(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    git, ref = site.board.git, site.board.ref
    told = checked_out(git, ref)
    user_git(site.git_dir, "config", "include.path", "more")
    with git_processes(tmp_path) as ran:
        assert checked_out(git, ref) == told
        assert ran.commands == ["worktree list"]


def test_a_bare_repository_whose_head_names_the_branch_has_no_working_tree(tmp_path: Path) -> None:
    site = bare(tmp_path / "plum")
    user_git(site.git_dir, "symbolic-ref", "HEAD", site.board.ref)
    with git_processes(tmp_path) as ran:
        assert checked_out(site.board.git, site.board.ref) == ()
        assert ran.commands == []


def test_a_working_tree_that_was_removed_by_hand_does_not_follow(tmp_path: Path) -> None:
    site = in_linked_worktree(tmp_path / "plum")
    site.top.rename(tmp_path / "gone")
    assert checked_out(site.board.git, site.board.ref) == ()
    append_tasks(site.board, ["a"])
    assert titles(site.board.read()) == ["a"]


@pytest.mark.parametrize(
    ("settings", "environment", "told"),
    [
        ({}, {}, ("Nat <nat@example.invalid>", "Nat <nat@example.invalid>")),
        (
            {"author.name": "Ada", "committer.email": "c@example.invalid"},
            {},
            ("Ada <nat@example.invalid>", "Nat <c@example.invalid>"),
        ),
        (
            {},
            {"GIT_AUTHOR_NAME": "Eve = Adam", "GIT_COMMITTER_EMAIL": ""},
            ("Eve = Adam <nat@example.invalid>", "Nat <>"),
        ),
    ],
)
def test_author_and_committer_are_those_of_git(
    settings: dict[str, str],
    environment: dict[str, str],
    told: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = beside_code(tmp_path / "plum")
    for key, value in settings.items():
        user_git(site.git_dir, "config", key, value)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    found = identity(site.board.git)
    assert tuple(who[: who.index(">") + 1] for who in found) == told
    strict = [user_git(site.git_dir, "var", f"GIT_{who}_IDENT") for who in ("AUTHOR", "COMMITTER")]
    assert tuple(who[: who.index(">") + 1] for who in strict) == told


@pytest.mark.parametrize("name", ["", "<>", ",.;"])
def test_whom_git_refuses_nobody_is(
    name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = bare(tmp_path / "plum")
    monkeypatch.setenv("GIT_COMMITTER_NAME", name)
    with pytest.raises(ClareError, match="git does not know who you are"):
        identity(site.board.git)
    monkeypatch.delenv("GIT_COMMITTER_NAME")
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    assert "EMAIL" not in os.environ
    with pytest.raises(ClareError, match="git does not know who you are"):
        append_tasks(site.board, ["a"])
