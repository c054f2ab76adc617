"""Digests: equal for equal states, different for different ones."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.events.event import Effect
from clare.state import Claim, Comment, Entity, Mark, Write
from clare.views.digest import digest, state_digest
from tests.views.fleets import event, fleet_of, key_of, task

KEY = key_of("a")
ENTITY = Entity(
    key=KEY,
    exists=True,
    fields={"title": (Write("1", "nat", "A"), Write("2", "ada", "B")), "body": (Write("1", "nat", ""),)},
    sets={"labels": {"x": ("1", "2")}},
    comments=(Comment("3", "nat", "first"), Comment("4", "ada", "second")),
    claims=(Claim("5", "nat", "4v0c7qk2", 7, True),),
    acknowledged=("f@0",),
    created=Mark("1", "nat"),
    updated=Mark("5", "nat"),
    heads=("4", "5"),
    reports=("forged",),
)  # fmt: skip

CHANGES: dict[str, tuple[Entity, ...]] = {
    "key": (ENTITY._replace(key=key_of("b")),),
    "exists": (ENTITY._replace(exists=False),),
    "fields": (
        ENTITY._replace(fields={}),
        ENTITY._replace(fields={**ENTITY.fields, "body": (Write("1", "nat", " "),)}),
        ENTITY._replace(fields={**ENTITY.fields, "body": (Write("2", "nat", ""),)}),
        ENTITY._replace(fields={**ENTITY.fields, "body": (Write("1", "ada", ""),)}),
        ENTITY._replace(fields={**ENTITY.fields, "type": (Write("1", "nat", "bug"),)}),
        ENTITY._replace(fields={**ENTITY.fields, "title": ENTITY.fields["title"][::-1]}),
        ENTITY._replace(fields={**ENTITY.fields, "title": ENTITY.fields["title"][:1]}),
    ),
    "sets": (
        ENTITY._replace(sets={}),
        ENTITY._replace(sets={"labels": {"y": ("1", "2")}}),
        ENTITY._replace(sets={"labels": {"x": ("1",)}}),
        ENTITY._replace(sets={"needs": {"x": ("1", "2")}}),
    ),
    "comments": (
        ENTITY._replace(comments=()),
        ENTITY._replace(comments=ENTITY.comments[::-1]),
        ENTITY._replace(comments=(Comment("3", "nat", "first!"), ENTITY.comments[1])),
        ENTITY._replace(comments=(Comment("3", "ada", "first"), ENTITY.comments[1])),
        ENTITY._replace(comments=(Comment("2", "nat", "first"), ENTITY.comments[1])),
    ),
    "claims": (
        ENTITY._replace(claims=()),
        *(
            ENTITY._replace(claims=(claim,))
            for claim in (
                Claim("6", "nat", "4v0c7qk2", 7, True),
                Claim("5", "ada", "4v0c7qk2", 7, True),
                Claim("5", "nat", "4v0c7qk3", 7, True),
                Claim("5", "nat", "4v0c7qk2", 8, True),
                Claim("5", "nat", "4v0c7qk2", 7, False),
            )
        ),
    ),
    "acknowledged": (ENTITY._replace(acknowledged=()), ENTITY._replace(acknowledged=("f@1",))),
    "created": (
        ENTITY._replace(created=None),
        ENTITY._replace(created=Mark("2", "nat")),
        ENTITY._replace(created=Mark("1", "ada")),
    ),
    "updated": (
        ENTITY._replace(updated=None),
        ENTITY._replace(updated=Mark("4", "nat")),
        ENTITY._replace(updated=Mark("5", "ada")),
    ),
    "heads": (ENTITY._replace(heads=("5",)), ENTITY._replace(heads=("4", "6"))),
    "reports": (ENTITY._replace(reports=()), ENTITY._replace(reports=("other",))),
}


def of(*entities: Entity) -> str:
    return state_digest({entity.key: entity for entity in entities})


def test_every_part_of_the_state_has_its_changes_here() -> None:
    assert list(CHANGES) == list(Entity._fields)


@pytest.mark.parametrize("part", CHANGES)
def test_changing_any_part_of_an_entity_changes_the_state_digest(part: str) -> None:
    digests = [of(ENTITY), *(of(changed) for changed in CHANGES[part])]
    assert len(set(digests)) == len(digests)


def test_an_entity_more_changes_the_state_digest() -> None:
    other = ENTITY._replace(key=key_of("b"))
    assert len({of(), of(ENTITY), of(other), of(ENTITY, other)}) == 4


def test_the_order_in_memory_changes_nothing() -> None:
    other = ENTITY._replace(key=key_of("b"), fields=dict(reversed(list(ENTITY.fields.items()))))
    assert of(ENTITY, other) == of(other, ENTITY)
    assert of(ENTITY._replace(fields=other.fields)) == of(ENTITY)


TEXTS = st.text(max_size=4)
WRITES = st.lists(st.builds(Write, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple)
MARKS = st.none() | st.builds(Mark, TEXTS, TEXTS)
ENTITIES = st.builds(
    Entity,
    key=st.sampled_from([KEY, key_of("b")]),
    exists=st.booleans(),
    fields=st.dictionaries(TEXTS, WRITES, max_size=2),
    sets=st.dictionaries(
        TEXTS,
        st.dictionaries(TEXTS, st.lists(TEXTS, max_size=2).map(tuple), max_size=2),
        max_size=2,
    ),
    comments=st.lists(st.builds(Comment, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    claims=st.lists(
        st.builds(Claim, TEXTS, TEXTS, TEXTS, st.integers(0, 3), st.booleans()), max_size=2
    ).map(tuple),
    acknowledged=st.lists(TEXTS, max_size=2).map(tuple),
    created=MARKS,
    updated=MARKS,
    heads=st.lists(TEXTS, max_size=2).map(tuple),
    reports=st.lists(TEXTS, max_size=2).map(tuple),
)


@given(ENTITIES, ENTITIES)
def test_digests_are_equal_exactly_when_the_states_are(one: Entity, other: Entity) -> None:
    assert (of(one) == of(other)) == (one == other)


@given(ENTITIES, st.sampled_from(list(Entity._fields)), ENTITIES)
def test_replacing_one_part_by_another_s_changes_the_digest_if_they_differ(
    one: Entity, part: str, other: Entity
) -> None:
    mixed = one._replace(**{part: getattr(other, part)})
    assert (of(mixed) == of(one)) == (mixed == one)


EFFECTS: Mapping[str, Effect] = {
    "a field": Effect(set={"title": "other"}),
    "an unknown field": Effect(set={"estimate": "3d"}),
    "an element": Effect(add={"labels": ("x",)}),
    "a comment": Effect(comment="x"),
    "a claim": Effect(lease=1_000),
    "an acknowledgement": Effect(acknowledges=("f@0",)),
    "nothing": Effect(),
}


@pytest.mark.parametrize("what", EFFECTS)
def test_every_event_changes_the_state_digest(what: str) -> None:
    before = task("a")
    later = event(KEY, EFFECTS[what], number=1, after=(before[0].id,))
    old, new = fleet_of(before), fleet_of(before, [later])
    one, other = digest(old, files=""), digest(new, files="")
    assert one.state != other.state
    assert (one.events, other.events) == (1, 2)


def test_a_digest_names_the_version_of_the_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(ENTITY)
    monkeypatch.setattr("clare.views.digest.FOLD_VERSION", 99)
    assert of(ENTITY) != before
