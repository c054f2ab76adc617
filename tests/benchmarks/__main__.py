"""`python -m tests.benchmarks [TASKS] [RUNS]`: reads and writes on a board of so many tasks.

Prints a Markdown table of medians and spread, whole processes, beside the floors they stand on.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from clare import names
from clare.events.fact import Fact
from clare.events.task import TaskClaimed, TaskCommented, TaskCreated, TaskEdited
from clare.fleet import Fleet, Manifest
from clare.store import clone, setup, writing
from clare.store.board import Board
from clare.store.git import Git
from clare.store.place import Place
from tests.publishers import settled

SEED = 20261120
START = 1_790_000_000_000


def main(tasks: int, runs: int) -> None:
    """Build a bare and a checked-out board, run every row, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        os.environ.update(an_environment(base))
        bare, checked_out = a_board(base / "bare.git", tasks), a_board(base / "checked-out", tasks)
        shared = a_board(base / "shared.git", tasks, hub=a_hub(base))
        events = sum(len(found) for found in bare.read().events.values())
        print(f"{tasks} tasks, {events} events, {runs} runs, seed {SEED}\n")
        print("| what | median ms | min | max | git processes |\n|---|---|---|---|---|")
        task = next(iter(bare.read().tasks))
        for name, command in _rows(bare, checked_out, shared, task):
            _print_row(name, command, runs, base)


def an_environment(base: Path) -> dict[str, str]:
    """An empty home and a pinned identity."""
    identity = {"NAME": "Nat", "EMAIL": "nat@example.invalid"}
    people = ("AUTHOR", "COMMITTER")
    who = {f"GIT_{p}_{key}": value for p in people for key, value in identity.items()}
    return {**who, "HOME": str(base), "XDG_CONFIG_HOME": str(base / "config"), "CLARE_ACTOR": "nat"}


def _rows(
    bare: Board, checked_out: Board, shared: Board, task: str
) -> list[tuple[str, Sequence[str]]]:
    python = sys.executable
    here, there = str(bare.git.git_dir), str(checked_out.git.git_dir.parent)
    clare = [python, "-m", "clare", "--fleet", here]
    with_hub = [python, "-m", "clare", "--fleet", str(shared.git.git_dir)]
    return [
        ("floor: `python -c pass`", [python, "-c", "pass"]),
        ("floor: `python -c 'import click'`", [python, "-c", "import click"]),
        ("`clare --version`", [python, "-m", "clare", "--version"]),
        ("`clare ready`", [*clare, "ready"]),
        ("`clare status`", [*clare, "status"]),
        ("`clare list`", [*clare, "list"]),
        ("`clare show TASK`", [*clare, "show", task]),
        ("`clare add TITLE`, bare, durable", [*clare, "add", "measured"]),
        ("`clare comment TASK`, bare, durable", [*clare, "comment", task, "-m", "measured"]),
        (
            "`clare add TITLE`, checked out, durable",
            [python, "-m", "clare", "--fleet", there, "add", "measured"],
        ),
        ("`clare add TITLE`, bare, with a hub", [*with_hub, "add", "measured"]),
        ("`clare sync`, nothing to do", [*with_hub, "sync"]),
        ("`clare next --claim`, with a hub", [*with_hub, "next", "--claim"]),
    ]


def _print_row(name: str, command: Sequence[str], runs: int, base: Path) -> None:
    _once(command, base)
    took = [_once(command, base) for _ in range(runs)]
    low, high = min(took), max(took)
    figures = f"{statistics.median(took):.0f} | {low:.0f} | {high:.0f}"
    print(f"| {name} | {figures} | {_git_processes(command, base)} |", flush=True)


def _git_processes(command: Sequence[str], base: Path) -> int:
    """How many git processes the command starts itself, counted by a `git` that stands before git."""
    shim, counted = base / "shim" / "git", base / "counted"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(f'#!/bin/sh\necho >>"{counted}"\nexec "{shutil.which("git")}" "$@"\n')
    shim.chmod(0o755)
    counted.write_text("")
    path = f"{shim.parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    settled(base / "shared.git")
    return len(counted.read_text())


def _once(command: Sequence[str], base: Path) -> float:
    """Milliseconds of one run; what it leaves to the publisher in the background is not counted."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - start
    settled(base / "shared.git")
    return took * 1000


def a_hub(base: Path) -> str:
    """An empty bare repository to publish to."""
    subprocess.run(["git", "init", "-q", "--bare", str(base / "hub.git")], check=True)
    return str(base / "hub.git")


def a_board(path: Path, tasks: int, *, hub: str = "") -> Board:
    """A board on which half of the tasks are open and 30 % of those wait for another."""
    if path.suffix == ".git":
        subprocess.run(["git", "init", "-q", "--bare", str(path)], check=True)
        git = Git(path)
    else:
        git = setup.make_repository(path, "fleet")
    clone.save(git, clone.Clone(branch="fleet", host="plum"))
    local = clone.identified(git)
    setup.found_board(git, "fleet", Manifest(name="measured", hub=hub), clone=local.id)
    place = Place(git, "fleet", "refs/heads/fleet", str(path), "", "")
    random_ = random.Random(SEED)
    board = Board(place, "plum", "nat", local.id, now=lambda: START, bits=random_.getrandbits)
    keys = [names.task_key(names.base32(random_.getrandbits(60), 12)) for _ in range(tasks)]
    writing.append(board, lambda _: [_created(random_, keys, number) for number in range(tasks)])
    writing.append(board, lambda fleet: _lived(random_, fleet, keys))
    return board


def _created(random_: random.Random, keys: Sequence[str], number: int) -> Fact:
    waits = number and number % 2 and random_.random() < 0.3
    need = keys[random_.randrange(0, number, 2)].partition("/")[2] if waits and number > 1 else ""
    elements = {"labels": [random_.choice(["parser", "web", "docs"])]}
    fields = {
        "title": f"Task {number}: {random_.choice(['write', 'mend', 'measure'])} something",
        "priority": f"P{random_.randrange(5)}",
        "body": "What it is about, in a sentence or two.\n" * random_.randrange(1, 6),
    }
    add = {**elements, "needs": [need]} if need else elements
    return TaskCreated.model_validate({"entity": keys[number], "set": fields, "add": add})


def _lived(random_: random.Random, fleet: Fleet, keys: Sequence[str]) -> list[Fact]:
    facts: list[Fact] = []
    for number, key in enumerate(keys):
        assert key in fleet.entities
        said = TaskCommented(entity=key, text="Something was said about it.")
        facts.extend([said] * random_.randrange(4))
        if number % 2 == 0:
            facts.append(TaskClaimed(entity=key, lease=14_400_000))
            facts.append(TaskEdited.model_validate({"entity": key, "set": {"status": "done"}}))
    return facts


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    main(*(arguments + [1000, 15][len(arguments) :]))
