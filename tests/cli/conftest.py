"""A board to run commands on, and one with a task of every kind."""

from pathlib import Path

import pytest

from tests.cli.running import Here, board


@pytest.fixture
def here(tmp_path: Path, home: Path) -> Here:
    return board(tmp_path)


@pytest.fixture
def varied(here: Here) -> dict[str, str]:
    """Tasks by the letter of their title."""
    here.ok("project", "add", "web")
    a = here.add("A parser", "-P", "web", "-p", "P1", "-l", "x", "-l", "y", "-t", "bug")
    b = here.add("B", "-l", "x", "--for", "ada", "--needs", a)
    c = here.add("C", "-p", "P0", "--idea", "-m", "about the Parser")
    d = here.add("D", "--for", "nat")
    e = here.add("E")
    here.ok("done", e)
    f = here.add("F")
    here.ok("claim", f)
    here.ok("comment", d, "-m", "A pARser too")
    return {"A": a, "B": b, "C": c, "D": d, "E": e, "F": f}
