"""Tasks and projects as the flat records of `--json`."""

from clare.clock import Stamp, show_instant
from clare.fleet import Fleet, Task
from clare.state import Claim, Entity

Record = dict[str, object]


def task_record(fleet: Fleet, task: Task, *, now: int) -> Record:
    """Every field of a task under the names of the command line's contract."""
    entity, claim, closing = task.entity, task.holder(now=now), task.closing
    return {
        "id": task.id,
        "short": fleet.short(task.id),
        "project": task.project or None,
        "title": task.title,
        "body": entity.value("body"),
        "type": task.type,
        "status": task.status,
        "active": task.status == "open" and claim is not None,
        "priority": task.priority,
        "labels": list(task.labels),
        "needs": list(task.needs),
        "needed_by": list(fleet.needed_by.get(task.id, ())),
        "parent": task.parent or None,
        "children": list(fleet.children.get(task.id, ())),
        "links": list(task.links),
        "assignee": task.assignee or None,
        "claim": claim_record(claim) if claim else None,
        "pinned": task.pinned,
        "due": entity.value("due") or None,
        "defer_until": entity.value("defer_until") or None,
        "repeat": task.repeat or None,
        "done_when": entity.value("done_when"),
        "comments": [
            {"id": c.event, "by": c.by, "at": at(c.event), "text": c.text} for c in task.comments
        ],
        "created_at": show_instant(task.created_at),
        "created_by": entity.created.by if entity.created else None,
        "updated_at": show_instant(task.updated_at),
        "updated_by": entity.updated.by if entity.updated else None,
        "closed_at": at(closing.event) if closing else None,
        "close_reason": entity.value("close_reason") if closing else "",
        "contested": contested(entity),
    }


def claim_record(claim: Claim) -> Record:
    """A live claim: who, since when, until when."""
    return {
        "id": claim.event,
        "by": claim.by,
        "clone": claim.clone,
        "at": at(claim.event),
        "until": show_instant(claim.end),
        "hub": claim.hub,
    }


def contested(entity: Entity) -> Record:
    """For each contested field its values, the one that shows last."""
    return {
        name: [
            {"value": head.value, "by": head.by, "event": head.event}
            for head in entity.fields[name]
        ]
        for name in entity.contested
    }


def project_record(fleet: Fleet, entity: Entity) -> Record:
    """Every field of a project, with the number of its unfinished tasks."""
    slug = entity.key.partition("/")[2]
    mine = [task for task in fleet.tasks.values() if task.project == slug]
    return {
        "slug": slug,
        "title": entity.value("title", slug),
        "body": entity.value("body"),
        "status": entity.value("status", "active"),
        "repo": entity.value("repo") or None,
        "tasks": len(mine),
        "unfinished": sum(not task.is_closed for task in mine),
        "created_at": at(entity.created.event) if entity.created else None,
        "created_by": entity.created.by if entity.created else None,
        "contested": contested(entity),
    }


def at(event_id: str) -> str:
    """When an event was written."""
    return show_instant(Stamp.of(event_id).ms)
