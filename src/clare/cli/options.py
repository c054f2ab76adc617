"""What every command has: the common options, the session, and the way out to the terminal."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

import click

from clare.cli.examples import listed
from clare.cli.tables import laid_out, one_lines, room_of
from clare.clock import MINUTE, show_age
from clare.errors import ClareError, Exit, Several
from clare.views.safe import one_line, safe

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from clare.services.opening import Opened
    from clare.store.background import Said
    from clare.store.cache import Progress

C = TypeVar("C", bound=click.Command)


class SomeFailed(ClareError):
    """Some of several targets failed; each is named."""

    exit_code = Exit.PARTIAL

    def __init__(self, failed: Sequence[tuple[str, ClareError]]) -> None:
        super().__init__(f"some failed: {', '.join(name for name, _ in failed)}")
        self.failed = failed


def _error_record(error: ClareError) -> dict[str, object]:
    told = {"code": int(error.exit_code), "message": error.message, "hint": error.hint}
    if isinstance(error, Several):
        return {**told, "errors": [_error_record(each) for each in error.errors]}
    if not isinstance(error, SomeFailed):
        return told
    return {**told, "failed": [{"name": name, **_error_record(e)} for name, e in error.failed]}


class Styled(str):
    """Text that is safe already, with our own escapes in it."""


class Session:
    """One run of the program: what the common options say, and its output."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.fleet = ""
        self.actor = ""
        self.no_sync = False
        self.opened: Opened | None = None
        self.color = not os.environ.get("NO_COLOR")

    def open(self, *, again: bool = False) -> "Opened":
        """The board that the options mean. First, what its publisher had to say is told.

        It is told once, unless it is to be told `again`.
        """
        self.opened = self._open(self.progress)
        self._tell_heard(self.opened.heard(again=again))
        for line in self.opened.take_in():
            self.talk(f"clare: {line}")
        return self.opened

    def open_quietly(self) -> "Opened":
        """The board that the options mean, for what is no command: nothing is told or fetched."""
        return self._open(nullcontext)

    def _open(self, progress: "Progress") -> "Opened":
        from clare.services.opening import open_board

        sync = "manual" if self.no_sync else ""
        return open_board(fleet=self.fleet, actor=self.actor, sync=sync, progress=progress)

    def hear(self) -> None:
        """Tell what the publisher in the background had to say since."""
        if self.opened:
            self._tell_heard(self.opened.heard(again=False))

    def _tell_heard(self, said: "Said") -> None:
        if said.problem:
            self.talk(f"clare: not published: {said.problem}")
            _tell(f"  {one_line(said.hint)}")
        for note in said.notes:
            self.talk(f"clare: {note}")

    def close(self) -> None:
        """Let the board be fresh for the next command, and say how old the view was for this one."""
        age = self.opened.freshen() if self.opened else 0
        if age > MINUTE:
            self.talk(f"clare: as of {show_age(age)} ago; fetching what is new")

    def say(self, text: str = "") -> None:
        """One line of data."""
        shown = text if isinstance(text, Styled) else safe(text)
        click.echo(shown, color=None if self.color else False)

    def styled(self, text: str, *, fg: str = "", bold: bool = False, dim: bool = False) -> "Styled":
        """Text made safe and in a style, where the terminal shows styles."""
        if not (self.color and sys.stdout.isatty()):
            return Styled(safe(text))
        return Styled(click.style(safe(text), fg=fg or None, bold=bold or None, dim=dim or None))

    def data(self, found: object) -> None:
        """A record, or a list of records, as JSON."""
        import json

        click.echo(json.dumps(found, indent=2, ensure_ascii=True))

    def talk(self, text: str) -> None:
        """One line beside the data."""
        _tell(one_line(text))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None] | None]:
        """Where to tell how far it is, on a terminal: each line takes the place of the one before."""
        if not sys.stderr.isatty():
            yield None
            return
        said: list[str] = []

        def told(text: str) -> None:
            said.append(text)
            click.echo(f"\r\x1b[K{one_line(text)}", err=True, nl=False)

        try:
            yield told
        finally:
            if said:
                click.echo("\r\x1b[K", err=True, nl=False)

    def complain(self, error: ClareError) -> None:
        """An error: why in one line, what to do in another; with --json one object."""
        if self.as_json:
            import json

            _tell(json.dumps(_error_record(error)))
            return
        if isinstance(error, SomeFailed):
            for name, each in error.failed:
                named = "" if name in each.message else f"{name}: "
                self.complain(ClareError(f"{named}{each.message}", hint=each.hint))
            return
        if isinstance(error, Several):
            for each in error.errors:
                _tell(f"clare: {one_line(each.message)}")
            _tell(f"  {one_line(error.hint)}")
            return
        _tell(f"clare: {one_line(error.message)}")
        if error.hint:
            _tell(f"  {one_line(error.hint)}")

    def table(
        self, rows: Iterable[Sequence[str]], *, styles: Sequence[str] = (), whole: bool = False
    ) -> None:
        """Rows in aligned columns; unless `whole`, the widest are cut to fit the terminal."""
        self.columns(list(zip(*rows, strict=True)), styles=styles, whole=whole)

    def columns(
        self, cells: Sequence[Sequence[str]], *, styles: Sequence[str] = (), whole: bool = False
    ) -> None:
        """The same for cells by column, as there are of thousands of tasks."""
        columns = list(map(one_lines, cells))
        if not (columns and columns[0]):
            return
        room = 0 if whole else room_of(sys.stdout)
        shown = laid_out(columns, room)
        if self.color and sys.stdout.isatty():
            shown = [
                [self.styled(cell, fg=style) if style else cell for cell in column]
                for column, style in zip_longest(shown, styles[: len(shown)], fillvalue="")
            ]
        lines = map("  ".join, zip(*shown, strict=True))
        if room or not all(columns[-1]):
            lines = map(str.rstrip, lines)
        click.echo("\n".join(lines), color=None if self.color else False)


