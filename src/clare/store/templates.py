"""The templates of a board: files that people write, read only when somebody asks for them."""

from clare.store.changes import is_template_path
from clare.store.git import Git
from clare.store.read import list_tree, stream_blobs

FOLDER = "fleet/templates/"


def read_templates(git: Git, commit: str) -> dict[str, bytes | None]:
    """The contents of every template by its path; None for one that is too large or no file."""
    entries = [e for e in list_tree(git, commit, FOLDER) if is_template_path(e.path)]
    blobs = {entry.blob: entry.mode.startswith("100") for entry in entries}
    contents = dict(stream_blobs(git, [blob for blob, is_file in blobs.items() if is_file]))
    return {entry.path: contents.get(entry.blob) for entry in entries}
