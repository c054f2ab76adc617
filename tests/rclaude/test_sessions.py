"""`rclaude list` as a process: what is joined to a row, and which rows there are."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rclaude import sessions
from rclaude.config import Host
from rclaude.rows import KINDS, Row
from rclaude.trouble import Trouble
from tests.rclaude.terminals import (
    Server,
    configured,
    listed,
    rclaude,
    stopped,
    until,
)
from tests.rclaude.tree import answer, calls, entry, prompt, says, sid, stamp, started, transcript

DAY = 86400
ME = os.getpid()


def by_sid(*words: str) -> dict[str, Row]:
    return {row["sid"]: row for row in listed(*words)}


def shown(*words: str) -> Row:
    (row,) = listed(*words)
    return row


def waits(name: str, **cells: str) -> Row:
    """The row of a tmux session once it has these cells."""
    found: dict[str, Row] = {}

    def holds() -> bool:
        found.update({row["tmux"]: row for row in listed()})
        row = found.get(name, {})
        return all(row.get(key) == value for key, value in cells.items())

    until(holds, f"{name} with {cells}")
    return found[name]


def test_a_host_without_any_agent_has_no_sessions(base: Path) -> None:
    out, err = rclaude("list")
    first, last, end = out.decode().split("\n")
    assert first == "\t".join(("#rclaude/1", "sessions", *KINDS["sessions"]))
    assert last.startswith("#host\tplum\tok\t")
    assert (end, err) == ("", "")


def test_a_transcript_alone_tells_what_it_can_and_the_rest_is_empty(base: Path) -> None:
    now = time.time()
    transcript(base, sid(1), [prompt("Mend\tit", now), answer(calls("Bash"), moment=now + 1)])
    assert shown() == {
        **dict.fromkeys(KINDS["sessions"], ""),
        "host": "plum",
        "sid": sid(1),
        "state": "busy",
        "state_at": stamp(now + 1),
        "activity_at": stamp(now + 1),
        "state_src": "transcript",
        "cwd": "/srv/work",
        "branch": "main",
        "model": "claude-opus-4-7",
        "title": "Mend it",
        "version": "2.1.139",
        "ctx": "428",
    }


def test_the_folder_of_the_agent_is_the_one_that_the_environment_names(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript(tmp_path / "else where", sid(2), [prompt("hello")])
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "else where"))
    assert shown()["sid"] == sid(2)


def test_tokens_are_counted_only_if_asked_for(base: Path) -> None:
    transcript(base, sid(1), [prompt("go"), answer(says("a")), answer(says("b"))])
    keys = ("tok_in", "tok_cache_write", "tok_cache_read", "tok_out")
    assert [shown()[key] for key in keys] == [""] * 4
    assert [shown("--usage")[key] for key in keys] == ["3", "20", "400", "5"]


@pytest.mark.parametrize("status", ["starting", "busy", "waiting", "idle", "shell"])
def test_the_registry_tells_the_state_of_a_session_that_runs(base: Path, status: str) -> None:
    now = time.time()
    transcript(base, sid(1), [prompt("go"), answer(says("done"))])
    entry(
        base,
        ME,
        sessionId=sid(1),
        procStart=started(ME),
        status=status,
        statusUpdatedAt=int(now * 1000),
        waitingFor="permission:\nBash",
        kind="interactive",
    )
    row = shown()
    assert (row["state"], row["state_src"], row["detail"]) == (
        status,
        "registry",
        "permission: Bash",
    )
    assert row["state_at"] == stamp(int(now * 1000) / 1000)
    assert (row["pid"], row["kind"]) == (str(ME), "interactive")


@pytest.mark.parametrize("status", ["dancing", 5, None, ""])
def test_a_word_that_the_contract_does_not_have_is_unknown(base: Path, status: object) -> None:
    entry(base, ME, sessionId=sid(1), procStart=started(ME), status=status)
    assert (shown()["state"], shown()["state_src"]) == ("unknown", "registry")


def test_an_entry_without_a_status_leaves_it_to_the_transcript(base: Path) -> None:
    transcript(base, sid(1), [prompt("go")])
    entry(base, ME, sessionId=sid(1), procStart=started(ME), cwd="/x")
    row = shown()
    assert (row["state"], row["state_src"], row["pid"]) == ("busy", "transcript", str(ME))


def test_a_session_without_a_transcript_is_told_from_its_entry(base: Path) -> None:
    named = {"cwd": "/srv/x", "name": "parser", "version": "2.1.0", "updatedAt": 1_790_000_000_000}
    entry(base, ME, sessionId=sid(1), procStart=started(ME), status="idle", **named)
    row = shown()
    assert (row["cwd"], row["title"], row["version"]) == ("/srv/x", "parser", "2.1.0")
    assert row["activity_at"] == "2026-09-21T14:13:20.000Z"


def test_a_pid_that_another_process_has_now_means_that_the_session_ended(base: Path) -> None:
    transcript(base, sid(1), [prompt("go"), answer(calls("Bash"))])
    entry(base, ME, sessionId=sid(1), procStart=str(int(started(ME)) - 7), status="busy")
    row = shown()
    assert (row["state"], row["state_src"], row["pid"]) == ("ended", "registry", "")


def test_a_start_that_cannot_be_checked_is_not_known_to_be_alive(base: Path) -> None:
    transcript(base, sid(1), [prompt("go", time.time() - 3 * DAY)])
    entry(base, ME, sessionId=sid(1), procStart="Thu Sep 10 08:31:58 2026", status="busy")
    row = shown("--all")
    assert (row["state"], row["state_src"], row["pid"]) == ("unknown", "registry", "")
    assert listed() == []


def test_where_sessions_register_one_that_has_not_ended(base: Path) -> None:
    transcript(base, sid(1), [prompt("go")])
    assert (shown()["state"], shown()["state_src"]) == ("busy", "transcript")
    entry(base, ME, sessionId=sid(2), procStart=started(ME), status="idle")
    row = by_sid()[sid(1)]
    assert (row["state"], row["state_src"]) == ("ended", "registry")


def test_what_nothing_tells_is_unknown(base: Path) -> None:
    transcript(base, sid(1), b"\0\0\n")
    assert (shown()["state"], shown()["state_src"]) == ("unknown", "none")


def test_sessions_that_run_and_those_of_late_are_listed_newest_first(base: Path) -> None:
    now = time.time()
    ages = {1: 2 * DAY, 2: 3600, 3: 60, 4: 30 * DAY}
    for number, age in ages.items():
        path = transcript(base, sid(number), [prompt("go", now - age)])
        if number == 4:
            os.utime(path, (now - age, now - age))
    assert [row["sid"] for row in listed()] == [sid(3), sid(2)]
    assert [row["sid"] for row in listed("--since", "7d")] == [sid(3), sid(2), sid(1)]
    assert [row["sid"] for row in listed("--since", "30m")] == [sid(3)]
    assert [row["sid"] for row in listed("--all")] == [sid(3), sid(2), sid(1), sid(4)]
    entry(base, ME, sessionId=sid(4), procStart=started(ME), status="idle")
    assert [row["sid"] for row in listed()] == [sid(3), sid(2), sid(4)]


def test_a_file_that_nobody_changed_of_late_is_not_read(base: Path) -> None:
    path = transcript(base, sid(1), [prompt("go", time.time())])
    os.utime(path, (0, 0))
    assert listed() == []


def test_where_a_line_tells_no_time_the_file_does(base: Path) -> None:
    path = transcript(base, sid(1), [{**prompt("go"), "timestamp": "yesterday"}])
    os.utime(path, (1_790_000_000, 1_790_000_000))
    assert shown("--all")["activity_at"] == "2026-09-21T14:13:20.000Z"


def test_what_vanishes_or_may_not_be_read_is_no_trouble(base: Path) -> None:
    path = transcript(base, sid(1), [prompt("go")])
    path.chmod(0)
    (base / "projects" / "-gone").symlink_to("/nowhere")
    (base / "projects" / "-loop").symlink_to(base / "projects" / "-loop")
    (base / "projects" / "file").write_text("x")
    assert shown()["sid"] == sid(1)


def test_projects_and_sessions_that_are_no_folders_are_no_trouble(base: Path) -> None:
    base.mkdir()
    for name in ("projects", "sessions"):
        (base / name).write_text("x")
    assert listed("--all") == []


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "1" * 13])
def test_an_age_of_another_form_is_malformed(since: str) -> None:
    with pytest.raises(Trouble) as caught:
        sessions.reply(Host("plum"), {"since": since, "usage": ""})
    assert caught.value.slug == "malformed"


TEXTS = st.text() | st.sampled_from(["\t", "\n", "\x1b[31m", "\u202e", "\ud800"])


@settings(max_examples=20)
@given(words=TEXTS, waiting=TEXTS)
def test_whatever_a_session_says_stays_in_its_cells(home: Path, words: str, waiting: str) -> None:
    base = home / ".claude"
    transcript(base, sid(1), [prompt(words), {"type": "custom-title", "customTitle": words}])
    told = {"status": "waiting", "waitingFor": waiting, "name": words, "cwd": words}
    entry(base, ME, sessionId=sid(1), procStart=started(ME), **told)
    (row,) = sessions.reply(Host("plum"), {"since": "", "usage": ""}).rows
    assert set(row) <= set(KINDS["sessions"])
    assert all("\n" not in row[key] and len(row[key]) <= 200 for key in ("title", "detail"))


def test_an_agent_in_tmux_is_followed_from_its_start_to_its_end(
    servers: tuple[Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, _ = servers
    go = tmp_path / "go"
    pane = private.agent("mender", sid(7), cwd=tmp_path, STANDIN_MODE="slow", STANDIN_GO=str(go))
    row = waits("mender", state="starting", sid=sid(7))
    assert (row["state_src"], row["pane"], row["cwd"]) == ("pane", pane, str(tmp_path))
    go.touch()
    row = waits("mender", state="idle", sid=sid(7))
    assert (row["state_src"], row["pane"], row["attached"], row["tmux_id"][0]) == (
        *("registry", pane, "0"),
        "$",
    )
    private.type(pane, "Mend it")
    row = waits("mender", title="Mend it", state="idle", model="claude-opus-4-7")
    assert (row["sid"], row["cwd"]) == (sid(7), str(tmp_path))
    private.start("other", "cat")
    private.type(pane, "/exit")
    until(lambda: "mender" not in {row["tmux"] for row in listed()}, "the end")
    ended = by_sid()[sid(7)]
    assert (ended["tmux"], ended["pid"]) == ("", "")


def test_an_agent_at_a_dialog_waits_and_says_for_what(servers: tuple[Server, Server]) -> None:
    pane = servers[0].agent("asked", sid(7), STANDIN_MODE="dialog")
    row = waits("asked", state="waiting")
    assert row["detail"] == "permission prompt"
    servers[0].run("send-keys", "-t", pane, "1")
    waits("asked", state="idle", detail="")


def test_an_agent_that_crashes_in_a_line_has_ended_and_keeps_its_title(
    servers: tuple[Server, Server],
) -> None:
    servers[0].keep_dead_panes()
    pane = servers[0].agent("crasher", sid(7), STANDIN_MODE="crash")
    waits("crasher", state="idle")
    servers[0].type(pane, "Mend it")
    row = waits("crasher", state="ended")
    assert (row["sid"], row["title"], row["pane"]) == (sid(7), "Mend it", pane)
    assert row["state_src"] == "registry"


def test_a_dead_pane_that_no_session_is_known_of_has_ended(servers: tuple[Server, Server]) -> None:
    servers[0].keep_dead_panes()
    servers[0].start("broken", "false")
    row = waits("broken", state="ended")
    assert (row["sid"], row["state_src"], row["pid"]) == ("", "pane", "")


def test_a_pane_that_fell_back_to_a_shell_is_a_shell(servers: tuple[Server, Server]) -> None:
    pane = servers[0].agent("mender", sid(7), STANDIN_MODE="shell")
    row = waits("mender", state="idle", sid=sid(7))
    assert row["pane"] == pane
    servers[0].type(pane, "Mend it")
    waits("mender", title="Mend it")
    servers[0].type(pane, "/exit")
    row = waits("mender", state="shell", sid="")
    assert (row["state_src"], row["pid"]) == ("pane", "")
    assert by_sid()[sid(7)]["tmux"] == ""


def test_a_session_below_a_shell_of_the_default_server_is_listed_with_its_pane(
    servers: tuple[Server, Server],
) -> None:
    agent = servers[1].agent("mine", sid(8), STANDIN_MODE="shell")
    other = servers[1].start("notes", "cat")
    row = waits("mine", state="idle")
    assert (row["sid"], row["pane"]) == (sid(8), agent)
    assert other not in {row["pane"] for row in listed()}


def test_a_session_that_was_stopped_in_favour_of_its_shell_is_a_shell(
    servers: tuple[Server, Server],
) -> None:
    pane = servers[0].start("mine", "sh", "-i", PYTHONPATH=os.getcwd())
    servers[0].type(pane, "exec </dev/tty; set -m")
    servers[0].type(pane, f"{sys.executable} -m tests.rclaude.standin --session-id {sid(5)}")
    row = waits("mine", state="idle", sid=sid(5))
    os.kill(int(row["pid"]), signal.SIGSTOP)
    row = waits("mine", state="shell", sid=sid(5))
    assert row["state_src"] == "pane"
    os.kill(int(row["pid"]), signal.SIGCONT)


def test_a_stopped_tmux_hides_no_session_and_is_told_of(
    base: Path, servers: tuple[Server, Server]
) -> None:
    servers[0].agent("mender", sid(7))
    waits("mender", state="idle")
    with stopped(servers[0].pid):
        out, _ = rclaude("list")
    assert sid(7).encode() in out
    assert out.decode().rstrip("\n").endswith("\ttmux -L rclaude does not answer")


def test_a_private_server_may_have_another_name(home: Path, servers: tuple[Server, Server]) -> None:
    configured(home, "[hosts.plum]", 'tmux_socket = "agents"')
    server = Server(servers[0].folder, "agents")
    server.start("fresh", "cat")
    try:
        assert shown()["state"] == "starting"
    finally:
        server.run("kill-server")


def test_where_no_tmux_runs_nothing_heavy_is_loaded(base: Path) -> None:
    transcript(base, sid(1), [prompt("go")])
    code = (
        "import sys; from rclaude import peek, sessions; from rclaude.config import Host;"
        "sessions.reply(Host('plum'), {'since': '', 'usage': ''});"
        f"peek.reply(Host('plum'), {{'session': '{sid(1)}', 'lines': '5'}});"
        "print({'asyncio', 'click', 'pydantic', 'subprocess', 'threading'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"
