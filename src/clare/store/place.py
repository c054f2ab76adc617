"""Which board a command means: the repository, the branch, and why."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from clare.errors import ClareError, Unreadable
from clare.fleet import Manifest
from clare.store import cache, clone
from clare.store.git import Git, GitFailed, around, is_somewhere, quickly
from clare.store.refs import commit_of
from clare.store.tree import MANIFEST, holds_board

DEFAULT_BRANCH = "fleet"


class Place(NamedTuple):
    """A board: its repository's common git directory and its branch.

    `ref` is what to read; `branch` is what to write, empty if this checkout may only be read.
    """

    git: Git
    branch: str
    ref: str
    repository: str
    why_repository: str
    why_branch: str


class NoBoard(ClareError):
    """There is no board to work on."""


def find(given: str, configured: str) -> Place:
    """The board that `--fleet`, `$CLARE_FLEET`, the current folder or the configuration names.

    Raises ClareError if there is none.
    """
    environment = os.environ.get("CLARE_FLEET", "")
    for start, why in ((given, "--fleet"), (environment, "$CLARE_FLEET")):
        if start:
            place = _at(start, why)
            if place is None:
                raise _no_board(f"there is no fleet in {start}")
            return place
    place = _at(".", "the repository around this folder")
    if place is None and configured:
        place = _at(configured, "the configuration")
    if place is None:
        raise _no_board("there is no fleet here")
    return place


def _no_board(message: str) -> NoBoard:
    return NoBoard(
        message,
        hint="`clare init` makes one here, `clare join URL` takes part in one, "
        "--fleet PATH names one elsewhere",
    )


def git_of(start: str) -> Git | None:
    """The repository around a folder, by its common git directory; None if there is none."""
    folder = os.path.expanduser(start)
    if not os.path.isdir(folder) or not (os.path.isabs(folder) or is_somewhere()):
        return None
    words = ("rev-parse", "--path-format=absolute", "--git-common-dir")
    try:
        found = quickly("-C", folder, *words) or around(folder, *words)
    except GitFailed as failed:
        if "dubious ownership" in failed.text:
            raise
        return None
    return Git(found)


def _at(start: str, why: str) -> Place | None:
    git = git_of(start)
    if git is None:
        return None
    repository = git.folder.removesuffix("/.git") or "/"
    known = cache.facts(git)
    for branch, ref, why_branch in _branches(git, start):
        commit = commit_of(git, ref)
        if commit and ((known and known.is_board_at(commit)) or holds_board(git, commit)):
            return Place(git, branch, ref, repository, why, why_branch)
    return None


def adopt(git: Git, branch: str) -> None:
    """Give a board that is only known as a remote-tracking branch its local branch."""
    if git.resolve(f"refs/heads/{branch}"):
        return
    for ref in git.text("for-each-ref", "--format=%(refname)", f"refs/remotes/*/{branch}").split():
        if holds_board(git, ref):
            git.run("update-ref", f"refs/heads/{branch}", ref, "")
            return


def manifest_of(git: Git, ref: str) -> Manifest:
    """What `fleet.yaml` says at a ref. Raises Unreadable if it cannot be read."""
    from clare.store.files import BadFile, parse
    from clare.store.reading import manifest

    try:
        found, _ = manifest(parse(git.run("cat-file", "blob", f"{ref}:{MANIFEST}").stdout))
    except BadFile as error:
        raise Unreadable(f"{MANIFEST}: {error}", hint="mend it with git first") from None
    return found


def _branches(git: Git, start: str) -> Iterator[tuple[str, str, str]]:
    """Where the board may be, one after another: git is asked only for those that are tried."""
    configured = clone.load(git).branch
    if configured:
        yield configured, f"refs/heads/{configured}", "configured by init or join"
        return
    yield DEFAULT_BRANCH, f"refs/heads/{DEFAULT_BRANCH}", "a local branch of that name"
    pattern = f"refs/remotes/*/{DEFAULT_BRANCH}"
    for ref in git.text("for-each-ref", "--format=%(refname)", pattern).split():
        yield DEFAULT_BRANCH, ref, "a remote-tracking branch of that name"
    with suppress(GitFailed):  # a branch without commits
        head = around(start, "rev-parse", "-q", "--verify", "HEAD")
        yield "", head, "the checked-out commit, read-only"
