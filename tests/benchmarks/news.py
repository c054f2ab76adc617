"""What comes to a board later: batches of new events by another host, for syncing."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from clare import names
from clare.clock import MINUTE, instant
from tests.benchmarks import words
from tests.benchmarks.boards import REF, commits, fast_import
from tests.benchmarks.steps import HOSTS, Pen, Written, finished

SINCE = instant("2026-11-01")
NEW_TASKS = 0.2


def write(
    git_dir: Path, targets: Mapping[str, Sequence[str]], *, number: int, size: int, seed: int
) -> list[str]:
    """Batches of so many events, each on top of the one before, each with a ref; returns these."""
    pen, heads = Pen(random.Random(seed)), dict(targets)
    refs = [f"refs/batches/{place}" for place in range(number)]
    parts: list[bytes] = []
    before = f"{REF}^0"
    for place, ref in enumerate(refs):
        parts.append(f"reset {ref}\nfrom {before}\n\n".encode())
        parts.extend(commits(_batch(pen, list(targets), heads, place, size), ref))
        before = ref
    fast_import(git_dir, [*parts, b"done\n"])
    return refs


def _batch(
    pen: Pen, known: Sequence[str], heads: dict[str, Sequence[str]], place: int, size: int
) -> Iterator[Written]:
    at = SINCE + place * 100 * MINUTE
    for number in range(size):
        turn = pen.turn(at + number, HOSTS[2])
        body: dict[str, object] = {"text": words.text(pen.dice, 4)}
        key, type_, told = pen.dice.choice(known), "task.commented", "comments"
        if pen.dice.random() < NEW_TASKS:
            key = names.task_key(names.base32(pen.dice.getrandbits(60), names.TASK_ID_LENGTH))
            body = {"set": {"title": words.title(pen.dice, number)}}
            type_, told = "task.created", "adds a task"
        written = finished(key, pen.step(turn, type_, body, told), tuple(heads.get(key, ())))
        heads[key] = [written.id]
        yield written
