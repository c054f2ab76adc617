"""The hosts that may be addressed, and what each allows: `hosts.toml`, read strictly."""

import os
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

from rclaude.names import TMUX, is_host
from rclaude.trouble import Trouble

PROGRAM = "[A-Za-z0-9/._+@-]+"
"""What names a program: nothing that a shell takes for anything else."""

MAX_BYTES = 64 * 1024
"""The largest configuration that is read."""


class Host(NamedTuple):
    """A host: how ssh knows it, where its programs lie, and what it allows.

    `roots` are the folders in which a session may be started, `repos` the repositories that git may
    reach; both are paths of that host, whole ones or such that begin with `~/`.
    """

    name: str
    ssh: str = ""
    rclaude: str = "rclaude"
    claude: str = "claude"
    tmux_socket: str = "rclaude"
    roots: tuple[str, ...] = ()
    repos: tuple[str, ...] = ()


class Hosts(NamedTuple):
    """What the configuration says: the name of this host, and every host by its name, in order."""

    self: str
    by_name: Mapping[str, Host]

    @property
    def here(self) -> Host:
        """The host that we are on."""
        return self.by_name[self.self]

    def host(self, name: str) -> Host:
        """A host by its name. Raises Trouble if it is not listed."""
        if name not in self.by_name:
            known = ", ".join(self.by_name)
            raise Trouble("no-host", f"not in {path()}, which lists {known}", host=name)
        return self.by_name[name]


def path() -> str:
    """Where the configuration lies."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return os.path.join(base, "rclaude", "hosts.toml")


def load() -> Hosts:
    """The configuration. Raises Trouble, saying where something is wrong."""
    import tomllib  # the far end, which must start fast, never reads one

    where = path()
    try:
        with open(where, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise Trouble("config", f'{where} is missing: begin it with self = "NAME"') from None
    except OSError as error:
        raise Trouble("config", f"{where}: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise Trouble("config", f"{where} is larger than {MAX_BYTES // 1024} KiB")
    try:
        found = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise Trouble("config", f"{where}: {error}") from None
    return _hosts(found)


def _hosts(found: Mapping[str, object]) -> Hosts:
    for key in found:
        if key not in ("self", "hosts"):
            _wrong(key, "is not known")
    own, listed = found.get("self"), found.get("hosts", {})
    if not (isinstance(own, str) and is_host(own)):
        _wrong("self", "must name this host")
    if not isinstance(listed, dict):
        _wrong("hosts", "must be tables: [hosts.NAME]")
    by_name = {name: _host(name, table, own=name == own) for name, table in listed.items()}
    by_name.setdefault(own, Host(own))
    return Hosts(own, by_name)


def _host(name: str, table: object, *, own: bool) -> Host:
    where = f"hosts.{name}"
    if not is_host(name):
        _wrong(where, "cannot name a host")
    if not isinstance(table, dict):
        _wrong(where, "must be a table")
    for key in table:
        if key not in (*_FORMS, *_LISTS):
            _wrong(f"{where}.{key}", "is not known")
    texts = {key: _text(f"{where}.{key}", table[key], key) for key in _FORMS if key in table}
    lists = {key: _paths(f"{where}.{key}", table[key]) for key in _LISTS if key in table}
    usual = Host(name, ssh="" if own else name)
    return Host(
        name,
        texts.get("ssh", usual.ssh),
        texts.get("rclaude", usual.rclaude),
        texts.get("claude", usual.claude),
        texts.get("tmux_socket", usual.tmux_socket),
        lists.get("roots", ()),
        lists.get("repos", ()),
    )


def _is_alias(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}", text) is not None


def _is_program(text: str) -> bool:
    return re.fullmatch(f"/{PROGRAM}", text) is not None


def _is_socket(text: str) -> bool:
    return re.fullmatch(TMUX, text) is not None


_FORMS: dict[str, tuple[Callable[[str], bool], str]] = {
    "ssh": (
        _is_alias,
        "must be an alias of your ssh configuration: letters, digits, dots, _ and -",
    ),
    "rclaude": (_is_program, "must be a whole path of letters, digits and /._+@-"),
    "claude": (_is_program, "must be a whole path of letters, digits and /._+@-"),
    "tmux_socket": (_is_socket, "must be letters, digits, _ and -"),
}
_LISTS = ("roots", "repos")


def _text(where: str, value: object, key: str) -> str:
    fits, told = _FORMS[key]
    if not isinstance(value, str) or not fits(value):
        _wrong(where, told)
    return value


def is_path(text: str) -> bool:
    """Whether a path means the same from every folder: `/srv/fleet.git`, `~/fleet.git`."""
    return (
        text.startswith(("/", "~/"))
        and text.isprintable()
        and not {"..", "."} & set(text.split("/"))
    )


def _paths(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        _wrong(where, "must be a list of paths")
    for each in value:
        if not isinstance(each, str) or not is_path(each):
            _wrong(where, f"{each!r} is no path that begins with / or ~/")
    return tuple(value)


def _wrong(key: str, why: str) -> NoReturn:
    raise Trouble("config", f"{path()}: {key} {why}")
