"""The projection of a board at one commit as a file: columns, and each entity's state by itself.

A file is a line that names its form, the length and checksum of a header, the header, and sections. The
header has the checksum of each section, a section has those of its entries; so a reader checks what it
reads, and reads no more than it needs.
"""

import marshal
import os
import stat
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, cast

from clare import __version__
from clare.fleet import Finding, Manifest
from clare.state import FOLD_VERSION
from clare.table import Row

FORMAT = 1
"""Raised when the same board comes to another file."""

ANSWERS = ("blocked", "newest", "queue", "shorts", "unblocks", "usual")
"""What is worked out of the rows of a base and kept with them."""

_FORM = (
    f"kept by clare: form {FORMAT}, fold {FOLD_VERSION}, {__version__}, "
    f"{zlib.crc32(' '.join((*Row._fields, *ANSWERS)).encode())}\n"
).encode()
_MARSHAL = 4
_NUMBER = 8
"""Bytes of a number in a file."""

_ENTRY = 3 * _NUMBER
"""Bytes of an entry in the index: where an entity's state lies, its length, its checksum."""


class Damaged(Exception):
    """A file is not what was written, or of another version: it must be made anew."""


MISSING = Finding("fleet/fleet.yaml", "missing", level="unfit")
"""What is found of a tree without `fleet.yaml`: it is no board."""


class Facts(NamedTuple):
    """What is known of a board besides its entities; `others` are the keys without a row, sorted.

    It `lacks` something where git has not all of its files just now: that is not to be kept.
    """

    commit: str
    manifest: Manifest
    findings: tuple[Finding, ...]
    others: tuple[str, ...]
    lacks: bool = False

    def is_board_at(self, commit: str) -> bool:
        """Whether this is known of that commit, and `fleet.yaml` is there."""
        return self.commit == commit and MISSING not in self.findings


class Source(Protocol):
    """A whole projection: in memory, or in a file that is read as far as it is asked for."""

    @property
    def facts(self) -> Facts:
        """What is known besides."""

    def column(self, name: str) -> list[object]:
        """A column of the table of tasks, sorted by id."""

    def known(self, name: str) -> object:
        """What was worked out of the rows and kept with them; None if it was not."""

    def packed(self, place: int) -> bytes:
        """An entity's state: the tasks' as in the table, then those of `facts.others`."""


class Content(NamedTuple):
    """A whole projection in memory."""

    facts: Facts
    columns: Mapping[str, list[object]]
    states: Sequence[bytes]

    def column(self, name: str) -> list[object]:
        return self.columns[name]

    def known(self, name: str) -> object:
        return None

    def packed(self, place: int) -> bytes:
        return self.states[place]


def place_of(source: Source, key: str) -> int | None:
    """Where an entity's state stands; None if it is not there."""
    kind, _, name = key.partition("/")
    ids = cast(list[str], source.column("id"))
    if kind == "tasks" and (place := _found(ids, name)) is not None:
        return place
    place = _found(source.facts.others, key)
    return None if place is None else len(ids) + place


def _found(names: Sequence[str], name: str) -> int | None:
    place = bisect_left(names, name)
    return place if place < len(names) and names[place] == name else None


class File:
    """An open file of a projection. Raises Damaged where it is not what was written."""

    def __init__(self, path: str) -> None:
        """Open it. Raises OSError."""
        self._descriptor = _opened(path)
        start = len(_FORM)
        head = self._read(0, start + 2 * _NUMBER)
        if head[:start] != _FORM:
            raise Damaged("another form")
        length, self.checksum = _numbers(head[start:])
        header = self._checked(start + 2 * _NUMBER, length, self.checksum)
        self._start = start + 2 * _NUMBER + length
        told, self._sections = cast(
            tuple[tuple[object, ...], dict[str, tuple[int, int, int]]], _loaded(header)
        )
        self.facts = facts_of(told)
        self._columns: dict[str, list[object]] = {}
        self._index = b""

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def column(self, name: str) -> list[object]:
        """A column of the table of tasks, sorted by id."""
        if name not in self._columns:
            self._columns[name] = cast(list[object], _loaded(self._section(name)))
        return self._columns[name]

    def known(self, name: str) -> object:
        """What was worked out of the rows and kept with them."""
        return _loaded(self._section(name))

    def packed(self, place: int) -> bytes:
        """An entity's state."""
        self._index = self._index or self._section("index")
        offset, length, checksum = _numbers(self._index[place * _ENTRY :][:_ENTRY])
        start, _, _ = self._sections["states"]
        return self._checked(self._start + start + offset, length, checksum)

    def _section(self, name: str) -> bytes:
        if name not in self._sections:
            raise Damaged("a part is missing")
        start, length, checksum = self._sections[name]
        return self._checked(self._start + start, length, checksum)

    def _checked(self, start: int, length: int, checksum: int) -> bytes:
        data = self._read(start, length)
        if zlib.crc32(data) != checksum:
            raise Damaged("a wrong checksum")
        return data

    def _read(self, start: int, length: int) -> bytes:
        if length > os.fstat(self._descriptor).st_size:
            raise Damaged("too short")
        try:
            data = os.pread(self._descriptor, length, start)
            while len(data) < length and (
                more := os.pread(self._descriptor, length - len(data), start + len(data))
            ):
                data += more
        except OSError as error:
            raise Damaged(str(error)) from error
        if len(data) < length:
            raise Damaged("too short")
        return data


