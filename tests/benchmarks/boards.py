"""Generated boards as repositories, made once for each size and seed and then kept.

`$CLARE_BENCHMARK_BOARDS` says where they are kept, else a folder for temporary files.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from clare.clock import DAY, SECOND
from clare.events.text import dump
from clare.names import event_path
from clare.store.commit import CLONE_TRAILER
from clare.store.setup import ATTRIBUTES_TEXT
from tests.benchmarks.life import START, board
from tests.benchmarks.steps import HOSTS, Turn, Written

VERSION = 2
"""Raised when the same size and seed come to make another board."""

SEED = 20261120
BRANCH = "fleet"
REF = f"refs/heads/{BRANCH}"
COARSE = 100_000
"""For each so many events a commit holds one more command: git writes larger boards in minutes."""

MOST_TARGETS = 3000


@dataclass(frozen=True, slots=True)
class Kept:
    """A board that was made: a bare repository, and some open tasks with their newest events."""

    git_dir: Path
    targets: dict[str, list[str]]


def kept_in() -> Path:
    """The folder of the boards that were made."""
    told = os.environ.get("CLARE_BENCHMARK_BOARDS", "")
    return Path(told) if told else Path(tempfile.gettempdir()) / "clare-benchmark-boards"


def kept_board(events: int, *, seed: int = SEED) -> Kept:
    """The board of so many events; made if it is not there yet. Nothing may write to it."""
    path = kept_in() / f"v{VERSION}-{events}-{seed}"
    if not path.exists():
        kept_in().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept_in()) as folder:
            made = Path(folder) / "made"
            made.mkdir()
            targets = make(made / "board.git", events, seed=seed)
            (made / "targets.json").write_text(json.dumps(targets), "utf-8")
            made.rename(path)
    return Kept(path / "board.git", json.loads((path / "targets.json").read_text("utf-8")))


def make(path: Path, events: int, *, seed: int) -> dict[str, list[str]]:
    """Write the board of so many events into a new bare repository, packed. Returns its targets."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", BRANCH, str(path)], check=True)
    written = history(board(seed, events))
    several = 1 + events // COARSE
    fast_import(path, _board(written, several=several))
    return _targets(written)


def fast_import(path: Path, parts: Iterable[bytes]) -> None:
    """Let git read a stream."""
    command = ["git", "--git-dir", str(path), "fast-import", "--quiet", "--done", "--force"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.writelines(parts)
    assert process.returncode == 0, "git fast-import failed"


def history(events: Iterable[Written]) -> list[Written]:
    """The events in the order in which they were written."""
    return sorted(events, key=lambda w: (w.turn.at, w.turn.number, w.place))


def commits(events: Iterable[Written], ref: str, *, several: int = 1) -> Iterator[bytes]:
    """Events as `git fast-import` reads them: one commit for each command, or for several."""
    for number, (turn, group) in enumerate(groupby(events, key=lambda w: w.turn)):
        files = list(group)
        if number % several == 0:
            more = f" (+{len(files) - 1} more)" if len(files) > 1 else ""
            yield _head(ref, turn, f"{turn.by} {files[0].told}{more}")
        for written in files:
            path = event_path(written.key, written.id)
            yield b"M 644 inline %s\n" % path.encode() + _data(written.data)


def _board(events: Iterable[Written], *, several: int) -> Iterator[bytes]:
    turn = Turn(0, START - 2 * DAY, HOSTS[0], HOSTS[0].actors[0])
    yield _head(REF, turn, f"{turn.by} founds the fleet measured")
    yield b"M 644 inline fleet/fleet.yaml\n" + _data(dump({"format": "1", "name": "measured"}))
    yield b"M 644 inline fleet/.gitattributes\n" + _data(ATTRIBUTES_TEXT)
    yield from commits(events, REF, several=several)
    yield b"done\n"


def _head(ref: str, turn: Turn, subject: str) -> bytes:
    mail = turn.by.replace("/", "-")
    who = f"{turn.by} <{mail}@example.invalid> {turn.at // SECOND} +0000"
    message = f"{subject}\n\n{CLONE_TRAILER}: {turn.host.clone}\n".encode()
    return f"commit {ref}\nauthor {who}\ncommitter {who}\n".encode() + _data(message)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _targets(events: Sequence[Written]) -> dict[str, list[str]]:
    """Tasks that nobody has taken or closed, with their heads: what may be worked on."""
    heads: dict[str, set[str]] = {}
    busy = set()
    for written in events:
        if written.key.startswith("tasks/"):
            mine = heads.setdefault(written.key, set())
            mine.difference_update(written.after)
            mine.add(written.id)
        if b"\n  status: " in written.data or b"\nlease: " in written.data:
            busy.add(written.key)
    free = [key for key in heads if key not in busy]
    step = max(1, len(free) // MOST_TARGETS)
    return {key: sorted(heads[key]) for key in free[::step][:MOST_TARGETS]}
