"""What each key of the query language means: one table, from which tests and the reference follow."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from clare import names
from clare.fleet import Task
from clare.state import STATUSES
from clare.views.compare import Asked, Factory, Test, date, number, priority
from clare.views.ready import state


class Key(NamedTuple):
    """A key: what it means, an example, and the test that a value makes; that raises ValueError.

    `words` are the values that it takes, each with its meaning; none means that others are possible.
    """

    name: str
    meaning: str
    example: str
    test: Factory
    words: Mapping[str, str] = MappingProxyType({})


def folded(text: str) -> str:
    """The text as searches compare it: whatever its case, or the way its accents are written."""
    if text.isascii():
        return text.lower()
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


# Words, names and ids.


def _equal(read: Callable[[Asked, Task], str]) -> Factory:
    return lambda value: lambda asked, task: read(asked, task) == value


def _actor(read: Callable[[Asked, Task], str]) -> Factory:
    """An actor by name; `me` is whoever asks."""

    def make(value: str) -> Test:
        def test(asked: Asked, task: Task) -> bool:
            wanted = asked.actor if value == "me" else value
            return bool(wanted) and read(asked, task) == wanted

        return test

    return make


def _id(read: Callable[[Task], Iterable[str]]) -> Factory:
    def make(value: str) -> Test:
        prefix = names.typed_id(value)
        if not prefix or prefix.strip(names.ALPHABET):
            raise ValueError(f"{value!r} is no task id; a prefix is enough")
        return lambda _, task: any(found.startswith(prefix) for found in read(task))

    return make


def _has_label(value: str) -> Test:
    return lambda _, task: value in task.labels


def _has_link(value: str) -> Test:
    wanted = folded(value)
    return lambda _, task: any(wanted in folded(link) for link in task.links)


def _has_text(value: str) -> Test:
    wanted = folded(value)

    def test(_: Asked, task: Task) -> bool:
        entity = task.entity
        texts = (task.title, entity.value("body"), entity.value("done_when"))
        said = (comment.text for comment in task.comments)
        return any(wanted in folded(text) for text in (*texts, *said))

    return test


def holder_of(asked: Asked, task: Task) -> str:
    """Whose live claim is on it."""
    claim = task.holder(now=asked.now)
    return claim.by if claim else ""


def creator_of(_: Asked, task: Task) -> str:
    """Who added it."""
    return task.creator


def _is_mine(asked: Asked, task: Task) -> bool:
    return bool(asked.actor) and asked.actor in (task.assignee, holder_of(asked, task))


# Words that stand for tests.


def _has_status(word: str) -> Test:
    return lambda _, task: task.status == word


def _is_now(word: str) -> Test:
    return lambda asked, task: state(asked.fleet, task, now=asked.now) == word


def _is_overdue(asked: Asked, task: Task) -> bool:
    return not task.is_closed and task.due is not None and task.due < asked.now


Words = Mapping[str, tuple[str, Test]]

STATES: Words = {
    **{word: (f"its status is {word}", _has_status(word)) for word in STATUSES},
    "active": ("open, and somebody's live claim is on it", _is_now("active")),
    "deferred": ("open and free, but not to be begun yet", _is_now("deferred")),
    "blocked": (
        "open, free and not deferred, but it waits for another task, or its parent does",
        _is_now("blocked"),
    ),
    "ready": ("can be taken now", _is_now("ready")),
    "overdue": ("unfinished after it was due", _is_overdue),
    "closed": ("done or dropped", lambda _, task: task.is_closed),
    "unfinished": ("not closed", lambda _, task: not task.is_closed),
}
"""The words of state that a query takes: the statuses, and what Clare says of tasks instead."""

KINDS: Words = {
    "pinned": ("it is pinned", lambda _, task: task.pinned),
    "contested": (
        "a field of it has several newest values",
        lambda _, task: task.is_contested,
    ),
    "mine": ("you hold it, or it is assigned to you", _is_mine),
}

PARTS: Words = {
    "assignee": ("somebody who should do it", lambda _, task: bool(task.assignee)),
    "body": ("a body", lambda _, task: bool(task.entity.value("body"))),
    "children": ("tasks that are parts of it", lambda a, task: task.id in a.fleet.related.children),
    "comments": ("comments", lambda _, task: task.comment_count > 0),
    "defer": ("a day before which it is not ready", lambda _, task: task.defer_until is not None),
    "done_when": ("a condition of being done", lambda _, t: bool(t.entity.value("done_when"))),
    "due": ("a day when it is due", lambda _, task: task.due is not None),
    "holder": ("somebody's live claim", lambda asked, task: bool(holder_of(asked, task))),
    "label": ("labels", lambda _, task: bool(task.labels)),
    "link": ("links", lambda _, task: bool(task.links)),
    "needs": ("tasks that it needs, be they done or not", lambda _, task: bool(task.needs)),
    "parent": ("a parent", lambda _, task: bool(task.parent)),
    "project": ("a project", lambda _, task: bool(task.project)),
    "repeat": ("a rule by which it comes again", lambda _, task: bool(task.repeat)),
}


def _one_of(words: Words, *, negated: bool = False) -> Factory:
    def make(value: str) -> Test:
        if value not in words:
            raise ValueError(f"{value!r} is not among its words")
        test = words[value][1]
        return (lambda asked, task: not test(asked, task)) if negated else test

    return make


def _meanings(words: Words) -> dict[str, str]:
    return {word: meaning for word, (meaning, _) in words.items()}


_BEHIND = "`7d` and `<7d`: less than 7 days ago, `>7d`: longer ago"
_AHEAD = "`3d` and `<3d`: in less than 3 days, also what is over; `>3d`: later"

KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        Key(
            "status",
            "its status, or what Clare says of it instead",
            "status:open,review",
            _one_of(STATES),
            _meanings(STATES),
        ),
        Key("label", "it has this label", "label:parser", _has_label),
        Key(
            "project",
            "it belongs to this project",
            "project:web",
            _equal(lambda _, task: task.project),
        ),
        Key("type", "it is of this type", "type:bug", _equal(lambda _, task: task.type)),
        Key(
            "priority",
            "its priority; `<=P1` is P1 and what is more urgent, P0",
            "priority:<=P1",
            priority,
        ),
        Key(
            "assignee",
            "this actor should do it; `me` is you",
            "assignee:nat",
            _actor(lambda _, task: task.assignee),
        ),
        Key(
            "holder",
            "this actor's live claim is on it, or `me`",
            "holder:claude/7f3a",
            _actor(holder_of),
        ),
        Key("by", "this actor added it, or `me`", "by:nat", _actor(creator_of)),
        Key("id", "its id begins so", "id:7qk2,9xw4", _id(lambda task: (task.id,))),
        Key(
            "parent",
            "it is a part of the task whose id begins so",
            "parent:7qk2",
            _id(lambda task: (task.parent,) if task.parent else ()),
        ),
        Key(
            "needs",
            "it needs a task whose id begins so, be that done or not",
            "needs:9xw4",
            _id(lambda task: task.needs),
        ),
        Key("due", f"when it is due; {_AHEAD}", "due:<3d", date(lambda t: t.due, ahead=True)),
        Key(
            "defer",
            f"the day before which it is not ready; {_AHEAD}",
            "defer:>2026-12-01",
            date(lambda task: task.defer_until, ahead=True),
        ),
        Key(
            "created",
            f"when it was added; {_BEHIND}",
            "created:today",
            date(lambda task: task.created_at, ahead=False),
        ),
        Key(
            "updated",
            f"when anything was last said about it; {_BEHIND}",
            "updated:>7d",
            date(lambda task: task.updated_at, ahead=False),
        ),
        Key(
            "closed",
            f"when it was closed; {_BEHIND}",
            "closed:>=2026-12-01",
            date(lambda task: task.closed_at, ahead=False),
        ),
        Key("link", "a link of it has this text in it", "link:example.org/42", _has_link),
        Key(
            "comments",
            "the number of its comments",
            "comments:>3",
            number(lambda _, task: task.comment_count),
        ),
        Key(
            "text",
            "title, body, done when or comments have this text in them, in any case; the same as "
            "the text without a key",
            'text:parser,"syntax tree"',
            _has_text,
        ),
        Key("is", "what it is", "is:pinned", _one_of(KINDS), _meanings(KINDS)),
        Key("has", "what it has", "has:due", _one_of(PARTS), _meanings(PARTS)),
        Key(
            "no",
            "what it has not; the words of `has`",
            "no:assignee",
            _one_of(PARTS, negated=True),
            _meanings(PARTS),
        ),
    )
}

Value = int | str | None

SORTS: dict[str, Callable[[Asked, Task], Value]] = {
    "priority": lambda _, task: task.priority,
    "status": lambda _, task: STATUSES.index(task.status),
    "title": lambda _, task: folded(task.title),
    "project": lambda _, task: task.project or None,
    "type": lambda _, task: task.type,
    "assignee": lambda _, task: task.assignee or None,
    "holder": lambda asked, task: holder_of(asked, task) or None,
    "by": lambda asked, task: creator_of(asked, task) or None,
    "due": lambda _, task: task.due,
    "defer": lambda _, task: task.defer_until,
    "created": lambda _, task: task.created_at,
    "updated": lambda _, task: task.updated_at,
    "closed": lambda _, task: task.closed_at,
    "comments": lambda _, task: task.comment_count,
    "id": lambda _, task: task.id,
}
"""What a list can be sorted by."""
