"""What rclaude prints is read strictly: what does not fit is told with its host and line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.errors import ClareError
from clare.transport import HostRow, Malformed, SessionRow, read

NAMES = [
    *("name", "kind", "status", "latency_ms", "contract", "versions", "clock_skew_ms", "error"),
    "repos",
]
HOSTS = "\t".join(["#rclaude/1", "hosts", *NAMES])
GOOD = "plum\tself\tok\t12\t1\trclaude=0.4.0 git=2.39.5\t-3\t\t~/a b.git\\n/srv/c.git"
END = "#host\tplum\tok\t12\t"


def printed(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def changed(**cells: str) -> str:
    """A good row with other cells."""
    row = dict(zip(NAMES, GOOD.split("\t"), strict=True))
    return "\t".join({**row, **cells}.values())


def test_a_row_comes_out_as_it_was_meant() -> None:
    told = read(printed(HOSTS, GOOD, END), "hosts", HostRow)
    (row,) = told.rows
    assert (row.name, row.latency_ms, row.clock_skew_ms) == ("plum", 12, -3)
    assert row.paths == ["~/a b.git", "/srv/c.git"]
    assert [(host.host, host.status, host.ms) for host in told.hosts] == [("plum", "ok", 12)]
    assert told.malformed == ()


def test_columns_of_a_newer_version_are_left_out() -> None:
    told = read(printed(f"{HOSTS}\tmoon", f"{GOOD}\tfull", END), "hosts", HostRow)
    assert [row.name for row in told.rows] == ["plum"]


@pytest.mark.parametrize(
    "text", [" 12", "12 ", "1_000", "+1", "0x1", "1.0", "٣", "1e3", "--1", "01"]
)
def test_what_only_looks_like_a_number_is_told_and_not_guessed(text: str) -> None:
    told = read(printed(HOSTS, GOOD, changed(latency_ms=text), END), "hosts", HostRow)
    assert len(told.rows) == 1
    assert told.malformed == (Malformed("plum", 3, f"latency_ms: {text!r} is no number"),)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"name": "-oProxyCommand=x"}, "name"),
        ({"name": "pl um"}, "name"),
        ({"kind": "moon"}, "kind"),
        ({"status": "ok then"}, "status"),
    ],
)
def test_a_cell_that_cannot_be_is_told(cells: dict[str, str], said: str) -> None:
    told = read(printed(HOSTS, changed(**cells), END), "hosts", HostRow)
    assert told.rows == ()
    assert told.malformed[0].line == 2
    assert told.malformed[0].why.startswith(said)


@pytest.mark.parametrize(
    "line", ["plum", f"{GOOD}\tmore", "", "#host\tplum\tok", "#what\ta\tb\tc\td"]
)
def test_a_line_with_other_cells_is_told(line: str) -> None:
    told = read(printed(HOSTS, line, GOOD, END), "hosts", HostRow)
    assert [row.name for row in told.rows] == ["plum"]
    assert len(told.malformed) == 1
    assert told.malformed[0].line == 2


@pytest.mark.parametrize(
    "data", [b"", b"rclaude 3\n", b"#rclaude/2\thosts\tname\n", b"#rclaude/1\tsessions\tsid\n"]
)
def test_another_form_or_kind_is_refused(data: bytes) -> None:
    with pytest.raises(ClareError, match="where #rclaude/1 hosts belongs"):
        read(data, "hosts", HostRow)


def test_what_is_cut_off_is_refused() -> None:
    with pytest.raises(ClareError, match="cut off"):
        read(printed(HOSTS, GOOD)[:-1], "hosts", HostRow)


def test_a_column_that_is_missing_is_told() -> None:
    told = read(printed("#rclaude/1\thosts\tname\tkind", "plum\tself"), "hosts", HostRow)
    assert told.malformed == (Malformed("plum", 2, "status: Field required"),)


@given(st.binary(max_size=400))
def test_no_bytes_whatever_are_more_than_refused_or_told(data: bytes) -> None:
    head = "\t".join(["#rclaude/1", "sessions", *SessionRow.model_fields]).encode() + b"\n"
    for text in (data, head + data, head + data + b"\n"):
        try:
            read(text, "sessions", SessionRow)
        except ClareError:
            continue
