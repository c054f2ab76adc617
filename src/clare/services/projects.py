"""Projects: what tasks belong to, and which of them is here."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clare import config, names
from clare.errors import ClareError, Usage
from clare.events.fact import Fact
from clare.events.project import ProjectCreated, ProjectEdited
from clare.fleet import Fleet
from clare.repositories import same_as
from clare.services.act import Outcome, act, check_readable, make
from clare.settings import PROJECTS, is_folder_text
from clare.store import remote, remotes
from clare.store.board import Board

HERE = "."
"""How a person names the project whose folder or repository this is."""


def add(board: Board, slug: str, *, fields: Mapping[str, str]) -> Outcome:
    """Add a project. Raises ClareError if the slug is taken or cannot be one."""
    if not names.is_slug(slug):
        raise Usage(
            f"{slug!r} cannot name a project",
            hint="use lower-case letters, digits and dashes, at most 48, as in web-shop",
        )
    _check_repo(fields.get("repo", ""))

    def decide(fleet: Fleet) -> list[Fact]:
        if slug in fleet.projects:
            raise ClareError(
                f"there is a project {slug} already", hint=f"`clare project edit {slug}` changes it"
            )
        return [make(ProjectCreated, names.project_key(slug), set=dict(fields))]

    return act(board, decide)


def edit(board: Board, slug: str, *, fields: Mapping[str, str]) -> Outcome:
    """Write fields of a project; what is so already is not written again."""
    _check_repo(fields.get("repo", ""))

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


def _check_repo(url: str) -> None:
    """A repository's address is for everybody: no password in it, and no folder of one machine."""
    if not url:
        return
    remote.check_url(url)
    if remote.holds_password(url):
        raise Usage(
            "the address holds a password, and would be published",
            hint="give the address without it; git's credential helpers keep passwords",
        )
    if not same_as(url):
        raise Usage(
            f"{url!r} means nothing on another machine",
            hint="give the address of a remote, as in git@host:shop.git; --path names a folder",
        )


def checked_folder(path: str) -> str:
    """The whole path of a folder that is there. Raises ClareError."""
    folder = Path(path).expanduser() if is_folder_text(path) else None
    if folder is None or not folder.is_dir():
        raise ClareError(f"{path!r} is no folder here", hint="name the folder of the project")
    whole = str(folder.resolve())
    if not is_folder_text(whole) or not names.is_unicode(whole):
        raise ClareError(f"{whole!r} cannot be written down", hint="give the folder another name")
    return whole


def set_folder(slug: str, folder: str) -> bool:
    """Remember where a project has its folder on this machine; empty for nowhere.

    Whether that was new. The folder is `checked_folder`'s.
    """
    key = f"{PROJECTS}.{slug}"
    if config.load().get(key, "") == folder:
        return False
    config.save(key, folder or None)
    return True


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
