"""What a user has staged, edited or half-committed survives appends, and the events survive it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clare.errors import ClareError
from clare.store import move, worktree
from clare.store.git import Git
from tests.store.boards import (
    CHECKED_OUT,
    SHAPES,
    Site,
    append,
    append_tasks,
    board_of,
    commented,
    dedicated,
    event_files,
    in_linked_worktree,
    leftovers,
    on_code_branch,
    status,
    titles,
    user_git,
)
from tests.store.processes import kill, start, until, wait

EDITOR = """\
#!/bin/sh
echo "by the user" >"$1"
touch {open}
while [ ! -e {close} ]; do sleep 0.01; done
"""


def _write(site: Site, name: str, text: str) -> Path:
    path = site.top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _user_at_work(site: Site) -> str:
    """Files of every kind, and what `git status` says of them."""
    for name in ("both", "edited", "gone", "moved"):
        _write(site, name, "old\n")
    _write(site, "notes/deep/down", "old\n")
    user_git(site.top, "add", ".")
    user_git(site.top, "commit", "-q", "-m", "mine")
    _write(site, "both", "staged\n")
    _write(site, "staged", "staged\n")
    user_git(site.top, "add", "both", "staged")
    _write(site, "both", "edited\n")
    _write(site, "edited", "edited\n")
    _write(site, "untracked", "untracked\n")
    _write(site, "intended", "intended\n")
    user_git(site.top, "add", "--intent-to-add", "intended")
    (site.top / "gone").unlink()
    user_git(site.top, "mv", "moved", "renamed")
    return status(site)


def _contents(site: Site) -> dict[str, str]:
    names = ("both", "edited", "intended", "renamed", "staged", "untracked", "notes/deep/down")
    return {name: (site.top / name).read_text() for name in names}


def _deleted_events(site: Site, rev: str = "HEAD") -> str:
    return user_git(
        site.top, "log", "--format=", "--name-only", "--no-renames", "--diff-filter=DM", rev, "--",
        "fleet/tasks", "fleet/projects",
    )  # fmt: skip


@contextmanager
def _open_in_an_editor(site: Site, tmp_path: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A `git commit` whose message is being written; the editor is closed when the block ends."""
    opened, closed, editor = (tmp_path / name for name in ("opened", "closed", "editor"))
    editor.write_text(EDITOR.format(open=opened, close=closed))
    editor.chmod(0o755)
    process = subprocess.Popen(
        ["git", "commit", *words],
        cwd=site.top,
        env={**os.environ, "GIT_EDITOR": str(editor)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until(opened.exists, "an editor with the message")
    try:
        yield process
    finally:
        closed.touch()
        process.communicate()


@pytest.mark.parametrize("shape", [*CHECKED_OUT, "beside code"])
def test_what_the_user_changed_survives_appends(shape: str, tmp_path: Path) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["before"])
    shown = _user_at_work(site)
    contents, staged = _contents(site), user_git(site.top, "diff", "--cached")
    append_tasks(site.board, ["a", "b"])
    append(site.board, commented("a", "once more"))
    assert status(site) == shown
    assert user_git(site.top, "diff", "--cached") == staged
    assert _contents(site) == contents
    assert not (site.top / "gone").exists()


@pytest.mark.parametrize("shape", CHECKED_OUT)
@pytest.mark.parametrize("words", [["-a"], [], ["both"]], ids=" ".join)
def test_events_survive_the_commit_of_the_user(
    shape: str, words: list[str], tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["before"])
    _user_at_work(site)
    append_tasks(site.board, ["a", "b"])
    user_git(site.top, "commit", "-q", "-m", "mine", *words)
    assert titles(site.board.read()) == ["a", "b", "before"]
    assert _deleted_events(site) == ""
    assert not any(p.startswith("fleet/") for p in _files_of(site, "HEAD"))
    append_tasks(site.board, ["after"])
    assert titles(site.board.read()) == ["a", "after", "b", "before"]


def _files_of(site: Site, rev: str) -> list[str]:
    return user_git(site.top, "show", "--format=", "--name-only", rev).splitlines()


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_an_append_commits_nothing_of_the_users(shape: str, tmp_path: Path) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    _user_at_work(site)
    append_tasks(site.board, ["a"])
    assert _files_of(site, "HEAD") == event_files(site.top, "HEAD")
    assert user_git(site.top, "log", "-1", "--format=%an <%ae>") == "Nat <nat@example.invalid>\n"


@pytest.mark.parametrize("shape", CHECKED_OUT)
@pytest.mark.parametrize("words", [["-a"], ["both"]], ids=" ".join)
def test_an_append_waits_for_a_commit_in_an_editor_and_says_so_when_it_stays(
    shape: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worktree, "LOCK_WAIT", 0.1)
    site = SHAPES[shape](tmp_path / "plum")
    append_tasks(site.board, ["before"])
    _user_at_work(site)
    tip = user_git(site.git_dir, "rev-parse", site.board.ref)
    with _open_in_an_editor(site, tmp_path, *words) as process:
        with pytest.raises(ClareError, match=r"index\.lock is held: a commit is open") as told:
            append_tasks(site.board, ["a"])
        assert told.value.exit_code == 1
        assert "nothing was written" in told.value.hint
        assert user_git(site.git_dir, "rev-parse", site.board.ref) == tip
    assert process.returncode == 0
    assert leftovers(site.git_dir) == []
    assert user_git(site.top, "log", "-1", "--format=%s") == "by the user\n"
    assert titles(site.board.read()) == ["before"]
    append_tasks(site.board, ["a"])
    assert titles(site.board.read()) == ["a", "before"]
    assert _deleted_events(site) == ""


def test_an_append_goes_on_when_the_editor_is_closed(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    shown = _user_at_work(site)
    assert shown
    with _open_in_an_editor(site, tmp_path, "-a") as process:
        child = start(lambda: append_tasks(site.board, ["a"]))
        until(lambda: "index.lock" in leftovers(site.git_dir), "the lock of the commit")
        until(lambda: len(leftovers(site.git_dir)) > 1, "the journal of the append that waits")
        assert titles(site.board.read()) == []
    assert process.returncode == 0
    assert wait(child) == 0
    assert titles(site.board.read()) == ["a"]
    assert [line for line in status(site).splitlines() if not line.startswith("??")] == []
    assert _deleted_events(site) == ""


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_a_commit_of_staged_changes_in_an_editor_is_refused_by_git_and_works_again(
    shape: str, tmp_path: Path
) -> None:
    """Git lets go of the index before it starts the editor, and looks at the branch after it."""
    site = SHAPES[shape](tmp_path / "plum")
    _user_at_work(site)
    staged = user_git(site.top, "diff", "--cached")
    with _open_in_an_editor(site, tmp_path) as process:
        append_tasks(site.board, ["a"])
    assert process.returncode == 128
    assert user_git(site.top, "diff", "--cached") == staged
    user_git(site.top, "commit", "-q", "-m", "again")
    assert titles(site.board.read()) == ["a"]
    assert _deleted_events(site) == ""


def test_every_working_tree_that_stands_on_the_branch_follows(tmp_path: Path) -> None:
    site = in_linked_worktree(tmp_path / "plum")
    second = tmp_path / "second"
    user_git(site.top, "worktree", "add", "-q", "--force", str(second), "fleet")
    other = Site(site.board, second)
    _write(site, "untracked", "mine\n")
    _write(other, "staged", "mine\n")
    user_git(second, "add", "staged")
    append_tasks(site.board, ["a"])
    assert (status(site), status(other)) == ("?? untracked\n", "A  staged\n")
    assert status(Site(site.board, tmp_path / "plum" / "code")) == ""
    for folder in (site.top, second):
        assert event_files(folder, "HEAD") == _on_disk(folder)
    assert leftovers(site.git_dir) == []


def _on_disk(top: Path) -> list[str]:
    return sorted(str(p.relative_to(top)) for p in (top / "fleet" / "tasks").rglob("*.yaml"))


def test_a_working_tree_whose_folder_was_removed_holds_nothing_up(tmp_path: Path) -> None:
    site = in_linked_worktree(tmp_path / "plum")
    site.top.rename(tmp_path / "elsewhere")
    append_tasks(site.board, ["a"])
    assert titles(site.board.read()) == ["a"]


def test_one_busy_working_tree_leaves_the_other_unlocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worktree, "LOCK_WAIT", 0.0)
    site = in_linked_worktree(tmp_path / "plum")
    user_git(site.top, "worktree", "add", "-q", "--force", str(tmp_path / "second"), "fleet")
    lock = site.git_dir / "worktrees" / "second" / "index.lock"
    lock.touch()
    with pytest.raises(ClareError, match=r"second/index\.lock is held"):
        append_tasks(site.board, ["a"])
    assert leftovers(site.git_dir) == ["worktrees/second/index.lock"]


def test_a_submodule_and_a_separate_git_directory_follow(tmp_path: Path) -> None:
    top, git_dir = tmp_path / "plum", tmp_path / "apart"
    site = dedicated(top)
    user_git(top, "init", "-q", f"--separate-git-dir={git_dir}")
    apart = Site(board_of(Git(git_dir)), top)
    with pytest.raises(ClareError, match="does not say in which folder"):
        append_tasks(apart.board, ["a"])
    assert site.top == apart.top
    user_git(top, "config", "core.worktree", "../plum")
    append_tasks(apart.board, ["a"])
    assert event_files(top, "HEAD") == _on_disk(top) != []
    assert status(apart) == ""


def _conflict(site: Site) -> None:
    """Two branches that changed one line, the board branch checked out."""
    branch = site.board.place.branch
    _write(site, "line", "base\n")
    user_git(site.top, "add", "line")
    user_git(site.top, "commit", "-q", "-m", "base")
    user_git(site.top, "checkout", "-q", "-b", "side")
    _write(site, "line", "side\n")
    user_git(site.top, "commit", "-q", "-am", "side")
    user_git(site.top, "checkout", "-q", branch)
    _write(site, "line", "main\n")
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
        _write(site, "line", "both\n")
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
    assert _deleted_events(site) == ""


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


def _killed_when_the_branch_had_moved(site: Site, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The index lock that a killed append left; its working tree has not followed."""
    ready = site.git_dir / "ready"

    def stop(*_: object, **__: object) -> None:
        ready.touch()
        signal.pause()

    with monkeypatch.context() as patched:
        patched.setattr(move, "follow", stop)
        child = start(lambda: append_tasks(site.board, ["killed"]))
    until(ready.exists, "an append whose branch has moved")
    kill(child, whole=True)
    ready.unlink()
    lock = Path(user_git(site.top, "rev-parse", "--git-path", "index.lock").strip())
    return site.top / lock


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_git_refuses_to_commit_on_top_of_a_killed_append_until_it_is_mended(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    shown = _user_at_work(site)
    lock = _killed_when_the_branch_had_moved(site, monkeypatch)
    before = user_git(site.top, "rev-parse", "HEAD")
    user_git(site.top, "commit", "-q", "-am", "too early", check=False)
    assert user_git(site.top, "rev-parse", "HEAD") == before
    site.board.read()
    assert not lock.exists()
    assert status(site) == shown
    user_git(site.top, "commit", "-q", "-am", "mine")
    assert titles(site.board.read()) == ["killed"]
    assert _deleted_events(site) == ""


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_a_killed_append_is_mended_also_when_its_lock_was_removed_by_hand(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    shown = _user_at_work(site)
    lock = _killed_when_the_branch_had_moved(site, monkeypatch)
    lock.unlink()
    lock.touch()  # the user is at work just now
    site.board.read()
    assert len(leftovers(site.git_dir)) == 2
    lock.unlink()
    site.board.read()
    assert leftovers(site.git_dir) == []
    assert status(site) == shown
    user_git(site.top, "commit", "-q", "-am", "mine")
    assert _deleted_events(site) == ""


@pytest.mark.parametrize("where", ["on another branch", "elsewhere"])
def test_a_killed_append_is_not_mended_in_a_working_tree_that_went_away(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = in_linked_worktree(tmp_path / "plum")
    _killed_when_the_branch_had_moved(site, monkeypatch).unlink()
    if where == "elsewhere":
        site.top.rename(tmp_path / "moved")
    else:
        user_git(site.top, "checkout", "-q", "-f", "-b", "other", "fleet^")
    assert titles(site.board.read()) == ["killed"]
    assert leftovers(site.git_dir) == []
    assert where == "elsewhere" or status(site) == ""


def test_events_survive_a_bisection_and_a_stash(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    append_tasks(site.board, ["a"])
    append_tasks(site.board, ["b"])
    user_git(site.top, "bisect", "start", "HEAD", "HEAD~2")
    append_tasks(site.board, ["c"])
    user_git(site.top, "bisect", "reset")
    assert titles(site.board.read()) == ["a", "b", "c"]
    assert status(site) == ""
    _user_at_work(site)
    user_git(site.top, "reset", "-q", "--", "intended")
    shown = status(site)
    user_git(site.top, "stash", "push", "-q")
    append_tasks(site.board, ["d"])
    user_git(site.top, "stash", "pop", "-q", "--index")
    assert status(site) == shown
    assert titles(site.board.read()) == ["a", "b", "c", "d"]
