"""Planning: adding tasks, editing them, moving them on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from clare import names
from clare.errors import ClareError, Usage
from clare.events.said import TASK_COMMENTED, TASK_CREATED, TASK_EDITED, Fact
from clare.fleet import CLOSED, Fleet, Task
from clare.services import project_here
from clare.services.act import Outcome, act, change_each, make
from clare.services.days import dated
from clare.services.repeats import check_date, with_next
from clare.state import DEFAULTS, Write
from clare.store.board import Board
from clare.views.ready import ancestors
from clare.views.story import shorten

Fields = Mapping[str, str]
Elements = Mapping[str, Sequence[str]]


def add(
    board: Board,
    *,
    fields: Fields,
    labels: Sequence[str],
    needs: Sequence[str],
    links: Sequence[str] = (),
) -> Outcome:
    """Add one task; `needs` and the field `parent` may be prefixes of ids.

    Without the field `project` it belongs to the one whose folder or repository this is.
    """
    task_id = names.base32(board.bits(60), names.TASK_ID_LENGTH)

    check_date(fields)

    def decide(fleet: Fleet) -> list[Fact]:
        elements = {
            "labels": list(labels),
            "needs": [fleet.task(need).id for need in needs],
            "links": list(links),
        }
        wanted = dated(project_here.with_project(fleet, fields), now=board.now())
        return [
            make(
                TASK_CREATED,
                names.task_key(task_id),
                set=resolved(fleet, wanted),
                add={name: found for name, found in elements.items() if found},
            )
        ]

    return replace(act(board, decide), tasks=(task_id,))


class Overtaken(ClareError):
    """A field that is to be written has other heads than those that its writer was shown."""

    def __init__(self, task: Task, name: str) -> None:
        last = task.entity.fields[name][-1]
        super().__init__(
            f"{name} was changed meanwhile by {last.by}: {shorten(last.value) or 'none'}",
            hint="what you write now replaces it",
        )
        self.fields = task.entity.fields


def edit(
    board: Board,
    tasks: Sequence[str],
    *,
    fields: Fields,
    come: Elements,
    gone: Elements,
    seen: Mapping[str, Sequence[Write]] | None = None,
) -> Outcome:
    """Write fields, add and remove elements of sets. What is so already is not written again.

    Elements of `needs` may be prefixes of ids. `seen` are the heads of the fields that the writer was
    shown a while ago: Overtaken is raised if a field that is to be written has others now.
    """

    def change(fleet: Fleet, task: Task) -> list[Fact]:
        for name in fields:
            if seen is not None and task.entity.fields.get(name, ()) != seen.get(name, ()):
                raise Overtaken(task, name)
        given = dated(fields, now=board.now(), task=task)
        check_date(given, task)
        wanted = changed(task, resolved(fleet, given, task.id))
        present = {
            name: [e for e in elements if e in task.entity.elements(name)]
            for name, elements in _resolved_needs(fleet, task, gone, own_need).items()
        }
        coming = _resolved_needs(fleet, task, come, _other)
        return with_next(fleet, task, edited(task, fields=wanted, come=coming, gone=present))

    return change_each(board, tasks, change)


def _resolved_needs(
    fleet: Fleet, task: Task, elements: Elements, find: Callable[[Fleet, Task, str], str]
) -> dict[str, Sequence[str]]:
    """The elements, those of `needs` as whole ids."""
    needs = [find(fleet, task, name) for name in elements.get("needs", ())]
    return {**elements, "needs": needs}


def _other(fleet: Fleet, task: Task, name: str) -> str:
    """The id of a task that this one may wait for. Raises ClareError."""
    found = fleet.task(name).id
    _check_no_circle(fleet, task.id, found)
    return found


def edited(task: Task, *, fields: Fields, come: Elements, gone: Elements) -> list[Fact]:
    """The event that changes a task, or none if nothing is to change."""
    add_ = {name: list(elements) for name, elements in come.items() if elements}
    remove = {name: list(elements) for name, elements in gone.items() if elements}
    if not (fields or add_ or remove):
        return []
    return [make(TASK_EDITED, task.key, set=dict(fields), add=add_, remove=remove)]


def changed(task: Task, fields: Fields) -> dict[str, str]:
    """The fields whose value would change, or that are contested and so want a decision.

    A task that moves on leaves the reason behind for which it was closed before. A closing always
    says its reason, be it empty: else one written elsewhere at the same time would pass for it.
    """
    entity, wanted = task.entity, dict(fields)
    if "status" in fields:
        stays_closed = task.is_closed and fields["status"] == task.status
        wanted = {"close_reason": entity.value("close_reason") if stays_closed else "", **fields}
    found = {
        name: value
        for name, value in wanted.items()
        if name in entity.contested or entity.value(name, DEFAULTS.get(name, "")) != value
    }
    return {**found, "close_reason": wanted["close_reason"]} if _closes(found) else found


def _closes(fields: Fields) -> bool:
    return fields.get("status") in CLOSED


def resolved(fleet: Fleet, fields: Fields, task_id: str = "") -> dict[str, str]:
    """The fields with the parent as a whole id and the project, also `.`, checked.

    Raises ClareError.
    """
    found = dict(fields)
    if found.get("parent"):
        parent = fleet.task(found["parent"])
        _check_no_part_of_itself(fleet, task_id, parent)
        found["parent"] = parent.id
    if "," in found.get("assignee", ""):
        raise Usage(
            f"assignee: {shorten(found['assignee'])!r} has a comma",
            hint="name one actor: nat, claude/7f3a",
        )
    if found.get("project"):
        found["project"] = project_here.meant(fleet, found["project"])
        fleet.project(found["project"])
    return found


def move(
    board: Board, tasks: Sequence[str], status: str, *, reason: str = "", say: str | None = None
) -> Outcome:
    """Set the status of tasks; done, review and dropped end the claims that are seen.

    Without tasks that of the one that the actor holds; `say` is a comment in the same commit.
    """
    check_says(say)

    def change(fleet: Fleet, task: Task) -> list[Fact]:
        why = {"close_reason": reason} if reason else {}
        wanted = changed(task, {"status": status, **why})
        if status != "open" and task.entity.claims:
            wanted["status"] = status
        if _closes(wanted):
            wanted.setdefault("close_reason", task.entity.value("close_reason"))
        moved = edited(task, fields=wanted, come={}, gone={})
        return [*with_next(fleet, task, moved), *said(task, say)]

    return change_each(board, tasks, change)


def check_says(text: str | None) -> None:
    """Raise ClareError if a comment is given that says nothing."""
    if text is not None and not text.strip():
        raise ClareError("an empty comment says nothing", hint='say it with -m "…"')


def said(task: Task, text: str | None) -> list[Fact]:
    """The comment, if there is one."""
    return [] if text is None else [make(TASK_COMMENTED, task.key, text=text)]


def comment(board: Board, tasks: Sequence[str], text: str) -> Outcome:
    """Say something about tasks; without any about the one that the actor holds."""
    check_says(text)
    return change_each(board, tasks, lambda _, task: said(task, text))


def need(board: Board, task: str, needs: Sequence[str], *, remove: bool) -> Outcome:
    """Let a task wait for others, or no longer. Raises ClareError if that would be a circle."""

    def change(fleet: Fleet, waiting: Task) -> list[Fact]:
        if remove:
            ids = [own_need(fleet, waiting, name) for name in needs]
            return edited(waiting, fields={}, come={}, gone={"needs": ids})
        ids = [_other(fleet, waiting, name) for name in needs]
        return edited(waiting, fields={}, come={"needs": ids}, gone={})

    return change_each(board, [task], change)


def own_need(fleet: Fleet, task: Task, name: str) -> str:
    """One of the task's needs by prefix, so that one which points nowhere can be removed too."""
    prefix = names.typed_id(name)
    fitting = [need for need in task.needs if need.startswith(prefix)]
    if len(fitting) != 1:
        raise ClareError(
            f"{fleet.short(task.id)} has no need {name}",
            hint=f"`clare show {fleet.short(task.id)}` lists them",
        )
    return fitting[0]


