"""What this machine knows about itself: host, actor, default fleet; and why each was chosen."""

import os
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from clare import names
from clare.config_file import load, name, path, save
from clare.errors import Usage
from clare.settings import SETTINGS, problem

__all__ = ["load", "path", "save"]

SHARED_FILE = "fleet.yaml"
"""Where what is set for all clones stands, as it is told."""


class Chosen(NamedTuple):
    """A value, and where it comes from."""

    value: str
    why: str


def choose_host(settings: Mapping[str, str], *, bound: str = "") -> Chosen:
    """The short name of this host. Raises ClareError if what was given is none."""
    choices = (
        Chosen(os.environ.get("CLARE_HOST", ""), "$CLARE_HOST"),
        Chosen(bound, "given to init or join"),
        Chosen(settings.get("host", ""), name()),
    )
    for chosen in choices:
        if chosen.value:
            return Chosen(check_host(chosen.value, why=chosen.why), chosen.why)
    short = re.sub(r"[^a-z0-9-]+", "-", os.uname().nodename.split(".")[0].lower()).strip("-")
    return Chosen(short[:32] or "host", "this machine's name")


def check_host(text: str, *, why: str = "--host") -> str:
    """The text if it can name a host. Raises Usage, saying where the text comes from."""
    if problem("host", text):
        raise Usage(
            f"{why}: {text!r} cannot name a host",
            hint="use lower-case letters, digits and dashes, at most 32: --host plum",
        )
    return text


def choose_actor(settings: Mapping[str, str], *, given: str, git_name: Callable[[], str]) -> Chosen:
    """Who acts: `--as`, `$CLARE_ACTOR`, the agent session, the configuration, git's user.name.

    Git is asked for the name only where nothing else tells.
    """
    choices = (
        Chosen(given, "--as"),
        Chosen(os.environ.get("CLARE_ACTOR", ""), "$CLARE_ACTOR"),
        Chosen(_agent_session(), "the agent session in the environment"),
        Chosen(settings.get("actor", ""), name()),
    )
    for chosen in choices:
        if chosen.value:
            return Chosen(_check_actor(chosen), chosen.why)
    plain = re.sub(r"[\s,]+", "-", git_name().strip().lower())
    return Chosen(plain if names.is_actor(plain) else "", "git's user.name")


def choose_sync(settings: Mapping[str, str], *, given: str = "", shared: str = "") -> Chosen:
    """Whether writes are published by themselves: `auto` or `manual`. Raises Usage.

    What the command line says, `$CLARE_SYNC`, the machine's configuration, the board's; else `auto`.
    """
    return choose("sync", settings, given=given, shared=shared)


def choose_lease(*, shared: str = "") -> Chosen:
    """How long a claim holds unless told: what the board says, else 4 hours. Raises Usage."""
    return choose("lease", {}, shared=shared)


def choose(key: str, settings: Mapping[str, str], *, given: str = "", shared: str = "") -> Chosen:
    """A setting as it acts, checked. Raises Usage."""
    chosen = first(key, settings, given=given, shared=shared)
    wrong = problem(key, chosen.value)
    if wrong:
        raise Usage(f"{chosen.why}: {key}: {wrong}", hint="`clare config list` shows all settings")
    return chosen


def first(key: str, settings: Mapping[str, str], *, given: str = "", shared: str = "") -> Chosen:
    """What counts of all that was said; empty if nothing was and there is no default."""
    setting = SETTINGS[key]
    choices = (
        Chosen(given, "the command line"),
        Chosen(os.environ.get(setting.environment, ""), f"${setting.environment}"),
        Chosen(settings.get(key, ""), name()),
        Chosen(shared, SHARED_FILE),
        Chosen(setting.default, "the default"),
    )
    return next((one for one in choices if one.value), Chosen("", "not set"))


class Agent(NamedTuple):
    """A kind of coding agent: what its shells have in their environment.

    `session` tells one agent from another: its first 8 characters, or its last ones.
    """

    name: str
    marks: tuple[str, ...]
    session: tuple[str, ...] = ()
    by_end: bool = False


AGENTS = (
    Agent("claude", ("CLAUDECODE",), ("CLAUDE_CODE_SESSION_ID", "CLAUDE_SESSION_ID")),
    Agent("codex", ("CODEX_SANDBOX", "CODEX_THREAD_ID"), ("CODEX_THREAD_ID",), by_end=True),
    Agent("cursor", ("CURSOR_AGENT",)),
    Agent("gemini", ("GEMINI_CLI",)),
)
"""Codex numbers its threads by time, so that only the end of a number differs."""


def agent_here() -> str:
    """The kind of agent in whose shell this runs; empty in a person's."""
    return next((agent.name for agent in AGENTS if any(map(os.environ.get, agent.marks))), "")


def in_nameless_agent(actor: Chosen) -> bool:
    """Whether this is an agent's shell in which nothing tells this agent from the others."""
    return bool(agent_here()) and actor.why in (name(), "git's user.name")


def _agent_session() -> str:
    for agent in AGENTS:
        session = next((os.environ[key] for key in agent.session if os.environ.get(key)), "")
        if session:
            return f"{agent.name}/{session[-8:] if agent.by_end else session[:8]}"
    return ""


def _check_actor(chosen: Chosen) -> str:
    if not names.is_new_actor(chosen.value):
        raise Usage(
            f"{chosen.why}: {chosen.value!r} cannot name an actor",
            hint="use a name without spaces or commas: nat, claude/7f3a",
        )
    return chosen.value
