"""A `git` that stands before git on $PATH: it counts, or does something at a moment."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WITH_VALUE = ("-C", "-c")


@contextmanager
def git_shim(folder: Path, script: str) -> Iterator[Path]:
    """Put a shell script before git; `{git}` in it is the real one. Yields the folder it lies in."""
    real, search = shutil.which("git"), os.environ["PATH"]
    assert real, "git is not on $PATH"
    shim = folder / "git"
    folder.mkdir(parents=True, exist_ok=True)
    shim.write_text(f"#!/bin/sh\n{script.replace('{git}', real)}\n")
    shim.chmod(0o755)
    os.environ["PATH"] = f"{folder}{os.pathsep}{search}"
    try:
        yield folder
    finally:
        os.environ["PATH"] = search


class Processes:
    """The git processes that were started since the last look, each by its command."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.forget()

    def forget(self) -> None:
        """Count from here."""
        self._log.write_text("")

    @property
    def commands(self) -> list[str]:
        """The commands in the order in which they started."""
        return [_command(line.split("\t")) for line in self._log.read_text().splitlines()]


@contextmanager
def git_processes(folder: Path) -> Iterator[Processes]:
    """Count the git processes that this process and those it starts begin."""
    log = folder / "git-processes"
    script = f'(IFS="\t"; echo "$*" >>"{log}")\nexec "{{git}}" "$@"'
    with git_shim(folder / "counting", script):
        yield Processes(log)


def _command(words: list[str]) -> str:
    """What a git command line does: `update-ref`, `worktree list`."""
    rest = iter(words)
    for word in rest:
        if word in WITH_VALUE:
            next(rest)
        elif not word.startswith("-"):
            return f"{word} {next(rest)}" if word in ("worktree", "maintenance") else word
    return ""
