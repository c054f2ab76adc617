"""Writing to a board: decide on the newest projection, and append if it still is the newest."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count

from clare import names
from clare.clock import DRIFT, MINUTE, tick
from clare.errors import ClareError, Unreadable
from clare.events.event import Event
from clare.events.read import read
from clare.events.said import Fact
from clare.events.text import event_bytes
from clare.fleet import FORMAT, Fleet
from clare.fold import fold
from clare.overlaid import Overlaid
from clare.store import cache
from clare.store.board import Board
from clare.store.commit import (
    CLONE_TRAILER,
    Change,
    Commit,
    forget_old_candidates,
    identity,
    released,
    write_commits,
)
from clare.store.events import prefetch
from clare.store.files import parse
from clare.store.housekeeping import is_due, wake
from clare.store.move import BranchMoved, move_branch, recover
from clare.store.pause import pause
from clare.store.tree import MANIFEST
from clare.store.turn import turn
from clare.table import row_of
from clare.views.story import sentence

RETRY_FOR = 30.0
"""Seconds in which a write decides again when the branch moves under it."""

TRIES = 10
"""It decides so often at least: it may have been stopped for longer than that."""


@dataclass(frozen=True, slots=True)
class Given:
    """An event whose id follows from elsewhere, as an import derives it."""

    fact: Fact
    id: str
    by: str
    clone: str
    after: tuple[str, ...] = ()


Decision = Sequence[Fact | Given]
Decide = Callable[[Fleet], Decision]
Summary = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Written:
    """What a command wrote: the events, the board after them, the commit (empty if nothing).

    `notes` say what could not be brought to this clone yet, and will be by the next command.
    """

    fleet: Fleet
    events: tuple[Event, ...] = ()
    commit: str = ""
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def check_writable(board: Board, fleet: Fleet) -> None:
    """Raise ClareError where nothing may be written."""
    if not board.place.branch:
        raise ClareError(
            "this checkout holds a fleet, but no branch to write to: it is read-only",
            hint=f"`clare init --branch {_head(board) or 'NAME'}` lets you write here",
        )
    if fleet.manifest.read_only:
        raise ClareError(
            f"this fleet has format {fleet.manifest.format}, this Clare writes {FORMAT}: read-only",
            hint="install a newer Clare",
        )
    broken = next((f for f in fleet.findings if f.path == MANIFEST), None)
    if broken and broken.level == "unreadable":
        raise Unreadable(str(broken), hint="mend fleet/fleet.yaml with git first")
    if not board.actor:
        raise ClareError("nobody is acting", hint="say who with --as NAME or $CLARE_ACTOR")


def _head(board: Board) -> str:
    return board.git.text("symbolic-ref", "-q", "--short", "HEAD", allow=(0, 1))


def append(board: Board, decide: Decide, *, summary: Summary = "") -> Written:
    """Decide on the newest projection and write, under the condition that it still is the newest.

    `summary` is the commit's subject, or says it once it is decided what to write.
    A decision older than a minute is taken again. Raises ClareError, also what `decide` raises.
    """
    deadline = time.monotonic() + RETRY_FOR
    for tries in count(1):
        try:
            with turn(board.git), released(board.git):
                recover(board.git)
                tip = board.tip()
                fleet, decided = board.read(tip[0], keep=True), board.now()
                written = build(board, fleet, decide(fleet), summary=summary)
                if not written.commit:
                    return written
                if board.now() - decided > MINUTE:
                    raise BranchMoved(board.ref)
                note = _follow(board, tip, written)
        except BranchMoved:
            if tries > TRIES and time.monotonic() > deadline:
                break
            pause(0, 0.05)
            continue
        keep_written(board, fleet, written)
        tidy(board)
        return replace(written, notes=(note,) if note else ())
    raise ClareError(
        f"others kept writing for {RETRY_FOR:.0f} s",
        hint="run the command again",
    )


def keep_written(board: Board, before: Fleet, written: Written) -> None:
    """Keep what a write has come to, so that the next who reads need not fold it."""
    keys = dict.fromkeys(event.entity for event in written.events)
    cache.keep(board.git, before, written.fleet, written.commit, keys)


def tidy(board: Board) -> None:
    """Let what many small writes have left be packed in the background, when it is due.

    What is written stays written if that cannot be started: it is due again after the next write.
    """
    with suppress(OSError):
        forget_old_candidates(board.git)
        if is_due(board.git):
            wake(board.git)


def move(board: Board, old: str, new: str) -> str:
    """Move the branch from one commit to another. Returns a note, or raises BranchMoved."""
    found, here = board.tip()
    if found != old:
        raise BranchMoved(board.ref)
    return move_branch(board.git, board.ref, old=here, new=new)


def _follow(board: Board, tip: tuple[str, str | None], written: Written) -> str:
    """Move the branch from the tip that was decided on. The swap itself tells if it has moved."""
    _, here = tip
    if here is None and board.tip() != tip:
        raise BranchMoved(board.ref)
    return move_branch(board.git, board.ref, old=here, new=written.commit, fresh=written.changes)


def preview(board: Board, fleet: Fleet, decision: Decision) -> Written:
    """What a decision would come to. Writes nothing."""
    events = tuple(event for event, _ in _mint(board, fleet, decision))
    return Written(extended(fleet, events), events)


def build(board: Board, fleet: Fleet, decision: Decision, *, summary: Summary = "") -> Written:
    """Turn decided facts into events and one commit on the fleet's; moves nothing."""
    check_writable(board, fleet)
    if not decision:
        return Written(fleet)
    author, committer = identity(board.git)
    minted = _mint(board, fleet, decision)
    after = extended(fleet, [event for event, _ in minted])
    events = tuple(event for event, _ in minted)
    told = summary if isinstance(summary, str) else summary()
    message = _message(board, after, events, told)
    changes = [Change(names.event_path(e.entity, e.id), data=data) for e, data in minted]
    commit = write_commits(
        board.git, [Commit(message, author, committer, changes, (fleet.commit,))]
    )
    return Written(after, events, commit, changes=tuple(changes))


