"""The program `rclaude`: whether it is a proper one, and what it tells. Nothing else reaches a host."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from clare.clock import instant
from clare.errors import ClareError

CONTRACT = "1"
"""The contract that is spoken here."""

_SHAKE_WITHIN = 5.0
_ANSWER_WITHIN = 60.0
"""Seconds before the program counts as stuck; it has shorter deadlines of its own for each host."""

_FORM = f"#rclaude/{CONTRACT}"
_MEANT = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


class NoTransport(ClareError):
    """There is no proper `rclaude` on this machine."""


def _number(text: object) -> int | None:
    """A cell as a number: digits alone, since models also take ` 12` and `1_000`."""
    if not isinstance(text, str) or not re.fullmatch(
        r"(-?(?:0|[1-9][0-9]{0,17}))?", text, re.ASCII
    ):
        raise ValueError(f"{text!r} is no number")
    return int(text) if text else None


def _time(text: object) -> int | None:
    """A cell as a time in ms."""
    if not isinstance(text, str) or not re.fullmatch(r"(.{10}T.{12}Z)?", text):
        raise ValueError(f"{text!r} is no time")
    return instant(text) if text else None


Number = Annotated[int | None, BeforeValidator(_number)]
Time = Annotated[int | None, BeforeValidator(_time)]
_LABEL = "[A-Za-z0-9][A-Za-z0-9_-]*"
HostName = Annotated[str, Field(pattern=rf"^{_LABEL}(?:\.{_LABEL})*$", max_length=253)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,31}$")]


class _Row(BaseModel):
    """A row: every column of the contract must be there, and others of a newer one may be."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class HostRow(_Row):
    """A host of the machine's own configuration, and, if it was asked, how it is."""

    name: HostName
    kind: Literal["self", "ssh"]
    status: Slug | Literal[""]
    latency_ms: Number
    contract: Number
    versions: str
    clock_skew_ms: Number
    error: str
    repos: str = ""

    @property
    def of(self) -> str:
        """The host that it tells of."""
        return self.name

    @property
    def paths(self) -> list[str]:
        """The repositories that git may reach there."""
        return self.repos.split("\n") if self.repos else []


class SessionRow(_Row):
    """A session of a coding agent."""

    host: HostName
    sid: Annotated[str, Field(pattern=r"^(?:[0-9a-f][0-9a-f-]{7,63})?$")]
    state: Literal["starting", "busy", "waiting", "idle", "shell", "unknown", "ended"]
    detail: str
    state_at: Time
    activity_at: Time
    state_src: Literal["registry", "transcript", "pane", "none"]
    cwd: str
    branch: str
    model: str
    title: str
    version: str
    ctx: Number
    tok_in: Number
    tok_cache_write: Number
    tok_cache_read: Number
    tok_out: Number
    tmux: str
    pane: Annotated[str, Field(pattern=r"^(?:%[0-9]{1,9})?$")]
    tmux_id: Annotated[str, Field(pattern=r"^(?:\$[0-9]{1,9})?$")]
    pid: Number
    attached: Literal["", "0", "1"]
    kind: str

    @property
    def of(self) -> str:
        """The host that it tells of."""
        return self.host


R = TypeVar("R", HostRow, SessionRow)


class Ended(BaseModel):
    """How asking a host ended: `ok`, or what was wrong."""

    model_config = ConfigDict(frozen=True, strict=True)
    host: HostName
    status: Slug
    ms: Number
    message: str


class Malformed(NamedTuple):
    """A line that fits no model: of which host, where, and why not."""

    host: str
    line: int
    why: str


class Told(BaseModel, Generic[R]):
    """What the program told: the rows, how asking each host ended, and the lines that fit no model."""

    model_config = ConfigDict(frozen=True)
    rows: tuple[R, ...]
    hosts: tuple[Ended, ...]
    malformed: tuple[Malformed, ...]


def hosts(*, probe: bool = False) -> Told[HostRow]:
    """The hosts of the machine's configuration; with `probe` each is asked. Raises ClareError."""
    told = read(_run("hosts", *["--probe"] * probe), "hosts", HostRow)
    return _whole(told) if probe else told


