"""Running the command line: inside this process for speed, or as the real program."""

import contextlib
import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clare.cli import main
from tests.publishers import settled

TASK_FIELDS = [
    *("id", "short", "project", "title", "body", "type", "status", "active", "priority", "labels"),
    *("needs", "needed_by", "parent", "children", "links", "assignee", "claim", "pinned", "due"),
    *("defer_until", "repeat", "done_when", "comments", "created_at", "created_by", "updated_at"),
    *("updated_by", "closed_at", "close_reason", "contested"),
]
"""The fields of a task that the command line promises, in their order."""

PROGRAM = [sys.executable, "-m", "clare"]
LONGEST = 60.0
"""Seconds that one command may take."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def record(self) -> Json:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def records(self) -> list[Json]:
        found = json.loads(self.out)
        assert isinstance(found, list)
        return found

    @property
    def error(self) -> Json:
        """The one object that an error is with --json."""
        found = json.loads(self.err)
        assert isinstance(found, dict)
        return found


class _Pipe(io.TextIOWrapper):
    """Text as a program writes it, bytes underneath."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), "utf-8", errors="surrogateescape", write_through=True)

    def text(self) -> str:
        self.seek(0)
        return self.read()


@dataclass(frozen=True, slots=True)
class Here:
    """A folder to run commands in, with what its environment holds besides."""

    folder: Path
    env: Mapping[str, str]

    def run(self, *words: str, given: str = "", **env: str) -> Ran:
        """Run `clare WORDS` in this process."""
        out, err = _Pipe(), _Pipe()
        with (
            _inside(self.folder, {**self.env, **env}),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            _given(given),
        ):
            try:
                main(words)
                code = -1
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else -1
        self.settle()
        return Ran(code, out.text(), err.text())

    def settle(self) -> None:
        """Wait until the publisher in the background has ended."""
        settled(self.folder)

    def ok(self, *words: str, given: str = "", **env: str) -> str:
        """What a command prints that must succeed."""
        ran = self.run(*words, given=given, **env)
        assert ran.code == 0, f"clare {words}: exit {ran.code}\n{ran.out}{ran.err}"
        return ran.out

    def record(self, *words: str) -> Json:
        """The object that a command prints with --json."""
        return Ran(0, self.ok(*words, "--json"), "").record

    def records(self, *words: str) -> list[Json]:
        """The list that a command prints with --json."""
        return Ran(0, self.ok(*words, "--json"), "").records

    def add(self, title: str, *words: str) -> str:
        """The id of a new task."""
        return self.ok("add", *words, "--", title).strip()

    def program(self, *words: str, **env: str) -> Ran:
        """Run the real program, its output in pipes."""
        done = subprocess.run(
            [*PROGRAM, *words],
            cwd=self.folder,
            env={**os.environ, **self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
        self.settle()
        return Ran(
            done.returncode,
            done.stdout.decode("utf-8", "surrogateescape"),
            done.stderr.decode("utf-8", "surrogateescape"),
        )

    def terminal(self, *words: str, columns: int = 80, **env: str) -> Ran:
        """Run the real program on a terminal; all it prints comes as `out`."""
        size = ("COLUMNS", "LINES")
        outer = {key: value for key, value in os.environ.items() if key not in size}
        return _on_terminal(words, self.folder, {**outer, **self.env, **env}, columns)

    def git(self, *words: str) -> str:
        """What git prints, in this folder."""
        return git(self.folder, *words)


def git(folder: Path, *words: str, given: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@contextlib.contextmanager
def _inside(folder: Path, env: Mapping[str, str]) -> Iterator[None]:
    before, here = dict(os.environ), Path.cwd()
    os.environ.update(env)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _given(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, _Pipe(text.encode("utf-8", "surrogateescape"))
    try:
        yield
    finally:
        sys.stdin = before


def _on_terminal(words: Sequence[str], folder: Path, env: Mapping[str, str], columns: int) -> Ran:
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        [*PROGRAM, *words],
        cwd=folder,
        env={**env, "TERM": "xterm"},
        stdin=far,
        stdout=far,
        stderr=far,
    ) as child:
        os.close(far)
        shown = _all_of(near)
        child.wait(LONGEST)
    return Ran(child.returncode, shown.replace("\r\n", "\n"), "")


def _all_of(descriptor: int) -> str:
    parts: list[bytes] = []
    with contextlib.suppress(OSError):  # how a terminal says that its other end is closed
        while part := os.read(descriptor, 65_536):
            parts.append(part)
    os.close(descriptor)
    return b"".join(parts).decode("utf-8", "surrogateescape")


def files_of(here: Here, branch: str = "fleet") -> list[str]:
    """The paths of all events on the board."""
    listed = here.git("ls-tree", "-r", "--name-only", branch, "--", "fleet/")
    return [path for path in listed.splitlines() if path.endswith(".yaml") and path.count("/") > 1]


def event_of(here: Here, path: str, branch: str = "fleet") -> str:
    """The text of one file on the board."""
    return git(here.folder, "cat-file", "blob", f"{branch}:{path}") + "\n"


def plant(here: Here, files: Mapping[str, str | bytes], branch: str = "fleet") -> None:
    """Commit files to the board as somebody would who writes them by hand."""
    parts = [
        f"commit refs/heads/{branch}\n".encode(),
        b"committer Eve <eve@example.invalid> 1700000000 +0000\ndata 7\nby hand\n",
        f"from refs/heads/{branch}^0\n".encode(),
    ]
    for path, text in files.items():
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        parts.append(b'M 100644 inline "%s"\ndata %d\n%s\n' % (path.encode(), len(data), data))
    git(here.folder, "fast-import", "--quiet", "--force", given=b"".join(parts))


def board(folder: Path, name: str = "board", *words: str, **env: str) -> Here:
    """A new fleet, in a folder of its own, with an environment."""
    where = folder / name
    made = Here(folder, env).run("init", name, "--host", "plum", *words)
    assert made.code == 0, made.err
    return Here(where, env)


def hub_of(folder: Path) -> Path:
    """An empty bare repository to be a hub."""
    hub = folder / "hub.git"
    git(folder, "init", "--quiet", "--bare", str(hub))
    return hub


def two_hosts(folder: Path) -> tuple[Here, Here, Path]:
    """A hub with two clones: nat on plum, ada on apricot."""
    hub = hub_of(folder)
    plum = board(folder, "plum", "--hub", str(hub), CLARE_ACTOR="nat")
    joined = Here(folder, {}).run("join", str(hub), "apricot", "--host", "apricot")
    assert joined.code == 0, joined.err
    return plum, Here(folder / "apricot", {"CLARE_ACTOR": "ada"}), hub


def shorts(text: str) -> list[str]:
    """The first word of every line."""
    return [line.split()[0] for line in text.splitlines() if line]
