"""From what is to happen to events: three hosts, their turns, and what each had seen."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from clare import names
from clare.clock import MINUTE, Stamp
from clare.events.text import dump

LAG = MINUTE
"""After so long a host has heard of what another wrote; what they write within it is concurrent."""


@dataclass(frozen=True, slots=True)
class Host:
    """A machine with a clone, and who works there."""

    name: str
    clone: str
    actors: tuple[str, ...]


HOSTS = (
    Host("plum", "4v0c7qk2", ("nat", "claude/7f3a", "claude/b20c")),
    Host("apricot", "k3f9x2m1", ("mira", "claude/c01d")),
    Host("quince", "x2m10p7q", ("claude/91ab", "claude/55e0", "lee")),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One command: when, where and by whom."""

    number: int
    at: int
    host: Host
    by: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event to be: the `place`th of its command, and how the commit tells it."""

    turn: Turn
    place: int
    id: str
    type: str
    body: Mapping[str, object]
    told: str


@dataclass(frozen=True, slots=True)
class Written:
    """One event as it lies on the board."""

    turn: Turn
    place: int
    key: str
    id: str
    after: tuple[str, ...]
    told: str
    data: bytes


class Pen:
    """Gives turns and steps their numbers and ids, all from the same dice."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.numbers = count()

    def turn(self, at: int, host: Host | None = None, by: str = "") -> Turn:
        """The next command, of anybody unless told."""
        where = host or self.dice.choice(HOSTS)
        return Turn(next(self.numbers), at, where, by or self.dice.choice(where.actors))

    def step(
        self, turn: Turn, type_: str, body: Mapping[str, object], told: str, place: int = 0
    ) -> Step:
        """One event of a command."""
        bits = names.base32(self.dice.getrandbits(40), 8)
        event_id = f"{Stamp(turn.at, place)}-{turn.host.name}-{bits}"
        return Step(turn, place, event_id, type_, body, told)


def written(key: str, steps: Sequence[Step]) -> Iterator[Written]:
    """The steps of one entity as events: each names the heads that its writer saw."""
    earlier: list[tuple[Step, tuple[str, ...]]] = []
    for step in sorted(steps, key=lambda s: (s.turn.at, s.place)):
        heads = _heads_before(step, earlier)
        earlier.append((step, heads))
        yield finished(key, step, heads)


def finished(key: str, step: Step, after: tuple[str, ...]) -> Written:
    """A step as the event that Clare would write: the same mapping through the same writer."""
    turn = step.turn
    envelope = {"id": step.id, "type": step.type, "by": turn.by, "clone": turn.host.clone}
    data = dump({**envelope, "entity": key, "after": list(after), **step.body})
    return Written(turn, step.place, key, step.id, after, step.told, data)


def _heads_before(step: Step, earlier: Sequence[tuple[Step, tuple[str, ...]]]) -> tuple[str, ...]:
    turn = step.turn
    seen = [
        (other, after)
        for other, after in earlier
        if other.turn.host is turn.host or other.turn.at <= turn.at - LAG
    ]
    covered = {name for _, after in seen for name in after}
    return tuple(sorted(other.id for other, _ in seen if other.id not in covered))
