"""The program starts light: what only some commands need is loaded when they run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import board
from tests.shims import git_processes

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


LIGHT = ("status", "ready", "list", "show {task}")
"""What takes no part of Python that is slow to load either."""

SLOW = {"dataclasses", "pathlib", "subprocess"}
HEAVY_TO_READ = {"rich", "hashlib", "random", "tempfile", "unicodedata", "socket", "difflib", "csv"}
READS = {
    "status": 65,
    "ready": 60,
    "list": 60,
    "show {task}": 56,
    "next": 60,
    "tree": 62,
    "board": 62,
    "host list": 55,
}
"""What an agent or a person reads all day, and how many modules of ours each may load."""

WRITES = {
    "add x": 95,
    "comment {task} -m x": 96,
    "edit {task} -p P1": 95,
    "done {task}": 96,
    "claim {task}": 100,
    "next --claim": 100,
}


def own(modules: set[str]) -> int:
    return sum(name.startswith("clare") for name in modules)


@pytest.mark.parametrize("words", READS)
def test_a_read_of_what_was_kept_loads_little_and_asks_git_twice_at_most(
    words: str, tmp_path: Path, home: Path
) -> None:
    here = board(tmp_path)
    given = words.format(task=here.add("A task")).split()
    here.ok(*given)
    with git_processes(tmp_path) as ran:
        modules = loaded(SCRIPT, *given, folder=here.folder)
        assert len(ran.commands) <= 2
    assert "clare.store.cache" in modules
    assert not modules & (HEAVY | HEAVY_TO_READ)
    assert words not in LIGHT or not modules & SLOW
    assert own(modules) <= READS[words]


@pytest.mark.parametrize("words", WRITES)
def test_a_write_loads_no_models(words: str, tmp_path: Path, home: Path) -> None:
    here = board(tmp_path)
    given = words.format(task=here.add("A task")).split()
    here.ok("status")
    modules = loaded(SCRIPT, *given, folder=here.folder)
    assert "clare.store.writing" in modules
    assert not modules & HEAVY
    assert own(modules) <= WRITES[words]
