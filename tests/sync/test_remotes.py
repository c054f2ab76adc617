"""Real remotes: sshd, git daemon and http with a password; and addresses that are none."""

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clare.errors import Exit, Usage
from clare.store.remote import check_url, holds_password, shown
from tests.servers import git_daemon, http_git, sshd, with_login
from tests.sync.fleets import Ran, clare, git

USER, PASSWORD = "nat", "p@ss:word"


@dataclass(frozen=True)
class Far:
    """A hub at the other end of a wire: its address, and what git needs to get there."""

    base: Path
    url: str
    env: dict[str, str] = field(default_factory=dict)

    def clare(self, *words: str | Path, at: Path, actor: str = "nat") -> Ran:
        return clare(*words, at=at, actor=actor, env=self.env)

    def other(self, name: str) -> str:
        return self.url.replace("hub.git", name)


def with_helper(password: str) -> str:
    """A credential helper, as the keyring of a desktop would be one."""
    script = f"f() {{ echo username={USER}; echo 'password={password}'; }}; f"
    return f'[credential]\n\thelper = "!{script}"\n'


def with_instead(url: str, password: str) -> str:
    return f'[url "{with_login(url, USER, password)}"]\n\tinsteadOf = {url}\n'


@contextmanager
def over_ssh(base: Path, home: Path) -> Iterator[Far]:
    with sshd(base) as host:
        yield Far(base, host.url("hub.git"), host.env)


@contextmanager
def over_git(base: Path, home: Path) -> Iterator[Far]:
    with git_daemon(base) as url:
        yield Far(base, f"{url}/hub.git")


@contextmanager
def over_http(base: Path, home: Path) -> Iterator[Far]:
    with http_git(base, USER, PASSWORD) as url, (home / ".gitconfig").open("a") as config:
        config.write(with_helper(PASSWORD))
        config.flush()
        yield Far(base, f"{url}/hub.git")


@contextmanager
def over_http_by_another_name(base: Path, home: Path) -> Iterator[Far]:
    with http_git(base, USER, PASSWORD) as url, (home / ".gitconfig").open("a") as config:
        config.write(with_instead(url, PASSWORD))
        config.flush()
        yield Far(base, f"{url}/hub.git")


Way = Callable[[Path, Path], AbstractContextManager[Far]]
WAYS: list[Way] = [over_ssh, over_git, over_http, over_http_by_another_name]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    base = tmp_path / "served"
    git(tmp_path, "init", "-q", "--bare", base / "hub.git")
    return base


def done(ran: Ran) -> str:
    assert ran.code == Exit.DONE, ran.err
    return ran.out.strip()


@pytest.mark.parametrize("way", WAYS)
def test_two_clones_sync_both_ways_and_claim(
    way: Way, base: Path, tmp_path: Path, home: Path
) -> None:
    plum, apricot = tmp_path / "plum", tmp_path / "apricot"
    with way(base, home) as far:
        done(far.clare("init", plum, "--host", "plum", "--hub", far.url, at=tmp_path))
        bed = done(far.clare("add", "dig the bed", at=plum))
        joined = done(far.clare("join", far.url, apricot, "--host", "apricot", at=tmp_path))
        assert joined.startswith("fleet plum joined")
        done(far.clare("comment", bed, "-m", "bring a spade", at=apricot))
        assert done(far.clare("sync", at=plum)) == "received 1 event, published 0 commits"
        assert "bring a spade" in done(far.clare("show", bed, at=plum))
        done(far.clare("claim", bed, at=plum, actor="ann"))
        lost = far.clare("claim", bed, at=apricot, actor="ben")
        assert (lost.code, lost.err.split(" until ")[0]) == (4, f"clare: ann holds {bed[:4]}")
        assert done(far.clare("digest", at=plum)) == done(far.clare("digest", at=apricot))
    manifest = git(base / "hub.git", "cat-file", "blob", "fleet:fleet/fleet.yaml")
    assert far.url in manifest
    assert "p@ss" not in manifest


def assert_unreachable(ran: Ran, words: str) -> None:
    """One line why, one line what to do, exit 6."""
    assert ran.code == Exit.UNPUBLISHED, ran.err
    why, hint = ran.err.splitlines()
    assert why.startswith("clare: ")
    assert words in why
    assert hint.startswith("  ")


def joined(far: Far, tmp_path: Path) -> Path:
    plum = tmp_path / "plum"
    done(far.clare("init", plum, "--host", "plum", "--hub", far.url, at=tmp_path))
    return plum


def test_a_wrong_password_is_told_in_one_line(base: Path, tmp_path: Path, home: Path) -> None:
    config = home / ".gitconfig"
    with over_http(base, home) as far:
        plum = joined(far, tmp_path)
        config.write_text(config.read_text().replace(PASSWORD, "wrong"))
        for words in (["sync"], ["join", far.url, "other"]):
            ran = far.clare(*words, at=plum)
            assert_unreachable(ran, "Authentication failed")
            assert "wrong" not in ran.err


