"""Where what is imported goes: a project for tasks without one of their own, labels for all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clare import names
from clare.events.said import TASK_CREATED
from clare.fleet import Fleet
from clare.services import project_here
from clare.services.act import make
from clare.services.origin import Source, Wanted


@dataclass(frozen=True, slots=True)
class Into:
    """What an import says of every task besides what its row says; the same on every host."""

    project: str = ""
    labels: Sequence[str] = ()

    def check(self) -> None:
        """Raise Usage for a project or a label that cannot be one."""
        fields = {"project": self.project} if self.project not in ("", project_here.HERE) else {}
        add = {"labels": list(self.labels)} if self.labels else {}
        make(TASK_CREATED, names.task_key("0" * names.TASK_ID_LENGTH), set=fields, add=add)

    def rows(self, fleet: Fleet, source: Source) -> Source:
        """The source with its tasks in the project, which must be there, and labelled."""
        if not (self.project or self.labels):
            return source
        slug = project_here.meant(fleet, self.project) if self.project else ""
        if slug:
            fleet.project(slug)
        rows = tuple(
            self._task(row, slug) if row.key.startswith("tasks/") else row for row in source.rows
        )
        return replace(source, rows=rows)

    def _task(self, row: Wanted, slug: str) -> Wanted:
        fields, sets = dict(row.fields), dict(row.sets)
        if slug and not fields.get("project"):
            fields["project"] = slug
        if self.labels:
            sets["labels"] = tuple(sorted({*sets.get("labels", ()), *self.labels}))
        return replace(row, fields=fields, sets=sets)
