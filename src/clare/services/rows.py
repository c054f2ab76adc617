"""Files of other trackers, read strictly: their bytes, their JSON, their dates."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from clare import names
from clare.clock import show_instant
from clare.errors import ClareError, Usage
from clare.events.problems import first_problem, problem_text
from clare.services.fitting import one_line
from clare.services.origin import Wanted

STDIN = Path("-")
MAX_FILE = 512 * 1024 * 1024
"""Bytes of the largest file that is read."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

M = TypeVar("M", bound="Row")


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds of a moment; finer fractions are cut off. Raises ValueError."""
    try:
        return (moment.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)
    except OverflowError:
        raise ValueError("there is no such date") from None


def _moment(value: object) -> int:
    """Milliseconds of a date with a time and a zone."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("must be a date such as 2026-12-01T09:30:00Z")
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError("there is no such date") from None
    return milliseconds(moment)


def show_moment(ms: int | None) -> str:
    """A moment as fields hold it, to the millisecond; empty for none."""
    if ms is None:
        return ""
    fraction = f".{ms % 1000:03}Z" if ms % 1000 else "Z"
    return show_instant(ms).removesuffix("Z") + fraction


def _check_title(text: str) -> str:
    if not one_line(text).strip():
        raise ValueError("must have something in it")
    return text


Moment = Annotated[int, BeforeValidator(_moment)]
Name = Annotated[str, Field(min_length=1)]
Title = Annotated[str, AfterValidator(_check_title)]


class Row(BaseModel):
    """What is known of a row; a null counts as absent, what is unknown is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, row: object) -> object:
        if not isinstance(row, dict):
            return row
        return {key: value for key, value in row.items() if value is not None}


class Rows:
    """The rows of a source, by what they become. Two of one id are refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, Wanted] = {}
        self.notes: list[str] = []

    def add(self, wanted: Wanted) -> None:
        """Take one row in. Raises ClareError if its id is taken."""
        first = self.found.setdefault(wanted.key, wanted)
        if first is not wanted:
            place = wanted.where.removesuffix(f", {wanted.row_id}")
            raise refused(self.path, place, f"the same task as in {first.where}")


def name_of(path: Path, name: str) -> str:
    """What a list is called whose rows have no ids of their own. Raises Usage if nothing says it."""
    found = name or ("" if path == STDIN else path.name)
    if not found.strip() or len(found) > 200 or not names.is_plain(found):
        raise Usage(
            f"{found[:40]!r} cannot name a list",
            hint="say with --name how to call it, always alike",
        )
    return found


def refused(path: Path, where: str, problem: str) -> ClareError:
    """Why a file is not imported: nothing of it is."""
    file = "standard input" if path == STDIN else str(path)
    place = f"{file}, {where}" if where else file
    return ClareError(f"{place}: {problem}", hint="nothing was imported; mend it, then again")


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises ClareError."""
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(MAX_FILE + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ClareError(f"{path}: {why}", hint="name a file that can be read") from None
    if len(data) > MAX_FILE:
        raise refused(path, "", f"larger than {MAX_FILE >> 20} MiB")
    return data


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark. Raises ClareError."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refused(path, f"line {line}", "not UTF-8") from None


def json_lines(path: Path) -> Iterator[tuple[int, object]]:
    """The values of a file with one JSON value a line, with their lines. Raises ClareError."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            try:
                value = json.loads(line, parse_constant=_no_number)
                _check_unicode(value, line, 0, len(line))
            except (ValueError, RecursionError) as error:
                raise refused(path, f"line {number}", _no_json(error)) from None
            yield number, value


def json_values(path: Path) -> Iterator[object]:
    """The JSON values that stand one after another in a file, the elements of arrays one by one.

    Raises ClareError.
    """
    text = read_text(path)
    decoder = json.JSONDecoder(parse_constant=_no_number)
    at = _next_value(text, 0)
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
            _check_unicode(value, text, at, end)
        except (ValueError, RecursionError) as error:
            here = error.pos if isinstance(error, json.JSONDecodeError) else at
            line = text.count("\n", 0, here) + 1
            raise refused(path, f"line {line}", _no_json(error)) from None
        yield from _elements(value)
        at = _next_value(text, end)


def _elements(value: object) -> Iterator[object]:
    """Pages of pages come as arrays in an array."""
    if not isinstance(value, list):
        yield value
        return
    for element in value:
        if isinstance(element, list):
            yield from element
        else:
            yield element


_HALF = re.compile(r"\\u[dD][89abAB]")
_BETWEEN = re.compile(r"[\s,]*")


def _next_value(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number in JSON")


def _check_unicode(value: object, text: str, start: int, end: int) -> None:
    """Raise ValueError if an escape stands for half a character."""
    if _HALF.search(text, start, end):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("an escape stands for half a character") from None


def _no_json(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "not JSON: nested too deeply"
    return f"not JSON: {error.msg if isinstance(error, json.JSONDecodeError) else error}"


def fitted(model: type[M], value: object, path: Path, where: str) -> M:
    """A value as a row. Raises ClareError in the words of the first thing that does not fit."""
    if not isinstance(value, Mapping):
        raise refused(path, where, "not a JSON object")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refused(path, where, problem_text(first_problem(error))) from None
