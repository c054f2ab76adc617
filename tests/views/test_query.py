"""The query language: total, the same there and back, and each term what a plain test says."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clare.clock import DAY, HOUR, instant
from clare.errors import Usage
from clare.events.event import Effect, Event
from clare.fleet import Fleet
from clare.state import PRIORITIES, STATUSES
from clare.views.compare import Asked
from clare.views.query import Order, Query, Term, arranged, matcher, parse
from clare.views.record import Record, task_record
from clare.views.tasks import choose, unfinished
from clare.views.terms import KEYS, KINDS, PARTS, SORTS, STATES
from tests.views.fleets import MORNING, NOW, event, fleet_of, id_of, key_of, task

EXAMPLES = [key.example for key in KEYS.values()]
PAST = ["today", "yesterday", ">1d", "<=24h", "26h", ">=2026-11-19", "2026-11-20T09:00:00Z"]
VALUES = {
    "status": list(STATES),
    "is": list(KINDS),
    "has": list(PARTS),
    "no": list(PARTS),
    "priority": ["P0", "<=P1", "<P3", ">p2", ">=P2"],
    "comments": ["0", ">0", "<=1", "2"],
    "label": ["x", "y", "a b", 'q"', "-d"],
    "project": ["web", "api"],
    "type": ["task", "bug"],
    "assignee": ["nat", "ada"],
    "holder": ["nat", "ada"],
    "by": ["nat", "eve"],
    "id": ["a", "aa", "B", "zz"],
    "parent": ["a", "bbb"],
    "needs": ["b", "zz"],
    "link": ["EXAMPLE", "/2"],
    "text": ["parser", "Straße", "caf\u00e9", "a parser", "\ud800", "(no"],
    **{
        key: ["today", "2026-11-21", ">2026-11-21", "<3d", "2d", ">=1d"] for key in ("due", "defer")
    },
    **dict.fromkeys(("created", "updated", "closed"), PAST),
}


def values_of(key: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(VALUES[key]), min_size=1, max_size=3).map(tuple)


TERMS = st.sampled_from(sorted(VALUES)).flatmap(
    lambda key: st.builds(Term, st.just(key), values_of(key), st.booleans())
)
ORDERS = st.builds(Order, st.sampled_from(sorted(SORTS)), st.booleans())
SIGNS = st.text(st.sampled_from('ab ",:-@\\\n<'), min_size=1, max_size=4)
FREE = st.builds(
    Term,
    st.sampled_from(["label", "project", "type", "assignee", "holder", "by", "link", "text"]),
    st.lists(SIGNS | st.text(min_size=1), min_size=1, max_size=2).map(tuple),
    st.booleans(),
)
QUERIES = st.builds(
    Query,
    st.lists(TERMS | FREE, max_size=4).map(tuple),
    st.lists(ORDERS, max_size=2).map(tuple),
    st.lists(st.sampled_from(["mine", "my-bugs"]), max_size=2).map(tuple),
)
PIECES = st.sampled_from(
    [*EXAMPLES, " ", "-", ",", ":", '"', "\\", "@", "@a", "<", ">=", "sort:", "status:", "\n", "x"]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join), QUERIES.map(str))

NOTHING: Mapping[str, str] = {}
DAYS = st.sampled_from(["", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-23T12:00:00Z"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["a Parser", "STRASSE", "cafe\u0301", "\ud800"]),
        "body": st.sampled_from(["", "the parser", "x"]),
        "done_when": st.sampled_from(["", "A PARSER runs"]),
        "project": st.sampled_from(["", "web", "api"]),
        "type": st.sampled_from(["task", "bug"]),
        "status": st.sampled_from(STATUSES),
        "priority": st.sampled_from(PRIORITIES),
        "pinned": st.sampled_from(["true", "false"]),
        "assignee": st.sampled_from(["", "nat", "ada"]),
        "due": DAYS,
        "repeat": st.sampled_from(["", "week"]),
        "defer_until": DAYS,
        "parent": st.sampled_from(["", *map(id_of, "abz")]),
    },
)


@st.composite
def histories(
    draw: st.DrawFn, name: str, needs: str = "", given: Mapping[str, str] = NOTHING
) -> list[Event]:
    """A task with anything about it that a query can ask for, and with what is given."""
    add = {
        "labels": tuple(draw(st.lists(st.sampled_from(["x", "y", "a b", 'q"', "-d"]), max_size=2))),
        "needs": tuple(map(id_of, needs or draw(st.lists(st.sampled_from("abcz"), max_size=2)))),
        "links": tuple(
            draw(st.lists(st.sampled_from(["https://example.org/2", "/1"]), max_size=2))
        ),
    }
    at = draw(st.sampled_from([MORNING, MORNING - 30 * HOUR, NOW + HOUR]))
    effect = Effect(creates=True, set={**draw(FIELDS), **given}, add=add)
    found = [event(key_of(name), effect, at=at, by=draw(st.sampled_from(["nat", "eve"])))]
    if draw(st.booleans()):
        claim = Effect(lease=4 * HOUR)
        found.append(
            event(key_of(name), claim, at=NOW - HOUR, by=draw(st.sampled_from(["nat", "ada"])))
        )
    for number in range(draw(st.integers(0, 2))):
        said = Effect(comment=draw(st.sampled_from(["PARSER!", "so so"])))
        found.append(event(key_of(name), said, at=MORNING, number=number + 7, after=(found[0].id,)))
    if draw(st.booleans()):
        found.append(event(key_of(name), Effect(set={"priority": "P0"}), at=at, number=5))
    return found


ANY = st.builds(fleet_of, histories("a"), histories("b"), histories("c"))
PART = {"parent": id_of("a"), "status": "open"}
SPLIT = st.builds(
    fleet_of,
    st.sampled_from(["b", "bc"]).flatmap(lambda needs: histories("a", needs, {"parent": ""})),
    histories("b", given=PART),
    histories("c", given=PART) | histories("c"),
)
FLEETS = ANY | SPLIT
"""Also a task that was split: it waits for its own parts, and these perhaps for each other."""


def fitting(fleet: Fleet, text: str, *, actor: str = "nat") -> str:
    """The tasks that fit, by the letter of their ids."""
    asked = Asked(fleet, NOW, actor)
    fits = matcher(parse(text), asked)
    return "".join(task.id[0] for task in fleet.tasks.values() if fits(task))


# Text and back.


@given(TEXTS)
@example('a"')
@example('"a","b"')
@example('-"')
@example("status:open,")
@example("@a@b")
@example("due:9999-12-31,<0001-01-01")
def test_any_text_is_a_query_or_a_usage_error_at_a_place_in_it(text: str) -> None:
    try:
        query = parse(text)
    except Usage as error:
        wrong = error
    else:
        assert parse(str(query)) == query
        return
    place = re.search(r" \(character (\d+) of the query\): ", wrong.message)
    assert place
    assert not text[int(place[1]) - 1].isspace()
    assert wrong.hint


@given(QUERIES)
def test_what_a_query_shows_as_means_that_query(query: Query) -> None:
    assert parse(str(query)) == query


def test_a_query_is_read_as_it_is_written() -> None:
    text = 'status:open,review -label:"a b" "exact words" word updated:>7d @mine sort:due,-updated'
    assert parse(text) == Query(
        (
            Term("status", ("open", "review")),
            Term("label", ("a b",), negated=True),
            Term("text", ("exact words",)),
            Term("text", ("word",)),
            Term("updated", (">7d",)),
        ),
        (Order("due"), Order("updated", last_first=True)),
        ("mine",),
    )
    assert parse('-"a \\"b\\\\"') == Query((Term("text", ('a "b\\',), negated=True),))
    assert parse("Status:open") == parse("status:open")
    assert parse(" \n ") == Query()


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_the_reference_is_a_query(text: str) -> None:
    query = parse(text)
    assert str(query) == text
    assert query.terms[0].key == text.partition(":")[0]


def test_the_examples_of_the_page_are_queries() -> None:
    page = (Path(__file__).parents[2] / "docs" / "query.md").read_text("utf-8")
    shown = re.findall(r"^```text\n(.*)\n```$", page, re.MULTILINE)
    assert shown
    assert all(str(parse(text)) == text for text in shown)
    assert all(f"| `{text}` |" in page for text in EXAMPLES)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "status:opne",
            "status:opne (character 1 of the query): 'opne' is not",
            "did you mean open?",
        ),
        ("x lable:a", "lable:a (character 3 of the query): there is no key", "did you mean label?"),
        ("std::vector", "there is no key std", 'in quotes it is searched for: "std::vector"'),
        ("a -", "- (character 3 of the query): a dash alone", '"-"'),
        ("updated:", "updated: (character 1 of the query): it lacks a value", "'updated:>7d'"),
        ("label:a,,b", "it lacks a value", "quote"),
        ('label:""', "empty value", "label:parser"),
        ('x "abc', '"abc (character 3 of the query): its quotes do not end', 'end it with "'),
        ('"x"y', "something follows its quotes", "space"),
        ('a"b"', "a quote in its middle", "space"),
        ("sort:dua", "nothing is sorted by 'dua'", "did you mean due?"),
        ("-sort:due", "an order cannot be negated", "sort:-due"),
        ("-@mine", "a view cannot be negated", '-"@mine"'),
        ("@No", "no view has such a name", '"@No"'),
        ("priority:9", "'9' is none of P0, P1", "priority:<=P1"),
        ("due:soon", "'soon' is no day; write it as 2026-12-01, friday or +3d", "due:<3d"),
        ("due:2026-02-30", "write it as 2026-12-01", "due:<3d"),
        ("due:due+3d", "counts from a due day, and there is none", "due:<3d"),
        ("due:0d", "write a duration", "due:<3d"),
        ("comments:many", "'many' is no number", "comments:>3"),
        ("id:7q!", "'7q!' is no task id", "id:7qk2"),
    ],
)
def test_a_wrong_term_is_told_with_its_place_and_what_is_possible(
    text: str, message: str, hint: str
) -> None:
    with pytest.raises(Usage) as refused:
        parse(text)
    assert message in refused.value.message
    assert hint in refused.value.hint
    assert "\n" not in refused.value.message + refused.value.hint


def test_a_long_wrong_term_is_told_in_short() -> None:
    with pytest.raises(Usage) as refused:
        parse("lable:" + "x" * 100_000)
    assert len(refused.value.message) < 200


# What terms mean, against plain tests of the JSON record.


def _day(offset: int) -> str:
    return (datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=offset)).date().isoformat()


def _ms(record: Record, name: str) -> int | None:
    text = record[name]
    if not isinstance(text, str):
        return None
    return instant(text, end_of_day=name == "due")


def _compared(value: str, found: int, low: int, high: int) -> bool:
    if value.startswith("<="):
        return found <= high
    if value.startswith(">="):
        return found >= low
    if value.startswith("<"):
        return found < low
    return found > high if value.startswith(">") else low <= found <= high


def _dated(record: Record, name: str, value: str) -> bool:
    found, bare = _ms(record, name), value.lstrip("<>=")
    if found is None:
        return False
    if bare[-1] in "dh":
        length = int(bare[:-1]) * {"d": DAY, "h": HOUR}[bare[-1]]
        away = found - NOW if name in ("due", "defer_until") else NOW - found
        return _compared(value if value != bare else f"<{value}", away, length, length)
    bare = {"today": _day(0), "yesterday": _day(-1)}.get(bare, bare)
    low = instant(bare)
    return _compared(value, found, low, low + (999 if "T" in bare else DAY - 1))


def _said(record: Record) -> str:
    comments = record["comments"]
    assert isinstance(comments, list)
    texts = [record["title"], record["body"], record["done_when"], *(c["text"] for c in comments)]
    return "\n".join(map(str, texts)).replace("e\u0301", "\u00e9").casefold()


def _holder(record: Record) -> str:
    claim = record["claim"]
    return str(claim["by"]) if isinstance(claim, dict) else ""


def _begins(ids: object, value: str) -> bool:
    found = ids if isinstance(ids, list) else [ids] if ids else []
    return any(str(each).startswith(value.lower()) for each in found)


def _contains(record: Record, name: str, value: str) -> bool:
    found = record[name]
    assert isinstance(found, list)
    return value in found


def _any_link(record: Record, value: str) -> bool:
    links = record["links"]
    assert isinstance(links, list)
    return any(value.lower() in str(link) for link in links)


def _number(record: Record) -> int:
    comments = record["comments"]
    assert isinstance(comments, list)
    return len(comments)


def _closed(record: Record) -> bool:
    return record["status"] in ("done", "dropped")


Records = dict[str, Record]


def _lineage(records: Records, record: Record) -> list[Record]:
    """A task, its parent, its parent's parent and so on."""
    found = [record]
    above = records.get(str(record["parent"]))
    while above and above not in found:
        found.append(above)
        above = records.get(str(above["parent"]))
    return found


