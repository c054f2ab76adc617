"""What of lists, tables and own records arrives, and as what."""

import json
from pathlib import Path

import pytest

from clare.clock import instant
from clare.errors import ClareError, Usage
from clare.events.fields import MAX_TEXT
from clare.fleet import Fleet
from clare.services.origin import Source
from clare.services.readers import csv, jsonl, markdown
from clare.services.replica import plan
from clare.services.rows import name_of
from tests.readers.sources import DATA, FORMATS, imported, task, value


def good(form: str) -> Fleet:
    return imported(FORMATS[form].load(FORMATS[form].data))


# Markdown.


def markdown_of(tmp_path: Path, text: str, name: str = "list") -> Source:
    path = tmp_path / "list.md"
    path.write_text(text, "utf-8")
    return markdown.load(path, name)


def outline(fleet: Fleet) -> list[tuple[str, str, str]]:
    """Titles with the titles of their parents and their status, in the order of the list."""
    tasks = sorted(fleet.tasks.values(), key=lambda found: found.created_at)
    titles = {found.id: found.title for found in tasks}
    return [(found.title, titles.get(found.parent, ""), found.status) for found in tasks]


def test_a_list_arrives_in_its_order_with_parts_below() -> None:
    fleet = good("markdown")
    assert outline(fleet) == [
        ("Order flour", "", "open"),
        ("Ask for prices", "Order flour", "done"),
        ("Compare **them**", "Order flour", "open"),
        ("By kilo", "Compare **them**", "done"),
        ("Clean the oven", "", "done"),
        ("Order flour", "", "open"),
        ("Indented by a tab", "", "open"),
    ]
    first = min(fleet.tasks.values(), key=lambda found: found.created_at)
    assert first.entity.value("body") == "The good one.\n\n25 kg."
    assert first.links == ("markdown:todo.md",)


def test_a_line_that_is_ticked_later_is_done_wherever_it_stands_now(tmp_path: Path) -> None:
    fleet = imported(markdown_of(tmp_path, "# A\n\n\n- [ ] Bake\n- [ ] Sell\n"))
    later = imported(markdown_of(tmp_path, "- [ ] New\n- [x] Bake\n"), fleet)
    assert sorted(outline(later)) == [
        ("Bake", "", "done"),
        ("New", "", "open"),
        ("Sell", "", "open"),
    ]
    opened = imported(markdown_of(tmp_path, "- [ ] Bake\n"), later)
    assert task(opened, "Bake").status == "open"


def test_the_same_text_below_another_or_in_another_list_is_another_task(tmp_path: Path) -> None:
    text = "- [ ] Bake\n  - [ ] Clean\n- [ ] Sell\n  - [ ] Clean\n- [ ] Sell\n"
    one = markdown_of(tmp_path, text)
    assert len({row.key for row in one.rows}) == 5
    other = markdown_of(tmp_path, text, "other")
    assert not {row.key for row in one.rows} & {row.key for row in other.rows}


def test_text_below_an_item_is_its_body_and_fences_hide_boxes(tmp_path: Path) -> None:
    text = "- [ ] A\n x\n   y\n    - z\n  ~~~\n  - [ ] no\n  ~~~\nnot below\n  - [ ] B\n"
    fleet = imported(markdown_of(tmp_path, text))
    assert value(fleet, "A", "body") == "x\n y\n  - z\n~~~\n- [ ] no\n~~~"
    assert outline(fleet) == [("A", "", "open"), ("B", "", "open")]


def test_a_list_without_a_name_is_refused() -> None:
    for path, name in ((Path("-"), ""), (Path("x"), "\udcff"), (Path("x"), " "), (Path("x\n"), "")):
        with pytest.raises(Usage, match="cannot name a list"):
            name_of(path, name)
    assert name_of(Path("a/b.md"), "") == "b.md"
    assert name_of(Path("-"), "week") == "week"


# CSV.


def csv_of(tmp_path: Path, text: str, name: str = "") -> Source:
    path = tmp_path / "plan.csv"
    path.write_bytes(text.encode())
    return csv.load(path, name)


def test_a_table_arrives() -> None:
    fleet = good("csv")
    orders, till = task(fleet, "Take orders"), task(fleet, "Count the till")
    assert (orders.priority, orders.labels, orders.project) == ("P1", ("api", "web"), "shop")
    assert orders.links == ("https://shop.example.invalid/a,b", "https://shop.example.invalid/c")
    assert value(fleet, "Take orders", "body") == 'One line,\nand "another"'
    assert task(fleet, "Send invoices").needs == (orders.id,)
    assert (till.status, till.priority, till.parent) == ("done", "P3", orders.id)
    assert till.needs == tuple(sorted([orders.id, task(fleet, "Send invoices").id]))
    assert list(fleet.projects) == ["shop"]


