"""`python -m tests.benchmarks.reading [TASKS]`: microseconds an event takes from its bytes to state.

One process, in memory: the files are written with the events' own code, as clones write them.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from clare.clock import SECOND, Stamp
from clare.events.event import Event
from clare.events.fact import Fact
from clare.events.read import read
from clare.events.task import TaskClaimed, TaskCommented, TaskCreated, TaskEdited
from clare.events.text import event_bytes
from clare.fold import fold
from clare.names import base32
from clare.store.files import parse

ROUNDS = 9
SEED = 20261120
START = 1_790_000_000_000


def main(tasks: int) -> None:
    """Print the median microseconds an event takes in each part."""
    files = [data for number in range(tasks) for data in a_task(number)]
    mappings = [parse(data) for data in files]
    by_entity: dict[str, list[Event]] = {}
    for mapping in mappings:
        event = read(mapping)
        by_entity.setdefault(event.entity, []).append(event)
    print(f"{tasks} tasks, {len(files)} events, {ROUNDS} rounds\n")
    print("| part | median µs an event | min |\n|---|---|---|")
    _print("parse", len(files), lambda: [parse(data) for data in files])
    _print("models", len(files), lambda: [read(mapping) for mapping in mappings])
    _print("fold", len(files), lambda: [fold(key, found) for key, found in by_entity.items()])


def a_task(number: int) -> list[bytes]:
    """The files of one task: each event has seen the one before."""
    random_ = random.Random(SEED + number)
    key = f"tasks/{base32(random_.getrandbits(60), 12)}"
    files: list[bytes] = []
    after: list[str] = []
    for step, fact in enumerate(_facts(random_, key, number)):
        stamp = Stamp(START + (number * 100 + step) * SECOND)
        event_id = f"{stamp}-plum-{base32(random_.getrandbits(40), 8)}"
        files.append(event_bytes(fact, event_id=event_id, by="nat", clone="4v0c7qk2", after=after))
        after = [event_id]
    return files


def _facts(random_: random.Random, key: str, number: int) -> Sequence[Fact]:
    fields = {
        "title": f"Task {number}: {random_.choice(['write', 'mend', 'measure'])} something",
        "priority": f"P{random_.randrange(5)}",
        "body": "What it is about, in a sentence or two.\n" * random_.randrange(1, 6),
    }
    add = {"labels": [random_.choice(["parser", "web", "docs"])]}
    facts: list[Fact] = [TaskCreated.model_validate({"entity": key, "set": fields, "add": add})]
    said = TaskCommented(entity=key, text="Something was said about it.")
    facts.extend([said] * random_.randrange(4))
    if number % 2 == 0:
        facts.append(TaskClaimed(entity=key, lease=14_400_000))
        facts.append(TaskEdited.model_validate({"entity": key, "set": {"status": "done"}}))
    return facts


def _print(name: str, events: int, part: Callable[[], object]) -> None:
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        part()
        took.append((time.process_time() - start) * 1e6 / events)
    print(f"| {name} | {statistics.median(took):.1f} | {min(took):.1f} |")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] or ["1000"])))
