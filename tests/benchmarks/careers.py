"""What happens to a task between its creation and its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clare import names
from clare.clock import DAY, HOUR, MINUTE, SECOND
from tests.benchmarks import words
from tests.benchmarks.steps import HOSTS, LAG, Pen, Step, Turn

LONG_LEASE = "3650d"
"""What the few held tasks are held for, so that they are held whenever it is measured."""


@dataclass(slots=True)
class Task:
    """One task while its life is thought out. `parts` and `parent` come from splitting one."""

    number: int
    id: str
    status: str
    waits: bool = False
    is_held: bool = False
    last_word: bool = False
    parts: tuple["Task", ...] = ()
    parent: "Task | None" = None
    steps: list[Step] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The entity of its events."""
        return names.task_key(self.id)


class Career:
    """Adds to the steps of one task, each later than all before it."""

    def __init__(self, pen: Pen, task: Task) -> None:
        self.pen = pen
        self.dice = pen.dice
        self.task = task

    def begin(self) -> None:
        """What an open task goes through: a few are held, a few were taken and given back."""
        if self.task.status != "open":
            return
        if not self.task.waits and self.dice.random() < 0.02:
            self.task.is_held = True
            self._take(LONG_LEASE)
        elif self.dice.random() < 0.1:
            self._take_and_give_back()

    def go_on(self, left: int) -> int:
        """Something more happens, of at most `left` events; how many it were."""
        chance, task = self.dice.random(), self.task
        if chance < 0.01 and left > 1:
            self._both_edit()
            return 2
        if chance < 0.1 and left > 1 and task.status == "open" and not task.is_held:
            self._take_and_give_back()
            return 2
        if chance < 0.4:
            self._edit()
        else:
            self._say("task.commented", {"text": words.text(self.dice, 5)}, "comments")
        return 1

    def to_come(self) -> int:
        """How many events `end` will write."""
        if self.task.status in ("open", "idea"):
            return 0
        return (1 if self.task.status == "dropped" else 2) + self.task.last_word

    def end(self) -> None:
        """The status that it has in the end: by its holder, or dropped by anybody."""
        match self.task.status:
            case "done" | "review":
                claim = self._take("4h").turn
                at = claim.at + LAG + self.dice.randrange(1, 3 * HOUR)
                self._close(self.pen.turn(at, claim.host, claim.by))
            case "dropped":
                self._close(self.pen.turn(self._later()))

    def _say(self, type_: str, body: Mapping[str, object], told: str) -> Step:
        return self._add(self.pen.turn(self._later()), type_, body, told)

    def _add(
        self, turn: Turn, type_: str, body: Mapping[str, object], told: str, place: int = 0
    ) -> Step:
        step = self.pen.step(turn, type_, body, f"{told} {self.task.id[:4]}", place)
        self.task.steps.append(step)
        return step

    def _later(self) -> int:
        longest = self.dice.choice((HOUR, DAY, DAY))
        return self.task.steps[-1].turn.at + LAG + self.dice.randrange(1, longest)

    def _take(self, lease: str) -> Step:
        return self._say("task.claimed", {"lease": lease}, f"claims for {lease}")

    def _take_and_give_back(self) -> None:
        claim = self._take("4h")
        at = claim.turn.at + self.dice.randrange(MINUTE, 3 * HOUR)
        turn = self.pen.turn(at, claim.turn.host, claim.turn.by)
        self._add(turn, "task.released", {"ends": [claim.id]}, "releases")

    def _close(self, turn: Turn) -> None:
        fields = {"status": self.task.status}
        if self.dice.random() < 0.5 and self.task.status != "review":
            fields["close_reason"] = self.dice.choice(words.REASONS)
        self._add(turn, "task.edited", {"set": fields}, f"moves to {self.task.status}")
        if self.task.last_word:
            said = {"text": words.text(self.dice, 3)}
            self._add(turn, "task.commented", said, "comments", place=1)

    def _edit(self) -> None:
        dice = self.dice
        label, worker = dice.choice(words.LABELS), dice.choice(dice.choice(HOSTS).actors)
        choices: tuple[Mapping[str, object], ...] = (
            {"set": {"priority": f"P{dice.randrange(5)}"}},
            {"set": {"title": words.title(dice, self.task.number)}},
            {"set": {"body": words.text(dice, 6)}},
            {"set": {"due": dice.choice(("2026-07-31", "2034-05-01", ""))}},
            {"set": {"assignee": worker}},
            {"add": {"labels": [label]}},
            {"add": {"labels": ["triaged"]}, "remove": {"labels": [label]}},
        )
        self._say("task.edited", dice.choice(choices), "edits")

    def _both_edit(self) -> None:
        """Two hosts write the same field before either hears of the other: it is contested."""
        first, second = self.dice.sample(HOSTS, 2)
        low, high = sorted(self.dice.sample(range(5), 2))
        at = self._later()
        for turn, value in (
            (self.pen.turn(at, first), low),
            (self.pen.turn(at + 10 * SECOND, second), high),
        ):
            self._add(turn, "task.edited", {"set": {"priority": f"P{value}"}}, "edits")
