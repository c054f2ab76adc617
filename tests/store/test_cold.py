"""A board read by several processes is the board read by one, and says how far it is."""

from pathlib import Path

import pytest

from clare.store import cold
from clare.store.cache import discard, fleet_at
from clare.store.git import Git, GitFailed
from clare.store.read import read_board
from tests.store.boards import append_tasks, bare
from tests.store.caches import same


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A board of which every few files are a portion for another process."""
    board = bare(tmp_path / "plum").board
    append_tasks(board, range(40))
    monkeypatch.setattr(cold, "ENOUGH", 1)
    monkeypatch.setattr(cold, "SOME", 7)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    discard(board.git)
    return board.git


def test_several_processes_read_what_one_reads(git: Git) -> None:
    commit = git.resolve("refs/heads/fleet") or ""
    told: list[str] = []
    cold.read_whole(git, commit, told=told.append)
    assert len(told) > 2
    assert told[-1] == "reading the board: 42 of 42 files"
    same(fleet_at(git, commit, keep=True), read_board(git, commit))
    same(fleet_at(git, commit), read_board(git, commit))


def test_what_git_says_in_another_process_is_told_here(
    git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise GitFailed("cat-file", 128, "fatal: it is gone")

    monkeypatch.setattr(cold, "read_entries", fails)
    with pytest.raises(GitFailed, match="it is gone"):
        cold.read_whole(git, git.resolve("refs/heads/fleet") or "")
