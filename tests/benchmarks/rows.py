"""What is measured: one row for each line of the budget, each with what it is held against."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from tests.benchmarks.boards import BRANCH, REF
from tests.benchmarks.stage import CLARE, Clone, Exchange, Stage

CLICK = "floor: `python -c 'import click'`"
CAT_FILE = "floor: one `git cat-file --batch` over all files"
FETCH = "floor: `git fetch` of 1,000 new events"
PUSH = "floor: `git push` of 1,000 new events"
COMMIT = "floor: `git add` and `git commit` of one file, checked out"
SMALL = 1000
LARGEST_OPEN = 300_000
"""Events of the largest board that is checked out: each is a file, and a block on the disk."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a row may take: ms, times its base, ms more than that, MB, git processes; 0 is no limit."""

    ms: float = 0
    base: str = ""
    times: float = 0
    more: float = 0
    mb: float = 0
    processes: int = 0


NO_BUDGET = Budget()
WRITE = Budget(ms=150)
OPEN_WRITE = Budget(base=COMMIT, times=1)
"""On a large board that is checked out: git writes the whole index anew for each new file."""
WARM_READ = Budget(base=CLICK, times=2.2, mb=120, processes=2)
LARGE_READ = Budget(ms=600, mb=400, processes=2)
"""On a board of a million events."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `prepare` is called before each run and not measured.

    `given` is the file for its standard input, `clone` where a publisher may be at work afterwards.
    """

    name: str
    command: Callable[[], Sequence[str]]
    budget: Budget = NO_BUDGET
    prepare: Callable[[], object] = lambda: None
    given: Callable[[], Path | None] = lambda: None
    clone: Callable[[], Clone | None] = lambda: None


READS = ("ready", "status", "show TASK", "list")


def rows(stage: Stage, small: Stage, events: int) -> Iterator[Row]:
    """Every row of the budget on a board of so many events; `small` has the board of 1,000."""
    python = sys.executable
    yield Row("floor: `python -c pass`", lambda: [python, "-c", "pass"])
    yield Row(CLICK, lambda: [python, "-c", "import click"])
    yield Row("`clare --version`", lambda: [CLARE, "--version"])
    for read in READS:
        yield from _reads(stage, read, LARGE_READ if events > LARGEST_OPEN else WARM_READ)
    yield from _writes(stage, lambda: stage.written, "bare", WRITE)
    if events <= LARGEST_OPEN:
        yield _commit(stage)
        budget = OPEN_WRITE if events > SMALL else WRITE
        yield from _writes(stage, lambda: stage.checked_out, "checked out", budget)
    if events != SMALL:
        yield from _writes(small, lambda: small.written, f"bare, {SMALL:,} events", WRITE)
        where = f"checked out, {SMALL:,} events"
        yield from _writes(small, lambda: small.checked_out, where, WRITE)
    yield from _cold(stage)
    yield Row("`log TASK`", _on(stage, lambda: stage.read, "log TASK"))
    yield from _syncs(stage)


def _on(stage: Stage, where: Callable[[], Clone], line: str) -> Callable[[], list[str]]:
    """The command line on a copy: `TASK` is one task, `ANOTHER` the next one, `OPEN` none twice."""

    def command() -> list[str]:
        names = {"TASK": repeat(stage.task), "ANOTHER": stage.tasks, "OPEN": stage.closing}
        words = [next(names[word]) if word in names else word for word in line.split()]
        return where().clare(*words)

    return command


def _reads(stage: Stage, read: str, warm: Budget) -> Iterator[Row]:
    """Warm; right after a write; right after a sync that brought 100 events."""
    again = Budget(base=f"`{read}`", times=1.3)
    yield Row(
        f"`{read}`",
        _on(stage, lambda: stage.read, read),
        warm,
    )
    yield Row(
        f"`{read}` right after a write",
        _on(stage, lambda: stage.written, read),
        again,
        prepare=lambda: stage.written.run("comment", next(stage.tasks), "-m", "Meanwhile."),
    )
    yield Row(
        f"`{read}` right after a sync of 100 events",
        _on(stage, lambda: stage.recent.clone, read),
        again,
        prepare=lambda: _bring(stage.recent),
        clone=lambda: stage.recent.clone,
    )


def _bring(exchange: Exchange) -> None:
    exchange.feed(exchange.hub)
    exchange.clone.run("sync")


def _commit(stage: Stage) -> Row:
    """What git itself takes for one more file, in a clone that Clare does not know."""
    script = 'cd "$1" && git add "$2" && git commit --quiet --message Measured'

    def command() -> list[str]:
        return ["sh", "-c", script, "sh", str(stage.plain.path), stage.added()]

    return Row(COMMIT, command)


def _writes(stage: Stage, where: Callable[[], Clone], kind: str, budget: Budget) -> Iterator[Row]:
    for line in ("add Measured", "comment ANOTHER -m Measured.", "done OPEN"):
        name = f"`{line.split()[0]}`, {kind}"
        yield Row(name, _on(stage, where, line), budget)


def _cold(stage: Stage) -> Iterator[Row]:
    yield Row(
        CAT_FILE,
        lambda: stage.read.git("cat-file", "--batch"),
        given=lambda: stage.blobs,
    )
    yield Row(
        "`ready` in a fresh clone",
        _on(stage, lambda: stage.fresh, "ready"),
        Budget(base=CAT_FILE, times=6),
        prepare=lambda: stage.forget(),
    )


def _syncs(stage: Stage) -> Iterator[Row]:
    """Each pair has the same new commits: the plain clone's run comes first and uses none of them up."""
    yield Row(
        FETCH,
        lambda: stage.fetching.plain.git(
            *("fetch", "--quiet", str(stage.fetching.hub.git_dir), f"{BRANCH}:refs/hub/{BRANCH}")
        ),
        prepare=lambda: stage.fetching.feed(stage.fetching.hub),
    )
    yield Row(
        "`sync` fetching 1,000 new events",
        _on(stage, lambda: stage.fetching.clone, "sync"),
        Budget(base=FETCH, more=1000),
        clone=lambda: stage.fetching.clone,
    )
    yield Row(
        PUSH,
        lambda: stage.publishing.plain.git(
            *("push", "--quiet", str(stage.publishing.plain_hub.git_dir), REF)
        ),
        prepare=lambda: stage.publishing.feed(stage.publishing.clone, stage.publishing.plain),
    )
    yield Row(
        "`sync` publishing 1,000 new events",
        _on(stage, lambda: stage.publishing.clone, "sync"),
        Budget(base=PUSH, more=1000),
        clone=lambda: stage.publishing.clone,
    )
