"""Whether a command was interrupted, told at the price of a look into a folder."""

import os
from typing import TYPE_CHECKING

from clare.store.git import Git

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "clare/journal"


def journal_folder(git: Git) -> "Path":
    """Where the journals of one repository lie."""
    return git.git_dir / _FOLDER


def was_interrupted(git: Git) -> bool:
    """Whether a journal lies there: a command is writing, or was killed while it did."""
    try:
        return any(name.endswith(".json") for name in os.listdir(git.inside(_FOLDER)))
    except FileNotFoundError:
        return False
