"""Every fact and every text reads back exactly as it was written, from bytes that never change."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clare.clock import SECOND
from clare.errors import ClareError
from clare.events.event import Event
from clare.events.fact import Acknowledged, type_registry
from clare.events.fields import MAX_TEXT, Priority, Status
from clare.events.read import Node, read
from clare.events.task import TaskClaimed, TaskCommented, TaskCreated, TaskFields
from clare.events.text import dump, event_bytes
from clare.state import DEFAULTS, PRIORITIES, STATUSES
from clare.store.files import parse
from tests.core.facts import (
    ACTORS,
    CLONE,
    CLONES,
    EARLIER,
    EVENT,
    EVENT_IDS,
    PINNED,
    STRATEGIES,
    TASK,
    TRICKY,
    TRICKY_TEXTS,
    written,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "events"


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


def test_what_fields_take_is_what_the_rest_of_clare_names() -> None:
    assert get_args(Status) == STATUSES
    assert get_args(Priority) == PRIORITIES
    fields = TaskFields().model_dump()
    assert {name: fields[name] for name in DEFAULTS} == DEFAULTS
    assert not any(value for name, value in fields.items() if name not in DEFAULTS)
