"""Writing a board to a file: whole or not at all, and never over another one unasked."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clare.errors import ClareError


def write_whole(path: Path, write: Callable[[Path], object], *, force: bool) -> None:
    """Let `write` fill a file beside the target, then give it the target's name. Raises ClareError."""
    if os.path.lexists(path) and not force:
        raise ClareError(f"{path} is there already", hint="name another file, or take --force")
    beside = path.parent / f".clare-export-{os.getpid()}"
    try:
        try:
            write(beside)
            if path.is_dir():
                raise IsADirectoryError(0, "Is a directory")
            beside.replace(path)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise ClareError(f"{path}: {why}", hint="name a file that can be written") from None
