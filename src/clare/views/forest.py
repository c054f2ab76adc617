"""Tasks below their parents, and what each waits for."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from clare.fleet import Fleet, Task
from clare.views.compare import Asked
from clare.views.ready import ancestors, unmet
from clare.views.record import Record
from clare.views.tasks import doing

DEEPEST = 40
"""Levels that are told apart; what lies deeper stands on the last one, be the chain ever so long."""


@dataclass(frozen=True, slots=True)
class Node:
    """A task in a tree: how deep, and which tasks it waits for.

    One that does not fit itself is there because a task below it does.
    """

    task: Task
    depth: int
    fits: bool
    waits_for: tuple[str, ...]


def forest(fleet: Fleet, chosen: Iterable[Task]) -> list[Node]:
    """The chosen tasks below all their parents, each parent before its children."""
    fitting = {task.id: task for task in chosen}
    return _walked(fleet, _with_parents(fleet, fitting.values(), within=fleet.tasks), fitting)


def around(fleet: Fleet, roots: Iterable[Task], chosen: Iterable[Task]) -> list[Node]:
    """Tasks with the chosen ones below them, then all that these wait for, directly or not."""
    named = {task.id: task for task in roots}
    inside = _subtree(fleet, named)
    fitting = {**named, **{task.id: task for task in chosen if task.id in inside}}
    shown = {**named, **_with_parents(fleet, fitting.values(), within=inside)}
    return _walked(fleet, _with_needs(fleet, shown), fitting)


def _subtree(fleet: Fleet, roots: Iterable[str]) -> set[str]:
    """The ids of tasks and of all below them."""
    waiting, found = list(roots), set[str]()
    while waiting:
        task_id = waiting.pop()
        if task_id not in found:
            found.add(task_id)
            waiting.extend(fleet.related.children.get(task_id, ()))
    return found


def _with_parents(
    fleet: Fleet, tasks: Iterable[Task], *, within: Container[str]
) -> dict[str, Task]:
    """The tasks, in front of each its parents that are not there yet."""
    found: dict[str, Task] = {}
    for task in tasks:
        above = takewhile(lambda each: each.id in within, ancestors(fleet, task))
        missing = takewhile(lambda each: each.id not in found, above)
        for each in (*reversed([*missing]), task):
            found.setdefault(each.id, each)
    return found


def _with_needs(fleet: Fleet, tasks: dict[str, Task]) -> dict[str, Task]:
    found = dict(tasks)
    waiting = list(tasks.values())
    for task in waiting:
        for need in unmet(fleet, task):
            if need not in found:
                found[need] = fleet.tasks[need]
                waiting.append(fleet.tasks[need])
    return found


def _walked(fleet: Fleet, shown: dict[str, Task], fitting: dict[str, Task]) -> list[Node]:
    """Depth first; a circle of parents begins at the first of them that is shown."""
    children: dict[str, list[Task]] = {}
    for task in shown.values():
        if task.parent in shown and task.parent != task.id:
            children.setdefault(task.parent, []).append(task)
    below = {child.id for found in children.values() for child in found}
    nodes: dict[str, Node] = {}
    for root in (*(t for t in shown.values() if t.id not in below), *shown.values()):
        stack = [(root, 0)]
        while stack:
            task, depth = stack.pop()
            if task.id in nodes:
                continue
            nodes[task.id] = Node(task, depth, task.id in fitting, unmet(fleet, task))
            deeper = min(depth + 1, DEEPEST)
            stack.extend((child, deeper) for child in reversed(children.get(task.id, ())))
    return list(nodes.values())


def branches(nodes: Sequence[Node]) -> list[str]:
    """What to draw in front of each node: `│  ├─ `."""
    drawn = []
    more: set[int] = set()
    for node in reversed(nodes):
        before = "".join("│  " if level in more else "   " for level in range(1, node.depth))
        own = ("├─ " if node.depth in more else "└─ ") if node.depth else ""
        drawn.append(before + own)
        more = {level for level in more if level < node.depth} | {node.depth}
    return drawn[::-1]


def nested(asked: Asked, nodes: Sequence[Node]) -> list[Record]:
    """Records of the roots, each with those of its children inside."""
    below: dict[int, list[Record]] = {}
    for node in reversed(nodes):
        children = below.pop(node.depth + 1, [])[::-1]
        below.setdefault(node.depth, []).append(_record(asked, node, children))
    return below.get(0, [])[::-1]


def _record(asked: Asked, node: Node, children: list[Record]) -> Record:
    task = node.task
    return {
        "id": task.id,
        "short": asked.fleet.short(task.id),
        "title": task.title,
        "project": task.project or None,
        "priority": task.priority,
        "status": task.status,
        "state": doing(asked.fleet, task, asked.now),
        "fits": node.fits,
        "waits_for": list(node.waits_for),
        "children": children,
    }
