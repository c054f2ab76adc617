"""Laying out cells in columns: whole columns at a time, since a board has thousands of rows."""

from collections.abc import Sequence
from itertools import repeat
from typing import TextIO

from clare.views.safe import one_line


def one_lines(cells: Sequence[str]) -> Sequence[str]:
    """Each cell as one safe line."""
    return cells if _is_plain(cells) else [one_line(cell) for cell in cells]


def _is_plain(cells: Sequence[str]) -> bool:
    """Whether no cell has anything but printable characters, with single spaces between them."""
    if not "".join(cells).isprintable():
        return False
    text = f"\n{chr(10).join(cells)}\n"
    return not any(pair in text for pair in ("  ", "\n ", " \n"))


def widths_of(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is; where there is less room for all, the widest give way."""
    widths = [max(map(len if _is_narrow(column) else width, column)) for column in columns]
    while sum(widths) + 2 * (len(widths) - 1) > room and _give_way(widths):
        pass
    return widths


def _is_narrow(column: Sequence[str]) -> bool:
    """Whether each character takes one column of a terminal."""
    return "".join(column).isascii()


def _give_way(widths: list[int]) -> bool:
    """Take one from a column: the last down to 20, then the widest down to 8, then the last to 4."""
    last = len(widths) - 1
    widest = max(range(last), key=lambda n: widths[n], default=last)
    column = widest if widths[last] <= 20 and widths[widest] > 8 else last
    widths[column] -= 1
    return widths[column] > 4


def even(column: Sequence[str], room: int) -> list[str]:
    """The cells at exactly this width."""
    if _is_narrow(column):
        return [c.ljust(room) if len(c) <= room else filled(c, room) for c in column]
    return [filled(cell, room) for cell in column]


def _as_widest(column: Sequence[str]) -> list[str]:
    """The cells, each as wide as the widest."""
    if _is_narrow(column):
        return list(map(str.ljust, column, repeat(max(map(len, column)))))
    return even(column, max(map(width, column)))


def laid_out(columns: Sequence[Sequence[str]], room: int) -> list[Sequence[str]]:
    """The cells of every column at its width; without a limit to the room the last stays as it is."""
    if not room:
        *before, last = columns
        return [*map(_as_widest, before), last]
    return list(map(even, columns, widths_of(columns, room)))


def filled(text: str, room: int) -> str:
    """The line at exactly this width."""
    shown = cut(text, room)
    return shown + " " * (room - width(shown))


def width(text: str) -> int:
    """Columns that a line takes on a terminal: East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    import unicodedata

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


def cut(text: str, room: int) -> str:
    """The line, shortened with an ellipsis to fit."""
    if width(text) <= room:
        return text
    while text and width(text) >= room:
        text = text[:-1]
    return text.rstrip() + "…"


def room_of(stream: TextIO) -> int:
    """The columns of a terminal; 0 for what is none."""
    if not stream.isatty():
        return 0
    import shutil

    return shutil.get_terminal_size().columns