def _check_no_circle(fleet: Fleet, task_id: str, need_id: str) -> None:
    if task_id == need_id:
        raise ClareError(f"{fleet.short(task_id)} cannot wait for itself", hint="name another task")
    path = path_of_needs(fleet, need_id, task_id)
    if path:
        shown = " → ".join(fleet.short(step) for step in (task_id, *path))
        raise ClareError(f"they would wait for each other: {shown}", hint="remove one need first")


def _check_no_part_of_itself(fleet: Fleet, task_id: str, parent: Task) -> None:
    if task_id == parent.id:
        raise ClareError(
            f"{fleet.short(task_id)} cannot be a part of itself", hint="name another task"
        )
    path = [parent.id, *(task.id for task in ancestors(fleet, parent))]
    if task_id in path:
        steps = (task_id, *path[: path.index(task_id) + 1])
        shown = " → ".join(fleet.short(step) for step in steps)
        raise ClareError(
            f"they would be parts of each other: {shown}", hint="change one parent first"
        )


def path_of_needs(fleet: Fleet, start: str, goal: str) -> list[str]:
    """The chain of needs from one task to another, both included; empty if there is none."""
    came: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here == goal:
            return _walked_back(came, goal)
        for step in fleet.tasks[here].needs if here in fleet.tasks else ():
            if step not in came:
                came[step] = here
                waiting.append(step)
    return []


def _walked_back(came: Mapping[str, str], goal: str) -> list[str]:
    path = [goal]
    while came[path[-1]]:
        path.append(came[path[-1]])
    return path[::-1]
