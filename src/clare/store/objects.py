"""Objects by name, many with one process: trees as git stores them."""

from collections.abc import Iterator, Sequence

from clare.names import folder
from clare.store.git import Git, GitFailed
from clare.store.tree import Entry

_FOLDER, _FILE, _LINK = 0o04, 0o10, 0o12
"""The kinds of entries: the upper bits of a mode."""


def entries_of(git: Git, commit: str, keys: Sequence[str]) -> list[Entry]:
    """The files in the folders of these entities at a commit, not those in folders below."""
    found: list[Entry] = []
    folders = [folder(key) for key in keys]
    for path, tree in zip(folders, _trees(git, [f"{commit}:{f}" for f in folders]), strict=True):
        found.extend(_entries(path, tree, len(commit) // 2))
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
            if len(header) != 3:
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
        mode, name = int(tree[at:space], 8), tree[space + 1 : end]
        at = end + 1 + width
        if mode >> 12 != _FOLDER:
            blob = tree[end + 1 : at].hex()
            yield Entry(_shown(mode), blob, f"{path}/{name.decode('utf-8', 'surrogateescape')}")


def _shown(mode: int) -> str:
    """A mode as git prints it, which has fewer than trees may hold."""
    if mode >> 12 == _FILE:
        return "100755" if mode & 0o100 else "100644"
    return "120000" if mode >> 12 == _LINK else "160000"
