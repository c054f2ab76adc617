"""Digests: clones that have exchanged everything show the same ones."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from clare.fleet import Fleet
from clare.state import FOLD_VERSION, Entity


@dataclass(frozen=True, slots=True)
class Digest:
    """`files` is git's tree id of the folder `fleet/`: the exact set. `state` is of what it folds to."""

    files: str
    state: str
    events: int
    fold: int = FOLD_VERSION


def digest(fleet: Fleet, *, files: str) -> Digest:
    """The digests of a board at one commit, whose folder `fleet/` is the tree `files`."""
    return Digest(
        files=files,
        state=state_digest(fleet.entities),
        events=sum(len(events) for events in fleet.events.values()),
    )


def state_digest(entities: Mapping[str, Entity]) -> str:
    """SHA-256 over every entity's whole state in canonical JSON, and the version of the fold."""
    whole = [plain(entities[key]) for key in sorted(entities)]
    text = json.dumps([FOLD_VERSION, whole], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain(entity: Entity) -> dict[str, object]:
    """All that an entity's state holds, each record with the names of its values."""
    named = entity._asdict()
    written = entity.fields.items()
    return {
        **named,
        "fields": {name: [head._asdict() for head in heads] for name, heads in written},
        "comments": [said._asdict() for said in entity.comments],
        "claims": [claim._asdict() for claim in entity.claims],
        "created": entity.created and entity.created._asdict(),
        "updated": entity.updated and entity.updated._asdict(),
    }
