"""The sections of a Markdown text that Backlog.md wrote, by their headings."""

import re

_KNOWN = (
    "description",
    "acceptance criteria",
    "definition of done",
    "implementation plan",
    "implementation notes",
    "final summary",
)
_MARK = re.compile(r"<!--\s*(?:[A-Z]+:)*(BEGIN|END)\s*-->")


def sections(text: str) -> dict[str, str]:
    """The text below each known heading. Between marks, and below others, headings are text."""
    found: dict[str, list[str]] = {}
    here = found.setdefault("description", [])
    inside = False
    for line in text.split("\n"):
        mark = _MARK.fullmatch(line.strip())
        heading = "" if inside else _heading(line)
        if mark:
            inside = mark[1] == "BEGIN"
        elif heading in _KNOWN:
            here = found.setdefault(heading, [])
        else:
            here.append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in found.items() if any(lines)}


def _heading(line: str) -> str:
    """What a heading of the second level says, in small letters."""
    mark, _, text = line.partition(" ")
    return text.lower().strip().removesuffix("(optional)").strip() if mark == "##" else ""
