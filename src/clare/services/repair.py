"""Accepting what cannot be read."""

from collections.abc import Sequence

from clare.errors import ClareError
from clare.events.fact import Acknowledged, Fact
from clare.fleet import Finding, Fleet
from clare.services.act import Outcome, act
from clare.store.board import Board


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
