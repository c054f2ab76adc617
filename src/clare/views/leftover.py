"""What is still open of a task that was closed."""

from clare.fleet import Fleet, Task
from clare.views.ready import unmet


def leftover(fleet: Fleet, task: Task) -> str:
    """`7qk2: 3 parts and 1 need are still open`; nothing if nothing is."""
    parts = {
        each for each in fleet.related.children.get(task.id, ()) if not fleet.tasks[each].is_closed
    }
    needs = {*unmet(fleet, task)} - parts
    told = [
        f"{len(each)} {word}{'s' * (len(each) > 1)}"
        for word, each in (("part", parts), ("need", needs))
        if each
    ]
    if not told:
        return ""
    verb = "is" if len(parts | needs) == 1 else "are"
    return f"{fleet.short(task.id)}: {' and '.join(told)} {verb} still open"
