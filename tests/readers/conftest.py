"""A board to run commands on."""

from pathlib import Path

import pytest

from tests.cli.running import Here, board


@pytest.fixture
def here(tmp_path: Path, home: Path) -> Here:
    return board(tmp_path, "here")
