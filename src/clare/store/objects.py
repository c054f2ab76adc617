"""Objects by name, many with one process: trees as git stores them."""

from collections.abc import Iterator, Sequence

from clare.names import folder
from clare.store.git import Git, GitFailed
from clare.store.partial import fetch_missing
from clare.store.tree import Entry

_SUBFOLDER = "40000"


def entries_of(git: Git, commit: str, keys: Sequence[str]) -> list[Entry]:
    """The files in the folders of these entities at a commit, not those in folders below.

    Their contents are then here.
    """
    found: list[Entry] = []
    folders = [folder(key) for key in keys]
    for path, tree in zip(folders, _trees(git, [f"{commit}:{f}" for f in folders]), strict=True):
        found.extend(_entries(path, tree, len(commit) // 2))
    fetch_missing(git, (entry.blob for entry in found if entry.is_file))
    return found


def _trees(git: Git, names: Sequence[str]) -> Iterator[bytes]:
    """The trees of these names; an empty one where there is none."""
    if not names:
        return
    given = "".join(f"{name}\n" for name in names).encode()
    with git.stream("cat-file", "--batch", "--buffer", given=given) as answers:
        for _ in names:
            header = answers.readline().split()
            if not header:
                raise GitFailed("cat-file", 0, "it ended before its last answer")
            if header[-1] == b"missing":
                yield b""
                continue
            _, kind, size = header
            data = answers.read(int(size))
            answers.read(1)
            yield data if kind == b"tree" else b""


def _entries(path: str, tree: bytes, width: int) -> Iterator[Entry]:
    """The files of a tree: `mode SP name NUL` and the name of the blob, `width` bytes."""
    at = 0
    while at < len(tree):
        space, end = tree.index(b" ", at), tree.index(b"\0", at)
        mode, name = tree[at:space].decode(), tree[space + 1 : end]
        at = end + 1 + width
        if mode != _SUBFOLDER:
            blob = tree[end + 1 : at].hex()
            yield Entry(mode, blob, f"{path}/{name.decode('utf-8', 'surrogateescape')}")
