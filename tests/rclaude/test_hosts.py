"""What `hosts`, `hosts --probe` and `doctor` tell of hosts."""

import pytest

from rclaude import __version__
from tests.rclaude import processes
from tests.rclaude.client import Client, Ran
from tests.rclaude.farm import NAMES, PROGRAM, Farm, Host
from tests.servers import needs

AHEAD_MS = 300_000
COLUMNS = "name kind status latency_ms contract versions clock_skew_ms error repos"
WITHIN_MS = 5_000


@pytest.fixture
def ahead(client: Client, farm: Farm) -> Client:
    """A client of a host whose clock is five minutes ahead.

    By the program, not by LD_PRELOAD alone, which leaves files behind that hurt later processes.
    """
    clock = f"{needs('faketime')} -f +{AHEAD_MS // 1000}s"
    script = f'FAKETIME_DONT_FAKE_MONOTONIC=1 exec {clock} {PROGRAM} "$@"'
    client.configure({"apricot": {"rclaude": str(farm["apricot"].program(script, "ahead"))}})
    return client


def left_of(host: Host, *marks: str) -> list[str]:
    """What still runs on a host of programs with these marks in their command lines."""
    lines = processes.at_home_in(host.home).values()
    return [line for line in lines if any(mark in line for mark in marks)]


def checks(ran: Ran, host: str) -> dict[str, str]:
    """What a doctor found of a host: the status of each check."""
    return {row["check"]: row["status"] for row in ran.rows if row["host"] == host}


def test_hosts_are_listed_without_asking_any(client: Client) -> None:
    ran = client.rclaude("hosts")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "\t".join(["#rclaude/1", "hosts", *COLUMNS.split()])
    assert [(row["name"], row["kind"]) for row in ran.rows] == [
        ("plum", "self"),
        *((name, "ssh") for name in NAMES),
    ]
    assert {row["repos"] for row in ran.rows} == {"", "~/fleet.git"}
    assert not client.sockets.exists()


def test_a_probe_tells_latency_contract_versions_and_clock(client: Client) -> None:
    ran = client.rclaude("hosts", "--probe")
    assert (ran.code, ran.err) == (0, "")
    assert [row["name"] for row in ran.rows] == ["plum", *NAMES]
    for row in ran.rows:
        assert (row["status"], row["contract"], row["error"]) == ("ok", "1", "")
        assert 0 <= int(row["latency_ms"]) < 10_000
        assert abs(int(row["clock_skew_ms"])) < WITHIN_MS
        versions = dict(each.split("=") for each in row["versions"].split())
        assert versions["rclaude"] == __version__
        assert {"git", "tmux", "ssh"} <= versions.keys()
        assert "claude" not in versions


def test_a_probe_tells_the_version_of_the_agent(client: Client, farm: Farm) -> None:
    agent = farm["apricot"].program("echo '2.0.14 (Claude Code)'", "claude")
    client.configure({"apricot": {"claude": str(agent)}})
    row = client.rclaude("hosts", "--probe").rows[1]
    assert "claude=2.0.14" in row["versions"].split()


@pytest.mark.parametrize("script", ["sleep 2345671; true", "exit 1", "echo none", "exec yes"])
def test_an_agent_that_does_not_tell_its_version_holds_up_nothing(
    script: str, client: Client, farm: Farm
) -> None:
    agent = farm["apricot"].program(script, "claude")
    client.configure({"apricot": {"claude": str(agent)}})
    ran = client.rclaude("hosts", "--probe")
    assert ran.code == 0
    names = [each.partition("=")[0] for each in ran.rows[1]["versions"].split()]
    assert names == ["rclaude", "git", "tmux", "ssh"]
    assert ran.seconds < 8
    processes.wait_for(lambda: not left_of(farm["apricot"], "2345671", str(agent)), within=5)


def test_what_an_agent_leaves_running_is_ended_and_not_waited_for(
    client: Client, farm: Farm
) -> None:
    agent = farm["apricot"].program("sleep 2345672 & echo 2.0.14", "claude")
    client.configure({"apricot": {"claude": str(agent)}})
    ran = client.rclaude("hosts", "--probe")
    assert "claude=2.0.14" in ran.rows[1]["versions"].split()
    assert ran.seconds < 2.5
    processes.wait_for(lambda: not left_of(farm["apricot"], "2345672"), within=2)


def test_a_probe_of_a_dead_host_has_its_row_too(client: Client) -> None:
    client.configure({"apricot": {"rclaude": "/no/such/rclaude"}})
    ran = client.rclaude("hosts", "--probe")
    assert ran.code == 3
    row = ran.rows[1]
    assert (row["name"], row["status"], row["latency_ms"]) == ("apricot", "missing", "")
    assert "/no/such/rclaude" in row["error"]
    assert [each["status"] for each in ran.rows] == ["ok", "missing", "ok", "ok"]


@pytest.mark.parametrize(
    "answer",
    [
        r"#rclaude/1\tprobe\tcontract\tversions\tnow_ms\n1\tx\tsoon\n#host\tq\tok\t1\t\n",
        r"#rclaude/1\tprobe\tcontract\tversions\tnow_ms\n1\tx\t-1\n#host\tq\tok\t1\t\n",
        r"#rclaude/1\tprobe\tcontract\tversions\n1\tx\n#host\tq\tok\t1\t\n",
        r"#rclaude/1\tprobe\tcontract\tversions\tnow_ms\n#host\tq\tok\t1\t\n",
    ],
)
def test_a_probe_that_makes_no_sense_is_malformed(answer: str, client: Client, farm: Farm) -> None:
    program = farm["apricot"].program(f"printf '{answer}'", "odd")
    client.configure({"apricot": {"rclaude": str(program)}})
    ran = client.rclaude("hosts", "--probe")
    assert ran.code == 3
    assert [row["status"] for row in ran.rows] == ["ok", "malformed", "ok", "ok"]


def test_a_clock_that_is_off_is_measured(ahead: Client) -> None:
    own, row, *_ = ahead.rclaude("hosts", "--probe").rows
    assert abs(int(own["clock_skew_ms"])) < WITHIN_MS
    assert abs(int(row["clock_skew_ms"]) - AHEAD_MS) < WITHIN_MS


def test_the_doctor_tells_of_a_clock_that_is_off(ahead: Client) -> None:
    ran = ahead.rclaude("doctor")
    assert checks(ran, "apricot") == {"way": "ok", "clock": "skewed"}
    assert [checks(ran, name)["clock"] for name in ("plum", "quince", "medlar")] == ["ok"] * 3
    (row,) = [row for row in ran.rows if row["status"] == "skewed"]
    assert row["hint"] == "let both follow a time server"


def test_the_doctor_finds_nothing_where_all_is_well(client: Client) -> None:
    ran = client.rclaude("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert {row["status"] for row in ran.rows} == {"ok"}
    here = {"config", "ssh", "git", "tmux", "sockets", "way", "clock"}
    assert checks(ran, "plum").keys() == here
    assert ran.hosts == dict.fromkeys(["plum", *NAMES], "ok")


def test_the_doctor_of_one_host_asks_no_other(client: Client) -> None:
    ran = client.rclaude("doctor", "quince")
    assert ran.hosts == {"quince": "ok"}


def test_the_doctor_says_what_to_do(client: Client) -> None:
    client.known_hosts.write_text("")
    ran = client.rclaude("doctor", "apricot")
    assert ran.code == 69
    (row,) = ran.rows
    assert (row["check"], row["status"]) == ("way", "host-key")
    assert "known_hosts" in row["hint"]
