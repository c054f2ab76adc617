"""How the hosts of a fleet are, as those can tell that this machine reaches."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clocks import faketime
from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import Farm, a_farm
from tests.sync.members import Member


@pytest.fixture(scope="module")
def orchard() -> Iterator[Farm]:
    """Two hosts, of which one has a clock that is five minutes and more ahead."""
    faketime()
    settings = {
        "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
        "FAKETIME": "+400s",
    }
    with a_farm("apricot") as farm:
        farm.add("quince", **settings)
        yield farm


@pytest.fixture
def plum(orchard: Farm, tmp_path: Path, home: Path) -> Iterator[Member]:
    with a_client(orchard, tmp_path, home) as client:
        yield _on_board(client, orchard, tmp_path)


def _on_board(client: Client, orchard: Farm, folder: Path) -> Member:
    plum = Member("plum", client, folder / "plum.git")
    plum.configure(orchard, {})
    client.git("init", "-q", "--bare", plum.folder)
    plum.ok("init", str(plum.folder), CLARE_FLEET="")
    plum.ok("host", "add", "apricot", "--role", "builder")
    plum.ok("host", "add", "medlar")
    return plum


def test_each_host_tells_its_versions_and_a_clock_that_is_off_is_said_loudly(plum: Member) -> None:
    told = plum.run("host", "list", "--probe")
    assert told.code == 0
    lines = {line.split()[0]: line for line in told.out.splitlines()}
    assert [*lines] == ["apricot", "medlar", "plum", "quince"]
    assert "ok" in lines["apricot"].split()
    assert "git=" in lines["quince"]
    assert "not in hosts.toml" in lines["medlar"]
    said = "clare: the clock of quince is 7m ahead of ours; let both follow a time server (NTP)\n"
    assert told.err == said


def test_the_record_tells_what_stands_on_the_board_and_what_was_answered(plum: Member) -> None:
    found = {
        host["name"]: host for host in json.loads(plum.ok("host", "list", "--probe", "--json"))
    }
    assert (found["apricot"]["roles"], found["apricot"]["status"]) == (["builder"], "ok")
    assert found["apricot"]["versions"]["git"]
    assert (found["quince"]["on_board"], found["medlar"]["status"]) == (False, None)
    assert abs(found["quince"]["clock_skew_ms"] - 400_000) < 30_000


def test_a_host_that_is_down_is_named_and_the_others_are_told(orchard: Farm, plum: Member) -> None:
    orchard["apricot"].stop()
    try:
        told = plum.run("host", "list", "--probe")
    finally:
        orchard["apricot"].start()
    assert told.code == 3
    assert "quince" in told.out
    assert "clare: apricot: unreachable: " in told.err


def test_without_rclaude_nobody_is_probed(plum: Member) -> None:
    told = plum.run("host", "list", "--probe", PATH="/usr/bin:/bin")
    assert told.code == 1
    assert "rclaude is not on $PATH" in told.err
    assert "apricot" in plum.ok("host", "list", PATH="/usr/bin:/bin")