def test_a_title_is_enough_and_a_changed_cell_is_a_change(tmp_path: Path) -> None:
    fleet = imported(csv_of(tmp_path, "title\nBake\nSell\n"))
    later = imported(csv_of(tmp_path, "status,title\ndone,Sell\n,Bake\nopen,Buy\n"), fleet)
    assert {found.title: found.status for found in later.tasks.values()} == {
        "Bake": "open",
        "Buy": "open",
        "Sell": "done",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "an empty file"),
        ("name\nx\n", "row 1: 'name' is no column of a task"),
        ("title,Title\nx,y\n", "row 1: 'Title' is no column"),
        ("title,title\nx,y\n", "row 1: two columns title"),
        ("status\nopen\n", "row 1: no column title"),
        ("title,status\nx,open\ny\n", "row 3: 1 cells, and the header has 2"),
        ("title,status\nx,open,z\n", "row 2: 3 cells, and the header has 2"),
        ("title,status\n,open\n", "row 2: title: must have something in it"),
        ("title,priority\nx,P7\n", "row 2: priority: 'P7' is none of P0"),
        ("title,labels\nx,-y\n", "row 2: labels.0: must be one word"),
        ("title,due\nx,soon\n", "row 2: due: write a day as"),
        ("title,project\nx,No Slug\n", "row 2: project: must be lower-case"),
        ("title,created_at\nx,today\n", "row 2: created_at: must be a date such as"),
        ('title\n"x\n', "row 2: not CSV: unexpected end of data"),
        ('title\n"x"y\n', "row 2: not CSV: ',' expected after '\"'"),
        (f"title,body\nx,{'y' * (MAX_TEXT + 1)}\n", "row 2: body: longer than"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ClareError) as refused:
        csv_of(tmp_path, text)
    assert problem in refused.value.message
    assert refused.value.message.startswith(f"{tmp_path}/plan.csv")


def test_columns_that_follow_from_others_are_not_read(tmp_path: Path) -> None:
    head = "id,title,short,active,needed_by,children,claim,comments,contested"
    found = imported(csv_of(tmp_path, f"{head}\naaaaaaaaaaaa,x,?,?,?,?,?,?,?\n"))
    assert list(found.tasks) == ["a" * 12]


# Clare's own records.


def jsonl_of(*records: dict[str, object]) -> Source:
    path = Path("board.jsonl")
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return jsonl.load(path)


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")


def record(**more: object) -> dict[str, object]:
    lines = [json.loads(line) for line in (DATA / "board.jsonl").read_text().splitlines()]
    (found,) = (one for one in lines if one["title"] == "Take orders")
    return {**found, **more}


def test_a_record_that_changed_since_is_changed_here_too() -> None:
    fleet = imported(jsonl_of(record()))
    later = record(title="Take all orders", labels=["api"], updated_at="2026-11-21T09:00:00Z")
    found = task(imported(jsonl_of(later), fleet), "Take all orders")
    assert (found.labels, found.entity.contested) == (("api",), ())


def test_an_older_record_changes_nothing_and_is_told() -> None:
    opened = record(status="open", closed_at=None, updated_at="2026-11-21T09:00:00Z")
    fleet = imported(jsonl_of(opened))
    older = jsonl_of({**opened, "title": "Old", "updated_at": "2026-11-20T18:00:00Z"})
    planned = plan(fleet, older)
    assert planned.events == []
    assert planned.notes[0].endswith(": older than what was imported before, left out")


def test_who_and_when_are_kept() -> None:
    found = task(imported(jsonl_of(record(created_by="ada"))), "Take orders")
    assert found.entity.created
    assert found.entity.created.by == "ada"
    assert found.closing
    closed = record()["closed_at"]
    assert isinstance(closed, str)
    assert (found.closing.by, instant(closed)) == ("nat", instant(closed))


def test_what_one_said_twice_in_one_moment_stays_said_twice() -> None:
    twice = [{"id": "", "by": "nat", "at": "2026-11-20T09:00:00Z", "text": "Ha."}] * 2
    source = jsonl_of(record(comments=twice))
    fleet = imported(source)
    assert [c.text for c in task(fleet, "Take orders").comments] == ["Ha.", "Ha."]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"id": None}, "id: must be a task id"),
        ({"id": "AAAAAAAAAAAA"}, "id: must be a task id"),
        ({"title": None}, "title: missing"),
        ({"title": ["x"]}, "title: must be text"),
        ({"status": "closed"}, "status: 'closed' is not one of idea"),
        ({"labels": "x"}, "labels: must be a list"),
        ({"labels": ["a b"]}, "labels.0: must be one word"),
        ({"needs": ["x"]}, "needs.0: must be a task id"),
        ({"comments": [{"text": "x"}]}, "comments.0.at: missing"),
        ({"created_at": "2026-11-20"}, "created_at: must be a date"),
        ({"created_by": "a b"}, "created_by: must be a name"),
        ({"slug": "No"}, "slug: must be lower-case"),
        ({"pinned": 3}, "pinned: it is not one of true, false"),
    ],
)
def test_a_bad_record_is_named(more: dict[str, object], problem: str) -> None:
    with pytest.raises(ClareError) as refused:
        jsonl_of({"slug": "web"}, record(**more))
    assert f"board.jsonl, line 2: {problem}" in refused.value.message


def test_a_project_that_is_there_already_stays_as_it_is() -> None:
    source = FORMATS["taskwarrior"].load(FORMATS["taskwarrior"].data)
    own = imported(jsonl_of({"slug": "bakery-mill", "title": "Ours"}))
    assert imported(source, own).projects["bakery-mill"].value("title") == "Ours"
