"""What pydantic found wrong, in our words."""

import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_LONGEST = 40
_MUST_BE = {
    "string_type": "must be text",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "int_type": "must be a number",
    "bool_type": "must be true or false",
    "missing": "missing",
    "extra_forbidden": "unknown field",
}
"""By the type of a problem, what to say in place of pydantic's words."""


def first_problem(error: ValidationError) -> ErrorDetails:
    """The first thing that does not fit."""
    return error.errors(include_url=False)[0]


def problem_text(problem: ErrorDetails, *, where: str = "") -> str:
    """Where, unless told by the problem's own place, and what: `set.due: no such day`."""
    place = where or ".".join(str(step) for step in problem["loc"])
    return f"{place}: {_said(problem)}"


def _said(problem: ErrorDetails) -> str:
    if problem["type"] == "literal_error":
        return _no_choice(problem)
    return _MUST_BE.get(problem["type"], problem["msg"].removeprefix("Value error, "))


def _no_choice(problem: ErrorDetails) -> str:
    """`'high' is not one of P0…P4`; what is no text is not repeated."""
    given = problem["input"]
    shown = repr(given[:_LONGEST]) + "…" * (len(given) > _LONGEST) if isinstance(given, str) else ""
    return f"{shown or 'it'} is not one of {_choices(problem)}"


def _choices(problem: ErrorDetails) -> str:
    """What is possible; `P0…P4` for a row of numbers."""
    expected = str(problem.get("ctx", {}).get("expected", ""))
    words = re.findall(r"'([^']*)'", expected)
    if len(words) > 2 and all(re.fullmatch(r"[A-Z]\d", word) for word in words):
        return f"{words[0]}…{words[-1]}"
    return ", ".join(words) or expected
