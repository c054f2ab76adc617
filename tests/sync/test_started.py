"""Clare starts git and rclaude, and itself in the background; on a terminal an editor, nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rclaude.client import a_client
from tests.rclaude.farm import Farm, a_farm
from tests.spy import Spy
from tests.sync.members import Member, bare

ITSELF = "python3"
MAY = {"git", "rclaude", ITSELF}


@pytest.fixture
def orchard() -> Iterator[Farm]:
    with a_farm("apricot") as farm:
        bare(farm["apricot"])
        yield farm


@pytest.fixture
def plum(orchard: Farm, tmp_path: Path, home: Path) -> Iterator[Member]:
    with a_client(orchard, tmp_path, home) as client:
        plum = Member("plum", client, tmp_path / "plum")
        plum.configure(orchard, {})
        yield plum


def test_only_what_may_be_started_is_started(plum: Member, tmp_path: Path) -> None:
    spy = Spy(tmp_path / "spy")
    plum.client.env.update(spy.env)
    hub = tmp_path / "hub.git"
    plum.client.git("init", "-q", "--bare", hub)
    plum.ok("init", str(plum.folder), "--hub", str(hub), CLARE_FLEET="")
    task = plum.ok("add", "Prune", "--label", "tree")
    for words in _DAY:
        plum.ok(*(task if word == "TASK" else word for word in words))
    plum.ok("init", str(plum.folder), "--hub", "rclaude://apricot/~/fleet.git", CLARE_FLEET="")
    plum.ok("sync")
    started = spy.heard()
    by_clare = {program for who, program in started if who in ("clare", "__main__.py")}
    assert by_clare <= MAY
    assert {"git", "rclaude", ITSELF} <= by_clare
    assert all(
        start.words[1:4] in (("-P", "-m", "clare"), ("-P", "-m", "clare.store.housekeeping"))
        for start in spy.starts()
        if start.program == ITSELF and start.who in ("clare", "__main__.py")
    )


_DAY = (
    ["ready"],
    ["status"],
    ["list", "--json"],
    ["show", "TASK"],
    ["edit", "TASK", "-p", "P1"],
    ["claim", "TASK"],
    ["comment", "TASK", "-m", "half"],
    ["host", "add", "apricot"],
    ["host", "list", "--probe"],
    ["sync", "apricot"],
    ["done", "TASK"],
    ["log"],
    ["tree"],
    ["digest"],
    ["doctor", "--fix"],
    ["export"],
    ["prime"],
    ["where"],
)
