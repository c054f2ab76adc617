"""How often commands read the whole board: that is what they cost on a large one."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from clare.fleet import Fleet
from clare.store.cache import Progress, fleet_at
from clare.store.git import Git
from tests.cli.running import Here, plant, two_hosts

Reads = list[str]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Each commit that was read as a whole."""
    found: Reads = []

    def counted(
        git: Git, commit: str, *, keep: bool = False, progress: Progress = nullcontext
    ) -> Fleet:
        found.append(commit)
        return fleet_at(git, commit, keep=keep, progress=progress)

    monkeypatch.setattr("clare.store.board.fleet_at", counted)
    return found


@pytest.mark.parametrize(
    "words",
    [
        "done",
        "review",
        "release",
        "comment -m x",
        "next --claim -P shop -l a",
        "add x --template plain",
    ],
)
def test_a_write_reads_the_board_once(here: Here, reads: Reads, words: str) -> None:
    plant(here, {"fleet/templates/plain.yaml": "priority: 1\n"})
    here.ok("project", "add", "shop")
    for n in range(3):
        here.add(str(n), "-P", "shop", "-l", "a")
    if not words.startswith("next"):
        here.ok("next", "--claim")
    del reads[:]
    here.ok(*words.split())
    assert len(reads) == 1


@pytest.mark.parametrize("words", ["where", "config list", "config get lease", "template list"])
def test_what_a_line_of_fleet_yaml_says_takes_no_reading(
    here: Here, reads: Reads, words: str
) -> None:
    del reads[:]
    here.ok(*words.split())
    assert reads == []


def test_a_sync_reads_the_board_only_when_something_came(tmp_path: Path, reads: Reads) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    apricot.ok("sync")
    del reads[:]
    apricot.ok("sync")
    assert reads == []
    plum.add("dig the bed")
    plum.ok("sync")
    del reads[:]
    assert apricot.ok("sync").startswith("received 1 event")
    assert len(reads) == 2
