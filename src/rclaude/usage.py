"""The tokens that a session used, counted over whole files."""

import os
from collections.abc import Iterator, Mapping

from rclaude import files
from rclaude.lines import Line, number, parsed, part, text

_KEYS = {
    "tok_in": "input_tokens",
    "tok_cache_write": "cache_creation_input_tokens",
    "tok_cache_read": "cache_read_input_tokens",
    "tok_out": "output_tokens",
}
_Counts = tuple[int, ...]


def spent(path: str) -> Mapping[str, str]:
    """The tokens of a transcript and of the session's subagents, by column.

    A message stands on several lines and in several files: it counts once, at its largest.
    """
    largest: dict[str, _Counts] = {}
    nameless: list[_Counts] = [(0,) * len(_KEYS)]
    for message in _messages(path):
        counts = tuple(number(part(message, "usage"), key) for key in _KEYS.values())
        if name := text(message, "id"):
            before = largest.get(name, counts)
            largest[name] = tuple(map(max, before, counts))
        else:
            nameless.append(counts)
    sums = map(sum, zip(*largest.values(), *nameless, strict=True))
    return {name: str(total) for name, total in zip(_KEYS, sums, strict=True)}


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
