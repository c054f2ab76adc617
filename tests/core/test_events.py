"""Events round-trip exactly, what is newer is carried, what is hostile is refused."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clare.clock import SECOND
from clare.errors import ClareError
from clare.events.event import Effect, Event
from clare.events.fact import Acknowledged, Fact, Retracted, type_registry
from clare.events.fields import MAX_LINE, MAX_TEXT
from clare.events.read import Malformed, Node, read
from clare.events.task import TaskClaimed, TaskCommented, TaskCreated, TaskEdited, TaskFields
from clare.events.text import MAX_BYTES, dump, event_bytes
from clare.store.files import BadFile, parse
from tests.core.facts import (
    ACTORS,
    CLONE,
    CLONES,
    EARLIER,
    EVENT,
    EVENT_IDS,
    PINNED,
    PROJECT,
    STRATEGIES,
    TASK,
    TRICKY,
    TRICKY_TEXTS,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "events"
ENVELOPE: dict[str, Node] = {
    "id": EVENT,
    "type": "task.edited",
    "by": "nat",
    "clone": CLONE,
    "entity": TASK,
}


def written(fact: Fact) -> bytes:
    return event_bytes(fact, event_id=EVENT, by="nat", clone=CLONE, after=[EARLIER])


def mapping(**body: Node) -> dict[str, Node]:
    return {**ENVELOPE, **body}


# The bytes, and back.


def test_every_type_has_a_strategy_and_pinned_bytes() -> None:
    assert set(STRATEGIES) == set(type_registry)
    assert set(PINNED) == set(type_registry)
    assert {path.stem for path in GOLDEN.glob("*.yaml")} == set(type_registry)


@pytest.mark.parametrize("name", sorted(PINNED))
def test_the_bytes_of_an_event_never_change(name: str) -> None:
    data = (GOLDEN / f"{name}.yaml").read_bytes()
    assert written(PINNED[name]) == data
    assert read(parse(data)) == Event(
        id=EVENT,
        type=name,
        by="nat",
        clone=CLONE,
        entity=PINNED[name].entity,
        after=(EARLIER,),
        effect=PINNED[name].effect(),
    )


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@given(st.data())
def test_every_fact_reads_back_as_it_was_written(name: str, data: st.DataObject) -> None:
    fact = data.draw(STRATEGIES[name])
    who, clone, one = data.draw(ACTORS), data.draw(CLONES), data.draw(EVENT_IDS)
    after = data.draw(st.lists(EVENT_IDS, max_size=2))
    file = event_bytes(fact, event_id=one, by=who, clone=clone, after=after)
    assert read(parse(file)) == Event(
        id=one,
        type=name,
        by=who,
        clone=clone,
        entity=fact.entity,
        after=tuple(after),
        effect=fact.effect(),
    )


def through_yaml(text: str) -> tuple[Node, ...]:
    """The text as a value, in a nested map, in a list and as a key."""
    file = dump({"a": text, "b": {"c": {"d": text}}, "e": [text, text], "f": {text: "x"}, "g": "."})
    read_back = parse(file)
    assert b"\r" not in file
    assert read_back["g"] == "."
    assert read_back["b"] == {"c": {"d": text}}
    assert read_back["e"] == [text, text]
    return read_back["a"], read_back["f"]


@pytest.mark.parametrize("text", TRICKY_TEXTS)
def test_tricky_text_reads_back_exactly(text: str) -> None:
    assert parse(dump({"title": text, "texts": [text]})) == {"title": text, "texts": [text]}


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.text(st.sampled_from("ab \n\t-:#|>\"'.?%&*![]{},\u2028\x85\ufeff")),
    )
)
@example("... x")
@example("--- x")
def test_any_text_reads_back_exactly(text: str) -> None:
    assert through_yaml(text) == (text, {text: "x"})


@pytest.mark.parametrize("title", TRICKY)
def test_a_title_is_kept_to_the_letter(title: str) -> None:
    fact = TaskCreated(entity=TASK, set=TaskFields(title=title))
    assert read(parse(written(fact))).effect.set == {"title": title}


def test_text_that_reads_safely_stays_plain_and_lines_stay_lines() -> None:
    texts = {"on": "on", "body": "a\nb", "end": "a\n", "ends": "a\n\n", "colon": "a: b", "no": ""}
    assert dump(texts) == (
        b'on: on\nbody: |-\n  a\n  b\nend: |\n  a\nends: |+\n  a\n\ncolon: "a: b"\nno: ""\n'
    )


def test_hidden_characters_are_written_visibly() -> None:
    assert dump({"a": '\x1b\u202e\ufeff\t\\"'}) == b'a: "\\x1b\\u202e\\ufeff\\t\\\\\\""\n'
    assert dump({"a": "\ud800"}) == b'a: "\\ud800"\n'
    assert dump({"a": "b\n \nc"}) == b'a: "b\\n \\nc"\n'


def test_empty_lists_and_maps_are_left_out() -> None:
    assert dump({"a": [], "b": {}, "c": {"d": {}}, "e": ["x"]}) == b"e:\n- x\n"


def test_an_event_without_parents_has_no_after() -> None:
    file = event_bytes(PINNED["task.edited"], event_id=EVENT, by="nat", clone=CLONE, after=[])
    assert b"after" not in file
    assert read(parse(file)).after == ()


# Writing refuses what would not read.


@pytest.mark.parametrize("field", ["title", "labels", "banana"])
def test_writing_refuses_a_field_it_does_not_know_or_that_does_not_fit(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        TaskFields.model_validate({field: ""})


def test_writing_refuses_a_file_that_nobody_would_read() -> None:
    fact = TaskCommented(entity=TASK, text=" " + '"' * 40_000)
    with pytest.raises(ClareError, match="larger than 64 KiB") as refused:
        written(fact)
    assert refused.value.hint


@pytest.mark.parametrize("lease", [0, -SECOND, 1, 1_500, 1_000_000 * SECOND])
def test_writing_refuses_a_lease_that_has_no_text(lease: int) -> None:
    with pytest.raises(ValidationError, match="lease"):
        TaskClaimed(entity=TASK, lease=lease)


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "é" * MAX_TEXT])
def test_writing_refuses_broken_unicode_and_endless_text(text: str) -> None:
    with pytest.raises(ValidationError, match=r"Unicode|longer|unicode"):
        TaskCommented(entity=TASK, text=text)
    with pytest.raises(ValidationError, match=r"Unicode|longer|unicode"):
        Acknowledged(entity=TASK, files=(text,))


UNFIT: dict[str, list[str]] = {
    "title": ["", " ", "a\nb", "a\x85b", "a\u2028b", "a\x00", "x" * (MAX_LINE + 1)],
    "project": ["Parser", "../a", "con"],
    "type": ["", "two words", "-x", "a,b", "x" * 101, "a\x1bb"],
    "status": ["", "closed"],
    "priority": ["P5", "1"],
    "pinned": ["yes", "True"],
    "parent": ["7qk2", "7qk2m9xw4v0u"],
    "assignee": ["-x", "a b"],
    "due": ["tomorrow", "2026-02-30"],
}


@pytest.mark.parametrize(("field", "value"), [(k, v) for k, vs in UNFIT.items() for v in vs])
def test_a_value_that_does_not_fit_is_left_out_and_reported(field: str, value: str) -> None:
    with pytest.raises(ValidationError):
        TaskFields.model_validate({field: value})
    event = read(mapping(set={field: value, "body": "fits"}))
    assert event.effect.set == {"body": "fits"}
    assert [report.partition(":")[0] for report in event.unfit] == [f"set.{field}"]
    assert event.carried == ()


# Reading is lenient about what.


def test_unfit_elements_are_left_out_one_by_one() -> None:
    event = read(mapping(add={"labels": ["a", "b c", "d", "", "e"], "needs": "7qk2m9xw4v0c"}))
    assert event.effect.add == {"labels": ("a", "d", "e")}
    assert [report.partition(":")[0] for report in event.unfit] == [
        "add.needs",
        "add.labels.3",
        "add.labels.1",
    ]


def test_a_value_of_the_wrong_shape_is_left_out() -> None:
    event = read(mapping(set="x", add=["y"], remove={"labels": {"z": "1"}}))
    assert event.effect == Effect()
    assert len(event.unfit) == 3


def test_an_unknown_type_acts_as_far_as_it_is_understood() -> None:
    event = read(
        mapping(
            type="task.split",
            set={"title": "half", "mood": "good", "status": "gone"},
            add={"labels": ["a"], "watchers": ["nat", ["x"]]},
            remove={"labels": ["b"], "watchers": ["mo"]},
            retracts=[EARLIER],
            ends=[EARLIER],
            into=["7qk2m9xw4v0c"],
        )
    )
    assert event.effect == Effect(
        set={"title": "half", "mood": "good"},
        add={"labels": ("a",), "watchers": ("nat",)},
        remove={"labels": ("b",), "watchers": ("mo",)},
        retracts=(EARLIER,),
        ends=(EARLIER,),
    )
    assert event.carried[0] == "type task.split"
    assert {"into", "set.mood", "add.watchers", "remove.watchers"} == set(event.carried[1:])
    assert [report.partition(":")[0] for report in event.unfit] == ["set.status"]


def test_an_unknown_type_about_a_project_acts_too() -> None:
    event = read(
        mapping(
            type="project.moved",
            entity=PROJECT,
            set={"title": "Parser", "priority": "P0", "status": "open"},
            add={"labels": ["a"]},
            retracts=[EARLIER],
        )
    )
    assert event.effect == Effect(
        set={"title": "Parser", "priority": "P0"}, add={"labels": ("a",)}, retracts=(EARLIER,)
    )
    assert {"set.priority", "add"} <= set(event.carried)


def test_an_unknown_kind_of_entity_has_fields_and_sets() -> None:
    event = read(
        mapping(
            type="sprint.planned",
            entity="sprints/one",
            set={"title": "", "goal": "ship", "odd": ["x"]},
            add={"tasks": ["a", "b"]},
            remove={"tasks": ["c"]},
            retracts=[EARLIER, "not an id"],
            ends=[EARLIER],
            days="10",
        )
    )
    assert event.effect == Effect(
        set={"title": "", "goal": "ship"},
        add={"tasks": ("a", "b")},
        remove={"tasks": ("c",)},
        retracts=(EARLIER,),
        ends=(EARLIER,),
    )
    assert event.carried == ("type sprint.planned", "days")
    assert len(event.unfit) == 2


def test_a_new_field_of_a_known_type_is_carried_and_the_rest_acts() -> None:
    event = read(mapping(type="task.claimed", lease="4h", hub="true", colour="red"))
    assert event.effect == Effect(lease=14_400_000, hub=True)
    assert event.carried == ("colour",)


@pytest.mark.parametrize("hub", ["yes", "on", "1", "True", "t", "", ["true"]])
def test_a_flag_is_true_or_false_and_nothing_else(hub: Node) -> None:
    event = read(mapping(type="task.claimed", lease="4h", hub=hub))
    assert event.effect == Effect(lease=14_400_000)
    assert [report.partition(":")[0] for report in event.unfit] == ["hub"]
    assert read(mapping(type="task.claimed", lease="4h", hub="false")).effect.hub is False


@pytest.mark.parametrize("lease", ["", "forever", "0h", "1000000d", ["4h"], {"h": "4"}])
def test_a_claim_without_a_lease_that_fits_is_no_claim(lease: Node) -> None:
    event = read(mapping(type="task.claimed", lease=lease, set={"mood": "good"}))
    assert event.effect == Effect(set={"mood": "good"})
    assert "lease is missing" in event.unfit


def test_a_comment_without_text_is_no_comment() -> None:
    event = read(mapping(type="task.commented"))
    assert event.effect == Effect()
    assert event.unfit == ("text is missing",)


def test_the_place_for_a_signature_is_nothing_unknown() -> None:
    event = read(mapping(sig="abc", set={"status": "done"}))
    assert (event.carried, event.unfit) == ((), ())


def test_a_file_full_of_what_does_not_fit_is_read_and_all_of_it_reported() -> None:
    event = read(mapping(add={"needs": ["x"] * 20_000}, **{f"k{n}": "" for n in range(9_000)}))
    assert (len(event.unfit), len(event.carried)) == (20_000, 9_000)


# Reading is strict about who and when.


@pytest.mark.parametrize("key", ["id", "type", "by", "clone", "entity"])
def test_without_its_envelope_a_file_is_no_event(key: str) -> None:
    rest = {name: value for name, value in ENVELOPE.items() if name != key}
    with pytest.raises(Malformed, match=key):
        read(rest)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "../../etc/passwd"),
        ("id", EVENT + "\n"),
        ("id", ["x"]),
        ("type", "edited"),
        ("type", "task.edited\n"),
        ("type", {"a": "b"}),
        ("by", "-rf"),
        ("by", "n\x1bat"),
        ("clone", "ILOU"),
        ("entity", "tasks/../x"),
        ("entity", "tasks/parser"),
        ("entity", PROJECT),
        ("after", EARLIER),
        ("after", ["x"]),
        ("after", ""),
        ("after", {EARLIER: ""}),
    ],
)
def test_an_envelope_that_does_not_fit_is_no_event(key: str, value: Node) -> None:
    with pytest.raises(Malformed, match=rf"^({key}|type)"):
        read(mapping(**{key: value}))


def test_a_retraction_fits_every_kind_and_has_seen_what_it_names() -> None:
    event = read(mapping(type="event.retracted", entity="sprints/one", retracts=[EARLIER, EVENT]))
    assert list(event.names()) == [EARLIER]
    assert Retracted(entity="sprints/one", retracts=(EARLIER,)).effect() == Effect(
        retracts=(EARLIER,)
    )


def test_the_base_of_all_facts_says_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Fact(entity=TASK).effect()


def test_a_fact_writes_only_what_was_given() -> None:
    fact = TaskEdited(entity=TASK, set=TaskFields(assignee=""))
    assert fact.body() == {"set": {"assignee": ""}}
    assert read(parse(written(fact))).effect.set == {"assignee": ""}


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
