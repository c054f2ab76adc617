"""The program starts light: what only some commands need is loaded when they run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import board

HEAVY = {"git", "gitdb", "pydantic", "pydantic_core", "tomllib", "yaml"}
SCRIPT = """\
import json, sys
from clare.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(script: str, *words: str, folder: Path) -> set[str]:
    """The modules that a program has loaded at its end: the last line on its stderr."""
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_importing_the_command_line_loads_nothing_heavy(tmp_path: Path) -> None:
    script = "import json, sys, clare.cli; print(json.dumps(list(sys.modules)), file=sys.stderr)"
    modules = loaded(script, folder=tmp_path)
    assert "clare.cli.entry" in modules
    assert not modules & HEAVY
    assert not {name for name in modules if name.startswith(("clare.services", "clare.store"))}


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["frobnicate"], ["--frobnicate"], ["task"], ["project"]]
)
def test_help_and_wrong_use_load_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    modules = loaded(SCRIPT, *words, folder=tmp_path)
    assert "clare.cli.entry" in modules
    assert not modules & HEAVY


def test_reading_does_not_load_gitpython(tmp_path: Path, home: Path) -> None:
    here = board(tmp_path)
    here.add("A task")
    modules = loaded(SCRIPT, "list", folder=here.folder)
    assert "clare.store.read" in modules
    assert "git" not in modules


@pytest.mark.parametrize(
    "words",
    [
        ["add", "B"],
        ["comment", "{task}", "-m", "so"],
        ["done", "{task}"],
        ["edit", "{task}", "-p", "P0"],
    ],
    ids=lambda words: str(words[0]),
)
def test_an_everyday_write_loads_neither_models_nor_yaml(
    tmp_path: Path, home: Path, words: list[str]
) -> None:
    here = board(tmp_path)
    task = here.add("A task")
    modules = loaded(SCRIPT, *(word.format(task=task) for word in words), folder=here.folder)
    assert "clare.store.commit" in modules
    assert not modules & HEAVY - {"tomllib"}
    assert len(here.records("list")) == (2 if words[0] == "add" else 1 - (words[0] == "done"))
