"""What a user has begun with git goes on around appends: merges, picks, rebases, bisections."""

from pathlib import Path

import pytest

from clare.errors import ClareError
from tests.store.boards import (
    CHECKED_OUT,
    SHAPES,
    Site,
    append_tasks,
    dedicated,
    on_code_branch,
    status,
    titles,
    user_git,
)
from tests.store.user import deleted_events, user_at_work, write


def _conflict(site: Site) -> None:
    """Two branches that changed one line, the board branch checked out."""
    branch = site.board.place.branch
    write(site, "line", "base\n")
    user_git(site.top, "add", "line")
    user_git(site.top, "commit", "-q", "-m", "base")
    user_git(site.top, "checkout", "-q", "-b", "side")
    write(site, "line", "side\n")
    user_git(site.top, "commit", "-q", "-am", "side")
    user_git(site.top, "checkout", "-q", branch)
    write(site, "line", "main\n")
    user_git(site.top, "commit", "-q", "-am", "main")


@pytest.mark.parametrize("shape", CHECKED_OUT)
@pytest.mark.parametrize("ending", ["commit", "abort"])
def test_events_survive_a_merge_in_progress(shape: str, ending: str, tmp_path: Path) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    _conflict(site)
    user_git(site.top, "merge", "side", check=False)
    shown = status(site)
    assert shown == "UU line\n"
    append_tasks(site.board, ["a"])
    assert status(site) == shown
    if ending == "abort":
        user_git(site.top, "merge", "--abort")
    else:
        write(site, "line", "both\n")
        user_git(site.top, "commit", "-q", "-am", "merged")
        assert len(user_git(site.top, "log", "-1", "--format=%P").split()) == 2
    assert titles(site.board.read()) == ["a"]
    assert status(site) == ""


@pytest.mark.parametrize("command", ["cherry-pick", "revert"])
def test_events_survive_an_aborted_pick(command: str, tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    _conflict(site)
    user_git(site.top, command, "HEAD^" if command == "revert" else "side", check=False)
    append_tasks(site.board, ["a"])
    user_git(site.top, command, "--abort", check=False)
    assert titles(site.board.read()) == ["a"]
    assert deleted_events(site) == ""


@pytest.mark.parametrize("shape", CHECKED_OUT)
@pytest.mark.parametrize("how", ["--merge", "--apply"])
def test_nothing_is_written_while_the_branch_is_rebased_for_an_abort_would_take_it_away(
    shape: str, how: str, tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["before"])
    _conflict(site)
    user_git(site.top, "rebase", how, "side", check=False)
    with pytest.raises(ClareError, match="is being rebased") as told:
        append_tasks(site.board, ["a"])
    assert told.value.exit_code == 1
    user_git(site.top, "rebase", "--abort")
    append_tasks(site.board, ["a"])
    assert titles(site.board.read()) == ["a", "before"]
    assert status(site) == ""


def test_events_come_while_another_branch_is_rebased(tmp_path: Path) -> None:
    site = on_code_branch(tmp_path / "plum")
    _conflict(site)
    user_git(site.top, "checkout", "-q", "side")
    user_git(site.top, "rebase", "main", check=False)
    append_tasks(site.board, ["a"])
    assert titles(site.board.read()) == ["a"]
    user_git(site.top, "rebase", "--abort")
    assert status(site) == ""
    assert titles(site.board.read()) == ["a"]


def test_events_survive_a_bisection_and_a_stash(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    append_tasks(site.board, ["a"])
    append_tasks(site.board, ["b"])
    user_git(site.top, "bisect", "start", "HEAD", "HEAD~2")
    append_tasks(site.board, ["c"])
    user_git(site.top, "bisect", "reset")
    assert titles(site.board.read()) == ["a", "b", "c"]
    assert status(site) == ""
    user_at_work(site)
    user_git(site.top, "reset", "-q", "--", "intended")
    shown = status(site)
    user_git(site.top, "stash", "push", "-q")
    append_tasks(site.board, ["d"])
    user_git(site.top, "stash", "pop", "-q", "--index")
    assert status(site) == shown
    assert titles(site.board.read()) == ["a", "b", "c", "d"]
