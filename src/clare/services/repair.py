"""Accepting what cannot be read."""

from collections.abc import Sequence

from clare.errors import ClareError
from clare.events.fact import Acknowledged, Fact
from clare.fleet import Finding, Fleet
from clare.services.act import Outcome, act
from clare.store.board import Board
from clare.store.move import behind
from clare.store.sync import check_waiting
from clare.views.doctor import BROKEN, NOTE, Diagnosis, examine


def diagnose(board: Board, fleet: Fleet) -> list[Diagnosis]:
    """What is wrong with a board, and with the commits that wait here to be published."""
    found = examine(fleet, now=board.now())
    if behind(board.git):
        waits = "waits for events that the branch has; another command is at work, or it is locked"
        found.append(Diagnosis(NOTE, "working tree", waits))
    try:
        check_waiting(board, fleet)
    except ClareError as problem:
        where = f"branch {board.place.branch}"
        return [Diagnosis(BROKEN, where, f"{problem.message}; {problem.hint}"), *found]
    return found


def acknowledge(board: Board, files: Sequence[str]) -> Outcome:
    """Say that these unreadable files are known; as long as they stay as they are, they are silent.

    Raises ClareError for a file that is not one of them, or that belongs to no entity.
    """

    def decide(fleet: Fleet) -> list[Fact]:
        by_entity: dict[str, list[str]] = {}
        for path in files:
            finding = _found(fleet, path)
            by_entity.setdefault(finding.entity, []).append(finding.name)
        return [Acknowledged(entity=key, files=tuple(names)) for key, names in by_entity.items()]

    return act(board, decide)


def _found(fleet: Fleet, path: str) -> Finding:
    for finding in fleet.open_findings:
        if path in (finding.path, finding.path.rpartition("/")[2]):
            if finding.entity:
                return finding
            raise ClareError(
                f"{path} is in no entity's folder", hint="it is no event: remove it with git"
            )
    raise ClareError(f"nothing is found wrong with {path}", hint="`clare doctor` lists the files")
