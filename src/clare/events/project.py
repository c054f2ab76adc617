"""What can be said about a project."""

from typing import ClassVar, Literal

from clare.events.event import Effect
from clare.events.fact import Fact, Model
from clare.events.fields import EventId, Line, OptionalLine, Text
from clare.events.task import fields


class ProjectFields(Model):
    """The fields of a project. Only what is given is written."""

    title: Line = ""
    body: Text = ""
    status: Literal["active", "archived"] = "active"
    repo: OptionalLine = ""


class ProjectFact(Fact):
    """Base of the facts about projects."""

    kinds: ClassVar[tuple[str, ...]] = ("projects",)
    set: ProjectFields = ProjectFields()

    def effect(self) -> Effect:
        return Effect(set=fields(self.set))


class ProjectCreated(ProjectFact):
    """A project comes into being; a second creation of one slug edits it."""

    type: ClassVar[str] = "project.created"

    def effect(self) -> Effect:
        return Effect(creates=True, set=fields(self.set))


class ProjectEdited(ProjectFact):
    """Fields of a project are written; archiving is one of them."""

    type: ClassVar[str] = "project.edited"


class UnknownProject(ProjectFact):
    """An event of a newer Clare about a project: what of it is understood acts."""

    retracts: tuple[EventId, ...] = ()

    def effect(self) -> Effect:
        return Effect(set=fields(self.set), retracts=self.retracts)
