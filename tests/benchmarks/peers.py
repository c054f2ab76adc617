"""The same work on other programs, in one run, over the same tasks; both sides print the same set.

The set is told by the number that ends each title: every printed line has one.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import backlog, taskwarrior, topydo
from tests.benchmarks.boards import kept_board
from tests.benchmarks.figures import Figures, measure
from tests.benchmarks.records import Record, records
from tests.benchmarks.rows import Row
from tests.benchmarks.runner import Runner
from tests.benchmarks.stage import Stage, environment

SLOW_RUNS = 3
"""Runs of what takes seconds."""

_NUMBER = re.compile(r" (\d+)(?: +-?[\d.]+|(?: (?:due|t):\S+)+)? *$")
"""The end of a title, and taskwarrior's urgency or topydo's dates behind it."""

_HEAD = (
    "| work | Clare ms | min–max | CPU | the other ms | min–max | CPU | times as fast | by CPU |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
Words = Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same work on both sides; `same` if both print the same tasks, one in each line."""

    name: str
    ours: Words
    theirs: Words
    same: bool = False


class Differ(Exception):
    """Both sides did not print the same tasks."""


def compared(events: int, *, runs: int) -> str:
    """Measure all that is installed, on a board of so many events: a table each, in Markdown."""
    told = [f"{events:,} events; {min(runs, SLOW_RUNS)} runs where it takes seconds:"]
    with tempfile.TemporaryDirectory(prefix="clare-measured-") as folder:
        base = Path(folder)
        env = environment(base / "home")
        (base / "board").mkdir()
        stage = Stage(base / "board", kept_board(events), env, runs=runs + 1)
        tasks = records(stage.read)
        with Runner(env, base) as runner:
            for title, pairs, times in _peers(stage, base, tasks, runs):
                told.append(f"**{title}**")
                for pair in pairs:
                    told.extend(_equal(pair, runner, base) if pair.same else ())
                told.append(_table(pairs, runner, base, times))
        told.extend(f"{name} is not installed: not measured." for name in _missing())
    return "\n\n".join(told)


def _missing() -> Iterator[str]:
    for name, other in (("taskwarrior", taskwarrior), ("Backlog.md", backlog), ("topydo", topydo)):
        if not shutil.which(other.PROGRAM):
            yield name


def _peers(
    stage: Stage, base: Path, tasks: Sequence[Record], runs: int
) -> Iterator[tuple[str, list[Pair], int]]:
    few = min(runs, SLOW_RUNS)
    if shutil.which(taskwarrior.PROGRAM):
        quick = taskwarrior.Taskwarrior(base / "quick", tasks, needs=False)
        pairs = _taskwarrior(stage, quick)
        yield "taskwarrior, without the needs of the tasks", pairs, runs
        slow = taskwarrior.Taskwarrior(base / "slow", tasks, needs=True)
        yield "taskwarrior, with the needs of the tasks", _taskwarrior(stage, slow)[:1], few
    if shutil.which(backlog.PROGRAM):
        pairs = _backlog(stage, backlog.Backlog(base / "backlog", tasks))
        yield "Backlog.md", pairs, few
    if shutil.which(topydo.PROGRAM):
        yield "topydo", _topydo(stage, topydo.Topydo(base / "topydo", tasks)), few


def _on(stage: Stage, *words: str) -> Words:
    return lambda: stage.read.clare(*words)


