"""What differs between two commits of a board: the entities that must fold again."""

from clare.fleet import Manifest
from clare.fold import fold
from clare.packing import pack
from clare.store.changes import Difference, differences
from clare.store.git import Git
from clare.store.objects import entries_of
from clare.store.read import read_entries
from clare.store.reading import sorted_findings
from clare.store.snapshot import Changed, Facts
from clare.store.tree import MANIFEST, Entry
from clare.table import row_of


def touched(git: Git, before: Facts, commit: str) -> tuple[Facts, Changed]:
    """What is known at a commit, and the entities that differ. Raises GitFailed."""
    found = [each for each in differences(git, before.commit, commit) if _is_of_board(each)]
    keys = {key: None for each in found if (key := _entry(each).entity)}
    loose = [_entry(each) for each in found if not _entry(each).entity]
    present = [entry for entry in loose if entry.blob.strip("0")]
    reading = read_entries(git, [*entries_of(git, commit, list(keys)), *present])
    entities = {key: fold(key, events) for key, events in reading.by_entity().items()}
    changed: Changed = dict.fromkeys(keys, (None, None))
    changed.update({key: (row_of(e), pack(e)) for key, e in entities.items()})
    paths = {entry.path for entry in loose}
    new = [*reading.findings_of(entities.values())]
    manifest: Manifest = before.manifest
    if MANIFEST in paths:
        manifest = reading.manifest
        new.extend(reading.missing())
    old = [f for f in before.findings if f.entity not in changed and f.path not in paths]
    others = {key for key in before.others if key not in changed}
    others.update(key for key, (row, state) in changed.items() if state and not row)
    facts = Facts(commit, manifest, sorted_findings([*old, *new]), tuple(sorted(others)))
    return facts, changed


def _is_of_board(difference: Difference) -> bool:
    return difference.path.startswith("fleet/")


def _entry(difference: Difference) -> Entry:
    return Entry(difference.new_mode, difference.new_blob, difference.path)
