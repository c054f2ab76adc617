"""What can be set: the keys, where each may stand, and which values they take.

Private settings are one machine's, shared ones stand on the board for all its clones.
"""

from collections.abc import Callable
from typing import NamedTuple

from clare import names
from clare.clock import SECOND, duration

SYNCS = ("auto", "manual")
PROJECTS = "projects"
"""The private table in which each project has its folder."""


class Setting(NamedTuple):
    """One key: what it is for, the form of its values, and where it may stand."""

    about: str
    form: str
    fits: Callable[[str], bool]
    private: bool = True
    shared: bool = False
    environment: str = ""
    default: str = ""


def _is_host(text: str) -> bool:
    return bool(names.HOST.fullmatch(text)) and not text.startswith("-")


def _is_lease(text: str) -> bool:
    try:
        return duration(text) >= SECOND
    except ValueError:
        return False


def is_folder_text(text: str) -> bool:
    """Whether the text can be the path of a folder on this machine."""
    return bool(text.strip()) and "\0" not in text and "\n" not in text


SETTINGS = {
    "host": Setting(
        "this machine's short name in the fleet",
        "lower-case letters, digits and dashes, at most 32, as in plum",
        _is_host,
        environment="CLARE_HOST",
    ),
    "actor": Setting(
        "who acts here",
        "a name without spaces or commas, as in nat or claude/7f3a",
        names.is_new_actor,
        environment="CLARE_ACTOR",
    ),
    "fleet": Setting(
        "the board to use where the current folder has none",
        "the path of a folder",
        is_folder_text,
        environment="CLARE_FLEET",
    ),
    "sync": Setting(
        "whether writes are published by themselves",
        " or ".join(SYNCS),
        lambda text: text in SYNCS,
        shared=True,
        environment="CLARE_SYNC",
        default="auto",
    ),
    "lease": Setting(
        "how long a claim holds unless told",
        "a duration of at least a second, as in 30m, 4h or 2d",
        _is_lease,
        private=False,
        shared=True,
        default="4h",
    ),
}
ENVIRONMENT = {
    "NO_COLOR": "prints without colours, unless it is empty",
    "VISUAL": "the editor",
    "EDITOR": "the editor where there is no `$VISUAL`; else vi",
    "XDG_CONFIG_HOME": "the folder of `clare/config.toml`; else `~/.config`",
    "XDG_STATE_HOME": "the folder of `clare/`, for reports of bugs; else `~/.local/state`",
    "XDG_DATA_HOME": "the folder of `man/man1/`, for man pages; else `~/.local/share`",
}
"""What the environment says beside settings and agents' sessions."""

PRIVATE = tuple(key for key, setting in SETTINGS.items() if setting.private)
SHARED = tuple(key for key, setting in SETTINGS.items() if setting.shared)


def problem(key: str, value: str) -> str:
    """What is wrong with a value, and what would be right; nothing if it fits."""
    if key.startswith(f"{PROJECTS}."):
        if not names.is_slug(key.removeprefix(f"{PROJECTS}.")):
            return "is no project: lower-case letters, digits and dashes, at most 48"
        whole = is_folder_text(value) and value.startswith(("/", "~"))
        return "" if whole else f"{value!r} is not the whole path of a folder"
    setting = SETTINGS[key]
    return "" if setting.fits(value) else f"{value!r} is not {setting.form}"


def unknown(key: str, known: tuple[str, ...]) -> str:
    """What to say of a key that is not known: which is probably meant, and which there are."""
    import difflib

    near = difflib.get_close_matches(key, known, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{meant}known are {', '.join(known)}"
