"""What can be said about a host."""

from typing import ClassVar

from clare.events.event import Effect
from clare.events.fact import Fact, Model
from clare.events.fields import EventId, Label, OptionalLine
from clare.events.task import elements, fields


class HostFields(Model):
    """The fields of a host. How to reach it is not among them: every machine knows its own way."""

    about: OptionalLine = ""


class HostSets(Model):
    """The sets of a host, changed element by element."""

    roles: tuple[Label, ...] = ()
    labels: tuple[Label, ...] = ()


class HostFact(Fact):
    """Base of the facts about hosts."""

    kinds: ClassVar[tuple[str, ...]] = ("hosts",)


class HostAdded(HostFact):
    """A machine becomes one of the fleet's; a second addition of one name edits it."""

    type: ClassVar[str] = "host.added"
    set: HostFields = HostFields()
    add: HostSets = HostSets()

    def effect(self) -> Effect:
        return Effect(creates=True, set=fields(self.set), add=elements(self.add))


class HostEdited(HostFact):
    """Fields of a host are written, elements of its sets added or removed."""

    type: ClassVar[str] = "host.edited"
    set: HostFields = HostFields()
    add: HostSets = HostSets()
    remove: HostSets = HostSets()

    def effect(self) -> Effect:
        return Effect(set=fields(self.set), add=elements(self.add), remove=elements(self.remove))


class UnknownHost(HostFact):
    """An event of a newer Clare about a host: what of it is understood acts."""

    set: HostFields = HostFields()
    add: HostSets = HostSets()
    remove: HostSets = HostSets()
    retracts: tuple[EventId, ...] = ()

    def effect(self) -> Effect:
        return Effect(
            set=fields(self.set),
            add=elements(self.add),
            remove=elements(self.remove),
            retracts=self.retracts,
        )
