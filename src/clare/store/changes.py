"""What differs between two commits, path by path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clare.store.git import Git, fields

_EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
NOTHING = "000000"


def empty_tree(like: str) -> str:
    """The tree without files, in the hash of the repository that a commit's name shows."""
    return _EMPTY_TREES[len(like)]


@dataclass(frozen=True, slots=True)
class Difference:
    """One path: its mode and blob before and after; mode `000000` means absent."""

    path: str
    old_mode: str
    old_blob: str
    new_mode: str
    new_blob: str

    @property
    def is_added(self) -> bool:
        return self.old_mode == NOTHING

    @property
    def is_deleted(self) -> bool:
        return self.new_mode == NOTHING


def differences(git: Git, old: str, new: str) -> list[Difference]:
    """Every path that differs; renames are two paths, never guessed, and submodules never hidden."""
    raw = git.run(
        "diff-tree",
        "-r",
        "-z",
        "--no-renames",
        "--ignore-submodules=none",
        "--no-commit-id",
        "--raw",
        old,
        new,
    )
    return list(parse_raw(fields(raw.stdout)))


def parse_raw(parts: Iterator[str]) -> Iterator[Difference]:
    """Read git's raw format: a line of facts, then the path."""
    for facts in parts:
        old_mode, new_mode, old_blob, new_blob, _ = facts.lstrip("\n:").split(" ")
        yield Difference(next(parts), old_mode, old_blob, new_mode, new_blob)


def is_template_path(path: str) -> bool:
    """Whether a path is a template's, which people change as they like."""
    return path.startswith("fleet/templates/") and path.count("/") == 2 and path.endswith(".yaml")


def is_event_path(path: str) -> bool:
    """Whether a path is an event's, whose set only grows: all YAML in folders below `fleet/`."""
    return path.startswith("fleet/") and path.count("/") >= 3 and path.endswith(".yaml")


def is_taken(path: str) -> bool:
    """Whether git takes a path into an index: none of its parts leads elsewhere, or means `.git`."""
    return not any(map(_leads_elsewhere, path.lower().split("/")))


def _leads_elsewhere(part: str) -> bool:
    """Also by the names that another file system has for `.git` (git-config(1), core.protectNTFS)."""
    plain = part.partition(":")[0].rstrip(". ")
    return plain in ("", ".git") or re.fullmatch(r"git~[0-9]+", plain) is not None
