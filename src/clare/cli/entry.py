"""Where the program starts: the commands by name, and the one place that prints errors.

Nothing heavy is imported here; a command's module is loaded when the command is called.
"""

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clare import __version__
from clare.cli.options import Session, common
from clare.cli.streams import empty_buffers, let_all_be_written, open_closed_streams
from clare.errors import EXIT_MEANINGS, ClareError, Exit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

TASK_COMMANDS = {
    "add": ("clare.cli.tasks:add", "Add a task."),
    "split": ("clare.cli.plans:split", "Make parts of a task; it waits for all of them."),
    "edit": ("clare.cli.tasks:edit", "Change the fields, labels, needs or links of tasks."),
    "show": ("clare.cli.look:show", "Show tasks with everything known about them."),
    "list": ("clare.cli.listing:list_tasks", "List tasks, filtered."),
    "review": ("clare.cli.moves:review", "Hand tasks over for review; claims on them end."),
    "done": ("clare.cli.moves:done", "Close tasks as done; claims on them end."),
    "drop": ("clare.cli.moves:drop", "Close tasks that will not be done; claims on them end."),
    "reopen": ("clare.cli.moves:reopen", "Open tasks again."),
    "comment": ("clare.cli.moves:comment", "Say something about tasks."),
    "needs": ("clare.cli.moves:needs", "Let a task wait for others, or no longer."),
    "claim": ("clare.cli.queue:claim", "Take tasks for yourself; one actor wins."),
    "release": ("clare.cli.queue:release", "Give tasks back."),
    "assign": ("clare.cli.moves:assign", "Say who should do tasks; takes nothing from anybody."),
}
COMMANDS = {
    "status": ("clare.cli.look:status", "The board at a glance; what bare `clare` shows."),
    "ready": ("clare.cli.queue:ready", "What can be worked on now, best first."),
    "next": ("clare.cli.queue:next_task", "The task to take next; --claim takes it."),
    "wait": (
        "clare.cli.waiting:wait",
        "Wait until tasks are done or dropped, or something is ready.",
    ),
    **TASK_COMMANDS,
    "tree": ("clare.cli.trees:tree", "Tasks below their parents, and who waits for what."),
    "board": (
        "clare.cli.trees:board",
        "The tasks in columns by state, side by side on a wide terminal.",
    ),
    "apply": ("clare.cli.plans:apply", "Add and edit tasks as a file says, all or nothing."),
    "log": ("clare.cli.look:log", "The history, of everything or of one task or project."),
    "sync": ("clare.cli.boards:sync", "Fetch from the hub and publish to it."),
    "init": ("clare.cli.boards:init", "Found a fleet, or set up the one that is here."),
    "join": ("clare.cli.boards:join", "Take part in the fleet at a URL."),
    "where": ("clare.cli.boards:where", "Which board this is, who you are, and why."),
    "doctor": (
        "clare.cli.doctor:doctor",
        "Look for everything that can be wrong: machine, git, hub, board and cache.",
    ),
    "digest": ("clare.cli.boards:digest", "Digests: equal where everything was exchanged."),
    "prime": ("clare.cli.agents:prime", "What an agent must know to work here."),
    "completion": ("clare.cli.completion:completion", "What lets the shell complete commands."),
    "uninstall": (
        "clare.cli.leaving:uninstall",
        "Remove what Clare keeps here beside the board.",
    ),
    "export": (
        "clare.cli.exports:export",
        "Write all tasks and projects as JSON lines, CSV, Markdown or SQLite.",
    ),
    "demo": (
        "clare.cli.demo:demo",
        "See it work: two hosts and a hub in a temporary folder, with the real commands.",
    ),
    "help": ("clare.cli.manual:help_", "The help of a command, as its --help."),
}
HEADINGS = {
    "Look": ("status", "ready", "list", "show", "tree", "board", "log"),
    "Take": ("next", "claim", "comment", "release", "review", "done", "wait"),
    "Plan": (
        *("add", "split", "apply", "edit", "needs", "assign", "drop", "reopen"),
        *("task", "project", "view", "template"),
    ),
    "Share": ("sync", "import", "export", "digest"),
    "Set up": (
        *("init", "join", "where", "config", "doctor", "prime", "hooks"),
        *("completion", "man", "help", "demo", "uninstall"),
    ),
}
"""Under which heading `clare --help` lists each command, in which order."""

