"""Where the program starts: the commands by name, and the one place that prints errors.

Nothing heavy is imported here; a command's module is loaded when the command is called.
"""

import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from clare import __version__
from clare.cli.lazy import LazyGroup
from clare.cli.options import Session, common
from clare.cli.streams import empty_buffers, let_all_be_written, open_closed_streams
from clare.errors import EXIT_MEANINGS, ClareError, Exit

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
    "sync": (
        "clare.cli.boards:sync",
        "Fetch from the hub and publish to it, or exchange events with another host.",
    ),
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
    "task": ("clare.cli.groups:task", "Tasks: the same commands as without `task`."),
    "project": ("clare.cli.groups:project", "Projects: what tasks belong to."),
    "view": ("clare.cli.groups:view", "Saved views: queries with a name."),
    "host": ("clare.cli.groups:host", "Hosts: the fleet's machines, and what each is for."),
    "template": ("clare.cli.groups:template", "Templates: what `add --template` begins with."),
    "config": ("clare.cli.groups:config", "Settings, of this machine and of the fleet."),
    "import": ("clare.cli.groups:imports", "Bring tasks in from other trackers."),
    "hooks": ("clare.cli.groups:hooks", "Tell other programs about Clare, and stop telling them."),
    "man": ("clare.cli.groups:man", "The man pages of these commands."),
}
HEADINGS = {
    "Look": ("status", "ready", "list", "show", "tree", "board", "log"),
    "Take": ("next", "claim", "comment", "release", "review", "done", "wait"),
    "Plan": (
        *("add", "split", "apply", "edit", "needs", "assign", "drop", "reopen"),
        *("task", "project", "view", "template"),
    ),
    "Share": ("sync", "host", "import", "export", "digest"),
    "Set up": (
        *("init", "join", "where", "config", "doctor", "prime", "hooks"),
        *("completion", "man", "help", "demo", "uninstall"),
    ),
}
"""Under which heading `clare --help` lists each command, in which order."""


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


def _bare() -> None:
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        found = cli.get_command(ctx, "status")
        if found:
            ctx.invoke(found)


cli.callback = _bare


RESTING = 500_000
"""New objects after which Python looks for garbage: a command makes many at once, and ends soon."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit. The one place where errors become lines and exit codes."""
    gc.set_threshold(RESTING)
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
    if args is None:
        os._exit(int(code or 0))  # nothing is left to do: what was read need not be taken apart
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
    from pathlib import Path

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