def _opened(path: str) -> int:
    """A regular file, opened: whatever else lies there, nobody waits for it. Raises OSError, Damaged."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise Damaged("no file")


def read_file(path: str) -> bytes:
    """The bytes of a regular file. Raises OSError, Damaged."""
    with open(_opened(path), "rb") as file:
        return file.read()


def _numbers(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + _NUMBER]) for at in range(0, len(data), _NUMBER)]


def _bytes(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(_NUMBER) for number in numbers)


def parts_of(content: Content, known: Mapping[str, object]) -> Iterable[bytes]:
    """The file of a projection, in parts, with what was worked out of its rows."""
    sections: dict[str, tuple[int, int, int]] = {}
    parts: list[bytes] = []
    end = 0
    states = content.states
    for name, values in (*content.columns.items(), *known.items()):
        parts.append(_dumped(values))
        sections[name] = (end, len(parts[-1]), zlib.crc32(parts[-1]))
        end += len(parts[-1])
    index: list[bytes] = []
    inside = 0
    for state in states:
        index.append(_bytes(inside, len(state), zlib.crc32(state)))
        inside += len(state)
    parts.append(b"".join(index))
    sections["index"] = (end, len(parts[-1]), zlib.crc32(parts[-1]))
    sections["states"] = (end + len(parts[-1]), inside, 0)
    header = _dumped((told(content.facts), sections))
    return (_FORM, _bytes(len(header), zlib.crc32(header)), header, *parts, *states)


def _loaded(data: bytes) -> object:
    try:
        return marshal.loads(data)
    except (EOFError, ValueError, TypeError) as error:
        raise Damaged(str(error)) from error


def _dumped(plain: object) -> bytes:
    return marshal.dumps(cast(str, plain), _MARSHAL)  # what it takes has no type of its own


def told(facts: Facts) -> tuple[object, ...]:
    """The facts as plain values."""
    board = facts.manifest
    manifest = (board.name, board.hub, board.format, board.lease, board.sync)
    findings = [(f.path, f.problem, f.level, f.entity, f.blob) for f in facts.findings]
    return facts.commit, manifest, findings, facts.others


def facts_of(values: tuple[object, ...]) -> Facts:
    """The facts that plain values tell."""
    commit, manifest, findings, others = cast(
        tuple[
            str, tuple[str, str, int, str, str], list[tuple[str, str, str, str, str]], tuple[str]
        ],
        values,
    )
    return Facts(commit, Manifest(*manifest), tuple(Finding(*f) for f in findings), others)


Changed = dict[str, tuple[Row | None, bytes | None]]
"""What differs from a base, by key: the row of a task, and the state; None where there is none."""


def delta_bytes(facts: Facts, base: int, changed: Changed) -> bytes:
    """The file of what has changed since a base, which is named by its checksum."""
    plain = {key: (row and tuple(row), state) for key, (row, state) in changed.items()}
    data = _dumped((told(facts), base, plain))
    return _FORM + _bytes(zlib.crc32(data)) + data


def read_delta(data: bytes) -> tuple[Facts, int, Changed]:
    """The facts, the base's checksum and what has changed. Raises Damaged."""
    start = len(_FORM) + _NUMBER
    if data[: len(_FORM)] != _FORM or len(data) < start:
        raise Damaged("another form")
    if _numbers(data[len(_FORM) : start]) != [zlib.crc32(data[start:])]:
        raise Damaged("a wrong checksum")
    values, base, plain = cast(
        tuple[tuple[object, ...], int, dict[str, tuple[tuple[object, ...] | None, bytes | None]]],
        _loaded(data[start:]),
    )
    make = cast(Callable[[tuple[object, ...]], Row], Row._make)
    changed = {key: (make(row) if row else None, state) for key, (row, state) in plain.items()}
    return facts_of(values), base, changed
