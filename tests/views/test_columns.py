"""The forms of a table read back as what was put in."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clare.errors import Usage
from clare.views.columns import COLUMNS, USUAL, as_csv, as_markdown, columns_of, row, values
from clare.views.compare import Asked
from clare.views.safe import safe
from tests.views.fleets import NOW, fleet_of, task

ROWS = st.integers(1, 3).flatmap(
    lambda wide: st.lists(st.lists(st.text(), min_size=wide, max_size=wide), min_size=1, max_size=3)
)


@given(ROWS)
@example([["=1+1", 'a "b"', "c,d"], ["\n", "", "\r\n"]])
def test_csv_reads_back_as_the_safe_text_of_every_cell(rows: list[list[str]]) -> None:
    text = as_csv(rows)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[safe(c) for c in r] for r in rows]
    assert text.endswith("\r\n")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text)


@given(ROWS)
@example([["a|b", "\\|", "\\"], ["`x|y`", "a\nb", "<b>"]])
def test_a_markdown_table_has_a_line_for_each_row_and_only_its_own_bars(
    rows: list[list[str]],
) -> None:
    lines = as_markdown(rows).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(rows) + 1
    assert lines[1] == "| " + " | ".join(["---"] * len(rows[0])) + " |"
    for line in lines:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == len(rows[0]) + 1


def test_markdown_shows_the_text_that_was_put_in() -> None:
    rows = [["title"], ["*a* _b_ c_d [x](y) <b> `c` ~~d~~ & | \\"]]
    assert as_markdown(rows).splitlines()[2] == (
        r"| \*a\* \_b\_ c_d \[x\](y) \<b\> \`c\` \~\~d\~\~ \& \| \\ |"
    )


def test_every_column_has_a_value_and_every_plain_field_of_the_record_a_column() -> None:
    fleet = fleet_of(task("a", due="2026-12-01", held_by="ada", needs="b"), task("b"))
    asked = Asked(fleet, NOW)
    one = next(each for each in fleet.tasks.values() if each.title == "a")
    found = values(asked, one)
    assert set(found) - set(COLUMNS) == {"claim", "comments", "contested"}
    cells = dict(zip(COLUMNS, row(asked, one, list(COLUMNS)), strict=True))
    assert (cells["due"], cells["holder"], cells["pinned"]) == ("2026-12-01", "ada", "false")
    assert (cells["needs"], cells["parent"], cells["state"]) == ("b" * 12, "", "active ada")
    assert set(USUAL) <= set(COLUMNS)


def test_columns_are_named_and_a_wrong_name_is_told() -> None:
    assert columns_of(" id, title ") == ("id", "title")
    assert columns_of("") == ()
    with pytest.raises(Usage, match="no column 'titel'") as refused:
        columns_of("id,titel")
    assert refused.value.hint.startswith("did you mean title? known: id, short, ")
    with pytest.raises(Usage, match="no column ''"):
        columns_of("id,")
