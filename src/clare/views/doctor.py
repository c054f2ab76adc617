"""What is wrong with a board, and what is merely worth knowing."""

from collections.abc import Iterator

from clare import names
from clare.clock import DAY, DRIFT, Stamp, show_age
from clare.fleet import Fleet, Task
from clare.views import troubles
from clare.views.ready import ancestors, outside, unmet
from clare.views.troubles import BROKEN, Diagnosis

_OF_FILES = {"newer": troubles.NEWER, "unfit": troubles.UNFIT}


def examine(fleet: Fleet, *, now: int) -> list[Diagnosis]:
    """Everything found, what is broken first."""
    found = [
        *_files(fleet),
        *_stamps(fleet, now),
        *_strangers(fleet),
        *_hosts(fleet),
        *_tasks(fleet),
    ]
    return sorted(found, key=lambda one: (one.level != BROKEN, one.where, one.problem))


def _files(fleet: Fleet) -> Iterator[Diagnosis]:
    for finding in fleet.open_findings:
        trouble = _OF_FILES.get(finding.level, troubles.UNREADABLE)
        yield Diagnosis(trouble, finding.path, finding.problem)
    if fleet.manifest.read_only:
        problem = f"format {fleet.manifest.format} is newer than this Clare: read-only"
        yield Diagnosis(troubles.FORMAT_NEWER, "fleet/fleet.yaml", problem)


def _stamps(fleet: Fleet, now: int) -> Iterator[Diagnosis]:
    for key, events in fleet.events.items():
        for event in events:
            ahead = Stamp.of(event.id).ms - now
            if ahead > DRIFT:
                path = names.event_path(key, event.id)
                problem = f"stamped {show_age(ahead)} ahead of this clock; clocks do not follow it"
                yield Diagnosis(troubles.STAMPED_AHEAD, path, problem)


def _strangers(fleet: Fleet) -> Iterator[Diagnosis]:
    """Events that name events which their entity does not have: these count as absent."""
    for key, events in fleet.events.items():
        known = {event.id for event in events}
        for event in events:
            missing = sorted(set(event.names()) - known)
            if missing:
                path = names.event_path(key, event.id)
                problem = f"names {', '.join(missing)}, which {key} does not have"
                yield Diagnosis(troubles.NAMES_MISSING, path, problem)


def _hosts(fleet: Fleet) -> Iterator[Diagnosis]:
    """Several clones under one host's name: two folders of one machine, or two machines."""
    clones: dict[str, set[str]] = {}
    for events in fleet.events.values():
        for event in events:
            clones.setdefault(names.host_of(event.id), set()).add(event.clone)
    for host, found in clones.items():
        if len(found) > 1:
            listed = ", ".join(sorted(found))
            problem = f"{len(found)} clones write under this name: {listed}"
            yield Diagnosis(troubles.HOST_SHARED, f"host {host}", problem)


def _tasks(fleet: Fleet) -> Iterator[Diagnosis]:
    for key, entity in fleet.entities.items():
        if not entity.exists and entity.fields:
            problem = "has events, but no creation: undone, or not arrived yet"
            yield Diagnosis(troubles.NO_CREATION, key, problem)
        for name in entity.contested:
            values = ", ".join(repr(head.value) for head in entity.fields[name])
            yield Diagnosis(troubles.CONTESTED, key, f"{name} is contested: {values}")
    for task in fleet.tasks.values():
        yield from _relations(fleet, task)
    for circle in circles(fleet):
        shown = ", ".join(fleet.short(step) for step in circle)
        problem = f"waits for itself, in a circle of needs: {shown}"
        yield Diagnosis(troubles.CIRCLE_OF_NEEDS, f"tasks/{circle[0]}", problem)


