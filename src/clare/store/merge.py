"""Joining two lines of events: replay what was never published, merge everything else.

A merge takes the union of the event files, whatever became of them since the common ancestor, and is a
pure function of its parents: two clones that merge the same two commits make the same commit.
"""

import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from clare.errors import ClareError, Unreadable
from clare.store.changes import NOTHING, Difference, differences, is_event_path, is_template_path
from clare.store.commit import CLONE_TRAILER, Change, Commit, write_commits
from clare.store.git import Git
from clare.store.tree import ATTRIBUTES, MANIFEST

_MERGER = "Clare <clare@invalid>"
_TEXTUAL = (MANIFEST, ATTRIBUTES)


class Unrelated(ClareError):
    """Two lines that never were one cannot be joined."""


def _is_textual(path: str) -> bool:
    """Whether people write this file, so that two changes of it join line by line."""
    return path in _TEXTUAL or is_template_path(path)


@dataclass(frozen=True, slots=True)
class Step:
    """One commit that waits to be published."""

    commit: str
    parents: tuple[str, ...]
    clone: str
    author: str
    committer: str
    message: str
    changes: tuple[Difference, ...]

    @property
    def only_adds_events(self) -> bool:
        return all(d.is_added and is_event_path(d.path) for d in self.changes)


def integrate(git: Git, ours: str, theirs: str, *, clone: str) -> str:
    """The commit that holds both lines: one of the two where it contains the other.

    Raises ClareError if what is here must not be published, or cannot be joined.
    """
    if git.is_ancestor(ours, theirs):
        return theirs if keeps_events(git, ours, theirs) else merge(git, ours, theirs)
    steps = waiting(git, ours, theirs, *_PUBLISHED)
    check_publishable(steps)
    if git.is_ancestor(theirs, ours):
        _check_keeps(git, theirs, ours)
        return ours
    own = all(len(s.parents) == 1 and s.clone == clone and s.only_adds_events for s in steps)
    if own and int(git.text("rev-list", "--count", ours, f"^{theirs}")) == len(steps):
        replayed = replay(git, steps, ours, theirs)
        if replayed:
            return replayed
    return merge(git, ours, theirs)


GIVEN = "refs/clare/host"
"""Below it a ref for each clone that commits were exchanged with: what it is known to have."""

_PUBLISHED = ("--not", f"--glob={GIVEN}", "--glob=refs/clare/hub")
"""Leaves out what another clone, or a hub, is known to have."""


def waiting(git: Git, ours: str, theirs: str | None, *without: str) -> list[Step]:
    """The commits here that the other side does not have, oldest first; `without` are options."""
    part, end = secrets.token_hex(8), secrets.token_hex(8)
    clones = f"%(trailers:key={CLONE_TRAILER},valueonly)"
    shape = part.join(["%H", "%P", "%an <%ae> %ad", "%cn <%ce> %cd", "%B", clones, ""])
    excluded = [f"^{theirs}"] if theirs else []
    listed = git.run(
        "log",
        "--reverse",
        "--topo-order",
        "-c",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--root",
        "--no-show-signature",
        "--encoding=UTF-8",
        "-z",
        "--date=raw",
        f"--format={end}{shape}",
        ours,
        *excluded,
        *without,
    ).stdout.decode("utf-8", "surrogateescape")
    return [_step(one.split(part)) for one in listed.split(end)[1:]]


def _step(texts: Sequence[str]) -> Step:
    commit, parents, author, committer, message, clone, raw = texts
    parts = iter(part for part in raw.split("\0") if part.strip("\n"))
    return Step(
        commit,
        tuple(parents.split()),
        clone.strip(),
        author,
        committer,
        message.rstrip("\n") + "\n",
        tuple(_combined(facts, next(parts)) for facts in parts),
    )


def _combined(facts: str, path: str) -> Difference:
    """One raw line; of a merge's the last columns, and `before` from its first parent."""
    words = facts.lstrip("\n:").split(" ")
    count = (len(words) - 1) // 2
    old = words[: count - 1]
    was = next((mode for mode in old if mode != NOTHING), NOTHING)
    return Difference(path, was, words[count], words[count - 1], words[2 * count - 1])


def check_publishable(steps: Sequence[Step]) -> None:
    """Refuse to publish what is not Clare's and reaches beyond events. Raises ClareError."""
    for step in steps:
        for change in step.changes:
            short = step.commit[:10]
            if is_event_path(change.path) and not change.is_added:
                did = "deletes" if change.is_deleted else "changes"
                raise Unreadable(
                    f"commit {short} {did} the event {change.path}; it is never published",
                    hint=f"a revert is no way back: `git rebase --onto {short}~1 {short}` drops it",
                )
            if not change.path.startswith("fleet/"):
                raise ClareError(
                    f"commit {short} touches {change.path}, outside fleet/; "
                    "it is never published by clare",
                    hint="push it with git, then run `clare sync`",
                )


def keeps_events(git: Git, old: str, new: str) -> bool:
    """Whether every event of one commit is in the other, as it was."""
    apart = differences(git, old, new)
    come = {(d.path, d.new_blob) for d in apart}
    return all(
        d.is_added or (f"{d.path.removesuffix('.yaml')}~{d.old_blob}.yaml", d.old_blob) in come
        for d in apart
        if is_event_path(d.path)
    )


