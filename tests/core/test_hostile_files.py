"""Hostile files are refused, and anything at all is either read or refused."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clare.events.event import Effect, Event
from clare.events.fact import type_registry
from clare.events.read import Malformed, Node, read
from clare.events.task import TaskFields
from clare.events.text import MAX_BYTES
from clare.store.files import BadFile, parse
from tests.core.facts import (
    EARLIER,
    ENVELOPE,
    EVENT,
    PINNED,
    PROJECT,
    TASK,
    mapping,
    written,
)

# Hostile files.

BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "alias": (b"a: *b\n", "line 1: aliases and anchors"),
    "anchor": (b"x: y\na: &b c\n", "line 2: aliases and anchors"),
    "anchor on a map": (b"a: &b\n  c: d\n", "line 1: aliases and anchors"),
    "anchor on the whole": (b"&a\nb: c\n", "line 1: anchors and tags"),
    "anchor on a key": (b"&a b: c\n", "aliases and anchors"),
    "alias as document": (b"*a\n", "not a map"),
    "bomb": (BOMB, "aliases and anchors"),
    "merge": (b"a: {b: c}\n<<: *a\n", "aliases and anchors"),
    "tag": (b"a: !!python/object/apply:os.system [ls]\n", "line 1: tags"),
    "harmless tag": (b"a: !!str b\n", "line 1: tags"),
    "bare tag": (b"a: ! b\n", "line 1: tags"),
    "tag on the whole": (b"!!map\na: b\n", "line 1: anchors and tags"),
    "duplicate key": (b"a: b\nc: d\na: e\n", "line 3: duplicate key a"),
    "duplicate key inside": (b"a:\n  b: c\n  b: d\n", "line 3: duplicate key b"),
    "key that is a list": (b"? [a]\n: b\n", "line 1: a key must be text"),
    "several documents": (b"a: b\n---\nc: d\n", "more than one document"),
    "empty second document": (b"a: b\n---\n", "more than one document"),
    "list": (b"- a\n", "not a map"),
    "text": (b"a\n", "not a map"),
    "empty": (b"", "not a map"),
    "comment": (b"# a\n", "not a map"),
    "CRLF": (b"a: b\r\n", r"line ends must be \\n"),
    "CR": (b"a: b\rc: d\r", r"line ends must be \\n"),
    "not UTF-8": (b"a: \xff\n", "not UTF-8 at byte 3"),
    "UTF-16": ("a: b\n".encode("utf-16"), "not UTF-8 at byte 0"),
    "NUL": (b"a: b\x00\n", "control characters"),
    "escape": (b"a: \x1b[2J\n", "control characters"),
    "half-written": (b'id: "2026', "line 1"),
    "surrogate": (b'a: "\\ud800"\n', "line 1: .*Unicode"),
    "tab": (b"a:\n\tb: c\n", "line 2"),
    "too large": (b"a: " + b"x" * MAX_BYTES, "larger than 64 KiB"),
    "deep flow": (b"a: " + b"[" * 60_000, "nested too deeply"),
    "deep maps": (b"{a: " * 10_000, "nested too deeply"),
    "deep block": (b"".join(b" " * n + b"a:\n" for n in range(300)), "nested too deeply"),
    "newer YAML": (b"%YAML 9.9\n---\na: b\n", "incompatible"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(name: str) -> None:
    data, why = HOSTILE[name]
    with pytest.raises(BadFile, match=why):
        parse(data)


def test_a_file_written_by_hand_may_use_any_plain_style() -> None:
    data = b"# a comment\n---\na: 'b'\nc: [d, {e: on}]\nf: >\n  g\n  h\ni:\nj: ~\n...\n"
    expected = {"a": "b", "c": ["d", {"e": "on"}], "f": "g h\n", "i": "", "j": "~"}
    assert parse(data) == expected


def test_a_file_of_exactly_the_largest_size_is_read() -> None:
    assert parse(b"a: " + b"x" * (MAX_BYTES - 3)) == {"a": "x" * (MAX_BYTES - 3)}


def test_maps_and_lists_may_be_nested_as_deep_as_any_event_needs_and_no_deeper() -> None:
    assert parse(b"a: " + b"[" * 7 + b"x" + b"]" * 7)
    with pytest.raises(BadFile, match="line 1: nested too deeply"):
        parse(b"a: " + b"[" * 8 + b"x" + b"]" * 8)


# Anything at all.


def outcome(data: bytes) -> Event | None:
    """The event in some bytes, or None when they are refused in one of the two ways there are."""
    try:
        return read(parse(data))
    except (BadFile, Malformed):
        return None


VALID = written(PINNED["task.created"])


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(st.sampled_from("abc: \n-?[]{}&*!|>'\"%#,~.\t\ufeff"), max_size=60).map(str.encode),
        st.builds(
            lambda at, by: VALID[:at] + by + VALID[at + len(by) :],
            st.integers(0, len(VALID)),
            st.binary(max_size=4),
        ),
        st.integers(0, len(VALID)).map(lambda at: VALID[:at]),
    )
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    event = outcome(data)
    assert event is None or event.id


NODES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(st.text(max_size=8), st.sampled_from(["done", "P1", "4h", "true", EARLIER, TASK])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
KNOWN = sorted({"set", "add", "remove", "text", "lease", "hub", "ends", "retracts", "files"})
INSIDE = sorted({*TaskFields.model_fields, "labels", "needs", "links"})
BODIES = st.dictionaries(
    st.one_of(st.sampled_from(KNOWN), st.sampled_from(KNOWN), st.text(max_size=5)),
    st.one_of(NODES, st.dictionaries(st.sampled_from(INSIDE), NODES, max_size=4)),
    max_size=5,
)


@settings(max_examples=300)
@given(
    st.sampled_from([*type_registry, "task.split", "sprint.planned"]),
    st.sampled_from([TASK, PROJECT, "sprints/one"]),
    BODIES,
)
def test_any_body_in_a_good_envelope_is_read_or_does_not_fit_its_entity(
    kind: str, entity: str, body: dict[str, Node]
) -> None:
    whole = {**body, **ENVELOPE, "type": kind, "entity": entity}
    fits = kind in type_registry and type_registry[kind].kinds
    if fits and entity.partition("/")[0] not in fits:
        with pytest.raises(Malformed, match="does not fit"):
            read(whole)
        return
    event = read(whole)
    assert (event.id, event.type, event.entity) == (EVENT, kind, entity)
    assert all(is_text(value) for value in event.effect.set.values())
    assert read(freeze(whole)) == event


def is_text(value: object) -> bool:
    return isinstance(value, str)


def freeze(node: Mapping[str, Node]) -> dict[str, Node]:
    """The same with tuples for lists: reading does not ask which sequence it is, nor change it."""

    def frozen(inner: Node) -> Node:
        if isinstance(inner, str):
            return inner
        if isinstance(inner, Mapping):
            return {key: frozen(value) for key, value in inner.items()}
        assert isinstance(inner, Sequence)
        return tuple(frozen(element) for element in inner)

    return {key: frozen(value) for key, value in node.items()}


@given(st.dictionaries(st.one_of(st.sampled_from([*ENVELOPE, "after"]), st.text()), NODES))
@example({**ENVELOPE, "after": [EARLIER]})
def test_any_mapping_is_read_or_malformed(whole: dict[str, Node]) -> None:
    try:
        event: Event | None = read(whole)
    except Malformed:
        event = None
    assert event is None or event.id == whole["id"]


def test_a_key_that_is_no_text_at_all_costs_the_effect_and_no_more() -> None:
    event = read({**mapping(set={"title": "x"}), "\ud800": "y"})
    assert (event.id, event.effect) == (EVENT, Effect())
    assert event.unfit
