"""What can be said about a task."""

from typing import ClassVar

from clare.events.event import Effect
from clare.events.fact import Fact, Model
from clare.events.fields import (
    Duration,
    EventId,
    EventIds,
    Flag,
    Label,
    Line,
    OptionalActor,
    OptionalDay,
    OptionalRepeat,
    OptionalSlug,
    OptionalTaskId,
    Priority,
    Status,
    Switch,
    TaskId,
    Text,
)


class TaskFields(Model):
    """The fields of a task; empty text clears an optional one. Only what is given is written."""

    title: Line = ""
    project: OptionalSlug = ""
    body: Text = ""
    type: Label = "task"
    status: Status = "open"
    priority: Priority = "P2"
    pinned: Switch = "false"
    parent: OptionalTaskId = ""
    assignee: OptionalActor = ""
    due: OptionalDay = ""
    defer_until: OptionalDay = ""
    repeat: OptionalRepeat = ""
    done_when: Text = ""
    close_reason: Text = ""


class TaskSets(Model):
    """The sets of a task, changed element by element."""

    labels: tuple[Label, ...] = ()
    needs: tuple[TaskId, ...] = ()
    links: tuple[Line, ...] = ()


class TaskFact(Fact):
    """Base of the facts about tasks."""

    kinds: ClassVar[tuple[str, ...]] = ("tasks",)


class TaskCreated(TaskFact):
    """A task comes into being."""

    type: ClassVar[str] = "task.created"
    set: TaskFields = TaskFields()
    add: TaskSets = TaskSets()

    def effect(self) -> Effect:
        return Effect(creates=True, set=fields(self.set), add=elements(self.add))


class TaskEdited(TaskFact):
    """Fields are written, elements of sets added or removed; a change of status is one too."""

    type: ClassVar[str] = "task.edited"
    set: TaskFields = TaskFields()
    add: TaskSets = TaskSets()
    remove: TaskSets = TaskSets()

    def effect(self) -> Effect:
        return Effect(set=fields(self.set), add=elements(self.add), remove=elements(self.remove))


class TaskCommented(TaskFact):
    """Somebody says something about a task."""

    type: ClassVar[str] = "task.commented"
    text: Text

    def effect(self) -> Effect:
        return Effect(comment=self.text)


class TaskClaimed(TaskFact):
    """An actor takes a task for itself until the lease ends; `hub` when the hub accepted it."""

    type: ClassVar[str] = "task.claimed"
    lease: Duration
    hub: Flag = False

    def effect(self) -> Effect:
        return Effect(lease=self.lease, hub=self.hub)


class TaskReleased(TaskFact):
    """Claims end before their lease does: given back by the holder, or ended with force."""

    type: ClassVar[str] = "task.released"
    ends: EventIds

    def effect(self) -> Effect:
        return Effect(ends=self.ends)


class UnknownTask(TaskFact):
    """An event of a newer Clare about a task: what of it is understood acts."""

    set: TaskFields = TaskFields()
    add: TaskSets = TaskSets()
    remove: TaskSets = TaskSets()
    retracts: tuple[EventId, ...] = ()
    ends: tuple[EventId, ...] = ()

    def effect(self) -> Effect:
        return Effect(
            set=fields(self.set),
            add=elements(self.add),
            remove=elements(self.remove),
            retracts=self.retracts,
            ends=self.ends,
        )


def fields(values: Model) -> dict[str, str]:
    """The fields that are written, by name."""
    return values.model_dump(exclude_unset=True)


def elements(values: Model) -> dict[str, tuple[str, ...]]:
    """The elements that are named, by set."""
    return values.model_dump(exclude_unset=True)