def test_no_password_is_told_in_one_line_and_nobody_is_asked(
    base: Path, tmp_path: Path, home: Path
) -> None:
    with http_git(base, USER, PASSWORD) as url:
        ran = clare("join", f"{url}/hub.git", tmp_path / "plum", at=tmp_path)
        assert_unreachable(ran, "could not read Username")


def test_an_unknown_host_key_is_told_in_one_line(base: Path, tmp_path: Path, home: Path) -> None:
    with over_ssh(base, home) as far:
        plum = joined(far, tmp_path)
        config = Path(shlex.split(far.env["GIT_SSH_COMMAND"])[-1])
        (config.parent / "known_hosts").write_text("")
        for words in (["sync"], ["join", far.url, "other"]):
            assert_unreachable(far.clare(*words, at=plum), "Host key verification failed")


@pytest.mark.parametrize("way", WAYS[:3])
def test_a_repository_that_is_not_there_is_told_in_one_line(
    way: Way, base: Path, tmp_path: Path, home: Path
) -> None:
    with way(base, home) as far:
        plum = joined(far, tmp_path)
        assert_unreachable(far.clare("join", far.other("no.git"), "other", at=plum), "no")
        (base / "hub.git").rename(base / "elsewhere.git")
        assert_unreachable(far.clare("sync", at=plum), "hub.git")
        assert not (plum / "other").exists()


def test_a_hub_that_may_be_read_but_not_written_refuses(
    base: Path, tmp_path: Path, home: Path
) -> None:
    with over_http(base, home) as far:
        plum = joined(far, tmp_path)
        git(base / "hub.git", "config", "http.receivepack", "false")
        bed = done(far.clare("add", "dig the bed", at=plum))
        claimed = far.clare("claim", bed, at=plum)
        assert re.match("clare: not published: .* refuses: ", claimed.err)
        assert (claimed.code, "nothing was taken" in claimed.err) == (6, True)
        git(base / "hub.git", "config", "http.receivepack", "true")
        assert done(far.clare("sync", at=plum)) == "received 0 events, published 1 commit"


NO_ADDRESS = [
    "",
    "-u",
    "--upload-pack=touch x",
    "ext::sh -c touch% x",
    "fd::7",
    "fd::7,8/x",
    "EXT::sh",
    "transport::address",
    "ftp://example.invalid/hub.git",
    "javascript://x",
    "hub.git\nx",
    "hub\x00.git",
    "hub\x1b[2J",
    "host:-oProxyCommand=touch",
    "ssh://-oProxyCommand=touch/x",
    "ssh://nat@-oProxyCommand=touch/x",
]


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_could_run_a_command_or_be_an_option_is_no_address(url: str) -> None:
    with pytest.raises(Usage):
        check_url(url)


@pytest.mark.parametrize("url", ["ext::sh -c touch% x", "fd::7", "--upload-pack=touch x"])
def test_a_dangerous_remote_is_refused_by_every_command(url: str, tmp_path: Path) -> None:
    assert clare("join", "--", url, "plum", at=tmp_path).code == Exit.USAGE
    assert clare("init", "plum", f"--hub={url}", at=tmp_path).code == Exit.USAGE
    assert not (tmp_path / "x").exists()


def test_a_dangerous_hub_in_fleet_yaml_is_never_spoken_to(tmp_path: Path) -> None:
    """It came with a pull request: every clone would run it."""
    plum = tmp_path / "plum"
    done(clare("init", plum, at=tmp_path))
    manifest = plum / "fleet" / "fleet.yaml"
    manifest.write_text(manifest.read_text() + "hub: ext::sh -c touch% x\n")
    git(plum, "commit", "-qam", "a hub")
    ran = clare("sync", at=plum)
    assert (ran.code, "no address" in ran.err) == (Exit.USAGE, True)
    assert not (plum / "x").exists()


@pytest.mark.parametrize(
    "url",
    [
        "/srv/fleet.git",
        "../a folder/fleet.git",
        "fleet.git",
        "nat@hub:fleet.git",
        "hub:/srv/fleet.git",
        "ssh://nat@hub:2222/srv/fleet.git",
        "ssh://[::1]/fleet.git",
        "nat@[::1]:fleet.git",
        "https://example.invalid/fleet.git",
        "git://example.invalid/fleet.git",
        "file:///srv/fleet.git",
        "C:/fleet.git",
    ],
)
def test_what_git_can_reach_is_an_address(url: str) -> None:
    assert check_url(url) == url


def test_a_password_in_an_address_is_never_shown_nor_published(tmp_path: Path) -> None:
    url = "https://nat:secret@example.invalid/hub.git"
    assert shown(url) == shown("https://token@example.invalid/hub.git")
    assert shown(url) == "https://example.invalid/hub.git"
    assert holds_password(url)
    assert holds_password("https://token@example.invalid/hub.git")
    assert not holds_password("ssh://git@example.invalid/hub.git")
    ran = clare("init", "plum", "--hub", url, at=tmp_path)
    assert ran.code == Exit.USAGE
    assert "secret" not in ran.err
