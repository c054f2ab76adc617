"""Text that cannot steer the terminal it is shown on."""

import re

_HIDDEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def safe(text: str) -> str:
    """The text with what could steer a terminal made visible; new lines and tabs stay."""
    if text.isprintable():
        return text
    return re.sub(_HIDDEN, lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """The text as one safe line."""
    return " ".join(safe(text).split())
