"""What refs stand at, from git's own files: a process is asked only where these do not tell plainly."""

import re

from clare.store.git import Git

_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def commit_of(git: Git, ref: str) -> str | None:
    """The commit that a full ref name stands at; None if there is no such ref.

    A file of that name tells before `packed-refs` (gitrepository-layout). A symbolic ref, a name that is
    no full one, and refs that git keeps in another way than as files are left to git.
    """
    found = _loose(git.inside(ref))
    if found is None:
        found = _packed(git.inside("packed-refs"), ref)
    return found or git.resolve(ref)


def _loose(path: str) -> str | None:
    """What a ref's own file says, nothing if it is not plain; None if there is no file."""
    try:
        with open(path, encoding="ascii") as file:
            text = file.read().strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""
    return text if _NAME.fullmatch(text) else ""


def _packed(path: str, ref: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except OSError:
        return ""
    found = re.search(rf"^(\S+) {re.escape(ref)}$", text, re.MULTILINE)
    return found[1] if found and _NAME.fullmatch(found[1]) else ""
