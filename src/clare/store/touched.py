"""What differs between two commits of a board: the entities that must fold again."""

from collections.abc import Iterable, Sequence

from clare.fold import fold
from clare.packing import pack
from clare.store.changes import Difference
from clare.store.git import Git
from clare.store.objects import entries_of
from clare.store.partial import fetch_missing
from clare.store.read import read_entries
from clare.store.reading import Reading, shown, sorted_findings
from clare.store.snapshot import Changed, Facts
from clare.store.tree import MANIFEST, Entry
from clare.table import row_of


def touched(
    git: Git, before: Facts, commit: str, found: Iterable[Difference]
) -> tuple[Facts, Changed]:
    """What is known at a commit, and the entities that differ, from the paths that do."""
    found = [each for each in found if each.path.startswith("fleet/")]
    keys = {key: None for each in found if (key := _entry(each).entity)}
    loose = [each for each in found if not _entry(each).entity]
    reading = _read(git, commit, list(keys), loose)
    entities = {key: fold(key, events) for key, events in reading.by_entity().items()}
    changed: Changed = dict.fromkeys(keys, (None, None))
    changed.update({key: (row_of(e), pack(e)) for key, e in entities.items()})
    manifest, new = before.manifest, [*reading.findings_of(entities.values())]
    gone = {(shown(each.path), each.old_blob) for each in loose}
    if any(each.path == MANIFEST for each in loose):
        manifest = reading.manifest
        new.extend(reading.missing())
        gone.update((f.path, f.blob) for f in before.findings if f.path == MANIFEST)
    old = [f for f in before.findings if f.entity not in changed and (f.path, f.blob) not in gone]
    others = {key for key in before.others if key not in changed}
    others.update(key for key, (row, state) in changed.items() if state and not row)
    told = sorted_findings([*old, *new])
    return Facts(commit, manifest, told, tuple(sorted(others)), reading.lacks), changed


def _read(git: Git, commit: str, keys: Sequence[str], loose: Iterable[Difference]) -> Reading:
    present = [_entry(each) for each in loose if not each.is_deleted]
    entries = [*entries_of(git, commit, keys), *present]
    fetch_missing(git, (entry.blob for entry in entries if entry.is_file))
    return read_entries(git, entries)


def _entry(difference: Difference) -> Entry:
    return Entry(difference.new_mode, difference.new_blob, difference.path)
