"""Generated boards as repositories, made once for each size and seed and then kept.

`$CLARE_BENCHMARK_BOARDS` says where they are kept, else a folder for temporary files.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from clare.clock import SECOND
from clare.events.text import dump
from clare.names import event_path
from clare.store.merge import CLONE_TRAILER
from clare.store.setup import ATTRIBUTES_TEXT
from tests.benchmarks.life import START, board
from tests.benchmarks.steps import HOSTS, Turn, Written

VERSION = 1
"""Raised when the same size and seed come to make another board."""

SEED = 20261120
BRANCH = "fleet"
COARSE = 100_000
"""For each so many events a commit holds one more command: git writes larger boards in minutes."""


def kept_in() -> Path:
    """The folder of the boards that were made."""
    told = os.environ.get("CLARE_BENCHMARK_BOARDS", "")
    return Path(told) if told else Path(tempfile.gettempdir()) / "clare-benchmark-boards"


def kept_board(events: int, *, seed: int = SEED) -> Path:
    """The bare repository with the board of so many events; made if it is not there yet."""
    path = kept_in() / f"v{VERSION}-{events}-{seed}.git"
    if not path.exists():
        kept_in().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept_in()) as folder:
            made = Path(folder) / "made.git"
            make(made, events, seed=seed)
            made.rename(path)
    return path


def make(path: Path, events: int, *, seed: int) -> None:
    """Write the board of so many events into a new bare repository, packed."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", BRANCH, str(path)], check=True)
    importing = ["git", "--git-dir", str(path), "fast-import", "--quiet", "--done", "--force"]
    with subprocess.Popen(importing, stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.writelines(stream(history(board(seed, events)), several=1 + events // COARSE))
    assert process.returncode == 0, "git fast-import failed"


def copied(path: Path, to: Path) -> Path:
    """A copy to measure on: what is written there leaves the kept one as it is."""
    shutil.copytree(path, to)
    return to


def history(events: Iterable[Written]) -> list[Written]:
    """The events in the order in which they were written."""
    return sorted(events, key=lambda w: (w.turn.at, w.turn.number, w.place))


def stream(events: Iterable[Written], *, several: int = 1) -> Iterator[bytes]:
    """The board as `git fast-import` reads it: one commit for each command, or for several."""
    yield from _founding()
    turns = groupby(events, key=lambda w: w.turn)
    for number, (turn, group) in enumerate(turns):
        files = list(group)
        if number % several == 0:
            yield _commit(turn, files)
        for written in files:
            path = event_path(written.key, written.id)
            yield b"M 644 inline %s\n" % path.encode() + _data(written.data)
    yield b"done\n"


def _founding() -> Iterator[bytes]:
    turn = Turn(0, START - 2 * 24 * 3600 * SECOND, HOSTS[0], HOSTS[0].actors[0])
    yield _head(turn, f"{turn.by} founds the fleet measured")
    yield b"M 644 inline fleet/fleet.yaml\n" + _data(dump({"format": "1", "name": "measured"}))
    yield b"M 644 inline fleet/.gitattributes\n" + _data(ATTRIBUTES_TEXT)


def _commit(turn: Turn, files: list[Written]) -> bytes:
    more = f" (+{len(files) - 1} more)" if len(files) > 1 else ""
    return _head(turn, f"{turn.by} {files[0].told}{more}")


def _head(turn: Turn, subject: str) -> bytes:
    mail = turn.by.replace("/", "-")
    who = f"{turn.by} <{mail}@example.invalid> {turn.at // SECOND} +0000"
    message = f"{subject}\n\n{CLONE_TRAILER}: {turn.host.clone}\n".encode()
    head = f"commit refs/heads/{BRANCH}\nauthor {who}\ncommitter {who}\n".encode()
    return head + _data(message)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
