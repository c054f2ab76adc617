"""Asking another host over ssh, within a deadline, also where the master hangs."""

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack

from rclaude import rows, ssh
from rclaude.children import Child, first_done
from rclaude.config import Host
from rclaude.rows import Reply
from rclaude.rpc import Request
from rclaude.trouble import Trouble

RETRY_AFTER = 5.0
"""Seconds after which a question is also asked without the master, which may be cut off."""


def ask(host: Host, request: Request, kind: str, *, within: float, folder: str) -> Reply:
    """Ask a host something that changes nothing, within so many seconds. Raises Trouble.

    If there may be a master and the answer takes long, the host is asked once more without it, and
    the first answer counts.
    """
    deadline = time.monotonic() + within
    request = request._replace(within=within)
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
