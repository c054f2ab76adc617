"""rclaude starts ssh, tmux, git and the agent, on either side, and no other program."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import PROGRAM, a_farm
from tests.rclaude.repositories import URL, committed, done
from tests.spy import Spy

MAY = {"ssh", "tmux", "git", "claude"}


class Spied(NamedTuple):
    """A client and a host on which every program that Python starts is written down."""

    client: Client
    spy: Spy

    def heard(self) -> set[tuple[str, str]]:
        return self.spy.heard()


@pytest.fixture
def spied(tmp_path: Path, home: Path) -> Iterator[Spied]:
    spy = Spy(tmp_path / "spy")
    with a_farm() as farm:
        farm.add("apricot", **spy.env).repository()
        with a_client(farm, tmp_path, home) as client:
            client.env.update(spy.env)
            agent = farm["apricot"].program("echo 2.0.14", "claude")
            client.configure({"apricot": {"claude": str(agent)}})
            yield Spied(client, spy)


def test_only_what_may_be_started_is_started(spied: Spied) -> None:
    client = spied.client
    for words in (["contract"], ["hosts"], ["hosts", "--probe"], ["list"], ["list", "--usage"]):
        assert client.rclaude(*words).code == 0
    assert client.rclaude("doctor").code == 0
    client.rclaude("peek", "apricot:12345678")
    client.rclaude("peek", "plum:12345678")
    clone = client.cloned(URL)
    committed(client, clone, "one")
    done(client, "-C", clone, "push", "-q", "origin", "HEAD:main")
    client.configure({"plum": {"repos": [str(client.folder / "clone")]}})
    done(client, "ls-remote", f"rclaude://plum{clone}")
    started = spied.heard()
    assert {who for who, _ in started} == {"rclaude", "git-remote-rclaude"}
    assert {program for _, program in started} == MAY


def test_what_the_gate_starts_is_no_more(spied: Spied) -> None:
    client = spied.client
    host = client.farm["apricot"]
    config = host.home / ".config" / "rclaude"
    config.mkdir()
    (config / "hosts.toml").write_text('self = "a"\n[hosts.a]\nrepos = ["~/fleet.git"]\n')
    host.accept(client.farm.key, f'restrict,command="{PROGRAM} @gate --allow all"')
    assert client.rclaude("list").code == 0
    assert client.rclaude("doctor").code == 0
    done(client, "ls-remote", URL)
    assert client.run("ssh", "-T", "apricot", "sh -c id").code == 77
    assert {program for _, program in spied.heard()} <= MAY


def test_the_spy_hears_everything(spied: Spied) -> None:
    """Else the tests above would say nothing."""
    script = (
        "import os, subprocess; subprocess.run(['true']); os.system('true');"
        "os.waitpid(os.posix_spawnp('true', ['true'], os.environ), 0); os.execvp('true', ['true'])"
    )
    assert spied.client.run(PROGRAM.with_name("python"), "-c", script).code == 0
    assert spied.spy.events() == {"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec"}
