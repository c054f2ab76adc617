"""What can be said about a saved view."""

from typing import ClassVar

from clare.events.event import Effect
from clare.events.fact import Fact, Model
from clare.events.fields import EventId, OptionalLine, Text
from clare.events.task import fields


class ViewFields(Model):
    """The fields of a view: its query, and the names of its columns with commas between them.

    They are text here, since a newer Clare may know more terms and columns; whoever writes checks.
    """

    query: Text = ""
    columns: OptionalLine = ""


class ViewFact(Fact):
    """Base of the facts about views."""

    kinds: ClassVar[tuple[str, ...]] = ("views",)
    set: ViewFields = ViewFields()


class ViewSaved(ViewFact):
    """A query gets a name for lists to use; saving a view again replaces it."""

    type: ClassVar[str] = "view.saved"

    def effect(self) -> Effect:
        return Effect(creates=True, set=fields(self.set))


class UnknownView(ViewFact):
    """An event of a newer Clare about a view: what of it is understood acts."""

    retracts: tuple[EventId, ...] = ()

    def effect(self) -> Effect:
        return Effect(set=fields(self.set), retracts=self.retracts)
