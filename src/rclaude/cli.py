"""The commands, each a line of the contract."""

import click

from rclaude import CONTRACT, __version__, config, rows
from rclaude.config import Host, Hosts
from rclaude.fan import ask_all, code_of
from rclaude.names import check_host, target
from rclaude.rows import Reply
from rclaude.rpc import Request
from rclaude.trouble import Trouble

_SINCE = "How old is long ago: 90m, 24h, 7d."
_LINES = "How many lines."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rclaude")
def cli() -> None:
    """Reach the sessions of coding agents, and git, on this host and on others.

    Hosts are listed in ~/.config/rclaude/hosts.toml; docs/rclaude.md tells the rest.
    """


@cli.command()
def contract() -> None:
    """Print which contract this program keeps.

    Other programs check it before they use it.
    """
    rows.say(f"rclaude-contract\t{CONTRACT}\t{__version__}\n")


@cli.command(epilog="Example: rclaude hosts --probe")
@click.option("--probe", is_flag=True, help="Ask each for its versions and its clock.")
def hosts(probe: bool) -> int:
    """List the hosts of the configuration."""
    from rclaude import hosts, ssh

    known = config.load()
    if not probe:
        rows.write("hosts", [rows.line("hosts", row) for row in hosts.listed(known)])
        return 0
    found = hosts.probed(known, list(known.by_name.values()), folder=ssh.control_folder())
    rows.show("hosts", found)
    return code_of(found)


@cli.command("list", epilog="Examples: rclaude list; rclaude list --host plum --since 7d")
@click.option("--host", "names", multiple=True, metavar="HOST", help="Only this host; repeatable.")
@click.option("--all", "every", is_flag=True, help="Also sessions that ended long ago.")
@click.option("--since", default="24h", metavar="AGE", show_default=True, help=_SINCE)
@click.option("--usage", is_flag=True, help="Count tokens, which reads whole transcripts.")
def list_sessions(names: tuple[str, ...], every: bool, since: str, usage: bool) -> int:
    """List sessions, and what each is doing."""
    from rclaude.sessions import seconds

    takes = {"since": "" if every else str(seconds(since)), "usage": "yes" if usage else ""}
    known = config.load()
    wanted = {known.host(check_host(name)) for name in names}
    chosen = [host for host in known.by_name.values() if host in wanted or not wanted]
    return _shown("list", "sessions", known, chosen, takes)


@cli.command(epilog="Example: rclaude peek plum:7f3ac0de -n 100")
@click.argument("where", metavar="HOST:SESSION")
@click.option(
    "-n", "number", type=click.IntRange(1, 10_000), default=40, show_default=True, help=_LINES
)
def peek(where: str, number: int) -> int:
    """Show the last lines of a session.

    They are those of its terminal, or of its transcript where it has none.
    """
    name, session = target(where)
    known = config.load()
    takes = {"session": session, "lines": str(number)}
    return _shown("peek", "peek", known, [known.host(name)], takes)


def _shown(verb: str, kind: str, known: Hosts, chosen: list[Host], takes: dict[str, str]) -> int:
    """Ask hosts, print what they tell, and say how it ended."""
    from rclaude import asking, ssh

    folder = ssh.control_folder() if any(host.name != known.self for host in chosen) else ""

    def asked(host: Host) -> Reply:
        reply = asking.answered(Request(verb, host, takes), kind, known, folder)
        return reply._replace(rows=[{**row, "host": host.name} for row in reply.rows])

    found = ask_all(chosen, asked)
    rows.show(kind, found)
    return code_of(found)


@cli.command("exec", epilog="Example: rclaude exec apricot -- git-upload-pack ~/fleet.git")
@click.argument("name", metavar="HOST --")
@click.argument("service")
@click.argument("path")
def exec_(name: str, service: str, path: str) -> int:
    """Connect standard input and output to git on a host.

    SERVICE is git-upload-pack, git-receive-pack or git-upload-archive; PATH is one of the host's repos.
    """
    from rclaude.carry import carrier

    known = config.load()
    host = known.host(check_host(name))
    return carrier(host, service, path, here=name == known.self)()


@cli.command(epilog="Examples: rclaude doctor; rclaude doctor apricot")
@click.argument("name", metavar="[HOST]", required=False)
def doctor(name: str | None) -> int:
    """Look for all that can be wrong, here and on the way."""
    from rclaude import doctor

    found = doctor.examined("" if name is None else check_host(name))
    rows.show("checks", found)
    return doctor.code(found)


@cli.result_callback()
def _exit(code: int | None) -> None:
    click.get_current_context().exit(code or 0)


def run(words: list[str]) -> int:
    """Run the command line; the exit code. Raises Trouble."""
    try:
        return int(cli.main(words, prog_name="rclaude", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
        return 0
    except click.ClickException as error:
        raise Trouble("usage", error.format_message()) from None
    except click.Abort:
        return 130
