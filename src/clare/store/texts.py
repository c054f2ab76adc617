"""The files in which people write in the editor: for their owner alone, and kept until saved."""

import os
import tempfile
from pathlib import Path

from clare.store.git import Git

_BEGIN, _END = "edit-", ".md"


def new_text(git: Git) -> Path:
    """An empty file of its own, beside the clone's other local facts."""
    folder = git.git_dir / "clare"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=_BEGIN, suffix=_END, dir=folder)
    os.close(descriptor)
    return Path(name)


def kept_texts(git: Git) -> list[Path]:
    """The texts that somebody is writing, or that could not be saved."""
    return sorted((git.git_dir / "clare").glob(f"{_BEGIN}*{_END}"))
