"""Making what other trackers say fit Clare's fields, and noting what had to change."""

import re
from collections.abc import Mapping

from clare import names
from clare.clock import Stamp
from clare.events.fields import MAX_LINE, MAX_TEXT
from clare.events.task import TaskCommented
from clare.events.text import dump
from clare.services.origin import Origin
from clare.services.spread import ROOM
from clare.store.writing import Given

_CUT = "\n\n[shortened by the import]"
_LINE_BREAKS = re.compile(r"[\n\r\x00\x85\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text without what breaks a line."""
    return _LINE_BREAKS.sub(" ", text)


class Fitting:
    """One row on its way to Clare's words, with notes about what does not fit."""

    def __init__(self, origin: Origin, where: str) -> None:
        self.origin, self.where = origin, where
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Say something about the row."""
        self.notes.append(f"{self.where}: {text}")

    def line(self, what: str, text: str) -> str:
        """The text as one line that is not too long."""
        line = one_line(text)
        if len(line) > MAX_LINE:
            line = line[: MAX_LINE - 1] + "…"
        if line != text:
            self.note(f"{what} was made to fit one line of {MAX_LINE} characters")
        return line

    def label(self, what: str, text: str) -> str:
        """The text as one word without commas; empty if nothing is left of it."""
        word = re.sub(r"[\s,]+", "-", text.strip())
        word = "".join(char for char in word if names.is_plain(char)).lstrip("-")[:100]
        if word != text:
            self.note(f"{what} {text[:100]!r} became {word!r}" if word else f"{what}: left out")
        return word

    def actor(self, text: str) -> str:
        """The text as the name of an actor; empty if it is none."""
        name = re.sub(r"\s+", "-", text.strip())
        if name and not names.is_actor(name):
            self.note(f"{name[:100]!r} cannot name anybody: left out")
            return ""
        return name

    def text(self, what: str, text: str) -> str:
        """The text, shortened if one event cannot hold it."""
        return self.texts({what: text}, room=ROOM)[what]

    def texts(self, texts: Mapping[str, str], *, room: int) -> dict[str, str]:
        """Texts that fit into one event together: the longest gives way, an eighth at a time."""
        kept = {name: _cut(text, MAX_TEXT) for name, text in texts.items()}
        while len(dump({"set": kept})) > room:
            longest = max(kept, key=lambda name: len(kept[name]))
            kept[longest] = _cut(kept[longest], len(kept[longest].encode()) * 7 // 8)
        for name in kept:
            if kept[name] != texts[name]:
                self.note(f"{name} was shortened to {len(kept[name].encode())} bytes")
        return kept

    def comment(self, key: str, row_id: str, what: str, text: str, *, by: str, at: Stamp) -> Given:
        """Something said about the task, at a time."""
        fact = TaskCommented(entity=key, text=self.text(what, text))
        return self.origin.given(fact, row_id, what, text, at=at, by=by)


def _cut(text: str, size: int) -> str:
    """The text, cut to so many bytes and marked if it is longer."""
    data = text.removesuffix(_CUT).encode()
    if len(text.encode()) <= size:
        return text
    return data[: size - len(_CUT)].decode("utf-8", "ignore") + _CUT
