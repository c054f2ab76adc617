"""Plans and templates speak as the options do: days, and the project here."""

from pathlib import Path

import pytest

from clare.dates import day
from clare.services.opening import wall_clock
from tests.cli.running import Here, Json, plant

RELEASE = """\
title: Release
due: +9d
children:
- Write the notes
"""


@pytest.fixture
def shop(here: Here, tmp_path: Path) -> Here:
    """The folder of the project `shop`; the board, which has a template, is elsewhere."""
    folder = tmp_path / "code" / "shop"
    folder.mkdir(parents=True)
    plant(here, {"fleet/templates/release.yaml": RELEASE})
    for slug in ("shop", "web"):
        here.ok("project", "add", slug)
    found = Here(folder, {"CLARE_FLEET": str(here.folder)})
    found.ok("project", "edit", "shop", "--path", ".")
    return found


def applied(here: Here, plan: str) -> dict[str, Json]:
    """What a plan came to, by title."""
    ran = here.run("apply", "-", "--json", given=plan)
    assert ran.code == 0, ran.err
    return {str(each["title"]): each for each in ran.records}


def test_days_of_a_plan_count_from_when_it_is_applied(here: Here) -> None:
    before = wall_clock()
    plan = "- {title: a, due: +9d, defer_until: due-3d}\n- {title: b, due: eom}\n"
    found, after = applied(here, plan), wall_clock()
    assert found["a"]["due"] in {day("+9d", now=now) for now in (before, after)}
    assert found["a"]["defer_until"] == day("due-3d", now=0, own={"due": str(found["a"]["due"])})
    assert found["b"]["due"] in {day("eom", now=now) for now in (before, after)}


def test_an_edit_counts_from_the_task_s_own_day(here: Here) -> None:
    task = here.add("a", "--due", "2026-12-01")
    plan = f"- {{task: {task}, due: due+7d}}\n"
    found = applied(here, plan)["a"]
    assert found["due"] == "2026-12-08"


def test_a_day_that_counts_from_nothing_is_told_with_its_place(here: Here) -> None:
    ran = here.run("apply", "-", given="- b\n- title: a\n  defer_until: due-3d\n")
    assert (ran.code, here.records("list")) == (2, [])
    place = "standard input, line 3, entry 2 (a): defer_until: 'due-3d' counts from a due day"
    assert place in ran.err


def test_options_count_from_the_template_s_days(shop: Here) -> None:
    found = shop.record("add", "--template", "release", "--defer", "due-3d")
    assert found["defer_until"] == day("due-3d", now=0, own={"due": str(found["due"])})
    found = shop.record("add", "--template", "release", "--due", "2026-12-04", "--defer", "due-3d")
    assert (found["due"], found["defer_until"]) == ("2026-12-04", "2026-12-01")


@pytest.mark.parametrize(
    ("words", "project"),
    [([], "shop"), (["-P", "."], "shop"), (["-P", "web"], "web"), (["-P", ""], None)],
)
def test_a_template_and_what_is_in_it_belong_to_one_project(
    shop: Here, words: list[str], project: str | None
) -> None:
    shop.ok("add", "--template", "release", *words)
    assert {task["project"] for task in shop.records("list")} == {project}


def test_a_plan_s_tasks_belong_to_the_project_here_unless_it_says(shop: Here) -> None:
    elsewhere = shop.add("e", "-P", "web")
    plan = f"""\
- a
- {{title: b, project: .}}
- {{title: c, project: web, children: [c1]}}
- {{title: d, project: "", children: [d1, {{title: d2, project: .}}]}}
- task: {elsewhere}
  priority: P0
  children: [e1]
"""
    found = {title: each["project"] for title, each in applied(shop, plan).items()}
    assert found == {"a": "shop", "b": "shop", "c": "web", "c1": "web", "d": None, "d1": None} | {
        "d2": "shop",
        "e": "web",
        "e1": "web",
    }


def test_where_no_project_is_the_plan_says_so_with_its_place(here: Here) -> None:
    ran = here.run("apply", "-", given="- title: a\n  project: .\n")
    assert (ran.code, here.records("list")) == (1, [])
    assert "line 2, entry 1 (a): project: this is no project's folder" in ran.err
