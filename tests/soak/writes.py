"""`python -m tests.soak.writes [EVENTS]`: a day of writes into one board, and what they leave behind.

Prints what lies in the git directory after each tenth, and the median and the 99th percentile of a
write at the start and at the end; fails if anything has grown that should not, or an event is missing.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from clare.fleet import Fleet
from clare.store import housekeeping, writing
from clare.store.board import Board
from clare.store.git import Git
from clare.store.writing import Decision
from tests.benchmarks.stage import an_environment
from tests.store.boards import bare, commented, created, leftovers

TASKS = 50
PACKS, GRAPHS, LOOSE = 80, 12, 100
"""More than this may never lie about."""


def main(events: int) -> int:
    """Write so many events. Returns the exit code."""
    with tempfile.TemporaryDirectory() as name:
        os.environ.update(an_environment(Path(name)))
        board = bare(Path(name) / "board.git").board
        found = _written(board, events)
        housekeeping.run(board.git)
        found += list(_wrong(board, events))
        print(f"after upkeep: {_census(board.git)}")
    print("\n".join(found) or "nothing grew that should not, and no event is missing")
    return 1 if found else 0


def _written(board: Board, events: int) -> list[str]:
    whole, swaps, found = list[float](), list[float](), list[str]()
    for number in range(events):
        decided = [0.0]

        def decide(_: Fleet, number: int = number, decided: list[float] = decided) -> Decision:
            decided[0] = time.perf_counter()
            return [created(number) if number < TASKS else commented(number % TASKS, f"{number}")]

        began = time.perf_counter()
        writing.append(board, decide)
        ended = time.perf_counter()
        whole.append((ended - began) * 1000)
        swaps.append((ended - decided[0]) * 1000)
        if (number + 1) % max(1, events // 10) == 0:
            print(f"{number + 1} events: {_census(board.git)}", flush=True)
            found.extend(f"{number + 1} events: {wrong}" for wrong in _grown(board.git))
    tenth = max(1, events // 10)
    _print("the whole append", whole, tenth)
    _print("from the decision on", swaps, tenth)
    return found


def _print(what: str, took: Sequence[float], tenth: int) -> None:
    for when, part in (("first", took[:tenth]), ("last", took[-tenth:])):
        ordered = sorted(part)
        late = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
        print(f"{what}, {when} {tenth}: median {statistics.median(part):.0f} ms, p99 {late:.0f} ms")


def _counts(git: Git) -> dict[str, int]:
    objects, clare = git.git_dir / "objects", git.git_dir / "clare"
    return {
        "packs": len(list((objects / "pack").glob("*.pack"))),
        "loose objects": len(list(objects.glob("[0-9a-f][0-9a-f]/*"))),
        "graph layers": len(list((objects / "info" / "commit-graphs").glob("*.graph"))),
        "candidates": len(list((git.git_dir / "refs" / "clare" / "new").glob("*"))),
        "journals": len(list((clare / "journal").glob("*"))),
    }


def _census(git: Git) -> str:
    size = sum(path.lstat().st_size for path in _files(git.git_dir))
    counted = ", ".join(f"{count} {what}" for what, count in _counts(git).items())
    return f"{counted}, {size / 1_048_576:.1f} MiB"


def _files(folder: Path) -> Iterator[Path]:
    """Every file that stays where it is while we look."""
    return (path for path in folder.rglob("*") if path.is_file())


def _grown(git: Git) -> Iterator[str]:
    most = {
        "packs": PACKS,
        "loose objects": LOOSE,
        "graph layers": GRAPHS,
        "candidates": 0,
        "journals": 0,
    }
    found = _counts(git)
    yield from (f"{found[what]} {what}" for what, limit in most.items() if found[what] > limit)


def _wrong(board: Board, events: int) -> Iterator[str]:
    yield from _grown(board.git)
    yield from (f"left behind: {path}" for path in leftovers(board.git.git_dir))
    problem = housekeeping.problem(board.git)
    if problem:
        yield f"upkeep: {problem}"
    listed = board.git.text("ls-tree", "-r", "--name-only", board.ref, "--", "fleet/tasks/")
    if len(listed.splitlines()) != events:
        yield f"{len(listed.splitlines())} events instead of {events}"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 10_000))
