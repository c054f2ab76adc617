"""Projects: what tasks belong to."""

from collections.abc import Mapping

from clare import names
from clare.errors import ClareError, Usage
from clare.events.fact import Fact
from clare.events.project import ProjectCreated, ProjectEdited
from clare.fleet import Fleet
from clare.services.act import Outcome, act, check_readable, make
from clare.store.board import Board


def add(board: Board, slug: str, *, fields: Mapping[str, str]) -> Outcome:
    """Add a project. Raises ClareError if the slug is taken or cannot be one."""
    if not names.is_slug(slug):
        raise Usage(
            f"{slug!r} cannot name a project",
            hint="use lower-case letters, digits and dashes, at most 48, as in web-shop",
        )

    def decide(fleet: Fleet) -> list[Fact]:
        if slug in fleet.projects:
            raise ClareError(
                f"there is a project {slug} already", hint=f"`clare project edit {slug}` changes it"
            )
        return [make(ProjectCreated, names.project_key(slug), set=dict(fields))]

    return act(board, decide)


def edit(board: Board, slug: str, *, fields: Mapping[str, str]) -> Outcome:
    """Write fields of a project; what is so already is not written again."""

    def decide(fleet: Fleet) -> list[Fact]:
        project = fleet.project(slug)
        check_readable(fleet, project.key)
        wanted = {
            name: value
            for name, value in fields.items()
            if name in project.contested or project.value(name) != value
        }
        return [make(ProjectEdited, project.key, set=wanted)] if wanted else []

    return act(board, decide)
