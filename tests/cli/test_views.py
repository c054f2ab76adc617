"""Saved views: on the board, for everybody, gone when taken away."""

from pathlib import Path

import pytest

from tests.cli.planting import CLONE, event_id, findings
from tests.cli.running import Here, plant, two_hosts
from tests.cli.test_contract import completed


def planted(
    body: str, number: int = 0, name: str = "new", type_: str = "view.saved"
) -> dict[str, str]:
    """The file of an event about a view that this Clare would not write."""
    one = event_id(number)
    head = f"id: {one}\ntype: {type_}\nby: eve\nclone: {CLONE}\nentity: views/{name}\n"
    return {f"fleet/views/{name}/{one}.yaml": head + body}


def titles(here: Here, *words: str) -> list[object]:
    return [task["title"] for task in here.records("list", *words)]


def test_a_view_stands_for_its_terms_its_order_and_its_columns(
    here: Here, varied: dict[str, str]
) -> None:
    saved = here.ok(
        "view", "save", "xs", "label:x", "-label:wip", "sort:-title", "--columns", "title"
    )
    assert saved == "xs saved: label:x -label:wip sort:-title\n"
    assert here.ok("list", "@xs") == "B\nA parser\n"
    assert here.ok("list", "@xs", "-label:y") == "B\n"
    assert here.ok("list", "@xs", "sort:title") == "A parser\nB\n"
    assert here.ok("list", "@xs", "--columns", "priority") == "P2\nP1\n"
    assert len(here.records("list", "@xs")[0]) > 20
    assert [task["title"] for task in here.records("ready", "@xs")] == ["A parser"]
    assert here.record("next", "--where", "@xs")["title"] == "A parser"
    assert "A parser" in here.ok("tree", "@xs")
    assert "A parser" in here.ok("board", "--where", "@xs")


def test_views_are_listed_shown_and_taken_away(here: Here) -> None:
    assert here.run("view", "list").err == "no views; `clare view save NAME QUERY` saves one\n"
    here.ok("view", "save", "bugs", "type:bug")
    here.ok("view", "save", "all", "--columns", "id,title")
    assert here.ok("view", "list") == "all\nbugs  type:bug\n"
    found = here.records("view", "list")
    assert [(view["name"], view["query"], view["columns"]) for view in found] == [
        ("all", "", ["id", "title"]),
        ("bugs", "type:bug", []),
    ]
    assert here.record("view", "show", "bugs") == found[1]
    assert here.ok("view", "show", "bugs").startswith("bugs\n  query  type:bug\n  saved  ")
    assert here.ok("view", "rm", "bugs") == "bugs removed\n"
    assert here.ok("view", "list") == "all\n"
    for words in (["view", "show", "bugs"], ["view", "rm", "bugs"], ["list", "@bugs"]):
        gone = here.run(*words)
        assert (gone.code, gone.err) == (1, "clare: no view bugs\n  known: all\n")
    here.ok("view", "save", "bugs", "type:bug", "sort:due")
    assert here.record("view", "show", "bugs")["query"] == "type:bug sort:due"
    here.ok("view", "rm", "bugs")
    assert [
        line.split("plum")[1].strip() for line in here.ok("log", "views/bugs").splitlines()
    ] == [
        "nat takes back 2 events of view bugs",
        "nat saves view bugs: type:bug sort:due",
        "nat takes back 1 event of view bugs",
        "nat saves view bugs: type:bug",
    ]
    assert findings(here) == []


def test_saving_again_replaces_and_saving_the_same_writes_nothing(here: Here) -> None:
    here.ok("view", "save", "bugs", "type:bug", "--columns", "title")
    again = here.ok("view", "save", "bugs", "type:bug", "--columns", "title")
    assert again == "bugs saved: type:bug  (nothing to change)\n"
    here.ok("view", "save", "bugs", "type:task")
    view = here.record("view", "show", "bugs")
    assert (view["query"], view["columns"]) == ("type:task", [])
    assert len(here.git("log", "--format=%s", "refs/heads/fleet").splitlines()) == 3


