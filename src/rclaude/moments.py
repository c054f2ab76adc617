"""Moments as others write them, and as rows have them: RFC 3339, UTC, milliseconds."""

from datetime import UTC, datetime

_MILLISECONDS_FROM = 1e11
"""A larger number of seconds lies in the year 5138, so it counts milliseconds."""

_LAST = 253402300799.0
"""The end of the year 9999, in seconds."""


def seconds(found: object) -> float | None:
    """The seconds since 1970 that a number or a text tells; nothing if it tells none."""
    if isinstance(found, str):
        return _of_text(found)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    if not 0 < found < _LAST * 1000:
        return None
    return found / 1000 if found >= _MILLISECONDS_FROM else float(found)


def _of_text(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
        return found.timestamp() if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def told(moment: float | None) -> str:
    """A moment as a cell; empty if it is not known."""
    if moment is None or not 0 <= moment < _LAST:
        return ""
    whole = datetime.fromtimestamp(int(moment * 1000 + 0.5) / 1000, UTC)
    return whole.isoformat(timespec="milliseconds").replace("+00:00", "Z")
