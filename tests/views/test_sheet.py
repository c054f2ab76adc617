"""A task as a text for an editor, and back."""

from hypothesis import given
from hypothesis import strategies as st

from clare.state import SETS
from clare.views.sheet import (
    FIELDS,
    MARK,
    Sheet,
    apart,
    blank,
    read,
    refused,
    sheet_of,
    written,
)
from tests.views.fleets import fleet_of, id_of, task

words = st.text("aZ9./:#-", min_size=1, max_size=5)
lines = st.text("aZ9./:# -", min_size=1, max_size=9).map(" ".join).map(str.strip).filter(bool)
texts = st.lists(lines | st.sampled_from(["", ".", "..", MARK]), max_size=4).map("\n".join)
single = st.fixed_dictionaries(
    dict.fromkeys(("project", "type", "status", "parent", "assignee", "due"), lines)
    | {"title": lines, "done_when": texts, "body": texts.map(lambda text: text.strip("\n"))}
    | {"priority": st.sampled_from(["P0", "P4"]), "pinned": st.sampled_from(["true", "false"])}
    | {"defer_until": st.sampled_from(["", "2026-12-01"])}
    | {"repeat": st.sampled_from(["", "2 weeks", "month on 31"])}
)
sets = st.fixed_dictionaries({name: st.lists(words, max_size=3, unique=True) for name in SETS})
sheets = st.builds(Sheet, single, sets)


def same(one: Sheet, other: Sheet) -> bool:
    found = apart(one, other)
    return not found.fields and not any(found.come.values()) and not any(found.gone.values())


@given(sheets)
def test_what_is_written_reads_as_itself(sheet: Sheet) -> None:
    assert same(sheet, read(written(sheet)))
    assert same(sheet, read(refused(refused(written(sheet), "no"), "why")))


@given(sheets, sheets)
def test_the_difference_turns_one_into_the_other(one: Sheet, other: Sheet) -> None:
    found = apart(one, other)
    assert {**one.fields, **found.fields} == other.fields
    for name in SETS:
        kept = set(one.elements[name]) - set(found.gone[name])
        assert kept | set(found.come[name]) == set(other.elements[name])


@given(st.text())
def test_any_text_is_a_sheet_or_an_error_of_one_line(text: str) -> None:
    try:
        told = str(read(text).fields["title"])
    except ValueError as error:
        told = str(error)
    assert "\n" not in told


def test_a_task_reads_well() -> None:
    fleet = fleet_of(
        task(
            "a",
            needs="b",
            priority="P1",
            title="Parse dates",
            due="2026-12-01",
            repeat="week",
            body="As\n\nISO.",
        )
    )
    shown = written(sheet_of(fleet, fleet.tasks[id_of("a")])).partition(MARK)[0]
    assert shown == (
        "Parse dates\nproject:\ntype: task\nstatus: open\npriority: P1\nlabels:\nneeds: bbbb\n"
        "parent:\nlinks:\nassignee:\npinned: no\ndue: 2026-12-01\ndefer_until:\nrepeat: week\n"
        "done_when:\n\n"
        "As\n\nISO.\n\n"
    )


def test_a_line_that_is_gone_says_nothing_and_an_empty_one_clears() -> None:
    before = Sheet(
        {"title": "A", "due": "2026-12-01", "body": ""}, {"labels": ["x"], "links": ["y"]}
    )
    after = read("A\nlabels:\nlinks:\n")
    assert apart(before, after).gone == {"labels": ["x"], "links": ["y"]}
    assert apart(before, read("A\n")).gone == {}
    assert apart(before, read("A\n")).fields == {}
    assert apart(before, read("A\ndue:\n")).fields == {"due": ""}


def test_without_the_marked_line_the_explanation_is_still_no_body() -> None:
    text = written(blank(Sheet())).replace(MARK + "\n", "")
    assert read(f"A{text}").fields["body"] == ""


def test_every_field_has_its_line_once() -> None:
    names = [line.partition(":")[0] for line in written(blank(Sheet())).splitlines()[1:]]
    assert tuple(names[: len(FIELDS)]) == FIELDS
