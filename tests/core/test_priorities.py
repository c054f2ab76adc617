"""Priorities as people write them: read in one way wherever they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.errors import ClareError
from clare.services.plan_entries import parsed
from clare.state import PRIORITIES, priority_of
from clare.views.query import parse
from clare.views.sheet import read

WRITTEN = {form: name for name in PRIORITIES for form in (name, name.lower(), name[1:])}


@given(st.sampled_from(sorted(WRITTEN)) | st.text(max_size=3))
def test_a_text_is_a_priority_everywhere_or_nowhere(text: str) -> None:
    try:
        found = priority_of(text)
    except ValueError:
        found = ""
    assert found == WRITTEN.get(text, "")


@pytest.mark.parametrize(("text", "name"), sorted(WRITTEN.items()))
def test_queries_plans_and_sheets_read_every_form(text: str, name: str) -> None:
    assert parse(f"priority:<={text}").terms
    entry = parsed(f"- title: a\n  priority: {text}\n".encode(), "week.yaml")[0]
    assert entry.fields["priority"] == name
    assert read(f"a\npriority: {text}\n").fields["priority"] == name


@pytest.mark.parametrize("text", ["P5", "5", "high", "P", "\u00b2"])
def test_what_is_none_is_refused_in_the_same_words_everywhere(text: str) -> None:
    told = f"{text!r} is none of P0, P1, P2, P3, P4"
    with pytest.raises(ClareError, match=told):
        parse(f"priority:{text}")
    with pytest.raises(ClareError, match=told):
        parsed(f"- title: a\n  priority: {text}\n".encode(), "week.yaml")
    with pytest.raises(ValueError, match=told):
        read(f"a\npriority: {text}\n")
