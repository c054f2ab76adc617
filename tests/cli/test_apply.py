"""Plans at the command line: a file of tasks becomes one commit, or nothing."""

import json
import re
from pathlib import Path

import pytest

from clare.services.plan_entries import KNOWN, parsed
from tests.cli.planting import event, event_id, folder
from tests.cli.running import TASK_FIELDS, Here, files_of, plant

WEEK = """\
- &lexer
  title: Write the lexer
  labels: [parser]
  priority: P1
- &parser
  title: Write the parser
  needs: [*lexer]
  children:
  - Fix the dates
  - &zones
    title: Zones
    needs: &lexer
- title: Release
  needs: [&parser, *zones]
"""


def apply(here: Here, plan: str, *words: str, name: str = "plan.yaml") -> list[str]:
    """The ids that applying a plan prints."""
    (here.folder / name).write_text(plan, "utf-8")
    return here.ok("apply", name, *words).split()


def refused(here: Here, plan: str, *, code: int = 2, name: str = "plan.yaml") -> list[str]:
    """The lines that say why a plan cannot be applied; the board stays as it was."""
    (here.folder / name).write_text(plan, "utf-8")
    tip, files = here.git("rev-parse", "refs/heads/fleet"), files_of(here)
    ran = here.run("apply", name)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert (here.git("rev-parse", "refs/heads/fleet"), files_of(here)) == (tip, files)
    again = here.run("apply", name, "--dry-run")
    assert (again.code, again.err) == (ran.code, ran.err)
    *lines, hint = ran.err.splitlines()
    assert hint.startswith("  ")
    return [line.removeprefix("clare: ") for line in lines]


def titles(here: Here, *words: str) -> dict[str, str]:
    return {str(task["title"]): str(task["id"]) for task in here.records("list", "--all", *words)}


def test_a_plan_becomes_one_commit_and_prints_its_ids_in_order(here: Here) -> None:
    ids = apply(here, WEEK)
    lexer, parser, dates, zones, release = ids
    assert titles(here) == {
        "Write the lexer": lexer, "Write the parser": parser, "Fix the dates": dates,
        "Zones": zones, "Release": release,
    }  # fmt: skip
    assert here.record("show", lexer)["labels"] == ["parser"]
    assert here.record("show", parser)["needs"] == [lexer]
    assert here.record("show", parser)["children"] == [dates, zones]
    assert here.record("show", zones)["needs"] == [lexer]
    assert here.record("show", release)["needs"] == [parser, zones]
    assert here.git("log", "-1", "--format=%s") == "nat applies plan.yaml: 5 added"
    assert here.git("rev-list", "--count", "refs/heads/fleet") == "2"
    assert here.git("status", "--porcelain") == "?? plan.yaml"


def test_json_lines_from_a_pipe_are_a_plan_too(here: Here) -> None:
    here.ok("project", "add", "web")
    need = here.add("Before")
    lines = [
        {"title": "b", "needs": ["&a", need[:5]], "project": "web"},
        {"as": "&a", "title": "a", "pinned": True, "due": None, "comment": "Said 🎉."},
    ]
    ran = here.run("apply", "-", given="".join(f"{json.dumps(line)}\n" for line in lines))
    b, a = ran.out.split()
    assert here.record("show", b)["needs"] == [need, a]
    found = here.record("show", a)
    assert (found["pinned"], found["due"]) == (True, None)
    assert [c["text"] for c in found["comments"]] == ["Said 🎉."]  # type: ignore[attr-defined]
    assert here.git("log", "-1", "--format=%s") == "nat applies a plan: 2 added"


