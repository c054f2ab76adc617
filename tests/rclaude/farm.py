"""Hosts of a fleet on loopback: each a real sshd with a home, a tmux and a clock of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conftest import GITCONFIG
from tests.rclaude import processes
from tests.servers import make_key, ssh_config, ssh_server

PROGRAM = Path(sys.executable).with_name("rclaude")
"""The rclaude of this environment."""

NAMES = ("apricot", "quince", "medlar")


class Host:
    """A host that ssh reaches; its home is empty but for git's identity."""

    def __init__(self, name: str, address: str, state: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.address = address
        self.state = state
        self.home = state / "home"
        self.port = 0
        self._running = ExitStack()
        (self.home / ".config").mkdir(parents=True)
        (self.home / ".gitconfig").write_text(GITCONFIG)
        (state / "tmux").mkdir()
        make_key(state / "host_key")
        self.env = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "TMUX_TMPDIR": str(state / "tmux"),
            "CLAUDE_CONFIG_DIR": str(self.home / ".claude"),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            **env,
        }

    def start(self) -> None:
        """Serve, on a port of its own."""
        server = self._running.enter_context(ssh_server(self.state, self.address, self.env))
        self._running.callback(self._end_connections)
        self.port = server

    def stop(self) -> None:
        """Go down: nobody listens any more, and every connection ends."""
        self._running.close()

    def close(self) -> None:
        """Go down for good, with the sessions in tmux and all that nobody waits for any more."""
        self.stop()
        processes.end(*processes.at_home_in(self.home))
        processes.wait_for(lambda: not processes.at_home_in(self.home))

    def _end_connections(self) -> None:
        server = int((self.state / "sshd.pid").read_text())
        processes.end(*processes.descendants(server))

    def accept(self, key: Path, options: str = "") -> None:
        """Let the owner of a key in, and nobody else; `options` stand before it, as sshd(8) tells."""
        public = key.with_suffix(".pub").read_text()
        (self.state / "authorized_keys").write_text(f"{options} {public}".lstrip())

    def repository(self, path: str = "fleet.git") -> Path:
        """A bare repository in the home, made if it is not there."""
        folder = self.home / path
        if not folder.exists():
            subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)
        return folder

    def program(self, script: str, name: str = "rclaude") -> Path:
        """A shell script in the home, as a program to be found there in place of another."""
        path = self.home / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path


class Farm:
    """Hosts by their names, and the key that each of them accepts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "client_key"
        self.hosts: dict[str, Host] = {}
        make_key(self.key)

    def add(self, name: str, **env: str) -> Host:
        """Start one more host; `env` is what its programs find in their environment besides."""
        host = Host(name, f"127.0.0.{len(self.hosts) + 2}", self.folder / name, env)
        self.hosts[name] = host
        host.accept(self.key)
        host.start()
        return host

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    def ssh_config(self, ports: Mapping[str, int], known_hosts: Path) -> str:
        """The client's configuration; `ports` are those of links that lead to a host."""
        return "".join(
            ssh_config(name, host.address, ports.get(name, host.port), self.key, known_hosts)
            for name, host in self.hosts.items()
        )

    def known_hosts(self) -> str:
        """The true keys of all hosts."""
        return "".join(
            f"{name} {(host.state / 'host_key.pub').read_text()}"
            for name, host in self.hosts.items()
        )


@contextmanager
def a_farm(*names: str) -> Iterator[Farm]:
    """Hosts of these names, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="rclaude-farm-", dir="/tmp"))  # sockets need short paths
    farm = Farm(folder)
    try:
        for name in names:
            farm.add(name)
        yield farm
    finally:
        for host in farm.hosts.values():
            host.close()
        shutil.rmtree(folder, ignore_errors=True)
