"""Plain git clones, pushes and fetches through each of the servers of the other tests."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.servers import git_daemon, http_git, needs, sshd, with_login


def git(*args: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *args],
        env=os.environ | {"GIT_TERMINAL_PROMPT": "0"} | (env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def done(*args: str | Path, env: dict[str, str] | None = None) -> str:
    result = git(*args, env=env)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def exchange(url: str, folder: Path, env: dict[str, str] | None = None) -> None:
    """Two clones of one hub; the second one fetches what the first one pushed."""
    plum, apricot = folder / "plum", folder / "apricot"
    done("clone", url, plum, env=env)
    done("-C", plum, "commit", "--allow-empty", "-m", "first")
    done("-C", plum, "push", "origin", "main", env=env)
    done("clone", url, apricot, env=env)
    done("-C", plum, "commit", "--allow-empty", "-m", "second")
    done("-C", plum, "push", "origin", "main", env=env)
    done("-C", apricot, "fetch", "origin", env=env)
    pushed = done("-C", plum, "rev-parse", "HEAD")
    assert done("-C", apricot, "rev-parse", "origin/main") == pushed


@pytest.fixture
def base(tmp_path: Path) -> Path:
    base = tmp_path / "served"
    done("init", "--bare", base / "hub.git")
    return base


def test_git_daemon_carries_clones_pushes_and_fetches(base: Path, tmp_path: Path) -> None:
    with git_daemon(base) as url:
        exchange(f"{url}/hub.git", tmp_path)


def test_http_carries_clones_pushes_and_fetches(base: Path, tmp_path: Path) -> None:
    with http_git(base, "nat", "p@ss:word") as url:
        exchange(f"{with_login(url, 'nat', 'p@ss:word')}/hub.git", tmp_path)


@pytest.mark.parametrize("password", ["wrong", ""])
def test_http_refuses_a_wrong_password(base: Path, password: str) -> None:
    with http_git(base, "nat", "right") as url:
        refused = git("ls-remote", f"{with_login(url, 'nat', password)}/hub.git")
        assert refused.returncode == 128
        assert "Authentication failed" in refused.stderr


def test_http_refuses_whoever_gives_no_password(base: Path) -> None:
    with http_git(base, "nat", "right") as url:
        refused = git("ls-remote", f"{url}/hub.git")
        assert refused.returncode == 128
        assert "could not read Username" in refused.stderr


def test_ssh_carries_clones_pushes_and_fetches(base: Path, tmp_path: Path) -> None:
    with sshd(base) as far:
        exchange(far.url("hub.git"), tmp_path, far.env)


def test_a_server_is_gone_when_its_block_ends(base: Path) -> None:
    with git_daemon(base) as url:
        done("ls-remote", f"{url}/hub.git")
    assert git("ls-remote", f"{url}/hub.git").returncode == 128


def test_a_missing_program_skips_and_fails_where_all_must_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CLARE_TESTS_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        needs("no-such-program")
    monkeypatch.setenv("CLARE_TESTS_REQUIRE", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        needs("no-such-program")