PROJECT_COMMANDS = {
    "add": ("clare.cli.projects:add", "Add a project."),
    "list": ("clare.cli.projects:list_projects", "List projects."),
    "show": ("clare.cli.projects:show", "Show a project and its unfinished tasks."),
    "edit": ("clare.cli.projects:edit", "Change a project."),
    "archive": ("clare.cli.projects:archive", "Put a project away; its tasks stay."),
}
VIEW_COMMANDS = {
    "save": ("clare.cli.views:save", "Save a query under a name, for `clare list @NAME`."),
    "list": ("clare.cli.views:list_views", "List saved views."),
    "show": ("clare.cli.views:show", "Show what a view stands for."),
    "rm": ("clare.cli.views:remove", "Take a view away; its history stays."),
}
CONFIG_COMMANDS = {
    "get": ("clare.cli.settings:get", "Print one setting as it acts here."),
    "set": ("clare.cli.settings:set_", "Set something on this machine, or for all clones."),
    "unset": ("clare.cli.settings:unset", "Take a setting away."),
    "list": ("clare.cli.settings:list_", "Every setting, its value, and where that comes from."),
    "path": ("clare.cli.settings:path", "Where this machine's configuration lies."),
}
IMPORT_COMMANDS = {
    "backlog": ("clare.cli.imports:backlog", "Import the tasks of a Backlog.md folder."),
    "beads": ("clare.cli.imports:beads", "Import issues that beads exported as JSON lines."),
    "csv": (
        "clare.cli.imports:table",
        "Import a table of tasks; its columns are called as the fields of a task.",
    ),
    "github": (
        "clare.cli.imports:github",
        "Import GitHub's issues, from `gh issue list --json …` or its REST interface.",
    ),
    "jsonl": ("clare.cli.imports:jsonl", "Import what `clare export --jsonl` wrote."),
    "markdown": (
        "clare.cli.imports:markdown",
        "Import a TODO list in Markdown: `- [ ] text`, `- [x] text`.",
    ),
    "taskwarrior": (
        "clare.cli.imports:taskwarrior",
        "Import tasks that taskwarrior exported.",
    ),
}
AGENT_COMMANDS = {
    "install": (
        "clare.cli.agents:install",
        "Write a section about Clare into AGENTS.md, or bring it up to date.",
    ),
    "remove": ("clare.cli.agents:remove", "Take the section about Clare out of AGENTS.md again."),
}
MAN_COMMANDS = {
    "show": (
        "clare.cli.manual:show",
        "Print the man page of a command, in the language of man pages.",
    ),
    "install": (
        "clare.cli.manual:install",
        "Write the man pages of all commands, for `man clare` and `man clare-add`.",
    ),
    "remove": (
        "clare.cli.manual:remove",
        "Remove the man pages that `clare man install` has written.",
    ),
}
TEMPLATE_COMMANDS = {
    "list": ("clare.cli.templates:list_templates", "List the templates of the board."),
    "show": ("clare.cli.templates:show", "Show a template as it is written."),
}
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


