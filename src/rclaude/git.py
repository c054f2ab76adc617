"""Git's three services on a repository that is listed for it, on this host or on another."""

import os
import re

from rclaude import config
from rclaude.config import Host, is_path
from rclaude.rpc import Request
from rclaude.trouble import Trouble

SERVICES = ("git-upload-pack", "git-receive-pack", "git-upload-archive")
_SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM")
"""Of git's variables those that lead to no other repository."""

_PROTOCOL = re.compile(r"version=\d{1,3}(?::[a-z0-9=.-]{1,100})*")


def check(host: Host, service: str, path: str, listed: str) -> None:
    """Raise Trouble unless this is a service, and a path among the repos; `listed` says where."""
    if service not in SERVICES:
        raise Trouble("refused", f"{service!r} is none of {', '.join(SERVICES)}", host=host.name)
    if not is_path(path):
        told = f"{path!r} is no whole path without .. in it, nor one that begins with ~/"
        raise Trouble("name", told, host=host.name)
    if plain(path) not in map(plain, host.repos):
        raise Trouble("refused", f"{path} is not among the repos in {listed}", host=host.name)


def plain(path: str) -> str:
    """A path as it is compared."""
    return path.rstrip("/")


def request(host: Host, service: str, path: str) -> Request:
    """What another host is asked. Raises Trouble."""
    check(host, service, path, config.path())
    protocol = os.environ.get("GIT_PROTOCOL", "")
    return Request("exec", host, {"service": service, "path": path, "protocol": protocol})


def command(host: Host, service: str, path: str, listed: str) -> list[str]:
    """The command line on the host itself. Raises Trouble."""
    check(host, service, path, listed)
    folder = os.path.expanduser(path)
    if not os.path.isdir(folder):
        raise Trouble("no-repository", f"there is no {path}", host=host.name)
    return ["git", service.removeprefix("git-"), folder]


def there(host: Host) -> list[str]:
    """Those of a host's repositories that are there and may be read, on the host itself."""
    return [path for path in host.repos if _is_repository(os.path.expanduser(path))]


def _is_repository(folder: str) -> bool:
    inside = (os.path.join(folder, ".git"), os.path.join(folder, "HEAD"))
    return os.access(folder, os.R_OK | os.X_OK) and any(map(os.path.exists, inside))


def environment(protocol: str) -> dict[str, str]:
    """Git's environment, with the protocol that was asked for."""
    clean = {
        key: value
        for key, value in os.environ.items()
        if key in _SETTINGS or not key.startswith("GIT_")
    }
    return {**clean, "GIT_PROTOCOL": protocol} if _PROTOCOL.fullmatch(protocol) else clean