def _unmet(records: Records, record: Record) -> Iterator[Record]:
    needs = record["needs"]
    assert isinstance(needs, list)
    for need in needs:
        if need in records and not _closed(record) and not _closed(records[need]):
            yield records[need]


def _waits(fleet: Fleet, record: Record) -> bool:
    """It has an unfinished need; or one above it has, which is not a part of that one itself."""
    records = {task.id: task_record(fleet, task, now=NOW) for task in fleet.tasks.values()}
    _, *above = _lineage(records, record)
    return any(_unmet(records, record)) or any(
        one not in _lineage(records, need)[1:] for one in above for need in _unmet(records, one)
    )


def _free(record: Record) -> bool:
    return record["status"] == "open" and not record["active"]


def _deferred(record: Record) -> bool:
    return _free(record) and (_ms(record, "defer_until") or 0) > NOW


STATE_TESTS: dict[str, Callable[[Fleet, Record], bool]] = {
    "active": lambda _, r: r["active"] is True,
    "blocked": lambda f, r: _free(r) and not _deferred(r) and _waits(f, r),
    "deferred": lambda _, r: _deferred(r),
    "ready": lambda f, r: _free(r) and not _deferred(r) and not _waits(f, r),
    "overdue": lambda _, r: not _closed(r) and (_ms(r, "due") or NOW) < NOW,
    "closed": lambda _, r: _closed(r),
    "unfinished": lambda _, r: not _closed(r),
}
RECORD_NAMES = {"defer": "defer_until", "holder": "claim", "label": "labels", "link": "links"}
KIND_TESTS: dict[str, Callable[[Record], bool]] = {
    "pinned": lambda r: r["pinned"] is True,
    "contested": lambda r: bool(r["contested"]),
    "mine": lambda r: "nat" in (r["assignee"], _holder(r)),
}
NAIVE: dict[str, Callable[[Fleet, Record, str], bool]] = {
    "status": lambda f, r, v: STATE_TESTS[v](f, r) if v in STATE_TESTS else r["status"] == v,
    "label": lambda _, r, v: _contains(r, "labels", v),
    "project": lambda _, r, v: r["project"] == v,
    "type": lambda _, r, v: r["type"] == v,
    "priority": lambda _, r, v: _compared(v, int(str(r["priority"])[1]), int(v[-1]), int(v[-1])),
    "assignee": lambda _, r, v: r["assignee"] == v,
    "holder": lambda _, r, v: _holder(r) == v,
    "by": lambda _, r, v: r["created_by"] == v,
    "id": lambda _, r, v: _begins(r["id"], v),
    "parent": lambda _, r, v: _begins(r["parent"], v),
    "needs": lambda _, r, v: _begins(r["needs"], v),
    "due": lambda _, r, v: _dated(r, "due", v),
    "defer": lambda _, r, v: _dated(r, "defer_until", v),
    "created": lambda _, r, v: _dated(r, "created_at", v),
    "updated": lambda _, r, v: _dated(r, "updated_at", v),
    "closed": lambda _, r, v: _dated(r, "closed_at", v),
    "link": lambda _, r, v: _any_link(r, v),
    "comments": lambda _, r, v: _compared(v, _number(r), int(v[-1]), int(v[-1])),
    "text": lambda _, r, v: v.casefold() in _said(r),
    "is": lambda _, r, v: KIND_TESTS[v](r),
    "has": lambda _, r, v: bool(r[RECORD_NAMES.get(v, v)]),
    "no": lambda _, r, v: not r[RECORD_NAMES.get(v, v)],
}


