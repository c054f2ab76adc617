"""`rclaude peek` as a process: which session a name means, and its last lines."""

import os
from pathlib import Path

import pytest

from rclaude import peek
from rclaude.config import Host
from rclaude.trouble import Trouble
from tests.rclaude.terminals import (
    Server,
    peeked,
    rclaude,
    stopped,
    until,
)
from tests.rclaude.tree import answer, calls, entry, prompt, result, says, sid, started, transcript

ME = os.getpid()


def shows(name: str, text: str) -> list[str]:
    """What peek shows once a text is there."""
    found: list[str] = []

    def holds() -> bool:
        found[:] = peeked(f"plum:{name}")
        return any(text in line for line in found)

    until(holds, text)
    return found


def refused(name: str) -> str:
    out, err = rclaude("peek", f"plum:{name}", code=66)
    assert out.decode().split("\n")[1].startswith("#host\tplum\t")
    return err


CONVERSATION = [
    prompt("Mend it"),
    prompt("Caveat", isMeta=True),
    answer(
        {"type": "thinking", "thinking": "hm"}, says("I look."), calls("Bash"), reason="tool_use"
    ),
    result("12 passed"),
    answer(says("An aside"), isSidechain=True),
    answer(says("It works.\nAll of it.\n")),
]


def test_a_session_without_a_pane_shows_the_last_lines_of_its_transcript(base: Path) -> None:
    transcript(base, sid(1), CONVERSATION)
    spoken = [
        "user: Mend it",
        "assistant: I look.",
        "tool: Bash",
        "assistant: It works.",
        "All of it.",
    ]
    assert peeked(f"plum:{sid(1)}") == spoken
    assert peeked(f"plum:{sid(1)}", "-n", "2") == spoken[-2:]
    assert peeked(f"plum:{sid(1)[:8]}", "-n", "1") == spoken[-1:]


def test_lines_are_found_behind_a_long_one(base: Path) -> None:
    transcript(base, sid(1), [*CONVERSATION, result("x" * 200_000)])
    assert peeked(f"plum:{sid(1)}", "-n", "2") == ["assistant: It works.", "All of it."]


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b'{"type":"user"}\n{"type":"assist'])
def test_a_transcript_that_says_nothing_shows_nothing(base: Path, content: bytes) -> None:
    transcript(base, sid(1), content)
    assert peeked(f"plum:{sid(1)}") == []


def test_a_session_that_has_written_nothing_shows_nothing(base: Path) -> None:
    entry(base, ME, sessionId=sid(1), procStart=started(ME))
    assert peeked(f"plum:{sid(1)}") == []


def test_who_is_not_there_is_no_session(base: Path) -> None:
    transcript(base, sid(1), CONVERSATION)
    for name in ("7f3ac0de", "mender", sid(2)):
        assert f"plum: no-session: there is no {name}" in refused(name)


def test_a_prefix_that_fits_several_is_ambiguous_and_names_them(base: Path) -> None:
    names = [f"7f3ac0de-0000-4000-8000-00000000000{number}" for number in (1, 2)]
    for name in names:
        transcript(base, name, CONVERSATION)
    assert f"ambiguous: 7f3ac0de may be {names[0]}, {names[1]}" in refused("7f3ac0de")
    assert peeked(f"plum:{names[0]}", "-n", "1") == ["All of it."]


def test_a_session_in_a_pane_shows_what_is_on_it_by_each_of_its_names(
    servers: tuple[Server, Server],
) -> None:
    pane = servers[0].agent("mender", sid(7))
    shows("mender", "Stand-in agent")
    servers[0].type(pane, "Mend it")
    found = shows("mender", "I heard: Mend it")
    assert found[-1].startswith(">")
    assert peeked(f"plum:{sid(7)}") == peeked("plum:mender") == peeked(f"plum:{sid(7)[:8]}")
    assert peeked("plum:mender", "-n", "2") == found[-2:]


def test_a_tmux_name_is_meant_whole_and_never_as_a_pattern(servers: tuple[Server, Server]) -> None:
    servers[0].start("mender-two", "sh", "-c", "echo two; cat")
    for name in ("mender", "mender-tw"):
        assert "no-session" in refused(name)
    assert shows("mender-two", "two")[0] == "two"


def test_on_the_default_server_an_agent_can_be_read_and_nothing_else(
    servers: tuple[Server, Server],
) -> None:
    servers[1].start("notes", "sh", "-c", "echo private; cat")
    assert "no-session: there is no notes" in refused("notes")
    servers[1].agent("mender", sid(9))
    assert "Stand-in agent" in shows("mender", "Stand-in")


def test_of_several_panes_the_one_with_a_session_is_meant_else_the_one_that_is_looked_at(
    servers: tuple[Server, Server],
) -> None:
    servers[0].start("both", "sh", "-c", "echo first; cat")
    servers[0].run("split-window", "-t", "=both:", "sh", "-c", "echo second; cat")
    assert shows("both", "second") == ["second"]
    servers[0].agent("mender", sid(7))
    servers[0].run("split-window", "-t", "=mender:", "sh", "-c", "echo beside; cat")
    assert "Stand-in agent" in shows("mender", "Stand-in")


def test_two_sessions_in_one_tmux_session_are_ambiguous(servers: tuple[Server, Server]) -> None:
    servers[0].agent("mender", sid(7))
    shows("mender", "Stand-in")
    other = servers[0].agent("other", sid(8))
    shows("other", "Stand-in")
    servers[0].run("join-pane", "-s", other, "-t", "=mender:")
    assert f"ambiguous: mender may be {sid(7)}, {sid(8)}" in refused("mender")


def test_a_stopped_tmux_leaves_the_transcript_and_is_told_of(
    base: Path, servers: tuple[Server, Server]
) -> None:
    pane = servers[0].agent("mender", sid(7))
    shows("mender", "Stand-in")
    servers[0].type(pane, "Mend it")
    shows("mender", "I heard")
    with stopped(servers[0].pid):
        assert peeked(f"plum:{sid(7)}") == ["user: Mend it", "assistant: I heard: Mend it"]
        assert "tmux -L rclaude does not answer" in refused("mender")


@pytest.mark.parametrize("lines", ["", "0", "-5", "x", "1" * 9])
def test_a_number_of_another_form_is_malformed(lines: str) -> None:
    with pytest.raises(Trouble) as caught:
        peek.reply(Host("plum"), {"session": sid(1), "lines": lines})
    assert caught.value.slug == "malformed"
