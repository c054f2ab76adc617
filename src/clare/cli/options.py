"""What every command has: the common options, the session, and the way out to the terminal."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from clare.errors import ClareError

if TYPE_CHECKING:
    from clare.services.opening import Opened

C = TypeVar("C", bound=click.Command)
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Session:
    """One run of the program: what the common options say, and its output."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.fleet = ""
        self.actor = ""
        self.color = not os.environ.get("NO_COLOR")

    def open(self) -> "Opened":
        """The board that the options mean."""
        from clare.services.opening import open_board

        return open_board(fleet=self.fleet, actor=self.actor)

    def say(self, text: str = "") -> None:
        """One line of data."""
        click.echo(safe(text), color=None if self.color else False)

    def styled(self, text: str, **style: str | bool) -> str:
        """Text in a style, where the terminal shows styles."""
        if not (self.color and sys.stdout.isatty()):
            return text
        fg = style.get("fg")
        return click.style(
            text,
            fg=fg if isinstance(fg, str) else None,
            bold=True if style.get("bold") else None,
            dim=True if style.get("dim") else None,
        )

    def data(self, found: object) -> None:
        """A record, or a list of records, as JSON."""
        click.echo(json.dumps(found, indent=2, ensure_ascii=True))

    def talk(self, text: str) -> None:
        """One line beside the data."""
        click.echo(safe(text), err=True)

    def talk_over(self, text: str) -> None:
        """Progress on a terminal: each line takes the place of the one before."""
        click.echo(f"\r\x1b[K{one_line(text)}", err=True, nl=False)

    def complain(self, error: ClareError) -> None:
        """An error: why in one line, what to do in another; with --json one object."""
        if self.as_json:
            told = {"code": int(error.exit_code), "message": error.message, "hint": error.hint}
            click.echo(json.dumps(told), err=True)
            return
        click.echo(f"clare: {one_line(error.message)}", err=True)
        if error.hint:
            click.echo(f"  {one_line(error.hint)}", err=True)

    def table(self, rows: Iterable[Sequence[str]], *, styles: Sequence[str] = ()) -> None:
        """Aligned columns; the widest are cut so that a line fits the terminal."""
        lines = [[one_line(cell) for cell in row] for row in rows]
        if not lines:
            return
        widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
        room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        while room and sum(widths) + 2 * (len(widths) - 1) > room and max(widths) > 4:
            widths[_widest(widths)] -= 1
        for line in lines:
            cells = [self._cell(_filled(cell, widths[n]), styles, n) for n, cell in enumerate(line)]
            click.echo("  ".join(cells).rstrip(), color=None if self.color else False)

    def _cell(self, text: str, styles: Sequence[str], column: int) -> str:
        color = styles[column] if column < len(styles) else ""
        return self.styled(text, fg=color) if color else text


def _widest(widths: Sequence[int]) -> int:
    """The column to shorten: the last, which tells most, only as long as it has 20 to give."""
    last = len(widths) - 1
    if widths[last] > max(20, *widths[:-1], 0):
        return last
    return max(range(last), key=lambda n: widths[n], default=last)


def _filled(text: str, room: int) -> str:
    shown = cut(text, room)
    return shown + " " * (room - width(shown))


def width(text: str) -> int:
    """Columns that a line takes on a terminal: East Asian wide characters take two."""
    import unicodedata

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


def cut(text: str, room: int) -> str:
    """The line, shortened with an ellipsis to fit."""
    if width(text) <= room:
        return text
    while text and width(text) >= room:
        text = text[:-1]
    return text.rstrip() + "…"


def safe(text: str) -> str:
    """The text with what could steer a terminal made visible; new lines and tabs stay."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """The text as one safe line."""
    return " ".join(safe(text).split())


def common(command: C) -> C:
    """Give a command the options that every command takes, before or after its name."""
    command.params.extend(
        [
            _Common(
                ["--fleet"],
                metavar="PATH",
                callback=_set("fleet"),
                help="The board to use; else $CLARE_FLEET, or the one around here.",
            ),
            _Common(
                ["--as", "as_actor"],
                metavar="ACTOR",
                callback=_set("actor"),
                help="Who acts; else $CLARE_ACTOR, or git's user.name.",
            ),
            _Common(
                ["--json", "as_json"], is_flag=True, callback=_set("as_json"), help="Print JSON."
            ),
            _Common(
                ["--no-color"],
                is_flag=True,
                callback=_no_color,
                help="Print without colours, as $NO_COLOR does.",
            ),
        ]
    )
    return command


class _Common(click.Option):
    """An option that acts on the session and is not handed to the command."""

    def __init__(
        self,
        declarations: Sequence[str],
        *,
        callback: "Callback",
        help: str,
        metavar: str | None = None,
        is_flag: bool = False,
    ) -> None:
        super().__init__(
            declarations,
            callback=callback,
            help=help,
            metavar=metavar,
            is_flag=is_flag,
            expose_value=False,
        )


Callback = Callable[[click.Context, click.Parameter, "str | bool | None"], None]


def _set(name: str) -> Callback:
    def remember(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
        if value:
            setattr(ctx.ensure_object(Session), name, value)

    return remember


def _no_color(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
    if value:
        ctx.ensure_object(Session).color = False
