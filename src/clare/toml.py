"""Changing one value in a TOML text and nothing else: comments, order and spelling stay.

The standard library reads TOML but does not write it. So the text is split into statements by the
reader itself: the shortest runs of lines that it accepts. Every change is read back before it counts.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

Value = object
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Some lines that belong together: where they begin, and what they assign or open.

    `key` is the full path of an assignment, `table` that of the table in which it stands.
    """

    line: int
    text: str
    table: Path = ()
    key: Path = ()


class CannotChange(ValueError):
    """The text is written in a way that this module does not dare to change."""


def statements(text: str) -> list[Statement]:
    """The statements of a text that reads as TOML."""
    found: list[Statement] = []
    table: Path = ()
    waiting, began = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        waiting = f"{waiting}\n{line}" if waiting else line
        try:
            said = tomllib.loads(waiting.removesuffix("\r"))
        except tomllib.TOMLDecodeError:
            continue
        if waiting.lstrip().startswith("["):
            table = _path(said)
            found.append(Statement(began, waiting, table))
        elif waiting.strip():
            found.append(Statement(began, waiting, table, (*table, *_path(said)) if said else ()))
        waiting, began = "", number + 1
    return found


def _path(said: Mapping[str, Value]) -> Path:
    """The keys down to the first that does not lead to exactly one other."""
    steps: list[str] = []
    inside: Value = said
    while isinstance(inside, dict) and len(inside) == 1:
        (step,) = inside
        steps.append(str(step))
        inside = inside[step]
    return tuple(steps)


def has(text: str, key: Path) -> bool:
    """Whether a key is assigned on lines of its own."""
    return any(said.key == key for said in statements(text))


def line_of(text: str, key: Path) -> int:
    """The line in which a key is assigned, or its table begins; 1 if there is none."""
    for said in statements(text):
        if (said.key or said.table)[: len(key)] == key:
            return said.line
    return 1


def with_value(text: str, key: Path, value: str) -> str:
    """The text in which a key is assigned this text. Raises CannotChange."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    known = next((said for said in statements(text) if said.key == key), None)
    if known:
        count = known.text.count("\n") + 1
        lines[known.line - 1 : known.line - 1 + count] = [_replaced(known.text, value)]
    else:
        at, new = _place(text, key, value)
        lines[at:at] = [line + end[:-1] for line in new]
    changed = "\n".join(lines)
    if not changed.endswith("\n"):
        changed += end
    return _checked(text, changed, key, value)


def without(text: str, key: Path) -> str:
    """The text without the assignment of a key. Raises CannotChange."""
    known = next((said for said in statements(text) if said.key == key), None)
    if known is None:
        raise CannotChange(f"{'.'.join(key)} is not assigned on lines of its own")
    lines = text.split("\n")
    del lines[known.line - 1 : known.line + known.text.count("\n")]
    return _checked(text, "\n".join(lines), key, None)


def _place(text: str, key: Path, value: str) -> tuple[int, list[str]]:
    """Before which line a new assignment goes, and its lines: at the end of its table."""
    *table, name = key
    said = statements(text)
    line = f"{name} = {quoted(value)}"
    inside = [
        one for one in said if one.table == tuple(table) and (one.key or not _is_comment(one))
    ]
    if inside:
        last = inside[-1]
        return last.line + last.text.count("\n"), [line]
    if not table:
        return 0, [line]
    end = len(text.split("\n")) - text.endswith("\n") if text else 0
    return end, [*([""] if text.strip() else []), f"[{'.'.join(table)}]", line]


def _is_comment(said: Statement) -> bool:
    """Whether a statement is only a comment."""
    return said.text.lstrip().startswith("#")


def _replaced(text: str, value: str) -> str:
    """An assignment with another value; what stands before and behind the value stays."""
    carriage = "\r" if text.endswith("\r") else ""
    text = text.removesuffix("\r")
    ends = (n + 1 for n, char in enumerate(text) if char == "=" and _reads(f"{text[: n + 1]} 0"))
    start = next(ends)
    comments = (n for n, char in enumerate(text) if char == "#" and n > start and _reads(text[:n]))
    behind = next(comments, len(text))
    while behind > start and text[behind - 1] in " \t":
        behind -= 1
    return f"{text[:start]} {quoted(value)}{text[behind:]}{carriage}"


def _reads(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def quoted(text: str) -> str:
    """A basic string."""
    shown = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(shown.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    return char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}"


def _checked(before: str, after: str, key: Path, value: str | None) -> str:
    """The changed text, if it says what it said before but for this key. Raises CannotChange."""
    wanted = tomllib.loads(before)
    inside = wanted
    for step in key[:-1]:
        inside = inside.setdefault(step, {})
        if not isinstance(inside, dict):
            raise CannotChange(f"{step} is no table")
    if value is None:
        inside.pop(key[-1], None)
    else:
        inside[key[-1]] = value
    try:
        same = tomllib.loads(after) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise CannotChange(f"{'.'.join(key)} is written in an unusual way")
    return after
