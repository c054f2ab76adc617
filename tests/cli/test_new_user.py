"""What somebody stumbles over in the first week: said in one line, with the right exit code."""

import pytest

from clare.dates import day
from clare.names import is_actor, is_new_actor
from tests.cli.running import Here, plant


def test_done_tells_what_is_still_open_and_closes_all_the_same(here: Here) -> None:
    task = here.add("Parse")
    need = here.add("Before")
    parts = here.ok("split", task, "One", "Two", "Three").split()
    here.ok("needs", task, need)
    ran = here.run("done", task)
    assert (ran.code, ran.err) == (0, f"clare: {task[:4]}: 3 parts and 1 need are still open\n")
    assert here.record("show", task)["status"] == "done"
    assert here.run("done", *parts, need).err == ""


def test_one_open_part_is_told_in_the_singular(here: Here) -> None:
    task = here.add("Parse")
    here.ok("split", task, "One")
    assert here.run("done", task).err == f"clare: {task[:4]}: 1 part is still open\n"


def test_two_forms_of_a_list_at_once_are_refused(here: Here) -> None:
    for words in (("--csv", "--md"), ("--md", "--json"), ("--csv", "--json")):
        assert here.run("list", *words).code == 2
    assert "--csv and --md exclude each other" in here.run("list", "--csv", "--md").err


def test_an_actor_newly_named_has_no_comma(here: Here) -> None:
    task = here.add("Parse")
    assert here.run("list", "--as", "a,b").code == 2
    assert here.run("list", CLARE_ACTOR="a,b").code == 2
    assert here.run("config", "set", "actor", "a,b").code == 2
    for words in (("assign", task, "--to", "a,b"), ("add", "x", "--for", "a,b")):
        ran = here.run(*words)
        assert (ran.code, ran.err.startswith("clare: assignee: 'a,b' has a comma")) == (2, True)
    plan = here.run("apply", "-", given='{"title": "x", "assignee": "a,b"}')
    assert (plan.code, "must be one actor" in plan.err) == (2, True)
    assert is_actor("a,b")
    assert not is_new_actor("a,b")


def test_assign_takes_for_as_add_does(here: Here) -> None:
    task = here.add("Parse")
    here.ok("assign", task, "--for", "ada")
    assert here.record("show", task)["assignee"] == "ada"


def test_a_wrong_variable_is_wrong_use_everywhere(here: Here) -> None:
    for words in (("list",), ("add", "x"), ("config", "list")):
        assert here.run(*words, CLARE_SYNC="on").code == 2


@pytest.mark.parametrize("text", ["2026-12-01T10:00", "2026-12-01t10:00z", "2026-12-01T10:00:00"])
def test_a_time_without_seconds_or_zone_is_utc(text: str) -> None:
    assert day(text, now=0) == "2026-12-01T10:00:00Z"


def test_a_bad_shared_lease_is_told_with_its_line_and_what_to_do(here: Here) -> None:
    task = here.add("Parse")
    plant(here, {"fleet/fleet.yaml": "format: 1\nname: test\nlease: forever\n"})
    ran = here.run("claim", task)
    assert ran.code == 5
    assert ran.err.startswith("clare: fleet/fleet.yaml: line 3: lease: 'forever' is not a duration")
    assert ran.err.endswith("\n  `clare config set --shared lease 4h`\n")
    assert here.run("config", "list").code == 5
    here.ok("config", "set", "--shared", "lease", "4h")
    here.ok("claim", task)


def test_a_key_near_a_known_one_is_told_with_its_line(here: Here) -> None:
    plant(here, {"fleet/fleet.yaml": "format: 1\nname: test\nleese: 4h\nmood: good\n"})
    told = here.run("doctor").out
    assert "line 3: leese is unknown here; kept; did you mean lease?" in told
    assert "line 4: mood is unknown here; kept" in told


def test_the_shell_completes_templates_keys_entities_and_columns(here: Here) -> None:
    here.ok("project", "add", "web")
    here.ok("host", "add", "plum")
    plant(here, {"fleet/templates/release.yaml": "title: Release\n"})
    for line, wanted in (
        ("add --template ", "release"), ("template show r", "release"), ("config get l", "lease"),
        ("config unset --shared s", "sync"), ("log projects/", "projects/web"),
        ("log hosts/", "hosts/plum"), ("list --columns short,ti", "short,title"),
    ):  # fmt: skip
        told = {"_CLARE_COMPLETE": "bash_complete", "COMP_LINE": f"clare {line}"}
        assert f"plain,{wanted}\n" in here.run(**told).out
