"""Writing a file: whole or not at all, and never over another one unasked."""

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clare.errors import ClareError


def write_whole(path: Path, write: Callable[[Path], object], *, force: bool) -> None:
    """Let `write` fill a file beside the target, then give it the target's name and rights.

    A link stays one; its target is written. Raises ClareError, also for what is no regular file.
    """
    try:
        _check(path, force=force)
        _replace(Path(os.path.realpath(path)), write)
    except OSError as error:
        why = error.strerror or str(error)
        raise ClareError(f"{path}: {why}", hint="name a file that can be written") from None


def _check(path: Path, *, force: bool) -> None:
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ClareError(
            f"{path} is no regular file",
            hint=f"standard output goes there: clare export … > {path}",
        )
    if os.path.lexists(path) and not force:
        raise ClareError(f"{path} is there already", hint="name another file, or take --force")
    if path.is_dir():
        raise IsADirectoryError(0, "Is a directory")


def _replace(target: Path, write: Callable[[Path], object]) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".clare-", dir=target.parent)
    os.close(descriptor)
    draft = Path(name)
    try:
        write(draft)
        _give_rights(draft, target)
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _give_rights(draft: Path, target: Path) -> None:
    """The rights that the target has, or that a new file gets."""
    if not target.exists():
        draft.chmod(0o666 & ~_umask())
        return
    before = target.stat()
    draft.chmod(stat.S_IMODE(before.st_mode))
    with suppress(OSError):  # only root may give files away
        os.chown(draft, before.st_uid, before.st_gid)


def _umask() -> int:
    found = os.umask(0o077)  # there is no way to read it alone
    os.umask(found)
    return found
