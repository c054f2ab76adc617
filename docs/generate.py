"""The parts of the documentation that follow from the code; cog puts them into the pages."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

import click

from clare.cli.entry import cli
from clare.config import AGENTS
from clare.errors import EXIT_MEANINGS
from clare.events import fields as kinds_of_values
from clare.events import host, project, task, view
from clare.events.fact import Fact, Model, type_registry
from clare.settings import ENVIRONMENT, PROJECTS, SETTINGS, Setting
from clare.state import DEFAULTS
from clare.views.columns import COLUMNS
from clare.views.record import FIELDS
from clare.views.terms import KEYS, KINDS, PARTS, SORTS, STATES, Words
from clare.views.troubles import AREAS, TROUBLES, Trouble
from rclaude.rows import KINDS as KINDS_OF_ROWS
from rclaude.trouble import MEANINGS, SLUGS
from rclaude.trouble import Exit as ExitOfTransport

WIDTH = 88
SAME = ("task",)
"""Groups whose commands are documented without the group's name."""

EXAMPLES = Path(__file__).parent.parent / "tests" / "golden" / "events"
MODULES = (task, project, view, host)
"""Where the types are defined that the registry then knows."""


def commands() -> str:
    """Every command's help, as `docs/cli.md` shows it."""
    return "\n".join(_commands(cli, None, "clare"))


def _commands(command: click.Command, parent: click.Context | None, path: str) -> Iterator[str]:
    context = click.Context(
        command,
        info_name=path.split()[-1],
        parent=parent,
        terminal_width=WIDTH,
        color=False,
        **command.context_settings,
    )
    yield f"## `{path}`\n"
    yield f"```text\n{command.get_help(context).rstrip()}\n```\n"
    if isinstance(command, click.Group) and path.split()[-1] not in SAME:
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found:
                yield from _commands(found, context, f"{path} {name}")


def events() -> str:
    """Every type of event with its fields and an example, as `docs/events.md` shows it."""
    return "\n".join(line for fact in type_registry.values() for line in _event(fact))


def plan() -> str:
    """The fields of a task that an entry of a plan takes, as `docs/plan.md` shows them."""
    rows = (row for model in (task.TaskFields, task.TaskSets) for row in _rows(model, ""))
    shown = {"parent": "a task: `&name`, or a prefix of its id", "needs": "list of such tasks"}
    lines = [f"| `{name}` | {shown.get(name, kind)} |" for name, kind in rows]
    return "\n".join(["| field | value |", "|---|---|", *lines])


def _event(fact: type[Fact]) -> Iterator[str]:
    about = ", ".join(f"`{kind}`" for kind in fact.kinds) or "anything"
    yield f"## `{fact.type}`\n"
    yield f"{' '.join((fact.__doc__ or '').split())} About: {about}.\n"
    yield "| field | value |"
    yield "|---|---|"
    for name, value in _rows(fact, ""):
        yield f"| `{name}` | {value} |"
    example = (EXAMPLES / f"{fact.type}.yaml").read_text("utf-8").rstrip("\n")
    yield f"\n```yaml\n{example}\n```\n"


