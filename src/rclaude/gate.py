"""What a key in `authorized_keys` may do, where its line begins with a command that names this gate."""

import os
import re
from collections.abc import Sequence

from rclaude import config, far, git, rpc
from rclaude.names import is_host
from rclaude.rpc import Request
from rclaude.trouble import Trouble, complain

VERBS = {
    "list": ("list",),
    "peek": ("peek",),
    "git": ("exec",),
    "all": ("list", "peek", "exec"),
}
"""What each word after `--allow` lets a key do; every key may ask for versions and the time."""

_ABOUT_HERE = ("config", "usage")
"""Slugs of what is wrong on the host that was reached, and not where it was asked."""

_ASKED = re.compile(f"exec {config.PROGRAM} @rpc ([A-Za-z0-9_=-]+)", re.ASCII)


def serve(words: Sequence[str]) -> int:
    """Answer what ssh was asked to run, if the key may; the exit code.

    What this host's own configuration says counts, not what whoever asks knows of it.
    """
    try:
        request = _request(words)
    except Trouble as trouble:
        return _refuse(trouble)
    return far.answer(request)


def _request(words: Sequence[str]) -> Request:
    """What is asked, of the host as it is configured here. Raises Trouble."""
    allowed = _allowed(words)
    here = config.load().here
    asked = _asked()
    if not asked:
        raise Trouble("refused", "this key is for rclaude alone")
    request = rpc.read(asked)
    if request.verb not in allowed:
        told = f"this key may not {_word(request.verb)}; its line allows {words[1]}"
        raise Trouble("refused", told)
    repos = here.repos if request.verb == "exec" else _shared(here.repos, request.host.repos)
    return request._replace(host=here._replace(name=request.host.name, repos=repos))


def _shared(ours: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """The repositories that whoever asks knows already: the names of others are not told."""
    known = set(map(git.plain, asked))
    return tuple(path for path in ours if git.plain(path) in known)


def _asked() -> str:
    """The word in which ssh was asked for something; empty if it was asked for anything else."""
    found = _ASKED.fullmatch(os.environ.get("SSH_ORIGINAL_COMMAND", ""))
    return found[1] if found else ""


def _word(verb: str) -> str:
    """What is written after `--allow` for a verb."""
    return next((word for word, verbs in VERBS.items() if verbs == (verb,)), verb)


def _allowed(words: Sequence[str]) -> set[str]:
    if len(words) != 2 or words[0] != "--allow":
        raise Trouble("usage", "rclaude @gate --allow WORD,…")
    chosen = words[1].split(",")
    for word in chosen:
        if word not in VERBS:
            raise Trouble("usage", f"--allow {word}: use {', '.join(VERBS)}")
    return {"probe", *(verb for word in chosen for verb in VERBS[word])}


def _refuse(trouble: Trouble) -> int:
    """Say no on both streams: whoever asked may be rclaude, git or a person."""
    request = _read()
    name = _name(request)
    here = f"on {name}: " if trouble.slug in _ABOUT_HERE else ""
    told = Trouble(trouble.slug, here + trouble.text, host=name)
    complain(told)
    if _asked() and not (request and request.verb == "exec"):  # git reads what is printed
        far.refuse(told, name)
    return told.exit


def _read() -> Request | None:
    try:
        return rpc.read(_asked())
    except Trouble:
        return None


def _name(request: Request | None) -> str:
    """How this host is called: by itself, else by whoever asks, else by its machine."""
    try:
        return config.load().self
    except Trouble:
        return request.host.name if request and is_host(request.host.name) else os.uname().nodename
