"""What an event says, apart from who said it and when: one class per type.

A new event type is one subclass of `Fact` with its fields, its docstring and, where the fields do not
say it already, its effect. Reading, writing, documentation and round-trip tests follow from it.
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from clare.events.event import Effect
from clare.events.fields import EntityKey, EventId, EventIds, Text

type_registry: dict[str, "type[Fact]"] = {}
"""Every known type by its name, in the order of definition."""


class Model(BaseModel):
    """Strict and immutable: writing refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Fact(Model):
    """Base of all facts. `kinds` are the kinds of entity that the type fits; none means all."""

    type: ClassVar[str] = ""
    kinds: ClassVar[tuple[str, ...]] = ()
    entity: EntityKey

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        if "type" in cls.__dict__:
            type_registry[cls.type] = cls

    def effect(self) -> Effect:
        """What the fold does with it."""
        raise NotImplementedError

    def body(self) -> dict[str, object]:
        """The fact's own part of the event file: plain text, lists and maps, nothing empty."""
        return self.model_dump(mode="json", exclude={"entity"}, exclude_unset=True)


class Retracted(Fact):
    """Takes away the effect of earlier events of the same entity; their place in history stays."""

    type: ClassVar[str] = "event.retracted"
    retracts: EventIds

    def effect(self) -> Effect:
        return Effect(retracts=self.retracts)


class Acknowledged(Fact):
    """Says that somebody has seen these unreadable files: `<file name>@<blob>` each."""

    type: ClassVar[str] = "file.acknowledged"
    files: Annotated[tuple[Text, ...], Field(min_length=1)]

    def effect(self) -> Effect:
        return Effect(acknowledges=self.files)


class Unknown(Fact):
    """An event of a newer Clare about a kind of entity that this one does not know."""

    set: dict[str, str] = {}
    add: dict[str, tuple[str, ...]] = {}
    remove: dict[str, tuple[str, ...]] = {}
    retracts: tuple[EventId, ...] = ()
    ends: tuple[EventId, ...] = ()

    def effect(self) -> Effect:
        return Effect(
            set=self.set, add=self.add, remove=self.remove, retracts=self.retracts, ends=self.ends
        )
