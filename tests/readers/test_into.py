"""Imports into a project, with labels: of every format, the same on every host."""

from pathlib import Path

import pytest

from clare.errors import ClareError
from clare.services.into import Into
from clare.services.replica import bring
from tests.beads import make_board, tree
from tests.cli.running import Here
from tests.readers.sources import FORMATS

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("form", FORMATS)
def test_every_importer_takes_a_project_and_labels(here: Here, form: str) -> None:
    here.ok("project", "add", "into")
    source = FORMATS[form]
    words = ("import", source.command, str(source.data), "-P", "into", "-l", "new", "-l", "b")
    here.ok(*words)
    tasks = here.records("list", "--all")
    assert tasks
    assert all(task["project"] for task in tasks)
    assert any(task["project"] == "into" for task in tasks)
    assert all({"new", "b"} <= set(task["labels"]) for task in tasks)  # type: ignore[call-overload]
    assert here.record(*words)["created"] == here.record(*words)["changed"] == 0


def test_two_hosts_that_import_into_one_project_write_the_same_bytes(tmp_path: Path) -> None:
    trees = set()
    for name in ("plum", "apricot"):
        board = make_board(tmp_path, name)
        bring(board, FORMATS["markdown"].load(DATA / "todo.md"), into=Into(labels=("b", "a")))
        trees.add(tree(board))
    assert len(trees) == 1


def test_a_project_that_is_not_there_is_refused(tmp_path: Path) -> None:
    board = make_board(tmp_path, "plum")
    tip = board.tip()
    for into in (Into("nowhere"), Into(labels=("a,b",)), Into("No!")):
        with pytest.raises(ClareError):
            bring(board, FORMATS["markdown"].load(DATA / "todo.md"), into=into)
    assert board.tip() == tip
