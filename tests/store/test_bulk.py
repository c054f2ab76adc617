"""Garbage is collected again after much was made, whatever happened meanwhile."""

import gc
from pathlib import Path

import pytest

from clare.store import cold, read
from clare.store.bulk import bulk
from clare.store.git import Git
from clare.store.read import Told, read_board
from clare.store.reading import Reading
from clare.store.tree import Entry
from tests.store.boards import append_tasks, bare


def test_the_collector_rests_inside_and_works_again_after_an_error() -> None:
    seen: list[bool] = []

    @bulk()
    def fail() -> None:
        seen.append(gc.isenabled())
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (seen, gc.isenabled()) == ([False], True)


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with bulk(), bulk():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_whole_board_is_read_while_the_collector_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = bare(tmp_path / "board.git")
    append_tasks(site.board, ["a"])
    rested: list[bool] = []
    entries = read.read_entries

    def watched(git: Git, found: list[Entry], *, told: Told = None) -> Reading:
        rested.append(not gc.isenabled())
        return entries(git, found, told=told)

    for module in (read, cold):
        monkeypatch.setattr(module, "read_entries", watched)
    read_board(site.board.git, "fleet")
    cold.read_whole(site.board.git, "fleet")
    assert rested == [True, True]
    assert gc.isenabled()
