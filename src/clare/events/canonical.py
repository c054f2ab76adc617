"""The short way from the bytes of a file to its mapping, for files as `text.dump` writes them.

Nearly every file was written by `dump`, and that subset needs no YAML parser. What is not plainly of
it is left to one: the answer is then None, which says nothing about the file.
"""

import re
from collections.abc import Iterable

from clare.events.event import Node
from clare.events.text import HIDDEN, MAX_BYTES, PLAIN

_QUOTED = rf'"(?:[^"\\\t{HIDDEN}]|\\["\\ntr]|\\x[0-9a-f]{{2}}|\\u(?!d[89a-f])[0-9a-f]{{4}})*+"'
_SCALAR = rf"{PLAIN}|{_QUOTED}"
_LINES = rf"(?=\1  [^ \t\n])(?:\1  (?!\s*\n)[^{HIDDEN}]*\n|\n)++"
_ITEM = re.compile(
    rf"((?:  )?)(?:- |(?!\.\.\. )({_SCALAR}):(?: |(?=\n)))"  # `- ` of a list, or a key
    rf"(?:({_SCALAR})\n"
    rf"|\|(?:(-?)\n({_LINES})(?<!\n\n)|\+\n({_LINES})(?<=\n\n))"
    r"|(?<=:)\n(?=\1(- |  )))"  # after a key alone, what is inside starts with such
    r"|([\s\S]+)"
)
"""One line that says something, with all lines of a block; anything else to its end is the last."""

_HEAD = re.compile(
    rf"id: ({PLAIN})\ntype: ({PLAIN})\nby: ({PLAIN})\nclone: ({PLAIN})\nentity: ({PLAIN})\n"
    rf"(?:after:\n- ({PLAIN}(?:\n- {PLAIN})*)\n(?!- ))?"
)
"""What nearly every event starts with: the same as by `_ITEM`, four times as fast."""

_Item = tuple[str, str, str, str, str, str, str, str]
_MAX_KEY = 1000
"""Characters of a key: a YAML parser looks for the colon no further than 1,024."""

_ESCAPE = re.compile(r"\\(?:x(..)|u(....)|(.))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def parse(data: bytes) -> dict[str, Node] | None:
    """The mapping in a file that is plainly as `dump` writes it, or None."""
    if not data or len(data) > MAX_BYTES:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    top: dict[str, Node] = {}
    return _fill(top, _ITEM.findall(text, _head(text, top)))


def _head(text: str, top: dict[str, Node]) -> int:
    """Take in the head of an event if it is there; where it ends."""
    found = _HEAD.match(text)
    if not found:
        return 0
    top["id"], top["type"], top["by"], top["clone"], top["entity"], after = found.groups()
    if after:
        top["after"] = after.split("\n- ")
    return found.end()


def _fill(top: dict[str, Node], items: Iterable[_Item]) -> dict[str, Node] | None:
    inner: dict[str, Node] | None = None
    elements: list[Node] | None = None
    before = ""  # the indent of the key whose elements these are
    for indent, key, scalar, mark, block, long_block, opens, rest in items:
        if rest or len(key) > _MAX_KEY:
            return None
        value = _scalar(scalar) if scalar else _joined(block or long_block, mark, indent)
        if not key:
            if elements is None or indent != before:
                return None
            elements.append(value)
            continue
        name = _scalar(key)
        here = inner if indent else top
        if here is None or name in here:
            return None
        if not indent:
            inner = None
        elements, before = None, indent
        if not opens:
            here[name] = value
        elif opens == "- ":
            here[name] = elements = []
        elif indent:
            return None
        else:
            here[name] = inner = {}
    return top


def _scalar(text: str) -> str:
    if text[0] != '"':
        return text
    return _ESCAPE.sub(_character, text[1:-1]) if "\\" in text else text[1:-1]


def _character(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    return _ESCAPED.get(letter, letter) if letter else chr(int(short or long, 16))


def _joined(block: str, mark: str, indent: str) -> str:
    """The lines of a literal block without their indent, and for `|-` without the newline."""
    lines = block.replace(f"\n{indent}  ", "\n")[len(indent) + 2 :]
    return lines[:-1] if mark else lines
