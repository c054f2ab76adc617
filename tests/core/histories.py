"""Histories of one task: plain events for scenarios, and strategies of honest and forged sets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from clare.clock import DAY, HOUR, MINUTE, Stamp, instant, tick
from clare.events.event import Effect, Event
from clare.fold import fold
from clare.names import base32, derived
from clare.state import Entity

KEY = "tasks/7qk2m9xw4v0c"
START = instant("2026-11-20T09:00:00Z")
HOSTS = ("plum", "apricot", "cherry")
STATUSES = ("idea", "open", "review", "done", "dropped")


def at(minutes: float) -> int:
    """The moment so many minutes after the start of every scenario."""
    return START + round(minutes * MINUTE)


def event_id(minutes: float, host: str) -> str:
    return f"{Stamp(at(minutes))}-{host}-k3f9x2m1"


def event(
    minutes: float,
    host: str,
    effect: Effect | None = None,
    *,
    after: Sequence[Event | str] = (),
    by: str = "nat",
) -> Event:
    """An event of that host's clone by its clock, having seen those events."""
    return Event(
        id=event_id(minutes, host),
        type="task.edited",
        by=by,
        clone=clone_of(host),
        entity=KEY,
        after=ids(after),
        effect=effect or Effect(),
    )


def clone_of(host: str) -> str:
    return derived("clone", host, length=8)


def ids(events: Iterable[Event | str]) -> tuple[str, ...]:
    return tuple(known if isinstance(known, str) else known.id for known in events)


def create(title: str) -> Effect:
    return Effect(creates=True, set={"title": title})


def write(**values: str) -> Effect:
    return Effect(set=values)


def add(*labels: str) -> Effect:
    return Effect(add={"labels": labels})


def remove(*labels: str) -> Effect:
    return Effect(remove={"labels": labels})


def say(text: str) -> Effect:
    return Effect(comment=text)


def claim(*, lease: int = 4 * HOUR, hub: bool = False) -> Effect:
    return Effect(lease=lease, hub=hub)


def end(*claims: Event | str) -> Effect:
    return Effect(ends=ids(claims))


def retract(*events: Event | str) -> Effect:
    return Effect(retracts=ids(events))


def heads(events: Iterable[Event]) -> tuple[str, ...]:
    """The events that no other one names: what an honest writer puts into `after`."""
    known = list(events)
    named = {name for each in known for name in each.names()}
    return tuple(sorted(each.id for each in known if each.id not in named))


def folded(*events: Event) -> Entity:
    return fold(KEY, events)


# Honest histories: clones that write, exchange and are told the wrong time.


@dataclass(frozen=True)
class Step:
    """What one clone does next; `choice` picks the value, the event or the other clone."""

    clone: int
    what: str
    choice: int
    minutes: int


@dataclass
class Clone:
    host: str
    by: str
    skew: int = 0
    known: dict[str, Event] = field(default_factory=dict)


SKEWS = (0, 2 * MINUTE, -2 * MINUTE, 4 * MINUTE, -HOUR, 2 * DAY, -2 * DAY)
WHAT = (
    *("title", "status", "priority", "title", "status"),
    *("add", "add", "remove", "say", "create", "acknowledge"),
    *("claim", "claim", "hub claim", "release", "release", "undo", "undo", "undo undo"),
    *("pull",) * 6,
    *("by hand", "clock"),
)

STEPS = st.builds(
    Step,
    clone=st.integers(0, len(HOSTS) - 1),
    what=st.sampled_from(WHAT),
    choice=st.integers(0, 1_000),
    minutes=st.sampled_from([0, 0, 1, 10, 40, 300]),
)


def play(steps: Iterable[Step]) -> list[Event]:
    """Everything that the clones wrote, in the order of writing."""
    clones = [Clone(host, by) for host, by in zip(HOSTS, ("nat", "mo", "nat"), strict=True)]
    written: list[Event] = []
    now = START
    for step in steps:
        now += step.minutes * MINUTE
        clone = clones[step.clone]
        if step.what == "pull":
            clone.known |= clones[(step.clone + 1 + step.choice % 2) % len(clones)].known
        elif step.what == "clock":
            clone.skew = SKEWS[step.choice % len(SKEWS)]
        else:
            new = _written(clone, step, now=now, number=len(written))
            clone.known[new.id] = new
            written.append(new)
    return written


