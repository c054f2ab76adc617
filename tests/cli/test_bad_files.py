"""Files on the board that are damaged, newer or from another time; what goes on all the same."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clare.clock import DAY, Stamp
from clare.services.opening import wall_clock
from tests.cli.planting import HALF, OTHER, event, event_id, findings, folder, name_of
from tests.cli.running import PROGRAM, Here, event_of, files_of, git, plant, two_hosts
from tests.clocks import faketime

UNREADABLE: dict[str, tuple[str, Callable[[str], str], str]] = {
    "half-written": (HALF, lambda t: event(t, HALF, "")[:60], "by: missing"),
    "cut in a word": (HALF, lambda t: event(t, HALF, 'set:\n  title: "cut'), "line 7: "),
    "duplicate key": (
        HALF,
        lambda t: event(t, HALF, "set:\n  title: one\n  title: two\n"),
        "line 8: duplicate key title",
    ),
    "alias": (
        HALF,
        lambda t: event(t, HALF, "set:\n  title: &a one\n  body: *a\n"),
        "line 7: aliases and anchors are not allowed",
    ),
    "tag": (
        HALF,
        lambda t: event(t, HALF, "set:\n  title: !!str one\n"),
        "line 7: tags are not allowed",
    ),
    "name is not its id": (
        HALF.replace("00000001", "00000002"),
        lambda t: event(t, HALF, "set:\n  title: one\n"),
        f"the file's name is not its id, {HALF}",
    ),
    "not named as an event": (
        "notes",
        lambda t: event(t, HALF, "set:\n  title: one\n"),
        "the file's name is not an event id and .yaml",
    ),
    "of another entity": (
        HALF,
        lambda _: event(OTHER, HALF, "set:\n  title: one\n"),
        f"its entity, tasks/{OTHER}, has another folder",
    ),
    "too large": (
        HALF,
        lambda t: event(t, HALF, f"set:\n  body: {'x' * 70_000}\n"),
        "missing, or larger than 64 KiB",
    ),
    "empty": (HALF, lambda _: "", "not a map of keys and values"),
    "not UTF-8": (HALF, lambda t: event(t, HALF, "text: \udcff\n"), "not UTF-8 at byte "),
    "two documents": (
        HALF,
        lambda t: event(t, HALF, "set:\n  title: a\n---\na: b\n"),
        "more than one document",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_an_unreadable_file_stops_only_what_depends_on_it(here: Here, case: str) -> None:
    stem, text, problem = UNREADABLE[case]
    task, other = here.add("Damaged"), here.add("Sound")
    path = f"{folder(task)}/{stem}.yaml"
    plant(here, {path: text(task)})

    examined = here.run("doctor")
    assert examined.code == 5
    assert f"broken  {path}  {problem}" in examined.out
    assert examined.err.startswith(f"clare: 1 broken, first {path}: {problem}")
    shown = here.run("show", task)
    assert shown.code == 5
    assert "Damaged" in shown.out
    assert shown.err.startswith(f"clare: {path}: {problem}")
    assert f"clare doctor --acknowledge {path}" in shown.err
    for command in (["done"], ["edit", "--title", "x"], ["claim"], ["comment", "-m", "x"]):
        refused = here.run(*command, task)
        assert refused.code == 5
        assert refused.err.startswith(f"clare: {path}: {problem}")

    done = here.run("done", other)
    assert (done.code, done.out) == (0, f"{other[:4]} done: Sound\n")
    warning = f"clare: 1 file cannot be read, see `clare doctor`: {path}: {problem}"
    assert done.err.startswith(warning)
    assert done.err.count("\n") == 1
    listed = here.run("list")
    assert listed.code == 0
    assert "Damaged" in listed.out
    assert listed.err.startswith(warning)


def test_an_acknowledged_file_is_silent_until_it_changes(here: Here) -> None:
    task = here.add("Damaged")
    path = f"{folder(task)}/{HALF}.yaml"
    plant(here, {path: "id: half"})
    accepted = here.run("doctor", "--acknowledge", path)
    assert (accepted.code, accepted.err) == (0, "")
    assert accepted.out == "2 events, 0 broken, 0 notes\n"
    shown = here.run("done", task)
    assert (shown.code, shown.err) == (0, "")
    told = here.ok("log", task).splitlines()[1]
    assert told.endswith(f"nat acknowledges 1 unreadable file of {task[:4]}: Damaged")

    plant(here, {path: "id: other"})
    assert here.run("doctor").code == 5
    assert here.run("show", task).code == 5
    assert here.run("doctor", "--acknowledge", f"{HALF}.yaml").code == 0
    assert here.run("show", task).code == 0


@pytest.mark.parametrize("words", [["next"], ["next", "--claim"]])
def test_next_leaves_out_what_cannot_be_read(here: Here, words: list[str]) -> None:
    task, other = here.add("Damaged", "-p", "P0"), here.add("Sound")
    plant(here, {f"{folder(task)}/{HALF}.yaml": "id: half"})
    assert here.run(*words, "--json").record["id"] == other


def test_only_what_is_wrong_can_be_acknowledged(here: Here) -> None:
    task = here.add("Sound")
    (path,) = files_of(here)
    ran = here.run("doctor", "--acknowledge", path)
    assert ran.code == 1
    assert ran.err == (
        f"clare: nothing is found wrong with {path}\n  `clare doctor` lists the files\n"
    )
    plant(here, {"fleet/stray/x.yaml": "a: b\n"})
    stray = here.run("doctor", "--acknowledge", "fleet/stray/x.yaml")
    assert stray.code == 1
    assert stray.err.startswith("clare: fleet/stray/x.yaml is in no entity's folder\n")
    assert here.record("show", task)["title"] == "Sound"


def test_of_two_bodies_with_one_id_the_lower_blob_acts(here: Here) -> None:
    task, other = here.add("One"), here.add("Sound")
    path = next(path for path in files_of(here) if task in path)
    text = event_of(here, path)
    second = text.replace("title: One", "title: Two")
    blobs = {
        git(here.folder, "hash-object", "--stdin", given=body.encode()): title
        for body, title in ((text, "One"), (second, "Two"))
    }
    twin = f"{path.removesuffix('.yaml')}~{max(blobs)}.yaml"
    plant(here, {path: text, twin: second})
    examined = here.run("doctor")
    assert examined.code == 5
    assert f"broken  {twin}  a second body with an id that was taken" in examined.out
    assert blobs[min(blobs)] in here.run("show", task).out
    assert here.run("show", task).code == 5
    assert here.run("done", other).code == 0
    assert here.run("doctor", "--acknowledge", twin).code == 0
    assert here.record("show", task)["title"] == blobs[min(blobs)]


def test_an_event_type_of_a_newer_clare_is_kept_and_reported(here: Here) -> None:
    task = here.add("Old")
    newer = event_id()
    path = f"{folder(task)}/{newer}.yaml"
    after = f"after:\n- {name_of(files_of(here)[0])}\n"
    plant(here, {path: event(task, newer, f"{after}set:\n  title: New\n", "task.blessed")})
    ran = here.run("show", task)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{task[:4]}  New\n")
    examined = here.run("doctor")
    assert (examined.code, examined.err) == (0, "")
    assert f"note  {path}  type task.blessed is unknown here; kept" in examined.out
    assert f"eve edits {task[:4]} (title New): New" in here.ok("log", task)
    assert here.run("done", task).code == 0


def test_a_new_field_of_a_known_event_is_kept_and_reported(here: Here) -> None:
    task = here.add("Old")
    newer = event_id()
    path = f"{folder(task)}/{newer}.yaml"
    after = f"after:\n- {name_of(files_of(here)[0])}\n"
    body = f"{after}mood: fine\nset:\n  title: New\n  estimate: 3d\nadd:\n  watchers:\n  - ada\n"
    plant(here, {path: event(task, newer, body)})
    assert here.record("show", task)["title"] == "New"
    problems = [finding["problem"] for finding in findings(here)]
    assert problems == [
        "add.watchers is unknown here; kept",
        "mood is unknown here; kept",
        "set.estimate is unknown here; kept",
    ]
    assert here.run("edit", task, "--title", "Newer").code == 0


def test_a_value_that_does_not_fit_is_left_out_and_reported(here: Here) -> None:
    task = here.add("Title")
    later = event_id()
    path = f"{folder(task)}/{later}.yaml"
    plant(here, {path: event(task, later, "set:\n  priority: P9\n  type: bug\n")})
    found = here.record("show", task)
    assert (found["priority"], found["type"]) == ("P2", "bug")
    ran = here.run("doctor")
    assert ran.code == 5
    assert f"broken  {path}  set.priority: " in ran.out


def test_a_newer_format_of_the_board_is_read_only(here: Here) -> None:
    task = here.add("Old")
    plant(here, {"fleet/fleet.yaml": "format: 2\nname: board\nshape: round\n"})
    assert here.record("show", task)["title"] == "Old"
    for command in (["add", "x"], ["done", task], ["claim", task], ["project", "add", "web"]):
        ran = here.run(*command)
        assert ran.code == 1
        assert ran.err == (
            "clare: this fleet has format 2, this Clare writes 1: read-only\n"
            "  install a newer Clare\n"
        )
    assert "note  fleet/fleet.yaml  format 2 is newer than this Clare: read-only" in here.ok(
        "doctor"
    )
    assert here.run("init", ".").err.startswith("clare: this fleet has format 2: read-only\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("format: one\nname: x\n", "format: must be a number"),
        ("name: x\n", "format: must be a number"),
        ("- a\n", "not a map of keys and values"),
        ("format: 1\nformat: 1\n", "line 2: duplicate key format"),
    ],
)
def test_a_damaged_manifest_stops_writing_but_not_reading(
    here: Here, text: str, problem: str
) -> None:
    task = here.add("Old")
    plant(here, {"fleet/fleet.yaml": text})
    assert here.run("show", task).out.startswith(f"{task[:4]}  Old\n")
    ran = here.run("done", task)
    assert ran.code == 5
    assert ran.err.startswith(f"clare: fleet/fleet.yaml: {problem}\n  mend fleet/fleet.yaml")
    assert here.run("doctor").code == 5
    assert here.run("init", ".").code == 5


def test_a_clock_two_days_ahead_does_not_drag_this_one_along(here: Here) -> None:
    task = here.add("Work")
    ahead = event_id(ahead=2 * DAY)
    path = f"{folder(task)}/{ahead}.yaml"
    after = f"after:\n- {name_of(files_of(here)[0])}\n"
    plant(here, {path: event(task, ahead, f"{after}set:\n  title: From the future\n")})
    examined = here.run("doctor")
    assert examined.code == 0
    assert re.search(
        rf"note  {re.escape(path)}  stamped (1|2) d ahead of this clock; clocks do not follow it",
        examined.out,
    )
    here.ok("edit", task, "--title", "Now")
    assert here.record("show", task)["title"] == "Now"
    newest = max(name_of(p) for p in files_of(here) if ahead not in p)
    assert abs(Stamp.of(newest).ms - wall_clock()) < DAY / 24


def test_a_host_whose_clock_is_two_days_ahead_can_work_with_the_others(
    tmp_path: Path, home: Path
) -> None:
    program = faketime()
    plum, apricot, _ = two_hosts(tmp_path)
    task = plum.add("Work")
    apricot.ok("sync")
    done = subprocess.run(
        [str(program), "-f", "+2d", *PROGRAM, "edit", task, "--title", "From the future"],
        cwd=apricot.folder, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    apricot.settle()
    plum.ok("sync")
    assert plum.record("edit", task, "--title", "Now")["title"] == "Now"
    assert plum.record("show", task)["contested"] == {}
    assert [note["problem"] for note in findings(plum)] == [
        "stamped 1 d ahead of this clock; clocks do not follow it"
    ]


def test_a_value_that_does_not_fit_is_told_where_its_task_is_shown(here: Here) -> None:
    task, other = here.add("Work"), here.add("Other")
    path = f"{folder(task)}/{HALF}.yaml"
    plant(here, {path: event(task, HALF, "set:\n  body: Kept\n  priority: P7\n")})
    told = f"clare: 1 value left out, see `clare doctor`: {path}: set.priority: "
    for command in (["show", task], ["comment", task, "-m", "x"], ["log", task], ["claim", task]):
        ran = here.run(*command)
        assert (ran.code, ran.err.count("\n")) == (0, 1), ran
        assert ran.err.startswith(told)
    assert (here.record("show", task)["body"], here.record("show", task)["priority"]) == (
        "Kept",
        "P2",
    )
    for command in (["show", other], ["list"]):
        assert here.run(*command).err == ""
    assert here.run("doctor").code == 5
