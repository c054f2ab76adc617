"""Making and joining boards: the work that is not hot, done by GitPython."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # a missing git is told when it is needed

import git as gitpython

from clare.errors import ClareError
from clare.events.text import dump
from clare.fleet import FORMAT, Manifest
from clare.store.commit import CLONE_TRAILER, Change, Commit, identity, released, write_commits
from clare.store.git import LOCAL_VARIABLES, Git, GitFailed, GitTimeout, around, environment
from clare.store.manifest import text_at, with_value
from clare.store.move import move_branch
from clare.store.place import DEFAULT_BRANCH
from clare.store.remote import ANSWER_WITHIN, Unreachable, check_url, reason, shown
from clare.store.tree import ATTRIBUTES, MANIFEST, holds_board

ATTRIBUTES_TEXT = b"* text eol=lf -filter -ident -working-tree-encoding\n"
Progress = Callable[[str], None]


def make_repository(path: Path, branch: str) -> Git:
    """A new repository in a folder, standing on a branch without commits."""
    with _own_environment():
        repository = gitpython.Repo.init(path, initial_branch=branch)
        found = Git(Path(repository.common_dir).resolve())
        repository.close()
    return found


def found_board(git: Git, branch: str, manifest: Manifest, *, clone: str) -> str:
    """The first commit of a board, or the one that changes its `fleet.yaml`. Returns its id."""
    author, committer = identity(git)
    ref = f"refs/heads/{branch}"
    old = git.resolve(ref)
    changes = [Change(MANIFEST, data=_manifest_data(git, old, manifest))]
    if not old or not git.text("ls-tree", "--name-only", old, "--", ATTRIBUTES):
        changes.append(Change(ATTRIBUTES, data=ATTRIBUTES_TEXT))
    who = author.partition(" <")[0]
    message = f"{who} founds the fleet {manifest.name}\n\n{CLONE_TRAILER}: {clone}\n"
    if old and len(changes) == 1:
        message = f"{who} sets the hub of {manifest.name}\n\n{CLONE_TRAILER}: {clone}\n"
    with released(git):
        new = write_commits(
            git, [Commit(message, author, committer, changes, (old,) if old else ())]
        )
        move_branch(git, ref, old=old, new=new)
    return new


def _manifest_data(git: Git, old: str | None, wanted: Manifest) -> bytes:
    """The new `fleet.yaml`; of one that is there only the hub's line changes."""
    if old and holds_board(git, old):
        return with_value(text_at(git, old), "hub", wanted.hub).encode()
    return manifest_bytes(wanted)


def manifest_bytes(manifest: Manifest) -> bytes:
    """The text of `fleet.yaml`."""
    written = {"format": str(FORMAT), "name": manifest.name}
    return dump({**written, "hub": manifest.hub} if manifest.hub else written)


def board_branch(url: str) -> str | None:
    """The branch on which a remote may keep a board: `fleet`, else the one its HEAD names.

    None if the remote is empty. Raises Unreachable.
    """
    words = ("ls-remote", "--symref", "--", check_url(url), "HEAD", f"refs/heads/{DEFAULT_BRANCH}")
    try:
        listed = around(Path.cwd(), *words, timeout=ANSWER_WITHIN)
    except GitTimeout as late:
        raise Unreachable(f"{shown(url)}: {late.message}", hint="check the address") from None
    except GitFailed as failed:
        raise Unreachable(
            f"{shown(url)}: {reason(failed.text)}", hint="check the address"
        ) from None
    lines = [line.split("\t") for line in listed.splitlines()]
    if any(line[-1] == f"refs/heads/{DEFAULT_BRANCH}" for line in lines):
        return DEFAULT_BRANCH
    heads = [line[0] for line in lines if line[0].startswith("ref: refs/heads/")]
    has_head = any(line[-1] == "HEAD" and not line[0].startswith("ref:") for line in lines)
    return heads[0].removeprefix("ref: refs/heads/") if heads and has_head else None


def clone_board(url: str, path: Path, branch: str, *, progress: Progress | None) -> Git:
    """Clone one branch of a remote into a folder. Raises Unreachable, ClareError."""
    options = [f"--branch={branch}", "--single-branch", "--no-tags"]
    told = (lambda _op, done, most, text: progress(_told(done, most, text))) if progress else None
    try:
        with _own_environment():
            repository = gitpython.Repo.clone_from(
                check_url(url), path, progress=told, multi_options=options, env=_extra()
            )
            found = Git(Path(repository.common_dir).resolve())
            repository.close()
    except gitpython.exc.GitCommandError as failed:
        said = reason(str(failed.stderr).strip().removeprefix("stderr: ").strip("'"))
        raise Unreachable(f"{shown(url)}: {said}", hint="check the address") from None
    except (gitpython.exc.UnsafeProtocolError, gitpython.exc.UnsafeOptionError) as unsafe:
        raise ClareError(f"{shown(url)}: {unsafe}", hint="use a path or a git URL") from None
    return found


def _told(done: str | float, most: str | float | None, text: str) -> str:
    return f"{text or 'objects'} {int(done)}/{int(most) if most else '?'}"


def _extra() -> dict[str, str]:
    clean = environment()
    quiet = {"COUNT": "1", "KEY_0": "core.hooksPath", "VALUE_0": os.devnull}
    hooks = {f"GIT_CONFIG_{name}": value for name, value in quiet.items()}
    return {**hooks, **{key: clean[key] for key in ("GIT_ALLOW_PROTOCOL", "LC_ALL")}}


@contextmanager
def _own_environment() -> Iterator[None]:
    """GitPython reads the process's environment: without what a hook may have put there."""
    kept = {key: os.environ.pop(key) for key in LOCAL_VARIABLES if key in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
