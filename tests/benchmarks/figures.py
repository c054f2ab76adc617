"""Running the rows in turn, and what came out: medians, spread, and whether the budget holds."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.benchmarks.rows import Row
from tests.benchmarks.runner import Runner, Took
from tests.publishers import settled

HEAD = (
    "| what | median ms | min–max | CPU ms | git | MB | budget | against it | holds |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(slots=True)
class Figures:
    """All runs of one row, and how many git processes it starts."""

    row: Row
    runs: list[Took] = field(default_factory=list)
    processes: int = 0

    @property
    def ms(self) -> float:
        """The median."""
        return median(run.ms for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median of the CPU time, in ms, its git processes included."""
        return median(run.cpu for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The shortest and the longest run, in ms."""
        return min(run.ms for run in self.runs), max(run.ms for run in self.runs)

    @property
    def mb(self) -> float:
        """The most that one of its processes ever had."""
        return max(run.mb for run in self.runs)


def measure(rows: Sequence[Row], runner: Runner, folder: Path, *, runs: int) -> list[Figures]:
    """Run all rows one after the other, and that so often: noise hits what is compared alike.

    A first round is not measured; in it the git processes are counted.
    """
    found = [Figures(row) for row in rows]
    shim, counted = _shim(folder)
    for number in range(runs + 1):
        for figures in found:
            row = figures.row
            row.prepare()
            _settle(row)
            counted.write_text("")
            path = "" if number else str(shim)
            took = runner.run(row.command(), given=row.given(), path=path)
            _settle(row)
            if number:
                figures.runs.append(took)
            else:
                figures.processes = len(counted.read_text())
        print(f"\r{number} of {runs} rounds", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def _settle(row: Row) -> None:
    clone = row.clone()
    if clone:
        settled(clone.path)


def _shim(folder: Path) -> tuple[Path, Path]:
    """A `git` that stands before git and leaves one letter for each process that is started."""
    shim, counted = folder / "shim", folder / "counted"
    shim.mkdir(exist_ok=True)
    script = shim / "git"
    script.write_text(f'#!/bin/sh\nprintf 1 >>"{counted}"\nexec "{shutil.which("git")}" "$@"\n')
    script.chmod(0o755)
    return shim, counted


def table(found: Sequence[Figures]) -> str:
    """One Markdown table of all rows."""
    by_name = {figures.row.name: figures for figures in found}
    return "\n".join([HEAD, *(_line(figures, by_name) for figures in found)])


def _line(figures: Figures, by_name: Mapping[str, Figures]) -> str:
    low, high = figures.spread
    budget, against, holds = _judged(figures, by_name)
    return (
        f"| {figures.row.name} | {figures.ms:.0f} | {low:.0f}–{high:.0f} | {figures.cpu:.0f} "
        f"| {figures.processes} | {figures.mb:.0f} | {budget} | {against} | {holds} |"
    )


def _judged(figures: Figures, by_name: Mapping[str, Figures]) -> tuple[str, str, str]:
    """The budget in words, what was measured against it, and whether it holds."""
    budget = figures.row.budget
    told: list[tuple[str, str, bool]] = []
    if budget.ms:
        told.append((f"≤ {budget.ms:.0f} ms", f"{figures.ms:.0f} ms", figures.ms <= budget.ms))
    base = by_name.get(budget.base)
    if base and budget.times:
        times = figures.ms / base.ms
        told.append((f"≤ {budget.times} ×", f"{times:.2f} ×", times <= budget.times))
    if base and budget.more:
        more = figures.ms - base.ms
        told.append((f"≤ +{budget.more:.0f} ms", f"{more:+.0f} ms", more <= budget.more))
    if budget.mb:
        told.append((f"≤ {budget.mb:.0f} MB", f"{figures.mb:.0f} MB", figures.mb <= budget.mb))
    if budget.processes:
        few = figures.processes <= budget.processes
        told.append((f"≤ {budget.processes} git", f"{figures.processes} git", few))
    if not told:
        return "", "", ""
    return (
        ", ".join(limit for limit, _, _ in told),
        ", ".join(measured for _, measured, _ in told),
        "yes" if all(holds for _, _, holds in told) else "**no**",
    )


def curve(by_size: Mapping[int, Sequence[Figures]]) -> str:
    """Each row's medians by the size of the board, in one Markdown table."""
    sizes = list(by_size)
    names = dict.fromkeys(figures.row.name for found in by_size.values() for figures in found)
    medians = {
        (size, figures.row.name): f"{figures.ms:.0f}"
        for size, found in by_size.items()
        for figures in found
    }
    lines = [f"| median ms at | {' | '.join(f'{size:,}' for size in sizes)} |"]
    lines.append("|---" * (len(sizes) + 1) + "|")
    for name in names:
        cells = [medians.get((size, name), "") for size in sizes]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
