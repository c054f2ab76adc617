"""The query language: terms that add up, from text and back.

`status:open,review -label:wip "exact words" sort:due`. The keys are the table in `terms`; this module
knows how terms are written. Parsing is total: any text is a query, or raises Usage at a place in it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from clare.errors import Usage
from clare.fleet import Task
from clare.names import is_slug
from clare.views.compare import Asked, Test
from clare.views.terms import KEYS, SORTS, Key

TEXT = "text"
_SORT = "sort"
_KEY = r"([A-Za-z][A-Za-z_]*):"
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_BARE_VALUE = r'[^\s,"]*'
_BARE_WORD = r'[^\s"]+'
_NEEDS_QUOTES = r'[\s,"\\]|^[-@]|^$'
_ESCAPE = r'\\(["\\])'


class Term(NamedTuple):
    """One condition: any of the values fits the key; or, negated, none does."""

    key: str
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        shown = ",".join(map(_shown, self.values))
        whole = self.key == TEXT and len(self.values) == 1 and not re.compile(_KEY).match(shown)
        return f"{'-' * self.negated}{shown if whole else f'{self.key}:{shown}'}"


class Order(NamedTuple):
    """What to sort by, and whether the last comes first."""

    key: str
    last_first: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.last_first}{self.key}"


class Query(NamedTuple):
    """What tasks must fit, all of it, and in which order they come. `views` are saved ones."""

    terms: tuple[Term, ...] = ()
    order: tuple[Order, ...] = ()
    views: tuple[str, ...] = ()

    def __str__(self) -> str:
        sort = [f"{_SORT}:{','.join(map(str, self.order))}"] if self.order else []
        return " ".join([*(f"@{name}" for name in self.views), *map(str, self.terms), *sort])

    def __and__(self, other: "Query") -> "Query":
        return Query(self.terms + other.terms, self.order + other.order, self.views + other.views)

    def asks_for(self, *keys: str) -> bool:
        """Whether a term with one of these keys says what is wanted."""
        return any(term.key in keys and not term.negated for term in self.terms)


def where(key: str, *values: str) -> Query:
    """The query of one term, for options; without values that of none. Raises Usage."""
    if not values:
        return Query()
    term = Term(key, values)
    for value in values:
        _test(KEYS[key], value, str(term))
    return Query((term,))


def parse(text: str) -> Query:
    """The query that a text means. Raises Usage, which names the term and its place."""
    parts = list(_parts(text))
    return Query(
        tuple(term for part in parts for term in part.terms),
        tuple(order for part in parts for order in part.order),
        tuple(name for part in parts for name in part.views),
    )


def _parts(text: str) -> Iterator[Query]:
    at = 0
    while found := re.compile(r"\S").search(text, at):
        start = found.start()
        part, at = _part(text, start)
        yield part


def _part(text: str, start: int) -> tuple[Query, int]:
    """The term that begins at a place, and where it ends."""
    negated = text[start] == "-"
    at = start + negated
    if negated and (at == len(text) or text[at].isspace()):
        raise _wrong("-", start, "a dash alone means nothing", 'search for it as "-"')
    if text[at] == "@":
        return _view(text, start, negated=negated)
    found = re.compile(_KEY).match(text, at)
    if not found:
        word, end = _word(text, at, start)
        return Query((Term(TEXT, (word,), negated),)), end
    values, end = _values(text, found.end(), start)
    name, shown = found[1].lower(), text[start:end]
    if name == _SORT:
        return Query(order=_order(values, shown, start, negated=negated)), end
    key = KEYS.get(name)
    if key is None:
        raise _unknown(found[1], shown, start)
    for value in values:
        _test(key, value, shown, start)
    return Query((Term(name, values, negated),)), end


def _word(text: str, at: int, start: int) -> tuple[str, int]:
    if text[at] == '"':
        return _quoted(text, at, start)
    found = re.compile(_BARE_WORD).match(text, at)
    word = found[0] if found else ""
    _check_no_quote(text, at + len(word), start)
    return word, at + len(word)


def _values(text: str, at: int, start: int) -> tuple[tuple[str, ...], int]:
    values = []
    while True:
        if text[at : at + 1] == '"':
            value, at = _quoted(text, at, start, then=",")
        else:
            found = re.compile(_BARE_VALUE).match(text, at)
            value = found[0] if found else ""
            at += len(value)
            _check_no_quote(text, at, start)
            if not value:
                shown = text[start:at]
                hint = "in a shell, quote what has < or > in it: 'updated:>7d'"
                raise _wrong(shown, start, "it lacks a value", hint)
        values.append(value)
        if text[at : at + 1] != ",":
            return tuple(values), at
        at += 1


def _quoted(text: str, at: int, start: int, *, then: str = "") -> tuple[str, int]:
    """What stands in quotes, in which a backslash goes before a quote or a backslash."""
    found = re.compile(_QUOTED, re.DOTALL).match(text, at)
    if not found:
        raise _wrong(text[start:], start, "its quotes do not end", 'end it with "')
    end = found.end()
    if text[end : end + 1] not in ("", then) and not text[end].isspace():
        raise _wrong(text[start : end + 1], start, "something follows its quotes", _SPACE)
    return re.compile(_ESCAPE).sub(r"\1", found[1]), end


_SPACE = 'put a space between terms, and \\" for a quote within quotes'


def _check_no_quote(text: str, at: int, start: int) -> None:
    if text[at : at + 1] == '"':
        raise _wrong(text[start : at + 1], start, "there is a quote in its middle", _SPACE)


def _view(text: str, start: int, *, negated: bool) -> tuple[Query, int]:
    found = re.compile(_BARE_WORD).match(text, start)
    shown = found[0] if found else ""
    if negated:
        hint = f'negate its terms one by one; as text: -"{shown[1:]}"'
        raise _wrong(shown, start, "a view cannot be negated", hint)
    if not is_slug(shown[1:]):
        raise _wrong(shown, start, "no view has such a name", f'search for it as "{shown}"')
    _check_no_quote(text, start + len(shown), start)
    return Query(views=(shown[1:],)), start + len(shown)


def _order(values: Sequence[str], shown: str, start: int, *, negated: bool) -> tuple[Order, ...]:
    if negated:
        raise _wrong(shown, start, "an order cannot be negated", "sort:-due has the last first")
    order = []
    for value in values:
        key = value.removeprefix("-")
        if key not in SORTS:
            raise _wrong(shown, start, f"nothing is sorted by {key!r}", _among(key, SORTS))
        order.append(Order(key, last_first=value != key))
    return tuple(order)


def _test(key: Key, value: str, shown: str, start: int = 0) -> Test:
    try:
        if not value:
            raise ValueError("it has an empty value")
        return key.test(value)
    except ValueError as error:
        hint = _among(value, key.words) if key.words else f"for example {key.example}"
        raise _wrong(shown, start, str(error), hint) from None


def _unknown(name: str, shown: str, start: int) -> Usage:
    known = [*KEYS, _SORT]
    hint = f'{_among(name.lower(), known)}; in quotes it is searched for: "{shown.lstrip("-")}"'
    return _wrong(shown, start, f"there is no key {name}", hint)


def _among(meant: str, known: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(meant[:40], list(known), n=1, cutoff=0.6)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}known: {', '.join(known)}"


_LONGEST = 60


def _wrong(shown: str, start: int, problem: str, hint: str) -> Usage:
    """Why a term is none, and where it stands in the query, counted from 1."""
    if len(shown) > _LONGEST:
        shown = shown[: _LONGEST - 1] + "…"
    return Usage(f"{shown} (character {start + 1} of the query): {problem}", hint=hint)


def _shown(value: str) -> str:
    if not re.compile(_NEEDS_QUOTES).search(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# Asking.


def matcher(query: Query, asked: Asked) -> Callable[[Task], bool]:
    """Whether a task fits all terms. The views must be resolved."""
    made = [
        (term.negated, [KEYS[term.key].test(value) for value in term.values])
        for term in query.terms
    ]
    return lambda task: all(
        any(test(asked, task) for test in tests) != negated for negated, tests in made
    )


def arranged(tasks: Iterable[Task], query: Query, asked: Asked) -> list[Task]:
    """The tasks in the query's order; ties stay as they were, what has no value comes last."""
    found = list(tasks)
    for order in reversed(query.order):
        read = SORTS[order.key]
        values = [(task, read(asked, task)) for task in found]
        known = [(task, value) for task, value in values if value is not None]
        known.sort(key=_rank, reverse=order.last_first)
        found = [task for task, _ in known] + [task for task, value in values if value is None]
    return found


def _rank(entry: tuple[Task, int | str]) -> tuple[int, str]:
    value = entry[1]
    return (0, value) if isinstance(value, str) else (value, "")
