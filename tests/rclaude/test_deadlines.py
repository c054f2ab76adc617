"""Nothing outlives its deadline: not rclaude, not what it started."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from rclaude import rpc
from rclaude.config import Host
from rclaude.rpc import Request
from tests.rclaude import processes
from tests.rclaude.client import Client, Ran
from tests.rclaude.farm import PROGRAM, Farm
from tests.rclaude.links import a_link
from tests.rclaude.terminals import stopped as stopped_process
from tests.rclaude.terminals import tmux_servers
from tests.rclaude.tree import answer, prompt, says, sid, transcript

HELPER = PROGRAM.with_name("git-remote-rclaude")
DEADLINE = 10.0
SOON = 2.0
"""Seconds that a machine which does much else may add."""

SLEEPS = "exec sleep 7654321"


def asked(client: Client) -> Ran:
    return client.rclaude("list", "--host", "apricot")


def alive(pids: Iterable[int]) -> set[int]:
    """Those that run: what was killed may wait a while for its new parent to notice."""
    return {pid for pid in pids if _state(pid) not in ("", "Z", "X")}


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def stopped(client: Client) -> int:
    """Start a master, and stop it; its pid."""
    assert asked(client).code == 0
    (master,) = client.masters()
    os.kill(master, signal.SIGSTOP)
    return master


def test_a_stopped_master_is_passed_by_and_forgotten(client: Client) -> None:
    master = stopped(client)
    (stuck,) = client.sockets.iterdir()
    before = stuck.stat().st_ino
    first = asked(client)
    assert (first.code, first.hosts) == (0, {"apricot": "ok"})
    assert first.seconds < DEADLINE
    assert stuck.stat().st_ino != before  # a master that works has taken the place
    second = asked(client)
    assert second.code == 0
    assert second.seconds < 1 + SOON / 2
    assert set(client.masters()) > {master}


def test_many_stopped_masters_cost_no_more_than_one(client: Client, farm: Farm) -> None:
    assert client.rclaude("list").code == 0
    masters = client.masters()
    assert len(masters) == 3
    for master in masters:
        os.kill(master, signal.SIGSTOP)
    ran = client.rclaude("list")
    assert ran.code == 0
    assert ran.seconds < 2 + SOON


def test_a_master_that_is_stopped_while_it_is_asked_is_passed_by(
    client: Client, farm: Farm
) -> None:
    """The program there waits until the master is stopped: the question is then asked once more."""
    assert asked(client).code == 0
    (master,) = client.masters()
    here = client.folder / "asked"
    script = f'[ -e {here} ] && exec {PROGRAM} "$@"; touch {here}; {SLEEPS}'
    client.configure({"apricot": {"rclaude": str(farm["apricot"].program(script))}})
    with subprocess.Popen(
        [PROGRAM, "list", "--host", "apricot"],
        env=client.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        processes.wait_for(here.exists)
        os.kill(master, signal.SIGSTOP)
        out, err = running.communicate(timeout=DEADLINE + SOON)
    assert (running.returncode, err) == (0, b"")
    assert b"#host\tapricot\tok\t" in out


def test_a_host_that_takes_its_time_over_a_master_is_waited_for(client: Client, farm: Farm) -> None:
    """Asking once more without the master does not end the first question."""
    assert asked(client).code == 0
    slow = farm["apricot"].program(f'sleep 6; exec {PROGRAM} "$@"')
    client.configure({"apricot": {"rclaude": str(slow)}})
    ran = asked(client)
    assert (ran.code, ran.hosts) == (0, {"apricot": "ok"})
    assert ran.seconds < DEADLINE


def test_a_program_that_never_answers_meets_the_deadline(client: Client, farm: Farm) -> None:
    client.configure({"apricot": {"rclaude": str(farm["apricot"].program(SLEEPS))}})
    ran = asked(client)
    assert (ran.code, ran.hosts) == (124, {"apricot": "deadline"})
    assert DEADLINE - 1 < ran.seconds < DEADLINE + SOON


def test_a_link_that_freezes_leaves_nothing_behind(client: Client, farm: Farm) -> None:
    host = farm["apricot"]
    with a_link(host.address, host.port) as link:
        client.lead(apricot=link.port)
        link.freeze_after(3000)  # after ssh's hello, before anything was asked
        ran = asked(client)
        assert (ran.code, ran.hosts) == (124, {"apricot": "deadline"})
        assert ran.seconds < DEADLINE + SOON
        assert not client.running()


def test_a_link_that_freezes_under_a_master_is_given_up(client: Client, farm: Farm) -> None:
    host = farm["apricot"]
    with a_link(host.address, host.port) as link:
        client.lead(apricot=link.port)
        assert asked(client).code == 0
        link.freeze_after(0)
        ran = asked(client)
        assert ran.code in (69, 124)
        assert ran.seconds < DEADLINE + SOON
        link.mend()
        processes.wait_for(lambda: not client.running(), within=20)
        assert asked(client).code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_is_stopped_takes_along_what_it_started(
    number: signal.Signals, client: Client, farm: Farm
) -> None:
    client.configure({"apricot": {"rclaude": str(farm["apricot"].program(SLEEPS))}})
    with subprocess.Popen(
        [PROGRAM, "list", "--host", "apricot"], env=client.environment(), stdout=subprocess.DEVNULL
    ) as running:
        processes.wait_for(client.masters)
        running.send_signal(number)
        assert running.wait(5) == 128 + number
    processes.wait_for(lambda: set(client.running()) == set(client.masters()), within=10)


def test_whoever_is_stopped_does_not_wait_for_a_tmux_that_hangs(client: Client) -> None:
    with tmux_servers() as (private, _):
        private.start("one", "cat")
        with stopped_process(private.pid):
            with subprocess.Popen(
                [PROGRAM, "list", "--host", "plum"],
                env=client.environment({"TMUX_TMPDIR": str(private.folder)}),
                stdout=subprocess.DEVNULL,
            ) as running:
                processes.wait_for(lambda: processes.descendants(running.pid))
                asking = processes.descendants(running.pid)
                running.send_signal(signal.SIGTERM)
                assert running.wait(5) == 128 + signal.SIGTERM
            processes.wait_for(lambda: not alive(asking), within=10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("host", ["plum", "apricot"])
@pytest.mark.parametrize("helper", [False, True])
def test_whoever_carries_git_takes_it_along_and_says_nothing(
    number: signal.Signals, host: str, helper: bool, client: Client, farm: Farm
) -> None:
    repository = farm["apricot"].repository()
    allowed = {"repos": [str(repository)]}
    client.configure({"plum": allowed, "apricot": allowed})
    by_hand = [str(PROGRAM), "exec", host, "--", "git-upload-pack", str(repository)]
    by_git = [str(HELPER), "origin", f"rclaude://{host}{repository}"]
    with subprocess.Popen(
        by_git if helper else by_hand,
        env=client.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as running:
        assert running.stdin, "it was asked for"
        assert running.stderr, "it was asked for"
        if helper:
            running.stdin.write(b"connect git-upload-pack\n")
        processes.wait_for(lambda: processes.descendants(running.pid))
        started = processes.descendants(running.pid)
        running.send_signal(number)
        assert running.wait(5) == 128 + number
        assert running.stderr.read().strip() == b""  # click ends the line in which ^C stands
    processes.wait_for(lambda: not alive(started) - {*client.masters()}, within=10)


def test_the_far_end_gives_up_with_whoever_asked(client: Client, farm: Farm) -> None:
    """A transcript that takes minutes to read."""
    host = farm["apricot"]
    written = transcript(host.home / ".claude", sid(1), [prompt("Mend it"), answer(says("done"))])
    os.truncate(written, 200 << 30)
    try:
        ran = client.rclaude("list", "--host", "apricot", "--usage")
        assert (ran.code, ran.hosts) == (124, {"apricot": "deadline"})
        assert ran.seconds < DEADLINE + SOON
        processes.wait_for(
            lambda: not any("@rpc" in line for line in processes.at_home_in(host.home).values()),
            within=SOON,
        )
    finally:
        written.unlink()


def test_the_far_end_takes_along_what_it_started(client: Client) -> None:
    token = rpc.token(Request("list", Host("plum"), {"since": "60", "usage": ""}, within=0.5))
    script = (
        "import sys; from rclaude import entry, far, children;"
        "far._ANSWERS = {'list': ('sessions', lambda *_:"
        " children.all_done([['sh', '-c', 'sleep 8765432 & sleep 8765432']], 60))};"
        f"sys.argv[1:] = ['@rpc', {token!r}]; entry.main()"
    )
    ran = client.run(sys.executable, "-c", script)
    assert (ran.code, ran.out) == (124, "")
    assert ran.seconds < 1 + SOON
    processes.wait_for(lambda: not processes.marked("sleep 8765432"), within=10)
