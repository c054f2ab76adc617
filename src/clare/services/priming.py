"""Gathering what an agent should know before it begins."""

from dataclasses import dataclass

from clare.config import choose_lease, in_nameless_agent
from clare.services.opening import open_board
from clare.store.freshness import fetched_at, unpublished
from clare.store.place import NoBoard
from clare.views.prime import MANUAL, NO_BOARD, Standing, held, prime


@dataclass(frozen=True, slots=True)
class Primed:
    """The text, and what it says about whoever asked."""

    text: str
    board: str | None = None
    actor: str | None = None
    holds: tuple[str, ...] = ()


def primed(*, fleet: str, actor: str) -> Primed:
    """What to know here; outside a fleet how to get one. Raises what is wrong with a board."""
    try:
        opened = open_board(fleet=fleet, actor=actor)
    except NoBoard:
        if fleet:
            raise
        return Primed(f"{NO_BOARD}\n{MANUAL}")
    board = opened.board
    now, known = board.now(), board.read()
    standing = Standing(
        actor=board.actor,
        host=board.host,
        is_nameless=in_nameless_agent(opened.actor),
        fetched=fetched_at(board),
        unpublished=unpublished(board, known),
        lease=choose_lease(shared=known.manifest.lease).value,
    )
    text = prime(known, standing, now=now)
    return Primed(
        text, known.manifest.name, board.actor or None, tuple(held(known, board.actor, now=now))
    )
