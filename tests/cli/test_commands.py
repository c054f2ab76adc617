"""Commands about boards, projects and history, as people read them and as programs do."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.running import Here, board, git, hub_of, shorts, two_hosts


def test_init_founds_a_fleet_and_says_where(tmp_path: Path, home: Path) -> None:
    made = Here(tmp_path, {}).run("init", "board", "--host", "plum")
    assert made.code == 0
    assert (
        made.out == f"fleet board is ready in {tmp_path}/board, branch fleet, host plum, no hub\n"
    )
    assert made.err == ""
    assert git(tmp_path / "board", "status", "--porcelain") == ""


def test_init_again_changes_nothing_but_the_local_name(here: Here) -> None:
    before = here.git("rev-parse", "fleet")
    assert here.record("init", ".", "--host", "apricot")["host"] == "apricot"
    assert here.git("rev-parse", "fleet") == before


def test_init_tells_programs_what_it_made(tmp_path: Path, home: Path) -> None:
    hub = hub_of(tmp_path)
    found = Here(tmp_path, {}).record(
        "init", "board", "--host", "plum", "--hub", str(hub), "--branch", "plans"
    )
    assert found == {
        "fleet": "board",
        "path": str(tmp_path / "board"),
        "branch": "plans",
        "hub": str(hub),
        "host": "plum",
        "notes": [],
    }
    assert git(hub, "rev-parse", "plans") == git(tmp_path / "board", "rev-parse", "plans")


def test_beside_code_the_board_has_a_branch_of_its_own(tmp_path: Path, home: Path) -> None:
    git(tmp_path, "init", "-q", "code")
    here = Here(tmp_path / "code", {})
    (here.folder / "main.py").write_text("print()\n")
    here.git("add", ".")
    here.git("commit", "-qm", "code")
    assert "branch fleet" in here.ok("init")
    here.add("A task")
    assert here.git("status", "--porcelain") == ""
    assert here.git("ls-files") == "main.py"
    assert (here.folder / "main.py").exists()


def test_join_takes_part_in_a_fleet(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Seen everywhere")
    assert apricot.ok("sync") == "received 1 event, published 0 commits\n"
    assert apricot.record("show", task)["title"] == "Seen everywhere"
    third = Here(tmp_path, {}).run("join", str(hub), "--host", "cherry")
    assert third.code == 0
    assert third.out == (
        f"fleet plum joined in {tmp_path}/hub, branch fleet, host cherry, hub {hub}\n"
    )


def test_progress_shows_on_a_terminal_and_leaves_nothing_behind(tmp_path: Path, home: Path) -> None:
    _, _, hub = two_hosts(tmp_path)
    shown = Here(tmp_path, {}).terminal("join", f"file://{hub}", "copy", NO_COLOR="1").out
    assert "\x1b[Kobjects " in shown
    assert "\r\x1b[Kfleet plum joined in " in shown
    quiet = Here(tmp_path, {}).program("join", f"file://{hub}", "other")
    assert "objects" not in quiet.err


def test_where_tells_what_was_chosen_and_why(here: Here) -> None:
    shown = here.ok("where")
    assert shorts(shown) == ["fleet", "repository", "branch", "hub", "host", "clone", "actor"]
    found = here.record("where")
    assert found["repository"] == {
        "value": str(here.folder),
        "why": "the repository around this folder",
    }
    assert found["hub"] == {"value": None, "why": "fleet.yaml"}
    assert found["host"] == {"value": "plum", "why": "given to init or join"}
    assert found["actor"] == {"value": "nat", "why": "git's user.name"}


@pytest.mark.parametrize(
    ("words", "env", "actor", "why"),
    [
        (("--as", "ada"), {"CLARE_ACTOR": "eve"}, "ada", "--as"),
        ((), {"CLARE_ACTOR": "eve"}, "eve", "$CLARE_ACTOR"),
        (
            (),
            {"CLAUDE_CODE_SESSION_ID": "7f3a9c1d-22"},
            "claude/7f3a9c1d",
            "the agent session in the environment",
        ),
        ((), {}, "nat", "git's user.name"),
    ],
)
def test_who_acts_is_chosen_in_order(
    here: Here, words: tuple[str, ...], env: dict[str, str], actor: str, why: str
) -> None:
    found = here.run("where", "--json", *words, **env).record["actor"]
    assert found == {"value": actor, "why": why}


def test_the_board_is_chosen_in_order(tmp_path: Path, here: Here) -> None:
    board(tmp_path, "other")
    elsewhere = Here(tmp_path, {})
    by_option = elsewhere.run("where", "--json", "--fleet", "other", CLARE_FLEET="board").record
    by_environment = elsewhere.run("where", "--json", CLARE_FLEET="board").record
    around = here.record("where")
    assert [found["fleet"] for found in (by_option, by_environment, around)] == [
        {"value": name, "why": "fleet.yaml"} for name in ("other", "board", "board")
    ]
    config = tmp_path / "home/.config/clare/config.toml"
    config.parent.mkdir()
    config.write_text(f'fleet = "{tmp_path}/other"\nactor = "eve"\n')
    configured = elsewhere.record("where")
    assert configured["fleet"] == {"value": "other", "why": "fleet.yaml"}
    assert configured["actor"] == {"value": "eve", "why": str(config)}


def test_log_tells_everything_or_one_story(here: Here) -> None:
    here.ok("project", "add", "web")
    task, other = here.add("Work"), here.add("Other")
    here.ok("done", task)
    lines = here.ok("log").splitlines()
    assert [re.split(" {2,}", line)[2] for line in lines] == [
        f"nat closes {task[:4]} as done: Work",
        f"nat adds {other[:4]}: Other",
        f"nat adds {task[:4]}: Work",
        "nat adds project web: web",
    ]
    assert len(here.ok("log", "-n", "2").splitlines()) == 2
    assert len(here.records("log", task[:6])) == 2
    assert here.ok("log", "web") == here.ok("log", "projects/web")
    assert here.ok("log", f"tasks/{task}") == here.ok("log", task)
    record = here.records("log", task)[0]
    assert list(record) == ["id", "type", "at", "host", "by", "clone", "entity", "after", "text"]
    assert (record["type"], record["host"], record["by"]) == ("task.edited", "plum", "nat")


def test_sync_needs_a_hub(here: Here) -> None:
    ran = here.run("sync")
    assert ran.code == 1
    assert ran.err == (
        "clare: this fleet has no hub to sync with\n"
        "  `clare init --hub URL` names one; `clare sync HOST` goes without\n"
    )


def test_sync_tells_what_came_and_went(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.add("One")
    plum.add("Two")
    found = apricot.record("sync")
    assert (found["received"], found["published"]) == (2, 0)
    assert found["commit"] == apricot.git("rev-parse", "fleet") == plum.git("rev-parse", "fleet")
    assert plum.ok("digest") == apricot.ok("digest")


def test_doctor_counts_and_finds_nothing_wrong(here: Here) -> None:
    here.add("Work")
    assert here.ok("doctor") == "1 event, 0 broken, 0 notes\n"
    assert here.record("doctor") == {
        "events": 1,
        "broken": 0,
        "notes": 0,
        "fixed": [],
        "findings": [],
    }


def test_digest_names_the_set_and_the_state(here: Here) -> None:
    empty = here.record("digest")
    assert list(empty) == ["files", "state", "events", "fold"]
    here.add("Work")
    full = here.record("digest")
    assert full["files"] == here.git("rev-parse", "fleet:fleet")
    assert full["state"] != empty["state"]
    assert shorts(here.ok("digest")) == list(empty)


def test_projects_are_added_edited_archived(here: Here) -> None:
    assert here.ok("project", "add", "web", "--title", "The shop") == "web added: The shop\n"
    taken = here.run("project", "add", "web")
    assert taken.code == 1
    assert taken.err.startswith("clare: there is a project web already\n")
    here.ok("project", "add", "api")
    task = here.add("Work", "-P", "web")
    assert here.ok("project", "edit", "web", "--title", "Shop") == "web edited: Shop\n"
    assert here.ok("project", "edit", "web", "--title", "Shop").endswith("(nothing to change)\n")
    found = here.record("project", "show", "web")
    assert list(found) == (
        [
            "slug",
            "title",
            "body",
            "status",
            "repo",
            "tasks",
            "unfinished",
            "created_at",
            "created_by",
            "contested",
            "path",
        ]
    )
    assert (found["title"], found["tasks"], found["unfinished"]) == ("Shop", 1, 1)
    assert here.ok("project", "show", "web") == (
        f"web  Shop\n  active, 1 of 1 unfinished\n  {task[:4]}  P2  open  Work\n"
    )
    assert here.ok("project", "archive", "web") == "web archived: Shop\n"
    assert shorts(here.ok("project", "list")) == ["api"]
    assert shorts(here.ok("project", "list", "--all")) == ["api", "web"]
    assert [p["slug"] for p in here.records("project", "list", "--all")] == ["api", "web"]
    assert here.record("show", task)["project"] == "web"


@pytest.mark.parametrize("slug", ["Web", "a b", "con", "-x", "a/b", "..", "x" * 49, ""])
def test_a_slug_must_fit_every_file_system(here: Here, slug: str) -> None:
    ran = here.run("project", "add", "--", slug)
    assert ran.code == 2
    assert ran.err.splitlines()[0] == f"clare: {slug!r} cannot name a project"


def test_import_beads_tells_what_it_did(here: Here, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "x-1", "title": "First", "status": "open", "priority": 1, "issue_type": "bug"},
        {"id": "x-2", "title": "An agent", "status": "open", "issue_type": "agent"},
    ]
    dates: dict[str, object] = {
        "created_at": "2025-01-01T10:00:00Z",
        "updated_at": "2025-01-01T10:00:00Z",
    }
    file = tmp_path / "issues.jsonl"
    file.write_text("".join(json.dumps({**row, **dates}) + "\n" for row in rows))
    ran = here.run("import", "beads", str(file))
    assert ran.code == 0
    assert ran.out == "1 created, 0 changed, 0 unchanged, 1 of type agent skipped\n"
    again = here.record("import", "beads", str(file))
    assert (again["created"], again["unchanged"], again["skipped_agents"]) == (0, 1, 1)
    assert [task["title"] for task in here.records("list")] == ["First"]


def test_an_import_reads_standard_input(here: Here) -> None:
    row = '{"id": "bk-1", "title": "Bake", "created_at": "2026-03-01T08:00:00Z"}\n'
    told = here.ok("import", "beads", "-", given=row)
    assert told == "1 created, 0 changed, 0 unchanged, 0 of type agent skipped\n"
    assert [task["title"] for task in here.records("list")] == ["Bake"]
    refused = here.run("import", "beads", "-", given="{")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("clare: standard input, line 1: not a JSON object\n")
