"""Where the keys of a small YAML map stand in its text."""

import re


def line_of(text: str, key: str) -> int:
    """The line in which a key stands; 0 if it does not."""
    found = span(text.split("\n"), key)
    return found[0] + 1 if found else 0


def span(lines: list[str], key: str) -> tuple[int, int] | None:
    """From where to where a key of the outermost map reaches."""
    named = re.compile(rf"([\"']?){re.escape(key)}\1\s*:(\s|$)")
    start = next((n for n, line in enumerate(lines) if named.match(line)), None)
    if start is None:
        return None
    ends = (n for n in range(start + 1, len(lines)) if lines[n][:1] not in ("", " ", "\t"))
    end = next(ends, len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return start, end