def test_every_field_of_a_task_can_be_planned(here: Here) -> None:
    here.ok("project", "add", "web")
    plan = """\
- title: All
  body: Body
  type: bug
  status: review
  priority: P0
  pinned: true
  project: web
  assignee: ada
  due: 2026-12-01
  defer_until: 2026-11-30T09:30:00Z
  repeat: 2 weeks
  done_when: Seen.
  labels: [a, b]
  links: https://example.org
"""
    (task,) = apply(here, plan)
    found = here.record("show", task)
    wanted = {
        "title": "All", "body": "Body", "type": "bug", "status": "review", "priority": "P0",
        "pinned": True, "project": "web", "assignee": "ada", "due": "2026-12-01",
        "defer_until": "2026-11-30T09:30:00Z", "repeat": "2 weeks", "done_when": "Seen.",
        "labels": ["a", "b"], "links": ["https://example.org"],
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_a_plan_edits_what_is_there_and_writes_only_what_changes(here: Here) -> None:
    need, other = here.add("Need"), here.add("Other")
    task = here.add("Task", "-l", "a", "-l", "b", "--needs", need, "--due", "2026-12-01")
    plan = f"""\
- task: {task[:5]}
  title: Task
  priority: P0
  due:
  labels: [a, c]
  needs: [{other[:6]}, "&new"]
  comment: Moved.
  remove: {{labels: b, needs: [{need}, {other}]}}
- &new New
- task: {need[:5]}
  status: done
  close_reason: merged
"""
    ids = apply(here, plan.replace(f"{need}, {other}", need))
    assert (ids[0], ids[2]) == (task, need)
    found = here.record("show", task)
    assert (found["priority"], found["due"], found["labels"]) == ("P0", None, ["a", "c"])
    assert found["needs"] == [other, ids[1]]
    assert (here.record("show", need)["status"], here.record("show", need)["close_reason"]) == (
        "done",
        "merged",
    )
    assert here.git("log", "-1", "--format=%s") == "nat applies plan.yaml: 1 added, 2 changed"
    tip = here.git("rev-parse", "HEAD")
    plan = f"- task: {task}\n  priority: P0\n  labels: [c]\n  remove: {{labels: [b]}}\n"
    (record,) = json.loads(here.ok("apply", "-", "--json", given=plan))
    assert record["result"] == "unchanged"
    assert here.git("rev-parse", "HEAD") == tip


def test_a_plan_that_closes_what_repeats_brings_the_next(here: Here) -> None:
    task = here.add("Water", "--due", "2026-12-01", "--every", "day")
    ran = here.run("apply", "-", given=f"task: {task}\nstatus: done\n")
    assert (ran.code, ran.out) == (0, f"{task}\n")
    assert "due 2026-12-02" in ran.err
    assert len(here.records("list")) == 1


def test_a_key_makes_a_repeat_harmless(here: Here) -> None:
    plan = "- title: a\n  key: import-1\n  comment: Said.\n- &b\n  title: b\n  key: import-2\n"
    first = apply(here, plan)
    here.ok("edit", first[0], "--title", "mine")
    tip = here.git("rev-parse", "HEAD")
    assert apply(here, plan) == first
    assert here.git("rev-parse", "HEAD") == tip
    more = plan + "- title: c\n  needs: [*b]\n"
    records = json.loads(here.ok("apply", "-", "--json", given=more))
    assert [record["result"] for record in records] == ["unchanged", "unchanged", "added"]
    assert [record["key"] for record in records] == ["import-1", "import-2", None]
    assert list(records[0]) == ["result", "as", "key", *TASK_FIELDS]
    assert records[2]["needs"] == [first[1]]
    assert here.record("show", first[0])["title"] == "mine"


def test_a_dry_run_tells_what_would_change_and_writes_nothing(here: Here) -> None:
    task = here.add("Old")
    tip, objects = here.git("rev-parse", "HEAD"), here.git("count-objects")
    plan = (
        f"- &a New\n- One\n- task: {task}\n  title: Newer\n  labels: x\n- title: Kept\n  key: k\n"
    )
    out = apply(here, plan, "--dry-run")
    shown = here.ok("apply", "plan.yaml", "--dry-run").splitlines()
    assert out
    assert [line.split()[:2] for line in shown[:3]] == [
        ["added", "&a"],
        ["added", "new"],
        ["changed", task[:4]],
    ]
    assert shown[2].endswith("  Newer (title Newer, +x)")
    assert (here.git("rev-parse", "HEAD"), here.git("count-objects")) == (tip, objects)
    kept = shown[3].split()[1]
    assert apply(here, plan)[3].startswith(kept)


def test_a_terminal_gets_a_line_for_each(here: Here) -> None:
    here.add("Old")
    (here.folder / "plan.yaml").write_text("- Write it\n- title: b\n  key: k\n")
    assert [
        line.partition(" ")[2] for line in here.terminal("apply", "plan.yaml").out.splitlines()
    ] == [
        "added: Write it",
        "added: b",
    ]
    again = here.terminal("apply", "plan.yaml").out.splitlines()
    assert again[1].endswith(" unchanged: b")


ONE = [
    ("- title: a\n  lables: b\n", "line 2, entry 1 (a): lables: unknown field; did you mean labels?"),
    ("- title: a\n  xyz: b\n", "line 2, entry 1 (a): xyz: unknown field; known are as, task,"),
    ("- body: a\n", "line 1, entry 1: title: missing"),
    ("- ok\n- title: a\n  due: never\n", "line 3, entry 2 (a): due: 'never' is no day; write it"),
    ("- title: a\n  priority: high\n", "line 2, entry 1 (a): priority: 'high' is none of P0, P1"),
    ("- title: a\n  labels: [ok, 'a b']\n", "line 2, entry 1 (a): labels: 'a b' must be one word"),
    ("- title: a\n  labels: {a: b}\n", "line 2, entry 1 (a): labels: must be a list of texts"),
    ("- title: [a]\n", "line 1, entry 1: title: must be text"),
    ("- title: a\n  children: b\n", "line 2, entry 1 (a): children: must be a list of entries"),
    ("- title: a\n  children: [&b]\n", "line 2, entry 2: entry: &b is a name alone"),
    ("- title: a\n- [b]\n", "line 1, entry 2: entry: not a map of fields"),
    ("- title: a\n  needs: &b\n", "line 2, entry 1 (a): needs: no entry is named &b"),
    ("- &lexer a\n- title: b\n  parent: &lexre\n", "line 3, entry 2 (b): parent: no entry is named "
     "&lexre; did you mean &lexer?"),
    ("- &x a\n- &x b\n", "line 2, entry 2 (&x): as: &x is taken by the entry in line 1"),
    ("- {title: a, key: k}\n- {title: b, key: k}\n", "line 2, entry 2 (b): key: k is taken by"),
    ("- title: a\n  as: b\n", "line 2, entry 1 (b): as: must be a name such as &lexer"),
    ("- &a\n  title: a\n  as: \"&b\"\n", "line 3, entry 1 (&a): as: the entry is named &a already"),
    ("- title: a\n  key: k\n  children: [b]\n", "line 3, entry 2 (b): key: missing: the entry above"),
    ("- {task: 7qk2, key: k}\n", "line 1, entry 1 (7qk2): key: an entry with task: edits"),
    ("- {task: , title: a}\n", "line 1, entry 1 (a): task: must be one line with something in it"),
    ("- {title: a, key: }\n", "line 1, entry 1 (a): key: must be one line with something in it"),
    ("- title: a\n  remove: {labels: b}\n", "line 2, entry 1 (a): remove: only for an entry with"),
    ("- task: a\n  remove: [b]\n", "line 2, entry 1 (a): remove: must be a map of labels"),
    ("- task: a\n  remove: {label: b}\n", "line 2, entry 1 (a): remove: label: unknown set; did"),
    ("- title: a\n  repeat: week\n", "line 2, entry 1 (a): repeat: a task that repeats needs a"),
    ("- title: a\n  repeat: 2weeks\n  due: 2026-12-01\n", "line 2, entry 1 (a): repeat: write it as"),
    ("- title: a\n  children:\n  - {title: b, parent: 7qk2}\n", "line 3, entry 2 (b): parent: the "),
    ("- &a {title: a, needs: &b}\n- &b {title: b, needs: *a}\n", "line 1, entry 1 (&a): needs: they "
     "would wait for each other: &a → &b → &a"),
    ("- &a {title: a, parent: &a}\n", "line 1, entry 1 (&a): parent: they would be parts of each"),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "problem"), ONE)
