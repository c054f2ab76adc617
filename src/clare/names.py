"""How things are named: ids, slugs, actors, entity keys, and where an event's file lies."""

import re
from functools import lru_cache

from clare.clock import is_day

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o or u."""

TASK_ID_LENGTH = 12
SHORT_ID_LENGTH = 4
_B32 = f"[{ALPHABET}]"

TASK_ID = re.compile(_B32 + "{12}", re.ASCII)
CLONE = re.compile(_B32 + "{8}", re.ASCII)
HOST = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,47}", re.ASCII)
KIND = re.compile(r"[a-z][a-z-]{0,31}", re.ASCII)
EVENT_ID = re.compile(
    r"\d{8}T(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\.\d{3}Z-[0-9a-f]{4}-([a-z0-9-]{1,32})-" + _B32 + "{8}",
    re.ASCII,
)
TYPE = re.compile(r"[a-z][a-z-]{0,31}\.[a-z][a-z-]{0,31}", re.ASCII)

_RESERVED = frozenset(
    ["aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
_SPACE = re.compile(r"\s")
_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})


def base32(number: int, length: int) -> str:
    """The lowest `5 * length` bits of a number in Crockford's base32."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def derived(*parts: str, length: int) -> str:
    """A base32 name that follows from the parts alone, so that two hosts derive the same."""
    import hashlib

    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
    return base32(int.from_bytes(digest), length)


def is_event_id(text: str) -> bool:
    """Whether the text has the form of an event id and its stamp is a real moment."""
    return bool(EVENT_ID.fullmatch(text)) and is_day(text[:8])


def host_of(event_id: str) -> str:
    """The host that wrote an event: `plum`."""
    found = EVENT_ID.fullmatch(event_id)
    return found[1] if found else ""


def is_slug(text: str) -> bool:
    """Whether the text can name a project, on every file system."""
    return bool(SLUG.fullmatch(text)) and text not in _RESERVED


def is_host(text: str) -> bool:
    """Whether the text can be a host's short name on the board: in event ids, and as a folder."""
    return bool(HOST.fullmatch(text)) and is_slug(text)


def is_actor(text: str) -> bool:
    """Whether the text can name a person or an agent: visible, no spaces, no leading dash."""
    return 0 < len(text) <= 100 and text[0] != "-" and is_plain(text) and not _SPACE.search(text)


def is_new_actor(text: str) -> bool:
    """Whether somebody may be called so from now on: no comma, which parts names in queries."""
    return is_actor(text) and "," not in text


def is_plain(text: str) -> bool:
    """Whether the text has no control, formatting, surrogate or line-breaking characters."""
    if text.isascii():
        return text.isprintable()
    import unicodedata

    return not any(unicodedata.category(char) in _UNPRINTABLE for char in text)


_UNPRINTABLE = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])


def is_unicode(text: str) -> bool:
    """Whether the text can be written as UTF-8: it has no surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def typed_id(text: str) -> str:
    """A task id as a person types it: any case, `o` for 0, `i` and `l` for 1."""
    return text.strip().lower().translate(_LOOKALIKES)


def task_key(task_id: str) -> str:
    """The entity key of a task: `tasks/7qk2m9xw4v0c`."""
    return f"tasks/{task_id}"


def project_key(slug: str) -> str:
    """The entity key of a project: `projects/parser`."""
    return f"projects/{slug}"


def view_key(slug: str) -> str:
    """The entity key of a saved view: `views/my-bugs`."""
    return f"views/{slug}"


def host_key(name: str) -> str:
    """The entity key of a host: `hosts/plum`."""
    return f"hosts/{name}"


def is_key(key: str) -> bool:
    """Whether the text is the key of an entity of any kind, known or to come."""
    kind, slash, name = key.partition("/")
    if not slash or not KIND.fullmatch(kind) or kind in _RESERVED:
        return False
    return bool(TASK_ID.fullmatch(name)) if kind == "tasks" else is_slug(name)


def folder(key: str) -> str:
    """Where an entity's events lie: `fleet/tasks/7q/7qk2m9xw4v0c`."""
    kind, _, name = key.partition("/")
    return f"fleet/{kind}/{name[:2]}/{name}" if kind == "tasks" else f"fleet/{kind}/{name}"


def event_path(key: str, event_id: str) -> str:
    """Where an event's file lies."""
    return f"{folder(key)}/{event_id}.yaml"


@lru_cache(maxsize=256)
def key_of_folder(path: str) -> str | None:
    """The entity key of a folder as `folder` names it, or None."""
    parts = path.split("/")
    if len(parts) < 3 or parts[0] != "fleet":
        return None
    key = f"{parts[1]}/{parts[-1]}"
    return key if is_key(key) and folder(key) == path else None
