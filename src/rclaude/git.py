"""Git's three services on a repository that is listed for it, on this host or on another."""

import os
import re

from rclaude.config import Host, is_path
from rclaude.rpc import Request
from rclaude.trouble import Trouble

SERVICES = ("git-upload-pack", "git-receive-pack", "git-upload-archive")
_SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM")
"""Of git's variables those that lead to no other repository."""

_PROTOCOL = re.compile(r"version=\d{1,3}(?::[a-z0-9=.-]{1,100})*")


def check(host: Host, service: str, path: str) -> None:
    """Raise Trouble unless this is a service, and a path that the host lists."""
    if service not in SERVICES:
        raise Trouble("refused", f"{service!r} is none of {', '.join(SERVICES)}", host=host.name)
    if not is_path(path):
        told = f"{path!r} is no whole path without .. in it, nor one that begins with ~/"
        raise Trouble("name", told, host=host.name)
    if _plain(path) not in map(_plain, host.repos):
        raise Trouble("refused", f"{path} is not among the repos listed for it", host=host.name)


def _plain(path: str) -> str:
    return path.rstrip("/")


def request(host: Host, service: str, path: str) -> Request:
    """What another host is asked. Raises Trouble."""
    check(host, service, path)
    protocol = os.environ.get("GIT_PROTOCOL", "")
    return Request("exec", host, {"service": service, "path": path, "protocol": protocol})


def command(host: Host, service: str, path: str) -> list[str]:
    """The command line on the host itself. Raises Trouble."""
    check(host, service, path)
    folder = os.path.expanduser(path)
    if not os.path.isdir(folder):
        raise Trouble("no-repository", f"there is no {path}", host=host.name)
    return ["git", service.removeprefix("git-"), folder]


def environment(protocol: str) -> dict[str, str]:
    """Git's environment, with the protocol that was asked for."""
    clean = {
        key: value
        for key, value in os.environ.items()
        if key in _SETTINGS or not key.startswith("GIT_")
    }
    return {**clean, "GIT_PROTOCOL": protocol} if _PROTOCOL.fullmatch(protocol) else clean
