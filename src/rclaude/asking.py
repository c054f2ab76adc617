"""Asking another host over ssh, within a deadline, also where the master hangs."""

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack

from rclaude import far, rows, ssh
from rclaude.children import Child, first_done
from rclaude.config import Host, Hosts
from rclaude.rows import Reply
from rclaude.rpc import Request
from rclaude.trouble import Trouble

WITHIN = 10.0
"""Seconds that a host has to answer."""

RETRY_AFTER = 5.0
"""Seconds after which a question is also asked without the master, which may be cut off."""


def answered(request: Request, kind: str, known: Hosts, folder: str) -> Reply:
    """What a host answers, this one itself and another over ssh. Raises Trouble."""
    if request.host.name == known.self:
        return far.told(request)
    return ask(request._replace(within=WITHIN), kind, folder)


def ask(request: Request, kind: str, folder: str) -> Reply:
    """Ask a host over ssh something that changes nothing, within its seconds. Raises Trouble.

    If there may be a master and the answer takes long, the host is asked once more without it, and
    the first answer counts.
    """
    host, within = request.host, request.within
    deadline = time.monotonic() + within
    with ExitStack() as started:

        def start(folder: str) -> Child:
            words = ssh.command(host, request, folder=folder)
            return started.enter_context(Child(words))

        may_hang = bool(folder and os.listdir(folder))
        tries = [start(folder)]
        if may_hang and not first_done(tries, min(deadline, time.monotonic() + RETRY_AFTER)):
            tries.append(start(""))
        return _told(_best(tries, deadline, host, within), host, kind)


def _best(tries: Sequence[Child], deadline: float, host: Host, within: float) -> Child:
    """The first that reached the host, else the last that failed. Raises Trouble."""
    left = [*tries]
    while done := first_done(left, deadline):
        left.remove(done)
        if done.code != ssh.ITSELF or not left:
            return done
    raise Trouble("deadline", f"no answer within {within:.0f} s", host=host.name)


def _told(done: Child, host: Host, kind: str) -> Reply:
    if done.too_long:
        raise Trouble("malformed", "its answer has no end", host=host.name)
    if done.code == ssh.ITSELF and (done.err or not done.out):
        raise ssh.itself(host, done.err.decode("utf-8", "replace"))
    if done.code in ssh.NO_PROGRAM and not done.out:
        raise ssh.missing(host)
    return rows.parse(bytes(done.out), kind, host.name)
