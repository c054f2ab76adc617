"""What of each format arrives, and as what."""

import json
from pathlib import Path

import pytest

from clare.clock import instant
from clare.errors import ClareError, Usage
from clare.events.fields import MAX_TEXT
from clare.fleet import Fleet
from clare.services.readers import backlog, csv, github, jsonl, markdown, taskwarrior
from clare.services.readers.sections import sections
from clare.services.replica import Source, plan
from clare.services.rows import name_of
from tests.readers.sources import DATA, FORMATS, imported, task, value


def good(form: str) -> Fleet:
    return imported(FORMATS[form].load(FORMATS[form].data))


def said(fleet: Fleet, title: str) -> list[tuple[str, str, str]]:
    return [(c.event[:15], c.by, c.text) for c in task(fleet, title).comments]


# GitHub.


def github_of(tmp_path: Path, *issues: dict[str, object]) -> Source:
    path = tmp_path / "issues.json"
    base = {
        "url": "https://github.com/mill/oven/issues/1",
        "title": "Bake",
        "state": "OPEN",
        "createdAt": "2026-03-01T08:00:00Z",
    }
    path.write_text(json.dumps([{**base, **issue} for issue in issues]))
    return github.load(path)


def test_an_issue_of_github_arrives() -> None:
    fleet = good("github")
    scale = task(fleet, "The scale is off")
    assert (scale.type, scale.status, scale.priority, scale.pinned) == ("bug", "open", "P1", True)
    assert (scale.assignee, scale.labels) == ("mira", ("good-first-issue", "p1"))
    assert scale.links == (
        "assignee:jonas",
        "https://github.com/mill/oven/issues/7",
        "milestone:Spring opening",
    )
    assert scale.parent == task(fleet, "All scales").id
    assert scale.needs == (task(fleet, "Buy a level").id,)
    assert value(fleet, "The scale is off", "body").startswith("The scale shows 3 g")
    assert scale.created_at == instant("2026-03-01T08:00:00Z")
    assert scale.entity.created
    assert scale.entity.created.by == "ada"
    assert said(fleet, "The scale is off") == [
        ("20260302T090000", "jonas", "Mine too."),
        ("20260303T090000", "github", "Mine not."),
    ]


def test_a_closed_issue_of_github_is_done_or_dropped() -> None:
    fleet = good("github")
    level = task(fleet, "Buy a level")
    assert (level.status, value(fleet, "Buy a level", "close_reason")) == ("done", "")
    assert level.closing
    assert level.closing.event.startswith("20260305T100000")
    assert task(fleet, "All scales").status == "dropped"
    assert value(fleet, "All scales", "close_reason") == "not planned"


def test_both_forms_of_github_name_the_same_tasks_and_take_nothing_away() -> None:
    fleet = good("github")
    rest = imported(FORMATS["github-rest"].load(FORMATS["github-rest"].data), fleet)
    assert set(rest.tasks) == set(fleet.tasks)
    for key, found in rest.tasks.items():
        before = fleet.tasks[key]
        assert (found.needs, found.parent, found.pinned) == (
            before.needs,
            before.parent,
            before.pinned,
        )


def test_pull_requests_are_left_out_and_mere_numbers_of_comments_are_told() -> None:
    source = FORMATS["github-rest"].load(FORMATS["github-rest"].data)
    assert (len(source.rows), source.skipped) == (2, 1)
    assert source.notes[-1].startswith("2 comments are only counted in the file: ")
    assert task(imported(source), "The scale is off").parent == github.ORIGIN.task_id(
        "github.com/mill/oven#9"
    )


def test_repositories_do_not_clash_and_case_does_not_count(tmp_path: Path) -> None:
    urls = [
        "https://github.com/mill/oven/issues/1",
        "https://github.com/mill/shop/issues/1",
        "https://git.example.invalid/mill/oven/issues/1",
    ]
    issues: list[dict[str, object]] = [{"url": url} for url in urls]
    assert len({row.key for row in github_of(tmp_path, *issues).rows}) == 3
    assert github.issue_id("https://GitHub.com/Mill/Oven/issues/1") == github.issue_id(urls[0])
    assert github.issue_id("https://api.github.com/repos/mill/oven/issues/1") == github.issue_id(
        urls[0]
    )
    assert github.issue_id("https://git.x/api/v3/repos/a/b/issues/2") == "git.x/a/b#2"
    with pytest.raises(ClareError, match="issue 2: the same task as in issue 1"):
        github_of(tmp_path, {}, {"title": "Bake again"})