def _rows(model: type[Model], prefix: str) -> Iterator[tuple[str, str]]:
    hints: Mapping[str, object] = get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        kind = hints[name]
        if name == "entity" and not prefix:
            continue
        if isinstance(kind, type) and issubclass(kind, Model):
            yield from _rows(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _kind(kind)


def _kind(kind: object) -> str:
    """A kind of value in words: its name in `clare.events.fields`, a list, or the choices."""
    inside = get_args(kind)
    if get_origin(kind) is Literal:
        return " or ".join(f"`{choice}`" for choice in inside)
    if get_origin(kind) is Annotated and get_origin(inside[0]) is tuple:
        return _kind(inside[0])
    for name, known in vars(kinds_of_values).items():
        if name[0].isupper() and not isinstance(known, type) and known == kind:
            return _words(name)
    if get_origin(kind) is tuple:
        return f"list of: {_kind(inside[0])}"
    raise LookupError(f"clare.events.fields has no name for {kind}")


def _words(name: str) -> str:
    """`OptionalTaskId` as `optional task id`."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


def query() -> str:
    """The keys of the query language, their words, and the columns, as `docs/query.md` shows them."""
    return "\n".join(_query())


def _query() -> Iterator[str]:
    yield "## Keys\n"
    yield from _table(("term", "meaning", "example"), _keys())
    yield "## Words of state: `status:`\n"
    yield from _table(("word", "meaning"), _words_of(STATES))
    yield "## What a task is: `is:`\n"
    yield from _table(("word", "meaning"), _words_of(KINDS))
    yield "## What a task has, or not: `has:`, `no:`\n"
    yield from _table(("word", "meaning"), _words_of(PARTS))
    yield "## Order: `sort:`\n"
    yield f"By {', '.join(f'`{name}`' for name in SORTS)}.\n"
    yield "## Columns\n"
    yield from _table(("column", "value"), [(f"`{c}`", said) for c, said in COLUMNS.items()])


def _keys() -> list[tuple[str, ...]]:
    return [(f"`{key.name}:`", key.meaning, f"`{key.example}`") for key in KEYS.values()]


def _words_of(words: Words) -> list[tuple[str, ...]]:
    return [(f"`{word}`", meaning) for word, (meaning, _) in words.items()]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def written_fields() -> str:
    """The fields of a task that are written, as `docs/reference.md` shows them."""
    rows = []
    for name, value in (
        row for model in (task.TaskFields, task.TaskSets) for row in _rows(model, "")
    ):
        default = f"`{DEFAULTS[name]}`" if name in DEFAULTS else "–"
        rows.append((f"`{name}`", FIELDS[name][1], value, default, ", ".join(setters(name))))
    return "\n".join(_table(("field", "meaning", "value", "default", "set by"), rows))


IRREGULAR = {
    "defer": "defer_until",
    "every": "repeat",
    "idea": "status",
    "pin": "pinned",
    "reason": "close_reason",
    "type_": "type",
    "unlabels": "labels",
    "unlinks": "links",
    "unneeds": "needs",
}
"""Parameters of commands that are not called like the field that they set."""


def setters(field: str) -> list[str]:
    """What sets a field: the options of `add` and `edit`, and `done` for what only that one says."""
    said: dict[str, None] = {}
    for name in ("add", "edit", "done"):
        command = cli.get_command(click.Context(cli), name)
        for param in command.params if command else ():
            if IRREGULAR.get(param.name or "", param.name) == field:
                said.update(dict.fromkeys(_names(name, param)))
    return list(said)


def _names(command: str, param: click.Parameter) -> list[str]:
    if isinstance(param, click.Argument):
        return [f"`{command} {(param.name or '').upper()}`"]
    long = [name for name in (*param.opts, *param.secondary_opts) if name.startswith("--")]
    return [f"`{command} {name}`" if command == "done" else f"`{name}`" for name in long]


def record() -> str:
    """The fields of a task's record, as `docs/reference.md` shows them."""
    rows = [(f"`{name}`", form, about) for name, (form, about) in FIELDS.items()]
    return "\n".join(_table(("field", "in JSON", "meaning"), rows))


def transport_rows() -> str:
    """The columns of each kind of rows, as `docs/rclaude.md` shows them."""
    rows = [
        (f"`{kind}`", command, ", ".join(f"`{name}`" for name in KINDS_OF_ROWS[kind]))
        for kind, command in _PRINTED.items()
    ]
    return "\n".join(_table(("kind", "printed by", "columns"), rows))


_PRINTED = {"sessions": "`list`", "hosts": "`hosts`", "peek": "`peek`", "checks": "`doctor`"}


def transport_slugs() -> str:
    """The slugs and exit codes of the transport, as `docs/rclaude.md` shows them."""
    codes = {code: [slug for slug in SLUGS if SLUGS[slug] is code] for code in ExitOfTransport}
    rows = [
        (str(int(code)), ", ".join(f"`{slug}`" for slug in slugs) or "–", MEANINGS[code])
        for code, slugs in codes.items()
    ]
    return "\n".join(_table(("exit", "slugs", "meaning"), rows))


def exit_codes() -> str:
    """The exit codes, as `docs/reference.md` shows them."""
    rows = [(str(int(code)), meaning) for code, meaning in EXIT_MEANINGS.items()]
    return "\n".join(_table(("exit", "meaning"), rows))


def configuration() -> str:
    """The settings, as `docs/reference.md` shows them."""
    rows = [_setting(key, setting) for key, setting in SETTINGS.items()]
    folder = (f"`{PROJECTS}.SLUG`", "the folder of a project", "the whole path of a folder")
    head = ("key", "meaning", "value", "where", "default", "environment")
    return "\n".join(_table(head, [*rows, (*folder, "machine", "–", "–")]))


def _setting(key: str, setting: Setting) -> tuple[str, ...]:
    where = [place for place, may in _places(setting) if may]
    default = f"`{setting.default}`" if setting.default else "–"
    variable = f"`{setting.environment}`" if setting.environment else "–"
    return f"`{key}`", setting.about, setting.form, ", ".join(where), default, variable


def _places(setting: Setting) -> tuple[tuple[str, bool], ...]:
    return ("machine", setting.private), ("board", setting.shared)


def environment() -> str:
    """What the environment says, as `docs/reference.md` shows it."""
    rows = [
        (f"`{setting.environment}`", f"in place of the setting `{key}`")
        for key, setting in SETTINGS.items()
        if setting.environment
    ]
    for agent in AGENTS:
        rows += [(f"`{name}`", f"who acts: `{agent.name}/…`") for name in agent.session]
    rows += [(f"`{name}`", about) for name, about in ENVIRONMENT.items()]
    return "\n".join(_table(("variable", "meaning"), rows))


def troubles() -> str:
    """Everything that `clare doctor` knows, as `docs/howto/when-something-is-wrong.md` shows it."""
    return "\n".join(line for area in AREAS for line in _troubles(area))


def _troubles(area: str) -> Iterator[str]:
    yield f"### {area.capitalize()}\n"
    yield "| finding | level | what it means | what to do |"
    yield "|---|---|---|---|"
    for trouble in TROUBLES:
        if trouble.area == area:
            yield f"| `{trouble.name}` | {_level(trouble)} | {trouble.means} | {trouble.do} |"
    yield ""


def _level(trouble: Trouble) -> str:
    if trouble.exit_code is not None:
        return f"broken, exit {int(trouble.exit_code)}"
    return "note; `--fix` mends it" if trouble.fixable else "note"
