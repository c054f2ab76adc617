"""Working trees that have the board branch checked out: they follow when the branch moves.

Their index is locked before the branch moves. Only paths that the user has left alone change, in the
index and on disk; what is staged, edited or half-committed stays as it was.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from clare.errors import ClareError
from clare.store.changes import Difference, differences
from clare.store.commit import Change, patch
from clare.store.git import Git, fields
from clare.store.journal import Journal, Worktree, discard_scratch, scratch
from clare.store.pause import pause
from clare.store.read import stream_blobs

_APPLY = ("apply", "--index", "--whitespace=nowarn", "-p1")

LOCK_WAIT = 8.0
"""Seconds to wait for a busy index."""


def checked_out(git: Git, ref: str) -> tuple[Worktree, ...]:
    """The working trees that stand on a branch: as their files say, or, where those do not, as git."""
    found = _on_files(git, ref)
    return _on_list(git, ref) if found is None else found


def _on_files(git: Git, ref: str) -> tuple[Worktree, ...] | None:
    """The working trees whose HEAD names a branch; None if only git can tell."""
    tops: list[str] = []
    for folder in _git_dirs(git):
        head = _head(folder)
        if head is None or head == _ELSEWHERE:
            return None
        if head == f"ref: {ref}":
            top = _main_top(git) if folder == git.git_dir else _linked_top(folder)
            if top is None:
                return None
            tops.append(top)
    return tuple(tree for top in tops if top for tree in _worktrees_at(git, top))


_ELSEWHERE = "ref: refs/heads/.invalid"
"""What stands in a HEAD where git keeps refs in another way than as files."""


def _git_dirs(git: Git) -> list[Path]:
    """The git directories of the main working tree and of the linked ones."""
    return [git.git_dir, *sorted(git.git_dir.glob("worktrees/*"))]


def _head(folder: Path) -> str | None:
    try:
        return (folder / "HEAD").read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None


def _main_top(git: Git) -> str | None:
    """The folder of the main working tree, empty in a bare repository; None if not plainly told."""
    try:
        config = (git.git_dir / "config").read_text().lower()
    except (OSError, UnicodeDecodeError):
        return None
    told = re.findall(r"^\s*bare\s*=\s*(.*?)\s*$", config, re.MULTILINE)
    if told not in (["true"], ["false"]) or re.search(r"include|worktree", config):
        return None
    if told == ["true"]:
        return ""
    return str(git.git_dir.parent) if git.git_dir.name == ".git" else None


def _linked_top(folder: Path) -> str | None:
    """The folder of a linked working tree; None if not plainly told."""
    try:
        return str((folder / (folder / "gitdir").read_text().strip()).parent)
    except (OSError, UnicodeDecodeError):
        return None


def _on_list(git: Git, ref: str) -> tuple[Worktree, ...]:
    """The working trees that git lists on a branch."""
    found: list[Worktree] = []
    top = ""
    for line in fields(git.run("worktree", "list", "--porcelain", "-z").stdout):
        word, _, rest = line.partition(" ")
        if word == "worktree":
            top = rest
        elif word == "branch" and rest == ref:
            found.extend(_worktrees_at(git, top))
    return tuple(found)


def _worktrees_at(git: Git, top: str) -> list[Worktree]:
    """The one working tree that git lists at a folder; none if a linked one was removed.

    Of a submodule, and with --separate-git-dir, git lists the git directory instead of the folder.
    """
    if os.path.exists(os.path.join(top, ".git")):
        return [Worktree(top, git_dir_of(top))]
    if Path(top).resolve() != git.git_dir.resolve():
        return []
    configured = git.text("config", "core.worktree", allow=(0, 1))
    if not configured:
        raise ClareError(
            f"the board is checked out, but {git.git_dir} does not say in which folder",
            hint=f"tell it: git --git-dir={git.git_dir} config core.worktree FOLDER",
        )
    return [Worktree(str((git.git_dir / configured).resolve()), str(git.git_dir))]


def check_not_rebased(git: Git, ref: str) -> None:
    """Raise ClareError while a branch is being rebased: an abort would put it back, unasked."""
    for folder in _git_dirs(git):
        for note in folder.glob("rebase-*/head-name"):
            if note.read_text().strip() == ref:
                raise ClareError(
                    f"{ref.removeprefix('refs/heads/')} is being rebased (see {note.parent})",
                    hint="end it with `git rebase --continue` or `--abort`, then run this again; "
                    "nothing was written",
                )


def git_dir_of(top: str) -> str:
    """The git directory of one working tree: its `.git`, or what that file points to."""
    dot_git = Path(top) / ".git"
    if dot_git.is_dir():
        return str(dot_git)
    pointed = dot_git.read_text().strip().removeprefix("gitdir: ")
    return str((Path(top) / pointed).resolve())


def lock_index(tree: Worktree, journal: Journal, *, recover: Callable[[], None]) -> None:
    """Take a working tree's index lock; the lock is a link to our journal, so it is known as ours.

    Raises ClareError when it stays busy: somebody has a commit open.
    """
    lock = Path(tree.git_dir) / "index.lock"
    deadline = time.monotonic() + LOCK_WAIT
    while True:
        try:
            os.link(journal.path, lock)
            return
        except FileExistsError:
            if time.monotonic() > deadline:
                raise ClareError(
                    f"{lock} is held: {_holder(lock)}",
                    hint="finish that, then run this again; nothing was written",
                ) from None
        recover()
        pause(0.005, 0.05)


def _holder(lock: Path) -> str:
    """Who keeps an index locked, as far as the lock tells: ours are journals."""
    try:
        return (
            f"clare (process {json.loads(lock.read_bytes())['pid']}) is at work there, or stopped"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "a commit is open there, or git is at work"


def wait_for_checkouts(git: Git, ours: Sequence[Worktree]) -> None:
    """Wait for indexes that are being written elsewhere: a checkout may be coming to the branch."""
    mine = {Path(tree.git_dir).resolve() for tree in ours}
    folders = [f for f in _git_dirs(git) if f.resolve() not in mine]
    deadline = time.monotonic() + LOCK_WAIT
    while any((folder / "index.lock").exists() for folder in folders):
        if time.monotonic() > deadline:
            return
        time.sleep(0.02)


def unlock_index(tree: Worktree, journal: Journal) -> None:
    """Give the lock back if it is ours."""
    lock = Path(tree.git_dir) / "index.lock"
    try:
        if os.path.samefile(lock, journal.path):
            lock.unlink()
    except FileNotFoundError:
        return


def regain_lock(tree: Worktree, journal: Journal) -> bool:
    """Whether the index lock is ours: still, or again where somebody removed it after a kill."""
    lock = Path(tree.git_dir) / "index.lock"
    try:
        os.link(journal.path, lock)
        return True
    except FileExistsError:
        with suppress(FileNotFoundError):
            return os.path.samefile(lock, journal.path)
        return False


def stands_on(tree: Worktree, ref: str) -> bool:
    """Whether a working tree is still there and still has the branch checked out."""
    try:
        head = (Path(tree.git_dir) / "HEAD").read_text().strip()
    except FileNotFoundError:
        return False
    return head == f"ref: {ref}" and os.path.isdir(tree.top)


def follow(
    git: Git,
    tree: Worktree,
    journal: Journal,
    *,
    again: bool = False,
    fresh: Sequence[Change] = (),
) -> None:
    """Bring the move into a locked working tree: first the files, then the whole index at once.

    `again` finishes what a killed command began: a file it had cut short is written anew. `fresh` are
    the new files of a move that does nothing else: if nothing is in their way they come all at once.
    """
    index, building = Path(tree.git_dir) / "index", scratch(journal.path)
    discard_scratch(journal.path)
    if index.exists():
        os.link(index, building)  # git replaces an index, and its age tells which files to look at
    inside = _Inside(git, tree, building, again=again)
    if not (fresh and index.exists() and inside.add(fresh)):
        inside.bring(differences(git, journal.move.old, journal.move.new))
    if building.exists():
        os.replace(building, index)


class _Inside:
    """One working tree with the index that is being built for it."""

    def __init__(self, git: Git, tree: Worktree, building: Path, *, again: bool) -> None:
        self.git = git
        self.tree = tree
        self.again = again
        self.extra = {"GIT_INDEX_FILE": str(building)}

    def add(self, fresh: Sequence[Change]) -> bool:
        """Put new files on disk and into the index; False if something is in the way of one.

        Git applies them as a patch: in one process, which looks before it writes, and exits 1 if it
        must not.
        """
        given = b"".join(map(patch, fresh))
        return self._done(*_APPLY, given=given, allow=(0, 1)).returncode == 0

    def bring(self, moved: Sequence[Difference]) -> None:
        staged = self._staged()
        entries = [d for d in moved if staged.get(d.path, _absent(d)) == (d.old_mode, d.old_blob)]
        if entries:
            given = "".join(f"{d.new_mode} {d.new_blob}\t{d.path}\0" for d in entries)
            self._run("update-index", "-z", "--index-info", given=given)
        gone = [d for d in moved if d.is_deleted and self._is_untouched(d)]
        for difference in gone:
            self._path(difference).unlink(missing_ok=True)
        come = [d for d in moved if not d.is_deleted and self._is_untouched(d)]
        known = {d.path for d in entries}
        odd = {d.path for d in entries if not d.is_deleted and not _is_plain_file(d)}
        if odd:
            given = "".join(f"{path}\0" for path in odd)
            self._run("update-index", "-z", "--skip-worktree", "--stdin", given=given)
        given = "".join(f"{d.path}\0" for d in come if d.path in known and d.path not in odd)
        if given:
            self._run("checkout-index", "-u", "-f", "-q", "-z", "--stdin", given=given)

    def _staged(self) -> dict[str, tuple[str, str]]:
        """Every index entry; an unmerged one looks like nothing we know, and stays."""
        found: dict[str, tuple[str, str]] = {}
        for line in fields(self._run("ls-files", "-s", "-z")):
            facts, _, path = line.partition("\t")
            mode, blob, stage = facts.split(" ")
            found[path] = (mode, blob) if stage == "0" else ("unmerged", "")
        return found

    def _is_untouched(self, difference: Difference) -> bool:
        """Whether the file on disk is what the old commit has there, or was being written by us."""
        path = self._path(difference)
        if self._is_elsewhere(path.parent):
            return False
        if not os.path.lexists(path):
            return difference.is_added or self.again
        if path.is_symlink() or not path.is_file():
            return False
        data = path.read_bytes()
        if not difference.is_added and _blob_id(data, difference.old_blob) == difference.old_blob:
            return True
        return self.again and self._is_beginning(data, difference)

    def _is_elsewhere(self, folder: Path) -> bool:
        """Whether a link, or a file of the user's, stands where a path needs a folder."""
        top = Path(self.tree.top)
        while folder != top:
            if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
                return True
            folder = folder.parent
        return False

    def _is_beginning(self, data: bytes, difference: Difference) -> bool:
        """Whether the file is the new one, cut short when its writer was killed."""
        new = dict(stream_blobs(self.git, [difference.new_blob]))[difference.new_blob]
        return new is not None and new.startswith(data)

    def _path(self, difference: Difference) -> Path:
        return Path(self.tree.top) / difference.path

    def _run(self, *words: str, given: str = "") -> bytes:
        return self._done(*words, given=given.encode("utf-8", "surrogateescape")).stdout

    def _done(
        self, *words: str, given: bytes, allow: Sequence[int] = (0,)
    ) -> subprocess.CompletedProcess[bytes]:
        git = Git(Path(self.tree.git_dir), hold=self.git.hold)
        top = self.tree.top
        return git.run(*words, given=given, extra=self.extra, allow=allow, work_tree=top)


def _blob_id(data: bytes, like: str) -> str:
    import hashlib

    kind = hashlib.sha1 if len(like) == 40 else hashlib.sha256
    return kind(b"blob %d\0" % len(data) + data).hexdigest()


def _absent(difference: Difference) -> tuple[str, str]:
    return ("000000", "0" * len(difference.old_blob))


def _is_plain_file(difference: Difference) -> bool:
    """Whether it may be written to disk: a regular file with a name that file systems take."""
    parts = difference.path.encode("utf-8", "surrogateescape").split(b"/")
    return difference.new_mode in ("100644", "100755") and all(
        len(part) <= 255 and part.lower() not in (b".git", b"..", b".") for part in parts
    )
