"""Tasks and projects as the flat records of `--json`."""

from clare.clock import Stamp, show_instant
from clare.fleet import Fleet, Task
from clare.state import Claim, Entity

Record = dict[str, object]

FIELDS = {
    "id": ("text", "the whole id"),
    "short": ("text", "the shortest prefix of it that is unique"),
    "project": ("text or null", "the slug of its project"),
    "title": ("text", "what is to be done, in one line"),
    "body": ("text", "what it is about"),
    "type": ("text", "bug, feature, epic … or any other word"),
    "status": ("text", "where it stands: idea, open, review, done or dropped"),
    "active": ("true or false", "whether somebody works on it"),
    "priority": ("text", "P0, the most urgent, to P4"),
    "labels": ("list of text", "words to find it by"),
    "needs": ("list of ids", "the tasks that it needs"),
    "needed_by": ("list of ids", "the tasks that need it"),
    "parent": ("id or null", "the task that it is a part of"),
    "children": ("list of ids", "the tasks that are parts of it"),
    "links": ("list of text", "URLs, or any words"),
    "assignee": ("text or null", "who should do it"),
    "claim": (
        "object or null: `id`, `by`, `clone`, `at`, `until`, `hub`",
        "the live claim: its event, whose, since when, until when, whether the hub decided it",
    ),
    "pinned": ("true or false", "whether it is pinned"),
    "due": ("day or null", "when it is due"),
    "defer_until": ("day or null", "the day before which it is not ready"),
    "repeat": ("text or null", "the rule by which it comes again"),
    "done_when": ("text", "how to see that it is done"),
    "comments": ("list of objects: `id`, `by`, `at`, `text`", "what was said, in order"),
    "created_at": ("time", "when it was added"),
    "created_by": ("text or null", "who added it"),
    "updated_at": ("time", "when anything was last said about it"),
    "updated_by": ("text or null", "who said it"),
    "closed_at": ("time or null", "when it was closed"),
    "close_reason": ("text", "why it was closed"),
    "contested": (
        "object: for each such field a list of `value`, `by`, `event`",
        "the fields with several newest values; the last one shows",
    ),
}
"""Every field of a task's record: what it is in JSON, and what it means."""


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
        "needs": fleet.related.oldest_first(task.needs),
        "needed_by": list(fleet.related.needed_by.get(task.id, ())),
        "parent": task.parent or None,
        "children": list(fleet.related.children.get(task.id, ())),
        "links": list(task.links),
        "assignee": task.assignee or None,
        "claim": claim_record(claim) if claim else None,
        "pinned": task.pinned,
        "due": entity.value("due") or None,
        "defer_until": entity.value("defer_until") or None,
        "repeat": task.repeat or None,
        "done_when": entity.value("done_when"),
        "comments": comments(task),
        "created_at": show_instant(task.created_at),
        "created_by": entity.created.by if entity.created else None,
        "updated_at": show_instant(task.updated_at),
        "updated_by": entity.updated.by if entity.updated else None,
        "closed_at": at(closing.event) if closing else None,
        "close_reason": entity.value("close_reason") if closing else "",
        "contested": contested(entity),
    }


def comments(task: Task) -> list[Record]:
    """What was said about a task, in order."""
    return [{"id": c.event, "by": c.by, "at": at(c.event), "text": c.text} for c in task.comments]


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


def host_record(host: Entity) -> Record:
    """Every field of a host."""
    made, changed = host.created, host.updated
    return {
        "name": host.key.partition("/")[2],
        "about": host.value("about") or None,
        "roles": list(host.elements("roles")),
        "labels": list(host.elements("labels")),
        "created_at": at(made.event) if made else None,
        "created_by": made.by if made else None,
        "updated_at": at(changed.event) if changed else None,
        "updated_by": changed.by if changed else None,
        "contested": contested(host),
    }


def at(event_id: str) -> str:
    """When an event was written."""
    return show_instant(Stamp.of(event_id).ms)