def test_a_bad_plan_names_file_line_entry_and_field(here: Here, plan: str, problem: str) -> None:
    (line,) = refused(here, plan)
    assert line.startswith(f"plan.yaml, {problem}")


def test_all_that_is_wrong_with_a_plan_is_told_at_once(here: Here) -> None:
    lines = refused(here, "- titel: a\n- title: b\n  due: never\n  needs: &c\n")
    assert [line.split(": ")[1] for line in lines] == ["titel", "title", "due", "needs"]
    many = refused(here, "- due: never\n" * 40)
    assert (len(many), many[-1]) == (21, "60 more problems")
    record = here.run("apply", "-", "--json", given="- due: never\n").error
    assert record["code"] == 2
    errors = record["errors"]
    assert isinstance(errors, list)
    assert len(errors) == 2


def test_what_the_board_refuses_is_exit_1_with_its_place(here: Here) -> None:
    plan = "- title: x\n  parent: zzzz\n  project: web\n- task: {}\n  needs: zzz\n"
    assert refused(here, plan.format(here.add("A")), code=1) == [
        "plan.yaml, line 2, entry 1 (x): parent: no task zzzz",
        "plan.yaml, line 3, entry 1 (x): project: no project web",
        f"plan.yaml, line 5, entry 2 ({here.records('list')[0]['id']}): needs: no task zzz",
    ]


def test_two_entries_about_one_task_are_a_bad_plan(here: Here) -> None:
    a = here.add("A")
    (line,) = refused(here, f"- ok\n- task: {a}\n- task: {a[:6]}\n  due: 2026-12-01\n")
    place = f"plan.yaml, line 3, entry 3 ({a[:6]}): task: "
    assert line == f"{place}the entry in line 2 is about this task already"


