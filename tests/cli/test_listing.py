"""The list by queries, and in every form."""

import csv
import io
import re

import pytest

from tests.cli.planting import folder
from tests.cli.running import TASK_FIELDS, Here, plant

HOSTILE = "\x1b[31mred\x07 \u202edlrow \x9b2J\x7f"
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def letters(found: list[dict[str, object]]) -> str:
    return "".join(str(task["title"])[0] for task in found)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["label:x"], "AB"),
        (["-label:y", "label:x"], "B"),
        (["label:x", "-label:y"], "B"),
        (["-label:x,y"], "CDF"),
        (["--where", "-label:x"], "CDF"),
        (["-label:x", "--where", "-status:idea"], "DF"),
        (["label:x -label:y"], "B"),
        (["priority:<=P1", "sort:priority"], "CA"),
        (["a", "parser"], "CAD"),
        (['"a parser"'], "AD"),
        (["status:closed"], "E"),
        (["status:closed", "--mine"], ""),
        (["is:mine"], "DF"),
        (["-is:mine"], "CAB"),
        (["is:mine", "--as", "ada"], "B"),
        (["status:unfinished,closed", "sort:title"], "ABCDEF"),
        (["sort:-title", "--all"], "FEDCBA"),
        (["project:web", "-l", "x"], "A"),
        (["-P", "web", "type:task"], ""),
        (["closed:<1d"], "E"),
        (["--", "-parser"], "BF"),
    ],
)
def test_words_and_options_are_one_query(
    here: Here, varied: dict[str, str], words: list[str], wanted: str
) -> None:
    ran = here.run("list", "--json", *words)
    assert ran.code == 0, ran.err
    assert letters(ran.records) == wanted


def test_ready_and_next_take_the_same_query(here: Here, varied: dict[str, str]) -> None:
    assert letters(here.records("ready")) == "AD"
    assert letters(here.records("ready", "-label:x")) == "D"
    assert letters(here.records("ready", "--where", "no:label", "sort:title")) == "D"
    assert letters(here.records("ready", "sort:-title")) == "DA"
    assert letters(here.records("ready", "--all", "label:x")) == "AB"
    assert here.record("next", "--where", "-label:x")["id"] == varied["D"]
    assert here.record("next", "--where", "sort:-title")["id"] == varied["A"]
    taken = here.record("next", "--claim", "--where", "is:mine parser")
    assert taken["id"] == varied["D"]
    assert here.run("next", "--claim", "--where", "label:x status:blocked").code == 7


@pytest.mark.parametrize("command", [["list"], ["ready"], ["tree"], ["board"], ["next", "--where"]])
def test_a_wrong_query_is_told_and_an_unknown_project_is_no_empty_list(
    here: Here, varied: dict[str, str], command: list[str]
) -> None:
    wrong = here.run(*command, "lable:x")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith(
        "clare: lable:x (character 1 of the query): there is no key lable\n"
    )
    assert "did you mean label?" in wrong.err
    unknown = here.run(*command, "project:wbe")
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err == "clare: no project wbe\n  known: web\n"
    assert here.run(*command, "-project:wbe").code in (1, 2)


def test_what_a_shell_made_of_an_unquoted_comparison_is_explained(here: Here) -> None:
    ran = here.run("list", "updated:")
    assert ran.code == 2
    assert "quote what has < or > in it: 'updated:>7d'" in ran.err


@pytest.mark.parametrize("command", ["list", "ready"])
def test_a_limit_says_how_many_more_there_are(
    here: Here, varied: dict[str, str], command: str
) -> None:
    whole = letters(here.records(command))
    for form in ([], ["--json"]):
        ran = here.run(command, "-n", "1", *form)
        assert ran.err == f"{len(whole) - 1} more; a higher --limit shows them\n"
    assert letters(here.records(command, "--limit", "1")) == whole[:1]
    assert here.run(command, "-n", str(len(whole))).err == ""
    assert here.run(command, "-n", "0").code == 2


def test_a_limit_counts_what_is_not_ready_as_well(here: Here, varied: dict[str, str]) -> None:
    whole = letters(here.records("ready", "--all"))
    assert letters(here.records("ready", "--all", "-n", "3")) == whole[:3]
    assert f"{len(whole) - 3} more" in here.run("ready", "--all", "-n", "3").err


