"""What a key in `authorized_keys` may do, where its line begins with a command that names this gate."""

import os
import re
from collections.abc import Sequence

from rclaude import config, far, rpc
from rclaude.trouble import Trouble, complain

VERBS = {
    "list": ("list",),
    "peek": ("peek",),
    "git": ("exec",),
    "all": ("list", "peek", "exec"),
}
"""What each word after `--allow` lets a key do; every key may ask for versions and the time."""

_ASKED = re.compile(r"exec [A-Za-z0-9/._+@-]+ @rpc ([A-Za-z0-9_=-]+)", re.ASCII)


def serve(words: Sequence[str]) -> int:
    """Answer what ssh was asked to run, if the key may; the exit code.

    What this host's own configuration says counts, not what whoever asks knows of it.
    """
    name = ""
    try:
        allowed = _allowed(words)
        here = config.load().here
        name = here.name
        asked = _ASKED.fullmatch(os.environ.get("SSH_ORIGINAL_COMMAND", ""))
        if not asked:
            raise Trouble("refused", "this key is for rclaude alone", host=name)
        request = rpc.read(asked[1])
        if request.verb not in allowed:
            raise Trouble("refused", f"this key may not {request.verb}", host=name)
    except Trouble as trouble:
        return _refuse(trouble, name)
    return far.answer(request._replace(host=here._replace(name=request.host.name)))


def _allowed(words: Sequence[str]) -> set[str]:
    if len(words) != 2 or words[0] != "--allow":
        raise Trouble("usage", "rclaude @gate --allow WORD,…")
    chosen = words[1].split(",")
    for word in chosen:
        if word not in VERBS:
            raise Trouble("usage", f"--allow {word}: use {', '.join(VERBS)}")
    return {"probe", *(verb for word in chosen for verb in VERBS[word])}


def _refuse(trouble: Trouble, name: str) -> int:
    """Say no on both streams: whoever asked may be rclaude, git or a person."""
    complain(trouble)
    asked = os.environ.get("SSH_ORIGINAL_COMMAND", "")
    if _ASKED.fullmatch(asked) and not _is_for_git(asked):
        return far.refuse(trouble, name)
    return trouble.exit


def _is_for_git(asked: str) -> bool:
    """Whether git reads what is printed."""
    try:
        return rpc.read(asked.rpartition(" ")[2]).verb == "exec"
    except Trouble:
        return False
