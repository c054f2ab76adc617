"""What the models say of a fact that is not plainly as it should be."""

from collections.abc import Mapping

from pydantic import ValidationError

from clare.errors import Usage
from clare.events import host, project, task, view
from clare.events.fact import Fact, type_registry
from clare.events.problems import first_problem, problem_text
from clare.views.story import shorten

MODELS = (project, task, view, host)
"""Loading them fills the registry."""


def judged(type_: str, key: str, given: Mapping[str, object]) -> Fact:
    """The fact by its model. Raises Usage in the words of the first field that does not fit."""
    try:
        return type_registry[type_].model_validate({"entity": key, **given})
    except ValidationError as error:
        problem = first_problem(error)
        steps = [step for step in problem["loc"] if step not in ("set", "add")]
        where = str(steps[0]) if steps else type_
        if len(steps) > 1:  # one of several: which of them
            where = f"{where}: {shorten(str(problem['input']))!r}"
        raise Usage(
            problem_text(problem, where=where),
            hint="`--help` shows what each option takes",
        ) from None
