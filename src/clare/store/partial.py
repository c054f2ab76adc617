"""Partial clones, which lack blobs until somebody asks: what a read needs comes in one request.

Left alone, git asks for one blob at a time, which takes hours where one request takes seconds.
"""

from collections.abc import Iterable, Sequence

from clare.errors import Unreadable
from clare.store.git import Git, GitFailed
from clare.store.remote import reason

_FETCH = (
    *("-c", "fetch.negotiationAlgorithm=noop"),  # the blobs by name, whatever else is here
    *("fetch", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"),
    *("--recurse-submodules=no", "--filter=blob:none", "--stdin"),
)


def fetch_missing(git: Git, wanted: Iterable[str]) -> None:
    """Fetch those of the objects that are not here. Raises Unreadable if no remote gives them.

    For a whole repository this asks git nothing.
    """
    missing = _missing(git, list(dict.fromkeys(wanted))) if _is_partial(git) else []
    remotes = _promisors(git) if missing else []
    while missing and remotes:
        remote = remotes.pop(0)
        try:
            git.run(*_FETCH, "--", remote, given="".join(f"{name}\n" for name in missing).encode())
        except GitFailed as failed:
            if not remotes:
                raise Unreadable(
                    f"this clone lacks {len(missing)} files of the board, and its remote {remote} "
                    f"does not give them: {reason(failed.text)}",
                    hint="once it has been read while the remote answers, they are here",
                ) from None
        else:
            missing = _missing(git, missing)


def _is_partial(git: Git) -> bool:
    """Whether there are packs of a remote that promises what they lack."""
    return any((git.git_dir / "objects" / "pack").glob("*.promisor"))


def _missing(git: Git, wanted: Sequence[str]) -> list[str]:
    """Asking for an object would fetch it; listing those that are here does not."""
    words = ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
    here = set(git.text(*words).split("\n"))
    return [name for name in wanted if name not in here]


def _promisors(git: Git) -> list[str]:
    """The remotes that promise what is missing."""
    words = ("config", "--null", "--type=bool", "--get-regexp", r"^remote\..*\.promisor$")
    listed = git.text(*words, allow=(0, 1)).split("\0")
    pairs = (pair.partition("\n") for pair in listed)
    return [
        key.removeprefix("remote.").removesuffix(".promisor")
        for key, _, value in pairs
        if value == "true"
    ]
