"""What a plan says, checked as far as that goes without a board: every problem with its place."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from clare import dates
from clare.errors import ClareError, Exit, Several
from clare.events.fact import Model
from clare.events.problems import first_problem, problem_text
from clare.events.task import TaskCommented, TaskFields, TaskSets
from clare.services.days import DAY_FIELDS
from clare.services.project_here import HERE
from clare.state import priority_of
from clare.store.files import BadFile
from clare.store.plan_file import MAX_BYTES, Map, Text, Value, parse_plan
from clare.views.story import counted, shorten

STDIN = Path("-")
MAX_ENTRIES = 10_000
_TOLD = 20
"""So many problems are told at once."""

_LONGEST = 500
"""Characters in which one is told: a file may hold values of any size."""

FIELDS = tuple(TaskFields.model_fields)
SETS = tuple(TaskSets.model_fields)
WORDS = ("as", "task", "key", "comment")
"""What an entry says in one text beside the fields of a task."""

KNOWN = (*WORDS, *FIELDS, *SETS, "remove", "children")


class Problem(ClareError):
    """Something wrong with a plan, at a line."""

    def __init__(self, message: str, *, line: int, hint: str, exit_code: Exit) -> None:
        super().__init__(message, hint=hint, exit_code=exit_code)
        self.line = line


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a plan: a task to add, or the changes to one.

    `parent` among the fields and the needs may still be `&names` and prefixes of ids. `above` is the
    number of the entry that it is nested in.
    """

    number: int
    source: str
    map: Map
    name: str = ""
    key: str = ""
    task: str = ""
    comment: str = ""
    above: int | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    add: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remove: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def problem(self, where: str, what: str, *, hint: str = "", code: Exit = Exit.USAGE) -> Problem:
        """An error that names file, line, entry and field."""
        line = self.map.line_of(where)
        given = (self.map.fields.get(word) for word in ("as", "task", "title"))
        known = self.map.name or next(
            (shorten(text) for text in given if text and isinstance(text, Text)), ""
        )
        entry = f"entry {self.number + 1}" + (f" ({known})" if known else "")
        text = f"{self.source}, line {line}, {entry}: {shorten(where)}: {what[:_LONGEST]}"
        return Problem(text, line=line, hint=hint or _HINT, exit_code=code)


_HINT = "nothing was written; docs/plan.md tells what an entry takes"


def together(problems: Sequence[Problem]) -> ClareError:
    """All problems as one error; those that only the board has are told when the plan is sound."""
    bad = [error for error in problems if error.exit_code == Exit.USAGE] or problems
    bad = sorted(bad, key=lambda error: error.line)
    if len(bad) <= _TOLD:
        return bad[0] if len(bad) == 1 else Several(bad)
    more = counted(len(bad) - _TOLD, "more problem")
    return Several([*bad[:_TOLD], ClareError(more, hint=_HINT, exit_code=bad[0].exit_code)])


def load(path: Path) -> list[Entry]:
    """The entries of a file, or of standard input for `-`. Raises ClareError with all problems."""
    source = "standard input" if path == STDIN else str(path)
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ClareError(
            f"{path}: {error.strerror}", hint="name a file, or - for what comes in"
        ) from None
    return parsed(data, source)


def parsed(data: bytes, source: str) -> list[Entry]:
    """The entries that the bytes of a plan hold. Raises ClareError with all problems."""
    try:
        values = parse_plan(data)
    except BadFile as error:
        raise ClareError(f"{source}, {error}", hint=_HINT, exit_code=Exit.USAGE) from None
    return entries(values, source)


