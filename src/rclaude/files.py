"""Files that somebody else writes, read so that none of them can make us wait or fail."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

_HOW = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE = 1 << 20
_LONGEST = 32 << 20
"""Bytes of the longest line that is read in whole files."""


class Opened(NamedTuple):
    """A regular file that is open for reading."""

    descriptor: int
    size: int


@contextmanager
def opened(path: str) -> Iterator[Opened | None]:
    """The file if it is a regular one that may be read: no link, no pipe, and not gone meanwhile."""
    try:
        descriptor = os.open(path, _HOW)
    except OSError:
        yield None
        return
    try:
        found = os.fstat(descriptor)
        yield Opened(descriptor, found.st_size) if stat.S_ISREG(found.st_mode) else None
    finally:
        os.close(descriptor)


def changed(entry: "os.DirEntry[str]") -> float | None:
    """When a file of a folder was written last; nothing if it is no regular one, or is gone."""
    try:
        regular = entry.is_file(follow_symlinks=False)
        return entry.stat(follow_symlinks=False).st_mtime if regular else None
    except OSError:
        return None


def piece(file: Opened, start: int, length: int) -> bytes:
    """So many bytes from a place, or fewer; none where the disk fails."""
    try:
        return os.pread(file.descriptor, length, start)
    except OSError:
        return b""


def head(file: Opened, length: int) -> bytes:
    """The whole lines within the first so many bytes."""
    data = piece(file, 0, length)
    return data if file.size <= length else data[: data.rfind(b"\n") + 1]


def tail(file: Opened, length: int) -> bytes:
    """The whole lines within the last so many bytes, and what of a last one was written."""
    if file.size <= length:
        return piece(file, 0, length)
    data = piece(file, file.size - length, length)
    return data[data.find(b"\n") + 1 :] if b"\n" in data else b""


def lines(file: Opened) -> Iterator[bytes]:
    """Every line of the whole file, but for such as no memory should hold."""
    start, rest, skipped = 0, b"", False
    while data := piece(file, start, _PIECE):
        start += len(data)
        first, *more = data.split(b"\n")
        if not skipped:
            rest += first
        if more:
            if not skipped:
                yield rest
            yield from more[:-1]
            rest, skipped = more[-1], False
        if len(rest) > _LONGEST:
            rest, skipped = b"", True
    yield rest
