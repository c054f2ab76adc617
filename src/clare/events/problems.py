"""What pydantic found wrong, in our words."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails


def first_problem(error: ValidationError) -> ErrorDetails:
    """The first thing that does not fit."""
    return error.errors(include_url=False)[0]


def problem_text(problem: ErrorDetails, *, where: str = "") -> str:
    """Where, unless told by the problem's own place, and what: `set.due: no such day`."""
    place = where or ".".join(str(step) for step in problem["loc"])
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
