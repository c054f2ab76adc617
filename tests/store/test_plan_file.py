"""Reading plans: names in any direction, lines everywhere, nothing but a clear refusal for the rest."""

import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clare.store.files import BadFile
from clare.store.plan_file import MAX_BYTES, Map, Text, Value, parse_plan


def plain(value: Value) -> object:
    """A value without its lines; a name stands under `&`."""
    if isinstance(value, Map):
        found: dict[str, object] = {key: plain(each) for key, each in value.fields.items()}
        return {"&": value.name, **found} if value.name else found
    return str(value) if isinstance(value, Text) else [plain(each) for each in value]


def read(text: str) -> list[object]:
    return [plain(value) for value in parse_plan(text.encode())]


def test_names_work_unquoted_in_every_natural_way_and_before_they_are_defined() -> None:
    plan = """\
- title: Release
  needs: [&lexer, *parser, "&tests"]
- &lexer
  title: Lexer
  needs: &tests
- &parser title: Parser
  needs:
  - *lexer
  - &tests
  parent: *tests
- &tests Write the tests
- A bare title
"""
    assert read(plan) == [
        {"title": "Release", "needs": ["&lexer", "&parser", "&tests"]},
        {"&": "&lexer", "title": "Lexer", "needs": "&tests"},
        {"&": "&parser", "title": "Parser", "needs": ["&lexer", "&tests"], "parent": "&tests"},
        {"&": "&tests", "title": "Write the tests"},
        "A bare title",
    ]


def test_every_scalar_is_text() -> None:
    plan = (
        "- title: no\n  due: 2026-12-01\n  body: |\n    1\n    2\n  labels: [1_000, ~]\n  parent:\n"
    )
    assert read(plan) == [
        {
            "title": "no",
            "due": "2026-12-01",
            "body": "1\n2\n",
            "labels": ["1_000", "~"],
            "parent": "",
        }
    ]
    assert read('{"title": "a", "pinned": true, "due": null, "key": 12345678901234567890.50}') == [
        {"title": "a", "pinned": "true", "due": "", "key": "12345678901234567890.50"}
    ]


def test_entries_and_fields_know_their_lines() -> None:
    one, two = parse_plan(b"# plan\n\n- title: a\n  due: x\n- b\n")
    assert isinstance(one, Map)
    assert (one.line, one.line_of("due"), one.line_of("nothing")) == (3, 4, 3)
    assert isinstance(two, Text)
    assert two.line == 5
    lines = parse_plan(b'{"title": "a"}\n\n{"title":\n"b"}\n{"title": "c"}\n')
    assert [each.line for each in lines if isinstance(each, Map)] == [1, 3, 5]
    listed = parse_plan(b'[\n  {"title": "a"},\n  {"title": "b"}\n]\n')
    assert [each.line for each in listed if isinstance(each, Map)] == [2, 3]


def test_one_map_is_a_plan_of_one_entry() -> None:
    assert read("title: a\nlabels: x\n") == [{"title": "a", "labels": "x"}]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    assert read("\ufeff- title: a\r\n  body: b\r\n") == [{"title": "a", "body": "b"}]
    assert read('\ufeff{"title": "a"}\r\n{"title": "b"}\r\n') == [{"title": "a"}, {"title": "b"}]


def test_characters_beyond_the_plane_come_from_json_as_programs_write_it() -> None:
    assert read(json.dumps([{"title": "🎉"}])) == [{"title": "🎉"}]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "nothing in it"),
        (b"# nothing\n", "nothing in it"),
        (b"- a\n- [\n", "line 3: did not find expected node content"),
        (b"- a\n--- \n- b\n", "line 2: more than one document"),
        (b"- title: a\n  title: b\n", "line 2: duplicate key title"),
        (b"- title: !!int 1\n", "line 1: tags are not allowed"),
        (b"- !x\n  title: a\n", "line 1: tags are not allowed"),
        (b"- title: a\n  ? [a]\n  : b\n", "line 2: a key must be text"),
        (b"- title: a\n  &x body: b\n", "line 2: &x names a field; a name belongs to an entry"),
        (b"- &x\n  &y title: b\n", "line 2: &y names a field; a name belongs to an entry"),
        (b"- needs: &x [a]\n", "line 1: &x names a list; a name belongs to an entry"),
        (b"- a\n- b: \xff\n", "line 2: not UTF-8"),
        (b"- a\n- \x07\n", "line 2: unacceptable character #x0007"),
        (b"- " * 40 + b"a", "line 1: nested too deeply"),
        (b'{"a": 1}\n{"a": 1, "a": 2}\n', "line 2: duplicate key a"),
        (b'{"a": 1}\n{"a": }\n', "line 2: Expecting value"),
        (b'{"a": 1}\nx\n', "line 2: Expecting value"),
        (b'[{"a": 1}\n', "line 2: the array does not end"),
        (b'[{"a": 1}]\n[]\n', "line 1: more after the array"),
        (b'{"a": ' + b"[" * 100_000, "line 1: nested too deeply"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "line 1: nested too deeply"),
        (b" " * (MAX_BYTES + 1), "larger than 5 MiB"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(data: bytes, problem: str) -> None:
    with pytest.raises(BadFile) as refused:
        parse_plan(data)
    assert str(refused.value).startswith(problem)


def test_what_would_be_a_bomb_is_only_names() -> None:
    plan = "- &a [x, x]\n" + "".join(f"- &{c} [*a, *a]\n" for c in "bcdefgh")
    with pytest.raises(BadFile, match="&a names a list"):
        parse_plan(plan.encode())
    assert read("- &a\n  needs: [*a, *a]\n") == [{"&": "&a", "needs": ["&a", "&a"]}]


@given(
    st.one_of(st.binary(max_size=200), st.text("-&*a:[]{}\n ,'\"|>?!%@`#\t1\\u").map(str.encode))
)
@example(b"-")
@example(b"&a")
@example(b"*a")
@example(b"[")
@example(b"{")
@example(b"- &a\n- *a: b")
def test_no_bytes_bring_anything_but_a_refusal(data: bytes) -> None:
    with suppress(BadFile):
        assert isinstance(parse_plan(data), list)