@pytest.mark.parametrize("key", sorted(KEYS))
@given(st.data(), FLEETS)
def test_each_term_is_what_a_plain_test_of_the_record_says(
    key: str, data: st.DataObject, fleet: Fleet
) -> None:
    term = Term(key, data.draw(values_of(key)))
    fits = matcher(Query((term,)), Asked(fleet, NOW, "nat"))
    for each in fleet.tasks.values():
        record = task_record(fleet, each, now=NOW)
        expected = any(NAIVE[key](fleet, record, value) for value in term.values)
        assert fits(each) == expected, (str(term), record)


@given(TERMS, FLEETS)
def test_a_negated_term_fits_exactly_what_the_term_does_not(term: Term, fleet: Fleet) -> None:
    asked = Asked(fleet, NOW, "nat")
    fits = matcher(Query((Term(term.key, term.values),)), asked)
    others = matcher(Query((Term(term.key, term.values, negated=True),)), asked)
    assert all(fits(each) != others(each) for each in fleet.tasks.values())


@given(QUERIES, FLEETS)
def test_terms_add_up(query: Query, fleet: Fleet) -> None:
    asked = Asked(fleet, NOW, "nat")
    whole = matcher(query, asked)
    parts = [matcher(Query((term,)), asked) for term in query.terms]
    assert all(whole(each) == all(part(each) for part in parts) for each in fleet.tasks.values())


