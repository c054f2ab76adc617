"""Whether a command was interrupted, told at the price of a look into a folder."""

import os
from pathlib import Path

from clare.store.git import Git


def journal_folder(git: Git) -> Path:
    """Where the journals of one repository lie."""
    return git.git_dir / "clare" / "journal"


def was_interrupted(git: Git) -> bool:
    """Whether a journal lies there: a command is writing, or was killed while it did."""
    try:
        return any(name.endswith(".json") for name in os.listdir(journal_folder(git)))
    except FileNotFoundError:
        return False
