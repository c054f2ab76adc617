"""A fact that is said without its model writes the same bytes and does the same, or is left to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clare.errors import Usage
from clare.events.event import Effect
from clare.events.fact import Fact as Modelled
from clare.events.fact import type_registry
from clare.events.said import TASK_CLAIMED, TASK_EDITED, say
from clare.events.text import event_bytes
from clare.services.act import make
from tests.core.facts import CLONE, EVENT, STRATEGIES, TASK, TRICKY_TEXTS

ODD = [*TRICKY_TEXTS, "", None, 7, True, [], ["a", 7], {"a": "b"}, "false", "P0", "done", "4h"]


def _file(fact: Modelled) -> bytes:
    return event_bytes(fact, event_id=EVENT, by="nat", clone=CLONE, after=[])


def _shuffled(data: st.DataObject, body: dict[str, object]) -> dict[str, object]:
    """The same body with its keys, and those of the maps in it, in another order."""
    names = data.draw(st.permutations(list(body)))
    return {
        name: _shuffled(data, dict(value)) if isinstance(value := body[name], dict) else value
        for name in names
    }


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@given(st.data())
def test_what_a_model_writes_is_said_alike_in_whatever_order_it_is_given(
    name: str, data: st.DataObject
) -> None:
    fact = data.draw(STRATEGIES[name])
    said = say(fact.type, fact.entity, _shuffled(data, fact.body()))
    assert said is not None
    assert said.effect() == fact.effect()
    assert event_bytes(said, event_id=EVENT, by="nat", clone=CLONE, after=[]) == _file(fact)


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@given(st.data())
def test_what_is_said_is_nothing_that_its_model_would_refuse_or_write_otherwise(
    name: str, data: st.DataObject
) -> None:
    fact = data.draw(STRATEGIES[name])
    body: dict[str, object] = _spoilt(data, fact.body())
    said = say(fact.type, fact.entity, body)
    if said is not None:
        model = type_registry[fact.type].model_validate({"entity": fact.entity, **body})
        assert said.effect() == model.effect()
        assert event_bytes(said, event_id=EVENT, by="nat", clone=CLONE, after=[]) == _file(model)


def _spoilt(data: st.DataObject, body: dict[str, object]) -> dict[str, object]:
    """The body with one value changed, somewhere, or one key more."""
    name = data.draw(st.sampled_from([*body, "set", "add", "note", "hub", "type", "entity"]))
    inside = body.get(name)
    if isinstance(inside, dict) and data.draw(st.booleans()):
        return {**body, name: _spoilt(data, inside)}
    return {**body, name: data.draw(st.sampled_from(ODD))}


def test_this_edit_is_said_in_the_order_of_its_model() -> None:
    given_ = {"add": {"labels": ("b", "a")}, "set": {"status": "done", "title": "Dig"}}
    said = say(TASK_EDITED, TASK, given_)
    assert said is not None
    assert said.body() == {"set": {"title": "Dig", "status": "done"}, "add": {"labels": ["b", "a"]}}
    assert repr(said.body()["set"]) == repr({"title": "Dig", "status": "done"})
    assert said.effect() == Effect(
        set={"title": "Dig", "status": "done"}, add={"labels": ("b", "a")}
    )


@pytest.mark.parametrize(
    "given_",
    [
        {"set": {"colour": "red"}},
        {"set": {"title": "two\nlines"}},
        {"colour": "red"},
        {"add": {"labels": "one"}},
        {"set": {"title": 7}},
    ],
)
def test_what_does_not_fit_is_refused_in_the_words_of_the_model(given_: dict[str, object]) -> None:
    assert say(TASK_EDITED, TASK, given_) is None
    with pytest.raises(ValidationError):
        type_registry[TASK_EDITED].model_validate({"entity": TASK, **given_})
    with pytest.raises(Usage):
        make(TASK_EDITED, TASK, **given_)


def test_a_claim_on_what_is_no_task_is_not_said() -> None:
    assert say(TASK_CLAIMED, "projects/web", {"lease": "4h"}) is None
    assert say("task.eaten", TASK, {}) is None
