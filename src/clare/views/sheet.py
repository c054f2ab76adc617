"""A task as a text for an editor, and back: the title, the fields, an empty line, the body.

What explains the text stands below a marked line at its end, so that a body may hold anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clare import state
from clare.events import repeat
from clare.fleet import Fleet, Task
from clare.state import DEFAULTS, SETS, priority_of

APART = ("title", "body", "close_reason")
"""The first line, what follows the lines, and what is said by who closes it."""

FIELDS = tuple(name for name in state.FIELDS if name not in APART)
"""The names of the lines, as in `--json`, in their order."""

MARK = "# ------------------------ >8 ------------------------"
REFUSED = "# not saved: "
HELP = """\
# The line above ends the text; leave it as it is.
# The first line is the title. Fields follow, then an empty line, then the body.
# An empty value clears a field; a field whose line is gone stays as it was.
# Days: 2026-12-01, friday, +3d, eom. Several labels or needs: spaces between them.
# A further link, or a further line of a value: a line of its own, `links: …` or indented.
# An empty text changes nothing.
"""
_YES_NO = {"true": "yes", "false": "no"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Fields and elements of sets, as the events name them; a field that is not there is not meant."""

    fields: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Apart:
    """What turns one sheet into another."""

    fields: dict[str, str]
    come: dict[str, list[str]]
    gone: dict[str, list[str]]


def sheet_of(fleet: Fleet, task: Task) -> Sheet:
    """What can be edited of a task; other tasks by their short ids."""
    fields = {name: task.entity.value(name, DEFAULTS.get(name, "")) for name in FIELDS}
    fields = {name: value for name, value in fields.items() if name not in SETS}
    parent = fleet.short(task.parent) if task.parent else ""
    needs = tuple(map(fleet.short, task.needs))
    return Sheet(
        {"title": task.entity.value("title"), **fields, "parent": parent}
        | {"body": task.entity.value("body")},
        {"labels": task.labels, "needs": needs, "links": task.links},
    )


def blank(given: Sheet) -> Sheet:
    """A new task with what is known of it so far."""
    fields = {name: DEFAULTS.get(name, "") for name in FIELDS if name not in SETS}
    elements = {name: tuple(given.elements.get(name, ())) for name in SETS}
    return Sheet({"title": "", **fields, "body": "", **given.fields}, elements)


def written(sheet: Sheet) -> str:
    """The text of a sheet, with its explanation."""
    lines = [sheet.fields.get("title", "")]
    for name in FIELDS:
        if name == "links":
            lines.extend(f"links: {link}" for link in sheet.elements.get(name, ()) or ("",))
        elif name in SETS:
            lines.append(f"{name}: {' '.join(sheet.elements.get(name, ()))}")
        elif name in sheet.fields:
            lines.append(f"{name}: {_shown(name, sheet.fields[name])}")
    lines = [line.rstrip(" ") for line in lines]
    body = sheet.fields.get("body", "").strip("\n")
    return "\n".join([*lines, "", *([body, ""] if body else []), MARK, HELP])


def _shown(name: str, value: str) -> str:
    """A value; its further lines indented, empty ones as a dot, as in Debian's control files."""
    if name == "pinned":
        return _YES_NO.get(value, value)
    first, *rest = value.split("\n")
    return "\n".join([first, *(f"  {_dotted(line)}" for line in rest)])


def _dotted(line: str) -> str:
    return line if line.strip(". ") else f".{line}"


def text_of(text: str) -> str:
    """What a person wrote: the text without its explanation, and without why it was refused."""
    lines = text.split("\n")
    ends = [n for n, line in enumerate(lines) if line.rstrip() == MARK]
    kept = lines[: ends[-1]] if ends else [x for x in lines if x not in HELP.split("\n") or not x]
    while kept and kept[0].startswith(REFUSED):
        del kept[0]
    return "\n".join(kept)


def refused(text: str, why: str) -> str:
    """The text with the reason on top why it could not be saved."""
    return "".join(f"{REFUSED}{line}\n" for line in why.split("\n")) + "\n".join(
        line for line in text.split("\n") if not line.startswith(REFUSED)
    )


def read(text: str) -> Sheet:
    """The sheet that a person wrote. Raises ValueError."""
    title, rest = _title(text_of(text).split("\n"))
    end = next((n for n, line in enumerate(rest) if not line.strip()), len(rest))
    fields: dict[str, str] = {"title": title, "body": "\n".join(rest[end:]).strip("\n")}
    elements: dict[str, Sequence[str]] = {}
    for name, value in _named(rest[:end]):
        if name in SETS:
            elements[name] = (*elements.get(name, ()), *_elements(name, value))
        elif name in fields:
            raise ValueError(f"{name} is there twice")
        else:
            fields[name] = _value(name, value)
    return Sheet(fields, elements)


def _title(lines: list[str]) -> tuple[str, list[str]]:
    """The title, and the lines below it. It may have been written below an empty first line."""
    at = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    if at and at < len(lines) and _field(lines[at]):
        return "", lines[at:]
    return "".join(lines[at : at + 1]).strip(), lines[at + 1 :]


def _field(line: str) -> str:
    """The field that a line names, if any."""
    name = line.partition(":")[0].strip().lower().replace("-", "_").replace(" ", "_")
    return name if ":" in line and name in FIELDS else ""


def _named(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names and values; an indented line continues the one before it."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line[0] in " \t" and found:
            further = line.strip()
            found[-1][1].append(further if further.strip(".") else further[1:])
        elif _field(line):
            found.append((_field(line), [line.partition(":")[2].strip()]))
        else:
            raise ValueError(_unknown(line))
    return ((name, "\n".join(values)) for name, values in found)


def _unknown(line: str) -> str:
    name = line.partition(":")[0].strip()
    import difflib

    near = difflib.get_close_matches(name, FIELDS, n=1)
    if ":" in line and near:
        return f"there is no field {name}; did you mean {near[0]}?"
    shown = line.strip() if len(line) < 40 else f"{line.strip()[:39]}…"
    return f"{shown!r} is no field; the body begins after an empty line"


def _elements(name: str, value: str) -> list[str]:
    found = value.split("\n") if name == "links" else re.split(r"[\s,]+", value)
    return [element.strip() for element in found if element.strip()]


def _value(name: str, value: str) -> str:
    if name == "pinned":
        return {"yes": "true", "no": "false"}.get(value.lower(), value)
    if name == "repeat":
        return _rule(value)
    return priority_of(value) if name == "priority" and value else value


def _rule(value: str) -> str:
    """How a task repeats, in the form of the events. Raises ValueError."""
    try:
        return str(repeat.parse(value)) if value else ""
    except ValueError as error:
        raise ValueError(f"repeat: {error}") from None


def apart(before: Sheet, after: Sheet) -> Apart:
    """What a person changed: fields with another value, elements that came and went."""
    old, new = before.elements, after.elements
    return Apart(
        {n: value for n, value in after.fields.items() if value != before.fields.get(n, "")},
        {n: [e for e in new[n] if e not in old.get(n, ())] for n in new},
        {n: [e for e in old.get(n, ()) if e not in new[n]] for n in new},
    )
