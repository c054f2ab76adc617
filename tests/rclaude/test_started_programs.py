"""rclaude starts ssh, tmux, git and the agent, on either side, and no other program."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import PROGRAM, a_farm
from tests.rclaude.repositories import URL, committed, done

SPY = """\
import json, os, sys

def heard(event, args):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
        tell(event, args[0], [os.fsdecode(word) for word in args[1]])
    elif event in ("os.system", "os.fork", "os.forkpty", "pty.spawn", "os.spawn"):
        tell(event, event, [str(word) for word in args])

def tell(event, program, words):
    log = os.open(os.environ["SPY_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    line = json.dumps([event, os.fsdecode(program), sys.argv[0], words])
    os.write(log, (line + chr(10)).encode())
    os.close(log)

sys.addaudithook(heard)
"""
MAY = {"ssh", "tmux", "git", "claude"}


class Spied:
    """A client and a host on which every program that Python starts is written down."""

    def __init__(self, client: Client, log: Path) -> None:
        self.client = client
        self._log = log

    def _told(self) -> list[tuple[str, str, str, list[str]]]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [
            (event, program, who, words) for event, program, who, words in map(json.loads, lines)
        ]

    def heard(self) -> set[tuple[str, str]]:
        """Who started what, by the names of the programs."""
        return {(Path(who).name, Path(program).name) for _, program, who, _ in self._told()}

    def events(self) -> set[str]:
        """The ways in which something was started."""
        return {event for event, *_ in self._told()}


@pytest.fixture
def spied(tmp_path: Path, home: Path) -> Iterator[Spied]:
    folder = tmp_path / "spy"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SPY)
    env = {"PYTHONPATH": str(folder), "SPY_LOG": str(folder / "log")}
    with a_farm() as farm:
        farm.add("apricot", **env).repository()
        with a_client(farm, tmp_path, home) as client:
            client.env.update(env)
            agent = farm["apricot"].program("echo 2.0.14", "claude")
            client.configure({"apricot": {"claude": str(agent)}})
            yield Spied(client, folder / "log")


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
    assert spied.events() == {"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec"}
