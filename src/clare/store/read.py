"""Reading a board at a commit: one `ls-tree`, one `cat-file --batch`, then the fold.

Nothing in a tree makes this raise: what is no event is reported with its path.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from clare import names, settings
from clare.events.event import Event
from clare.events.read import Malformed, Node, read
from clare.events.text import MAX_BYTES
from clare.fleet import FORMAT, Finding, Fleet, Manifest
from clare.fold import fold
from clare.store.changes import is_template_path
from clare.store.files import BadFile, parse
from clare.store.git import Git, GitFailed, fields
from clare.store.lines import line_of

MANIFEST = "fleet/fleet.yaml"
ATTRIBUTES = "fleet/.gitattributes"
_FILE, _EXECUTABLE = "100644", "100755"
_MODES = {"120000": "a symbolic link", "160000": "a submodule"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree."""

    mode: str
    blob: str
    path: str


def read_board(git: Git, commit: str) -> Fleet:
    """The projection of the board at a commit."""
    reading = _Reading()
    files: dict[str, list[Entry]] = {}
    for entry in list_tree(git, commit):
        if entry.mode in (_FILE, _EXECUTABLE):
            files.setdefault(entry.blob, []).append(entry)
        else:
            reading.take(entry, None)
    for blob, data in stream_blobs(git, list(files)):
        for entry in files[blob]:
            reading.take(entry, data)
    tree = git.run("rev-parse", "--verify", "--quiet", f"{commit}:fleet", allow=(0, 1, 128)).stdout
    return reading.fleet(commit, tree.decode().strip())


def holds_board(git: Git, rev: str) -> bool:
    """Whether there is a board at a revision; a revision that does not exist holds none."""
    return bool(git.text("ls-tree", "--name-only", rev, "--", MANIFEST, allow=(0, 128)))


def list_tree(git: Git, commit: str, folder: str = "fleet/") -> list[Entry]:
    """Every file below `fleet/`, or a folder in it, at a commit."""
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", folder).stdout
    entries = []
    for line in fields(listed):
        facts, _, path = line.partition("\t")
        mode, _, blob = facts.split(" ")
        entries.append(Entry(mode, blob, path))
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


class _Reading:
    """What has been read so far: events by entity, and findings."""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, tuple[str, Event]]] = {}
        self.findings: list[Finding] = []
        self.manifest = Manifest()
        self.has_manifest = False

    def take(self, entry: Entry, data: bytes | None) -> None:
        """Sort one file in, whatever it is."""
        if entry.path == ATTRIBUTES or _is_template(entry):
            return
        if entry.path == MANIFEST:
            self.has_manifest = True
            self._take_manifest(entry, data)
            return
        entity = names.key_of_folder(entry.path.rpartition("/")[0]) or ""
        if not entity and not entry.path.endswith(".yaml") and entry.mode not in _MODES:
            self._find(entry, "", "not a file of a fleet; ignored", level="newer")
            return
        try:
            event = self._event(entry, data, entity)
        except (BadFile, Malformed) as error:
            self._find(entry, entity, str(error))
            return
        self._keep(entry, event)

    def _find(self, entry: Entry, entity: str, problem: str, *, level: str = "unreadable") -> None:
        shown = entry.path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self.findings.append(Finding(shown, problem, level, entity, entry.blob))

    def _event(self, entry: Entry, data: bytes | None, entity: str) -> Event:
        if entry.mode in _MODES:
            raise BadFile(f"{_MODES[entry.mode]}, not a file")
        if not entity:
            raise BadFile("no entity has its events in this folder")
        stem, _, ending = entry.path.rpartition("/")[2].rpartition(".")
        event_id, twin, _ = stem.partition("~")
        if ending != "yaml" or not names.is_event_id(event_id):
            raise BadFile("the file's name is not an event id and .yaml")
        event = read(parse(_present(data)))
        if event.id != event_id:
            raise BadFile(f"the file's name is not its id, {event.id}")
        if event.entity != entity:
            raise BadFile(f"its entity, {event.entity}, has another folder")
        if twin:
            self._find(entry, entity, "a second body with an id that was taken")
        return event

    def _keep(self, entry: Entry, event: Event) -> None:
        if entry.mode == _EXECUTABLE:
            self._find(entry, event.entity, "an executable file", level="unfit")
        for problem in event.unfit:
            self._find(entry, event.entity, problem, level="unfit")
        for unknown in event.carried:
            self._find(entry, event.entity, f"{unknown} is unknown here; kept", level="newer")
        mine = self.events.setdefault(event.entity, {})
        taken = mine.get(event.id)
        if taken is None or entry.blob < taken[0]:
            mine[event.id] = entry.blob, event

    def _take_manifest(self, entry: Entry, data: bytes | None) -> None:
        try:
            self.manifest, unknown = manifest(parse(_present(data)))
        except BadFile as error:
            self._find(entry, "", str(error))
            return
        text = _present(data).decode("utf-8", "replace")
        for key in unknown:
            told = f"line {line_of(text, key)}: {key} is unknown here; kept{_meant(key)}"
            self._find(entry, "", told, level="newer")
        for key, value in (("lease", self.manifest.lease), ("sync", self.manifest.sync)):
            wrong = settings.problem(key, value) if value else ""
            if wrong:
                told = f"line {line_of(text, key)}: {key}: {wrong}"
                self._find(entry, "", told, level="unfit")

    def fleet(self, commit: str, tree: str) -> Fleet:
        """Fold what was read."""
        events = {
            key: tuple(event for _, event in sorted(found.values(), key=lambda pair: pair[1].id))
            for key, found in sorted(self.events.items())
        }
        entities = {key: fold(key, found) for key, found in events.items()}
        if not self.has_manifest:
            self.findings.append(Finding(MANIFEST, "missing", level="unfit"))
        forged = [
            Finding(names.folder(key), report, level="unfit", entity=key)
            for key, entity in entities.items()
            for report in entity.reports
        ]
        findings = tuple(sorted((*self.findings, *forged), key=lambda f: (f.path, f.problem)))
        return Fleet(entities, events, findings, self.manifest, commit, tree)


def _is_template(entry: Entry) -> bool:
    """Templates are read when they are used: what is wrong with one disturbs nothing else."""
    return is_template_path(entry.path) and entry.mode not in _MODES


def _present(data: bytes | None) -> bytes:
    if data is None:
        raise BadFile(f"missing, or larger than {MAX_BYTES // 1024} KiB")
    return data


_KNOWN = ("format", "name", "hub", "policy", *settings.SHARED)


def _meant(key: str) -> str:
    """The key that was probably meant."""
    import difflib

    near = difflib.get_close_matches(key[:40], _KNOWN, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def manifest(mapping: Mapping[str, Node]) -> tuple[Manifest, list[str]]:
    """What `fleet.yaml` says, and the keys in it that are unknown here. Raises BadFile."""
    text = {key: value for key, value in mapping.items() if isinstance(value, str)}
    number = text.get("format", "")
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise BadFile("format: must be a number")
    unknown = [key for key in mapping if key not in _KNOWN] if int(number) <= FORMAT else []
    said = {key: text.get(key, "") for key in ("name", "hub", "lease", "sync")}
    return Manifest(format=int(number), **said), unknown
