"""What a ref stands at is what git says, however git keeps it."""

from pathlib import Path

import pytest

from clare.store.git import Git
from clare.store.refs import commit_of
from tests.store.boards import user_git

REF = "refs/heads/fleet"


@pytest.fixture
def git(tmp_path: Path) -> Git:
    user_git(tmp_path, "init", "-q", "-b", "main", ".")
    for name in ("fleet", "other"):
        user_git(tmp_path, "commit", "-q", "--allow-empty", "-m", name)
        user_git(tmp_path, "branch", name)
    return Git(tmp_path / ".git")


def agrees(git: Git) -> str | None:
    found = commit_of(git, REF)
    assert found == git.resolve(REF)
    return found


def test_a_ref_in_a_file_of_its_own(git: Git) -> None:
    assert agrees(git)


def test_a_packed_ref_and_a_file_that_is_newer(git: Git) -> None:
    before = agrees(git)
    user_git(git.git_dir, "pack-refs", "--all")
    assert not (git.git_dir / REF).exists()
    assert agrees(git) == before
    user_git(git.git_dir, "update-ref", REF, "refs/heads/other")
    assert agrees(git) != before


def test_a_symbolic_ref_over_a_packed_one(git: Git) -> None:
    before = agrees(git)
    user_git(git.git_dir, "pack-refs", "--all")
    user_git(git.git_dir, "symbolic-ref", REF, "refs/heads/other")
    assert agrees(git) != before


def test_a_ref_that_is_not_there(git: Git) -> None:
    user_git(git.git_dir, "update-ref", "-d", REF)
    assert agrees(git) is None


def test_a_damaged_file_is_left_to_git(git: Git) -> None:
    (git.git_dir / REF).write_bytes(b"\xff\n")
    assert agrees(git) is None