def _written(clone: Clone, step: Step, *, now: int, number: int) -> Event:
    by_hand = step.what == "by hand"
    seen = [Stamp.of(known) for known in clone.known]
    stamp = Stamp(now + clone.skew) if by_hand else tick(now=now + clone.skew, seen=seen)
    return Event(
        id=f"{stamp}-{clone.host}-{base32(number, 8)}",
        type="task.edited",
        by=clone.by,
        clone=clone_of(clone.host),
        entity=KEY,
        after=() if by_hand else heads(clone.known.values()),
        effect=_effect(clone, step),
    )


def _effect(clone: Clone, step: Step) -> Effect:
    known, choice = list(clone.known.values()), step.choice
    title = f"title {choice % 4}"
    effects = {
        "title": write(title=title),
        "by hand": write(title=title),
        "status": write(status=STATUSES[choice % len(STATUSES)]),
        "priority": write(priority=f"P{choice % 3}", title=title),
        "add": add("red", "green") if choice % 3 == 0 else add("red"),
        "remove": remove("red")._replace(add={"labels": ("green",) * (choice % 3)}),
        "say": say(f"said {choice}"),
        "create": create(title),
        "acknowledge": Effect(acknowledges=(f"file {choice % 4}",)),
        "claim": claim(lease=(1 + choice % 3) * HOUR),
        "hub claim": claim(lease=(1 + choice % 3) * HOUR, hub=True),
        "release": end(*[each for each in known if each.effect.lease is not None][-2:]),
        "undo": retract(*known[choice % max(1, len(known)) :][:1]),
        "undo undo": retract(*[each for each in known if each.effect.retracts][-3:]),
    }
    return effects[step.what]


def honest(*, max_size: int = 24) -> st.SearchStrategy[list[Event]]:
    """Sets of events as clones write them, with wrong clocks and hand-written events among them."""
    sizes = st.integers(0, max_size)  # left alone, Hypothesis mostly draws about five
    return sizes.flatmap(lambda size: st.lists(STEPS, min_size=size, max_size=size)).map(play)


NOWHERE = event_id(-1_000, "nowhere")

# Histories in a line: one clone's, each event after the one before; and nearly so.


def in_line(*, max_size: int = 12) -> st.SearchStrategy[list[Event]]:
    """What one clone wrote alone, among it events that name some more of the others."""
    alone = [what for what in WHAT if what not in ("pull", "by hand", "clock")]
    steps = st.builds(
        Step,
        clone=st.just(0),
        what=st.sampled_from(alone),
        choice=st.integers(0, 1_000),
        minutes=st.sampled_from([0, 1, 40, 300]),
    )
    written = st.lists(steps, max_size=max_size).map(play)
    return written.flatmap(
        lambda events: st.lists(
            st.sampled_from([(), (), (), *((name,) for name in (*ids(events), NOWHERE))]),
            min_size=len(events),
            max_size=len(events),
        ).map(
            lambda more: [
                each._replace(after=(*each.after, *names))
                for each, names in zip(events, more, strict=True)
            ]
        )
    )


# Forged sets: events that name each other, themselves and what is not there, at random.

POOL = tuple(event_id(minute, host) for minute in range(5) for host in HOSTS[:2])


def forged(names: Sequence[str] = POOL) -> st.SearchStrategy[list[Event]]:
    """Sets of events that name anything out of `names`, in circles as well."""
    some = st.lists(st.sampled_from([*POOL, *names, NOWHERE]), max_size=3).map(tuple)
    effects = st.one_of(
        some.map(lambda named: Effect(retracts=named)),
        some.map(lambda named: Effect(ends=named)),
        st.builds(
            Effect,
            creates=st.booleans(),
            set=st.dictionaries(
                st.sampled_from(["title", "status"]), st.sampled_from(STATUSES), max_size=2
            ),
            add=st.sampled_from([{}, {"labels": ("red", "red")}]),
            remove=st.sampled_from([{}, {"labels": ("red",)}]),
            comment=st.sampled_from([None, "said"]),
            lease=st.sampled_from([None, None, HOUR, 1_000]),
            hub=st.booleans(),
        ),
    )
    one = st.builds(
        Event,
        id=st.sampled_from(POOL),
        type=st.just("task.edited"),
        by=st.sampled_from(["nat", "mo"]),
        clone=st.sampled_from([clone_of(host) for host in HOSTS]),
        entity=st.just(KEY),
        after=some,
        effect=effects,
    )
    sizes = st.integers(0, len(POOL))
    return sizes.flatmap(lambda size: st.lists(one, min_size=size, unique_by=lambda each: each.id))


def mixed() -> st.SearchStrategy[list[Event]]:
    """An honest history with forged events that name its events among others."""
    return honest(max_size=12).flatmap(
        lambda events: forged(ids(events)).map(lambda lies: [*events, *lies])
    )
