"""Man pages on this machine: where they lie, writing them, taking them away again."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from clare.errors import ClareError

MARK = '.\\" Written by `clare man install`; `clare man remove` takes it away.'
"""The first line of our pages: only files that begin so are ever replaced or removed."""


def default_folder() -> Path:
    """The user's own folder of man pages, which `man` finds beside ~/.local/bin on the path."""
    base = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return Path(base) / "man" / "man1"


def install(folder: Path, pages: Mapping[str, str]) -> list[Path]:
    """Write pages by their file's name; what is left of an older version goes away."""
    folder.mkdir(parents=True, exist_ok=True)
    ours = _ours(folder)
    for name in pages:
        if (folder / name).exists() and folder / name not in ours:
            raise ClareError(
                f"{folder / name} is not of our making", hint="move it away, or name another --dir"
            )
    written = []
    for name, text in pages.items():
        path = folder / name
        path.write_text(text, "utf-8")
        written.append(path)
    for path in ours:
        if path.name not in pages:
            path.unlink()
    return written


def remove(folder: Path) -> list[Path]:
    """Remove our pages, and the folders that are empty without them. Returns the pages."""
    found = _ours(folder)
    for path in found:
        path.unlink()
    if found:
        with suppress(OSError):  # somebody else's pages are there
            folder.rmdir()
            folder.parent.rmdir()
    return found


def _ours(folder: Path) -> list[Path]:
    mark = MARK.encode()
    return [p for p in sorted(folder.glob("clare*.1")) if p.read_bytes().startswith(mark)]
