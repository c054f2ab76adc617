"""Any history of three clones and a hub, with wrong clocks and a bad line, ends in agreement."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from clare.clock import DAY, HOUR, MINUTE
from clare.errors import ClareError, Exit, Unpublished
from clare.events.fact import Fact, Retracted
from clare.events.task import TaskClaimed, TaskCommented, TaskEdited, TaskFields
from clare.fleet import Fleet
from clare.services import claims, tasks
from clare.services.act import Outcome, act
from clare.store import turn, writing
from clare.store.board import Board
from clare.store.sync import LostAnswer, sync, take_in
from tests.sync.fleets import (
    REF,
    World,
    add,
    commit_by_hand,
    digests,
    event_by_hand,
    git,
    paths,
    repo,
    settle,
    taken_task,
    tip,
)

HOSTS = ["plum", "apricot", "cherry"]
ALIAS = "hub:garden"
EXPECTED = (Exit.REFUSED, Exit.HELD, Exit.UNPUBLISHED)
PRE_RECEIVE = ('[ -e refusing ] && echo "not now" >&2 && exit 1', "exit 0")
TRANSACTION = (
    '[ "$1" = committed ] || exit 0',
    "[ -e dying ] && rm dying && kill -9 $PPID",
    '[ -e leaving ] && rm leaving && mv "$PWD" "${PWD%/hub.git}/gone.git" && kill -9 $PPID',
    "exit 0",
)
"""The hub accepts, and dies before it can say so; or is gone as well when asked afterwards."""

hosts = st.sampled_from(HOSTS)
pairs = st.sampled_from([(one, other) for one in HOSTS for other in HOSTS if one != other])
which = st.integers(0, 3)
words = st.sampled_from(["soil", "seed", "tool"])
statuses = st.sampled_from(["open", "review", "done", "dropped", "idea"])
leases = st.sampled_from([30 * MINUTE, 4 * HOUR])


@cache
def template() -> Path:
    """A fleet with two tasks that three clones have in common; copied for every history."""
    world = World(Path(tempfile.mkdtemp(prefix="clare-garden-")), alias=ALIAS)
    atexit.register(shutil.rmtree, world.folder)
    plum = world.found("plum")
    add(plum, "dig the bed")
    add(plum, "sow the beans")
    for host in HOSTS[1:]:
        sync(world.join(host), ALIAS)
    world.hook("pre-receive", *PRE_RECEIVE)
    world.hook("reference-transaction", *TRANSACTION)
    return world.folder


def copied(folder: Path) -> World:
    source = template()
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for config in folder.glob("*.git/config"):
        config.write_text(config.read_text().replace(str(source), str(folder)))
    return World(folder, alias=ALIAS)


@dataclass(frozen=True)
class Promise:
    """What exit 0 of a claim says: until then, by the true time, nobody else is let in."""

    event: str
    by: str
    clone: str
    until: int


def during(board: Board, other: Callable[[], None]) -> Board:
    """The board of a command that is interrupted when it first looks at the clock."""
    waiting = [other]

    def now() -> int:
        if waiting:
            waiting.pop()()
        return board.now()

    return board._replace(now=now)


class Garden(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = copied(Path(tempfile.mkdtemp(prefix="clare-garden-")))
        self.boards = {host: self.world.board(host) for host in HOSTS}
        self.acknowledged: set[str] = set()
        self.promises: dict[str, Promise] = {}

    # Time, and the line to the hub.

    @rule(minutes=st.sampled_from([1, 8, 27, 36, 250]))
    def time_passes(self, minutes: int) -> None:
        """A line that failed is mended within half an hour."""
        self.world.clock.now += minutes * MINUTE
        if minutes > 8:
            self.the_hub_is_well()

    @rule(host=hosts, offset=st.integers(-150, 150))
    def a_clock_drifts(self, host: str, offset: int) -> None:
        self.world.clock.offsets[host] = offset * 1000

    @rule(host=hosts, days=st.sampled_from([-2, 2]))
    def a_clock_jumps(self, host: str, days: int) -> None:
        self.world.clock.offsets[host] = days * DAY

    @precondition(lambda self: self.world.hub.exists())
    @rule()
    def the_hub_is_lost(self) -> None:
        self.world.lose()

    @precondition(lambda self: self.world.hub.exists())
    @rule(how=st.sampled_from(["refusing", "dying", "leaving"]))
    def the_hub_is_about_to_fail(self, how: str) -> None:
        (self.world.hub / how).touch()

    @rule()
    def the_hub_is_well(self) -> None:
        if self.world.gone.exists():
            self.world.regain()
        for how in ("refusing", "dying", "leaving"):
            (self.world.hub / how).unlink(missing_ok=True)

    # Commands.

    @rule(host=hosts)
    def adds(self, host: str) -> None:
        board = self.boards[host]
        self.write(lambda: tasks.add(board, fields={"title": host}, labels=(), needs=()))

    @rule(host=hosts, at=which, title=words)
    def edits(self, host: str, at: int, title: str) -> None:
        outcome = self.change(host, at, fields={"title": title})
        if outcome:
            entity = outcome.fleet.tasks[outcome.tasks[0]].entity
            assert (entity.value("title"), "title" in entity.contested) == (title, False)

    @rule(host=hosts, at=which, label=words)
    def adds_a_label(self, host: str, at: int, label: str) -> None:
        outcome = self.change(host, at, come={"labels": [label]})
        assert not outcome or label in outcome.fleet.tasks[outcome.tasks[0]].labels

    @rule(host=hosts, at=which, label=words)
    def removes_a_label(self, host: str, at: int, label: str) -> None:
        outcome = self.change(host, at, gone={"labels": [label]})
        assert not outcome or label not in outcome.fleet.tasks[outcome.tasks[0]].labels

    @rule(host=hosts, at=which)
    def comments(self, host: str, at: int) -> None:
        board = self.boards[host]
        self.write(lambda: tasks.comment(board, [self.pick(board, at)], f"says {host}"))

    @rule(host=hosts, one=which, other=which, remove=st.booleans())
    def needs(self, host: str, one: int, other: int, remove: bool) -> None:
        board = self.boards[host]
        task, need = self.pick(board, one), self.pick(board, other)
        self.write(lambda: tasks.need(board, task, [need], remove=remove))

    @rule(host=hosts, at=which, status=statuses)
    def moves(self, host: str, at: int, status: str) -> None:
        board = self.boards[host]
        outcome = self.write(lambda: tasks.move(board, [self.pick(board, at)], status))
        if outcome and outcome.written.events and status in ("review", "done", "dropped"):
            self.ended_if_seen(outcome)

    @rule(host=hosts, at=which, back=st.integers(0, 5))
    def retracts(self, host: str, at: int, back: int) -> None:
        board = self.boards[host]
        key = f"tasks/{self.pick(board, at)}"

        def decide(fleet: Fleet) -> list[Fact]:
            events = [e for e in fleet.events[key] if not e.effect.creates]
            target = events[-1 - back % len(events)].id if events else ""
            return [Retracted(entity=key, retracts=(target,))] if target else []

        outcome = self.write(lambda: act(board, decide))
        assert outcome
        taken_away = {id_ for event in outcome.written.events for id_ in event.effect.retracts}
        self.promises = {k: p for k, p in self.promises.items() if p.event not in taken_away}

    @rule(host=hosts, at=which, kind=st.sampled_from(["comment", "title", "done", "claim"]))
    def writes_by_hand(self, host: str, at: int, kind: str) -> None:
        board = self.boards[host]
        key = f"tasks/{self.pick(board, at)}"
        facts: dict[str, Fact] = {
            "comment": TaskCommented(entity=key, text="by hand"),
            "title": TaskEdited(entity=key, set=TaskFields(title="by hand")),
            "done": TaskEdited(entity=key, set=TaskFields(status="done")),
            "claim": TaskClaimed(entity=key, lease=4 * HOUR),
        }
        part = f"{self.world.seed.getrandbits(20):08d}"
        at_ms = board.now() - HOUR * (kind == "claim")
        path, text = event_by_hand(board, facts[kind], by="nat", at=at_ms, random_part=part)
        commit_by_hand(repo(board), {path: text})
        self.acknowledged.add(Path(path).stem)

    # Claims.

    @rule(host=hosts, at=which, lease=leases, shared=st.booleans())
    def claims(self, host: str, at: int, lease: int, shared: bool) -> None:
        self.claim(self.acting(host, shared), at, lease)

    @rule(host=hosts, at=which, lease=leases)
    def claims_by_force(self, host: str, at: int, lease: int) -> None:
        self.claim(self.acting(host, shared=False), at, lease, force=True)

    @rule(pair=pairs, at=which, lease=leases)
    def claims_while_another_does(self, pair: tuple[str, str], at: int, lease: int) -> None:
        one, other = (self.acting(host, shared=False) for host in pair)
        self.claim(during(one, lambda: self.claim(other, at, lease)), at, lease)

    @rule(pair=pairs, at=which)
    def writes_while_others_do(self, pair: tuple[str, str], at: int) -> None:
        """Another command of this clone, and another clone, write between reading and moving."""
        one, other = (self.boards[host] for host in pair)
        name = self.pick(one, at)

        def meanwhile() -> None:
            fact = TaskCommented(entity=f"tasks/{name}", text="meanwhile")
            with patch.object(turn, "PATIENCE", 0.02):
                self.acknowledged |= {e.id for e in writing.append(one, lambda _: [fact]).events}
            self.write(lambda: tasks.add(other, fields={"title": "x"}, labels=(), needs=()))

        self.write(lambda: tasks.comment(during(one, meanwhile), [name], "first"))

    @rule(host=hosts, at=which, shared=st.booleans(), force=st.booleans())
    def releases(self, host: str, at: int, shared: bool, force: bool) -> None:
        board = self.acting(host, shared)
        name = self.pick(board, at)
        outcome = self.write(lambda: claims.release(board, (name,), force=force))
        if outcome and outcome.written.events:
            self.ended_if_seen(outcome)

    def claim(self, board: Board, at: int, lease: int, *, force: bool = False) -> None:
        name = self.pick(board, at)
        right = abs(self.world.clock.offsets.get(board.host, 0)) <= 5 * MINUTE
        well = self.is_well()
        try:
            taken = claims.claim(board, [name], lease=lease, force=force)
        except ClareError as error:
            if error.exit_code not in EXPECTED or (well and isinstance(error, Unpublished)):
                raise
            assert not self.unaccepted(board)
            if isinstance(error, LostAnswer) and (force or not right):
                self.promises.pop(name, None)
            return
        assert not self.unaccepted(board)
        mine = max(c.event for c in taken_task(taken).entity.claims if c.clone == board.clone)
        self.acknowledged.add(mine)
        if right and not force:
            self.check_let_in(name, board)
        self.promises.pop(name, None)
        if right:
            until = self.world.clock.now + lease
            self.promises[name] = Promise(mine, board.actor, board.clone, until)

    def check_let_in(self, task: str, board: Board) -> None:
        promise = self.promises.get(task)
        if promise is None or self.world.clock.now > promise.until:
            return
        assert (board.actor, board.clone) == (promise.by, promise.clone), promise

    def ended_if_seen(self, outcome: Outcome) -> None:
        """A promise ends when a command that had seen the claim ends it."""
        for event in outcome.written.events:
            task = event.entity.partition("/")[2]
            promise = self.promises.get(task)
            if promise and any(e.id == promise.event for e in outcome.fleet.events[event.entity]):
                del self.promises[task]

    # What goes between the clones.

    @rule(host=hosts)
    def syncs(self, host: str) -> None:
        well = self.is_well()
        try:
            sync(self.boards[host], ALIAS)
        except Unpublished:
            if well:
                raise
        self.check_promises(self.boards[host])

    @rule(one=hosts, other=hosts)
    def takes_from_another(self, one: str, other: str) -> None:
        theirs = tip(self.boards[other])
        git(repo(self.boards[one]), "fetch", "-q", repo(self.boards[other]), REF)
        take_in(self.boards[one], theirs)

    # Means.

    def is_well(self) -> bool:
        """Whether every command must get through to the hub."""
        failing = [(self.world.hub / how).exists() for how in ("refusing", "leaving")]
        return self.world.hub.exists() and not any(failing)

    def acting(self, host: str, shared: bool) -> Board:
        return self.boards[host]._replace(actor="nat" if shared else host)

    def pick(self, board: Board, at: int) -> str:
        known = sorted(key[6:] for key in board.read().entities if key.startswith("tasks/"))
        return known[at % len(known)]

    def unaccepted(self, board: Board) -> list[str]:
        """Claims with the hub's word that the hub does not have."""
        hub = self.world.hub if self.world.hub.exists() else self.world.gone
        there = {Path(path).stem for path in paths(hub)}
        events = [event for events in board.read().events.values() for event in events]
        return [event.id for event in events if event.effect.hub and event.id not in there]

    def change(
        self,
        host: str,
        at: int,
        *,
        fields: tasks.Fields | None = None,
        come: tasks.Elements | None = None,
        gone: tasks.Elements | None = None,
    ) -> Outcome | None:
        board = self.boards[host]
        name = self.pick(board, at)
        return self.write(
            lambda: tasks.edit(board, [name], fields=fields or {}, come=come or {}, gone=gone or {})
        )

    def write(self, command: Callable[[], Outcome]) -> Outcome | None:
        """Run a command; what it reports as written must never get lost."""
        well = self.is_well()
        self.world.forget()
        try:
            outcome = command()
        except ClareError as error:
            if error.exit_code not in (Exit.REFUSED, Exit.HELD):
                raise
            return None
        problem = self.world.problem
        if problem and (well or problem.exit_code != Exit.UNPUBLISHED):
            raise problem
        self.acknowledged |= {event.id for event in outcome.written.events}
        return outcome

    def teardown(self) -> None:
        try:
            self.the_hub_is_well()
            boards = list(self.boards.values())
            settle(self.world, boards)
            self.check_agreement(boards)
        finally:
            shutil.rmtree(self.world.folder)

    def check_agreement(self, boards: list[Board]) -> None:
        assert len(digests(boards)) == 1
        fleets = [board.read() for board in boards]
        present = {event.id for events in fleets[0].events.values() for event in events}
        assert self.acknowledged <= present
        assert not [f for f in fleets[0].findings if f.level == "unreadable"]
        now = self.world.clock.now
        for name in fleets[0].tasks:
            held = {fleet.tasks[name].holder(now=now) for fleet in fleets}
            assert len(held) == 1
        self.check_promises(boards[0])

    def check_promises(self, board: Board) -> None:
        """Where a claim is known that was promised to hold until later, its owner is the holder."""
        fleet, now = board.read(), self.world.clock.now
        for name, promise in self.promises.items():
            known = [event.id for event in fleet.events.get(f"tasks/{name}", ())]
            if promise.event in known and now <= promise.until:
                holder = fleet.entities[f"tasks/{name}"].holder(now=now)
                assert holder
                assert (holder.by, holder.clone) == (promise.by, promise.clone)


Garden.TestCase.settings = settings(
    max_examples=10, stateful_step_count=25, phases=(Phase.explicit, Phase.generate)
)
TestGarden = Garden.TestCase