def _tell(line: str) -> None:
    """One line on stderr; where nobody can read it, the exit code still tells."""
    with suppress(OSError):
        click.echo(line, err=True)


def common(command: C) -> C:
    """Give a command the options that every command takes, and its examples a line each."""
    if command.epilog:
        command.epilog = listed(command.epilog)
    command.params.extend(
        [
            _Common(
                ["--fleet"],
                metavar="PATH",
                callback=_choose_fleet,
                help="The board to use; else $CLARE_FLEET, or the one around here.",
            ),
            _Common(
                ["--as", "as_actor"],
                metavar="ACTOR",
                callback=_choose_actor,
                help="Who acts; `clare where` says who and why.",
                shell_complete=_complete_actors,
            ),
            _Common(["--json", "as_json"], is_flag=True, callback=_as_json, help="Print JSON."),
            _Common(
                ["--no-sync"],
                is_flag=True,
                callback=_no_sync,
                help="Publish nothing and ask no hub, as $CLARE_SYNC=manual does for writes.",
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
        shell_complete: "Completer | None" = None,
    ) -> None:
        super().__init__(
            declarations,
            callback=callback,
            shell_complete=shell_complete,
            help=help,
            metavar=metavar,
            is_flag=is_flag,
            expose_value=False,
        )


def _complete_actors(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    from clare.cli import complete  # which needs this module

    return complete.actors(ctx, param, incomplete)


Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem[str]]"]
Callback = Callable[[click.Context, click.Parameter, "str | bool | None"], None]


def _choose_fleet(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
    if value:
        ctx.ensure_object(Session).fleet = str(value)


def _choose_actor(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
    if value:
        ctx.ensure_object(Session).actor = str(value)


def _as_json(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
    if value:
        ctx.ensure_object(Session).as_json = True


def _no_sync(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
    if value:
        ctx.ensure_object(Session).no_sync = True


def _no_color(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
    if value:
        ctx.ensure_object(Session).color = False