def varied() -> Fleet:
    return fleet_of(
        task("a", priority="P1", due="2026-11-22", title="Write the Parser", assignee="nat"),
        task("b", needs="a", body="as in the\nparser", status="review"),
        task("c", needs="a", priority="P0", parent="b", at=MORNING - 10 * DAY),
        task("d", held_by="ada", due="2026-11-19", pinned="true"),
        task("e", status="done", title="Stra\u00dfe", due="2026-11-19"),
        task("f", defer_until="2026-12-01", priority="P4"),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abcdef"),
        ("status:open", "acdf"),
        ("status:review,done", "be"),
        ("-status:closed", "abcdf"),
        ("status:active", "d"),
        ("status:blocked", "c"),
        ("status:deferred", "f"),
        ("status:ready", "a"),
        ("status:overdue", "d"),
        ("priority:<=P1", "ac"),
        ("priority:>P2", "f"),
        ("parser", "ab"),
        ('"the parser"', "a"),
        ("STRASSE", "e"),
        ("parser -status:review", "a"),
        ("due:<3d", "ade"),
        ("due:3d -status:overdue,closed", "a"),
        ("due:>2d", "a"),
        ("due:sunday", "a"),
        ("due:+2d", "a"),
        ("due:<=EOW", "ade"),
        ("due:<=-1d", "de"),
        ("due:yesterday", "de"),
        ("due:>+7973y", ""),
        ("updated:>7d", "c"),
        ("updated:7d", "abdef"),
        ("created:today", "abdef"),
        ("created:<yesterday", "c"),
        ("closed:today", "e"),
        ("no:assignee has:due", "de"),
        ("is:mine", "a"),
        ("is:pinned", "d"),
        ("needs:aaaa id:b", "b"),
        ("parent:bbbb", "c"),
        ("parent:B", "c"),
        ("holder:ada", "d"),
        ("by:nat comments:0", "abcdef"),
    ],
)
def test_queries_find_what_they_say(text: str, found: str) -> None:
    assert fitting(varied(), text) == found


