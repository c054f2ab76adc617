"""Transcripts on disk: `projects/<slug>/<sid>.jsonl`. Every field of theirs is optional.

They reach gigabytes, so only the end is read, and the beginning for what stands nowhere else.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rclaude import files, lines, moments, turns
from rclaude.files import Opened
from rclaude.lines import Line, part, text
from rclaude.registry import SID, base

NEAR = 64 * 1024
"""Bytes from the end, or from the beginning, that usually tell everything."""

REACHES = (NEAR, 4 * NEAR, 16 * NEAR)
"""Bytes from the end that are read, more where fewer do not tell."""

TOKENS = {
    "tok_in": "input_tokens",
    "tok_cache_write": "cache_creation_input_tokens",
    "tok_cache_read": "cache_read_input_tokens",
    "tok_out": "output_tokens",
}
"""The columns of tokens, and what an answer calls them."""

_LONGEST_TITLE = 200
_FILE = re.compile(rf"({SID.pattern})\.jsonl")
_TITLES = {
    "custom-title": "customTitle",
    "agent-name": "agentName",
    "ai-title": "aiTitle",
    "summary": "summary",
}


class Transcript(NamedTuple):
    """Where a session is written down, and when it last was."""

    path: str
    changed: float


class Told(NamedTuple):
    """What a transcript tells; empty is not known."""

    state: str = ""
    state_at: str = ""
    activity: float | None = None
    cwd: str = ""
    branch: str = ""
    model: str = ""
    title: str = ""
    version: str = ""
    ctx: str = ""


def found() -> Mapping[str, Transcript]:
    """The transcripts of this host by session; of one that lies in two places the newer one."""
    known: dict[str, Transcript] = {}
    for folder in _folders(os.path.join(base(), "projects")):
        for sid, each in _inside(folder):
            if sid not in known or known[sid].changed < each.changed:
                known[sid] = each
    return known


def _folders(projects: str) -> list[str]:
    try:
        with os.scandir(projects) as inside:
            return [each.path for each in inside if os.path.isdir(each.path)]
    except OSError:
        return []


def _inside(folder: str) -> Iterator[tuple[str, Transcript]]:
    try:
        with os.scandir(folder) as inside:
            entries = [(name[1], each) for each in inside if (name := _FILE.fullmatch(each.name))]
    except OSError:
        return
    for sid, each in entries:
        if (changed := files.changed(each)) is not None:
            yield sid, Transcript(each.path, changed)


def read(path: str) -> Told:
    """What a transcript tells of its session."""
    with files.opened(path) as file:
        return _told(file) if file else Told()


def _told(file: Opened) -> Told:
    tail, end = _read_end(file)
    start = tail if file.size <= NEAR else files.head(file, NEAR)
    title = _title(tail, start) or _first_prompt(start)
    return _joined(end, tail, title, end.cwd or _first_cwd(start))


def _read_end(file: Opened) -> tuple[bytes, "_End"]:
    tail, end = b"", _End({}, {})
    for reach in REACHES:
        tail = files.tail(file, reach)
        end = _end(tail)
        if file.size <= reach or (end.deciding and end.answer):
            break
    return tail, end


class _End(NamedTuple):
    """The newest turns: the one that decides the state, a model's last answer, and where it is."""

    deciding: Line
    answer: Line
    cwd: str = ""
    branch: str = ""
    version: str = ""


def _end(data: bytes) -> _End:
    deciding: Line = {}
    answer: Line = {}
    where = {"cwd": "", "gitBranch": "", "version": ""}
    for turn in turns.newest(data):
        where = {key: value or text(turn, key) for key, value in where.items()}
        if not deciding and turns.state(turn):
            deciding = turn
        if not answer and turns.is_answer(turn):
            answer = turn
        if deciding and answer:
            break
    return _End(deciding, answer, *where.values())


def _joined(end: _End, tail: bytes, title: str, cwd: str) -> Told:
    message = part(end.answer, "message")
    return Told(
        turns.state(end.deciding) if end.deciding else "",
        moments.told(moments.seconds(end.deciding.get("timestamp"))),
        _activity(tail),
        cwd,
        end.branch,
        text(message, "model"),
        title,
        end.version,
        _context(part(message, "usage")),
    )


def _context(usage: Line) -> str:
    return str(sum(lines.number(usage, key) for key in TOKENS.values())) if usage else ""


def _activity(tail: bytes) -> float | None:
    """The time of the last line that has one."""
    for line in lines.naming(tail, b'"timestamp"'):
        moment = moments.seconds((lines.parsed(line) or {}).get("timestamp"))
        if moment is not None:
            return moment
    return None


def _title(*newest_first: bytes) -> str:
    """The title that counts most, and of its kind the newest; empty if there is none."""
    for kind, key in _TITLES.items():
        told = (_newest_title(data, kind, key) for data in newest_first)
        if title := next((each for each in told if each is not None), ""):
            return title
    return ""


def _newest_title(data: bytes, kind: str, key: str) -> str | None:
    """The newest of a kind; empty if it was taken away, None if none is there."""
    for line in lines.naming(data, f'"{kind}"'.encode()):
        found = lines.parsed(line)
        if found and found.get("type") == kind and isinstance(found.get(key), str):
            return short(text(found, key))
    return None


def short(title: str) -> str:
    """A title as one line that is not long."""
    return " ".join(title[: 10 * _LONGEST_TITLE].split())[:_LONGEST_TITLE]


def _first_prompt(data: bytes) -> str:
    return _first(data, lambda turn: short(turns.said(turn)) if turns.is_prompt(turn) else "")


def _first_cwd(data: bytes) -> str:
    return _first(data, lambda turn: text(turn, "cwd"))


def _first(data: bytes, tells: Callable[[Line], str]) -> str:
    """What the first turn tells that tells anything."""
    for line in data.split(b"\n"):
        turn = turns.of_line(line)
        if turn is not None and (told := tells(turn)):
            return told
    return ""