def test_views_within_a_view_are_written_out(here: Here) -> None:
    here.ok("view", "save", "bugs", "type:bug", "sort:due", "--columns", "title")
    here.ok("view", "save", "mine", "@bugs", "is:mine")
    view = here.record("view", "show", "mine")
    assert (view["query"], view["columns"]) == ("type:bug is:mine sort:due", ["title"])
    here.ok("view", "rm", "bugs")
    assert here.run("list", "@mine").code == 0


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["bugs", "lable:x"], 2, "there is no key lable"),
        (["bugs", "label:x", "--columns", "titel"], 2, "no column 'titel'"),
        (["bugs", "project:nope"], 1, "no project nope"),
        (["bugs", "@nope"], 1, "no view nope"),
        (["bugs"], 2, "nothing to save"),
        (["Big Bugs", "type:bug"], 2, "'Big Bugs' cannot name a view"),
        (["../x", "type:bug"], 2, "'../x' cannot name a view"),
        (["con", "type:bug"], 2, "'con' cannot name a view"),
        (["bugs", "x" * 60_000], 2, "query: longer than"),
    ],
)
def test_what_cannot_be_used_is_not_saved(
    here: Here, words: list[str], code: int, message: str
) -> None:
    ran = here.run("view", "save", *words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err.splitlines()[0]
    assert here.records("view", "list") == []


def test_a_view_of_a_newer_clare_is_kept_and_told_when_it_is_used(here: Here) -> None:
    here.add("Work")
    plant(here, planted("set:\n  query: estimate:>3h\n  columns: title\n  colour: red\n"))
    assert here.ok("view", "list") == "new  estimate:>3h\n"
    assert here.ok("list") != ""
    used = here.run("list", "@new")
    assert (used.code, used.out) == (1, "")
    assert used.err.startswith("clare: the view new says what this Clare does not understand: ")
    assert "there is no key estimate" in used.err
    assert "install a newer Clare" in used.err
    assert {each["level"] for each in findings(here)} <= {"note"}
    here.ok("view", "save", "new", "label:x")
    assert here.run("list", "@new").code == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("set:\n  query: label:x\n  columns: weight\n", "no column 'weight'"),
        ('set:\n  query: "@other"\n', "names another view, @other"),
        ('set:\n  query: "a\\nb \\"c"\n', "its quotes do not end"),
    ],
)
def test_a_view_that_cannot_be_used_is_refused_in_one_line(
    here: Here, body: str, message: str
) -> None:
    plant(here, planted(body))
    used = here.run("list", "@new")
    assert (used.code, used.err.count("\n")) == (1, 2)
    assert message in used.err
    assert here.run("view", "list").code == 0


def test_an_event_about_a_view_of_an_unknown_type_acts_as_far_as_it_is_known(here: Here) -> None:
    here.ok("view", "save", "new", "label:x")
    plant(here, planted("set:\n  query: label:y\n", 1, type_="view.shared"))
    assert here.record("view", "show", "new")["query"] == "label:y"
    here.ok("view", "rm", "new")
    assert here.records("view", "list") == []


def test_two_who_save_one_view_at_once_are_both_kept_and_saving_settles_it(
    tmp_path: Path, home: Path
) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.ok("view", "save", "bugs", "type:bug")
    apricot.ok("view", "save", "bugs", "type:task")
    for here in (plum, apricot, plum):
        here.ok("sync")
    view = plum.record("view", "show", "bugs")
    assert view == apricot.record("view", "show", "bugs")
    assert view["contested"]
    assert "contested  query; saving it again settles it" in plum.ok("view", "show", "bugs")
    assert plum.ok("view", "list").rstrip().endswith("!")
    plum.ok("view", "save", "bugs", str(view["query"]))
    assert plum.record("view", "show", "bugs")["contested"] == {}


def test_a_view_saved_while_somebody_took_it_away_stays(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    plum.ok("view", "save", "bugs", "type:bug")
    apricot.ok("sync")
    hub.rename(tmp_path / "away")
    plum.run("view", "rm", "bugs")
    apricot.run("view", "save", "bugs", "type:task")
    (tmp_path / "away").rename(hub)
    for here in (plum, apricot, plum):
        here.ok("sync")
    assert plum.record("view", "show", "bugs")["query"] == "type:task"


def test_a_damaged_view_is_told_and_stops_only_what_depends_on_it(here: Here) -> None:
    here.add("Work", "-l", "x")
    here.ok("view", "save", "bugs", "type:bug")
    plant(here, {"fleet/views/bugs/half.yaml": "half"})
    for words in (["view", "show", "bugs"], ["view", "save", "bugs", "x"], ["view", "rm", "bugs"]):
        assert here.run(*words).code == 5
    used = here.run("list", "@bugs")
    assert used.code == 5
    assert titles(here, "label:x") == ["Work"]


def test_tab_offers_views_until_they_are_taken_away(here: Here) -> None:
    here.ok("view", "save", "bugs", "type:bug")
    here.ok("view", "save", "builds", "type:build")
    assert set(completed(here, "list", "@b")) == {"@bugs", "@builds"}
    assert set(completed(here, "view", "show", "b")) == {"bugs", "builds"}
    here.ok("view", "rm", "bugs")
    assert set(completed(here, "ready", "@b")) == {"@builds"}
