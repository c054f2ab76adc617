"""A short story of two hosts and a hub in a temporary folder, told with the real commands."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clare.errors import ClareError, Exit

PEOPLE = {"plum": "Nat", "apricot": "Ada"}
"""Who works on which host."""

_FOREIGN = ("CLARE_", "CLAUDE", "GIT_", "XDG_")
"""What the user's environment may say about boards, agents and git: the hosts know nothing of it."""

_GITCONFIG = """\
[user]
\tname = {name}
\temail = {host}@example.invalid
[gc]
\tauto = 0
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ran on a host: what it printed, and how it ended."""

    host: str
    words: tuple[str, ...]
    output: str
    code: int

    @property
    def line(self) -> str:
        """The command as it was typed there."""
        return f"{self.host}$ {shlex.join(self.words)}"


Scene = str | Ran
"""What is told: a sentence of the teller, or a command with its output."""


class Stage:
    """Two hosts and a hub in one folder; each host has a home and a git identity of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for host, name in PEOPLE.items():
            self.board(host).mkdir(parents=True)
            config = _GITCONFIG.format(name=name, host=host)
            (folder / host / ".gitconfig").write_text(config, "utf-8")

    def board(self, host: str) -> Path:
        """Where a host keeps its clone of the board."""
        return self.folder / host / "orchard"

    def start(self, host: str, *words: str) -> "subprocess.Popen[str]":
        """Begin a command on a host."""
        command = [sys.executable, "-m", *words] if words[0] == "clare" else words
        return subprocess.Popen(
            command,
            cwd=self.board(host),
            env=self._environment(host),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, host: str, *words: str) -> Ran:
        """Run a command to its end. Raises ClareError unless it ends well."""
        ran = _ended(host, words, self.start(host, *words))
        if ran.code:
            raise ClareError(
                f"`{ran.line}` ended with {ran.code}: {ran.output.strip()}",
                hint=f"what there is of the demo lies in {self.folder}",
            )
        return ran

    def race(self, *words: str) -> list[Ran]:
        """Run one command on all hosts at the same moment."""
        running = {host: self.start(host, *words) for host in PEOPLE}
        return [_ended(host, words, child) for host, child in running.items()]

    def _environment(self, host: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
        home = self.folder / host
        own = {"HOME": home, "XDG_CONFIG_HOME": home / ".config", "XDG_STATE_HOME": home / ".state"}
        utf8 = {"PYTHONUTF8": "1", "GIT_CONFIG_NOSYSTEM": "1"}
        return {**kept, **{key: str(value) for key, value in own.items()}, **utf8}


def _ended(host: str, words: tuple[str, ...], child: "subprocess.Popen[str]") -> Ran:
    output, _ = child.communicate()
    return Ran(host, words, output, child.returncode)


def tell(folder: Path) -> Iterator[Scene]:
    """The story, scene by scene, in an empty folder.

    Raises ClareError if the race has not exactly one winner, or the clones do not agree at the end.
    """
    stage = Stage(folder)
    yield "Nat founds a fleet on plum, with a bare repository as hub, and plans."
    yield stage.run("plum", "git", "init", "--quiet", "--bare", "../../hub.git")
    yield stage.run("plum", "clare", "init", ".", "--host", "plum", "--hub", "../../hub.git")
    orders, told = _added(stage, "Take orders", "--priority", "P1")
    yield told
    invoices, told = _added(stage, "Send invoices", "--needs", orders)
    yield told
    yield "What is written is published in the background; `sync` waits until it is."
    yield stage.run("plum", "clare", "sync")
    yield "Ada takes part from apricot."
    yield stage.run("apricot", "clare", "join", "../../hub.git", ".", "--host", "apricot")
    yield stage.run("apricot", "clare", "ready", "--all")
    yield from _claim_race(stage, orders)
    yield from _contest(stage, invoices)
    yield from _rest(stage)


def _added(stage: Stage, title: str, *options: str) -> tuple[str, Ran]:
    ran = stage.run("plum", "clare", "add", title, *options)
    return ran.output.strip()[:4], ran


def _claim_race(stage: Stage, task: str) -> Iterator[Scene]:
    yield "Both reach for the same task at the same moment. The hub decides; who wins is chance."
    ran = stage.race("clare", "claim", task)
    yield from ran
    winners = [one.host for one in ran if one.code == Exit.DONE]
    losers = [one.host for one in ran if one.code == Exit.HELD]
    if (len(winners), len(losers)) != (1, len(ran) - 1):
        codes = ", ".join(str(one.code) for one in ran)
        raise ClareError(
            f"the race must have one winner, but the commands ended with {codes}",
            hint=f"look into {stage.folder}",
        )
    yield stage.run(winners[0], "clare", "done", "--reason", "orders come in")


def _contest(stage: Stage, task: str) -> Iterator[Scene]:
    hosts = list(PEOPLE)
    yield "Both exchange what there is, then change one field, neither seeing the other's change."
    for host in hosts:
        yield stage.run(host, "clare", "sync")
    yield stage.run(hosts[0], "clare", "edit", task, "--priority", "P0")
    yield stage.run(hosts[1], "clare", "edit", task, "--priority", "P3")
    for host in hosts:
        yield stage.run(host, "clare", "sync")
    yield "Nothing is lost: the later one shows, both are kept, and the field is contested."
    yield stage.run(hosts[1], "clare", "show", task)
    yield "An edit that has seen both settles it."
    yield stage.run(hosts[1], "clare", "edit", task, "--priority", "P1")


def _rest(stage: Stage) -> Iterator[Scene]:
    yield "Both exchange what came last; then they hold the same, to the byte."
    for host in reversed(PEOPLE):
        yield stage.run(host, "clare", "sync")
    yield stage.run("plum", "clare", "log")
    digests = stage.race("clare", "digest")
    yield from digests
    if {ran.code for ran in digests} != {0} or len({ran.output for ran in digests}) != 1:
        raise ClareError("the digests differ", hint=f"look into {stage.folder}")
