"""What an agent needs to begin a task, in one object: the task, and what its neighbours say."""

from clare.fleet import Fleet, Task
from clare.views.ready import ancestors
from clare.views.record import Record, comments, project_record, task_record


def briefing(fleet: Fleet, task: Task, *, now: int) -> Record:
    """The record of a task, with a `context`: its project, what it is a part of, what it needed.

    `parents` begin with the next one above; `needs` say what came of them.
    """
    project = fleet.projects.get(task.project)
    needs = [fleet.tasks[need] for need in task.needs if need in fleet.tasks]
    context: Record = {
        "project": project_record(fleet, project) if project else None,
        "parents": [_told(fleet, each) for each in ancestors(fleet, task)],
        "needs": [_told(fleet, each) for each in needs],
    }
    return {**task_record(fleet, task, now=now), "context": context}


def _told(fleet: Fleet, task: Task) -> Record:
    entity = task.entity
    return {
        "id": task.id,
        "short": fleet.short(task.id),
        "title": task.title,
        "status": task.status,
        "body": entity.value("body"),
        "done_when": entity.value("done_when"),
        "close_reason": entity.value("close_reason") if task.closing else "",
        "comments": comments(task),
    }
