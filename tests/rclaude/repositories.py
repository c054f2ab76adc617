"""Repositories on hosts, and work in clones of them."""

import os
from pathlib import Path

from tests.rclaude.client import Client

URL = "rclaude://apricot/~/fleet.git"


def committed(client: Client, clone: Path, name: str, data: bytes = b"text\n") -> str:
    """Commit a file; the commit's id."""
    (clone / name).write_bytes(data)
    done(client, "-C", clone, "add", name)
    done(client, "-C", clone, "commit", "-q", "-m", name)
    return done(client, "-C", clone, "rev-parse", "HEAD")


def done(client: Client, *words: str | Path) -> str:
    """Run git; what it printed. Fails if git does."""
    ran = client.git(*words)
    assert ran.code == 0, ran.err
    return ran.out.strip()


def noise(size: int) -> bytes:
    """Data that git cannot make smaller."""
    return os.urandom(size)


def sound(client: Client, repository: Path) -> bool:
    """Whether nothing in a repository is damaged or left half done."""
    locks = [*repository.rglob("*.lock")]
    return not locks and client.git("-C", repository, "fsck", "--strict").code == 0
