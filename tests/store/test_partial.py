"""A clone without its blobs fetches all that a read needs in one request."""

from pathlib import Path

import pytest

from clare.errors import Unreadable
from clare.store.events import Events
from clare.store.git import Git
from clare.store.read import read_board
from tests.store.boards import append_tasks, bare, task, user_git

NUMBER = 40


@pytest.fixture
def partial(tmp_path: Path) -> Git:
    """A clone, without its blobs, of a board with some tasks."""
    hub = bare(tmp_path / "hub.git")
    append_tasks(hub.board, range(NUMBER))
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        user_git(hub.top, "config", key, "true")
    url = f"file://{hub.top}"
    user_git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", url, "partial.git")
    return Git(tmp_path / "partial.git")


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where git notes which processes it starts."""
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    return tmp_path / "trace"


def requests(trace: Path) -> int:
    """How often a remote was asked."""
    return sum("built-in: git upload-pack" in line for line in trace.read_text().splitlines())


def test_a_read_of_a_partial_clone_asks_its_remote_once(partial: Git, trace: Path) -> None:
    assert len(read_board(partial, "fleet").tasks) == NUMBER
    assert requests(trace) == 1
    trace.unlink()
    assert len(read_board(partial, "fleet").tasks) == NUMBER
    assert requests(trace) == 0


def test_a_whole_clone_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = bare(tmp_path / "whole.git")
    append_tasks(site.board, range(NUMBER))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    assert len(read_board(site.board.git, "fleet").tasks) == NUMBER
    started = [line for line in (tmp_path / "trace").read_text().splitlines() if "built-in" in line]
    assert len(started) == 2
    assert "git ls-tree" in started[0]
    assert "git cat-file --batch " in started[1]


def test_a_remote_that_has_nothing_is_asked_once_and_then_the_next(
    partial: Git, trace: Path
) -> None:
    top = partial.git_dir
    user_git(top, "remote", "rename", "origin", "second")
    whole = (top / "config").read_text()
    gone = f'[remote "first"]\n\tpromisor = true\n\turl = file://{top.parent}/gone.git\n'
    (top / "config").write_text(gone + whole)
    assert len(read_board(partial, "fleet").tasks) == NUMBER
    assert requests(trace) == 2


def test_when_no_remote_answers_the_read_says_so(partial: Git) -> None:
    (partial.git_dir.parent / "hub.git").rename(partial.git_dir.parent / "away.git")
    with pytest.raises(Unreadable, match=r"lacks 4\d files .* remote origin") as refused:
        read_board(partial, "fleet")
    assert refused.value.hint


def test_the_files_of_some_entities_come_in_one_request_too(partial: Git, trace: Path) -> None:
    keys = [task(number) for number in range(NUMBER)]
    events = Events(partial, partial.resolve("fleet") or "", dict.fromkeys(keys))
    events.prefetch(keys)
    assert requests(trace) == 1
    assert all(len(events[key]) == 1 for key in keys)
    assert requests(trace) == 1
