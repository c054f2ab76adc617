"""What one clone knows about itself, in its git directory: identity, branch, host."""

import os
import re
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


def file_of(git: Git) -> str:
    """Where the facts lie."""
    return git.inside("clare/clone.json")


def load(git: Git) -> Clone:
    """The facts as they are; empty where nothing was written yet. Raises ClareError if damaged."""
    where = file_of(git)
    try:
        with open(where, encoding="utf-8") as file:
            found = _parsed(file.read())
        return Clone(**{key: str(found.get(key, "")) for key in Clone._fields})
    except FileNotFoundError:
        return Clone()
    except ValueError:
        raise ClareError(
            f"{where} is damaged", hint="remove it and run `clare init` or `clare join` here again"
        ) from None


_LINE = re.compile(r'  "(\w+)": "([^"\\]*)",?')


def _parsed(text: str) -> dict[str, str]:
    """What the file says: as it was written, without escapes, a line tells a fact by itself."""
    first, *lines, last = text.splitlines() or [""]
    found = [_LINE.fullmatch(line) for line in lines]
    if (first, last) == ("{", "}") and all(found):
        return {fact[1]: fact[2] for fact in found if fact}
    import json  # which takes a while to load

    told = json.loads(text)
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def save(git: Git, facts: Clone) -> None:
    """Write the facts, whole or not at all."""
    import json

    where = file_of(git)
    os.makedirs(os.path.dirname(where), exist_ok=True)
    draft = where.replace(".json", f".{os.urandom(4).hex()}")
    with open(draft, "w", encoding="utf-8") as file:
        file.write(json.dumps(facts._asdict(), indent=2) + "\n")
    os.replace(draft, where)


def identified(git: Git) -> Clone:
    """The facts with an identity of this clone's own; a copied folder gets a new one."""
    facts = load(git)
    bound = f"{os.uname().nodename}:{os.path.realpath(git.folder)}"
    if facts.id and facts.bound == bound:
        return facts
    number = int.from_bytes(os.urandom(5))
    fresh = facts._replace(id=names.base32(number, 8), bound=bound)
    try:
        save(git, fresh)
    except OSError:
        return fresh  # where nothing can be written, it is only read under this name
    return load(git)
