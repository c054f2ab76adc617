"""The far end: answering what another host asks, as rows on standard output."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import NoReturn

from rclaude import git, rows, rpc
from rclaude.config import Host
from rclaude.rows import Reply, Trailer
from rclaude.rpc import Request
from rclaude.trouble import Exit, Trouble, complain

Answer = Callable[[Host, Mapping[str, str]], Reply]


def serve(token: str) -> int:
    """Answer what a word asks; the exit code."""
    try:
        request = rpc.read(token)
    except Trouble as trouble:
        return refuse(trouble, "")
    return answer(request)


def answer(request: Request) -> int:
    """Answer a request; the exit code."""
    name = request.host.name
    if request.verb == "exec":
        return _exec(request)
    signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, request.within)
    try:
        reply = told(request)
    except Trouble as trouble:
        return refuse(trouble, name)
    rows.show(_ANSWERS[request.verb][0], [reply])
    return 0


def _give_up(*_: object) -> NoReturn:
    """End with all that was started: whoever asked listens no more."""
    sys.exit(Exit.DEADLINE)


def told(request: Request) -> Reply:
    """What this host tells. Raises Trouble."""
    if request.verb not in _ANSWERS:
        asked = f"it knows no {request.verb!r}: install the same version on both"
        raise Trouble("contract", asked, host=request.host.name)
    return _ANSWERS[request.verb][1](request.host, request.takes)


def refuse(trouble: Trouble, name: str) -> int:
    """Say no so that the asking end knows it from a broken line; the exit code."""
    rows.show("probe", [Reply([], Trailer(name, trouble.slug, 0, trouble.text))])
    return trouble.exit


def _exec(request: Request) -> int:
    """Become git; what goes wrong before is told on standard error, since git speaks on the other."""
    takes = request.takes
    try:
        listed = f"{request.host.name}'s own hosts.toml"
        words = git.command(request.host, takes.get("service", ""), takes.get("path", ""), listed)
        os.execvpe(words[0], words, git.environment(takes.get("protocol", "")))
    except OSError as error:
        return complain(Trouble("missing", f"git: {error.strerror}", host=request.host.name))
    except Trouble as trouble:
        return complain(trouble)


def _list(host: Host, takes: Mapping[str, str]) -> Reply:
    from rclaude import sessions

    return sessions.reply(host, takes)


def _peek(host: Host, takes: Mapping[str, str]) -> Reply:
    from rclaude import peek

    return peek.reply(host, takes)


def _probe(host: Host, _: Mapping[str, str]) -> Reply:
    from rclaude import probe

    return probe.told(host)


_ANSWERS: Mapping[str, tuple[str, Answer]] = {
    "list": ("sessions", _list),
    "peek": ("peek", _peek),
    "probe": ("probe", _probe),
}
"""What may be asked: the kind of rows, and who answers. Each is loaded when it is asked."""
