"""Damaging a good file: by bytes, by lines, by values of another type, by what is hostile on purpose."""

import random
import re
from collections.abc import Callable

HOSTILE = [
    *("\x00", "\x1b[2J", "\u202e", "\ud800", "\\ud800", "\u2028", "\r", "\x85", "\ufeff", "\u3000"),
    *("NaN", "-Infinity", "1e999", "9" * 5000, "-1", "0", "1.5", "true", "null", '""', "[]", "{}"),
    *('"x"', "[1]", '{"a": 1}', "[" * 5_000, '{"a":' * 5_000, "[" * 200_000, "x" * 70_000, '"'),
    *("&a", "*a", "!!python/object:os.system", "<<: *a", "? a", "- - - a", "%YAML 2", "---", "..."),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999-12:00", "2026-02-30T08:00:00Z"),
    *("99991231T235959Z", "00000101T000000Z", "20261350T000000Z", "2026-13-45 99:99"),
    *("../../etc/passwd", "-rf", "--force", "a\tb", "a,b", "\n", "\n\n---\n", "- [x]", "{{7*7}}"),
]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\w:.+-]+|[\[\]{}]')


def _anywhere(text: str, chance: random.Random) -> int:
    return chance.randrange(len(text) + 1)


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _cut_out(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 200) :]


def _bytes(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randrange(1, 20)) + data[at:]


def _lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    if chance.random() < 0.5:
        lines.insert(other, lines[one])
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _insert(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    at = _anywhere(text, chance)
    return _encoded(text[:at] + chance.choice(HOSTILE) + text[at:])


def _swap(data: bytes, chance: random.Random) -> bytes:
    """Another value in the place of one."""
    text = data.decode("utf-8", "surrogateescape")
    found = list(_TOKEN.finditer(text))
    if not found:
        return data
    token = chance.choice(found)
    new = chance.choice([*HOSTILE, chance.choice(found)[0], f'"{chance.choice(HOSTILE)}"'])
    return _encoded(text[: token.start()] + new + text[token.end() :])


def _encoding(data: bytes, chance: random.Random) -> bytes:
    ways: list[Callable[[], bytes]] = [
        lambda: b"\xef\xbb\xbf" + data,
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"\r"),
        lambda: data.decode("utf-8", "replace").encode("utf-16"),
        lambda: data.decode("utf-8", "replace").encode("latin-1", "replace"),
        lambda: data + data,
        lambda: b"",
    ]
    return chance.choice(ways)()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass" if "\ud800" in text else "surrogateescape")


WAYS = (
    _flip,
    _truncate,
    _cut_out,
    _bytes,
    _lines,
    _insert,
    _insert,
    _swap,
    _swap,
    _swap,
    _encoding,
)


def damaged(data: bytes, seed: int) -> bytes:
    """The data after one to three damages, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(chance.choice([1, 1, 2, 3])):
        data = chance.choice(WAYS)(data or b"\n", chance)
    return data
