"""The bytes of an event file: a small, fixed subset of YAML, pinned by golden files.

Every scalar is text. What reads safely stays plain, several lines become a literal block, anything else
is double-quoted. The bytes do not depend on a library's version.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clare.errors import ClareError

if TYPE_CHECKING:  # reading needs the sizes and the forms of this module, and none of the models
    from clare.events.said import Fact

MAX_BYTES = 64 * 1024
"""The largest file that is read, and so the largest that is written."""

PLAIN = r"[A-Za-z0-9_/.+][A-Za-z0-9_/.@+ ,;()=*!?&%~'\"-]*(?<! )"
"""What reads back as itself without quotes, in every place."""

HIDDEN = (
    r"\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufeff\ufffe\uffff"
)
"""Controls, line separators and bidirectional marks: a fixed list, whatever Unicode comes to say."""

_PLAIN = re.compile(PLAIN, re.ASCII)
_BLOCK_LINE = re.compile(rf"[^{HIDDEN}]*")
_VISIBLE = re.compile(rf"[^\t{HIDDEN}]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def event_bytes(fact: "Fact", *, event_id: str, by: str, clone: str, after: Sequence[str]) -> bytes:
    """The file of one event, keys in the order of the design. Raises ClareError if too large."""
    mapping: dict[str, object] = {
        "id": event_id,
        "type": fact.type,
        "by": by,
        "clone": clone,
        "entity": fact.entity,
    }
    if after:
        mapping["after"] = list(after)
    data = dump({**mapping, **fact.body()})
    if len(data) > MAX_BYTES:
        raise ClareError(
            f"{fact.type} would be larger than {MAX_BYTES // 1024} KiB",
            hint="say it in several comments or edits",
        )
    return data


def dump(mapping: Mapping[str, object]) -> bytes:
    """A mapping of text, lists of text and maps as UTF-8. Empty lists and maps are left out."""
    return "".join(_lines(mapping, "")).encode("utf-8")


def _lines(mapping: Mapping[str, object], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in mapping.items():
        if isinstance(value, str):
            lines.append(f"{indent}{_key(key)}: {scalar(value, indent)}\n")
        elif isinstance(value, Mapping):
            inside = _lines(value, indent + "  ")
            lines.extend([f"{indent}{_key(key)}:\n", *inside] if inside else [])
        elif isinstance(value, Sequence) and value:
            lines.append(f"{indent}{_key(key)}:\n")
            lines.extend(f"{indent}- {scalar(str(element), indent)}\n" for element in value)
    return lines


def _key(text: str) -> str:
    """A key is one line: an unknown one that a file brought may be any text."""
    return text if _PLAIN.fullmatch(text) else quoted(text)


def scalar(text: str, indent: str) -> str:
    """One scalar, in the shortest style that reads back as exactly this text."""
    if _PLAIN.fullmatch(text):
        return text
    if "\n" in text and _fits_block(text):
        return _block(text, indent + "  ")
    return quoted(text)


def _fits_block(text: str) -> bool:
    lines = text.split("\n")
    return (
        all(_BLOCK_LINE.fullmatch(line) for line in lines)
        and bool(lines[0].strip())
        and lines[0][0] not in " \t"
        and bool(text.strip("\n"))
        and not any(line and not line.strip() for line in lines)
    )


def _block(text: str, indent: str) -> str:
    """A literal block: `|-` for text without a newline at its end, `|` with one, `|+` with more."""
    stripped = text.rstrip("\n")
    ends = len(text) - len(stripped)
    mark = ("|-", "|")[ends] if ends < 2 else "|+"
    body = text[:-1] if ends else text
    return mark + "".join(f"\n{indent}{line}" if line else "\n" for line in body.split("\n"))


def quoted(text: str) -> str:
    """The text in double quotes, everything that is not plainly visible escaped."""
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if _VISIBLE.fullmatch(char):
        return char
    code = ord(char)
    if code < 0x100:  # and none of the hidden ones is above 0xffff
        return f"\\x{code:02x}"
    return f"\\u{code:04x}"
