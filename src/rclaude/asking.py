"""Asking another host over ssh: one process, one deadline."""

import os
import selectors
import subprocess
import time
from collections.abc import Sequence

from rclaude import children, rows, ssh
from rclaude.config import Host
from rclaude.rows import Reply
from rclaude.rpc import Request
from rclaude.trouble import Trouble

RETRY_AFTER = 5.0
"""Seconds after which a question is asked again without the master, which may be cut off."""

LARGEST = 64 * 1024 * 1024
"""Bytes of the longest answer that is read; what prints more is no rclaude."""

_CHUNK = 64 * 1024


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
    if code == ssh.ITSELF and (err or not out):  # silent after a part: the far end was killed
        raise ssh.itself(host, err)
    if code in ssh.NO_PROGRAM and not out:
        raise ssh.missing(host)
    return rows.parse(out, kind, host.name)


def _run(words: Sequence[str], host: Host, within: float) -> tuple[int, bytes, str]:
    """Run ssh in a process group of its own, which ends with its deadline."""
    deadline = time.monotonic() + within
    try:
        child = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise Trouble("missing", f"{words[0]}: {error.strerror}") from None
    children.started(child.pid)
    try:
        out, err = _printed(child, host, deadline)
        code = child.wait(max(0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        raise Trouble("deadline", f"no answer within {within:.0f} s", host=host.name) from None
    finally:
        _end(child)
    return code, out, err.decode("utf-8", "replace")


def _printed(child: "subprocess.Popen[bytes]", host: Host, deadline: float) -> tuple[bytes, bytes]:
    """What a process prints until it closes both streams. Raises Trouble, or TimeoutError."""
    assert child.stdout, "it was asked for"
    assert child.stderr, "it was asked for"
    found = {child.stdout.fileno(): bytearray(), child.stderr.fileno(): bytearray()}
    with selectors.DefaultSelector() as still:
        for stream in found:
            still.register(stream, selectors.EVENT_READ)
        while still.get_map():
            left = deadline - time.monotonic()
            ready = still.select(left) if left > 0 else []
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK)
                found[key.fd] += data
                if not data:
                    still.unregister(key.fd)
            if sum(map(len, found.values())) > LARGEST:
                told = f"it printed more than {LARGEST // 1024**2} MiB"
                raise Trouble("malformed", told, host=host.name)
    out, err = found.values()
    return bytes(out), bytes(err)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a process that still runs, with all that it started."""
    if child.poll() is None:
        children.end(child.pid)
        child.wait()
    children.ended(child.pid)
    for pipe in (child.stdout, child.stderr):
        if pipe:
            pipe.close()
