"""The short way through a file gives what the YAML parser gives, or nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clare.events import canonical
from clare.events.event import Node
from clare.events.text import MAX_BYTES, dump
from clare.store.files import BadFile, parse
from clare.store.libyaml import parse_any
from tests.core.facts import (
    PINNED,
    STRATEGIES,
    TRICKY_TEXTS,
    written,
)

# Files as they are written: the short way knows them all.

TEXTS = st.one_of(
    st.sampled_from(TRICKY_TEXTS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text(st.sampled_from("ab \n\t-:#|>\"'.?%&*![]{}\\,\u2028\x85\xa0\u3000\ufeff"), max_size=30),
    st.text(st.sampled_from("ab \n"), max_size=30),
)
KEYS = st.one_of(
    st.sampled_from(["id", "type", "set", "title", "add", "after", "...", "a b", "", "<<", "- a"]),
    TEXTS,
).filter(
    lambda key: not key.startswith("... ") and len(key) < 200  # what YAML cannot have as a key
)
VALUES = st.one_of(TEXTS, st.lists(TEXTS, max_size=3))
MAPPINGS = st.dictionaries(
    KEYS, st.one_of(VALUES, st.dictionaries(KEYS, VALUES, max_size=3)), max_size=5
)
"""Mappings as deep as an event's: text, lists, and maps of these."""


def agreed(data: bytes) -> dict[str, Node] | None:
    """What the short way says, checked against the long one."""
    short = canonical.parse(data)
    if short is not None:
        long = parse_any(data)
        assert short == long
        assert ordered(short) == ordered(long)
    return short


def ordered(node: Node) -> object:
    """The keys in their order, which equality does not look at."""
    return [(key, ordered(inner)) for key, inner in node.items()] if isinstance(node, dict) else ""


@settings(max_examples=1000)
@given(MAPPINGS)
@example({"a": {"b": "x\n\n", "c": ["y"]}, "d": "x\n"})
@example({"a": ["x\ny\n\n\n", "z"], "b": {"c": ["x\ny", "z"], "d": "e"}})
def test_the_short_way_reads_everything_that_is_written(mapping: dict[str, Node]) -> None:
    data = dump(mapping)
    kept = {key: value for key, value in mapping.items() if dump({key: value})}
    if kept:
        assert agreed(data) == parse_any(data)


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@given(st.data())
def test_the_short_way_reads_every_event_that_is_written(name: str, data: st.DataObject) -> None:
    assert agreed(written(data.draw(STRATEGIES[name]))) is not None


def test_the_short_way_reads_this_event_and_gives_its_texts_lists_and_maps() -> None:
    file = (
        b"id: 1\ntype: a.b\nby: nat\nclone: c\nentity: tasks/x\nafter:\n- 0\n- 00\n"
        b'set:\n  title: "a: b \\u202e\\t\\x00\\\\"\n  body: |-\n    one\n\n      two\n  end: |\n    x\n'
        b"  ends: |+\n    x\n\nadd:\n  labels:\n  - a b\n  - on\ntext: ~\n"
    )
    assert canonical.parse(file.replace(b"~", b"t")) == {
        "id": "1",
        "type": "a.b",
        "by": "nat",
        "clone": "c",
        "entity": "tasks/x",
        "after": ["0", "00"],
        "set": {
            "title": "a: b \u202e\t\x00\\",
            "body": "one\n\n  two",
            "end": "x\n",
            "ends": "x\n\n",
        },
        "add": {"labels": ["a b", "on"]},
        "text": "t",
    }
    assert canonical.parse(file) is None


# Anything else: it agrees or does not know.

