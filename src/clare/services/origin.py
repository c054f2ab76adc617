"""What an import reads: the rows of a source, and under which names they are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clare import names
from clare.clock import Stamp
from clare.events.said import Fact
from clare.store.writing import Given


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an import comes from: the name under which its events are written, on every host alike.

    `adopts` says that its tasks have ids of Clare's own: one that is on the board already, by other
    means than this import, is left as it is.
    """

    name: str
    adopts: bool = False

    @property
    def clone(self) -> str:
        """The identity under which the source writes, the same on every host."""
        return names.derived(self.name, length=8)

    def task_id(self, row_id: str) -> str:
        """The id of the task that a row becomes."""
        return names.derived(self.name, row_id, length=names.TASK_ID_LENGTH)

    def given(
        self,
        fact: Fact,
        row_id: str,
        *what: str,
        at: Stamp,
        by: str,
        after: Sequence[str] = (),
    ) -> Given:
        """An event whose id follows from its date, its row, who, and what it is and says."""
        part = names.derived(self.name, row_id, by, *what, length=8)
        return Given(fact, f"{at}-{self.name}-{part}", by, self.clone, tuple(after))


@dataclass(frozen=True)
class Wanted:
    """What a row says of one task or project, in Clare's words.

    `where` names the row in notes. `by` created it, `editor` (else the source) changed it later.
    `newest` is its latest date; a source without dates has none, and its rows are never old.
    """

    key: str
    row_id: str
    where: str
    created_at: int
    updated: int
    closed: int
    newest: int | None
    by: str
    fields: Mapping[str, str]
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    comments: tuple[Given, ...] = ()
    editor: str = ""


@dataclass(frozen=True)
class Source:
    """What was read: the rows, how many were left out on purpose, and what did not fit."""

    origin: Origin
    rows: tuple[Wanted, ...]
    skipped: int = 0
    notes: tuple[str, ...] = ()
