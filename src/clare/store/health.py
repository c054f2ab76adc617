"""Questions to git about a repository and a hub whose answers only the doctor needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clare.errors import ClareError
from clare.store.git import Git, GitFailed, GitTimeout, around
from clare.store.remote import check_hub, reason
from clare.store.worktree import check_not_rebased, checked_out

OLDEST = (2, 38)
"""The oldest git that does what Clare asks of it."""

ANSWER_WITHIN = 5.0
"""Seconds that the doctor waits for each answer of the hub."""

_WALK_WITHIN = 20.0
_OPEN = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisect",
    "rebase-apply/applying": "an `am`",
}


def version() -> tuple[int, ...] | None:
    """The version of the git on $PATH; None if there is none."""
    try:
        said = around(Path("/"), "--version")
    except FileNotFoundError:
        return None
    found = re.search(r"(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else ()


def is_shallow(git: Git) -> bool:
    """Whether the repository was cloned without its older history."""
    return git.text("rev-parse", "--is-shallow-repository") == "true"


def blob_text(git: Git, commit: str, path: str) -> bytes | None:
    """A file's bytes at a commit; None if it is not there."""
    done = git.run("cat-file", "blob", f"{commit}:{path}", allow=(0, 128))
    return done.stdout if done.returncode == 0 else None


def missing_object(git: Git, commit: str) -> str:
    """What git says of the first object that the board's history lacks; empty if it is whole.

    A history that takes too long to walk counts as whole.
    """
    words = ("rev-list", "--objects", "--quiet", "--exclude-promisor-objects", commit, "--")
    try:
        git.run(*words, timeout=_WALK_WITHIN)
    except GitTimeout:
        return ""
    except GitFailed as failed:
        return failed.message.partition(": ")[2]
    return ""


def rebase_of(git: Git, ref: str) -> str:
    """What says that a branch is being rebased; empty if nothing does."""
    try:
        check_not_rebased(git, ref)
    except ClareError as problem:
        return problem.message
    return ""


def unfinished(git: Git, ref: str) -> Iterator[tuple[str, str]]:
    """What a person has open, and in which working tree of a branch."""
    for tree in checked_out(git, ref):
        for name, what in _OPEN.items():
            if (Path(tree.git_dir) / name).exists():
                yield tree.top, what


def changed_line_ends(git: Git, ref: str) -> list[str]:
    """Files of a checked-out board with the line ends of Windows, where git's settings may do that."""
    changing = git.text("config", "core.autocrlf", allow=(0, 1)).lower()
    ending = git.text("config", "core.eol", allow=(0, 1)).lower()
    if changing not in ("true", "yes", "on", "1") and ending != "crlf":
        return []
    found = []
    for tree in checked_out(git, ref):
        listed = Git(Path(tree.git_dir)).run(
            "ls-files", "--eol", "-z", "--", "fleet", work_tree=tree.top
        )
        for line in listed.stdout.decode("utf-8", "replace").split("\0"):
            facts, _, path = line.partition("\t")
            if "w/crlf" in facts or "i/crlf" in facts or "w/mixed" in facts:
                found.append(path)
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hub says: its tip (None: no such branch), or, in `problem`, why it says nothing."""

    tip: str | None = None
    problem: str = ""


def ask(git: Git, url: str, branch: str) -> Answer:
    """Ask a hub for its tip and bring what it has, without moving any ref."""
    words = ("ls-remote", "--", check_hub(url), f"refs/heads/{branch}")
    quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
    try:
        listed = _text(git, *words)
        tip = listed.split("\t")[0] if listed else None
        if tip and not git.resolve(tip):
            _text(git, "fetch", *quiet, "--refmap=", "--", url, f"refs/heads/{branch}")
    except ClareError as failed:
        text = failed.text if isinstance(failed, GitFailed) else failed.message
        return Answer(problem=reason(text))
    return Answer(tip)


def refusal(git: Git, url: str, branch: str, commit: str) -> str:
    """What keeps a hub from taking a commit, as far as git tells without writing there.

    That it has moved on meanwhile keeps nobody: a sync fetches first.
    """
    words = ("push", "--dry-run", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed")
    what = f"{commit}:refs/heads/{branch}"
    try:
        done = git.run(*words, "--", url, what, timeout=ANSWER_WITHIN, allow=(0, 1))
    except GitFailed as failed:
        return reason(failed.text)
    except GitTimeout as late:
        return late.message
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    return "" if done.returncode == 0 or _HAS_MOVED.search(said) else reason(said)


_HAS_MOVED = re.compile(r"^!\t.*\((?:fetch first|non-fast-forward)\)$", re.MULTILINE)


def _text(git: Git, *words: str) -> str:
    done = git.run(*words, timeout=ANSWER_WITHIN)
    return done.stdout.decode("utf-8", "replace").strip()
