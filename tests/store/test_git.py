"""Git processes that end badly are told, never taken for an empty board; any hash will do."""

import os
import subprocess
from pathlib import Path

import pytest

from clare.services import boards
from clare.store import cache, move
from clare.store.git import GitFailed
from clare.store.place import find
from tests.servers import needs
from tests.store.boards import (
    append_tasks,
    bare,
    board_of,
    dedicated,
    leftovers,
    titles,
    user_git,
)


@pytest.mark.parametrize("ending", ["kill -9 $$", "exit 0", "exit 3"])
def test_a_board_is_not_empty_because_git_died(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = bare(tmp_path)
    append_tasks(site.board, ["one"])
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(
        f'#!/bin/sh\ncase " $* " in *" cat-file "*) {ending};; esac\nexec "{needs("git")}" "$@"\n'
    )
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
    cache.discard(site.board.git)
    with pytest.raises(GitFailed, match="cat-file"):
        site.board.read()


def test_an_interrupt_while_the_index_is_locked_leaves_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = dedicated(tmp_path)
    before = site.board.read().commit

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(move, "_swap", interrupted)
    with pytest.raises(KeyboardInterrupt):
        append_tasks(site.board, ["one"])
    monkeypatch.undo()
    assert leftovers(site.git_dir) == []
    assert site.board.read().commit == before


def test_what_killed_commands_left_to_keep_their_commits_goes_after_an_hour(
    tmp_path: Path,
) -> None:
    site = bare(tmp_path)
    append_tasks(site.board, ["one"])
    kept, old = (site.git_dir / "refs" / "clare" / "new" / name for name in ("kept", "old"))
    for path in (kept, old):
        path.write_text(f"{site.board.read().commit}\n")
    os.utime(old, (0, 0))
    append_tasks(site.board, ["two"])
    assert kept.exists()
    assert not old.exists()


def test_a_repository_with_sha256_names_is_a_board_too(tmp_path: Path) -> None:
    subprocess.run(
        ["git", "init", "-q", "--object-format=sha256", "-b", "main", str(tmp_path / "new")],
        check=True,
    )
    boards.init(str(tmp_path / "new"), host="plum", branch="main")
    board = board_of(find(str(tmp_path / "new"), "").git, branch="main")
    append_tasks(board, ["one"])
    assert titles(board.read()) == ["one"]
    assert user_git(tmp_path / "new", "status", "--porcelain") == ""
    assert user_git(tmp_path / "new", "fsck", "--strict") == ""
