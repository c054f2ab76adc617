"""Talking to a remote: fetch a branch, push a commit, and know what really happened."""

import re
from enum import Enum

from clare.errors import ClareError, Unpublished, Usage
from clare.store.git import PROTOCOLS, Git, GitFailed, GitTimeout

ANSWER_WITHIN = 60.0
"""Seconds for one exchange with a remote before it counts as gone."""

_FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--refmap=",
)
_PUSH = (
    "push",
    "--porcelain",
    "--no-verify",
    "--no-follow-tags",
    "--no-signed",
    "--recurse-submodules=no",
)


class Pushed(Enum):
    """How a push ended, as far as this end could see."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    BROKEN = "broken"


class Unreachable(Unpublished):
    """The remote did not answer, or not with git."""


_NO_ADDRESS = re.compile(r"[A-Za-z0-9+.-]*::|(?:\w+://)?(?:[^/@]*@)?-|[^/:]*:-")
"""A transport helper; what ssh or git would take for an option."""


def check_url(url: str) -> str:
    """The URL if git may be given it. Raises Usage for what could run a command or be an option."""
    scheme, colon, _ = url.partition("://")
    hidden = any(ord(char) < 0x21 or ord(char) == 0x7F for char in url.replace(" ", ""))
    if not url or _NO_ADDRESS.match(url) or hidden:
        raise Usage(f"{url!r} is no address of a repository", hint="use a path or a git URL")
    if colon and scheme not in PROTOCOLS:
        raise Usage(f"{scheme}:// is not spoken here", hint=f"use one of {', '.join(PROTOCOLS)}")
    return url


def check_hub(url: str) -> str:
    """The URL if it means the same from every folder. Raises Usage."""
    if not re.match(r"/|\w+://|[^/]+:", check_url(url)):
        raise Usage(
            f"the hub {url!r} is relative to nothing", hint="name it by a whole path or a URL"
        )
    return url


def holds_password(url: str) -> bool:
    """Whether a URL carries a password, which must never reach an event or `fleet.yaml`.

    For http a name alone counts: forges take a token in its place.
    """
    return bool(re.match(r"https?://[^/@]*@|\w+://[^/@]*:[^/@]*@", url))


def fetch(
    git: Git, url: str, branch: str, into: str, *, within: float = ANSWER_WITHIN
) -> str | None:
    """Fetch one branch into a ref of ours. Returns its tip, None if the remote has no such branch.

    Raises Unreachable.
    """
    refspec = f"+refs/heads/{branch}:{into}"
    try:
        git.run(*_FETCH, "--", check_hub(url), refspec, timeout=within)
    except GitTimeout as late:
        raise Unreachable(f"{shown(url)}: {late.message}", hint=_TRY_AGAIN) from None
    except GitFailed as failed:
        if "couldn't find remote ref" in failed.text:
            return None
        raise Unreachable(f"{shown(url)}: {reason(failed.text)}", hint=_TRY_AGAIN) from None
    return git.resolve(into)


_TRY_AGAIN = "`clare sync` tries again"


def branches(git: Git, url: str) -> list[str]:
    """The branches that a remote has. Raises Unreachable."""
    try:
        listed = git.run("ls-remote", "--heads", "--", check_hub(url), timeout=ANSWER_WITHIN).stdout
    except (GitFailed, GitTimeout) as problem:
        raise Unreachable(f"{shown(url)}: {problem.message}", hint=_TRY_AGAIN) from None
    names = (line.partition("\trefs/heads/")[2] for line in listed.decode().splitlines())
    return [name for name in names if name]


def push(git: Git, url: str, *refspecs: str, within: float = ANSWER_WITHIN) -> tuple[Pushed, str]:
    """Push by refspecs, forcing only what these force. Returns the outcome and the remote's words."""
    words = (*_PUSH, "--", check_hub(url), *refspecs)
    try:
        done = git.run(*words, timeout=within, allow=(0, 1, 128))
    except GitTimeout as late:
        return Pushed.BROKEN, late.message
    except GitFailed as killed:
        return Pushed.BROKEN, killed.message
    if done.returncode == 0:
        return Pushed.ACCEPTED, ""
    said = done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
    refused = any(map(_NO.match, said.splitlines()))
    return (Pushed.REFUSED if refused else Pushed.BROKEN), reason(said)


_NO = re.compile(
    r"!\t|fatal: remote error:|fatal: .*returned error: 403|fatal: Authentication failed"
)


def is_busy(words: str) -> bool:
    """Whether a refusal only says that somebody else was writing the branch at that moment."""
    return "cannot lock ref" in words and "File exists" in words


def shown(url: str) -> str:
    """The URL without a password."""
    hidden = re.sub(r"(https?://)[^/@\s]*@", r"\1", url)
    return re.sub(r"(\w+://[^/@:\s]*):[^/@\s]*@", r"\1@", hidden)


def reason(text: str) -> str:
    """The lines in which the remote, or git, says why; without the noise around them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    remote = [line.removeprefix("remote: ") for line in lines if line.startswith("remote: ")]
    rejected = [line.split("\t")[-1] for line in lines if line.startswith("!\t")]
    before = lines[: lines.index(_VAGUE)] if _VAGUE in lines else []
    fatal = [
        line for line in lines if line.startswith(("fatal:", "rclaude:", "ssh:", "error: RPC"))
    ]
    chosen = [*remote[:3], *rejected[:1]] or before[-2:] or fatal[:2] or lines[-1:]
    return shown("; ".join(chosen)) or "no answer"


_VAGUE = "fatal: Could not read from remote repository."
"""What git says of any trouble with ssh; the reason stands before it."""


def refused(url: str, words: str) -> ClareError:
    """The error for a remote that answered, and said no."""
    return Unpublished(
        f"{shown(url)} refuses: {words}",
        hint="ask whoever runs it for the right to push; `clare sync` tries again",
    )
