"""Reading a board at a commit: one `ls-tree`, one `cat-file --batch`, then the fold.

Nothing in a tree makes this raise: what is no event is reported with its path.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO

from clare.events.text import MAX_BYTES
from clare.fleet import Fleet
from clare.fold import fold
from clare.store.bulk import bulk
from clare.store.git import Git, GitFailed, fields
from clare.store.partial import fetch_missing
from clare.store.reading import Reading, sorted_findings
from clare.store.tree import Entry

SOME = 4_000
"""Files after which a long read tells how far it is."""

Told = Callable[[str], None] | None


@bulk()
def read_board(git: Git, commit: str, *, told: Told = None) -> Fleet:
    """The projection of the board at a commit, everything in memory. `told` hears how far it is."""
    reading = read_entries(git, list_tree(git, commit), told=told)
    events = reading.by_entity()
    entities = {key: fold(key, found) for key, found in events.items()}
    found = (*reading.findings_of(entities.values()), *reading.missing())
    return Fleet(entities, events, sorted_findings(found), reading.manifest, commit)


def read_entries(git: Git, entries: Iterable[Entry], *, told: Told = None) -> Reading:
    """What these files say. `told` hears how far it is."""
    reading = Reading()
    files: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.is_file:
            files.setdefault(entry.blob, []).append(entry)
        else:
            reading.take(entry, None)
    unread: list[str] = []
    for number, (blob, data) in enumerate(stream_blobs(git, list(files)), 1):
        if told and not number % SOME:
            told(f"reading the board: {number} of {len(files)} files")
        if data is None:
            unread.append(blob)
        for entry in files[blob]:
            reading.take(entry, data)
    reading.lacks = any(
        git.run("cat-file", "-e", blob, allow=(0, 1, 128)).returncode for blob in unread
    )
    return reading


def list_tree(git: Git, commit: str, folder: str = "fleet/") -> list[Entry]:
    """Every file below `fleet/`, or a folder in it, at a commit; their contents are then here."""
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", folder).stdout
    entries = []
    for line in fields(listed):
        facts, _, path = line.partition("\t")
        mode, _, blob = facts.split(" ")
        entries.append(Entry(mode, blob, path))
    fetch_missing(git, (entry.blob for entry in entries if entry.is_file))
    return entries


def stream_blobs(git: Git, wanted: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """The contents of distinct blobs, one at a time; None for one that is missing or too large.

    Raises GitFailed if git ends before its last answer: a board is not empty because git died.
    """
    if wanted:
        given = "".join(f"{blob}\n" for blob in wanted).encode()
        with git.stream("cat-file", "--batch", "--buffer", given=given) as answers:
            yield from _contents(answers, wanted)


def _contents(pipe: IO[bytes], wanted: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    for blob in wanted:
        line = pipe.readline()
        if not line:
            raise GitFailed("cat-file", 0, "it ended before its last answer")
        header = line.split()
        if len(header) != 3:
            yield blob, None
            continue
        size = int(header[2])
        if size > MAX_BYTES:
            for start in range(0, size, 1 << 20):
                pipe.read(min(1 << 20, size - start))
            yield blob, None
        else:
            yield blob, pipe.read(size)
        pipe.read(1)
