"""The machine's configuration file: read strictly, with the line of what is wrong; written with care."""

import fcntl
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clare.errors import ClareError
from clare.settings import PRIVATE, PROJECTS, SHARED, problem, unknown

if TYPE_CHECKING:
    from pathlib import Path

    from clare import toml

MAX_BYTES = 64 * 1024
"""The largest configuration that is read."""

DEEPEST = 32
"""How deeply tables and lists may lie in each other."""


def path() -> "Path":
    """Where the machine's configuration lies."""
    from pathlib import Path

    return Path(name())


def name() -> str:
    """The same as text."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return os.path.normpath(f"{base}/clare/config.toml")


def load() -> dict[str, str]:
    """The machine's configuration, a project's folder as `projects.SLUG`.

    Raises ClareError with the line for anything unknown or of the wrong form.
    """
    text = read_text()
    found: dict[str, str] = {}
    for steps, value in _flat(parsed(text)):
        wrong = _wrong(steps, value)
        if wrong:
            from clare import toml  # which few runs need

            message, hint = wrong
            raise ClareError(f"{path()}, line {toml.line_of(text, steps)}: {message}", hint=hint)
        found[".".join(steps)] = str(value)
    return found


def read_text() -> str:
    """The file's text; none where there is no file. Raises ClareError if it cannot be text."""
    if not os.path.exists(name()):
        return ""
    where = path()
    if not where.is_file():  # which could be read for ever
        what = "a folder" if where.is_dir() else "no regular file"
        raise ClareError(f"{where} is {what}", hint="a file belongs there")
    data = where.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ClareError(f"{path()}: not UTF-8 at byte {error.start}", hint=_MEND) from None
    if len(data) > MAX_BYTES:
        raise ClareError(f"{path()}: larger than {MAX_BYTES // 1024} KiB", hint=_MEND)
    return text


_MEND = "mend the file, or remove it"


def parsed(text: str) -> dict[str, object]:
    """What the file says. Raises ClareError with the line if it is no TOML."""
    if not text:
        return {}
    import tomllib

    try:
        said = tomllib.loads(text)
        if _is_deep(said):
            raise RecursionError
        return said
    except tomllib.TOMLDecodeError as error:
        why = str(error)
        found = re.fullmatch(
            r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", why, re.DOTALL
        )
        line = (found[2] if found else "") or text.rstrip("\n").count("\n") + 1
        raise ClareError(
            f"{path()}, line {line}: {found[1] if found else why}", hint=_MEND
        ) from None
    except RecursionError:
        raise ClareError(f"{path()}: nested too deeply", hint=_MEND) from None


def _is_deep(said: object) -> bool:
    """Whether there is more nesting than every reading of the file surely stands."""
    level = [said]
    for _ in range(DEEPEST):
        level = [one for each in level for one in _inside(each)]
    return any(isinstance(one, (dict, list)) for one in level)


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _flat(found: Mapping[str, object]) -> "Iterator[tuple[toml.Path, object]]":
    for key, value in found.items():
        if key == PROJECTS and isinstance(value, dict):
            yield from (((key, slug), folder) for slug, folder in value.items())
        else:
            yield (key,), value


def _wrong(steps: "toml.Path", value: object) -> tuple[str, str] | None:
    """What is wrong with a key and its value, and what to do."""
    key = steps[0]
    if len(steps) == 1 and key == PROJECTS:
        return f"{key} is a table", f'write [{PROJECTS}], and below it SLUG = "FOLDER"'
    if len(steps) == 1 and key not in PRIVATE:
        if key in SHARED:
            return f"{key} is set on the board", f"clare config set --shared {key} VALUE"
        return f"{key} is not known", unknown(key, (*PRIVATE, PROJECTS))
    if not isinstance(value, str):
        return f"{steps[-1]} must be text", f'write {steps[-1]} = "…"'
    told = problem(".".join(steps), value)
    return (f"{steps[-1]}: {told}", "`clare config list` shows all settings") if told else None


def save(key: str, value: str | None) -> None:
    """Write one key of the machine's configuration, or take it out; the rest of the file stays.

    Raises ClareError; the file is then as it was.
    """

    def change(text: str) -> str:
        from clare import toml

        steps = tuple(key.split(".", 1))
        try:
            return (
                toml.without(text, steps) if value is None else toml.with_value(text, steps, value)
            )
        except toml.CannotChange as why:
            hint = f"change {path()} by hand, near line {toml.line_of(text, steps)}"
            raise ClareError(f"{why}; nothing was changed", hint=hint) from None

    _rewrite(change)


def _rewrite(change: Callable[[str], str]) -> None:
    """Change the file as a whole or not at all, one at a time; a link to it stays a link."""
    where = path().resolve()
    where.parent.mkdir(parents=True, exist_ok=True)
    with _alone(where.parent):
        text = read_text()
        parsed(text)
        changed = change(text).encode("utf-8")
        draft = where.with_name(f".{where.name}.{os.urandom(4).hex()}")
        try:
            with draft.open("xb") as file:
                file.write(changed)
                file.flush()
                os.fsync(file.fileno())
            if where.exists():
                draft.chmod(where.stat().st_mode & 0o7777)
            draft.replace(where)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def _alone(folder: "Path") -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
