"""What one clone knows about itself, in its git directory: identity, branch, host."""

import json
import os
from pathlib import Path
from typing import NamedTuple

from clare import names
from clare.errors import ClareError
from clare.store.git import Git


class Clone(NamedTuple):
    """A clone's local facts. `bound` is the machine and folder that the identity belongs to."""

    id: str = ""
    bound: str = ""
    branch: str = ""
    host: str = ""


def file_of(git: Git) -> Path:
    """Where the facts lie."""
    return git.git_dir / "clare" / "clone.json"


def load(git: Git) -> Clone:
    """The facts as they are; empty where nothing was written yet. Raises ClareError if damaged."""
    where = file_of(git)
    try:
        found = json.loads(where.read_text("utf-8"))
        return Clone(**{key: str(found.get(key, "")) for key in ("id", "bound", "branch", "host")})
    except FileNotFoundError:
        return Clone()
    except (ValueError, AttributeError):
        raise ClareError(
            f"{where} is damaged", hint="remove it and run `clare init` or `clare join` here again"
        ) from None


def save(git: Git, facts: Clone) -> None:
    """Write the facts, whole or not at all."""
    where = file_of(git)
    where.parent.mkdir(parents=True, exist_ok=True)
    draft = where.with_suffix(f".{os.urandom(4).hex()}")
    draft.write_text(json.dumps(facts._asdict(), indent=2) + "\n", "utf-8")
    os.replace(draft, where)


def identified(git: Git) -> Clone:
    """The facts with an identity of this clone's own; a copied folder gets a new one."""
    facts = load(git)
    bound = f"{os.uname().nodename}:{git.git_dir.resolve()}"
    if facts.id and facts.bound == bound:
        return facts
    number = int.from_bytes(os.urandom(5))
    fresh = facts._replace(id=names.base32(number, 8), bound=bound)
    try:
        save(git, fresh)
    except OSError:
        return fresh  # where nothing can be written, it is only read under this name
    return load(git)
