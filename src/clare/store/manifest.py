"""Changing `fleet.yaml`: one key's line, the rest of the text stays; a commit of its own."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from clare.errors import ClareError, Unreadable
from clare.events.text import scalar
from clare.store import writing
from clare.store.board import Board
from clare.store.commit import CLONE_TRAILER, Change, Commit, identity, released, write_commits
from clare.store.files import BadFile, parse
from clare.store.git import Git
from clare.store.lines import span
from clare.store.move import BranchMoved
from clare.store.pause import pause
from clare.store.tree import MANIFEST
from clare.store.turn import turn
from clare.store.writing import RETRY_FOR


def text_at(git: Git, commit: str) -> str:
    """The text of `fleet.yaml` at a commit."""
    return git.run("cat-file", "blob", f"{commit}:{MANIFEST}").stdout.decode("utf-8", "replace")


def with_value(text: str, key: str, value: str) -> str:
    """The text with a key of this value, or, with an empty one, without it. Raises ClareError."""
    lines = text.split("\n")
    found = span(lines, key)
    if found:
        comment = _comment(lines[found[0]]) if found[1] == found[0] + 1 else ""
        lines[slice(*found)] = [f"{key}: {scalar(value, '')}{comment}"] if value else []
    elif value:
        while lines and not lines[-1].strip():
            lines.pop()
        lines += [f"{key}: {scalar(value, '')}", ""]
    return _checked(text, "\n".join(lines), key, value)


def _comment(line: str) -> str:
    """What stands behind the value of a line, if its value is plain."""
    found = re.fullmatch(r"[^\"'#]*?(\s+#.*)", line)
    return found[1] if found else ""


def _checked(before: str, after: str, key: str, value: str) -> str:
    """The changed text, if it says what it said before but for this key. Raises ClareError."""
    wanted = {name: node for name, node in parse(before.encode()).items() if name != key}
    wanted = {**wanted, key: value} if value else wanted
    try:
        same = parse(after.encode()) == wanted
    except BadFile:
        same = False
    if not same:
        raise ClareError(
            f"{key} cannot be written into {MANIFEST} as it is; nothing was changed",
            hint="change it by hand on the board's branch, with git",
        )
    return after


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The commit, empty if it was so already, and what could not be brought to this clone yet."""

    commit: str = ""
    note: str = ""


def rewrite(board: Board, change: Callable[[str], str], *, what: str) -> Rewritten:
    """Commit a changed `fleet.yaml` on the board branch.

    Decides again when the branch moves meanwhile. Raises ClareError.
    """
    deadline = time.monotonic() + RETRY_FOR
    while time.monotonic() < deadline:
        try:
            with turn(board.git), released(board.git):
                return _rewritten(board, change, what)
        except BranchMoved:
            pause(0, 0.05)
    raise ClareError(f"others kept writing for {RETRY_FOR:.0f} s", hint="run the command again")


def _rewritten(board: Board, change: Callable[[str], str], what: str) -> Rewritten:
    fleet = board.read()
    writing.check_writable(board, fleet)
    old = text_at(board.git, fleet.commit)
    try:
        new = change(old)
    except BadFile as error:
        raise Unreadable(f"{MANIFEST}: {error}", hint="mend it with git first") from None
    if new == old:
        return Rewritten()
    author, committer = identity(board.git)
    message = f"{board.actor} {what}\n\n{CLONE_TRAILER}: {board.clone}\n"
    changes = [Change(MANIFEST, data=new.encode())]
    commit = write_commits(
        board.git, [Commit(message, author, committer, changes, (fleet.commit,))]
    )
    return Rewritten(commit, writing.move(board, fleet.commit, commit))
