"""Groups of commands whose modules are loaded when a command is called."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

OTHER_WORDS = {
    "close": "done",
    "create": "add",
    "ls": "list",
    "rm": "drop",
    "start": "claim",
    "unclaim": "release",
}
"""What other trackers call a command."""

Table = dict[str, tuple[str, str]]


class LazyGroup(click.Group):
    """A group whose commands are loaded when they are called, listed without being loaded."""

    def __init__(
        self,
        name: str,
        table: Table,
        *,
        help: str,
        headings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(
            name,
            help=help,
            invoke_without_command=headings is not None,
            no_args_is_help=False,
            context_settings={"help_option_names": ["-h", "--help"]},
        )
        self.table = table
        self.headings = headings or {"Commands": tuple(table)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the headings; what stands below none comes last."""
        listed = [name for names in self.headings.values() for name in names]
        known = {**self.table, **self.commands}
        return [*(name for name in listed if name in known), *(n for n in known if n not in listed)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self.table[cmd_name][0]} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a wrong name is told with the one that was probably meant."""
        name = args[0]
        if not (name.startswith("-") or ctx.resilient_parsing or self.get_command(ctx, name)):
            meant = self._meant(ctx, name)
            ctx.fail(f"No such command {name!r}.{f' Did you mean {meant!r}?' if meant else ''}")
        return super().resolve_command(ctx, args)

    def _meant(self, ctx: click.Context, name: str) -> str:
        import difflib

        known = self.list_commands(ctx)
        other = OTHER_WORDS.get(name, "")
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        return other if other in known else "".join(near)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; when nobody reads on, end as quietly as a program that SIGPIPE ends."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(141) from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """What the shell offers: from the table alone, without loading a command."""
        from click.shell_completion import CompletionItem

        rows = self._lines(self.list_commands(ctx))
        found = [
            CompletionItem(name, help=line) for name, line in rows if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table alone, below their headings."""
        names = self.list_commands(ctx)
        listed = {name for under in self.headings.values() for name in under}
        rest = [name for name in names if name not in listed]
        for heading, under in (*self.headings.items(), ("Commands", rest)):
            rows = self._lines([name for name in under if name in names])
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def _lines(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """The commands with what each does in a line."""
        table = {name: line for name, (_, line) in self.table.items()}
        return [(n, table.get(n) or self.commands[n].get_short_help_str(80)) for n in names]
