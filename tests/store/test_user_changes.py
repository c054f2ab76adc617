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
    status,
    titles,
    user_git,
)
from tests.store.processes import kill, start, until, wait
from tests.store.user import deleted_events, user_at_work, write

EDITOR = """\
#!/bin/sh
echo "by the user" >"$1"
touch {open}
while [ ! -e {close} ]; do sleep 0.01; done
"""


def _contents(site: Site) -> dict[str, str]:
    names = ("both", "edited", "intended", "renamed", "staged", "untracked", "notes/deep/down")
    return {name: (site.top / name).read_text() for name in names}


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
    shown = user_at_work(site)
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
    user_at_work(site)
    append_tasks(site.board, ["a", "b"])
    user_git(site.top, "commit", "-q", "-m", "mine", *words)
    assert titles(site.board.read()) == ["a", "b", "before"]
    assert deleted_events(site) == ""
    assert not any(p.startswith("fleet/") for p in _files_of(site, "HEAD"))
    append_tasks(site.board, ["after"])
    assert titles(site.board.read()) == ["a", "after", "b", "before"]


def _files_of(site: Site, rev: str) -> list[str]:
    return user_git(site.top, "show", "--format=", "--name-only", rev).splitlines()


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_an_append_commits_nothing_of_the_users(shape: str, tmp_path: Path) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    user_at_work(site)
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
    user_at_work(site)
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
    assert deleted_events(site) == ""


def test_an_append_goes_on_when_the_editor_is_closed(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    shown = user_at_work(site)
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
    assert deleted_events(site) == ""


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_a_commit_of_staged_changes_in_an_editor_is_refused_by_git_and_works_again(
    shape: str, tmp_path: Path
) -> None:
    """Git lets go of the index before it starts the editor, and looks at the branch after it."""
    site = SHAPES[shape](tmp_path / "plum")
    user_at_work(site)
    staged = user_git(site.top, "diff", "--cached")
    with _open_in_an_editor(site, tmp_path) as process:
        append_tasks(site.board, ["a"])
    assert process.returncode == 128
    assert user_git(site.top, "diff", "--cached") == staged
    user_git(site.top, "commit", "-q", "-m", "again")
    assert titles(site.board.read()) == ["a"]
    assert deleted_events(site) == ""


def test_every_working_tree_that_stands_on_the_branch_follows(tmp_path: Path) -> None:
    site = in_linked_worktree(tmp_path / "plum")
    second = tmp_path / "second"
    user_git(site.top, "worktree", "add", "-q", "--force", str(second), "fleet")
    other = Site(site.board, second)
    write(site, "untracked", "mine\n")
    write(other, "staged", "mine\n")
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
    shown = user_at_work(site)
    lock = _killed_when_the_branch_had_moved(site, monkeypatch)
    before = user_git(site.top, "rev-parse", "HEAD")
    user_git(site.top, "commit", "-q", "-am", "too early", check=False)
    assert user_git(site.top, "rev-parse", "HEAD") == before
    site.board.read()
    assert not lock.exists()
    assert status(site) == shown
    user_git(site.top, "commit", "-q", "-am", "mine")
    assert titles(site.board.read()) == ["killed"]
    assert deleted_events(site) == ""


@pytest.mark.parametrize("shape", CHECKED_OUT)
def test_a_killed_append_is_mended_also_when_its_lock_was_removed_by_hand(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    shown = user_at_work(site)
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
    assert deleted_events(site) == ""


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
