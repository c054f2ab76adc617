"""What scripts rely on: exit codes, streams, help, completion."""

import errno
import inspect
import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from clare.cli.entry import HEADINGS, cli
from clare.cli.examples import examples_of
from clare.cli.lazy import LazyGroup
from clare.errors import EXIT_MEANINGS
from clare.services import projects
from tests.cli.running import PROGRAM, Here, git, two_hosts


def commands(group: LazyGroup = cli, path: str = "") -> Iterator[tuple[str, click.Command, str]]:
    """Every command by its full name, with the line that the table has for it."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command
        if isinstance(command, LazyGroup):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command, group.table[name][1]


ALL = [pytest.param(name, command, line, id=name) for name, command, line in commands()]


@pytest.mark.parametrize(("name", "command", "line"), ALL)
def test_the_list_of_commands_says_what_the_command_says(
    name: str, command: click.Command, line: str
) -> None:
    assert inspect.cleandoc(command.help or "").splitlines()[0] == line
    assert len(line) <= 80


@pytest.mark.parametrize(("name", "command", "line"), ALL)
def test_the_help_of_every_command_has_an_example(
    name: str, command: click.Command, line: str
) -> None:
    words = name.removeprefix("task ")
    assert examples_of(command)
    assert all(f"clare {words}" in example for example in examples_of(command))
    assert command.get_help(
        click.Context(command, info_name=name, **cli.context_settings)
    ).startswith("Usage: ")


@pytest.mark.parametrize(("name", "command", "line"), ALL)
def test_every_command_takes_the_common_options(
    name: str, command: click.Command, line: str
) -> None:
    taken = {option for param in command.params for option in param.opts}
    assert {"--fleet", "--as", "--json", "--no-color"} <= taken


@pytest.mark.parametrize(("name", "command", "line"), ALL)
def test_every_option_says_what_it_does(name: str, command: click.Command, line: str) -> None:
    without = [
        param.name for param in command.params if isinstance(param, click.Option) and not param.help
    ]
    assert without == []


@pytest.mark.parametrize(("name", "command", "line"), ALL)
def test_the_help_shows_each_example_in_a_line_of_its_own(
    name: str, command: click.Command, line: str
) -> None:
    shown = command.get_help(click.Context(command, info_name=name, terminal_width=40))
    assert {f"    {example}" for example in examples_of(command)} <= set(shown.splitlines())


def test_the_overview_has_every_command_once_below_a_heading() -> None:
    listed = [name for names in HEADINGS.values() for name in names]
    assert sorted(listed) == sorted([*cli.table, *cli.commands])
    shown = cli.get_help(click.Context(cli, info_name="clare", terminal_width=100))
    for heading, names in HEADINGS.items():
        lines = shown.split(f"\n{heading}:\n")[1].split("\n\n")[0].splitlines()
        assert [line.split()[0] for line in lines] == list(names)


def test_the_overview_tells_every_exit_code() -> None:
    shown = cli.get_help(click.Context(cli, info_name="clare", terminal_width=100))
    codes = shown.split("\nExit codes:\n")[1].splitlines()
    assert codes == [f"  {int(code):<4}{said}" for code, said in EXIT_MEANINGS.items()]


def test_help_with_a_command_is_the_help_of_that_command(tmp_path: Path, home: Path) -> None:
    here = Here(tmp_path, {})
    for words in ([], ["add"], ["project", "add"], ["task"]):
        assert here.ok("help", *words) == here.ok(*words, "--help")
    assert here.record("help", "add")["command"] == "clare add"
    wrong = here.run("help", "frobnicate")
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err == "clare: no command frobnicate\n  `clare --help` lists the commands\n"


def test_help_and_version_go_to_stdout(tmp_path: Path, home: Path) -> None:
    here = Here(tmp_path, {})
    for words in (["--help"], ["task", "--help"], ["project", "add", "--help"], ["add", "--help"]):
        ran = here.run(*words)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"Usage: clare {' '.join(words[:-1])}".rstrip())
    version = here.run("--version")
    assert (version.code, version.err) == (0, "")
    assert re.fullmatch(r"clare, version \d+\.\d+\.\d+\n", version.out)


def test_common_options_stand_before_or_after_the_command(tmp_path: Path, here: Here) -> None:
    nowhere = Here(tmp_path, {})
    before = nowhere.run("--fleet", "board", "--as", "ada", "--json", "where")
    after = nowhere.run("where", "--fleet", "board", "--as", "ada", "--json")
    assert before == after
    assert before.record["actor"] == {"value": "ada", "why": "--as"}


ERRORS = [
    (["list"], 1, "nowhere"),
    (["show", "zzzz"], 1, "board"),
    (["frobnicate"], 2, "board"),
    (["add"], 2, "board"),
    (["add", ""], 2, "board"),
    (["next"], 7, "board"),
    (["--as", "a b", "list"], 2, "board"),
]


@pytest.mark.parametrize(("words", "code", "place"), ERRORS)
def test_with_json_an_error_is_one_object_on_stderr(
    tmp_path: Path, here: Here, words: list[str], code: int, place: str
) -> None:
    (tmp_path / "nowhere").mkdir()
    for order in (["--json", *words], [*words, "--json"]):
        ran = Here(tmp_path / place, {}).run(*order)
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.count("\n") == 1
        assert list(ran.error) == ["code", "message", "hint"]
        assert ran.error["code"] == code
        assert ran.error["message"]
        assert ran.error["hint"]


def test_talk_goes_to_stderr_and_data_to_stdout(here: Here) -> None:
    for words in ([], ["list"], ["ready"], ["project", "list"]):
        ran = here.program(*words)
        assert ran.code == 0
        assert ran.err.count("\n") == 1
        assert "`" not in ran.out


def test_what_could_not_be_published_is_the_first_line_of_the_next_command(
    tmp_path: Path, home: Path
) -> None:
    plum, _, hub = two_hosts(tmp_path)
    hub.rename(tmp_path / "away")
    saved = plum.run("add", "Saved", "--json")
    assert (saved.code, saved.err) == (0, "")
    several = plum.run("done", str(saved.record["id"]), "zzzz")
    assert several.code == 3
    first, hint, *rest = several.err.splitlines()
    assert first.startswith(f"clare: not published: {hub}: ")
    assert hint == "  `clare sync` tries again"
    assert rest[0] == "clare: no task zzzz"


def test_a_bug_is_exit_70_with_a_traceback_in_a_file(
    here: Here, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom\nagain")

    monkeypatch.setattr(projects, "add", broken)
    ran = here.run("project", "add", "web")
    assert (ran.code, ran.out) == (70, "")
    first, second = ran.err.splitlines()
    assert first == "clare: a bug in Clare: ZeroDivisionError: boom again"
    path = Path(second.removeprefix("  the traceback is in "))
    assert path.parent == home / ".local/state/clare"
    report = path.read_text("utf-8")
    assert report.startswith("clare ")
    assert 'raise ZeroDivisionError("boom\\nagain")' in report
    told = here.run("project", "add", "web", "--json").error
    assert told["code"] == 70
    elsewhere = here.run("project", "add", "web", XDG_STATE_HOME=str(here.folder / "state"))
    assert f"the traceback is in {here.folder}/state/clare/bug-" in elsewhere.err


def test_a_bug_where_nothing_can_be_written_prints_the_traceback(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(projects, "add")
    (here.folder / "file").touch()
    ran = here.run("project", "add", "web", XDG_STATE_HOME=str(here.folder / "file"))
    assert ran.code == 70
    assert "Traceback (most recent call last)" in ran.err
    assert "the traceback is above" in ran.err


def test_a_reader_that_leaves_is_no_error(here: Here) -> None:
    for number in range(3):
        here.add(f"{number} " + "x" * 900)
    for words in (["list"], ["list", "--json"], ["log"], ["--help"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [*PROGRAM, *words], cwd=here.folder, stdout=writer, stderr=subprocess.PIPE, check=False
        )
        os.close(writer)
        assert done.stderr == b""
        assert done.returncode in (1, 128 + signal.SIGPIPE)
    shell = subprocess.run(
        ["bash", "-c", f"'{PROGRAM[0]}' -m clare list | head -c 1"],
        cwd=here.folder, capture_output=True, check=True,
    )  # fmt: skip
    assert len(shell.stdout) == 1
    assert shell.stderr == b""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("list >&-", 0),
        ("add Written >&-", 0),
        ("add Written 2>&-", 0),
        ("show zzzz 2>&-", 1),
        ("add Written -m - <&-", 0),
        ("list >/dev/full", 1),
        ("show zzzz 2>/dev/full", 1),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_bug(here: Here, line: str, code: int) -> None:
    here.add("A task")
    command = f"{shlex.join(PROGRAM)} {line}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=here.folder, capture_output=True, check=False
    )
    assert done.returncode == code
    assert b"bug" not in done.stderr
    assert len(here.records("list", "--text", "Written")) == line.startswith("add")


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_what_the_machine_refuses_is_exit_1_in_its_words(
    here: Here, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), "/some/file")

    monkeypatch.setattr(projects, "add", refused)
    ran = here.run("project", "add", "web")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"clare: /some/file: {os.strerror(code)}\n"
        "  see to the space and the rights there, then run this again\n"
    )


def test_an_interrupt_is_exit_130(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(projects, "add", interrupted)
    ran = here.run("project", "add", "web")
    assert ran.code == 130
    assert ran.err.strip() == "interrupted"


def test_a_hook_s_variables_do_not_lead_to_another_repository(tmp_path: Path, here: Here) -> None:
    git(tmp_path, "init", "-q", "elsewhere")
    other = str(tmp_path / "elsewhere/.git")
    env = {"GIT_DIR": other, "GIT_INDEX_FILE": f"{other}/index", "GIT_WORK_TREE": str(tmp_path)}
    ran = here.program("add", "Here", **env)
    assert ran.code == 0, ran.err
    assert here.record("show", ran.out.strip())["title"] == "Here"
    assert git(tmp_path / "elsewhere", "for-each-ref") == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_their_completion(here: Here, shell: str) -> None:
    ran = here.program(_CLARE_COMPLETE=f"{shell}_source")
    assert ran.code == 0, ran.err
    assert "_CLARE_COMPLETE" in ran.out


def completed(here: Here, *words: str) -> dict[str, str]:
    """What zsh would offer for the last word, with the help beside it."""
    ran = here.program(
        _CLARE_COMPLETE="zsh_complete",
        COMP_WORDS=" ".join(["clare", *words]),
        COMP_CWORD=str(len(words)),
    )
    assert ran.code == 0, ran.err
    assert ran.err == ""
    lines = ran.out.splitlines()
    return dict(zip(lines[1::3], lines[2::3], strict=True))


def test_tab_offers_tasks_with_their_titles_and_projects(tmp_path: Path, here: Here) -> None:
    here.ok("project", "add", "web", "--title", "The shop")
    task, gone = here.add("Parse dates"), here.add("Closed")
    here.ok("done", gone)
    for command in ("show", "done", "claim", "task edit"):
        assert completed(here, *command.split(), '""') == {task[:4]: "Parse dates"}
    assert completed(here, "show", gone[:2])[gone[:4]] == "Closed"
    assert completed(here, "show", task[:7]) == {task[:7]: "Parse dates"}
    assert completed(here, "project", "show", "w") == {"web": "The shop"}
    assert completed(here, "list", "-P", '""') == {"web": "The shop"}
    assert completed(here, "comm") == {"comment": "Say something about tasks."}
    nowhere = Here(tmp_path, {})
    assert completed(nowhere, "show", '""') == {}
    assert completed(nowhere, "--fleet", "board", "show", '""') == {task[:4]: "Parse dates"}


def test_json_is_ascii_and_keeps_every_character(here: Here) -> None:
    ran = here.program("add", "漢字 🎉", "--json")
    assert ran.out.isascii()
    assert json.loads(ran.out)["title"] == "漢字 🎉"
