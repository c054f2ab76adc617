"""Settings: what each is, where it was set, and setting it; on this machine or for all clones."""

from collections.abc import Mapping
from dataclasses import dataclass

from clare import config, config_file, names, toml
from clare.config import Chosen
from clare.errors import ClareError, Unreadable, Usage
from clare.services.opening import Opened
from clare.settings import PRIVATE, PROJECTS, SETTINGS, SHARED, problem, unknown
from clare.store import manifest
from clare.store.lines import line_of
from clare.store.manifest import Rewritten
from clare.store.place import manifest_of
from clare.store.tree import MANIFEST


@dataclass(frozen=True, slots=True)
class Found:
    """A setting as it acts here: its value, empty if there is none, and where that comes from."""

    key: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the board's `fleet.yaml` sets, with the text it stands in."""

    values: Mapping[str, str]
    text: str = ""


def everything(opened: Opened | None) -> list[Found]:
    """Every setting, with the board's where one is open. Raises ClareError for a wrong one."""
    private, text, shared = config.load(), config_file.read_text(), _shared(opened)
    found = [_acting(key, private, text, shared, opened) for key in SETTINGS]
    folders = [key for key in private if key.startswith(f"{PROJECTS}.")]
    return found + [Found(key, private[key], _place(text, key)) for key in folders]


def _place(text: str, key: str) -> str:
    return f"{config_file.path()}, line {toml.line_of(text, tuple(key.split('.', 1)))}"


def _acting(
    key: str, private: Mapping[str, str], text: str, shared: _Shared, opened: Opened | None
) -> Found:
    if key in ("host", "actor"):
        chosen = _who(key, private, opened)
    else:
        chosen = config.first(key, private, shared=shared.values.get(key, ""))
    where = _where(key, chosen.why, text, shared)
    wrong = problem(key, chosen.value) if chosen.value else ""
    if wrong:
        raise _wrong(key, where, wrong)
    return Found(key, chosen.value, where)


def _where(key: str, why: str, text: str, shared: _Shared) -> str:
    """Where a value comes from, in a file with its line."""
    if why == str(config_file.path()):
        return _place(text, key)
    return _shared_place(shared, key) if why == config.SHARED_FILE else why


def _wrong(key: str, where: str, wrong: str) -> ClareError:
    told = f"{where}: {key}: {wrong}"
    if where.startswith(MANIFEST):
        return Unreadable(told, hint=f"`clare config set --shared {key} {SETTINGS[key].default}`")
    return Usage(told, hint="set another value")


def _who(key: str, private: Mapping[str, str], opened: Opened | None) -> Chosen:
    if opened:
        return opened.host if key == "host" else opened.actor
    if key == "host":
        return config.choose_host(private)
    return config.choose_actor(private, given="", git_name=str)


def _shared_place(shared: _Shared, key: str) -> str:
    return f"{MANIFEST}, line {line_of(shared.text, key)}"


def _shared(opened: Opened | None) -> _Shared:
    if opened is None:
        return _Shared({})
    git, tip = opened.board.git, opened.board.tip()[0]
    said = manifest_of(git, tip)
    return _Shared({"lease": said.lease, "sync": said.sync}, manifest.text_at(git, tip))


def get(opened: Opened | None, key: str) -> Found:
    """One setting as it acts here. Raises ClareError if it is not set."""
    _check_known(key)
    found = next((one for one in everything(opened) if one.key == key), Found(key, "", ""))
    if not found.value:
        raise ClareError(f"{key} is not set", hint=f"clare config set {key} VALUE")
    return found


def _check_known(key: str) -> None:
    kind, _, slug = key.partition(".")
    if key not in SETTINGS and not (kind == PROJECTS and names.is_slug(slug)):
        raise Usage(f"{key} is no setting", hint=unknown(key, (*SETTINGS, f"{PROJECTS}.SLUG")))


def set_private(key: str, value: str) -> None:
    """Set something on this machine. Raises Usage, ClareError."""
    _check_known(key)
    if key in SETTINGS and key not in PRIVATE:
        raise Usage(f"{key} is for all clones", hint=f"clare config set --shared {key} {value}")
    _check(key, value)
    config_file.save(key, value)


def unset_private(key: str) -> bool:
    """Take a setting of this machine away, also one that is not known. Whether there was one.

    Raises ClareError if the file cannot be read.
    """
    text = config_file.read_text()
    config_file.parsed(text)
    if not toml.has(text, tuple(key.split(".", 1))):
        return False
    config_file.save(key, None)
    return True


def set_shared(opened: Opened, key: str, value: str) -> Rewritten:
    """Set something on the board for all clones, or with an empty value no longer: one commit."""
    if key in SETTINGS and key not in SHARED:
        raise Usage(f"{key} is for one machine", hint=f"clare config set {key} {value}".rstrip())
    if key not in SHARED:
        raise Usage(f"{key} is no shared setting", hint=unknown(key, SHARED))
    if value:
        _check(key, value)
    board = opened.board
    what = f"sets {key} of the fleet to {value}" if value else f"unsets {key} of the fleet"
    done = manifest.rewrite(board, lambda text: manifest.with_value(text, key, value), what=what)
    if done.commit:
        board.wake_publisher(manifest_of(board.git, done.commit))
    return done


def _check(key: str, value: str) -> None:
    wrong = problem(key, value)
    if wrong or not names.is_unicode(value):
        raise Usage(
            f"{key}: {wrong or 'is not valid Unicode'}", hint="`clare config list` shows all"
        )
