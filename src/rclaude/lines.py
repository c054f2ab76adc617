"""Lines of JSON in bytes: found first, parsed only where they matter."""

import json
from collections.abc import Iterator, Mapping

Line = Mapping[str, object]


def backwards(data: bytes) -> Iterator[bytes]:
    """The lines, last one first."""
    end = len(data)
    while end > 0:
        start = data.rfind(b"\n", 0, end) + 1
        if start < end:
            yield data[start:end]
        end = start - 1


def naming(data: bytes, word: bytes) -> Iterator[bytes]:
    """The lines that have the word in them, last one first."""
    end = len(data)
    while (found := data.rfind(word, 0, end)) >= 0:
        start = data.rfind(b"\n", 0, found) + 1
        stop = data.find(b"\n", found)
        yield data[start : stop if stop >= 0 else len(data)]
        end = start


def parsed(line: bytes) -> Line | None:
    """What a line says; nothing if it is cut, damaged, or no object."""
    try:
        found: object = json.loads(line.strip(b"\0 \t\r\n"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def text(line: Line, key: str) -> str:
    """A text of a line; empty if it is missing or none."""
    found = line.get(key)
    return found if isinstance(found, str) else ""


def number(line: Line, key: str) -> int:
    """A count of a line; 0 if it is missing or none."""
    found = line.get(key)
    return found if type(found) is int and 0 <= found < 1 << 53 else 0


def part(line: Line, key: str) -> Line:
    """An object in a line; empty if it is missing or none."""
    found = line.get(key)
    return found if isinstance(found, dict) else {}
