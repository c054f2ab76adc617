"""Panes of real tmux servers: which there are, what they show, and that tmux cannot make us wait."""

import os
import pty
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rclaude import panes, sessions
from rclaude.config import Host
from rclaude.rows import Row
from tests.rclaude.terminals import Server, stopped, tmux_servers, until

PLUM = Host("plum")


def shown(host: Host) -> Row:
    (row,) = sessions.reply(host, {"since": "", "usage": ""}).rows
    return row


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    with tmux_servers() as started:
        yield started


def test_where_no_server_ever_ran_tmux_is_not_started(
    servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panes, "_run", None)
    assert panes.found(PLUM) == panes.Panes([], [])


def test_a_server_that_ended_has_no_panes(servers: tuple[Server, Server]) -> None:
    private, _ = servers
    private.start("one", "cat")
    private.run("kill-server")
    (private.folder / f"tmux-{os.getuid()}").mkdir(exist_ok=True)
    (private.folder / f"tmux-{os.getuid()}" / "rclaude").touch()
    assert panes.found(PLUM) == panes.Panes([], [])


def test_without_tmux_there_are_no_panes(
    servers: tuple[Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers[0].start("one", "cat")
    with monkeypatch.context() as bare:
        bare.setenv("PATH", str(tmp_path))
        assert panes.found(PLUM) == panes.Panes([], [])


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_the_panes_of_both_servers_are_found_in_any_locale(
    servers: tuple[Server, Server], tmp_path: Path, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    odd = tmp_path / "a \tb;$(c) ü"
    odd.mkdir()
    mine = servers[0].start("one", "cat", cwd=odd)
    other = servers[1].start("two", "cat")
    first, second = sorted(panes.found(PLUM).found, key=lambda pane: pane.session)
    assert (first.id, first.session, first.private, first.command) == (mine, "one", True, "cat")
    assert (first.cwd, first.attached, first.dead, first.active) == (str(odd), False, False, True)
    assert (second.id, second.session, second.private) == (other, "two", False)
    assert Path(f"/proc/{first.pid}/comm").read_text() == "cat\n"


def test_a_private_server_that_is_the_default_one_is_asked_once(
    servers: tuple[Server, Server],
) -> None:
    servers[1].start("one", "cat")
    (found,) = panes.found(PLUM._replace(tmux_socket="default")).found
    assert found.private


def test_a_session_that_somebody_looks_at_is_attached(servers: tuple[Server, Server]) -> None:
    servers[0].start("one", "cat")
    keyboard, screen = pty.openpty()
    words = ("tmux", "-u", "-L", "rclaude", "attach-session", "-t", "=one")
    terminal = {**os.environ, "TERM": "xterm"}
    child = subprocess.Popen(words, stdin=screen, stdout=screen, stderr=screen, env=terminal)
    try:
        until(lambda: panes.found(PLUM).found[0].attached, "somebody who looks")
        assert shown(PLUM)["attached"] == "1"
    finally:
        child.kill()
        child.wait()
        os.close(keyboard)
        os.close(screen)


def test_a_shell_in_the_foreground_is_told_apart(servers: tuple[Server, Server]) -> None:
    servers[0].start("one", "sh")
    servers[0].start("two", "cat")
    assert {pane.session: pane.in_shell for pane in panes.found(PLUM).found} == {
        "one": True,
        "two": False,
    }


def test_a_stopped_server_hides_no_other_and_takes_no_longer_than_allowed(
    servers: tuple[Server, Server],
) -> None:
    servers[0].start("one", "cat")
    servers[1].start("two", "cat")
    with stopped(servers[0].pid):
        begun = time.monotonic()
        found = panes.found(PLUM)
        took = time.monotonic() - begun
    assert [pane.session for pane in found.found] == ["two"]
    assert found.silent == ["rclaude"]
    assert took < 2 * panes.WITHIN


def test_a_pane_shows_its_text_with_what_it_showed_before(servers: tuple[Server, Server]) -> None:
    servers[0].start("one", "sh", "-c", "seq 100; printf 'ünd %0300d' 7; cat")
    (pane,) = panes.found(PLUM).found
    until(lambda: "7" in (panes.text_of(pane, 5) or "").rstrip()[-1:], "the text")
    shown = (panes.text_of(pane, 5) or "").rstrip().split("\n")
    assert shown[-1] == f"ünd {7:0300}"
    assert shown[-2] == "100"
    assert len((panes.text_of(pane, 60) or "").split("\n")) > len(shown)


def test_a_pane_that_is_gone_shows_nothing(servers: tuple[Server, Server]) -> None:
    servers[0].start("one", "cat")
    (pane,) = panes.found(PLUM).found
    assert panes.text_of(pane._replace(id="%99"), 5) is None


@pytest.mark.parametrize("line", ["", "%1", "x\t" * 10, "%1\t$1\tone\t0\t\t\t\t\t\t\t"])
def test_a_line_of_another_form_is_no_pane(line: str) -> None:
    found = panes._pane(line, "rclaude", private=True)
    assert found is None or (found.pid, found.activity, found.dead) == (0, None, False)
