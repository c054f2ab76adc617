"""Templates: entries of a plan that lie on the board, written by people with git."""

from pathlib import Path

import pytest

from tests.cli.planting import findings
from tests.cli.running import Here, git, plant, two_hosts

RELEASE = """\
# What a release takes.
title: Release
priority: P1
labels: [release]
needs: [*notes, *tag]
children:
- &notes Write the notes
- &tag
  title: Tag it
  needs: *notes
"""
BUG = "type: bug\nbody: |\n  Seen with:\n  Expected:\n"


@pytest.fixture
def templates(here: Here) -> Here:
    plant(here, {path("release"): RELEASE, path("bug"): BUG})
    return here


def path(name: str) -> str:
    return f"fleet/templates/{name}.yaml"


def test_a_template_makes_its_task_and_those_in_it_in_one_commit(templates: Here) -> None:
    task = templates.ok("add", "--template", "release").strip()
    found = templates.record("show", task)
    assert (found["title"], found["priority"], found["labels"]) == ("Release", "P1", ["release"])
    children = found["children"]
    assert isinstance(children, list)
    assert found["needs"] == children
    inside = {str(t["title"]): t for t in templates.records("list") if t["parent"] == task}
    assert inside["Tag it"]["needs"] == [inside["Write the notes"]["id"]]
    assert templates.git("log", "-1", "--format=%s", "refs/heads/fleet").endswith(" (+2 more)")
    assert templates.git("rev-list", "--count", "refs/heads/fleet") == "3"


def test_what_is_given_stands_in_place_of_the_template_s(templates: Here) -> None:
    need = templates.add("Before")
    found = templates.record(
        "add", "--template", "release", "1.4", "-p", "P0", "-l", "urgent", "--needs", need[:5],
        "--due", "2026-12-01", "--for", "ada",
    )  # fmt: skip
    assert (found["title"], found["priority"], found["due"]) == ("1.4", "P0", "2026-12-01")
    assert (found["labels"], found["assignee"]) == (["release", "urgent"], "ada")
    needs = found["needs"]
    assert isinstance(needs, list)
    assert len(needs) == 3
    assert need in needs
    bug = templates.record("add", "It breaks", "--template", "bug")
    assert (bug["title"], bug["type"], bug["body"]) == (
        "It breaks",
        "bug",
        "Seen with:\nExpected:\n",
    )


def test_templates_are_listed_and_shown(templates: Here) -> None:
    assert templates.ok("template", "list") == "bug\nrelease  Release\n"
    assert templates.records("template", "list")[1] == {
        "name": "release", "path": path("release"), "title": "Release", "problem": None,
    }  # fmt: skip
    assert templates.ok("template", "show", "release") == RELEASE
    assert templates.record("template", "show", "bug")["entry"] == {
        "type": "bug",
        "body": "Seen with:\nExpected:\n",
    }
    assert templates.run("list").err == "no task fits\n"
    assert findings(templates) == []


def test_a_board_without_templates_says_how_to_make_one(here: Here) -> None:
    ran = here.run("template", "list")
    assert (ran.code, ran.out) == (0, "")
    assert "fleet/templates/NAME.yaml" in ran.err
    assert here.run("template", "list", "--json").out == "[]\n"


@pytest.mark.parametrize("name", ["gone", "../fleet", "", "-x", "a/b", "\x1b[2J"])
def test_an_unknown_template_is_exit_1_with_those_there_are(templates: Here, name: str) -> None:
    for words in (["template", "show", "--", name], ["add", f"--template={name}", "--", "A"]):
        ran = templates.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.endswith("\n  known: bug, release\n")
        assert "\x1b" not in ran.err


def test_a_task_needs_a_title_from_somewhere(templates: Here) -> None:
    ran = templates.run("add", "--template", "bug")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == 'clare: the template bug has no title\n  clare add --template bug "TITLE"\n'
    wrong = templates.run("add", "--template", "bug", "A", "--due", "never")
    assert (wrong.code, wrong.err.startswith("clare: due: 'never' is no day")) == (2, True)


