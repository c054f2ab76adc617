"""What this machine knows about itself: host, actor, default fleet; and why each was chosen."""

import os
import re
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clare import names
from clare.errors import ClareError, Usage

_KNOWN = ("host", "actor", "fleet", "sync")
_SYNC = ("auto", "manual")
_AGENT_SESSIONS = ("CLAUDE_CODE_SESSION_ID", "CLAUDE_SESSION_ID")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value, and where it comes from."""

    value: str
    why: str


def path() -> Path:
    """Where the machine's configuration lies."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "clare" / "config.toml"


def load() -> dict[str, str]:
    """The machine's configuration. Raises ClareError with the line for anything unknown."""
    where = path()
    try:
        text = where.read_text("utf-8")
        found = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 at byte {error.start}"
        raise ClareError(f"{where}: {problem}", hint="mend the file, or remove it") from None
    except tomllib.TOMLDecodeError as error:
        raise ClareError(f"{where}: {error}", hint="mend the file, or remove it") from None
    for key, value in found.items():
        if key not in _KNOWN or not isinstance(value, str):
            raise ClareError(
                f"{where}, line {_line(text, key)}: {key} is not known, or not text",
                hint=f"known are {', '.join(_KNOWN)}",
            )
    return {key: str(value) for key, value in found.items()}


def _line(text: str, key: str) -> int:
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.lstrip(" [\"'").startswith(key)), 1)


def choose_host(settings: Mapping[str, str], *, bound: str = "") -> Chosen:
    """The short name of this host. Raises ClareError if what was given is none."""
    choices = (
        Chosen(os.environ.get("CLARE_HOST", ""), "$CLARE_HOST"),
        Chosen(bound, "given to init or join"),
        Chosen(settings.get("host", ""), str(path())),
    )
    for chosen in choices:
        if chosen.value:
            return Chosen(check_host(chosen.value, why=chosen.why), chosen.why)
    short = re.sub(r"[^a-z0-9-]+", "-", socket.gethostname().split(".")[0].lower()).strip("-")
    return Chosen(short[:32] or "host", "this machine's name")


def check_host(text: str, *, why: str = "--host") -> str:
    """The text if it can name a host. Raises Usage, saying where the text comes from."""
    if not names.HOST.fullmatch(text) or text.startswith("-"):
        raise Usage(
            f"{why}: {text!r} cannot name a host",
            hint="use lower-case letters, digits and dashes, at most 32: --host plum",
        )
    return text


def choose_actor(settings: Mapping[str, str], *, given: str, git_name: str) -> Chosen:
    """Who acts: `--as`, `$CLARE_ACTOR`, the agent session, the configuration, git's user.name."""
    choices = (
        Chosen(given, "--as"),
        Chosen(os.environ.get("CLARE_ACTOR", ""), "$CLARE_ACTOR"),
        Chosen(_agent_session(), "the agent session in the environment"),
        Chosen(settings.get("actor", ""), str(path())),
    )
    for chosen in choices:
        if chosen.value:
            return Chosen(_check_actor(chosen), chosen.why)
    plain = re.sub(r"\s+", "-", git_name.strip().lower())
    return Chosen(plain if names.is_actor(plain) else "", "git's user.name")


def choose_sync(settings: Mapping[str, str], *, given: str = "") -> Chosen:
    """Whether writes are published by themselves: `auto` or `manual`. Raises Usage."""
    choices = (
        Chosen(given, "--no-sync"),
        Chosen(os.environ.get("CLARE_SYNC", ""), "$CLARE_SYNC"),
        Chosen(settings.get("sync", ""), str(path())),
    )
    chosen = next((choice for choice in choices if choice.value), Chosen("auto", "the default"))
    if chosen.value not in _SYNC:
        raise Usage(f"{chosen.why}: {chosen.value!r} is not {' or '.join(_SYNC)}", hint="use auto")
    return chosen


def in_nameless_agent(actor: Chosen) -> bool:
    """Whether this is an agent's shell in which nothing tells this agent from the others."""
    return bool(os.environ.get("CLAUDECODE")) and actor.why in (str(path()), "git's user.name")


def _agent_session() -> str:
    session = next((os.environ[key] for key in _AGENT_SESSIONS if os.environ.get(key)), "")
    return f"claude/{session[:8]}" if session else ""


def _check_actor(chosen: Chosen) -> str:
    if not names.is_actor(chosen.value):
        raise Usage(
            f"{chosen.why}: {chosen.value!r} cannot name an actor",
            hint="use a name without spaces: nat, claude/7f3a",
        )
    return chosen.value