def _relations(fleet: Fleet, task: Task) -> Iterator[Diagnosis]:
    for need in task.needs:
        if need not in fleet.tasks:
            problem = f"needs {need}, which does not exist; it does not block"
            yield Diagnosis(troubles.NEED_MISSING, task.key, problem)
    if task.parent and task.parent not in fleet.tasks:
        problem = f"its parent {task.parent} does not exist"
        yield Diagnosis(troubles.PARENT_MISSING, task.key, problem)
    if task.project and task.project not in fleet.projects:
        problem = f"its project {task.project} does not exist"
        yield Diagnosis(troubles.PROJECT_MISSING, task.key, problem)
    top = next(reversed([task, *ancestors(fleet, task)]))
    if top.parent in fleet.tasks:
        yield Diagnosis(troubles.CIRCLE_OF_PARENTS, task.key, "its parents form a circle")


def clocks(fleet: Fleet, *, clone: str, now: int) -> list[Diagnosis]:
    """What the stamps of the others say about this machine's clock."""
    events = [event for found in fleet.events.values() for event in found]
    stamps = {event.id: Stamp.of(event.id).ms for event in events}
    ahead = {e.clone for e in events if e.clone != clone and stamps[e.id] - now > DRIFT}
    found = []
    if len(ahead) > 1:
        least = min(max(stamps[e.id] for e in events if e.clone == each) - now for each in ahead)
        problem = f"{len(ahead)} other clones write stamps {show_age(least)} ahead of it and more"
        found.append(Diagnosis(troubles.CLOCK_BEHIND, "this clock", problem))
    own = {e.id for e in events if e.clone == clone and stamps[e.id] > now - DAY}
    early = [
        stamps[seen] - stamps[event.id]
        for event in events
        if event.clone != clone
        for seen in own.intersection(event.after)
    ]
    if early and max(early) > DRIFT:
        problem = f"it was {show_age(max(early))} ahead of another clone's within the last day"
        found.append(Diagnosis(troubles.CLOCK_AHEAD, "this clock", problem))
    return found


def circles(fleet: Fleet) -> list[tuple[str, ...]]:
    """The circles of unfinished tasks that wait for each other, each from its lowest id.

    In them is also a parent whose needs keep its parts waiting.
    """
    graph = _waiting(fleet)
    found = [c for c in components(graph) if len(c) > 1 or c[0] in graph[c[0]]]
    return sorted({tuple(sorted({step.removeprefix(_FOR_PARTS) for step in c})) for c in found})


_FOR_PARTS = "parts of "
"""Marks the step by which a task hands what it waits for outside itself down to its parts."""


def _waiting(fleet: Fleet) -> dict[str, list[str]]:
    """For each unfinished task what it waits for, itself and through its parents."""
    graph: dict[str, list[str]] = {}
    for task in fleet.tasks.values():
        if not task.is_closed:
            above = [each.id for each in ancestors(fleet, task) if each.id in fleet.related.held_up]
            graph[task.id] = [*unmet(fleet, task), *(_FOR_PARTS + each for each in above)]
    for held in fleet.related.held_up:
        graph[_FOR_PARTS + held] = outside(fleet, fleet.tasks[held])
    return graph


def components(graph: dict[str, list[str]]) -> Iterator[list[str]]:
    """The strongly connected components of a graph whose steps all lead to nodes of its own.

    Tarjan's algorithm (1972), without recursion.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in graph:
        if root in index:
            continue
        walk = [(root, iter(graph[root]))]
        while walk:
            here, steps = walk[-1]
            if here not in index:
                index[here] = low[here] = len(index)
                stack.append(here)
                on_stack.add(here)
            step = next((s for s in steps if s not in index or s in on_stack), None)
            if step is None:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    low[above] = min(low[above], low[here])
                if low[here] == index[here]:
                    yield _popped(stack, on_stack, here)
            elif step in index:
                low[here] = min(low[here], index[step])
            else:
                walk.append((step, iter(graph[step])))


def _popped(stack: list[str], on_stack: set[str], root: str) -> list[str]:
    component: list[str] = []
    while not component or component[-1] != root:
        component.append(stack.pop())
    on_stack.difference_update(component)
    return component