class Root(LazyGroup):
    """The program itself: its help ends with what the exit codes mean."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Exit codes are the same for all commands, so they stand here."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), said) for code, said in EXIT_MEANINGS.items()])


cli = Root(
    "clare",
    COMMANDS,
    headings=HEADINGS,
    help="""Keep the work of a fleet of people and agents in git.

    Tasks are named by any unique prefix of their id. `clare COMMAND --help` has examples.""",
)
common(cli)
click.version_option(__version__, prog_name="clare")(cli)
hooks = LazyGroup("hooks", {}, help="Tell other programs about Clare, and stop telling them.")
hooks.add_command(
    common(LazyGroup("agents", AGENT_COMMANDS, help="The section about Clare in AGENTS.md."))
)
for group in (
    LazyGroup("task", TASK_COMMANDS, help="Tasks: the same commands as without `task`."),
    LazyGroup("project", PROJECT_COMMANDS, help="Projects: what tasks belong to."),
    LazyGroup("view", VIEW_COMMANDS, help="Saved views: queries with a name."),
    LazyGroup("template", TEMPLATE_COMMANDS, help="Templates: what `add --template` begins with."),
    LazyGroup("config", CONFIG_COMMANDS, help="Settings, of this machine and of the fleet."),
    LazyGroup("import", IMPORT_COMMANDS, help="Bring tasks in from other trackers."),
    hooks,
    LazyGroup("man", MAN_COMMANDS, help="The man pages of these commands."),
):
    cli.add_command(common(group))


def _bare() -> None:
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        found = cli.get_command(ctx, "status")
        if found:
            ctx.invoke(found)


cli.callback = _bare


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit. The one place where errors become lines and exit codes."""
    open_closed_streams()
    let_all_be_written()
    if os.environ.get("_CLARE_COMPLETE"):
        import_module("clare.cli.completion")  # whose scripts take the place of click's
    session = Session(as_json="--json" in (sys.argv[1:] if args is None else args))
    try:
        code = cli.main(args=args, prog_name="clare", obj=session, standalone_mode=False)
        session.close()
    except ClareError as error:
        session.complain(error)
        code = error.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "clare"
        hint = f"`{where} --help` shows what it takes"
        session.complain(ClareError(error.format_message(), hint=hint, exit_code=Exit.USAGE))
        code = Exit.USAGE
    except click.ClickException as error:
        session.complain(ClareError(error.format_message()))
        code = Exit.REFUSED
    except (click.Abort, KeyboardInterrupt):
        session.talk("interrupted")
        code = 130
    except OSError as error:
        told = _from_machine(error)
        code = told.exit_code if told else _bug(session, error)
        if told:
            session.complain(told)
    except Exception as error:
        code = _bug(session, error)
    empty_buffers()
    sys.exit(int(code or 0))


_NOT_A_BUG = (errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.ENOSPC, errno.EPERM, errno.EROFS)


def _from_machine(error: OSError) -> ClareError | None:
    """What the machine does not let us do: git is missing, the disk full, the folder not ours."""
    if (error.errno, error.filename) == (errno.ENOENT, "git"):
        return ClareError("git is not installed, or not on $PATH", hint="install git 2.38 or newer")
    if (error.errno, error.filename) == (errno.ENOENT, None) and not _is_somewhere():
        return ClareError("the current folder was removed", hint="go to one that is there")
    if error.errno not in _NOT_A_BUG:
        return None
    where = f"{error.filename}: " if error.filename else ""
    hint = "see to the space and the rights there, then run this again"
    return ClareError(f"{where}{error.strerror}", hint=hint)


def _is_somewhere() -> bool:
    from clare.store.git import is_somewhere

    return is_somewhere()


def _bug(session: Session, problem: Exception) -> Exit:
    """Write the traceback where it can be sent from, and say where."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    from datetime import UTC, datetime

    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    where = Path(state) / "clare" / f"bug-{moment}.log"
    import traceback

    report = f"clare {__version__}, python {sys.version}\n{traceback.format_exc()}"
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(report, "utf-8")
        hint = f"the traceback is in {where}"
    except OSError as error:
        sys.stderr.write(report)
        hint = f"the traceback is above; {error}"
    what = f"a bug in Clare: {type(problem).__name__}: {problem}"
    session.complain(ClareError(what, hint=hint, exit_code=Exit.BUG))
    return Exit.BUG