def sessions(*words: str) -> Told[SessionRow]:
    """The sessions that `rclaude list` with these words tells of. Raises ClareError."""
    return _whole(read(_run("list", *words), "sessions", SessionRow))


def _whole(told: Told[R]) -> Told[R]:
    """The same, if every host that was asked has its line. Raises ClareError."""
    silent = {row.of for row in told.rows} - {host.host for host in told.hosts}
    if silent or not (told.hosts or told.malformed):
        raise ClareError("what rclaude printed is cut off", hint="run the command again")
    return told


def check() -> str:
    """The path of the program, once it has told that it keeps the contract. Raises NoTransport."""
    path = _found("rclaude")
    try:
        done = subprocess.run(
            [path, "contract"], stdin=subprocess.DEVNULL, capture_output=True, timeout=_SHAKE_WITHIN
        )
        said = done.stdout.decode("utf-8", "replace")
    except OSError as error:
        said = error.strerror or ""
    except subprocess.TimeoutExpired:
        said = ""
    if not re.fullmatch(rf"rclaude-contract\t{CONTRACT}\t[^\t\n]+\n", said):
        raise NoTransport(
            f"{path} is no rclaude of contract {CONTRACT}: it says {said[:60]!r}",
            hint="put the folder of the one that came with clare before it on $PATH",
        )
    _found("git-remote-rclaude")  # which git starts
    return path


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NoTransport(
            f"{program} is not on $PATH, and hosts are reached by nothing else",
            hint="it is installed with clare: put the folder of both on $PATH",
        )
    return path


def _run(*words: str) -> bytes:
    path = check()
    try:
        done = subprocess.run(
            [path, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER_WITHIN,
        )
    except subprocess.TimeoutExpired:
        raise ClareError(
            f"rclaude {words[0]}: no answer within {_ANSWER_WITHIN:.0f} s",
            hint="`rclaude doctor` looks the way to each host over",
        ) from None
    if done.returncode < 0 or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no answer"]
        raise ClareError(said[-1].removeprefix("rclaude: -: "), hint="`rclaude doctor` tells more")
    return done.stdout


def read(data: bytes, kind: str, model: type[R]) -> Told[R]:
    """What was printed, read strictly: a line that does not fit is told, never guessed at.

    Raises ClareError if it is not of the contract or of another kind, or not whole.
    """
    lines = data.decode("utf-8", "replace").split("\n")
    form, *columns = lines[0].split("\t")
    if (form, columns[:1]) != (_FORM, [kind]):
        raise ClareError(
            f"rclaude printed {lines[0][:40]!r} where {_FORM} {kind} belongs",
            hint="install clare and rclaude of the same version",
        )
    if lines[-1]:
        raise ClareError("what rclaude printed is cut off", hint="run the command again")
    found: list[R] = []
    ended: list[Ended] = []
    malformed: list[Malformed] = []
    for number, line in enumerate(lines[1:-1], 2):
        try:
            if line.startswith("#"):
                ended.append(_ended(line))
            else:
                found.append(_fitted(line, columns[1:], model))
        except ValueError as problem:
            host = line.removeprefix("#host\t").partition("\t")[0]
            malformed.append(Malformed(_text(host), number, _why(problem)))
    return Told(rows=tuple(found), hosts=tuple(ended), malformed=tuple(malformed))


def _fitted(line: str, columns: Sequence[str], model: type[R]) -> R:
    return model.model_validate(dict(zip(columns, _cells(line, len(columns)), strict=True)))


def _ended(line: str) -> Ended:
    mark, host, status, ms, message = _cells(line, 5)
    if mark != "#host":
        raise ValueError(f"{mark} is not known")
    return Ended.model_validate({"host": host, "status": status, "ms": ms, "message": message})


def _cells(line: str, number: int) -> list[str]:
    cells = line.split("\t")
    if len(cells) != number:
        raise ValueError(f"{len(cells)} cells, not {number}")
    return [_text(cell) for cell in cells]


def _text(cell: str) -> str:
    return re.sub(r"\\[\\tnr]", lambda found: _MEANT[found[0]], cell)


def _why(problem: ValueError) -> str:
    if not isinstance(problem, ValidationError):
        return str(problem)
    first = problem.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}"
