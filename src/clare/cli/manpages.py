"""Commands as man pages: roff in the macros of man(7), from their help alone."""

import unicodedata
from collections.abc import Iterator, Sequence

import click

from clare import __version__
from clare.cli.examples import examples_of
from clare.errors import EXIT_MEANINGS
from clare.services.manual import MARK

_SAME = "task"
"""The group whose commands stand alone too: they have one page, without its name."""


def pages(root: click.Command) -> dict[str, str]:
    """Every command's page, by the name of its file: `clare-project-add.1`."""
    found = {}
    for context in _contexts(root, None, "clare"):
        name = context.command_path.replace(" ", "-")
        found[f"{name}.1"] = _page(context)
    return found


def page_of(root: click.Command, words: Sequence[str]) -> str | None:
    """One command's page; None if there is no such command."""
    context = context_of(root, words)
    return _page(context) if context else None


def context_of(root: click.Command, words: Sequence[str]) -> click.Context | None:
    """One command, below the program itself; None if there is no such command."""
    context = _context(root, None, "clare")
    for word in words:
        inside = context.command
        found = inside.get_command(context, word) if isinstance(inside, click.Group) else None
        if found is None:
            return None
        context = _context(found, context, word)
    return context


def _context(command: click.Command, parent: click.Context | None, name: str) -> click.Context:
    return click.Context(command, info_name=name, parent=parent, **command.context_settings)


def _contexts(
    command: click.Command, parent: click.Context | None, name: str
) -> Iterator[click.Context]:
    context = _context(command, parent, name)
    yield context
    if isinstance(command, click.Group) and name != _SAME:
        for word in command.list_commands(context):
            found = command.get_command(context, word)
            if found:
                yield from _contexts(found, context, word)


def _page(context: click.Context) -> str:
    return "\n".join(line for line in _lines(context)) + "\n"


def _lines(context: click.Context) -> Iterator[str]:
    command = context.command
    name = context.command_path.replace(" ", "-")
    yield MARK
    yield f'.TH "{_text(name.upper())}" "1" "" "Clare {_text(__version__)}" "Clare"'
    yield ".SH NAME"
    yield f"{_text(name)} \\- {_text(_first(command).rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield f".B {_text(context.command_path)}"
    yield from map(_text, command.collect_usage_pieces(context))
    yield ".SH DESCRIPTION"
    yield from _prose(command.help or "")
    yield from _options(context)
    yield from _commands(context)
    if examples := examples_of(command):
        yield from (".SH EXAMPLES", ".nf", *map(_text, examples), ".fi")
    yield ".SH EXIT STATUS"
    for code, meaning in EXIT_MEANINGS.items():
        yield from (".TP", f".B {int(code)}", _text(meaning))
    yield ".SH SEE ALSO"
    yield from _see_also(context)


def _first(command: click.Command) -> str:
    return " ".join((command.help or "").split("\n\n")[0].split())


def _options(context: click.Context) -> Iterator[str]:
    records = [
        record
        for param in context.command.get_params(context)
        for record in [param.get_help_record(context)]
        if record
    ]
    if records:
        yield ".SH OPTIONS"
    for names, about in records:
        yield from (".TP", f".B {_text(names)}", _text(about) or "\\&")


def _commands(context: click.Context) -> Iterator[str]:
    command = context.command
    if not isinstance(command, click.Group):
        return
    yield ".SH COMMANDS"
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        if found:
            yield from (".TP", f".B {_text(name)}", _text(_first(found)))


def _see_also(context: click.Context) -> Iterator[str]:
    parent = context.parent
    if parent is None:
        yield from (_text("git(1)"),)
    else:
        yield _text(f"{parent.command_path.replace(' ', '-')}(1)")


def _prose(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(part for part in text.split("\n\n") if part.strip()):
        if number:
            yield ".PP"
        yield _text(" ".join(paragraph.replace("\b", "").split()))


def _text(text: str) -> str:
    """Text as roff shows it unchanged: no request, no escape, dashes that can be copied."""
    composed = unicodedata.normalize("NFC", text)  # groff has no glyph for what can be decomposed
    line = " ".join(composed.split()).replace("\\", "\\e").replace("-", "\\-")
    line = (
        line.replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    )
    line = line.replace('"', "\\(dq")
    plain = "".join(char if ord(char) < 128 else f"\\[u{ord(char):04X}]" for char in line)
    return f"\\&{plain}" if plain.startswith(".") else plain
