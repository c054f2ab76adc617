"""The mechanisms that are taken out, one at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text in a file below `src/clare`, found exactly once, and what replaces it."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mechanism, how to take it out, and the tests that must fail then."""

    name: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]


MUTANTS: tuple[Mutant, ...] = ()
