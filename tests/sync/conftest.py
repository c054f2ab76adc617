"""A fleet of two clones on one hub, for whoever asks for it."""

from pathlib import Path

import pytest

from clare.store.board import Board
from tests.sync.fleets import World, add


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def plum(world: World) -> Board:
    return world.found("plum")


@pytest.fixture
def apricot(world: World, plum: Board) -> Board:
    return world.join("apricot")


@pytest.fixture
def bed(plum: Board, apricot: Board) -> str:
    """The task that everybody wants."""
    return add(plum, "dig the bed")
