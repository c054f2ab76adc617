"""From the bytes of a file to its mapping, the only reader of YAML in general.

Scalars keep their text: no implicit types. What YAML could do beyond text, lists and maps is refused:
aliases, anchors, tags, duplicate keys, several documents, deep nesting. One parser, libyaml's, so that
every clone reads the same.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import yaml

from clare.events.event import Node
from clare.events.text import MAX_BYTES
from clare.store.files import BadFile

MAX_DEPTH = 8
T = TypeVar("T")


def parse_any(data: bytes) -> dict[str, Node]:
    """The mapping of text, lists and maps that a file holds. Raises BadFile."""
    if len(data) > MAX_BYTES:
        raise BadFile(f"larger than {MAX_BYTES // 1024} KiB")
    if b"\r" in data:
        raise BadFile("line ends must be \\n, not \\r\\n")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(f"not UTF-8 at byte {error.start}") from None
    return read_yaml(text, _document)


def read_yaml(text: str, document: Callable[[Iterator[yaml.Event]], T]) -> T:
    """What `document` makes of a text's parse events. Raises BadFile if they break off."""
    try:
        return document(yaml.parse(text, Loader=yaml.CBaseLoader))
    except yaml.MarkedYAMLError as error:
        raise BadFile(_where(error.problem_mark) + (error.problem or "not YAML")) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise BadFile(f"line {line}: {str(error).splitlines()[0]}") from None
    except yaml.YAMLError as error:
        raise BadFile(str(error).splitlines()[0]) from None


def _where(mark: "yaml.error.Mark | yaml._yaml.Mark | None") -> str:
    return f"line {mark.line + 1}: " if mark else ""


def _document(stream: Iterator[yaml.Event]) -> dict[str, Node]:
    first = next((event for event in stream if isinstance(event, yaml.NodeEvent)), None)
    if not isinstance(first, yaml.MappingStartEvent):
        raise BadFile("not a map of keys and values")
    mapping = _map(first, stream, 1)
    if not isinstance(next(stream), yaml.DocumentEndEvent) or not isinstance(
        next(stream), yaml.StreamEndEvent
    ):
        raise BadFile("more than one document")
    return mapping


def _node(event: yaml.Event, stream: Iterator[yaml.Event], depth: int) -> Node:
    where = _where(event.start_mark)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise BadFile(f"{where}aliases and anchors are not allowed")
    if getattr(event, "tag", None):
        raise BadFile(f"{where}tags are not allowed")
    if depth > MAX_DEPTH:
        raise BadFile(f"{where}nested too deeply")
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.MappingStartEvent):
        return _map(event, stream, depth + 1)
    return _list(stream, depth + 1)


def _list(stream: Iterator[yaml.Event], depth: int) -> list[Node]:
    inside: list[Node] = []
    while not isinstance(event := next(stream), yaml.SequenceEndEvent):
        inside.append(_node(event, stream, depth))
    return inside


def _map(start: yaml.Event, stream: Iterator[yaml.Event], depth: int) -> dict[str, Node]:
    if getattr(start, "anchor", None) or getattr(start, "tag", None):
        raise BadFile(f"{_where(start.start_mark)}anchors and tags are not allowed")
    inside: dict[str, Node] = {}
    while not isinstance(event := next(stream), yaml.MappingEndEvent):
        key = _node(event, stream, depth)
        if not isinstance(key, str):
            raise BadFile(f"{_where(event.start_mark)}a key must be text")
        if key in inside:
            raise BadFile(f"{_where(event.start_mark)}duplicate key {key}")
        inside[key] = _node(next(stream), stream, depth)
    return inside
