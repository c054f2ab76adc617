"""Projects: what tasks belong to, and which of them is here."""

from collections.abc import Mapping
from pathlib import Path

from clare import config, names
from clare.errors import ClareError, Usage
from clare.events.said import PROJECT_CREATED, PROJECT_EDITED, Fact
from clare.fleet import Fleet
from clare.repositories import same_as
from clare.services.act import Outcome, act, changed, make
from clare.services.finding import check_readable
from clare.settings import PROJECTS, is_folder_text
from clare.store import remote
from clare.store.board import Board


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
        return [make(PROJECT_CREATED, names.project_key(slug), set=dict(fields))]

    return act(board, decide)


def edit(board: Board, slug: str, *, fields: Mapping[str, str]) -> Outcome:
    """Write fields of a project; what is so already is not written again."""
    _check_repo(fields.get("repo", ""))

    def decide(fleet: Fleet) -> list[Fact]:
        project = fleet.project(slug)
        check_readable(fleet, project.key)
        wanted = changed(project, fields)
        return [make(PROJECT_EDITED, project.key, set=wanted)] if wanted else []

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
