"""TODO lists in Markdown: `- [ ] text`, `- [x] text`; what is indented below one is a part of it.

A list has neither ids nor dates. A task is known by the name of the list, the texts above it and its
own, and counts as made at the beginning of Unix time plus a second for each line: so that every host
writes the same, and the tasks keep the order of the list.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from clare import names
from clare.clock import SECOND
from clare.services.fitting import Fitting
from clare.services.origin import Origin, Source, Wanted
from clare.services.rows import Rows, read_text
from clare.state import DEFAULTS

ORIGIN = Origin("markdown")

_ITEM = re.compile(r"(\s*)(?:[-*+]|\d{1,9}[.)])\s+\[([ xX])\]\s+(\S.*)")
_FENCE = re.compile(r"\s*(```+|~~~+)")


@dataclass
class _Item:
    """One line with a box, the texts above it and its own, and what is said below it."""

    line: int
    depth: int
    path: tuple[str, ...]
    is_done: bool
    parent: "_Item | None"
    below: list[str] = field(default_factory=list)

    @property
    def row_id(self) -> str:
        return "\n".join(self.path)


def load(path: Path, name: str) -> Source:
    """Read a list of that name from a file, or from standard input for `-`. Raises ClareError."""
    rows = Rows(path)
    for item in _items(read_text(path)):
        fit = Fitting(ORIGIN, f"line {item.line}")
        rows.add(_wanted(item, fit, name))
        rows.notes.extend(fit.notes)
    return Source(ORIGIN, tuple(rows.found.values()), 0, tuple(rows.notes))


def _items(text: str) -> list[_Item]:
    items: list[_Item] = []
    open_items: list[_Item] = []
    times: dict[tuple[str, ...], int] = {}
    fence = ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = line.expandtabs(4)
        fence = _fence(line, fence)
        found = None if fence else _ITEM.fullmatch(line)
        if found:
            depth = len(found[1])
            while open_items and open_items[-1].depth >= depth:
                open_items.pop()
            above = open_items[-1] if open_items else None
            item = _Item(number, depth, _path(above, found[3], times), found[2] != " ", above)
            items.append(item)
            open_items.append(item)
        elif line.strip():
            depth = len(line) - len(line.lstrip())
            while open_items and open_items[-1].depth >= depth:
                open_items.pop()
            if open_items:
                indent = min(depth, open_items[-1].depth + 2)
                open_items[-1].below.append(line[indent:].rstrip())
        elif open_items:
            open_items[-1].below.append("")
    return items


def _fence(line: str, fence: str) -> str:
    """The fence that is open after this line: between two of them nothing is a task."""
    found = _FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) else fence


def _path(above: _Item | None, text: str, times: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """The texts from the top down to this one; the second of the same is told apart by its number."""
    path = (*(above.path if above else ()), text.strip())
    times[path] = times.get(path, 0) + 1
    return path if times[path] == 1 else (*path, f"\t{times[path]}")


def _task_id(item: _Item, name: str) -> str:
    return ORIGIN.task_id(f"{name}\n{item.row_id}")


def _wanted(item: _Item, fit: Fitting, name: str) -> Wanted:
    text = item.path[-2] if item.path[-1].startswith("\t") else item.path[-1]
    return Wanted(
        key=names.task_key(_task_id(item, name)),
        row_id=f"{name}\n{item.row_id}",
        where=fit.where,
        created_at=item.line * SECOND,
        updated=item.line * SECOND,
        closed=item.line * SECOND,
        newest=None,
        by=ORIGIN.name,
        fields={
            "title": fit.line("text", text),
            "body": fit.text("text below", "\n".join(item.below).strip("\n")),
            "type": DEFAULTS["type"],
            "priority": DEFAULTS["priority"],
            "status": "done" if item.is_done else "open",
            "parent": _task_id(item.parent, name) if item.parent else "",
        },
        sets={"links": (fit.line("name", f"{ORIGIN.name}:{name}"),)},
    )
