"""Carrying git to a repository: on this host itself, on another one over ssh."""

import os
from collections.abc import Callable, Mapping

from rclaude import git
from rclaude.config import Host
from rclaude.trouble import Exit, Trouble


def carrier(host: Host, service: str, path: str, *, here: bool) -> Callable[[], int]:
    """What connects our standard streams to a service, and returns the exit code.

    Raises Trouble if that is not allowed; the carrier does if it fails before git speaks.
    """
    if here:
        words = git.command(host, service, path)
        environment = git.environment(os.environ.get("GIT_PROTOCOL", ""))
        return lambda: _run(words, environment, host)
    request = git.request(host, service, path)
    from rclaude import ssh

    def over_ssh() -> int:
        words = ssh.command(host, request, folder=ssh.control_folder())
        code = _run(words, os.environ, host)
        if code == ssh.ITSELF:
            raise Trouble("unreachable", "ssh failed; what it said stands above", host=host.name)
        if code in ssh.NO_PROGRAM:
            raise ssh.missing(host)
        return code

    return over_ssh


def _run(words: list[str], environment: Mapping[str, str], host: Host) -> int:
    """Run a program on our own standard streams. Raises Trouble if it is not there."""
    try:
        child = os.posix_spawnp(words[0], words, environment)
    except OSError as error:
        raise Trouble("missing", f"{words[0]}: {error.strerror}", host=host.name) from None
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else Exit.BUG
