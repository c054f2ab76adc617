"""Repetition: closing a task that repeats makes the next one, in the same commit.

The next task follows from the closed one alone, its id from (its id, the rule, the next date): two
hosts that close it at the same time make the same task with the same values.
"""

from collections.abc import Mapping, Sequence

from clare import names
from clare.errors import Usage
from clare.events import repeat
from clare.events.said import TASK_CREATED, TASK_EDITED, Fact
from clare.fleet import CLOSED, Fleet, Task
from clare.services.act import make
from clare.state import DEFAULTS

_DATES = ("due", "defer_until")
_COPIED = ("title", "body", "project", "type", "priority", "parent", "assignee", "done_when")


def check_date(given: Mapping[str, str], task: Task | None = None) -> None:
    """Raise Usage if what is written would leave a task that repeats without a date."""
    if not {"repeat", *_DATES} & set(given):
        return
    after = {
        name: given.get(name, task.entity.value(name) if task else "")
        for name in ("repeat", *_DATES)
    }
    if after["repeat"] and not any(after[name] for name in _DATES):
        raise Usage(
            "a task that repeats needs a date: due or defer_until",
            hint='--due 2026-12-01 or --defer 2026-12-01; --every "" ends the repetition',
        )


def with_next(fleet: Fleet, task: Task, facts: Sequence[Fact]) -> list[Fact]:
    """The facts about a task, and the next one if they close it and it repeats.

    If the next one exists already, nothing is added.
    """
    closing = [f for f in facts if f.type == TASK_EDITED and f.effect().set.get("status") in CLOSED]
    return [*facts, *(new for fact in closing for new in _next(fleet, task, fact))]


def _next(fleet: Fleet, task: Task, fact: Fact) -> list[Fact]:
    written = fact.effect().set
    values = {
        name: written.get(name, task.entity.value(name)) for name in (*_COPIED, *_DATES, "repeat")
    }
    dates = _shifted(values)
    if not dates:
        return []
    when = next(dates[name] for name in _DATES if name in dates)
    task_id = names.derived("repeat", task.id, values["repeat"], when, length=names.TASK_ID_LENGTH)
    key = names.task_key(task_id)
    if fleet.entity(key).exists:
        return []
    copied = {name: text for name, text in values.items() if text not in ("", DEFAULTS.get(name))}
    labels = _labels(task, fact)
    return [
        make(TASK_CREATED, key, set={**copied, **dates}, add={"labels": labels} if labels else {})
    ]


def _shifted(values: Mapping[str, str]) -> dict[str, str]:
    """The next dates and rule; the rule keeps the day of the month of the date that counts.

    Nothing if the task does not repeat, has no date, or time ends.
    """
    found: dict[str, str] = {}
    try:
        rule = repeat.parse(values["repeat"])
    except ValueError:
        return {}
    for name in _DATES:
        if values[name]:
            then = repeat.following(
                values[name], rule if not found else repeat.Rule(rule.unit, rule.count)
            )
            if then is None:
                return {}
            found[name] = then[0]
            found.setdefault("repeat", str(then[1]))
    return found


def _labels(task: Task, fact: Fact) -> list[str]:
    """The labels as they are after the fact."""
    effect = fact.effect()
    come, gone = effect.add.get("labels", ()), effect.remove.get("labels", ())
    return sorted({*task.labels} - {*gone} | {*come})
