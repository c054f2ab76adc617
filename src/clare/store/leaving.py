"""Taking out of a repository what Clare keeps there beside the board."""

import os
import secrets
import shutil
from contextlib import suppress

from clare.errors import ClareError
from clare.store.background import wait_for_lock
from clare.store.git import Git
from clare.store.move import behind, recover
from clare.store.upkeep import folder_of


def leave(git: Git) -> list[str]:
    """Remove Clare's refs and its folder in the git directory. Returns what was removed.

    The board's branch stays as it is. Raises ClareError while a write is unfinished, or on its way.
    """
    publisher = wait_for_lock(git)
    try:
        return _leave(git)
    finally:
        os.close(publisher)


def _leave(git: Git) -> list[str]:
    recover(git)
    if behind(git):
        raise ClareError(
            "a write is unfinished: its files are still to come",
            hint="`clare doctor` tells what it waits for",
        )
    refs = git.text("for-each-ref", "--format=%(refname)", "refs/clare/").split()
    if refs:
        git.run("update-ref", "--stdin", given="".join(f"delete {ref}\n" for ref in refs).encode())
    removed = ["refs/clare"] if refs else []
    for left in (git.git_dir / "refs" / "clare", git.git_dir / "logs" / "refs" / "clare"):
        shutil.rmtree(left, ignore_errors=True)  # empty folders
    folder = folder_of(git)
    gone = git.git_dir / f"clare.gone-{secrets.token_hex(4)}"
    with suppress(FileNotFoundError):
        folder.rename(gone)  # at once, so that a writer who comes now begins a new one
        removed.append(str(folder))
    for left in git.git_dir.glob("clare.gone-*"):  # also by an uninstall that was killed
        shutil.rmtree(left)
    return removed
