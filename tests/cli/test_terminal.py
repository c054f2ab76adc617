"""What a terminal shows, and what a pipe gets."""

import re

import pytest

from tests.cli.running import Here, plant


def test_on_a_terminal_add_tells_a_person(here: Here) -> None:
    ran = here.terminal("add", "Parse dates", NO_COLOR="1")
    assert ran.code == 0
    assert re.fullmatch(r"\w{4} added: Parse dates\n", ran.out)


def test_a_terminal_gets_colours_unless_told_not_to(here: Here) -> None:
    here.add("Parse dates")
    assert "\x1b[36m" in here.terminal("list").out
    for plain in (
        here.terminal("list", NO_COLOR="1"),
        here.terminal("list", "--no-color"),
        here.terminal("--no-color", "list"),
        here.program("list"),
    ):
        assert plain.code == 0
        assert "\x1b" not in plain.out
        assert "Parse dates" in plain.out


def test_on_a_terminal_our_own_styles_act_and_nobody_else_s(here: Here) -> None:
    task = here.add("\x1b[31mRed", "-m", "\x1b[32mgreen")
    for words in ([], ["show", task], ["log"], ["list"], ["ready"], ["next"], ["where"]):
        shown = here.terminal(*words).out
        plain = _ageless(re.sub(r"\x1b\[\d*m", "", shown))
        assert "\x1b" not in plain
        assert plain == _ageless(here.terminal(*words, NO_COLOR="1").out)
        assert not re.search(r"\\u001b\[(?!31mRed|32mgreen)", plain)
    assert "\x1b[1mready (1)\x1b[0m" in here.terminal().out


def _ageless(text: str) -> str:
    return re.sub(r"\d+ s +old", "0 s old", text)


def test_what_is_to_be_copied_is_never_cut(here: Here) -> None:
    task = here.add("Work")
    path = f"fleet/tasks/{task[:2]}/{task}/half.yaml"
    plant(here, {path: "half"})
    shown = here.terminal("doctor", columns=40).out + here.terminal("digest", columns=40).out
    shown += here.terminal("where", columns=40).out
    assert path in shown
    assert str(here.record("digest")["state"]) in shown
    assert str(here.folder) in shown


@pytest.mark.parametrize("columns", [30, 50, 80, 200])
def test_tables_fit_the_terminal(here: Here, columns: int) -> None:
    title = "漢字 and a very long title that goes on and on " * 6
    need = here.add(title)
    here.add(title, "--needs", need, "--due", "2020-01-01")
    for command in (["list"], ["ready", "--all"], ["status"]):
        shown = here.terminal(*command, columns=columns, NO_COLOR="1")
        assert shown.code == 0
        lines = shown.out.splitlines()
        assert all(_columns(line) <= columns for line in lines if need[:4] in line)
        assert any("…" in line for line in lines)


def _columns(line: str) -> int:
    return sum(2 if char in "漢字" else 1 for char in line)


def test_columns_in_the_environment_set_the_width(here: Here) -> None:
    here.add("x" * 300)
    shown = here.terminal("list", COLUMNS="60").out
    assert len(shown.replace("\x1b[36m", "").replace("\x1b[32m", "").replace("\x1b[0m", "")) <= 61


def test_a_pipe_gets_whole_lines(here: Here) -> None:
    here.add("x" * 300)
    assert "x" * 300 in here.program("list", COLUMNS="40").out