DAMAGED: list[tuple[str | bytes, str]] = [
    ("title: [\n", ", line 2: did not find expected node content"),
    ("- title: a\n", ", line 1: not a map of fields"),
    ("title: a\nlables: b\n", ", line 2, entry 1 (a): lables: unknown field; did you mean labels?"),
    ("title: a\ntask: 7qk2\n", ", line 2, entry 1 (7qk2): task: not in a template"),
    (
        "title: a\nchildren:\n- title: b\n  key: k\n",
        ", line 4, entry 2 (b): key: not in a template",
    ),
    ("title: a\nneeds: &b\n", ", line 2, entry 1 (a): needs: no entry is named &b"),
    ("", ", nothing in it"),
    (b"\xff", ", line 1: not UTF-8"),
    ("title: " + "x" * 70_000, ": not a file, or larger than 64 KiB"),
]


@pytest.mark.parametrize(("text", "problem"), DAMAGED)
def test_a_damaged_template_names_file_and_line_and_disturbs_nothing_else(
    templates: Here, text: str | bytes, problem: str
) -> None:
    plant(templates, {path("bad"): text})
    for words in (["add", "--template", "bad", "A"], ["template", "show", "bad"]):
        ran = templates.run(*words)
        assert (ran.code, ran.out) == (5, "")
        assert ran.err.startswith(f"clare: {path('bad')}{problem}")
    (finding,) = findings_of(templates)
    assert (finding["level"], finding["where"]) == ("broken", path("bad"))
    assert f"{problem.lstrip(',: ')}" in finding["problem"]
    assert templates.ok("template", "list").splitlines()[0].split() == ["bad", "unreadable"]
    templates.ok("add", "--template", "bug", "It breaks")
    assert templates.run("list").err == ""


def findings_of(here: Here) -> list[dict[str, str]]:
    """What doctor finds, which exits 5."""
    ran = here.run("doctor", "--json")
    assert ran.code == 5
    found = ran.record["findings"]
    assert isinstance(found, list)
    return found


def test_a_name_that_is_none_and_a_link_are_reported(templates: Here, tmp_path: Path) -> None:
    plant(templates, {path("Not A Slug"): BUG})
    link = git(templates.folder, "hash-object", "-w", "--stdin", given=b"/etc/passwd")
    stream = (
        "commit refs/heads/fleet\ncommitter Eve <e@e> 1700000000 +0000\ndata 4\nlink"
        f"\nfrom refs/heads/fleet^0\nM 120000 {link} {path('link')}\n"
    )
    git(templates.folder, "fast-import", "--quiet", "--force", given=stream.encode())
    found = {f["where"]: f["problem"] for f in findings_of(templates)}
    assert "must be named in lower-case" in found[path("Not A Slug")]
    assert "symbolic link" in found[path("link")] or "not a file" in found[path("link")]
    assert templates.run("template", "show", "link").code == 5


def test_changes_of_templates_on_two_hosts_join_line_by_line(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    text = "".join(f"# {n}\n" for n in range(9))
    plant(plum, {path("release"): f"title: A\n{text}priority: P1\n"})
    plum.ok("sync")
    apricot.ok("sync")
    plant(plum, {path("release"): f"title: B\n{text}priority: P1\n"})
    plant(apricot, {path("release"): f"title: A\n{text}priority: P0\n", path("own"): BUG})
    task = apricot.add("Meanwhile")
    for here in (plum, apricot, plum, apricot):
        here.ok("sync")
    for here in (plum, apricot):
        found = here.record("template", "show", "release")["entry"]
        assert found == {"title": "B", "priority": "P0"}
        assert [each["name"] for each in here.records("template", "list")] == ["own", "release"]
        assert here.record("show", task)["title"] == "Meanwhile"
    assert plum.record("digest") == apricot.record("digest")


def test_changes_of_the_same_lines_wait_for_a_person(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plant(plum, {path("release"): "title: A\n"})
    plant(apricot, {path("release"): "title: B\n"})
    plum.ok("sync")
    ran = apricot.run("sync")
    assert ran.code != 0
    assert f"both sides changed the same lines of {path('release')}" in ran.err
