"""Opening, founding and joining boards."""

import re
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from clare import config
from clare.errors import ClareError, Unpublished, Usage
from clare.fleet import Fleet, Manifest
from clare.services.opening import opened
from clare.services.way import check_way
from clare.store import clone, place, remote, setup
from clare.store.board import Board
from clare.store.commit import check_identity
from clare.store.git import Git, GitFailed, around
from clare.store.place import DEFAULT_BRANCH, Place
from clare.store.sync import Hub, sync
from clare.store.tree import holds_board, hosts


@dataclass(frozen=True, slots=True)
class Founded:
    """A board that can be used now, and what its user should know."""

    path: str
    branch: str
    manifest: Manifest
    host: str
    notes: tuple[str, ...] = ()
    unpublished: Unpublished | None = None


def init(path: str, *, host: str = "", hub: str = "", branch: str = "") -> Founded:
    """Found a fleet in a folder, or in the repository around it; or set up the one that is there.

    With a hub, publish it; if only that fails, the result says so. Raises ClareError.
    """
    if host:
        config.check_host(host)
    address = _hub_address(hub)
    folder = Path(path)
    _check_branch_name(branch or DEFAULT_BRANCH)
    check_identity(folder)
    git, chosen = _repository(folder, branch)
    place.adopt(git, chosen)
    old = _manifest_at(git, chosen)
    if old is None:
        _check_no_other_board(git, chosen)
    _check_hub_is_free(git, chosen, address, known=old is not None)
    clone.save(git, clone.load(git)._replace(branch=chosen, host=host or clone.load(git).host))
    local = clone.identified(git)
    before = old or Manifest(name=_fleet_name(folder))
    wanted = before._replace(hub=address or before.hub)
    if wanted != old:
        setup.found_board(git, chosen, wanted, clone=local.id)
    found = Place(
        git, chosen, f"refs/heads/{chosen}", str(folder.resolve()), "PATH", "given to init"
    )
    here = opened(found, config.load())
    founded = Founded(found.repository, chosen, wanted, here.host.value)
    if old and old.hub and old.hub != wanted.hub:
        founded = replace(founded, notes=_told_old_hub(here.board, old.hub))
    if address:
        try:
            sync(here.board, wanted.hub)
        except Unpublished as problem:
            return replace(founded, unpublished=problem)
    return founded


def _told_old_hub(board: Board, url: str) -> tuple[str, ...]:
    """Publish at the old hub which one is the new: there the other clones look for it."""
    try:
        sync(board, url, leaving=True)
    except Unpublished as problem:
        return (f"the other clones do not learn of the new hub: {problem.message}",)
    return ()


def _hub_address(hub: str) -> str:
    if not hub:
        return ""
    if remote.holds_password(hub):
        raise Usage(
            "the hub's address holds a password, and would be published in fleet.yaml",
            hint="give the address without it; git's credential helpers keep passwords",
        )
    return _address(hub)


def _address(url: str) -> str:
    """The address; a path of this machine made absolute, so that it means the same everywhere."""
    remote.check_url(url)
    check_way(url)
    is_path = "://" not in url and not re.match(r"[^/]+:", url)
    return str(Path(url).expanduser().resolve()) if is_path else url


def _repository(folder: Path, branch: str) -> tuple[Git, str]:
    git = place.git_of(str(folder))
    if git:
        return git, branch or clone.load(git).branch or DEFAULT_BRANCH
    _check_no_file(folder)
    chosen = branch or DEFAULT_BRANCH
    folder.mkdir(parents=True, exist_ok=True)
    return setup.make_repository(folder, chosen), chosen


def _check_no_file(folder: Path) -> None:
    for path in (folder, *folder.parents):
        if path.exists() and not path.is_dir():
            raise ClareError(f"{path} is a file", hint="name a folder")


def _check_branch_name(branch: str) -> None:
    try:
        around(Path.cwd(), "check-ref-format", "--branch", branch)
    except GitFailed:
        raise Usage(f"{branch!r} cannot name a branch", hint="--branch fleet") from None


def _check_no_other_board(git: Git, branch: str) -> None:
    """A second board in one repository would look as if the first were lost."""
    for other in (clone.load(git).branch, DEFAULT_BRANCH):
        if other and other != branch and holds_board(git, f"refs/heads/{other}"):
            raise ClareError(
                f"the fleet of this repository is on the branch {other}",
                hint=f"`clare init --branch {other}` uses it",
            )


