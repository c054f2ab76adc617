"""Which project is here: by the folder or the repository that we stand in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clare import config
from clare.errors import ClareError
from clare.fleet import Fleet
from clare.repositories import same_as
from clare.settings import PROJECTS

HERE = "."
"""How a person names the project whose folder or repository this is."""


def folder_of(slug: str) -> str:
    """Where a project has its folder on this machine; empty if that is not known."""
    return config.load().get(f"{PROJECTS}.{slug}", "")


def here(fleet: Fleet) -> str:
    """The slug of the project whose folder or repository we stand in; empty if it is none or several.

    The innermost folder counts first. Reading the remotes takes one git process, and only where some
    project names a repository.
    """
    try:
        place = Path.cwd()
    except OSError:  # somebody removed the folder we stand in
        return ""
    return _by_folder(fleet, place) or _by_repository(fleet, place)


def _active(fleet: Fleet) -> list[str]:
    return [s for s, found in fleet.projects.items() if found.value("status") != "archived"]


def _by_folder(fleet: Fleet, place: Path) -> str:
    settings = config.load()
    around = (place, *place.parents)
    named = {slug: settings.get(f"{PROJECTS}.{slug}", "") for slug in _active(fleet)}
    folders = {slug: Path(name).expanduser().resolve() for slug, name in named.items() if name}
    nearest = next((folder for folder in around if folder in folders.values()), None)
    return _only([slug for slug, folder in folders.items() if folder == nearest])


def _by_repository(fleet: Fleet, place: Path) -> str:
    known = {slug: same_as(fleet.projects[slug].value("repo")) for slug in _active(fleet)}
    if not any(known.values()):
        return ""
    from clare.store import remotes  # which starts git

    mine = {same_as(url) for url in remotes.addresses(place)} - {""}
    return _only([slug for slug, repo in known.items() if repo in mine])


def _only(slugs: Sequence[str]) -> str:
    return slugs[0] if len(slugs) == 1 else ""


def meant(fleet: Fleet, slug: str) -> str:
    """The slug that a person means: `.` is the project here. Raises ClareError if it is none."""
    if slug != HERE:
        return slug
    found = here(fleet)
    if not found:
        raise ClareError(
            "this is no project's folder or repository",
            hint="name the PROJECT; `clare project edit PROJECT --path .` makes this its folder",
        )
    return found


def with_project(fleet: Fleet, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a new task, with the project here unless one, or none, is given."""
    found = "" if "project" in fields else here(fleet)
    return {**fields, "project": found} if found else dict(fields)
