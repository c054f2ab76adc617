"""A section about Clare in a file for agents: put in, brought up to date, taken out to the byte.

The section stands between two marks. The first also says what removal must know: that the file was
made for the section, or that the text before it had no line end.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from clare.errors import ClareError
from clare.services.export import write_whole

_PLAIN, _MADE, _OPEN = b"", b" (this file was made for it)", b" (no line end stood before it)"
_SECTION = re.compile(
    rb"<!-- clare: begin((?: \([a-z ]*\))?) -->(\r?\n)(.*?)<!-- clare: end -->\r?\n?", re.DOTALL
)
_MARK = re.compile(rb"<!-- clare: (?:begin|end)")


@dataclass(frozen=True, slots=True)
class _Found:
    """A section in a file's bytes: what stands before and after it, and its kind."""

    before: bytes
    kind: bytes
    end_of_line: bytes
    after: bytes


def install(path: Path, text: str) -> bool:
    """Put the section into a file, made if it is missing. False if it is there already, as it is.

    Raises ClareError for what is no file of text, or has marks that do not fit.
    """
    old = _read(path)
    new = with_section(old, text)
    if new == old:
        return False
    _write(path, new)
    return True


def remove(path: Path) -> bool:
    """Take the section out; a file that was made for it goes too. False if there is none."""
    old = _read(path)
    if old is None or not _MARK.search(old):
        return False
    new = without_section(old)
    if new is None:
        path.unlink()
    else:
        _write(path, new)
    return True


def with_section(old: bytes | None, text: str) -> bytes:
    """The bytes of a file (None: there is none) with the section in them, once."""
    found = _section(old or b"")
    if found:
        return found.before + _made(text, found.kind, found.end_of_line) + found.after
    if old is None:
        return _made(text, _MADE, b"\n")
    end_of_line = b"\r\n" if b"\r\n" in old else b"\n"
    if not old:
        return _made(text, _PLAIN, end_of_line)
    if old.endswith(b"\n"):
        return old + end_of_line + _made(text, _PLAIN, end_of_line)
    return old + 2 * end_of_line + _made(text, _OPEN, end_of_line)


def without_section(old: bytes) -> bytes | None:
    """The bytes of a file without the section; None if the file was made for it and holds no more."""
    found = _section(old)
    if not found:
        return old
    if found.kind == _MADE and not (found.before + found.after):
        return None
    before = found.before.removesuffix(found.end_of_line)
    if found.kind == _OPEN and not found.after:
        before = before.removesuffix(found.end_of_line)
    return before + found.after


def _made(text: str, kind: bytes, end_of_line: bytes) -> bytes:
    body = text.strip("\n").encode().replace(b"\n", end_of_line)
    lines = (b"<!-- clare: begin" + kind + b" -->", body, b"<!-- clare: end -->", b"")
    return end_of_line.join(lines)


def _section(content: bytes) -> _Found | None:
    found = list(_SECTION.finditer(content))
    if len(found) == 1 and len(_MARK.findall(content)) == 2:
        one = found[0]
        return _Found(content[: one.start()], one[1], one[2], content[one.end() :])
    if _MARK.search(content):
        raise ClareError(
            "the marks `<!-- clare: begin -->` and `<!-- clare: end -->` do not fit together there",
            hint="mend them by hand, one pair, or remove both",
        )
    return None


def _read(path: Path) -> bytes | None:
    there = os.path.exists(path)  # which a name too long for a file does not upset
    if os.path.islink(path) and not there:
        raise ClareError(f"{path} is a link to nothing", hint="mend or remove the link first")
    if not there:
        return None
    if not path.is_file():
        raise ClareError(f"{path} is no file", hint="name a file: clare hooks agents install FILE")
    content = path.read_bytes()
    if b"\0" in content:
        raise ClareError(f"{path} is no text in UTF-8", hint="name a file of plain text")
    return content


def _write(path: Path, content: bytes) -> None:
    """The whole file or nothing; through a link, and with the rights that it had."""
    target = path.resolve()
    if not target.parent.is_dir():
        raise ClareError(f"{target.parent} is no folder", hint="make it first")
    if os.path.exists(target) and not os.access(target, os.W_OK):
        raise ClareError(f"{path} may not be written", hint="see to the rights of the file")
    write_whole(path, lambda draft: draft.write_bytes(content), force=True)
