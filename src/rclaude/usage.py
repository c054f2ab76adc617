"""The tokens that a session used, counted over whole files."""

import os
from collections.abc import Iterator, Mapping

from rclaude import files
from rclaude.lines import Line, number, parsed, part, text
from rclaude.transcripts import TOKENS

_Counts = tuple[int, ...]


def spent(path: str) -> Mapping[str, str]:
    """The tokens of a transcript and of the session's subagents, by column.

    A message stands on several lines and in several files: it counts once, at its largest.
    """
    largest: dict[str, _Counts] = {}
    nameless: list[_Counts] = [(0,) * len(TOKENS)]
    for message in _messages(path):
        counts = tuple(number(part(message, "usage"), key) for key in TOKENS.values())
        if name := text(message, "id"):
            before = largest.get(name, counts)
            largest[name] = tuple(map(max, before, counts))
        else:
            nameless.append(counts)
    sums = map(sum, zip(*largest.values(), *nameless, strict=True))
    return {name: str(total) for name, total in zip(TOKENS, sums, strict=True)}


def _messages(path: str) -> Iterator[Line]:
    for each in (path, *_subagents(path)):
        with files.opened(each) as file:
            for line in files.lines(file) if file else ():
                if b'"usage"' in line and b'"assistant"' in line:
                    found = parsed(line) or {}
                    if found.get("type") == "assistant":
                        yield part(found, "message")


def _subagents(path: str) -> list[str]:
    folder = os.path.join(path.removesuffix(".jsonl"), "subagents")
    return [
        os.path.join(inside, name)
        for inside, _, names in os.walk(folder)
        for name in names
        if name.endswith(".jsonl")
    ]
