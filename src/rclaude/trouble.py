"""Every way rclaude says no: a slug for programs, a line for people, and the exit code."""

import sys
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, a part of the contract."""

    DONE = 0
    BUG = 1
    SOME = 3
    USAGE = 64
    DATA = 65
    NO_TARGET = 66
    UNREACHABLE = 69
    EXISTS = 73
    NOT_NOW = 75
    UNCONFIRMED = 76
    REFUSED = 77
    CONFIG = 78
    DEADLINE = 124
    MISSING = 127


MEANINGS = {
    Exit.DONE: "done",
    Exit.BUG: "a bug in rclaude, or what it prints cannot be written",
    Exit.SOME: "some of several hosts failed, or a check of the doctor",
    Exit.USAGE: "wrong usage, or what cannot be a name",
    Exit.DATA: "what a host told is not of the contract, or not whole",
    Exit.NO_TARGET: "no such host, session or repository, or several that fit",
    Exit.UNREACHABLE: "the host cannot be reached, does not let us in, or has another key",
    Exit.EXISTS: "it exists already",
    Exit.NOT_NOW: "it does not take that now",
    Exit.UNCONFIRMED: "typed, but not confirmed",
    Exit.REFUSED: "refused by the configuration, or by the key",
    Exit.CONFIG: "something is wrong with hosts.toml",
    Exit.DEADLINE: "no answer within its time",
    Exit.MISSING: "a program is missing on the host",
}
"""What each code means, as the reference says it."""

SLUGS = {
    "bug": Exit.BUG,
    "output": Exit.BUG,
    "usage": Exit.USAGE,
    "name": Exit.USAGE,
    "malformed": Exit.DATA,
    "cut": Exit.DATA,
    "contract": Exit.DATA,
    "no-host": Exit.NO_TARGET,
    "no-session": Exit.NO_TARGET,
    "no-repository": Exit.NO_TARGET,
    "ambiguous": Exit.NO_TARGET,
    "unreachable": Exit.UNREACHABLE,
    "auth": Exit.UNREACHABLE,
    "host-key": Exit.UNREACHABLE,
    "refused": Exit.REFUSED,
    "config": Exit.CONFIG,
    "deadline": Exit.DEADLINE,
    "missing": Exit.MISSING,
}
"""What each slug exits with. A slug that is not listed came from a newer rclaude, and counts as data."""

OK = "ok"
"""The status of a host that answered."""


class Trouble(Exception):
    """Something went wrong; `host` is where, empty for the host that we are on."""

    def __init__(self, slug: str, text: str, *, host: str = "") -> None:
        super().__init__(text)
        self.slug = slug
        self.text = text
        self.host = host

    @property
    def exit(self) -> Exit:
        """The exit code."""
        return SLUGS.get(self.slug, Exit.DATA)


def complain(trouble: Trouble) -> Exit:
    """Tell of it in one line on standard error; the exit code."""
    line = f"rclaude: {trouble.host or '-'}: {trouble.slug}: {trouble.text}"
    sys.stderr.write("".join(char if char.isprintable() else " " for char in line) + "\n")
    sys.stderr.flush()
    return trouble.exit
