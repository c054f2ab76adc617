"""Several hosts at once: each is told of in its place, and none hides another."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rclaude.config import Host
from rclaude.fan import AT_ONCE, ask_all, code_of
from rclaude.rows import Reply, Trailer
from rclaude.trouble import Exit, Trouble
from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import NAMES, Farm, a_farm
from tests.rclaude.links import a_link

TWELVE = [f"host-{number}" for number in (7, 3, 11, 1, 12, 5, 9, 2, 10, 4, 8, 6)]
DEAD = ("host-12", "host-8")


@pytest.fixture(scope="module")
def twelve() -> Iterator[Farm]:
    with a_farm(*TWELVE) as farm:
        for name in DEAD:
            farm[name].stop()
        yield farm


@pytest.fixture
def wide(twelve: Farm, tmp_path: Path, home: Path) -> Iterator[Client]:
    with a_client(twelve, tmp_path, home) as client:
        yield client


def test_twelve_hosts_with_two_dead_are_told_in_their_order(wide: Client) -> None:
    for _ in range(2):  # anew, and over the masters that there are then
        ran = wide.rclaude("hosts", "--probe")
        assert ran.code == 3
        assert list(ran.hosts) == ["plum", *TWELVE]
        assert [name for name, status in ran.hosts.items() if status != "ok"] == [*DEAD]
        assert [row["name"] for row in ran.rows] == ["plum", *TWELVE]
        assert [line.split(": ")[1:3] for line in ran.err.splitlines()] == [
            [name, "unreachable"] for name in DEAD
        ]
        assert ran.seconds < 10


def test_all_hosts_dead_is_exit_3_with_a_line_for_each(wide: Client) -> None:
    ran = wide.rclaude("list", "--host", DEAD[1], "--host", DEAD[0])
    assert ran.code == 3
    assert [*ran.hosts.items()] == [(name, "unreachable") for name in DEAD]


def test_hosts_that_answer_no_one_do_not_hold_up_the_others(client: Client, farm: Farm) -> None:
    with ExitStack() as links:
        for name in NAMES[:2]:
            link = links.enter_context(a_link(farm[name].address, farm[name].port))
            link.freeze_after(0)
            client.lead(**{name: link.port})
        ran = client.rclaude("hosts", "--probe")
    assert ran.code == 3
    assert ran.hosts == {
        "plum": "ok",
        "apricot": "unreachable",
        "quince": "unreachable",
        "medlar": "ok",
    }
    assert ran.seconds < 9


def test_a_host_that_is_named_twice_is_asked_once_and_told_in_the_configurations_order(
    client: Client,
) -> None:
    ran = client.rclaude("list", "--host", "quince", "--host", "apricot", "--host", "quince")
    lines = [line.split("\t")[1] for line in ran.out.splitlines() if line.startswith("#host")]
    assert lines == ["apricot", "quince"]


def test_a_host_that_is_not_listed_is_refused_before_any_is_asked(client: Client) -> None:
    ran = client.rclaude("list", "--host", "apricot", "--host", "nobody")
    assert (ran.code, ran.out) == (66, "")
    assert ran.err.startswith("rclaude: nobody: no-host: ")
    assert not client.sockets.exists()


def answer(host: Host) -> Reply:
    return Reply([], Trailer(host.name))


def test_no_more_hosts_are_asked_at_once_than_may_be() -> None:
    lock, full = threading.Lock(), threading.Barrier(AT_ONCE)
    running, most = 0, 0

    def ask(host: Host) -> Reply:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        full.wait(10)  # nobody goes on until as many wait here as may
        with lock:
            running -= 1
        return answer(host)

    hosts = [Host(f"host-{number}") for number in range(AT_ONCE * 3)]
    replies = ask_all(hosts, ask)
    assert [reply.trailer.host for reply in replies] == [host.name for host in hosts]
    assert most == AT_ONCE


@pytest.mark.parametrize("count", [1, 3])
def test_a_bug_is_not_taken_for_a_host_that_failed(count: int) -> None:
    def ask(host: Host) -> Reply:
        if host.name == "host-0":
            raise ZeroDivisionError
        return answer(host)

    with pytest.raises(ZeroDivisionError):
        ask_all([Host(f"host-{number}") for number in range(count)], ask)


def test_one_host_alone_keeps_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    failed = Reply([], Trailer("apricot", "auth", 1, "no"))
    assert code_of([failed]) == Exit.UNREACHABLE
    assert code_of([failed, Reply([], Trailer("quince"))]) == Exit.SOME
    assert code_of([]) == Exit.DONE
    assert capsys.readouterr().err == "rclaude: apricot: auth: no\n" * 2


def test_a_trouble_keeps_the_other_hosts_rows() -> None:
    def ask(host: Host) -> Reply:
        if host.name == "quince":
            raise Trouble("cut", "cut off", host="quince")
        return Reply([{"host": host.name}], Trailer(host.name))

    replies = ask_all([Host("apricot"), Host("quince"), Host("medlar")], ask)
    assert [len(reply.rows) for reply in replies] == [1, 0, 1]
    assert [reply.trailer.status for reply in replies] == ["ok", "cut", "ok"]
