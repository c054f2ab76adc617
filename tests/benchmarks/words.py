"""What the tasks of a generated board say: short texts of the kind that people and agents write."""

import random
from collections.abc import Sequence

PROJECTS = (
    *("parser", "web", "docs", "billing", "search", "mobile", "infra", "api"),
    *("import", "reports", "auth", "release"),
)
LABELS = (
    *("parser", "web", "docs", "flaky", "ui", "slow", "security", "good-first", "customer"),
    *("api", "tests", "database", "i18n", "cleanup"),
)
TYPES = ("task", "task", "task", "bug", "bug", "feature", "chore")
LINKS = ("https://example.org/wiki/{}", "https://example.org/review/{}", "spec-{}")
REASONS = (
    "merged and released",
    "a duplicate",
    "no longer wanted: the page is gone",
    "fixed by the new parser",
    "cannot be reproduced; it was a full disk",
)
_VERBS = (
    *("write", "mend", "measure", "remove", "rename", "document", "speed up", "translate"),
    *("test", "review", "split", "replace", "refuse", "explain"),
)
_THINGS = (
    *("the date parser", "the login page", "the export", "empty lines", "the queue", "time zones"),
    *(
        "the release notes",
        "old invoices",
        "the search index",
        "retries",
        "the cache",
        "naïve sums",
    ),
)
_WHERE = (
    *("", " in the importer", " for guests", " on small screens", ": what if it is empty?"),
    *(" before the release", " (see the log)", ", as asked by support", " without a network"),
)
_SENTENCES = (
    "It happens with every second file, and only on the second run.",
    "The log says: expected 3 columns, found 2.",
    "Nobody relies on the old form any more, so it may go.",
    "- keep what is there; add a test first",
    "See how the other importer does it before writing anything.",
    "A customer waits for it, but there is a way around until then.",
    "Measured: 120 ms before, 45 ms after, on the small board.",
    "Done in a branch; needs eyes on the error text.",
    "Größen und Maße bleiben, wie sie sind.",
)
_BETWEEN = (*_SENTENCES, "", "    python -m tool --check input.csv")


def title(dice: random.Random, number: int) -> str:
    """A title that no other task has: it ends with the task's number."""
    verb, thing, where = dice.choice(_VERBS), dice.choice(_THINGS), dice.choice(_WHERE)
    return f"{verb.capitalize()} {thing}{where} {number}"


def text(dice: random.Random, longest: int) -> str:
    """Some lines of text; the first and the last say something."""
    between = dice.choices(_BETWEEN, k=dice.randrange(longest))
    return "\n".join([dice.choice(_SENTENCES), *between, dice.choice(_SENTENCES)])


def some(dice: random.Random, among: Sequence[str], most: int) -> list[str]:
    """A few different ones, perhaps none."""
    return dice.sample(among, dice.randint(0, most))