def test_nobody_s_tasks_are_not_mine() -> None:
    assert fitting(varied(), "is:mine", actor="") == ""


# Order.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "cabdef"),
        ("sort:due", "deacbf"),
        ("sort:-due", "adecbf"),
        ("sort:-priority", "fbdeac"),
        ("sort:status,-priority", "fdacbe"),
        ("sort:title", "bcdfea"),
    ],
)
def test_a_list_comes_in_the_order_asked_for_and_what_has_no_value_last(
    text: str, found: str
) -> None:
    chosen = choose(Asked(varied(), NOW), parse(text))
    assert "".join(task.id[0] for task in chosen) == found


@given(ORDERS, FLEETS)
def test_sorting_loses_nothing_and_sorting_again_changes_nothing(
    order: Order, fleet: Fleet
) -> None:
    asked, query = Asked(fleet, NOW), Query(order=(order,))
    once = arranged(fleet.tasks.values(), query, asked)
    assert sorted(task.id for task in once) == sorted(fleet.tasks)
    assert arranged(once, query, asked) == once


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("parser", False),
        ("status:open", True),
        ("-status:open", False),
        ("closed:<7d", True),
        ("id:7qk2", True),
    ],
)
def test_closed_tasks_are_left_out_unless_asked_for(text: str, asks: bool) -> None:
    query = parse(text)
    assert (unfinished(query) == query) is asks


def test_me_is_whoever_asks() -> None:
    fleet = fleet_of(task("a", assignee="ada"), task("b", assignee="nat", held_by="ada"), task("c"))
    for word, found in (("assignee:me", "a"), ("holder:me", "b"), ("by:me", "")):
        chosen = choose(Asked(fleet, NOW, "ada"), parse(word))
        assert "".join(each.id[0] for each in chosen) == found
    assert not choose(Asked(fleet, NOW, ""), parse("assignee:me"))
