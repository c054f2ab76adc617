"""The life of a generated board: every event of every task, as three hosts would have written them.

Everything follows from the seed. Shares are exact: half of the tasks are open, 30 % of those wait for
another open one.
"""

import random
from collections.abc import Iterator, Sequence

from clare import names
from clare.clock import DAY, HOUR, MINUTE, SECOND, instant
from tests.benchmarks import words
from tests.benchmarks.careers import Career, Task
from tests.benchmarks.steps import HOSTS, Pen, Turn, Written, written

START, END = instant("2026-01-02"), instant("2026-09-30")
FAR = "2035-01-01"
"""Later than any measurement: what is deferred until then is deferred."""

EVENTS_PER_TASK = 5
OPEN, WAITING = 50, 30
"""Percent of the tasks, and percent of the open ones."""

_OTHERS = (("dropped", 6), ("review", 2), ("idea", 2))


def board(seed: int, events: int) -> Iterator[Written]:
    """All events of a board, entity by entity; `sorted` by turn and place they are its history."""
    pen = Pen(random.Random(seed))
    slugs = words.PROJECTS[: max(2, min(len(words.PROJECTS), events // 250))]
    for number, slug in enumerate(slugs):
        body = {"set": {"title": f"The {slug}", "body": words.text(pen.dice, 4)}}
        turn = pen.turn(START - DAY + number * HOUR)
        step = pen.step(turn, "project.created", body, f"adds project {slug}")
        yield from written(names.project_key(slug), [step])
    for task in _lives(pen, slugs, events):
        yield from written(task.key, task.steps)


def _lives(pen: Pen, slugs: Sequence[str], events: int) -> list[Task]:
    """Every task with all its steps, so many that the board has exactly so many events."""
    tasks = sketch(pen.dice, max(1, events // EVENTS_PER_TASK))
    _Beginning(pen, slugs, tasks).create()
    careers = [Career(pen, task) for task in tasks]
    for career in careers:
        career.begin()
    left = events - len(slugs) - sum(len(c.task.steps) + c.to_come() for c in careers)
    hot = careers[:: max(1, len(careers) // 100)]
    while left > 0:
        left -= pen.dice.choice(hot if pen.dice.random() < 0.05 else careers).go_on(left)
    for career in careers:
        career.end()
    return tasks


def sketch(dice: random.Random, number: int) -> list[Task]:
    """Tasks without a life yet: their last status, who waits, which are parts of another."""
    ids = list(dict.fromkeys(dice.getrandbits(60) for _ in range(number)))
    ends = [status for status, share in _OTHERS for _ in range(number * share // 100)]
    ends += ["open"] * (number * OPEN // 100)
    ends += ["done"] * (len(ids) - len(ends))
    dice.shuffle(ends)
    tasks = [
        Task(place, names.base32(bits, names.TASK_ID_LENGTH), end, last_word=dice.random() < 0.3)
        for place, (bits, end) in enumerate(zip(ids, ends, strict=True))
    ]
    wanted = ends.count("open") * WAITING // 100
    _join(dice, tasks, wanted // 5)
    _let_wait(dice, tasks, wanted)
    return tasks


def _join(dice: random.Random, tasks: Sequence[Task], most: int) -> None:
    """A few open tasks are split into the next ones, one of them open: they wait for these."""
    place = 0
    while place + 5 < len(tasks) and most:
        whole, parts = tasks[place], tuple(tasks[place + 1 : place + dice.randint(3, 5)])
        place += 1
        fits = whole.status == "open" and any(part.status == "open" for part in parts)
        if fits and dice.random() < 0.05:
            whole.parts, whole.waits = parts, True
            for part in parts:
                part.parent = whole
            place, most = place + len(parts), most - 1


def _let_wait(dice: random.Random, tasks: Sequence[Task], wanted: int) -> None:
    opened = [task for task in tasks if task.status == "open"]
    free = [task for task in opened[1:] if not task.waits and not task.parent]
    for task in dice.sample(free, wanted - sum(task.waits for task in opened)):
        task.waits = True


class _Beginning:
    """How tasks come into being: alone, with others of one plan, or as a part of a split one."""

    def __init__(self, pen: Pen, slugs: Sequence[str], tasks: Sequence[Task]) -> None:
        self.pen = pen
        self.dice = pen.dice
        self.slugs = slugs
        self.tasks = tasks
        self.first_open = next((task for task in tasks if task.status == "open"), tasks[0])

    def create(self) -> None:
        """The first step of every task."""
        gap = (END - START) / len(self.tasks)
        place = 0
        while place < len(self.tasks):
            many = self.dice.randint(5, 20) if self.dice.random() < 0.05 else 1
            at = START + int(place * gap) + self.dice.randrange(30 * SECOND)
            self._plan(self.tasks[place : place + many], self.pen.turn(at))
            place += many

    def _plan(self, tasks: Sequence[Task], turn: Turn) -> None:
        rows = [task for task in tasks if not task.parent]
        for place, task in enumerate(rows):
            self._create(task, turn, place)
        for whole in rows:
            if whole.parts:
                at = turn.at + 2 * MINUTE + self.dice.randrange(MINUTE)
                self._split(whole, self.pen.turn(at, turn.host, turn.by))

    def _split(self, whole: Task, turn: Turn) -> None:
        for place, part in enumerate(whole.parts):
            self._create(part, turn, place)
        body = {"add": {"needs": [part.id for part in whole.parts]}}
        told = f"splits {whole.id[:4]}"
        whole.steps.append(self.pen.step(turn, "task.edited", body, told, len(whole.parts)))

    def _create(self, task: Task, turn: Turn, place: int) -> None:
        fields, sets = self._fields(task), self._sets(task)
        body = {"set": fields, "add": {name: found for name, found in sets.items() if found}}
        told = f"adds {task.id[:4]}: {fields['title']}"
        task.steps.append(self.pen.step(turn, "task.created", body, told, place))

    def _fields(self, task: Task) -> dict[str, str]:
        """In the order in which Clare writes them."""
        dice = self.dice
        worker = dice.choice(dice.choice(HOSTS).actors)
        due = dice.choice(("2026-06-30", "2026-08-14", "2034-03-01", "2034-12-24"))
        wanted = {
            "title": words.title(dice, task.number),
            "project": dice.choice(self.slugs) if dice.random() < 0.8 else "",
            "body": words.text(dice, 6) if dice.random() < 0.6 else "",
            "type": dice.choice(words.TYPES),
            "status": "idea" if task.status == "idea" else "",
            "priority": f"P{dice.choice((0, 1, 1, 2, 2, 2, 3, 3, 4))}",
            "pinned": "true" if dice.random() < 0.005 else "",
            "parent": task.parent.id if task.parent else "",
            "assignee": worker if dice.random() < 0.1 else "",
            "due": due if dice.random() < 0.12 else "",
            "defer_until": dice.choice((FAR, "2026-03-01")) if dice.random() < 0.04 else "",
            "done_when": "the tests are green: all of them" if dice.random() < 0.1 else "",
        }
        return {name: value for name, value in wanted.items() if value}

    def _sets(self, task: Task) -> dict[str, list[str]]:
        link = self.dice.choice(words.LINKS).format(task.number)
        return {
            "labels": words.some(self.dice, words.LABELS, 3),
            "needs": self._needs(task),
            "links": [link] if self.dice.random() < 0.1 else [],
        }

    def _needs(self, task: Task) -> list[str]:
        """Earlier tasks: an open one if it waits, seldom a done one besides."""
        if task.parts or task.parent:
            return []
        found = [self._earlier(task, "open") or self.first_open] if task.waits else []
        done = self._earlier(task, "done") if self.dice.random() < 0.08 else None
        return [need.id for need in (*found, done) if need]

    def _earlier(self, task: Task, status: str) -> Task | None:
        """One of the last few hundred tasks that has this status in the end, if one is met."""
        for _ in range(20 if task.number else 0):
            other = self.tasks[task.number - self.dice.randint(1, min(task.number, 400))]
            if other.status == status and other.steps:
                return other
        return None
