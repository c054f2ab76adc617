"""A plan that agents on three clones work off over one hub, each with `clare next --claim` in a loop.

Every command is a process of the program itself. What was done is read from the hub's history.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clare.events.event import Event
from clare.fleet import Fleet
from clare.store.git import Git
from clare.store.read import read_board
from clare.views.record import at

CLARE = (sys.executable, "-m", "clare")
HOSTS = ("plum", "apricot", "quince")
BRANCH = "refs/heads/fleet"
SECONDS = 3600.0
SEED = 20261120


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that an agent did, in the order of the hub's history."""

    event: Event
    commit: str

    def line(self, fleet: Fleet) -> str:
        """`2026-11-20T09:04:12Z plum    plum/1  claims 7qk2 Task 17 (needs 9xw4)`."""
        task = fleet.tasks[self.event.entity.partition("/")[2]]
        host = self.event.id.split("-")[2]
        verb = "claims" if self.event.effect.lease else "is done with"
        needs = ", ".join(fleet.tasks[need].title for need in task.needs)
        told = f" (needs {needs})" if needs else ""
        return f"{at(self.event.id)}  {host:8} {self.event.by:10} {verb} {task.title}{told}"


def a_plan(tasks: int) -> str:
    """A plan as JSON lines: of every three tasks two wait for one or two earlier ones."""
    chance = random.Random(SEED)
    lines = []
    for number in range(tasks):
        earlier = range(max(0, number - 12), number)
        count = min(len(earlier), chance.choice((0, 1, 2)))
        needs = [f"&t{other}" for other in chance.sample(earlier, count)]
        entry = {"as": f"&t{number}", "title": f"Task {number:03}", "needs": needs}
        lines.append(json.dumps(entry | {"priority": f"P{chance.randrange(5)}"}))
    return "\n".join(lines) + "\n"


def found_fleet(folder: Path, tasks: int) -> None:
    """A hub, and a clone for each host, with a plan on the board."""
    run(folder, "git", "init", "-q", "--bare", f"--initial-branch={BRANCH[11:]}", "hub.git")
    hub = str(folder / "hub.git")
    run(folder, *CLARE, "init", HOSTS[0], "--host", HOSTS[0], "--hub", hub)
    run(folder / HOSTS[0], *CLARE, "apply", "-", given=a_plan(tasks))
    run(folder / HOSTS[0], *CLARE, "sync")
    for host in HOSTS[1:]:
        run(folder, *CLARE, "join", hub, host, "--host", host)


def run(folder: Path, *words: str, given: str = "") -> str:
    """What a command prints that must succeed."""
    done = subprocess.run(
        words, cwd=folder, input=given, capture_output=True, text=True, timeout=SECONDS
    )
    if done.returncode:
        raise AssertionError(f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def work(folder: Path, agents: int) -> None:
    """Let so many agents work, spread over the hosts, until nothing is left to do."""
    children = []
    for number in range(agents):
        host = HOSTS[number % len(HOSTS)]
        env = {**os.environ, "CLARE_ACTOR": f"{host}/{number}"}
        words = [sys.executable, "-m", "tests.soak.agent"]
        children.append(subprocess.Popen([*words, str(folder / host)], env=env))
    codes = [child.wait(SECONDS) for child in children]
    if any(codes):
        raise AssertionError(f"agents ended with {codes}")
    for host in HOSTS:
        run(folder / host, *CLARE, "sync")


def history(folder: Path) -> list[Done]:
    """Every claim and every closing, in the order in which the hub has them."""
    git = Git(folder / "hub.git")
    events = {e.id: e for found in board(folder).events.values() for e in found}
    listed = git.text("log", "--reverse", "--topo-order", "--format=%H", "--name-only", BRANCH)
    found, commit = [], ""
    for line in filter(None, listed.splitlines()):
        if not line.startswith("fleet/"):
            commit = line
            continue
        event = events.get(line.rpartition("/")[2].removesuffix(".yaml"))
        if event and (event.effect.lease or event.effect.set.get("status") == "done"):
            found.append(Done(event, commit))
    return found


def board(folder: Path, commit: str = BRANCH) -> Fleet:
    """What the hub holds."""
    return read_board(Git(folder / "hub.git"), commit)


def problems(folder: Path) -> Iterator[str]:
    """What is not as it should be: each task done once, by who holds it, after what it needs."""
    fleet, steps = board(folder), history(folder)
    claims: dict[str, list[Done]] = {}
    closings: dict[str, list[Done]] = {}
    for step in steps:
        kind = claims if step.event.effect.lease else closings
        kind.setdefault(step.event.entity.partition("/")[2], []).append(step)
    for task in fleet.tasks.values():
        taken, closed = claims.get(task.id, []), closings.get(task.id, [])
        if (len(taken), len(closed), task.status) != (1, 1, "done"):
            yield f"{task.title}: {len(taken)} claims, {len(closed)} closings, {task.status}"
        elif taken[0].event.by != closed[0].event.by:
            yield f"{task.title}: taken by {taken[0].event.by}, done by {closed[0].event.by}"
        yield from _too_early(folder, fleet, task.id, taken)


def _too_early(folder: Path, fleet: Fleet, task_id: str, taken: list[Done]) -> Iterator[str]:
    needs = fleet.tasks[task_id].needs
    if needs and taken:
        then = board(folder, taken[0].commit)
        for need in needs:
            if not then.tasks[need].is_closed:
                yield f"{fleet.tasks[task_id].title} was taken before {then.tasks[need].title}"
