"""Templates: an entry of a plan that lies on the board, for tasks that are alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clare import names
from clare.errors import ClareError, Exit, Unreadable
from clare.events.said import TASK_CREATED
from clare.events.text import MAX_BYTES
from clare.services.act import Outcome, make
from clare.services.apply import apply
from clare.services.days import DAY_FIELDS, dated
from clare.services.plan_entries import Entry, entries
from clare.services.project_here import HERE
from clare.store.board import Board
from clare.store.files import BadFile
from clare.store.plan_file import Map, Text, Value, parse_yaml
from clare.store.templates import FOLDER, read_templates

_HERE = ("project", HERE)
_FORBIDDEN = ("task", "key")
_HINT = "mend it with git or a pull request; `clare doctor` lists what is wrong"


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it lies on the board, and what is wrong with it."""

    name: str
    path: str
    text: str
    map: Map
    problem: ClareError | None = None

    @property
    def title(self) -> str:
        """The title that it gives, if any."""
        found = self.map.fields.get("title", "")
        return str(found) if isinstance(found, Text) else ""

    @property
    def days(self) -> dict[str, str]:
        """The days that it gives, as they are written."""
        given = {name: self.map.fields.get(name) for name in DAY_FIELDS}
        return {name: str(found) for name, found in given.items() if isinstance(found, Text)}


def templates(board: Board) -> list[Template]:
    """Every template of the board, also those that cannot be used."""
    found = read_templates(board.git, board.tip()[0])
    return [_template(path, data) for path, data in sorted(found.items())]


def template(board: Board, name: str) -> Template:
    """The template of that name. Raises ClareError if there is none, or it cannot be used."""
    found = {each.name: each for each in templates(board)}
    if name not in found:
        some = ", ".join(sorted(found)[:8])
        hint = f"known: {some}" if some else f"a file {FOLDER}NAME.yaml makes one"
        raise ClareError(f"no template {name}", hint=hint)
    problem = found[name].problem
    if problem:
        raise problem
    return found[name]


def add(
    board: Board,
    name: str,
    *,
    fields: Mapping[str, str],
    labels: Sequence[str],
    needs: Sequence[str],
    links: Sequence[str] = (),
) -> Outcome:
    """Add what a template says; what is given besides stands in place of its fields.

    The outcome names the task, not those nested in it.
    """
    chosen = template(board, name)
    _check(dated({**chosen.days, **fields}, now=board.now()), labels)
    line = chosen.map.line
    own: dict[str, Value] = {n: Text.at(line, text) for n, text in fields.items()}
    for set_name, texts in (("labels", labels), ("needs", needs), ("links", links)):
        if texts:
            own[set_name] = [*_listed(chosen.map, set_name), *(Text.at(line, t) for t in texts)]
    if "title" not in {**chosen.map.fields, **own}:
        hint = f'clare add --template {name} "TITLE"'
        raise ClareError(f"the template {name} has no title", hint=hint, exit_code=Exit.USAGE)
    done = apply(board, _entries(chosen.path, chosen.map, own))
    return replace(done.outcome, tasks=done.outcome.tasks[:1])


def _check(fields: Mapping[str, str], labels: Sequence[str]) -> None:
    """Raise Usage for an option that does not fit: that is not the template's fault."""
    plain = {n: text for n, text in fields.items() if n != "parent" and (n, text) != _HERE}
    add = {"labels": list(labels)} if labels else {}
    make(TASK_CREATED, names.task_key("0" * names.TASK_ID_LENGTH), set=plain, add=add)


def _listed(found: Map, name: str) -> list[Value]:
    value = found.fields.get(name, ())
    return [value] if isinstance(value, Text | Map) else list(value)


def _entries(path: str, found: Map, own: Mapping[str, Value]) -> list[Entry]:
    return entries([replace(found, fields={**found.fields, **own})], path)


def _template(path: str, data: bytes | None) -> Template:
    name = path.removeprefix(FOLDER).removesuffix(".yaml")
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    blank = Template(shown, path, (data or b"").decode("utf-8", "replace"), Map(1, {}))
    try:
        found = _parsed(name, path, data)
        own = {} if "title" in found.fields else {"title": Text.at(found.line, "?")}
        forbidden = next((e for e in _entries(path, found, own) if e.task or e.key), None)
    except ClareError as error:
        return replace(blank, problem=_unreadable(error))
    if forbidden:
        where = next(word for word in _FORBIDDEN if word in forbidden.map.fields)
        told = forbidden.problem(where, "not in a template")
        return replace(blank, problem=_unreadable(told))
    return replace(blank, map=found)


def _parsed(name: str, path: str, data: bytes | None) -> Map:
    if not names.is_slug(name):
        raise ClareError(f"{path}: must be named in lower-case letters, digits and dashes")
    if data is None:
        raise ClareError(f"{path}: not a file, or larger than {MAX_BYTES // 1024} KiB")
    try:
        found = parse_yaml(data)
    except BadFile as error:
        raise ClareError(f"{path}, {error}") from None
    if not isinstance(found, Map):
        raise ClareError(f"{path}, line 1: not a map of fields")
    return found


def _unreadable(error: ClareError) -> Unreadable:
    return Unreadable(error.message, hint=_HINT)
