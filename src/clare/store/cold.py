"""Reading a whole board once, to be kept: one pass over the blobs, by several processes if it pays."""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from clare.fleet import Finding, Manifest
from clare.fold import fold
from clare.packing import pack
from clare.store.bulk import bulk
from clare.store.git import Git
from clare.store.read import SOME, Told, list_tree, read_entries
from clare.store.reading import sorted_findings
from clare.store.snapshot import MISSING, Content, Facts
from clare.store.tree import Entry
from clare.table import Row, columns_of, row_of

ENOUGH = 8_000
"""Files from which on starting another process is worth its while."""


class _Portion(NamedTuple):
    """What a part of the files comes to: rows of tasks and states of entities, and findings."""

    files: int
    tasks: list[tuple[Row, bytes]]
    others: list[tuple[str, bytes]]
    findings: tuple[Finding, ...]
    manifest: Manifest | None
    lacks: bool


@bulk()
def read_whole(git: Git, commit: str, *, told: Told = None) -> Content:
    """Everything a board says at a commit. `told` hears how far it is."""
    entries = list_tree(git, commit)
    tasks: list[tuple[Row, bytes]] = []
    others: list[tuple[str, bytes]] = []
    findings: list[Finding] = []
    manifest: Manifest | None = None
    lacks, done = False, 0
    for portion in _portions(git, entries):
        tasks += portion.tasks
        others += portion.others
        findings += portion.findings
        manifest = manifest or portion.manifest
        lacks |= portion.lacks
        done += portion.files
        if told and len(entries) > SOME:
            told(f"reading the board: {done} of {len(entries)} files")
    tasks.sort(key=lambda pair: pair[0].id)
    others.sort()
    if manifest is None:
        findings.append(MISSING)
    keys = tuple(key for key, _ in others)
    facts = Facts(commit, manifest or Manifest(), sorted_findings(findings), keys, lacks)
    states = [state for _, state in (*tasks, *others)]
    return Content(facts, columns_of(row for row, _ in tasks), states)


def _portions(git: Git, entries: Sequence[Entry]) -> Iterator[_Portion]:
    workers = min(len(os.sched_getaffinity(0)), 1 + len(entries) // ENOUGH)
    if workers < 2:
        yield _read(git, entries)
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, get_context("fork"), _leave_signals) as pool:
        for done in as_completed([pool.submit(_read, git, part) for part in _parted(entries)]):
            yield done.result()


def _leave_signals() -> None:
    """An interrupt is for the process that the others work for."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _parted(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The files in portions; an entity's are never parted."""
    portion: list[Entry] = []
    for _, files in groupby(entries, key=lambda entry: entry.path.split("/")[:3]):
        portion.extend(files)
        if len(portion) >= SOME:
            yield portion
            portion = []
    if portion:
        yield portion


def _read(git: Git, entries: Sequence[Entry]) -> _Portion:
    reading = read_entries(git, entries)
    entities = [fold(key, found) for key, found in reading.by_entity().items()]
    rows = [(row_of(entity), entity) for entity in entities]
    return _Portion(
        len(entries),
        [(row, pack(entity)) for row, entity in rows if row],
        [(entity.key, pack(entity)) for row, entity in rows if not row],
        reading.findings_of(entities),
        reading.manifest if reading.has_manifest else None,
        reading.lacks,
    )