def test_an_address_that_is_none_of_an_issue_is_refused(tmp_path: Path) -> None:
    for url in ("", "x", "https://github.com/mill/oven", "https://github.com/a/b/issues/1/x"):
        with pytest.raises(ClareError, match="issue 1: url: must be the address of an issue"):
            github_of(tmp_path, {"url": url})


@pytest.mark.parametrize("between", ["", "\n", " , "])
def test_pages_may_stand_one_after_another_or_in_an_array(tmp_path: Path, between: str) -> None:
    one, two = (json.loads(FORMATS["github"].data.read_text())[n] for n in (0, 1))
    path = tmp_path / "pages.json"
    path.write_text(between.join(json.dumps([page]) for page in (one, two)))
    found = {row.key for row in github.load(path).rows}
    path.write_text(json.dumps([[one], [two]]))
    assert {row.key for row in github.load(path).rows} == found
    assert len(found) == 2


def test_what_the_file_does_not_tell_of_stays_as_it_was(tmp_path: Path) -> None:
    full = github_of(tmp_path, {"body": "Long.", "labels": [{"name": "x"}], "isPinned": True})
    bare = github_of(tmp_path, {"title": "Bake it"})
    found = task(imported(bare, imported(full)), "Bake it")
    assert (found.entity.value("body"), found.labels, found.pinned) == ("Long.", ("x",), True)
    none = github_of(tmp_path, {"body": None, "labels": [], "isPinned": False})
    found = task(imported(none, imported(full)), "Bake")
    assert (found.entity.value("body"), found.labels, found.pinned) == ("", (), False)


# Backlog.md.


def test_a_task_of_backlog_arrives() -> None:
    fleet = good("backlog")
    title = "Rebuild the oven: both decks"
    oven = task(fleet, title)
    assert (oven.status, oven.priority, oven.assignee) == ("open", "P1", "mira")
    assert oven.labels == ("big-job", "heat")
    assert oven.links == (
        "assignee:jonas",
        "backlog:TASK-1",
        "https://oven.example.invalid/plan",
        "milestone:Spring opening",
    )
    assert oven.entity.created
    assert (oven.entity.created.by, oven.created_at) == ("ada", instant("2026-03-01T08:00:00Z"))
    assert value(fleet, title, "body") == (
        "The old one loses heat.\n\n## Problem\n\nThe door."
        "\n\n## Implementation Plan\n\n1. Bricks\n2. Door"
    )
    assert value(fleet, title, "done_when") == (
        "- [ ] #1 Holds 250 °C for an hour\n- [x] #2 Door closes\n\n- [ ] #1 Photos are filed"
    )
    assert said(fleet, title) == [("20260301T080000", "backlog", "Bricks are ordered.")]


def test_parents_and_dependencies_of_backlog_are_found_in_any_case() -> None:
    fleet = good("backlog")
    door = task(fleet, "Weld the door")
    assert door.parent == task(fleet, "Rebuild the oven: both decks").id
    assert door.needs == (task(fleet, "Order bricks").id,)
    assert (door.assignee, value(fleet, "Weld the door", "due")) == ("ada", "2026-04-01")


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Order bricks", "done"),
        ("A second oven?", "idea"),
        ("Paint it", "dropped"),
        ("Weld the door", "open"),
    ],
)
def test_the_folder_and_the_status_of_backlog_say_how_far_a_task_is(
    title: str, status: str
) -> None:
    assert task(good("backlog"), title).status == status


def test_two_projects_of_backlog_do_not_clash(tmp_path: Path) -> None:
    path = FORMATS["backlog"].copy(tmp_path)
    ours = {row.key for row in backlog.load(path, "").rows}
    assert {row.key for row in backlog.load(path, "Bakery").rows} == ours
    assert not {row.key for row in backlog.load(path, "Other").rows} & ours
    (path / "config.yml").unlink()
    assert {row.key for row in backlog.load(path, "").rows} == {
        row.key for row in backlog.load(path, tmp_path.name).rows
    }


def test_the_folder_above_backlog_may_be_named_too(tmp_path: Path) -> None:
    path = FORMATS["backlog"].copy(tmp_path)
    assert backlog.load(tmp_path, "").rows == backlog.load(path, "").rows


def test_a_task_that_moves_to_another_folder_stays_the_same(tmp_path: Path) -> None:
    path = FORMATS["backlog"].copy(tmp_path)
    fleet = imported(backlog.load(path, ""))
    moved = path / "completed" / "task-1.1 - Weld-the-door.md"
    (path / "tasks" / moved.name).rename(moved)
    text = moved.read_text().replace("To Do", "Done")
    moved.write_text(text.replace("labels: []", "labels: []\nupdated_date: 2026-03-09"))
    later = imported(backlog.load(path, ""), fleet)
    assert len(later.tasks) == len(fleet.tasks)
    assert task(later, "Weld the door").status == "done"


