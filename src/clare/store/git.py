"""Git as processes: the hot plumbing calls, in one environment, with one way to fail.

What runs them is loaded where there is more to do than to read what was kept.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import IO, TYPE_CHECKING

from clare.errors import ClareError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from subprocess import CompletedProcess

LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
)
"""What `git rev-parse --local-env-vars` lists: a hook sets them, and they would lead git astray."""

_MISLEADING = ("GIT_NAMESPACE", "GIT_ICASE_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_GLOB_PATHSPECS")
"""What would make the same command read other refs or paths."""

_SETTINGS = (
    *("-c", "core.fsync=committed,reference"),  # a commit survives a power cut
    *("-c", "fastimport.unpackLimit=1"),  # one file to flush, not one for each object
    *("-c", "fetch.unpackLimit=1"),
    *("-c", "push.pushOption="),  # the user's options are for the user's pushes
)

PROTOCOLS = ("file", "git", "http", "https", "rclaude", "ssh")
"""What git may speak; never a transport that runs a command."""


class GitFailed(ClareError):
    """A git process said no; `text` is what it said."""

    def __init__(self, command: str, code: int, text: str) -> None:
        self.text = text.strip()
        self.code = code
        lines = self.text.splitlines() or [f"exit {code}"]
        said = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1])
        said = said.removeprefix("fatal: ").removeprefix("error: ")
        self.command = command
        super().__init__(f"git {command}: {said}", hint="`clare doctor` looks the store over")

    def __reduce__(self) -> tuple[type["GitFailed"], tuple[str, int, str]]:
        """How it comes back from the process that met it."""
        return GitFailed, (self.command, self.code, self.text)


class GitTimeout(ClareError):
    """A git process did not answer within its deadline and was ended."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment that git runs in."""
    unwanted = (*LOCAL_VARIABLES, *_MISLEADING)
    clean = {key: value for key, value in os.environ.items() if key not in unwanted}
    clean.setdefault("GIT_ALLOW_PROTOCOL", ":".join(PROTOCOLS))
    if not os.isatty(2):
        clean.setdefault("GIT_TERMINAL_PROMPT", "0")
    fixed = {"LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0"}
    return {**clean, **fixed, **(extra or {})}


class Git:
    """One repository's git, by its git directory: `folder` is its path as text.

    `hold` is a file descriptor that children inherit, so that a lock on it outlives a killed parent
    until they have ended too. `candidates` are the refs that keep commits on which no branch stands yet.
    """

    def __init__(self, git_dir: "Path | str", *, hold: int | None = None) -> None:
        self.folder = str(git_dir)
        self.hold = hold
        self.candidates: list[str] = []

    @cached_property
    def git_dir(self) -> "Path":
        """The git directory."""
        from pathlib import Path  # which takes a while to load

        return Path(self.folder)

    def inside(self, path: str) -> str:
        """A path below the git directory, as text."""
        return f"{self.folder}/{path}"

    def holding(self, descriptor: int) -> "Git":
        """The same repository, its children inheriting a descriptor."""
        return Git(self.folder, hold=descriptor)

    def command(self, *words: str, work_tree: str = "") -> list[str]:
        """The full command line; in a working tree paths count from its top, wherever we stand."""
        work = ["-C", work_tree, f"--work-tree={work_tree}"] if work_tree else []
        return ["git", *work, f"--git-dir={self.folder}", *_SETTINGS, *words]

    def run(
        self,
        *words: str,
        given: bytes = b"",
        extra: Mapping[str, str] | None = None,
        timeout: float | None = None,
        allow: Sequence[int] = (0,),
        work_tree: str = "",
    ) -> "CompletedProcess[bytes]":
        """Run one command to its end. Raises GitFailed, or GitTimeout after `timeout` seconds."""
        from clare.store.processes import run_process

        done = run_process(
            self.command(*words, work_tree=work_tree),
            given=given,
            extra=extra,
            timeout=timeout,
            hold=self.hold,
        )
        if done.returncode not in allow:
            raise GitFailed(words[0], done.returncode, _text(done.stderr))
        return done

    def stream(self, *words: str, given: bytes) -> "AbstractContextManager[IO[bytes]]":
        """The output of a command as it comes. Raises GitFailed if it ends in any but the good way."""
        from clare.store.processes import streamed

        return streamed(self.command(*words), words[0], given=given)

    def text(self, *words: str, allow: Sequence[int] = (0,)) -> str:
        """What a command prints, without the newline at its end."""
        return _text(self.run(*words, allow=allow).stdout).rstrip("\n")

    def resolve(self, rev: str) -> str | None:
        """The commit that a revision names, or None."""
        done = self.run("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}", allow=(0, 1, 128))
        return _text(done.stdout).strip() or None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` contains `old`."""
        if old == new:
            return True
        return self.run("merge-base", "--is-ancestor", old, new, allow=(0, 1)).returncode == 0


def quickly(*words: str) -> str | None:
    """What git prints, without the newline at its end, started with the least ado.

    None if it says no: whoever wants to know why runs it again in the usual way.
    """
    out, into = os.pipe()
    streams = (
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, into, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    )
    with open(out, "rb") as pipe:
        try:
            child = os.posix_spawnp("git", ["git", *words], environment(), file_actions=streams)
        finally:
            os.close(into)
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return None if status else _text(said).rstrip("\n")


def around(folder: "Path | str", *words: str, timeout: float | None = None) -> str:
    """What git prints in a folder, finding by itself which repository lies around it.

    Raises GitFailed, or GitTimeout after `timeout` seconds.
    """
    from clare.store.processes import run_process

    done = run_process(["git", "-C", str(folder), *words], timeout=timeout)
    if done.returncode:
        raise GitFailed(words[0], done.returncode, _text(done.stderr))
    return _text(done.stdout).rstrip("\n")


def is_somewhere() -> bool:
    """Whether the folder we stand in is still there."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")  # a path may be no UTF-8


def fields(data: bytes) -> Iterator[str]:
    """The parts of NUL-separated output."""
    return (part for part in data.decode("utf-8", "surrogateescape").split("\0") if part)
