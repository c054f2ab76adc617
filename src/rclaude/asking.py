"""Asking another host over ssh: one process, one deadline."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

from rclaude import rows, ssh
from rclaude.config import Host
from rclaude.rows import Reply
from rclaude.rpc import Request
from rclaude.trouble import Trouble

RETRY_AFTER = 5.0
"""Seconds after which a question is asked again without the master, which may be cut off."""


def ask(host: Host, request: Request, kind: str, *, within: float, folder: str) -> Reply:
    """Ask a host something that changes nothing, within so many seconds. Raises Trouble.

    If there may be a master and the answer takes long, the host is asked once more without it.
    """
    deadline = time.monotonic() + within
    try:
        first = RETRY_AFTER if folder and os.listdir(folder) else within
        return _asked(host, request, kind, within=min(first, within), folder=folder)
    except Trouble as trouble:
        left = deadline - time.monotonic()
        if trouble.slug != "deadline" or left < 1:
            raise
        return _asked(host, request, kind, within=left, folder="")


def _asked(host: Host, request: Request, kind: str, *, within: float, folder: str) -> Reply:
    code, out, err = _run(ssh.command(host, request, folder=folder), host, within)
    if code == ssh.ITSELF:
        raise ssh.itself(host, err)
    if code in ssh.NO_PROGRAM and not out:
        raise ssh.missing(host)
    return rows.parse(out, kind, host.name)


def _run(words: Sequence[str], host: Host, within: float) -> tuple[int, bytes, str]:
    """Run ssh in a process group of its own, which ends with its deadline."""
    child = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        raise Trouble("deadline", f"no answer within {within:.0f} s", host=host.name) from None
    finally:
        _end(child)
    return child.returncode, out, err.decode("utf-8", "replace")


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a process that still runs, with all that it started."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for pipe in (child.stdout, child.stderr):
        if pipe:
            pipe.close()
