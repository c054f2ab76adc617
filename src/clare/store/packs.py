"""Joining many small packs into few larger ones, without a walk over the history.

Every write leaves a small pack. `git repack --geometric` would look at all of the history to join them,
which costs more the longer the history is; here git is given the names of just the objects. Packs stay
in a row in which each has at least twice the objects of the one before, so an object is joined anew
only as often as the row is long. An object is never dropped, also one that nothing refers to.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clare.errors import ClareError
from clare.store.git import Git

FACTOR = 2
_HEADER = b"\xfftOc\x00\x00\x00\x02"
_FANOUT = len(_HEADER) + 4 * 256
_SPECIAL = (".keep", ".promisor", ".mtimes")
"""What marks a pack that is somebody's: kept, of a partial clone, or of what git is about to drop."""

_PARTS = (".idx", ".pack", ".rev", ".bitmap")
"""The files of one pack; the index first, so that nobody finds a pack by it that is gone."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack by its path without an ending, and how many objects are in it."""

    stem: Path
    objects: int


def folder_of(git: Git) -> Path:
    """Where the packs lie."""
    return git.git_dir / "objects" / "pack"


def is_joined_by_git(git: Git) -> bool:
    """Whether git keeps packs here in a way of its own: by one index of all, or of a partial clone."""
    folder = folder_of(git)
    return (folder / "multi-pack-index").exists() or any(folder.glob("*.promisor"))


def join(git: Git, *, hash_bytes: int) -> None:
    """Join the packs that break the row, and what lies loose, into one.

    Raises ClareError; FileNotFoundError where somebody's `git gc` has taken them meanwhile.
    """
    chosen = too_small(_packs(folder_of(git)))
    loose = _loose(git)
    if len(chosen) < 2 and not loose:
        return
    names = {name for pack in chosen for name in _names(pack, hash_bytes)}
    given = "".join(f"{name}\n" for name in sorted(names | loose)).encode()
    words = ("pack-objects", "-q", "--delta-base-offset", str(folder_of(git) / "pack"))
    made = git.run(*words, given=given).stdout.decode().strip()
    joined = Pack(folder_of(git) / f"pack-{made}", 0)
    if not names <= set(_names(joined, hash_bytes)):
        raise ClareError(f"git has not packed everything into {joined.stem}.pack")
    for pack in chosen:
        if pack.stem != joined.stem:
            _remove(pack)
    if loose:
        git.run("prune-packed", "-q")


def too_small(packs: Sequence[Pack]) -> list[Pack]:
    """The packs to join so that each of the rest has at least twice the objects of the one before."""
    row = sorted(packs, key=lambda pack: (pack.objects, pack.stem))
    breaks = [n for n in range(1, len(row)) if row[n].objects < FACTOR * row[n - 1].objects]
    if not breaks:
        return []
    end = breaks[-1] + 1
    total = sum(pack.objects for pack in row[:end])
    while end < len(row) and row[end].objects < FACTOR * total:
        total += row[end].objects
        end += 1
    return row[:end]


def _packs(folder: Path) -> list[Pack]:
    """The packs that may be joined."""
    found = []
    for index in folder.glob("pack-*.idx"):
        if not any(index.with_suffix(ending).exists() for ending in _SPECIAL):
            with suppress(FileNotFoundError), index.open("rb") as file:
                head = file.read(_FANOUT)
                if head.startswith(_HEADER) and index.with_suffix(".pack").exists():
                    found.append(Pack(index.with_suffix(""), int.from_bytes(head[-4:], "big")))
    return found


def _names(pack: Pack, hash_bytes: int) -> list[str]:
    """The names of the objects in a pack, as its index lists them."""
    data = pack.stem.with_suffix(".idx").read_bytes()
    count = int.from_bytes(data[_FANOUT - 4 : _FANOUT], "big")
    listed = data[_FANOUT : _FANOUT + count * hash_bytes].hex()
    return [listed[at : at + 2 * hash_bytes] for at in range(0, len(listed), 2 * hash_bytes)]


def _loose(git: Git) -> set[str]:
    """The names of the objects that lie in files of their own."""
    found = (git.git_dir / "objects").glob("[0-9a-f][0-9a-f]/*")
    return {f"{path.parent.name}{path.name}" for path in found if len(path.name) in (38, 62)}


def _remove(pack: Pack) -> None:
    for ending in _PARTS:
        pack.stem.with_suffix(ending).unlink(missing_ok=True)