def test_columns_are_chosen(here: Here, varied: dict[str, str]) -> None:
    assert here.ok("list", "label:x", "--columns", "priority,labels,assignee,title") == (
        "P1  x, y       A parser\nP2  x     ada  B\n"
    )
    shown = here.terminal("list", "label:x", "--columns", "priority,title", NO_COLOR="1").out
    assert shown == "priority  title\nP1        A parser\nP2        B\n"
    found = here.records("list", "label:x", "--columns", "title,state,needs")
    assert found == [
        {"title": "A parser", "state": "open", "needs": []},
        {"title": "B", "state": "blocked", "needs": [varied["A"]]},
    ]
    wrong = here.run("list", "--columns", "titel")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean title?" in wrong.err


def test_csv_has_every_column_and_a_head(here: Here, varied: dict[str, str]) -> None:
    text = here.program("list", "--csv").out
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert text.count("\r\n") == len(rows) + 1
    records = here.records("list")
    plain = [name for name in TASK_FIELDS if name not in ("claim", "comments", "contested")]
    assert set(plain) | {"holder", "state"} == set(rows[0])
    assert [row["title"] for row in rows] == [record["title"] for record in records]
    assert [row["labels"] for row in rows if row["title"] == "A parser"] == ["x, y"]
    none = here.program("list", "nowhere", "--csv", "--columns", "id,title")
    assert (none.out, none.err) == ("id,title\r\n", "no task fits\n")


def test_markdown_is_a_table(here: Here, varied: dict[str, str]) -> None:
    here.ok("edit", varied["A"], "--title", "A | parser *now*")
    assert here.ok("list", "label:x", "--md", "--columns", "title,labels") == (
        "| title | labels |\n| --- | --- |\n| A \\| parser \\*now\\* | x, y |\n| B | x |\n"
    )
    assert (
        here.ok("list", "label:y", "--md").splitlines()[0] == "| short | priority | state | title |"
    )


@pytest.mark.parametrize("form", ["--csv", "--md"])
def test_one_form_at_a_time(here: Here, form: str) -> None:
    ran = here.run("list", "--json", form)
    assert (ran.code, ran.out) == (2, "")
    assert ran.error["message"] == f"--json and {form} exclude each other"


def test_no_form_can_steer_a_terminal(here: Here) -> None:
    task = here.add(HOSTILE, "-m", f"{HOSTILE}\r\n{HOSTILE}", "-l", "a|b", "--for", "`x`")
    plant(here, {f"{folder(task)}/x.yaml": "a: b"})
    here.add("Child", "--parent", task, "--needs", task)
    for words in (
        ["list", "--csv"], ["list", "--md", "--columns", "body,title"], ["list", "--columns", "body"],
        ["tree"], ["tree", task], ["board"], ["list", HOSTILE], ["list", f"x:{HOSTILE}"],
        ["list", f"@{HOSTILE}"], ["list", f'"{HOSTILE}'], ["list", "--columns", HOSTILE],
        ["list", f"status:{HOSTILE}"], ["list", f"project:{HOSTILE}"], ["tree", f"id:{HOSTILE}"],
        ["view", "save", "x", HOSTILE], ["view", "list"], ["view", "show", "x"], ["view", "rm", "x"],
        ["view", "save", HOSTILE, "x"], ["view", "show", HOSTILE], ["list", "\udcff"],
        ["view", "save", "x", "\udcff"], ["tree", "\udcff"], ["list", "--csv", "\udcff"],
    ):  # fmt: skip
        ran = here.run(*words)
        assert ran.code in (0, 1, 2, 5), ran
        assert not STEERS.search((ran.out + ran.err).replace("\r\n", "\n")), words
        assert ran.err.count("\n") <= 3, ran.err
        on_terminal = here.terminal(*words, NO_COLOR="1").out if "\udcff" not in words else ""
        assert not STEERS.search(on_terminal.replace("\r\n", "\n")), words


@pytest.mark.parametrize("words", [["list", "--csv"], ["list", "--md"], ["list", "x" * 50_000]])
def test_a_pipe_gets_forms_whole(here: Here, words: list[str]) -> None:
    here.add("y" * 900, "-m", "z\n" * 500)
    ran = here.program(*words, COLUMNS="40")
    assert ran.code == 0
    if words[1].startswith("--"):
        assert "y" * 900 in ran.out


def test_a_query_of_any_length_is_answered(here: Here) -> None:
    here.add("A", "-l", "x")
    many = ["label:" + ",".join(["x"] * 5_000), *["-label:y"] * 2_000]
    assert letters(here.records("list", *many)) == "A"
    assert letters(here.records("list", "--where", "-" * 60_000)) == "A"
    assert here.records("list", "x" * 60_000) == []
