"""Events as sentences: the subjects of commits and the lines of the log say the same."""

from typing import TYPE_CHECKING

from clare.clock import show_duration
from clare.fleet import CLOSED, Fleet
from clare.names import SHORT_ID_LENGTH
from clare.views.safe import one_line

if TYPE_CHECKING:
    from clare.events.event import Effect, Event

_LONGEST = 72
_MOVES = {
    "done": "closes {} as done",
    "dropped": "drops {}",
    "review": "moves {} to review",
    "open": "reopens {}",
    "idea": "moves {} to idea",
    "active": "brings back {}",
    "archived": "archives {}",
}
_TEXTS = frozenset(["body", "done_when", "close_reason"])


def sentence(fleet: Fleet, event: "Event") -> str:
    """`nat closes 7qk2 as done: Write the parser`; one line."""
    kind, _, name = event.entity.partition("/")
    shown = fleet.short(name) if kind == "tasks" else f"{kind.removesuffix('s')} {name}"
    title = fleet.entity(event.entity).value("title")
    ending = f": {shorten(title)}" if title else ""
    return one_line(f"{event.by} {_did(event, shown)}{ending}")


def shorten(text: str) -> str:
    """The text in one line of at most 72 characters."""
    line = one_line(text)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def counted(number: int, noun: str) -> str:
    """`1 event`, `2 events`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _did(event: "Event", shown: str) -> str:
    effect = event.effect
    if event.type == "view.saved":
        return f"saves {shown}: {shorten(effect.set.get('query', ''))}"
    if effect.creates:
        return f"adds {shown}"
    if effect.lease is not None:
        return f"claims {shown} for {show_duration(effect.lease)}"
    if effect.comment is not None:
        return f"comments on {shown}"
    if effect.retracts:
        return f"takes back {counted(len(effect.retracts), 'event')} of {shown}"
    if effect.acknowledges:
        return f"acknowledges {counted(len(effect.acknowledges), 'unreadable file')} of {shown}"
    if effect.ends:
        return f"releases {shown}"
    return _changed(effect, shown, event.type)


def changes(effect: "Effect") -> list[str]:
    """What an event changes, in words: `status done`, `+parser`, `needs 9xw4`; `a comment`."""
    status = effect.set.get("status")
    said = [f"status {status}"] if status else []
    spoken = ["a comment"] if effect.comment is not None else []
    return [*said, *_why(effect), *_fields(effect), *_elements(effect), *spoken]


def _changed(effect: "Effect", shown: str, event_type: str) -> str:
    status = effect.set.get("status")
    rest = [*_why(effect), *_fields(effect), *_elements(effect)]
    if status in _MOVES:
        extra = f" ({', '.join(rest)})" if rest else ""
        return _MOVES[status].format(shown) + extra
    if rest:
        return f"edits {shown} ({', '.join(rest)})"
    return f"writes {event_type} on {shown}"


def _why(effect: "Effect") -> list[str]:
    """The reason of a closing, shortened."""
    reason = effect.set.get("close_reason") if effect.set.get("status") in CLOSED else None
    return [shorten(reason)] if reason else []


def _fields(effect: "Effect") -> list[str]:
    return [
        name if name in _TEXTS else f"{name} {_value(name, value) or 'none'}"
        for name, value in effect.set.items()
        if name != "status" and not (name == "close_reason" and "status" in effect.set)
    ]


def _value(name: str, value: str) -> str:
    return value[:SHORT_ID_LENGTH] if name == "parent" else shorten(value)


def _elements(effect: "Effect") -> list[str]:
    gone = [f"-{_element(n, e)}" for n, elements in effect.remove.items() for e in elements]
    come = [f"+{_element(n, e)}" for n, elements in effect.add.items() for e in elements]
    return come + gone


def _element(name: str, element: str) -> str:
    shown = element[:SHORT_ID_LENGTH] if name == "needs" else element
    return element if name == "labels" else f"{name} {shown}"
