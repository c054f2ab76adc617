"""Any text goes in and comes out as it was, and nothing printed can steer a terminal."""

import re

import pytest

from tests.cli.planting import folder
from tests.cli.running import Here, files_of, plant

TITLES = [
    'it\'s "so"',
    "a: b: c",
    "---",
    "--- a",
    "- a",
    "🎉 party",
    "on",
    "no",
    "1_000",
    "0x1F",
    "12:30",
    "2026-11-20",
    "~",
    "null",
    "# a",
    "a # b",
    "[a, b]",
    "{a: b}",
    "%TAG",
    "\\n",
    " lead and trail ",
    "a  b\tc",
    "漢字",
    "é" * 500,
    "x" * 500,
    "--force",
]


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_a_title_comes_back_exactly(here: Here, title: str) -> None:
    task = here.add(title)
    assert here.record("show", task)["title"] == title
    edited = here.record("edit", task, "--title", f"{title}.")
    assert edited["title"] == f"{title}."
    here.ok("comment", task, "-m", title)
    assert [c["text"] for c in here.record("show", task)["comments"]] == [title]  # type: ignore[attr-defined]
    for command in (["show", task], ["list"], ["log"], ["status"], ["ready"], ["done", task]):
        assert here.run(*command).code == 0


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "a\rb", "a\u2028b", "x" * 1_001])
def test_a_title_must_be_one_line(here: Here, title: str) -> None:
    ran = here.run("add", title)
    assert ran.code == 2
    assert ran.err.startswith("clare: title: ")
    assert files_of(here) == []


def test_a_title_of_a_megabyte_is_refused_in_one_line(here: Here) -> None:
    ran = here.run("add", "x" * 1_000_000)
    assert ran.code == 2
    assert ran.err.splitlines()[0] == "clare: title: longer than 1000 characters"
    body = here.run("add", "Title", "-m", "-", given="x" * 1_000_000)
    assert (body.code, body.err.splitlines()[0]) == (2, "clare: body: longer than 49152 bytes")


HOSTILE = "\x1b[31mred\x07 \u202edlrow\u2066 \x9b2J \u200fx\x7f"


def test_nothing_printed_can_steer_a_terminal(here: Here) -> None:
    here.ok("project", "add", "web", "--title", HOSTILE, "-m", f"{HOSTILE}\n{HOSTILE}")
    task = here.add(HOSTILE, "-m", f"{HOSTILE}\r\n{HOSTILE}", "--done-when", HOSTILE, "-P", "web")
    other = here.add("Other", "--needs", task, "--parent", task)
    here.ok("edit", task, "--link", f"x{HOSTILE}")
    here.ok("comment", task, "-m", HOSTILE)
    plant(here, {f"{folder(task)}/\x1b]0;x\x07.yaml".replace("\x1b", "\\033"): "a: b"})
    for command in (
        ["list"], ["show", task], ["show", other], ["log"], ["ready", "--all"], ["status"], ["doctor"],
        ["project", "list"], ["project", "show", "web"], ["done", task], ["show", "\x1b[31m"],
        ["add", "x", "--due", HOSTILE], ["list", "--fleet", HOSTILE], [HOSTILE],
        ["list", f"--{HOSTILE}"], ["list", "--status", HOSTILE], ["project", "show", HOSTILE],
        ["doctor", "--acknowledge", HOSTILE],
        ["claim", task, "--lease", HOSTILE], ["list", "--as", HOSTILE], ["join", f"/{HOSTILE}"],
        ["log", HOSTILE], ["import", "beads", HOSTILE], ["init", "--host", HOSTILE],
    ):  # fmt: skip
        ran = here.run(*command)
        assert ran.code in (0, 1, 2, 5, 6), ran
        shown = ran.out + ran.err
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown
        )
        assert ran.err.count("\n") <= 3, ran.err
        as_json = here.run(*command, "--json")
        assert not re.search("[^\n -~]", as_json.out + as_json.err.replace("…", "")), command


def test_commit_subjects_hold_one_line_whatever_the_title(here: Here) -> None:
    task = here.add(HOSTILE)
    here.ok("comment", task, "-m", "a\nb")
    subjects = here.git("log", "--format=%s", "refs/heads/fleet")
    assert "\x1b" not in subjects
    assert len(subjects.splitlines()) == 3


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252:strict", "ascii"])
def test_what_an_encoding_lacks_is_shown_as_an_escape(here: Here, encoding: str) -> None:
    task = here.add("\u0142ona")
    shown = "\u0142ona" if encoding == "ascii" else r"\u0142ona"  # ascii means nobody has chosen
    for words in (["list"], ["board"], ["tree"], ["show", task], ["log"], ["done", task]):
        ran = here.program(*words, PYTHONIOENCODING=encoding)
        assert (ran.code, ran.err) == (0, ""), words
        assert shown in ran.out
    assert shown in here.program("show", "\u0142ona", PYTHONIOENCODING=encoding).err
