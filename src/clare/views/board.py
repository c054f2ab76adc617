"""The tasks in columns by what can be done with them."""

from clare.clock import DAY
from clare.fleet import Task
from clare.views.compare import Asked
from clare.views.query import Query
from clare.views.ready import state
from clare.views.tasks import choose, names_closed

LATELY = 7 * DAY
"""So long a finished task stays on the board."""

COLUMNS = ("idea", "ready", "blocked", "active", "review", "done")


def columns(asked: Asked, query: Query) -> dict[str, list[Task]]:
    """The tasks that fit by column; in `done` those of the last days, unless closed ones are named.

    What is deferred, or waits through its parent, is in `blocked`; what was dropped in none.
    """
    found: dict[str, list[Task]] = {name: [] for name in COLUMNS}
    for task in choose(asked, query):
        column = _column(asked, task)
        if column != "done" or names_closed(query) or _is_late(asked, task):
            found.setdefault(column, []).append(task)
    return {name: found[name] for name in COLUMNS}


def _is_late(asked: Asked, task: Task) -> bool:
    at = task.closed_at
    return at is not None and asked.now - at < LATELY


def _column(asked: Asked, task: Task) -> str:
    word = state(asked.fleet, task, now=asked.now)
    return "blocked" if word == "deferred" else word
