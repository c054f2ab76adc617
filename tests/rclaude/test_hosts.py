"""What `hosts`, `hosts --probe` and `doctor` tell of hosts."""

from pathlib import Path

import pytest

from rclaude import __version__, doctor
from rclaude.trouble import SLUGS
from tests.clocks import faketime
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
    clock = f"{faketime()} -f +{AHEAD_MS // 1000}s"
    script = f'FAKETIME_DONT_FAKE_MONOTONIC=1 exec {clock} {PROGRAM} "$@"'
    client.configure({"apricot": {"rclaude": str(farm["apricot"].program(script, "ahead"))}})
    return client


@pytest.fixture
def repositories(farm: Farm) -> None:
    """The repository that each host lists."""
    for host in farm.hosts.values():
        host.repository()


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


def test_an_agent_that_is_not_there_has_no_version(client: Client) -> None:
    client.configure({"apricot": {"claude": "/no/such/claude"}})
    versions = client.rclaude("hosts", "--probe").rows[1]["versions"].split()
    assert [each.partition("=")[0] for each in versions] == ["rclaude", "git", "tmux", "ssh"]


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


@pytest.mark.usefixtures("repositories")
def test_the_doctor_tells_of_a_clock_that_is_off(ahead: Client) -> None:
    ran = ahead.rclaude("doctor")
    assert ran.code == 3
    found = checks(ran, "apricot")
    assert [check for check, status in found.items() if status != "ok"] == ["clock"]
    assert [checks(ran, name)["clock"] for name in ("plum", "quince", "medlar")] == ["ok"] * 3
    (row,) = [row for row in ran.rows if row["status"] == "skewed"]
    assert row["hint"] == "let both follow a time server"


@pytest.mark.parametrize(
    ("skew", "latency", "status"),
    [
        (300_000, 0, "skewed"),
        (-300_000, 0, "skewed"),
        (299_999, 0, "ok"),
        (-299_999, 1, "ok"),
        (299_999, 2, "skewed"),
        (-299_900, 200, "skewed"),
    ],
)
def test_a_clock_is_off_from_five_minutes_counting_what_is_not_known(
    skew: int, latency: int, status: str
) -> None:
    row = {"name": "apricot", "clock_skew_ms": str(skew), "latency_ms": str(latency)}
    assert doctor._clock(row)["status"] == status


@pytest.mark.usefixtures("repositories")
def test_the_doctor_finds_nothing_where_all_is_well(client: Client) -> None:
    ran = client.rclaude("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert {row["status"] for row in ran.rows} == {"ok"}
    everywhere = {"way", "clock", "rclaude", "git", "tmux", "ssh"}
    here = {"config", "sockets", "git-remote-rclaude"}
    assert checks(ran, "plum").keys() - {"claude"} == everywhere | here
    assert checks(ran, "apricot").keys() - {"claude"} == everywhere | {"repository"}
    assert ran.hosts == dict.fromkeys(["plum", *NAMES], "ok")


@pytest.mark.usefixtures("repositories")
def test_the_doctor_misses_programs_and_repositories_there(
    client: Client, farm: Farm, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (farm["apricot"].home / "plain").mkdir(exist_ok=True)
    program = farm["apricot"].program(f'PATH={empty} exec {PROGRAM} "$@"', "bare")
    repos = ["~/fleet.git", "~/none.git", "~/plain"]
    client.configure({"apricot": {"rclaude": str(program), "repos": repos}})
    ran = client.rclaude("doctor", "apricot")
    assert (ran.code, ran.err, ran.hosts) == (3, "", {"apricot": "ok"})
    missed = [row for row in ran.rows if row["status"] != "ok"]
    assert [(row["check"], row["status"]) for row in missed] == [
        ("git", "missing"),
        ("tmux", "missing"),
        ("repository", "no-repository"),
        ("repository", "no-repository"),
    ]
    assert [row["detail"] for row in missed[2:]] == repos[1:]
    assert all(row["hint"] for row in missed)


def test_the_doctor_misses_what_git_starts_here(client: Client, tmp_path: Path) -> None:
    for name in ("git", "tmux", "ssh"):
        (tmp_path / "few").mkdir(exist_ok=True)
        (tmp_path / "few" / name).symlink_to(needs(name))
    ran = client.rclaude("doctor", "plum", PATH=str(tmp_path / "few"))
    assert (ran.code, checks(ran, "plum")["git-remote-rclaude"]) == (3, "missing")


def test_the_doctor_tells_of_a_wrong_configuration_in_a_row(client: Client) -> None:
    client.config.write_text("colour = 1\n")
    ran = client.rclaude("doctor")
    assert ran.code == 78
    row = ran.rows[0]
    assert (row["check"], row["status"]) == ("config", "config")
    assert row["detail"] == f"{client.config}: colour is not known"
    assert row["hint"]


def test_the_doctor_of_one_host_asks_no_other(client: Client) -> None:
    ran = client.rclaude("doctor", "quince")
    assert ran.hosts == {"quince": "ok"}


def test_every_hint_is_for_a_slug() -> None:
    assert doctor._HINTS.keys() <= SLUGS.keys()
    assert doctor._HINTS.keys() >= {"config", "usage", "refused"}


def test_the_doctor_says_what_to_do(client: Client) -> None:
    client.known_hosts.write_text("")
    ran = client.rclaude("doctor", "apricot")
    assert ran.code == 69
    (row,) = ran.rows
    assert (row["check"], row["status"]) == ("way", "host-key")
    assert "known_hosts" in row["hint"]
