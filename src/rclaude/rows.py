"""What is printed and read back: a line that names the form, rows of cells, and a line for each host.

`#rclaude/1<TAB>sessions<TAB>host<TAB>sid…`, `plum<TAB>7f3ac0de…`, `#host<TAB>plum<TAB>ok<TAB>12<TAB>`.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rclaude import CONTRACT
from rclaude.trouble import OK, Trouble

_FORM = f"#rclaude/{CONTRACT}"
_TRAILER = "#host"
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_MEANT = {short: char for char, short in _ESCAPES.items()}
_BIDIRECTIONAL = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_HIDDEN = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF, *_BIDIRECTIONAL)
_IN_CELLS = str.maketrans({**dict.fromkeys(map(chr, _HIDDEN), ""), **_ESCAPES})

_STATUS = re.compile("[a-z][a-z-]{0,31}")
_MS = re.compile("[0-9]{1,12}")

KINDS = {
    "sessions": (
        *("host", "sid", "state", "detail", "state_at", "activity_at", "state_src", "cwd"),
        *("branch", "model", "title", "version", "ctx", "tok_in", "tok_cache_write"),
        *("tok_cache_read", "tok_out", "tmux", "pane", "tmux_id", "pid", "attached", "kind"),
    ),
    "hosts": (
        *("name", "kind", "status", "latency_ms", "contract", "versions", "clock_skew_ms"),
        *("error", "repos"),
    ),
    "peek": ("host", "text"),
    "checks": ("host", "check", "status", "detail", "hint"),
    "probe": ("contract", "versions", "now_ms", "reached"),
}
"""The columns of each kind of rows; they are only ever appended."""

MOST = 20_000
"""Lines of the longest answer that is read."""

Row = Mapping[str, str]


class Trailer(NamedTuple):
    """How asking a host ended: `ok` or a slug, the milliseconds it took, and what was wrong."""

    host: str
    status: str = OK
    ms: int = 0
    message: str = ""


class Reply(NamedTuple):
    """The rows of one host, and how asking it ended."""

    rows: Sequence[Row]
    trailer: Trailer


def cell(text: str) -> str:
    """A text as a cell: one line, with nothing in it that acts on a terminal."""
    return text.translate(_IN_CELLS).encode("utf-8", "replace").decode()


def text_of(cell: str) -> str:
    """The text that a cell stands for."""
    return re.sub(r"\\[\\tnr]", lambda found: _MEANT[found[0]], cell)


def header(kind: str) -> str:
    """The first line."""
    return "\t".join((_FORM, kind, *KINDS[kind]))


def line(kind: str, row: Row) -> str:
    """A row; what it does not have is empty."""
    return "\t".join(cell(row.get(name, "")) for name in KINDS[kind])


def ending(trailer: Trailer) -> str:
    """The line that ends what a host has to say."""
    host, status, ms, message = trailer
    return "\t".join((_TRAILER, cell(host), cell(status), str(ms), cell(message)))


def show(kind: str, replies: Iterable[Reply]) -> None:
    """Print the rows of all hosts, in this order, and how asking each ended."""
    lines: list[str] = []
    for reply in replies:
        lines.extend(line(kind, row) for row in reply.rows)
        lines.append(ending(reply.trailer))
    write(kind, lines)


def write(kind: str, lines: Iterable[str]) -> None:
    """Print lines below the one that names the form."""
    say("".join(f"{each}\n" for each in (header(kind), *lines)))


def say(text: str) -> None:
    """Print a text. Raises Trouble where it cannot be written."""
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # whoever read has read enough
    except OSError as error:
        raise Trouble("output", f"cannot print: {error.strerror}") from None


def parse(data: bytes, kind: str, host: str) -> Reply:
    """What a host printed. Raises Trouble: its own, or if it is not whole."""
    lines = data.decode("utf-8", "replace").split("\n")
    form, *columns = lines[0].split("\t")
    if not form.startswith("#rclaude/"):
        raise Trouble("contract", "what answers there is no rclaude", host=host)
    if form != _FORM:
        spoken = f"it speaks {form.removeprefix('#')}, this one rclaude/{CONTRACT}"
        raise Trouble("contract", f"{spoken}: install the same version on both", host=host)
    if lines[-1] or len(lines) < 3:
        raise Trouble("cut", "its answer was cut off", host=host)
    trailer = _trailer(lines[-2], host)
    if trailer.status != OK:
        raise Trouble(trailer.status, trailer.message, host=host)
    if columns[:1] != [kind]:
        raise Trouble("malformed", f"it told of {columns[:1]}, not of {kind}", host=host)
    _check_size(columns[1:], KINDS[kind], len(lines), host)
    rows = [_row(each, columns[1:], number, host) for number, each in enumerate(lines[1:-2], 2)]
    return Reply(rows, trailer)


def _check_size(columns: Sequence[str], known: Sequence[str], lines: int, host: str) -> None:
    """Raise Trouble unless the columns begin as ours do, and there are no more lines than can be."""
    shared = min(len(columns), len(known))
    if list(columns[:shared]) != list(known[:shared]) or len(set(columns)) < len(columns):
        raise Trouble("malformed", "its columns are not those of the contract", host=host)
    if lines > MOST:
        raise Trouble("malformed", f"it printed more than {MOST} lines", host=host)


def _row(text: str, columns: Sequence[str], number: int, host: str) -> Row:
    cells = text.split("\t")
    if len(cells) != len(columns) or text.startswith("#"):
        told = f"line {number} has {len(cells)} cells, not {len(columns)}"
        raise Trouble("malformed", told, host=host)
    return dict(zip(columns, map(text_of, cells), strict=True))


def _trailer(text: str, host: str) -> Trailer:
    cells = text.split("\t")
    if cells[0] != _TRAILER:
        raise Trouble("cut", "its answer was cut off", host=host)
    if len(cells) != 5 or not (_STATUS.fullmatch(cells[2]) and _MS.fullmatch(cells[3])):
        raise Trouble("malformed", "its last line tells no host", host=host)
    return Trailer(host, cells[2], int(cells[3]), text_of(cells[4]))
