"""Uninstalling: what Clare has put on a machine goes, the boards stay."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clare import config
from clare.errors import ClareError, Unpublished
from clare.services import manual
from clare.services.doctor.machine import state_folder
from clare.services.opening import open_board
from clare.store import leaving
from clare.store.background import wait_for_lock
from clare.store.freshness import unpublished
from clare.store.place import NoBoard
from clare.store.texts import kept_texts
from clare.views.story import counted


@dataclass(frozen=True, slots=True)
class Left:
    """What was removed, what stays on purpose, and what only the person can remove."""

    removed: tuple[str, ...]
    stays: tuple[str, ...]
    by_hand: tuple[str, ...]


def uninstall(*, fleet: str = "", everything: bool = False, force: bool = False) -> Left:
    """Remove what Clare keeps in this repository, and with `everything` for this user.

    Unless forced, raises Unpublished while something waits for the hub, and ClareError while a
    text of the editor is kept that was not saved; NoBoard if there is nothing to remove.
    """
    removed: list[str] = []
    stays: list[str] = []
    try:
        opened = open_board(fleet=fleet)
    except NoBoard:
        if not everything or fleet:
            raise
    else:
        board = opened.board
        if not force:
            os.close(wait_for_lock(board.git))  # what was just written may be on its way
            _check_published(unpublished(board, board.read()) or 0)
            _check_saved(kept_texts(board.git))
        removed += leaving.leave(board.git)
        stays.append(f"the board: branch {board.place.branch} in {board.place.repository}")
    if everything:
        removed += _users_files()
    return Left(tuple(removed), tuple(stays), _by_hand())


def _check_published(count: int) -> None:
    if count:
        raise Unpublished(
            f"{counted(count, 'commit')} here the hub does not have",
            hint="`clare sync` publishes what waits; --force leaves it on the branch",
        )


def _check_saved(texts: Sequence[Path]) -> None:
    if texts:
        more = f", and {len(texts) - 1} more" if texts[1:] else ""
        raise ClareError(
            f"a text that was not saved is kept in {texts[0]}{more}",
            hint="use it and remove it; --force removes it unread",
        )


def _users_files() -> list[str]:
    """Remove settings, the reports of bugs and the man pages of this user."""
    removed = []
    for folder in (config.path().parent, state_folder()):
        if folder.is_symlink():
            folder.unlink()
        elif folder.is_dir():
            shutil.rmtree(folder)
        else:
            continue
        removed.append(str(folder))
    pages = manual.remove(manual.default_folder())
    return [*removed, *({str(page.parent / "clare*.1") for page in pages})]


def _by_hand() -> tuple[str, ...]:
    """What no program should remove by itself, each with the line that does."""
    lines = ["the program: pip uninstall clare"]
    for name in (".bashrc", ".zshrc", ".config/fish/config.fish"):
        file = Path(os.path.expanduser("~")) / name
        if file.is_file() and "clare" in file.read_text("utf-8", "replace"):
            lines.append(f"the lines about clare in {file}")
    if "clare: begin" in _text(Path("AGENTS.md")):
        lines.append("the section in AGENTS.md: clare hooks agents remove")
    return tuple(lines)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""
