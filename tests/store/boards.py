"""Boards of every shape to test with: real repositories, with a clock and randomness passed in."""

import os
import random
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clare import names
from clare.clock import SECOND, instant
from clare.events.fact import Fact
from clare.events.task import TaskCommented, TaskCreated, TaskFields
from clare.fleet import Fleet, Manifest
from clare.store import clone, setup, writing
from clare.store.board import Board
from clare.store.changes import is_event_path
from clare.store.git import Git
from clare.store.interrupted import journal_folder
from clare.store.place import Place
from clare.store.writing import Written

MORNING = instant("2026-11-20T09:00:00Z")


@dataclass
class Clock:
    """A clock that goes on by `step` with every look."""

    ms: int = MORNING
    step: int = SECOND

    def __call__(self) -> int:
        self.ms += self.step
        return self.ms


@dataclass(frozen=True, slots=True)
class Site:
    """A board, and the folder of its user: where the board is checked out, or the code beside it."""

    board: Board
    top: Path

    @property
    def git_dir(self) -> Path:
        return self.board.git.git_dir


def board_of(
    git: Git,
    *,
    branch: str = "fleet",
    host: str = "plum",
    actor: str = "nat",
    seed: int = 0,
    now: Callable[[], int] | None = None,
) -> Board:
    """The board on a branch, as one host's clone uses it; the same seed writes the same ids."""
    place = Place(git, branch, f"refs/heads/{branch}", str(git.git_dir), "test", "test")
    bits = random.Random(f"{host} {seed}").getrandbits
    number = names.derived(host, length=8)
    return Board(place, host, actor, number, now=now or Clock(), bits=bits)


def bare(folder: Path) -> Site:
    """A bare repository."""
    user_git(folder.parent, "init", "-q", "--bare", "--template=", str(folder))
    return _founded(folder, folder, "fleet")


def dedicated(folder: Path) -> Site:
    """A repository of its own, the board checked out."""
    user_git(folder.parent, "init", "-q", "-b", "fleet", "--template=", str(folder))
    return _founded(folder / ".git", folder, "fleet")


def beside_code(folder: Path) -> Site:
    """A repository with code checked out; the board is on a branch of its own."""
    return _founded(_code(folder), folder, "fleet")


def on_code_branch(folder: Path) -> Site:
    """A repository with code and the board on one branch, checked out."""
    return _founded(_code(folder), folder, "main")


def in_linked_worktree(folder: Path) -> Site:
    """A repository with code checked out; the board is checked out in a worktree beside it."""
    site = _founded(_code(folder / "code"), folder / "board", "fleet")
    user_git(folder / "code", "worktree", "add", "-q", str(site.top), "fleet")
    return site


SHAPES: dict[str, Callable[[Path], Site]] = {
    "bare": bare,
    "dedicated": dedicated,
    "beside code": beside_code,
    "on the code's branch": on_code_branch,
    "in a linked worktree": in_linked_worktree,
}
CHECKED_OUT = ["dedicated", "on the code's branch", "in a linked worktree"]


def _code(folder: Path) -> Path:
    user_git(folder.parent, "init", "-q", "-b", "main", "--template=", str(folder))
    (folder / "src").mkdir()
    (folder / "src" / "main.py").write_text("print('hello')\n")
    user_git(folder, "add", ".")
    user_git(folder, "commit", "-q", "-m", "code")
    return folder / ".git"


def _founded(git_dir: Path, top: Path, branch: str) -> Site:
    git = Git(git_dir)
    clone.save(git, clone.Clone(branch=branch, host="plum"))
    setup.found_board(git, branch, Manifest(name="orchard"), clone=clone.identified(git).id)
    return Site(board_of(git, branch=branch), top)


def user_git(folder: Path, *words: str, check: bool = True) -> str:
    """What git prints for a person who types it in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, input=b"")
    said = done.stdout.decode()
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(words)}: {said}{done.stderr.decode()}")
    return said


def task(number: int | str) -> str:
    """The key of a task that every test knows by a number or a word."""
    return names.task_key(names.derived(str(number), length=names.TASK_ID_LENGTH))


def created(number: int | str) -> TaskCreated:
    """The fact that this task comes into being, titled by its number."""
    return TaskCreated(entity=task(number), set=TaskFields(title=str(number)))


def commented(number: int | str, text: str) -> TaskCommented:
    """The fact that somebody says something about this task."""
    return TaskCommented(entity=task(number), text=text)


def append(board: Board, *facts: Fact) -> Written:
    """Write facts that need no decision."""
    return writing.append(board, lambda _: facts)


def append_tasks(board: Board, numbers: Iterable[int | str]) -> Written:
    """Write one commit that creates these tasks."""
    return append(board, *map(created, numbers))


def titles(fleet: Fleet) -> list[str]:
    """The titles of all tasks, sorted."""
    return sorted(found.title for found in fleet.tasks.values())


def event_files(folder: Path, rev: str) -> list[str]:
    """The event files at a revision, as plain git lists them."""
    listed = user_git(folder, "ls-tree", "-r", "--name-only", rev, "--", "fleet/")
    return [path for path in listed.splitlines() if is_event_path(path)]


def status(site: Site) -> str:
    """What `git status` shows in the user's folder; nothing for a bare repository."""
    if site.top == site.git_dir:
        return ""
    return user_git(site.top, "status", "--porcelain", "--untracked-files=all")


def leftovers(git_dir: Path) -> list[str]:
    """Locks and journals in a git directory, which none may be left of when no command runs.

    Those directly in `clare/` are held by the kernel, their files stay. One on a candidate is in
    nobody's way, since no other command uses that name, and goes with the candidate.
    """
    harmless = (git_dir / "clare", git_dir / "refs" / "clare" / "new")
    locks = [path for path in git_dir.rglob("*.lock") if path.parent not in harmless]
    return [str(path.relative_to(git_dir)) for path in (*locks, *_journals(git_dir))]


def _journals(git_dir: Path) -> Sequence[Path]:
    folder = journal_folder(Git(git_dir))
    return sorted(folder.iterdir()) if folder.is_dir() else []


def commit_file(site: Site, path: str, data: bytes | Path, *, mode: str = "100644") -> str:
    """Commit one file to the board branch by plain plumbing, whatever Clare would say of it.

    Returns the blob. A submodule's data is the commit it stands at.
    """
    branch = site.board.ref
    index = {**os.environ, "GIT_INDEX_FILE": str(site.git_dir / "by-hand.index")}

    def git(*words: str, given: bytes = b"") -> str:
        command = ["git", f"--git-dir={site.git_dir}", *words]
        done = subprocess.run(command, env=index, input=given, capture_output=True, check=True)
        return done.stdout.decode().strip()

    if isinstance(data, Path):
        blob = git("hash-object", "-w", str(data))
    else:
        is_blob = mode != "160000"
        blob = git("hash-object", "-w", "--stdin", given=data) if is_blob else data.decode()
    git("read-tree", branch)
    git("update-index", "-z", "--index-info", given=_entry(mode, blob, path))
    tree = git("write-tree", "--missing-ok")
    git("update-ref", branch, git("commit-tree", tree, "-p", branch, "-m", "by hand"))
    return blob


def _entry(mode: str, blob: str, path: str) -> bytes:
    return f"{mode} {blob}\t{path}\0".encode("utf-8", "surrogateescape")
