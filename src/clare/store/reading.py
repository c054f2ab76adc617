"""From the files of a tree to events, findings and what `fleet.yaml` says.

Nothing in a tree makes this raise: what is no event is reported with its path.
"""

from collections.abc import Iterable, Mapping

from clare import names, settings
from clare.events.event import Event
from clare.events.read import Malformed, Node, read
from clare.events.text import MAX_BYTES
from clare.fleet import FORMAT, Finding, Manifest
from clare.state import Entity
from clare.store.changes import is_template_path
from clare.store.files import BadFile, parse
from clare.store.lines import line_of
from clare.store.snapshot import MISSING
from clare.store.tree import ATTRIBUTES, MANIFEST, Entry

_EXECUTABLE = "100755"
_MODES = {"120000": "a symbolic link", "160000": "a submodule"}


class Reading:
    """What has been read so far: events by entity, and findings; whether git lacks a file of it."""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, tuple[str, Event]]] = {}
        self.findings: list[Finding] = []
        self.manifest = Manifest()
        self.has_manifest = False
        self.lacks = False

    def take(self, entry: Entry, data: bytes | None) -> None:
        """Sort one file in, whatever it is."""
        if entry.path == ATTRIBUTES or _is_template(entry):
            return
        if entry.path == MANIFEST:
            self.has_manifest = True
            self._take_manifest(entry, data)
            return
        entity = entry.entity
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
        self.findings.append(Finding(shown(entry.path), problem, level, entity, entry.blob))

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

    def by_entity(self) -> dict[str, tuple[Event, ...]]:
        """The events of each entity by id, both sorted."""
        return {
            key: tuple(event for _, event in sorted(found.values(), key=lambda pair: pair[1].id))
            for key, found in sorted(self.events.items())
        }

    def findings_of(self, entities: Iterable[Entity]) -> tuple[Finding, ...]:
        """What was found in the files, and what the fold reports of these entities."""
        forged = [
            Finding(names.folder(entity.key), report, level="unfit", entity=entity.key)
            for entity in entities
            for report in entity.reports
        ]
        return sorted_findings((*self.findings, *forged))

    def missing(self) -> tuple[Finding, ...]:
        """What a board must have and these files have not."""
        return () if self.has_manifest else (MISSING,)


def shown(path: str) -> str:
    """A path that need not be UTF-8, as text."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By path, then by what is wrong."""
    return tuple(sorted(findings, key=lambda found: (found.path, found.problem)))


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