PIECES = [
    *("\n", " ", "  ", "    ", "\t", "\r", "\r\n", "\x85", "\u2028", "\ufeff", "\xa0", "\x00"),
    *(
        "#",
        " # a",
        "#a",
        ": ",
        ":",
        "- ",
        "-",
        "? ",
        "'",
        '"',
        "\\",
        "\\x41",
        "\\ud800",
        "\\U0001f600",
    ),
    *(
        "\\\n",
        "&a ",
        "*a",
        "!a ",
        "!!str ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "%YAML 1.1\n",
        "---\n",
        "--- ",
    ),
    *("...\n", "... ", "|", "|-", "|+", "|2", ">", "|-\n", "|+\n", "a: b\n", "  a: b\n", "- a\n"),
    *("  - a\n", "a:\n", "  a:\n", "after:\n", "- x\n", "é", "\U0001f389", "\u202e", "<<: ", "~"),
]
FILES = st.one_of(
    MAPPINGS.map(dump),
    st.sampled_from([written(fact) for fact in PINNED.values()]),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A written file with some of its lines and characters changed."""
    data = draw(FILES)
    for _ in range(draw(st.integers(1, 3))):
        data = draw(st.sampled_from([by_line, by_piece, by_byte, by_key]))(draw, data)
    return data


def by_line(draw: st.DrawFn, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at, to = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    line = lines[at]
    change = draw(st.sampled_from(["again", "away", "moved", "in", "out", "space", "half"]))
    if change == "again":
        lines.insert(to, line)
    elif change == "away":
        del lines[at]
    elif change == "moved":
        lines.insert(to, lines.pop(at))
    elif change == "in":
        lines[at] = draw(st.sampled_from([b" ", b"  ", b"    ", b"\t"])) + line
    elif change == "out":
        lines[at] = line[draw(st.integers(1, 2)) :]
    elif change == "space":
        lines[at] = line.rstrip(b"\n") + draw(
            st.sampled_from([b" \n", b"\t\n", b" #\n", b"\n\n", b""])
        )
    else:
        lines[at] = line[: draw(st.integers(0, len(line)))]
    return b"".join(lines)


def by_piece(draw: st.DrawFn, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    start = draw(st.integers(0, len(text)))
    end = start + draw(st.sampled_from([0, 0, 1, 2]))
    return (text[:start] + draw(st.sampled_from(PIECES)) + text[end:]).encode()


def by_byte(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.binary(max_size=2)) + data[at + 1 :]


def by_key(draw: st.DrawFn, data: bytes) -> bytes:
    """One of the file's keys once more, plain or in quotes, somewhere."""
    lines = data.splitlines(keepends=True) or [b""]
    key = draw(st.sampled_from(lines)).partition(b":")[0]
    shape = draw(st.sampled_from([b"%s: x\n", b'"%s": x\n', b"%s: |-\n  x\n", b"%s:\n- x\n"]))
    lines.insert(draw(st.integers(0, len(lines))), shape % key)
    return b"".join(lines)


@settings(max_examples=2500)
@given(damaged())
@example(b"a: |+\n  b\n\n  c: d\n")
@example(b"a: |-\n  b\n\nc: d\n")
@example(b"a:\n- b\n  c: d\n")
@example(b"a: b\n  c: d\n")
@example(b"a:\n  b:\n    c: d\n")
@example(b"a:\n  b:\n  - c\n- d\n")
@example(b"... a: b\n")
@example(b'a: "\\ud800"\n')
@example(b'a: b\n"a": c\n')
@example(b'"\\x61": b\na: c\n')
def test_of_a_damaged_file_the_short_way_says_the_same_or_nothing(data: bytes) -> None:
    agreed(data)


@settings(max_examples=1000)
@given(
    st.one_of(
        st.lists(st.sampled_from(PIECES), max_size=12).map(lambda pieces: "".join(pieces).encode()),
        st.lists(st.sampled_from([*PIECES, "a", "b: ", "c:\n"]), max_size=12).map(
            lambda pieces: "".join(["a: ", *pieces]).encode()
        ),
        st.text(st.sampled_from("abc: \n-?[]{}&*!|>'\"%#,~.\t\ufeff"), max_size=60).map(str.encode),
        st.binary(max_size=60),
    )
)
def test_of_anything_at_all_the_short_way_says_the_same_or_nothing(data: bytes) -> None:
    agreed(data)


@pytest.mark.parametrize("length", [999, 1_000, 1_001, 1_022, 1_023, 1_024, 1_025, 2_000])
@pytest.mark.parametrize("key", ["x", "é"])
def test_a_long_key_is_read_as_the_parser_reads_it(key: str, length: int) -> None:
    agreed(dump({key * length: "a"}))
    agreed(dump({"a": {key * length: "a"}}))
    agreed(dump({"a": [key * length]}))


def test_the_largest_file_is_read_and_a_larger_one_is_refused() -> None:
    assert canonical.parse(b"a: " + b"x" * (MAX_BYTES - 4) + b"\n") is not None
    data = b"a: " + b"x" * (MAX_BYTES - 3) + b"\n"
    assert canonical.parse(data) is None
    with pytest.raises(BadFile, match="larger"):
        parse(data)