def entries(values: Sequence[Value], source: str) -> list[Entry]:
    """The entries of a plan in order, nested ones after what they are in. Raises all problems."""
    reading = _Reading(source)
    for value in values:
        reading.take(value, None)
    if not reading.entries and not reading.problems:
        raise ClareError(f"{source} has no entries", hint=_HINT, exit_code=Exit.USAGE)
    reading.problems.extend(_across(reading.entries))
    if reading.problems:
        raise together(reading.problems)
    return reading.entries


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what is wrong with it."""

    source: str
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, value: Value, above: Entry | None) -> None:
        """Read one entry and those nested in it; a bare text is the title of a task."""
        if len(self.entries) >= MAX_ENTRIES:
            text = f"{self.source} has more than {MAX_ENTRIES:,} entries"
            raise ClareError(text, hint="apply it in parts", exit_code=Exit.USAGE)
        found = self._map(value, above)
        if found is None:
            return
        blank = Entry(len(self.entries), self.source, found)
        one = _One(blank, self.problems)
        entry = one.read(above)
        self.entries.append(entry)
        for child in one.children():
            self.take(child, entry)

    def _map(self, value: Value, above: Entry | None) -> Map | None:
        if isinstance(value, Map):
            return value
        if isinstance(value, Text) and not value.startswith("&"):
            return Map(value.line, {"title": value})
        line = value.line if isinstance(value, Text) else above.map.line if above else 1
        blank = Entry(len(self.entries), self.source, Map(line, {}))
        said = f"{value} is a name alone" if isinstance(value, str) else "not a map of fields"
        self.problems.append(blank.problem("entry", said))
        return None


@dataclass(slots=True)
class _One:
    """One entry being read."""

    entry: Entry
    problems: list[Problem]

    def read(self, above: Entry | None) -> Entry:
        """The entry; what does not fit is left out and noted."""
        given = self.entry.map.fields
        for name in given:
            if name not in KNOWN:
                self._bad(name, f"unknown field{_meant(name)}")
        words = {name: self._text(name) for name in WORDS if name in given}
        remove = given.get("remove", Map(0, {}))
        if not isinstance(remove, Map):
            self._bad("remove", "must be a map of labels, needs, links")
            remove = Map(0, {})
        for name in remove.fields:
            if name not in SETS:
                self._bad("remove", f"{name}: unknown set{_meant(name, SETS)}")
        self._check_words(words, remove, above)
        return Entry(
            self.entry.number,
            self.entry.source,
            self.entry.map,
            name=self.entry.map.name or words.get("as", ""),
            key=words.get("key", ""),
            task=words.get("task", ""),
            comment=words.get("comment", ""),
            above=above.number if above else None,
            fields=dict(self._fields()),
            add=dict(self._sets(given)),
            remove=dict(self._sets(remove.fields, "remove")),
        )

    def children(self) -> Sequence[Value]:
        """The entries that are nested in it."""
        found = self.entry.map.fields.get("children", ())
        if isinstance(found, Text | Map):
            self._bad("children", "must be a list of entries")
            return ()
        return found

    def _bad(self, where: str, what: str) -> None:
        self.problems.append(self.entry.problem(where, what))

    def _text(self, name: str) -> str:
        found = self.entry.map.fields[name]
        if isinstance(found, Text):
            return str(found)
        self._bad(name, "must be text")
        return ""

    def _check_words(self, words: Mapping[str, str], remove: Map, above: Entry | None) -> None:
        key, task = words.get("key"), words.get("task")
        self._check_name(words.get("as"))
        for word in (
            "task",
            "key",
        ):  # an empty variable of a script must not add what it meant to edit
            if word in words:
                self._check(words[word], "title", where=word)
        if key and task:
            self._bad("key", "an entry with task: edits; a key is for one that adds")
        if above and above.key and not (key or task):
            self._bad("key", "missing: the entry above has one, and a repeat would add this again")
        if task is None and "title" not in self.entry.map.fields:
            self._bad("title", "missing")
        if task is None and remove.fields:
            self._bad("remove", "only for an entry with task:")
        if "parent" in self.entry.map.fields and above:
            self._bad("parent", "the entry above is its parent already")
        if words.get("comment"):
            given = {"entity": "tasks/" + "0" * 12, "text": words["comment"]}
            self._validate(TaskCommented, given, "comment")

    def _check_name(self, name: str | None) -> None:
        if name is not None and (not name.startswith("&") or len(name) < 2):
            self._bad("as", "must be a name such as &lexer")
        if name and self.entry.map.name not in ("", name):
            self._bad("as", f"the entry is named {self.entry.map.name} already")

    def _fields(self) -> Iterator[tuple[str, str]]:
        for name in FIELDS:
            if name in self.entry.map.fields:
                text = self._text(name)
                if not isinstance(self.entry.map.fields[name], Text):
                    continue
                cleared = not text and "task" not in self.entry.map.fields and name != "title"
                if name == "assignee" and "," in text:
                    self._bad(name, "must be one actor, without commas")
                if name == "priority" and text:
                    text = self._priority(text)
                elif name in DAY_FIELDS and text:
                    self._check_day(text, name)
                elif name != "parent" and not cleared and (name, text) != ("project", HERE):
                    self._check(text, name)
                if not cleared:
                    yield name, text

    def _priority(self, text: str) -> str:
        try:
            return priority_of(text)
        except ValueError as error:
            self._bad("priority", str(error))
            return ""

    def _check_day(self, text: str, name: str) -> None:
        """Whether it can be a day; which one, the board says when the plan is applied."""
        try:
            dates.check(text)
        except ValueError as error:
            self._bad(name, f"{shorten(text)!r} {error}")

    def _sets(
        self, given: Mapping[str, Value], under: str = ""
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name in SETS:
            found = given.get(name, ())
            listed = [found] if isinstance(found, Text) else found
            if isinstance(listed, Map) or not all(isinstance(each, Text) for each in listed):
                self._bad(under or name, "must be a list of texts")
                continue
            texts = tuple(dict.fromkeys(str(each) for each in listed if each))
            if name != "needs":
                for text in texts:
                    self._validate(TaskSets, {name: [text]}, under or name, shown=text)
            if texts:
                yield name, texts

    def _check(self, text: str, name: str, *, where: str = "") -> None:
        self._validate(TaskFields, {name: text}, where or name)

    def _validate(
        self, model: type[Model], given: Mapping[str, object], where: str, *, shown: str = ""
    ) -> None:
        try:
            model.model_validate(given)
        except ValidationError as error:
            text = problem_text(first_problem(error), where="").partition(": ")[2]
            self._bad(where, f"{shorten(shown)!r} {text}" if shown else text)


def _meant(name: str, known: Sequence[str] = KNOWN) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def _across(found: Sequence[Entry]) -> Iterator[Problem]:
    """What only shows between entries: duplicates, and names that nothing has."""
    for what in ("name", "key"):
        first: dict[str, Entry] = {}
        for entry in found:
            text = entry.name if what == "name" else entry.key
            known = first.setdefault(text, entry)
            if text and known is not entry:
                where = "as" if what == "name" else "key"
                yield entry.problem(
                    where, f"{shorten(text)} is taken by the entry in line {known.map.line}"
                )
    defined = {entry.name for entry in found}
    unknown = 0
    for entry in found:
        for where, text in _references(entry):
            if text not in defined:
                unknown += 1
                meant = _meant_name(text, defined) if unknown <= _TOLD else ""
                yield entry.problem(where, f"no entry is named {shorten(text)}{meant}")


def _meant_name(text: str, defined: set[str]) -> str:
    """The name that was probably meant; looking for it costs time in the length of both."""
    some = sorted(name for name in defined if 0 < len(name) < _LONGEST)
    from difflib import get_close_matches

    near = get_close_matches(text[:_LONGEST], some, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _references(entry: Entry) -> Iterator[tuple[str, str]]:
    parent = entry.fields.get("parent", "")
    named = [("parent", parent)]
    named += [("needs", need) for need in entry.add.get("needs", ())]
    named += [("remove", need) for need in entry.remove.get("needs", ())]
    return ((where, text) for where, text in named if text.startswith("&"))
