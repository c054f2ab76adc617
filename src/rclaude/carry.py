"""Carrying git to a repository: on this host itself, on another one over ssh."""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from rclaude import config, git
from rclaude.children import Child, first_done
from rclaude.config import Host
from rclaude.trouble import Exit, Trouble

_KEPT = 8 * 1024
"""Bytes of the last that was said on standard error, which tell why ssh failed."""

_OURS = "rclaude: "
"""How a line begins that an rclaude says, here or there."""


def carrier(host: Host, service: str, path: str, *, here: bool) -> Callable[[], int]:
    """What connects our standard streams to a service, and returns the exit code.

    Raises Trouble if that is not allowed; the carrier does if it fails before git speaks.
    """
    if here:
        words = git.command(host, service, path, config.path())
        environment = git.environment(os.environ.get("GIT_PROTOCOL", ""))
        return lambda: _run(words, environment, host, _Echo())
    request = git.request(host, service, path)
    from rclaude import ssh

    def over_ssh() -> int:
        words = ssh.command(host, request, folder=ssh.control_folder())
        echo = _Echo()
        code = _run(words, os.environ, host, echo)
        if code == ssh.ITSELF:
            raise ssh.itself(host, echo.last)
        if code in ssh.NO_PROGRAM and not echo.last_line.startswith(_OURS):
            raise ssh.missing(host)
        return code

    return over_ssh


class _Echo:
    """Passes on what is said on standard error, whole lines at a time, and keeps the last of it."""

    def __init__(self) -> None:
        self._begun = b""
        self._kept = b""

    def __call__(self, data: bytes) -> None:
        whole, newline, self._begun = (self._begun + data).rpartition(b"\n")
        self._say(whole + newline)
        if len(self._begun) > _KEPT:
            self.finish()

    def finish(self) -> None:
        """Pass on what has no end."""
        self._say(self._begun)
        self._begun = b""

    def _say(self, data: bytes) -> None:
        self._kept = (self._kept + data)[-_KEPT:]
        with suppress(OSError):  # nobody wants to hear it
            os.write(2, data)

    @property
    def last(self) -> str:
        """The last that was said."""
        return self._kept.decode("utf-8", "replace")

    @property
    def last_line(self) -> str:
        return self.last.rstrip().rpartition("\n")[2]


def _run(words: Sequence[str], environment: Mapping[str, str], host: Host, echo: _Echo) -> int:
    """Run a program on our own standard streams. Raises Trouble if it is not there."""
    try:
        with Child(words, hears=echo, environment=environment) as child:
            first_done([child], math.inf)
    except Trouble as trouble:
        raise Trouble(trouble.slug, trouble.text, host=host.name) from None
    echo.finish()
    return child.code if child.code is not None and child.code >= 0 else Exit.BUG