def _manifest_at(git: Git, branch: str) -> Manifest | None:
    ref = git.resolve(f"refs/heads/{branch}")
    if not ref or not holds_board(git, ref):
        return None
    found = place.manifest_of(git, ref)
    if found.read_only:
        raise ClareError(
            f"this fleet has format {found.format}: read-only", hint="install a newer Clare"
        )
    return found


def _check_hub_is_free(git: Git, branch: str, hub: str, *, known: bool) -> None:
    """A new fleet must not meet one that is there already. An unreachable hub is told later."""
    if not hub or known:
        return
    try:
        taken = remote.fetch(git, hub, branch, f"refs/clare/arriving/{branch}")
    except remote.Unreachable:
        return
    if taken:
        raise ClareError(
            f"{hub} holds a fleet already", hint=f"`clare join {hub}` takes part in it"
        )


def _fleet_name(folder: Path) -> str:
    name = re.sub(r"[^a-z0-9-]+", "-", folder.resolve().name.lower()).strip("-")
    return name[:48] or "fleet"


def join(
    url: str, path: str = "", *, host: str = "", progress: Callable[[str], None] | None = None
) -> Founded:
    """Take part in the fleet that a remote holds; never founds one.

    Raises Unreachable, or ClareError if there is no fleet at that address.
    """
    if host:
        config.check_host(host)
    address = _address(url)
    folder = Path(path or re.sub(r"(\.git)?/*$", "", address).rpartition("/")[2].rpartition(":")[2])
    _check_no_file(folder)
    if folder.exists() and any(folder.iterdir()):
        raise ClareError(f"{folder} exists and is not empty", hint="name another PATH to join into")
    branch = setup.board_branch(address)
    if not branch:
        raise _no_fleet(url)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".joining-", dir=folder.absolute().parent) as aside:
        git = setup.clone_board(address, Path(aside) / "clone", branch, progress=progress)
        if not holds_board(git, f"refs/heads/{branch}"):
            raise _no_fleet(url)
        clone.save(git, clone.Clone(branch=branch, host=host))
        _place(Path(aside) / "clone", folder)
    found = Git((folder / ".git").resolve())
    return _joined(found, branch, folder, address, progress=progress)


def _place(made: Path, folder: Path) -> None:
    """Move a finished clone to where it belongs; into a folder that is there, and may be stood in."""
    if not folder.exists():
        made.rename(folder)
        return
    for inside in made.iterdir():
        inside.rename(folder / inside.name)


def _no_fleet(url: str) -> ClareError:
    return ClareError(
        f"{remote.shown(url)} holds no fleet",
        hint=f"`clare init --hub {remote.shown(url)}` founds one there",
    )


def _joined(
    git: Git, branch: str, folder: Path, address: str, *, progress: Callable[[str], None] | None
) -> Founded:
    found = Place(
        git, branch, f"refs/heads/{branch}", str(folder.resolve()), "PATH", "the remote's"
    )
    here = opened(found, config.load(), progress=lambda: nullcontext(progress))
    fleet = here.board.read()
    if fleet.manifest.hub == address:
        Hub(here.board, address).remember(fleet.commit)
    notes = (*_about_hub(fleet, address), *_about_host(here.board.git, fleet, here.host.value))
    return Founded(found.repository, branch, fleet.manifest, here.host.value, tuple(notes))


def _about_hub(fleet: Fleet, address: str) -> list[str]:
    hub = fleet.manifest.hub
    if not hub:
        return ["this fleet names no hub, so nothing is published by itself"]
    if hub == address:
        return []
    try:
        setup.board_branch(hub)
    except remote.Unreachable as gone:
        return [
            f"the fleet's hub does not answer: {gone.message}; if this machine reaches it under "
            f"another address, say so: git config url.ADDRESS.insteadOf {hub}"
        ]
    return [f"this clone publishes to the fleet's hub, {hub}, not to {remote.shown(address)}"]


def _about_host(git: Git, fleet: Fleet, host: str) -> list[str]:
    if host not in hosts(git, fleet.commit):
        return []
    return [
        f"another clone already writes as host {host}; if that is another machine, "
        "choose another name: clare init . --host NAME"
    ]