def _mint(board: Board, fleet: Fleet, decision: Decision) -> list[tuple[Event, bytes]]:
    now = board.now()
    newest_seen = fleet.newest_stamp(until=now + DRIFT)
    stamp = tick(now=now, seen=[newest_seen] if newest_seen else [])
    newest: dict[str, tuple[str, ...]] = {}
    minted: list[tuple[Event, bytes]] = []
    for fact in decision:
        if isinstance(fact, Given):
            given = fact
        else:
            event_id = f"{stamp}-{board.host}-{names.base32(board.bits(40), 8)}"
            heads = newest.get(fact.entity) or fleet.entity(fact.entity).heads
            given = Given(fact, event_id, board.actor, board.clone, heads)
            newest[fact.entity] = (event_id,)
            stamp = stamp.next()
        minted.append(_written(given))
    return minted


def _message(board: Board, fleet: Fleet, events: Sequence[Event], summary: str) -> str:
    told = [sentence(fleet, event) for event in events]
    subject = summary or (told[0] if len(told) == 1 else f"{told[0]} (+{len(told) - 1} more)")
    body = "\n".join(told) + "\n\n" if len(told) > 1 and not summary else ""
    return f"{subject}\n\n{body}{CLONE_TRAILER}: {board.clone}\n"


def _written(given: Given) -> tuple[Event, bytes]:
    data = event_bytes(
        given.fact, event_id=given.id, by=given.by, clone=given.clone, after=given.after
    )
    return read(parse(data)), data


def extended(fleet: Fleet, new: Sequence[Event]) -> Fleet:
    """The projection with more events: only the entities they touch fold again."""
    touched: dict[str, list[Event]] = {}
    for event in new:
        touched.setdefault(event.entity, []).append(event)
    prefetch(fleet.events, touched)
    events = {key: (*fleet.events.get(key, ()), *found) for key, found in touched.items()}
    entities = {key: fold(key, found) for key, found in events.items()}
    rows = {key: row_of(entity) for key, entity in entities.items()}
    return Fleet(
        Overlaid(entities, fleet.entities),
        Overlaid(events, fleet.events),
        fleet.findings,
        fleet.manifest,
        fleet.commit,
        fleet.table.with_changed(rows),
    )