def test_a_circle_through_the_board_is_shown(here: Here) -> None:
    a = here.add("A")
    b = here.add("B", "--needs", a)
    plan = f"- &n\n  title: New\n  needs: {b}\n- task: {a}\n  needs: *n\n"
    (circle,) = refused(here, plan, code=1)
    assert circle.endswith(f"they would wait for each other: &n → {b[:4]} → {a[:4]} → &n")
    here.ok("edit", b, "--parent", a)
    (parts,) = refused(here, f"- task: {b}\n  children:\n  - task: {a}\n", code=1)
    assert parts.endswith(f"they would be parts of each other: {a[:4]} → {b[:4]} → {a[:4]}")
    apply(here, f"- task: {b}\n  parent:\n  remove: {{needs: {a}}}\n- task: {a}\n  needs: {b}\n")
    assert here.record("show", a)["needs"] == [b]


def test_a_circle_that_was_there_before_is_not_the_plan_s_fault(here: Here) -> None:
    a = here.add("A")
    b = here.add("B", "--needs", a)
    name = event_id(ahead=1)
    plant(here, {f"{folder(a)}/{name}.yaml": event(a, name, f"add:\n  needs:\n  - {b}\n")})
    (new,) = apply(here, f"- title: c\n  needs: [{a}]\n")
    assert here.record("show", new)["needs"] == [a]


def test_the_page_about_plans_has_every_field_and_plans_that_hold() -> None:
    page = (Path(__file__).parents[2] / "docs" / "plan.md").read_text("utf-8")
    assert [name for name in KNOWN if f"\n| `{name}` |" not in page] == []
    examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert [len(parsed(text.encode(), "plan.md")) for text in examples] == [5, 3]


def test_what_is_too_large_or_too_many_is_refused_in_one_line(here: Here) -> None:
    assert refused(here, "- a\n" * 10_001) == ["plan.yaml has more than 10,000 entries"]
    assert refused(here, "# x\n" * 1_400_000) == ["plan.yaml, larger than 5 MiB"]
    body = "x" * 48_000
    (line,) = refused(here, f"- title: a\n  body: {body}\n  done_when: {body}\n", code=1)
    assert line == "plan.yaml, line 1, entry 1 (a): entry: task.created would be larger than 64 KiB"
    (line,) = refused(here, f"- {'x' * 1_000_000}: a\n  title: b\n")
    assert len(line) < 1_000
    assert len(refused(here, "".join(f"- title: a\n  needs: &n{n}\n" for n in range(2_000)))) == 21
    assert refused(here, "") == ["plan.yaml, nothing in it"]
    assert refused(here, "[]") == ["plan.yaml has no entries"]


@pytest.mark.parametrize("name", ["gone.yaml", "fleet"])
def test_a_file_that_cannot_be_read_is_exit_1(here: Here, name: str) -> None:
    ran = here.run("apply", name)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"clare: {name}: ")


def test_hostile_text_steers_no_terminal_and_no_commit(here: Here) -> None:
    plan = '- {title: "a\\x1b[2J", project: "\\u202e"}\n'
    for line in refused(here, plan):
        assert line.isprintable()
    (task,) = apply(here, '- title: "a\\x1b[2J"\n', name="p\x1b.yaml")
    assert here.git("log", "-1", "--format=%s") == "nat applies p\\u001b.yaml: 1 added"
    assert "\x1b" not in here.ok("show", task)


def test_a_thousand_entries_that_lead_forwards_are_one_commit(here: Here) -> None:
    plan = [f"- &t{n}\n  title: t{n}\n  needs: [&t{n + 1}]\n" for n in range(999)]
    assert len(apply(here, "".join([*plan, "- &t999 end\n"]))) == 1000
    assert here.git("rev-list", "--count", "refs/heads/fleet") == "2"


def test_children_take_project_and_priority_from_the_entry_above(here: Here) -> None:
    here.ok("project", "add", "web")
    here.ok("project", "add", "api")
    there = here.add("There", "-P", "api", "-p", "P0")
    apply(
        here,
        "- title: top\n  project: web\n  priority: P1\n  children:\n"
        "  - title: middle\n    children: [leaf]\n"
        "  - {title: own, project: '', priority: P3}\n"
        f"- task: {there}\n  priority: P4\n  children: [below]\n",
    )
    found = {task["title"]: (task["project"], task["priority"]) for task in here.records("list")}
    assert found == {
        "top": ("web", "P1"), "middle": ("web", "P1"), "leaf": ("web", "P1"), "own": (None, "P3"),
        "There": ("api", "P4"), "below": ("api", "P4"),
    }  # fmt: skip


def test_a_child_of_an_entry_that_is_there_already_takes_from_its_task(here: Here) -> None:
    here.ok("project", "add", "web")
    plan = "- title: top\n  key: top\n  project: web\n"
    apply(here, plan)
    _, child = apply(here, f"{plan}  children: [{{title: new, key: new}}]\n")
    assert here.record("show", child)["project"] == "web"
