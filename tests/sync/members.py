"""Hosts that keep the same board and exchange events by rclaude alone."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rclaude.client import Client, Ran, hosts_toml
from tests.rclaude.farm import PROGRAM, Farm, Host

CLARE = Path(sys.executable).with_name("clare")


@dataclass(frozen=True, slots=True)
class Member:
    """A host with the board in a folder; `client` reaches the others from there."""

    name: str
    client: Client
    folder: Path

    def run(self, *words: str, **env: str) -> Ran:
        """Run Clare on its board."""
        who = {"CLARE_HOST": self.name, "CLARE_ACTOR": f"{self.name}er"}
        home = {"HOME": str(self.client.home), "XDG_CONFIG_HOME": str(self.client.home / ".config")}
        board = {"CLARE_FLEET": str(self.folder)}
        return self.client.run(CLARE, *words, **{**who, **home, **board, **env})

    def ok(self, *words: str, **env: str) -> str:
        """What Clare prints; the test fails if it does."""
        ran = self.run(*words, **env)
        assert ran.code == 0, f"{self.name}: clare {' '.join(words)}: {ran.err}"
        return ran.out.rstrip("\n")

    def git(self, *words: str | Path) -> str:
        """What git prints there; the test fails if git does."""
        ran = self.client.git("-C", self.folder, *words)
        assert ran.code == 0, f"{self.name}: git {words}: {ran.err}"
        return ran.out.rstrip("\n")

    def tip(self) -> str:
        return self.git("rev-parse", "fleet")

    def titles(self) -> set[str]:
        """The titles of all tasks."""
        return set(self.ok("list", "--columns", "title").splitlines())

    def configure(self, farm: Farm, repos: Mapping[str, Sequence[str]]) -> None:
        """Name this host, and which repositories of the others it reaches."""
        tables = {
            name: {"rclaude": str(PROGRAM), "repos": repos.get(name, ["~/fleet.git"])}
            for name in farm.hosts
            if name != self.name
        }
        self.client.config.write_text(hosts_toml(self.name, {self.name: {}, **tables}))


def bare(host: Host) -> Path:
    """An empty repository where the others look for the board."""
    return host.repository("fleet.git")
