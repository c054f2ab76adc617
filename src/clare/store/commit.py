"""Making commits out of nothing but a list of changes, without an index or a working tree.

One `git fast-import` writes objects and commits. It moves no branch: the commit's name is read back
and the caller moves the ref, because fast-import checks descent and would revive a rewound branch.
Until then a ref of its own, a candidate, keeps the new objects: somebody's `git repack -ad` would
drop what no ref names.
"""

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from clare.errors import ClareError
from clare.store.git import Git, GitFailed, around

CLONE_TRAILER = "Clare-Clone"
"""Names in a commit's message the clone that wrote it."""

_CANDIDATES = "refs/clare/new"
_CANDIDATE_LASTS = 3600.0


@dataclass(frozen=True, slots=True)
class Change:
    """One path of a commit: new bytes, an existing blob, or, with neither, gone."""

    path: str
    data: bytes | None = None
    blob: str = ""
    mode: str = "100644"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit to make. `author` and `committer` are git's `Name <mail> seconds zone`."""

    message: str
    author: str
    committer: str
    changes: Sequence[Change]
    parents: Sequence[str] = ()


def identity(git: Git) -> tuple[str, str]:
    """The author and committer that git knows for whoever runs this. Raises ClareError."""
    try:
        listed = _variables(git)
        if all(_is_told(listed, person) for person in _PEOPLE):
            return listed["GIT_AUTHOR_IDENT"], listed["GIT_COMMITTER_IDENT"]
        return git.text("var", "GIT_AUTHOR_IDENT"), git.text("var", "GIT_COMMITTER_IDENT")
    except GitFailed:
        raise _nobody() from None


_PEOPLE = ("author", "committer")


def _variables(git: Git) -> dict[str, str]:
    """All settings and, behind them, what git makes of them: whom it guesses it does not refuse."""
    lines = (line.partition("=") for line in git.text("var", "-l").splitlines())
    return {name: value for name, _, value in lines}


def _is_told(listed: Mapping[str, str], person: str) -> bool:
    """Whether name and address of one are told, not guessed by git from the machine."""
    name = os.environ.get(
        f"GIT_{person.upper()}_NAME", listed.get(f"{person}.name") or listed.get("user.name", "")
    )
    mail = os.environ.get(
        f"GIT_{person.upper()}_EMAIL", listed.get(f"{person}.email") or listed.get("user.email", "")
    )
    return bool(mail) and re.search(r"\w", name) is not None


def check_identity(folder: Path) -> None:
    """Raise ClareError if git would not know the author of a commit in a folder, made or not yet."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    try:
        around(existing, "var", "GIT_AUTHOR_IDENT")
    except GitFailed:
        raise _nobody() from None


def _nobody() -> ClareError:
    return ClareError(
        "git does not know who you are",
        hint='git config --global user.name "Your Name" && '
        "git config --global user.email you@example.org",
    )


def write_commits(git: Git, commits: Sequence[Commit]) -> str:
    """Write commits, each on the one before it unless it names parents. Returns the last one's id.

    They stay as a candidate of this `git` until `released`.
    """
    ref = f"{_CANDIDATES}/{os.urandom(8).hex()}"
    git.candidates.append(ref)
    parts: list[bytes] = []
    for number, commit in enumerate(commits, 1):
        parts.extend(_stream(ref, commit, number))
    parts.append(f"get-mark :{len(commits)}\ndone\n".encode())
    done = git.run(
        "fast-import", "--quiet", "--done", "--date-format=raw", "--force", given=b"".join(parts)
    )
    return done.stdout.decode().strip()


@contextmanager
def released(git: Git) -> Iterator[None]:
    """Give up the candidates that the block has made: by its end a branch stands on the chosen one.

    The files of the refs are removed as such, since git locks `packed-refs` to delete one, and a kill in
    that moment would leave the lock; git does it for a ref that it has packed meanwhile.
    """
    try:
        yield
    finally:
        while git.candidates:
            ref = git.candidates.pop()
            try:
                (git.git_dir / ref).unlink()
            except FileNotFoundError:
                git.run("update-ref", "-d", ref)


def forget_old_candidates(git: Git) -> None:
    """Remove the candidates that killed commands left an hour ago or longer."""
    for path in (git.git_dir / _CANDIDATES).glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _CANDIDATE_LASTS:
                path.unlink()


def patch(change: Change) -> bytes:
    """A new file of whole lines in the form of a patch."""
    lines = (change.data or b"").split(b"\n")[:-1]
    mode, there = change.mode.encode(), _quoted(f"b/{change.path}")
    head = b"diff --git %s %s\nnew file mode %s\n--- /dev/null\n+++ %s\n@@ -0,0 +1,%d @@\n"
    head %= _quoted(f"a/{change.path}"), there, mode, there, len(lines)
    return head + b"".join(b"+%s\n" % line for line in lines)


def _stream(ref: str, commit: Commit, number: int) -> list[bytes]:
    message = commit.message.encode("utf-8", "surrogateescape")
    head = f"commit {ref}\nmark :{number}\nauthor {commit.author}\ncommitter {commit.committer}\n"
    parts = [head.encode("utf-8", "surrogateescape"), _data(message)]
    if commit.parents:
        parts.append(f"from {commit.parents[0]}\n".encode())
        parts.extend(f"merge {parent}\n".encode() for parent in commit.parents[1:])
    elif number > 1:
        parts.append(f"from :{number - 1}\n".encode())
    for change in commit.changes:
        path = _quoted(change.path)
        if change.data is not None:
            parts.extend([b"M %s inline %s\n" % (change.mode.encode(), path), _data(change.data)])
        elif change.blob:
            parts.append(b"M %s %s %s\n" % (change.mode.encode(), change.blob.encode(), path))
        else:
            parts.append(b"D %s\n" % path)
    return [*parts, b"\n"]


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _quoted(path: str) -> bytes:
    """A path as fast-import's C-style string: safe whatever it holds."""
    raw = path.encode("utf-8", "surrogateescape")
    inside = b"".join(
        bytes([byte]) if 0x20 <= byte < 0x7F and byte not in b'"\\' else b"\\%03o" % byte
        for byte in raw
    )
    return b'"' + inside + b'"'