def _check_keeps(git: Git, theirs: str, ours: str) -> None:
    """A merge made by hand can drop events although none of its own changes is a deletion."""
    if not keeps_events(git, theirs, ours):
        raise Unreadable(
            f"a merge below {ours[:10]} drops or changes events of the hub; it is never published",
            hint="take the branch back to before that merge with `git reset`, then `clare sync`",
        )


def replay(git: Git, steps: Sequence[Step], ours: str, theirs: str) -> str | None:
    """The same commits once more on top of the other side.

    None where that would not be all: an id was taken there, or an event taken away.
    """
    apart = {d.path: d for d in differences(git, theirs, ours)}
    if any(not d.is_added and not d.is_deleted for d in apart.values()):
        return None
    own = {change.path for step in steps for change in step.changes}
    if any(d.is_added and d.path not in own for d in apart.values()):
        return None
    commits: list[Commit] = []
    for step in steps:
        missing = [c for c in step.changes if c.path in apart]
        if missing:
            changes = [Change(c.path, blob=c.new_blob, mode=c.new_mode) for c in missing]
            commits.append(Commit(step.message, step.author, step.committer, changes))
    if not commits:
        return theirs
    commits[0] = replace(commits[0], parents=(theirs,))
    return write_commits(git, commits)


def merge(git: Git, one: str, other: str) -> str:
    """The merge of two commits. Raises ClareError where a text outside the events conflicts."""
    first, second = sorted((one, other))
    bases = sorted(git.text("merge-base", "--all", first, second, allow=(0, 1)).split())
    if not bases:
        raise Unrelated(
            "the two boards have no history in common",
            hint="join the hub in a new folder with `clare join`, and import what is missing",
        )
    joining = _Joining(git, bases[0], first, second)
    changes = _beside_events(
        [change for d in differences(git, first, second) for change in joining.changes(d)]
    )
    changes.sort(key=lambda change: -change.path.count("/"))  # a folder in an event's place yields
    who = f"{_MERGER} {_newest(git, first, second)} +0000"
    message = "merge two lines of events\n"
    return write_commits(git, [Commit(message, who, who, changes, (first, second))])


def _beside_events(changes: Sequence[Change]) -> list[Change]:
    """Without files that would stand where events have their folder: events only come."""
    folders = {
        str(folder)
        for c in changes
        if is_event_path(c.path)
        for folder in PurePosixPath(c.path).parents
    }
    return [c for c in changes if is_event_path(c.path) or c.path not in folders]


def _newest(git: Git, *commits: str) -> int:
    dates = git.text("log", "--no-walk", "--format=%ct", *commits).split()
    return max(map(int, dates))


class _Joining:
    """What the merge of `second` into `first` changes, path by path."""

    def __init__(self, git: Git, base: str, first: str, second: str) -> None:
        self.git = git
        self.by_first = {d.path: d for d in differences(git, base, first)}
        self.by_second = {d.path: d for d in differences(git, base, second)}

    def changes(self, apart: Difference) -> list[Change]:
        """The changes to `first` for one path that differs; its "new" side is `second`."""
        if is_event_path(apart.path):
            return _union(apart)
        if apart.path not in self.by_second:
            return []
        if apart.path not in self.by_first:
            return [_taken(apart)]
        if _is_textual(apart.path) and not apart.is_added and not apart.is_deleted:
            return [self._textual(apart)]
        raise ClareError(
            f"both sides changed {apart.path}", hint="merge the two commits with git, then sync"
        )

    def _textual(self, apart: Difference) -> Change:
        base = self.by_first[apart.path].old_blob
        sides = [self._content(blob) for blob in (apart.old_blob, base, apart.new_blob)]
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("one", "base", "other")]
            for path, side in zip(paths, sides, strict=True):
                path.write_bytes(side)
            done = self.git.run("merge-file", "-p", *map(str, paths), allow=tuple(range(128)))
        if done.returncode:
            raise ClareError(
                f"both sides changed the same lines of {apart.path}",
                hint="merge the two commits with git, then sync",
            )
        return Change(apart.path, data=done.stdout)

    def _content(self, blob: str) -> bytes:
        if not blob.strip("0"):
            return b""
        return self.git.run("cat-file", "blob", blob).stdout


def _union(apart: Difference) -> list[Change]:
    """Events only come: one that a side lacks is added; of two bodies both stay."""
    if apart.is_deleted:
        return [Change(apart.path, blob=apart.old_blob, mode=apart.old_mode)]
    if apart.is_added:
        return [_taken(apart)]
    low, high = sorted([(apart.old_blob, apart.old_mode), (apart.new_blob, apart.new_mode)])
    stem = apart.path.removesuffix(".yaml")
    return [
        Change(apart.path, blob=low[0], mode=low[1]),
        Change(f"{stem}~{high[0]}.yaml", blob=high[0], mode=high[1]),
    ]


def _taken(apart: Difference) -> Change:
    return Change(apart.path, blob="" if apart.is_deleted else apart.new_blob, mode=apart.new_mode)
