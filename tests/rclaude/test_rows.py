"""Rows come back as they were meant, and nothing else passes for rows."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rclaude import rows
from rclaude.rows import KINDS, Reply, Trailer
from rclaude.trouble import Trouble

KEPT = "\t\n\r"
"""Control characters that a cell carries, escaped."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def acts(char: str) -> bool:
    """Whether a terminal would do something for this character, rather than show it."""
    controls = unicodedata.category(char) in ("Cc", "Zl", "Zp") and char not in KEPT
    return (
        controls
        or char == "\ufeff"
        or char in "\u061c\u200e\u200f"
        or (
            unicodedata.bidirectional(char) in {"LRE", "RLE", "PDF", "LRO", "RLO"}
            or unicodedata.bidirectional(char) in {"LRI", "RLI", "FSI", "PDI"}
        )
    )


def printed(kind: str, *found: rows.Row, trailer: str = "#host\tplum\tok\t7\t") -> bytes:
    lines = [rows.header(kind), *(rows.line(kind, row) for row in found), trailer]
    return "".join(f"{line}\n" for line in lines).encode()


@given(TEXTS)
def test_a_text_comes_back_but_for_what_acts_on_a_terminal(text: str) -> None:
    shown = "".join(char for char in text if not acts(char))
    assert rows.text_of(rows.cell(text)) == shown


@given(st.text())
def test_a_cell_is_one_line_that_a_terminal_shows(text: str) -> None:
    cell = rows.cell(text)
    assert not any(acts(char) or char in KEPT for char in cell)
    assert len(cell.splitlines()) <= 1
    cell.encode()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a\tb", "a\\tb"),
        ("a\nb\rc", "a\\nb\\rc"),
        ("\\t", "\\\\t"),
        ("\x1b[31mred", "[31mred"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\ud800", "a?"),
    ],
)
def test_what_some_texts_look_like_in_a_cell(text: str, cell: str) -> None:
    assert rows.cell(text) == cell


@given(st.sampled_from(sorted(KINDS)), st.lists(st.lists(TEXTS, min_size=26, max_size=26)))
def test_printed_rows_are_read_back(kind: str, table: list[list[str]]) -> None:
    names = KINDS[kind]
    clean = [[rows.text_of(rows.cell(text)) for text in each] for each in table]
    meant = [dict(zip(names, ["plum", *each], strict=False)) for each in clean]
    assert rows.parse(printed(kind, *meant), kind, "apricot") == Reply(
        meant, Trailer("apricot", "ok", 7, "")
    )


@given(st.binary())
def test_no_bytes_raise_anything_but_trouble(data: bytes) -> None:
    with pytest.raises(Trouble):
        rows.parse(data, "sessions", "plum")


@given(st.data())
def test_no_damaged_answer_raises_anything_but_trouble(data: st.DataObject) -> None:
    whole = printed("peek", {"host": "plum", "text": "a"}, {"host": "plum", "text": "b"})
    place = data.draw(st.integers(0, len(whole)))
    taken = data.draw(st.integers(0, 9))
    damaged = whole[:place] + data.draw(st.binary(max_size=9)) + whole[place + taken :]
    try:
        rows.parse(damaged, "peek", "plum")
    except Trouble:
        return


def test_an_answer_that_is_cut_anywhere_never_counts_as_whole() -> None:
    whole = printed("peek", {"host": "plum", "text": "a"}, {"host": "plum", "text": "b"})
    for length in range(len(whole)):
        with pytest.raises(Trouble):
            rows.parse(whole[:length], "peek", "plum")


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"", "contract"),
        (b"Welcome to apricot\n", "contract"),
        (b"#rclaude/2\tpeek\thost\ttext\n#host\tplum\tok\t1\t\n", "contract"),
        (b"#rclaude/0\tpeek", "contract"),
        (b"#rclaude/1\tpeek\thost\ttext\nplum\ta\n", "cut"),
        (b"#rclaude/1\tpeek\thost\ttext\nplum\ta\n#host\tplum\tok\t1\t", "cut"),
        (b"#rclaude/1\tsessions\thost\n#host\tplum\tok\t1\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\nplum\n#host\tplum\tok\t1\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#plum\ta\n#host\tplum\tok\t1\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#host\tplum\tok\t\xd9\xa3\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#host\tplum\tok\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#host\tplum\tOK\t1\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#host\tplum\t\t1\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#host\tplum\tno way: out\t1\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#host\tplum\t" + b"x" * 33 + b"\t1\t\n", "malformed"),
        (b"#rclaude/1\tpeek\thost\ttext\n#host\tplum\trefused\t1\tno\n", "refused"),
    ],
)
def test_what_is_wrong_has_its_slug(data: bytes, slug: str) -> None:
    with pytest.raises(Trouble) as refused:
        rows.parse(data, "peek", "plum")
    assert refused.value.slug == slug


SESSIONS = """
host sid state detail state_at activity_at state_src cwd branch model title version ctx tok_in
tok_cache_write tok_cache_read tok_out tmux pane tmux_id pid attached kind
"""
HOSTS = "name kind status latency_ms contract versions clock_skew_ms error"


def test_the_columns_are_those_of_the_contract() -> None:
    assert [*KINDS["sessions"]] == SESSIONS.split()
    assert [*KINDS["hosts"]][:8] == HOSTS.split()


def test_a_column_that_is_not_known_yet_is_carried() -> None:
    data = b"#rclaude/1\tpeek\thost\ttext\tcolour\nplum\ta\tred\n#host\tplum\tok\t1\t\n"
    assert rows.parse(data, "peek", "plum").rows == [{"host": "plum", "text": "a", "colour": "red"}]


def test_a_line_of_a_session_may_begin_like_a_line_of_ours() -> None:
    told = {"host": "plum", "text": "#host\tplum\tok\t1\t"}
    assert rows.parse(printed("peek", told), "peek", "plum").rows == [told]


@pytest.mark.parametrize(
    "head", ["title\thost", "host\thost", "host\tsid\tstate\tstate", "text\ttext"]
)
def test_columns_that_are_not_the_contract_s_are_refused(head: str) -> None:
    cells = "\t".join("x" for _ in head.split("\t"))
    data = f"#rclaude/1\tsessions\t{head}\n{cells}\n#host\tplum\tok\t1\t\n".encode()
    with pytest.raises(Trouble) as told:
        rows.parse(data, "sessions", "plum")
    assert told.value.slug == "malformed"


def test_an_answer_of_endless_lines_is_refused_before_they_are_taken_apart() -> None:
    data = b"#rclaude/1\tsessions\thost\n" + b"\n" * (rows.MOST + 1) + b"#host\tplum\tok\t1\t\n"
    with pytest.raises(Trouble, match="more than"):
        rows.parse(data, "sessions", "plum")
