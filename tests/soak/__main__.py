"""`python -m tests.soak [TASKS] [AGENTS]`: work a plan off, print the log, fail if it is not right."""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.benchmarks.stage import an_environment
from tests.soak.agents import board, found_fleet, history, problems, work


def main(tasks: int, agents: int) -> int:
    """Run it in a temporary folder. Returns the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(an_environment(folder))
        found_fleet(folder, tasks)
        start = time.monotonic()
        work(folder, agents)
        took = time.monotonic() - start
        fleet, steps = board(folder), history(folder)
        for step in steps:
            print(step.line(fleet))
        found = list(problems(folder))
        done = Counter(step.event.by for step in steps if not step.event.effect.lease)
        shares = ", ".join(f"{actor} {count}" for actor, count in sorted(done.items()))
        print(f"\n{tasks} tasks, {agents} agents, 3 clones, {took:.0f} s; {shares}")
        print("\n".join(found) or "each done once, none skipped, none before what it needs")
    return 1 if found else 0


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [200, 6][len(given) :])))