def _taskwarrior(stage: Stage, other: taskwarrior.Taskwarrior) -> list[Pair]:
    task, name = stage.task, taskwarrior.name(stage.task)
    ours, theirs = iter(stage.kept.targets), iter(stage.kept.targets)

    def done() -> list[str]:
        return stage.written.clare("done", next(ours).partition("/")[2])

    def their_done() -> list[str]:
        return other.command(taskwarrior.name(next(theirs).partition("/")[2]), "done")

    return [
        Pair("`ready`, all / `next`, all", _on(stage, "ready"), _fixed(other, "next"), same=True),
        Pair(
            "`ready -n 25` / `next limit:25`",
            _on(stage, "ready", "-n", "25"),
            _fixed(other, "limit:25", "next"),
        ),
        Pair("`list` / `list`", _on(stage, "list"), _fixed(other, "list"), same=True),
        Pair("`show` / `info`", _on(stage, "show", task), _fixed(other, name, "info")),
        Pair(
            "`add` / `add`",
            lambda: stage.written.clare("add", "New 1"),
            _fixed(other, "add", "New 1"),
        ),
        Pair("`done` / `done`", done, their_done),
    ]


def _backlog(stage: Stage, other: backlog.Backlog) -> list[Pair]:
    number = str(other.numbers[stage.task])
    ready = ("task", "list", "--plain", "--ready", "-s", "To Do")
    unfinished = ("task", "list", "--plain", "--exclude-status", "Done")
    return [
        Pair(
            "`ready` / `task list --ready`", _on(stage, "ready"), _fixed(other, *ready), same=True
        ),
        Pair("`list` / `task list`", _on(stage, "list"), _fixed(other, *unfinished), same=True),
        Pair(
            "`show` / `task view`",
            _on(stage, "show", stage.task),
            _fixed(other, "task", "view", number, "--plain"),
        ),
        Pair(
            "`add` / `task create`",
            lambda: stage.written.clare("add", "New 1"),
            _fixed(other, "task", "create", "New 1", "--plain"),
        ),
    ]


def _topydo(stage: Stage, other: topydo.Topydo) -> list[Pair]:
    return [
        Pair("`ready` / `ls`", _on(stage, "ready"), _fixed(other, "ls"), same=True),
        Pair("`list` / `ls -x`", _on(stage, "list"), _fixed(other, "ls", "-x"), same=True),
        Pair(
            "`add` / `add`",
            lambda: stage.written.clare("add", "New 1"),
            _fixed(other, "add", "New 1"),
        ),
    ]


def _fixed(other: taskwarrior.Taskwarrior | backlog.Backlog | topydo.Topydo, *words: str) -> Words:
    return lambda: other.command(*words)


def _equal(pair: Pair, runner: Runner, base: Path) -> Iterator[str]:
    """Say how many tasks both sides print. Raises Differ if they are not the same."""
    numbers = []
    for side, command in (("ours", pair.ours()), ("theirs", pair.theirs())):
        out = base / side
        runner.run(command, out=out)
        lines = out.read_text("utf-8").splitlines()
        numbers.append([found[1] for line in lines if (found := _NUMBER.search(line))])
    ours, theirs = numbers
    if sorted(ours) != sorted(theirs):
        apart = sorted(set(ours) ^ set(theirs))
        raise Differ(f"{pair.name}: {len(ours)} and {len(theirs)} tasks; {apart[:9]} differ")
    yield f"{pair.name}: both sides print the same {len(ours):,} tasks."


def _table(pairs: Sequence[Pair], runner: Runner, base: Path, runs: int) -> str:
    rows = [row for p in pairs for row in (Row(f"{p.name} ours", p.ours), Row(p.name, p.theirs))]
    found = measure(rows, runner, base, runs=runs)
    return "\n".join([_HEAD, *map(_line, pairs, found[::2], found[1::2])])


def _line(pair: Pair, ours: Figures, theirs: Figures) -> str:
    cells = [pair.name, *_cells(ours), *_cells(theirs), f"{theirs.ms / ours.ms:.2f}"]
    return f"| {' | '.join(cells)} | {theirs.cpu / ours.cpu:.2f} |"


def _cells(figures: Figures) -> tuple[str, str, str]:
    low, high = figures.spread
    return f"{figures.ms:.0f}", f"{low:.0f}–{high:.0f}", f"{figures.cpu:.0f}"
