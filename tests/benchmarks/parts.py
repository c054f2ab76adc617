"""`python -m tests.benchmarks.parts [EVENTS]`: where the time of one read goes, part by part."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from clare.events.event import Event
from clare.events.read import Node, read
from clare.fold import fold
from clare.store.files import parse
from clare.store.git import Git
from clare.store.read import list_tree, read_board, stream_blobs
from tests.benchmarks.boards import REF, kept_board
from tests.benchmarks.stage import an_environment

ROUNDS = 7
IMPORTS = (
    "import time; b = time.perf_counter(); import clare.cli.look; print(time.perf_counter() - b)"
)


def main(wanted: int) -> None:
    """Print the median milliseconds of each part, inside one process."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(an_environment(Path(folder)))
        git = Git(kept_board(wanted).git_dir)
        entries = list_tree(git, REF)
        events = [entry.blob for entry in entries if entry.path.count("/") > 2]
        contents = dict(stream_blobs(git, list(dict.fromkeys(events))))
        mappings: list[dict[str, Node]] = [parse(contents[blob] or b"") for blob in events]
        by_entity: dict[str, list[Event]] = {}
        for mapping in mappings:
            event = read(mapping)
            by_entity.setdefault(event.entity, []).append(event)
        print(f"{len(events)} events, {ROUNDS} rounds\n")
        print("| part | median ms |\n|---|---|")
        print(
            f"| imports of `clare list` | {statistics.median(map(_imports, range(ROUNDS))):.0f} |"
        )
        _print("git ls-tree", lambda: list_tree(git, REF))
        _print("git cat-file --batch", lambda: list(stream_blobs(git, list(contents))))
        _print("YAML", lambda: [parse(contents[blob] or b"") for blob in events])
        _print("models", lambda: [read(mapping) for mapping in mappings])
        _print("fold", lambda: [fold(key, found) for key, found in by_entity.items()])
        _print("the whole read", lambda: read_board(git, REF))


def _imports(_: int) -> float:
    told = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, check=True)
    return float(told.stdout) * 1000


def _print(name: str, part: Callable[[], object]) -> None:
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        part()
        took.append((time.perf_counter() - start) * 1000)
    print(f"| {name} | {statistics.median(took):.0f} |")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] or ["1000"])))
