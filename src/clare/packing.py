"""An entity's state as bytes and back, for what is kept beside the log."""

import marshal
from typing import cast

from clare.state import Claim, Comment, Entity, Mark, Write

_VERSION = 4
"""Of the format of `marshal`: every Python that Clare runs on reads it."""

_Writes = tuple[tuple[str, str, str], ...]
_Packed = tuple[
    str,
    bool,
    tuple[tuple[str, _Writes], ...],
    tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...],
    _Writes,
    tuple[tuple[str, str, str, int, bool], ...],
    tuple[str, ...],
    tuple[str, str] | None,
    tuple[str, str] | None,
    tuple[str, ...],
    tuple[str, ...],
]


def pack(entity: Entity) -> bytes:
    """The whole state of an entity."""
    packed: _Packed = (
        entity.key,
        entity.exists,
        tuple(
            (name, tuple((head.event, head.by, head.value) for head in heads))
            for name, heads in entity.fields.items()
        ),
        tuple((name, tuple(adds.items())) for name, adds in entity.sets.items()),
        tuple((said.event, said.by, said.text) for said in entity.comments),
        tuple((c.event, c.by, c.clone, c.end, c.hub) for c in entity.claims),
        entity.acknowledged,
        _marked(entity.created),
        _marked(entity.updated),
        entity.heads,
        entity.reports,
    )
    return marshal.dumps(packed, _VERSION)


def _marked(mark: Mark | None) -> tuple[str, str] | None:
    return (mark.event, mark.by) if mark else None


def unpack(data: bytes) -> Entity:
    """The entity that was packed; the bytes must be what `pack` made, whole."""
    packed = cast(_Packed, marshal.loads(data))
    key, exists, fields, sets, comments, claims = packed[:6]
    acknowledged, created, updated, heads, reports = packed[6:]
    return Entity(
        key=key,
        exists=exists,
        fields={name: tuple(Write(*each) for each in writes) for name, writes in fields},
        sets={name: dict(adds) for name, adds in sets},
        comments=tuple(Comment(*each) for each in comments),
        claims=tuple(Claim(*each) for each in claims),
        acknowledged=acknowledged,
        created=Mark(*created) if created else None,
        updated=Mark(*updated) if updated else None,
        heads=heads,
        reports=reports,
    )