def test_line_ends_of_windows_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = FORMATS["backlog"].copy(tmp_path)
    before = backlog.load(path, "").rows
    for file in path.rglob("*.md"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert backlog.load(path, "").rows == before


def test_headings_between_marks_are_text() -> None:
    marked = "## Description\n<!-- SECTION:DESCRIPTION:BEGIN -->\nA\n## Final Summary\nB\n"
    assert sections(f"{marked}<!-- SECTION:DESCRIPTION:END -->\n\n## Final Summary\n\nC\n") == {
        "description": "A\n## Final Summary\nB\n".rstrip(),
        "final summary": "C",
    }
    assert sections("## Acceptance Criteria (Optional)\n\nx\n## Other\ny") == {
        "acceptance criteria": "x\n## Other\ny"
    }


# taskwarrior.


def test_a_task_of_taskwarrior_arrives() -> None:
    fleet = good("taskwarrior")
    flour = task(fleet, "Buy flour")
    assert (flour.status, flour.priority, flour.labels) == ("open", "P1", ("errand", "next"))
    assert flour.needs == (task(fleet, "Count the sacks").id,)
    assert value(fleet, "Buy flour", "due") == "2026-04-01T06:00:00Z"
    assert flour.project == "bakery-mill"
    assert fleet.projects["bakery-mill"].value("title") == "Bakery.Mill"
    assert said(fleet, "Buy flour") == [
        ("20260301T090000", "taskwarrior", "Type 550, 25 kg"),
        ("20260302T080000", "taskwarrior", "https://mill.example.invalid/flour"),
    ]


def test_each_status_of_taskwarrior_has_its_counterpart() -> None:
    fleet = good("taskwarrior")
    assert task(fleet, "Count the sacks").status == "done"
    closing = task(fleet, "Count the sacks").closing
    assert closing
    assert closing.event.startswith("20260303T070000")
    assert task(fleet, "Sell the old oven").status == "dropped"
    fair = task(fleet, "Book the fair")
    assert (fair.status, fair.priority) == ("open", "P3")
    assert value(fleet, "Book the fair", "defer_until") == "2026-05-01T00:00:00Z"
    assert "until:2026-07-01T00:00:00Z" in fair.links
    assert len(fair.needs) == 2


def test_a_recurring_template_is_an_idea_with_its_instances_below() -> None:
    fleet = good("taskwarrior")
    filters = [found for found in fleet.tasks.values() if found.title == "Clean the filter"]
    (template,) = [found for found in filters if found.status == "idea"]
    (instance,) = [found for found in filters if found.status == "open"]
    assert instance.parent == template.id
    assert "recur:weekly" in template.links


def test_objects_of_taskwarrior_may_stand_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    rows = json.loads(FORMATS["taskwarrior"].data.read_text())
    path.write_text("\n".join(map(json.dumps, rows)))
    assert (
        taskwarrior.load(path).rows == FORMATS["taskwarrior"].load(FORMATS["taskwarrior"].data).rows
    )


def test_a_project_that_is_there_already_stays_as_it_is() -> None:
    source = FORMATS["taskwarrior"].load(FORMATS["taskwarrior"].data)
    own = imported(jsonl_of({"slug": "bakery-mill", "title": "Ours"}))
    assert imported(source, own).projects["bakery-mill"].value("title") == "Ours"


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
        ("title,priority\nx,P7\n", "row 2: priority: Input should be"),
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
        ({"title": None}, "title: Field required"),
        ({"title": ["x"]}, "title: Input should be a valid string"),
        ({"status": "closed"}, "status: Input should be"),
        ({"labels": "x"}, "labels: Input should be a valid tuple"),
        ({"labels": ["a b"]}, "labels.0: must be one word"),
        ({"needs": ["x"]}, "needs.0: must be a task id"),
        ({"comments": [{"text": "x"}]}, "comments.0.at: Field required"),
        ({"created_at": "2026-11-20"}, "created_at: must be a date"),
        ({"created_by": "a b"}, "created_by: must be a name"),
        ({"slug": "No"}, "slug: must be lower-case"),
        ({"pinned": 3}, "pinned: Input should be"),
    ],
)
def test_a_bad_record_is_named(more: dict[str, object], problem: str) -> None:
    with pytest.raises(ClareError) as refused:
        jsonl_of({"slug": "web"}, record(**more))
    assert f"board.jsonl, line 2: {problem}" in refused.value.message
