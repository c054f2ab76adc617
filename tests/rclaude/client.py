"""The host that a user sits at: its configuration, its ssh, and running rclaude and git there."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.rclaude import processes
from tests.rclaude.farm import PROGRAM, Farm
from tests.servers import needs

SELF = "plum"
LONGEST = 60.0
"""Seconds that one command may take."""

Settings = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command printed, its exit code, and the seconds it took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows by their columns, cells as they stand."""
        lines = self.out.splitlines()
        columns = lines[0].split("\t")[2:]
        cells = [line.split("\t") for line in lines[1:] if not line.startswith("#")]
        return [dict(zip(columns, each, strict=True)) for each in cells]

    @property
    def hosts(self) -> dict[str, str]:
        """How asking each host ended, in the order in which they were told."""
        lines = [line.split("\t") for line in self.out.splitlines()]
        return {cells[1]: cells[2] for cells in lines if cells[0] == "#host"}


class Client:
    """A user's host. Its folder of sockets is its own, and what it leaves running ends with it."""

    def __init__(self, farm: Farm, folder: Path, home: Path) -> None:
        self.farm = farm
        self.home = home
        self.folder = folder
        self.runtime = Path(tempfile.mkdtemp(prefix="rc-", dir="/tmp"))
        self.sockets = self.runtime / "rclaude"
        self.config = home / ".config" / "rclaude" / "hosts.toml"
        self.config.parent.mkdir(parents=True)
        self.known_hosts = folder / "known_hosts"
        self.ssh_config = folder / "ssh_config"
        self.ports: dict[str, int] = {}
        self.env = {
            "XDG_RUNTIME_DIR": str(self.runtime),
            "PATH": os.pathsep.join([str(self._ssh()), str(PROGRAM.parent), os.environ["PATH"]]),
        }
        self.known_hosts.write_text(farm.known_hosts())
        self.lead()
        self.configure()

    def _ssh(self) -> Path:
        """The folder of an ssh that reads our configuration: the real one does not look at $HOME."""
        program = self.folder / "bin" / "ssh"
        program.parent.mkdir()
        words = shlex.join([str(needs("ssh")), "-F", str(self.ssh_config)])
        program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        program.chmod(0o755)
        return program.parent

    def lead(self, **ports: int) -> None:
        """Write ssh's configuration anew; a host whose port is given is reached by a link."""
        self.ports.update(ports)
        self.ssh_config.write_text(self.farm.ssh_config(self.ports, self.known_hosts))

    def configure(self, changed: Mapping[str, Settings] | None = None) -> None:
        """Write hosts.toml: every host of the farm as it is, but for what is changed."""
        usual: Settings = {"rclaude": str(PROGRAM), "repos": ["~/fleet.git"]}
        tables: dict[str, Settings] = {SELF: {}, **dict.fromkeys(self.farm.hosts, usual)}
        for name, settings in (changed or {}).items():
            tables[name] = {**tables.get(name, usual), **settings}
        self.config.write_text(hosts_toml(SELF, tables))

    def run(self, *words: str | Path, **env: str) -> Ran:
        """Run any program."""
        started = time.monotonic()
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self.environment(env),
            timeout=LONGEST,
        )
        taken = time.monotonic() - started
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode(), taken)

    def environment(self, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """What programs of this host find in their environment."""
        return {**os.environ, **self.env, **(env or {})}

    def rclaude(self, *words: str, **env: str) -> Ran:
        """Run rclaude."""
        return self.run(PROGRAM, *words, **env)

    def git(self, *words: str | Path, **env: str) -> Ran:
        """Run git."""
        return self.run("git", *words, **env)

    def cloned(self, url: str, name: str = "clone") -> Path:
        """A clone of a repository. Fails if git does."""
        folder = self.folder / name
        done = self.git("clone", "-q", url, folder)
        assert done.code == 0, done.err
        return folder

    def masters(self) -> list[int]:
        """The masters of ssh that serve this host."""
        return [*processes.marked(f"ssh: {self.sockets}/")]

    def running(self) -> dict[int, str]:
        """What still runs of all that ssh started here, masters too."""
        return processes.marked(f"{self.sockets}/", str(self.ssh_config))

    def close(self) -> None:
        """End what still runs, and remove the sockets."""
        processes.end(*self.running())
        processes.wait_for(lambda: not self.running())
        shutil.rmtree(self.runtime, ignore_errors=True)


@contextmanager
def a_client(farm: Farm, folder: Path, home: Path) -> Iterator[Client]:
    """A user's host that reaches the farm, until the block ends."""
    client = Client(farm, folder, home)
    try:
        yield client
    finally:
        client.close()


def hosts_toml(own: str, tables: Mapping[str, Settings]) -> str:
    """A configuration; JSON's texts and lists are TOML's too."""
    lines = [f"self = {json.dumps(own)}"]
    for name, settings in tables.items():
        lines.append(f"[hosts.{json.dumps(name)}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    return "\n".join(lines) + "\n"
