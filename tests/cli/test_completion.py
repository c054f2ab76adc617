"""What the shells offer after Tab, asked for as the shells ask, and in the shells themselves."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.cli import complete
from clare.cli.entry import HEADINGS
from clare.cli.options import Session
from clare.events.event import Effect
from clare.fleet import Fleet
from tests.cli.running import Here, board
from tests.cli.test_startup import HEAVY, SCRIPT, loaded
from tests.servers import needs
from tests.views.fleets import event, fleet_of, task

HOSTILE = 'a:b "c", $(touch pwned) `touch pwned` * \\ \'; touch pwned #'


def asked(here: Here, shell: str, *words: str) -> list[str]:
    """The lines with which the program answers a shell; the last word is being typed."""
    line = " ".join(("clare", *words))
    number = str(len(words))
    told = {"COMP_LINE": line, "COMP_WORDS": line, "COMP_CWORD": number}
    if shell == "fish":
        told["COMP_CWORD"] = words[-1]
    ran = here.run(_CLARE_COMPLETE=f"{shell}_complete", **told)
    assert (ran.code, ran.err) == (0, "")
    return [line for line in ran.out.splitlines() if line]


def offered(here: Here, *words: str) -> list[str]:
    return [line.removeprefix("plain,") for line in asked(here, "bash", *words)]


@pytest.fixture
def busy(here: Here) -> Here:
    here.ok("project", "add", "web", "--title", "The web shop")
    here.add("One", "-l", "area:parser", "-l", "later", "-t", "chore", "--for", "ada", "-P", "web")
    return here


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["list", "-P", ""], ["web"]),
        (["project", "show", ""], ["web"]),
        (["list", "-l", ""], ["area:parser", "later"]),
        (["list", "-l", "area:p"], ["area:parser"]),
        (["list", "--label=l"], ["later"]),
        (["add", "-l", "l"], ["later"]),
        (["ready", "-l", "l"], ["later"]),
        (["list", "--assignee", ""], ["ada", "nat"]),
        (["add", "x", "--for", "a"], ["ada"]),
        (["--as", "n"], ["nat"]),
        (["list", "--as", "n"], ["nat"]),
        (["list", "-p", "p"], ["P0", "P1", "P2", "P3", "P4"]),
        (["add", "-p", "P3"], ["P3"]),
        (["list", "--status", "a"], ["active"]),
        (["add", "-t", ""], ["bug", "chore", "epic", "feature", "task"]),
        (["do"], ["done", "doctor"]),
        (["project", "a"], ["add", "archive"]),
        (["hooks", "agents", ""], ["install", "remove"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["done", "--rea"], ["--reason"]),
        (["list", "zzzz"], []),
    ],
)
def test_what_there_is_is_offered(busy: Here, words: list[str], wanted: list[str]) -> None:
    assert offered(busy, *words) == wanted


def test_tasks_are_offered_by_prefix_with_their_titles(busy: Here) -> None:
    (one,) = [str(found["id"]) for found in busy.records("list")]
    busy.ok("done", one)
    two = busy.add("Two: a, b")
    assert offered(busy, "show", "") == [two[:4]]
    assert offered(busy, "show", one[:6]) == [one[:6]]
    for words in (["needs", two, ""], ["add", "x", "--parent", ""], ["add", "x", "--needs", ""]):
        assert offered(busy, *words) == [two[:4]]
    assert asked(busy, "zsh", "show", two[:2]) == ["plain", two[:4], "Two: a, b"]
    assert asked(busy, "fish", "show", two[:2]) == [f"plain,{two[:4]}\tTwo: a, b"]


def test_all_commands_are_offered_without_being_loaded(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for under in HEADINGS.values() for name in under]
    assert offered(here, "")[: len(names)] == names
    monkeypatch.setenv("_CLARE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_LINE", "clare ")
    modules = loaded(SCRIPT, folder=here.folder)
    assert not modules & HEAVY
    assert not {name for name in modules if name.startswith(("clare.services", "clare.store"))}


def test_saved_views_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = [event(f"views/{name}", Effect(creates=True)) for name in ("mine", "week")]
    fleet = fleet_of(task("a"), saved)

    def known(_: click.Context) -> Fleet:
        return fleet

    monkeypatch.setattr(complete, "_fleet", known)
    command = click.Command("x", params=[click.Argument(["view"])])
    context = click.Context(command, obj=Session())
    for typed, wanted in (("", ["@mine", "@week"]), ("@w", ["@week"]), ("x", [])):
        items = complete.views(context, command.params[0], typed)
        assert [item.value for item in items] == wanted


@given(st.text(max_size=8))
def test_no_word_is_offered_that_a_shell_reads_otherwise(word: str) -> None:
    done = [item.value for item in complete._words([word], "")]
    for value in done:
        assert not set(value) & set(" \t\n\"'`$\\;&|<>()[]{}*?!#~^=,%\x00\x1b")
        assert value[0] != "-"


def test_hostile_words_are_not_offered_and_hostile_titles_stay_on_their_line(here: Here) -> None:
    one = here.add(HOSTILE, "-l", "$(touch${IFS}pwned)", "-l", "*", "-l", "fine")
    assert offered(here, "list", "-l", "") == ["fine"]
    assert len(asked(here, "zsh", "show", "")) == 3
    assert len(asked(here, "fish", "show", "")) == 1
    assert offered(here, "show", "") == [one[:4]]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_without_a_board_or_with_a_damaged_one_nothing_is_said(
    tmp_path: Path, home: Path, shell: str
) -> None:
    nowhere = Here(tmp_path, {})
    assert asked(nowhere, shell, "show", "") == []
    made = board(tmp_path)
    (made.folder / ".git" / "clare" / "clone.json").write_text("{")
    assert asked(made, shell, "show", "") == []


def with_program(here: Here) -> dict[str, str]:
    """An environment in which `clare` is this program."""
    program = here.folder.parent / "bin" / "clare"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m clare "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def in_shell(here: Here, shell: str, *script: str) -> str:
    """What a shell prints that has our completion."""
    done = subprocess.run(
        [shell, "-c", "\n".join(script)],
        cwd=here.folder,
        env=with_program(here),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


BASH = """\
eval "$(clare completion bash)"
tab() {
    COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
    _clare_completion clare
    printf '%s\\n' "${COMPREPLY[@]}"
}
"""


def test_bash_completes(here: Here) -> None:
    one = here.add(HOSTILE, "-l", "area:parser", "-l", "$(touch${IFS}pwned)", "-l", "*")
    assert in_shell(here, "bash", BASH, 'tab "clare show "') == f"{one[:4]}\n"
    assert in_shell(here, "bash", BASH, 'tab "clare list -l "') == "area:parser\n"
    assert in_shell(here, "bash", BASH, 'tab "clare list -l area:p"') == "parser\n"
    assert in_shell(here, "bash", BASH, 'COMP_WORDBREAKS=" "; tab "clare list -l area:p"') == (
        "area:parser\n"
    )
    assert in_shell(here, "bash", BASH, 'tab "clare show \'"') == f"{one[:4]}\n"
    assert in_shell(here, "bash", BASH, "complete -p clare").endswith("_clare_completion clare\n")
    assert not (here.folder / "pwned").exists()


def typed(here: Here, words: str, wanted: str) -> str:
    """What a person sees who types words and Tab in bash, until it ends as wanted."""
    near, far = pty.openpty()
    shell = subprocess.Popen(
        ["bash", "--norc", "-i"],
        cwd=here.folder,
        env={**with_program(here), "TERM": "dumb", "PS1": "> "},
        stdin=far,
        stdout=far,
        stderr=far,
        start_new_session=True,
    )
    os.close(far)
    os.write(near, b'eval "$(clare completion bash)"; echo rea""dy\n')
    try:
        _until(near, "ready")
        os.write(near, f"{words}\t".encode())
        return _until(near, wanted)
    finally:
        shell.kill()
        shell.wait()
        os.close(near)


def _until(descriptor: int, wanted: str) -> str:
    shown = ""
    while wanted not in shown and select.select([descriptor], [], [], 30)[0]:
        shown += os.read(descriptor, 65_536).decode("utf-8", "replace")
    return shown


def test_a_person_who_types_tab_in_bash_gets_the_rest(here: Here) -> None:
    one = here.add(HOSTILE, "-l", "area:parser")
    for words, wanted in (
        ("clare show ", f"clare show {one[:4]} "),
        ("clare list -l area:p", "clare list -l area:parser "),
        ("X=1 clare hooks ag", "X=1 clare hooks agents "),
    ):
        assert wanted in typed(here, words, wanted)
    assert not (here.folder / "pwned").exists()


def test_fish_completes(here: Here) -> None:
    needs("fish")
    one = here.add("Take: orders, $(touch pwned) *")
    script = "clare completion fish | source; complete -C 'clare show '"
    assert in_shell(here, "fish", script) == f"{one[:4]}\tTake: orders, $(touch pwned) *\n"
    assert not (here.folder / "pwned").exists()


ZSH = """\
compdef() { :; }
_describe() { for one in "${(@P)3}"; do print -r -- "$one"; done; }
compadd() { print -r -- "compadd $*"; }
eval "$(clare completion zsh)"
words=(clare show ''); CURRENT=3
_clare_completion
"""


def test_zsh_completes(here: Here) -> None:
    needs("zsh")
    one = here.add("Take: orders, $(touch pwned) *")
    assert in_shell(here, "zsh", ZSH) == f"{one[:4]}:Take: orders, $(touch pwned) *\n"
    assert not (here.folder / "pwned").exists()
