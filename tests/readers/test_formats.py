"""What of each format arrives, and as what."""

import json
from pathlib import Path

import pytest

from clare.clock import instant
from clare.errors import ClareError
from clare.fleet import Fleet
from clare.services.origin import Source
from clare.services.readers import backlog, github, taskwarrior
from clare.services.readers.sections import sections
from tests.readers.sources import FORMATS, imported, task, value


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
