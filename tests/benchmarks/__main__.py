"""`python -m tests.benchmarks [EVENTS…] [--runs N] [--only WORDS] [--peers]`: the whole budget.

Runs every row of the speed budget on a generated board of so many events (100,000 unless told), whole
processes in turn, and prints one Markdown table for each board. `--peers` runs the same work on other
programs besides; `peers` instead of a number does only that, `transport` measures rclaude, and `curve`
prints each row's median on boards of 1,000 to 1,000,000 events as well.
"""

import argparse
import os
import platform
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import peers, transport
from tests.benchmarks.boards import SEED, kept_board
from tests.benchmarks.figures import Figures, curve, measure, table
from tests.benchmarks.rows import SMALL, Row, rows
from tests.benchmarks.runner import Runner
from tests.benchmarks.stage import Stage, environment

EVENTS = 100_000
CURVE = (1_000, 10_000, 100_000, 300_000, 1_000_000)


def main() -> None:
    """Do what the command line says."""
    told = _arguments()
    words = [word for word in told.events if not word.isdecimal()]
    sizes = [int(word) for word in told.events if word.isdecimal()]
    sizes = sizes or list(CURVE if "curve" in words else [EVENTS])
    print(f"Runs of each row: {told.runs}. Seed of the boards: {SEED}. {_machine()}\n", flush=True)
    by_size: dict[int, Sequence[Figures]] = {}
    if "transport" in words:
        print(transport.compared(EVENTS, runs=told.runs), flush=True)
        return
    for events in sizes if "peers" not in words else ():
        by_size[events] = figures(events, runs=told.runs, only=told.only)
        print(f"{events:,} events:\n\n{table(by_size[events])}\n", flush=True)
    if "curve" in words:
        print(curve(by_size) + "\n", flush=True)
    for events in sizes if told.peers or "peers" in words else ():
        print(peers.compared(events, runs=told.runs) + "\n", flush=True)


class _Told(argparse.Namespace):
    events: list[str]
    runs: int
    only: str
    peers: bool


def _arguments() -> _Told:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "events", nargs="*", help="events of the boards; `curve`; `peers`; `transport`"
    )
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each row")
    parser.add_argument(
        "--only", default="", help="only rows with one of these words, and their bases"
    )
    parser.add_argument("--peers", action="store_true", help="the same work on other programs")
    return parser.parse_args(namespace=_Told())


def figures(events: int, *, runs: int, only: str) -> list[Figures]:
    """Measure the rows on a board of so many events, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="clare-measured-") as folder:
        env = environment(Path(folder) / "home")
        # One run more than measured; and one more of whatever is fetched or published before.
        stage, small = (
            Stage(_folder(folder, name), kept_board(size), env, runs=runs + 1)
            for name, size in (("board", events), ("small", SMALL))
        )
        wanted = _wanted(list(rows(stage, small, events)), only.split())
        with Runner(env, Path(folder)) as runner:
            return measure(wanted, runner, Path(folder), runs=runs)


def _wanted(found: Sequence[Row], words: Sequence[str]) -> list[Row]:
    """The rows with one of the words in their name, and what these are held against."""
    names = {row.name for row in found if not words or any(word in row.name for word in words)}
    bases = {row.name: row.budget.base for row in found}
    for name in list(names):
        while name := bases[name]:
            names.add(name)
    return [row for row in found if row.name in names]


def _folder(folder: str, name: str) -> Path:
    found = Path(folder) / name
    found.mkdir()
    return found


def _machine() -> str:
    git = subprocess.run(["git", "version"], check=True, capture_output=True, text=True).stdout
    system = f"{platform.system()}, {os.cpu_count()} cores"
    return f"{system}, Python {platform.python_version()}, {git.strip()}."


if __name__ == "__main__":
    main()
