"""From the bytes of a plan to its entries, each with its line: YAML, JSON lines, or a JSON array.

Scalars keep their text, as in event files. Anchors and aliases are nothing but names of entries,
which is why they may point forwards, and why nothing can blow up: both become the text `&name`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from clare.store.files import BadFile
from clare.store.libyaml import read_yaml

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 32
_SHOWN = 100
"""Characters of a key that an error repeats."""


@dataclass(frozen=True, slots=True)
class Map:
    """A map of a plan and where it stands; `name` is the anchor on it, as `&lexer`."""

    line: int
    fields: "Mapping[str, Value]"
    lines: Mapping[str, int] = field(default_factory=dict)
    name: str = ""

    def line_of(self, key: str) -> int:
        """Where a field stands, or else the map."""
        return self.lines.get(key, self.line)


class Text(str):
    """A text of a plan, which knows where it stands."""

    line: int

    @classmethod
    def at(cls, line: int, text: str) -> "Text":
        """The text, at a line."""
        found = cls(text)
        found.line = line
        return found


Value = Text | Sequence["Value"] | Map


def parse_plan(data: bytes) -> list[Value]:
    """The entries of a plan. Raises BadFile with the line."""
    if len(data) > MAX_BYTES:
        raise BadFile(f"larger than {MAX_BYTES // 1024 // 1024} MiB")
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return list(_json(_text(data)))
    found = parse_yaml(data)
    return list(found) if isinstance(found, Sequence) and not isinstance(found, str) else [found]


def parse_yaml(data: bytes) -> Value:
    """What one YAML document holds, with lines and names. Raises BadFile."""
    return read_yaml(_text(data), _document)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile(f"line {line}: not UTF-8") from None


def _document(stream: Iterator[yaml.Event]) -> Value:
    first = next((event for event in stream if isinstance(event, yaml.NodeEvent)), None)
    if first is None:
        raise BadFile("nothing in it")
    found = _value(first, stream, 1)
    next(stream)
    after = next(stream)
    if not isinstance(after, yaml.StreamEndEvent):
        raise BadFile(f"line {_line(after)}: more than one document")
    return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _anchor(event: yaml.Event) -> str:
    found = getattr(event, "anchor", None)
    return f"&{found}" if found else ""


def _value(event: yaml.Event, stream: Iterator[yaml.Event], depth: int) -> Value:
    line, anchor = _line(event), _anchor(event)
    if depth > MAX_DEPTH:
        raise BadFile(f"line {line}: nested too deeply")
    if getattr(event, "tag", None):
        raise BadFile(f"line {line}: tags are not allowed")
    if isinstance(event, yaml.AliasEvent):
        return Text.at(line, anchor)
    if isinstance(event, yaml.ScalarEvent):
        text = Text.at(line, event.value)
        if not anchor:
            return text
        return Map(line, {"title": text}, name=anchor) if text else Text.at(line, anchor)
    if isinstance(event, yaml.MappingStartEvent):
        return _map(event, stream, depth + 1)
    if anchor:
        raise BadFile(f"line {line}: {anchor} names a list; a name belongs to an entry")
    return _list(stream, depth + 1)


def _list(stream: Iterator[yaml.Event], depth: int) -> list[Value]:
    inside: list[Value] = []
    while not isinstance(event := next(stream), yaml.SequenceEndEvent):
        inside.append(_value(event, stream, depth))
    return inside


def _map(start: yaml.Event, stream: Iterator[yaml.Event], depth: int) -> Map:
    """A map; YAML takes the name in `- &lexer title: …` for the first key's, people mean the entry."""
    name = _anchor(start)
    inside: dict[str, Value] = {}
    lines: dict[str, int] = {}
    while not isinstance(event := next(stream), yaml.MappingEndEvent):
        line, anchor = _line(event), _anchor(event)
        if not isinstance(event, yaml.ScalarEvent) or event.tag:
            raise BadFile(f"line {line}: a key must be text")
        if anchor and (name or inside):
            raise BadFile(f"line {line}: {anchor} names a field; a name belongs to an entry")
        name = name or anchor
        _keep(inside, event.value, _value(next(stream), stream, depth), line)
        lines[event.value] = line
    return Map(_line(start), inside, lines, name)


def _keep(inside: dict[str, Value], key: str, value: Value, line: int) -> None:
    if key in inside:
        raise BadFile(f"line {line}: duplicate key {key[:_SHOWN]}")
    inside[key] = value


class _Pairs(list[tuple[str, object]]):
    """An object of JSON, its keys not yet checked."""


def _json(text: str) -> Iterator[Value]:
    """The values of JSON lines, or of one array, each with the line where it begins."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str
    )
    at = _skip(text, 0)
    in_list = text[at] == "["
    at = _skip(text, at + in_list)
    line, counted = 1, 0
    while at < len(text) and not (in_list and text[at] == "]"):
        line, counted = line + text.count("\n", counted, at), at
        try:
            found, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise BadFile(f"line {error.lineno}: {error.msg}") from None
        except RecursionError:
            raise BadFile(f"line {line}: nested too deeply") from None
        yield _of_json(found, line, 1)
        at = _skip(text, end)
        at = _skip(text, at + (in_list and text[at : at + 1] == ","))
    rest = text[at + 1 :].strip()
    if in_list and (at >= len(text) or rest):
        problem = "more after the array" if rest else "the array does not end"
        raise BadFile(f"line {line + text.count(chr(10), counted, at)}: {problem}")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _of_json(found: object, line: int, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise BadFile(f"line {line}: nested too deeply")
    if isinstance(found, _Pairs):
        inside: dict[str, Value] = {}
        for key, value in found:
            _keep(inside, key, _of_json(value, line, depth + 1), line)
        return Map(line, inside)
    if isinstance(found, list):
        return [_of_json(each, line, depth + 1) for each in found]
    if isinstance(found, bool):
        return Text.at(line, str(found).lower())
    return Text.at(line, "" if found is None else str(found))
