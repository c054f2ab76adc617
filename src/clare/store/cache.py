"""What is kept of a board beside its log, so that a command reads little: never trusted over the log.

Two files lie in Clare's folder of the git directory: `base`, the projection at one commit, and `delta`,
what has changed since. Each is written aside and put in its place at once. Whoever reads another commit
than the one kept asks git what differs and folds only those entities again.
"""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.packing import pack
from clare.store.events import Events
from clare.store.git import Git, GitFailed
from clare.store.kept import Base, Entities, Kept
from clare.store.snapshot import (
    ANSWERS,
    Changed,
    Content,
    Damaged,
    Facts,
    File,
    delta_bytes,
    parts_of,
    read_delta,
    read_file,
)
from clare.table import Row, row_of

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "clare/cache"

LARGEST = 250
"""Entities in a delta; with more a new base is written."""

Told = Callable[[str], None] | None
_OLD = 3600.0
"""Seconds after which nobody is writing a draft any more."""

ReadInstead = Callable[[Git, str], Content]
Progress = Callable[[], AbstractContextManager[Told]]


class Outdated(ClareError):
    """A damaged file stood for a commit that git no longer has. The file is gone now."""


def folder_of(git: Git) -> "Path":
    """Where the files lie."""
    return git.git_dir / _FOLDER


def fleet_at(
    git: Git, commit: str, *, keep: bool = False, progress: Progress = nullcontext
) -> Fleet:
    """The board at a commit; `keep` what had to be read for the next who asks."""
    found = kept_at(git, commit, keep=keep, progress=progress)
    return found.fleet(Events(git, commit, found.entities))


def kept_at(git: Git, commit: str, *, keep: bool, progress: Progress = nullcontext) -> Kept:
    """The projection at a commit, from what was kept as far as that goes."""
    before = load(git)
    found = _advanced(git, before, commit) if before else None
    if found is None:
        with progress() as told:
            content = _read_whole(git, commit, told)
        found = Kept.whole(content)
    if keep and found is not before:
        save(git, found)
    return found


def _read_whole(git: Git, commit: str, told: Told) -> Content:
    from clare.store.cold import read_whole

    return read_whole(git, commit, told=told)


def _advanced(git: Git, kept: Kept, commit: str) -> Kept | None:
    """What was kept, brought to another commit; None if git has no longer what it was kept at."""
    if kept.facts.commit == commit:
        return kept
    from clare.store.changes import differences
    from clare.store.touched import touched

    try:
        found = differences(git, kept.facts.commit, commit)
    except GitFailed:
        return None
    return kept.with_changed(*touched(git, kept.facts, commit, found))


def facts(git: Git) -> Facts | None:
    """What is known of the board that was kept; None if nothing was."""
    found = load(git)
    return found.facts if found else None


def load(git: Git, *, instead: ReadInstead | None = None) -> Kept | None:
    """What was kept; None if nothing was, or nothing that can be used: that costs only time.

    `instead` reads at a commit what turns out to be damaged; unless told the file goes as well.
    """
    read = instead or _read_instead
    try:
        file = File(git.inside(_FOLDER + "/base"))
    except (OSError, Damaged):
        return None
    commit = file.facts.commit
    base = Base(file, lambda: read(git, commit), file.checksum)
    facts, changed = file.facts, {}
    with suppress(OSError, Damaged):  # without it the base is a little older
        delta, of, since = read_delta(read_file(git.inside(_FOLDER + "/delta")))
        if of == file.checksum:
            facts, changed = delta, since
    return Kept(base, facts, changed)


def _read_instead(git: Git, commit: str) -> Content:
    """What a damaged file was made of; the file goes, so that the next command makes it anew."""
    with suppress(OSError):
        (folder_of(git) / "base").unlink(missing_ok=True)
    try:
        return _read_whole(git, commit, None)
    except GitFailed:
        raise Outdated(
            "what was kept beside the log is damaged, and git no longer has what it was made of",
            hint="run the command again: it is made anew",
        ) from None


def problem(git: Git, log: Fleet) -> str:
    """What is wrong with what was kept, beside the whole board as its log says; empty if nothing."""
    try:
        if "base" not in os.listdir(folder_of(git)):
            return ""
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    found = load(git, instead=lambda git, commit: _read_whole(git, commit, None))
    if found is None:
        return "cannot be used: it is damaged, or of another version"
    found = _advanced(git, found, log.commit)
    if found is None:
        return ""  # of a commit that git no longer has: the next command reads the log
    same = _told(found.fleet({})) == _told(log)
    if not found.base.checksum:
        return "is damaged"
    return "" if same else "differs from the log"


def _told(fleet: Fleet) -> list[object]:
    """All that a board answers, whatever the places of its tasks."""
    table, related = fleet.table, fleet.related
    ids, columns = table.id, [getattr(table, name) for name in Row._fields]
    return [
        (fleet.manifest, fleet.findings, table.others, fleet.newest),
        {key: fleet.entities[key] for key in fleet.entities},
        sorted(zip(*columns, strict=True), key=lambda row: str(row[0])),
        sorted(zip(ids, fleet.shorts, strict=True)),
        ([ids[n] for n in related.usual], [ids[n] for n in related.queue]),
        {ids[n] for n in related.blocked},
        {ids[n]: many for n, many in related.unblocks.items()},
    ]


def discard(git: Git) -> None:
    """Forget what was kept; the next command makes it anew."""
    import shutil

    folder = folder_of(git)
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)


def keep(git: Git, before: Fleet, after: Fleet, commit: str, keys: Iterable[str]) -> None:
    """Keep what a write has come to, at its commit: these entities differ from what was kept before."""
    if isinstance(before.entities, Entities):
        states = {key: after.entities[key] for key in keys}
        changed: Changed = {key: (row_of(state), pack(state)) for key, state in states.items()}
        kept, others = before.entities.kept, after.table.others
        told = Facts(commit, after.manifest, after.findings, others, kept.facts.lacks)
        save(git, kept.with_changed(told, changed))


def save(git: Git, kept: Kept) -> None:
    """Keep a projection. What cannot be kept costs only time: doctor tells of a full or closed disk."""
    if kept.facts.lacks:
        return
    with suppress(OSError, Outdated):
        if kept.base.checksum and len(kept.changed) <= LARGEST:
            _put(git, "delta", [delta_bytes(kept.facts, kept.base.checksum, kept.changed)])
        else:
            _forget_old_drafts(git)
            content = kept.content()
            _put(git, "base", parts_of(content, _worked_out(content)))


def _worked_out(content: Content) -> dict[str, object]:
    """What most questions need and what takes time, of a board on which nothing has changed since."""
    whole = Kept.whole(content).fleet({})
    related = whole.related
    answers = (
        list(related.blocked),
        whole.newest,
        related.queue,
        whole.shorts_of_rows,
        related.unblocks,
        related.usual,
    )
    return dict(zip(ANSWERS, answers, strict=True))


def _forget_old_drafts(git: Git) -> None:
    """Remove what commands that were killed have left of a file."""
    for draft in folder_of(git).glob("*.????????"):
        if time.time() - draft.stat().st_mtime > _OLD:
            draft.unlink(missing_ok=True)


def _put(git: Git, name: str, parts: Iterable[bytes]) -> None:
    folder = folder_of(git)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}.{os.urandom(4).hex()}"
    try:
        with open(draft, "wb") as file:
            file.writelines(parts)
        os.replace(draft, folder / name)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
