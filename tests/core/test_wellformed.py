"""The short way from a mapping to an event gives what the models give, or nothing."""

import subprocess
import sys
from typing import ClassVar, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator

from clare.events import read as reading
from clare.events import wellformed
from clare.events.checks import Check, Choice
from clare.events.event import Effect, Event, Node
from clare.events.fact import Fact, Model, type_registry
from clare.events.host import HostFields, HostSets
from clare.events.lenient import read_any
from clare.events.project import ProjectFields
from clare.events.read import Malformed
from clare.events.task import TaskFact, TaskFields, TaskSets
from clare.events.text import event_bytes
from clare.events.view import ViewFields
from clare.store.files import parse
from tests.core.facts import (
    ACTORS,
    CLONE,
    CLONES,
    EARLIER,
    ENVELOPE,
    EVENT,
    EVENT_IDS,
    HOST,
    PINNED,
    PROJECT,
    STRATEGIES,
    TASK,
    TRICKY_TEXTS,
    VIEW,
    mapping,
    written,
)


def agreed(whole: dict[str, Node]) -> Event | None:
    """What the short way says, checked against the models."""
    short = wellformed.read(whole)
    if short is not None:
        long = read_any(whole)
        assert short == long
        assert types(short.effect) == types(long.effect)
        for name in ("set", "add", "remove"):  # in the same order too: lists show it
            assert list(getattr(short.effect, name)) == list(getattr(long.effect, name))
    return short


def types(effect: Effect) -> list[type]:
    """What equality does not tell apart: 1 and True, a list and a tuple."""
    return [
        *(type(getattr(effect, name)) for name in Effect._fields),
        *(type(elements) for elements in [*effect.add.values(), *effect.remove.values()]),
    ]


# What is well-formed.


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@given(st.data())
def test_the_short_way_reads_every_event_that_the_models_write(
    name: str, data: st.DataObject
) -> None:
    fact, one = data.draw(STRATEGIES[name]), data.draw(EVENT_IDS)
    who, clone = data.draw(ACTORS), data.draw(CLONES)
    after = data.draw(st.lists(EVENT_IDS, max_size=3))
    file = event_bytes(fact, event_id=one, by=who, clone=clone, after=after)
    assert agreed(parse(file)) is not None


def test_the_short_way_reads_this_claim_and_this_edit() -> None:
    claim = wellformed.read(mapping(type="task.claimed", lease="4h", hub="true", after=[EARLIER]))
    assert claim == Event(
        EVENT, "task.claimed", "nat", CLONE, TASK, (EARLIER,), Effect(lease=14_400_000, hub=True)
    )
    edit = wellformed.read(mapping(set={"status": "done"}, remove={"labels": ["a", "a"]}))
    assert edit is not None
    assert edit.effect == Effect(set={"status": "done"}, remove={"labels": ("a", "a")})


def checks_of(model: type[Model]) -> list[tuple[str, object]]:
    """Each field of a model with its check, straight from its declaration."""
    return [(name, check_of(field)) for name, field in model.model_fields.items()]


def check_of(field: object) -> object:
    annotation, metadata = getattr(field, "annotation", None), getattr(field, "metadata", [])
    if get_args(annotation) and annotation is not None and not metadata:
        first = get_args(annotation)[0]
        if isinstance(first, str):
            return Choice(tuple(get_args(annotation)))
        metadata = first.__metadata__
    (validator,) = metadata
    assert isinstance(validator, AfterValidator)
    return validator.func


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (TaskFields, wellformed.TASK_FIELDS),
        (TaskSets, wellformed.TASK_SETS),
        (ProjectFields, wellformed.PROJECT_FIELDS),
        (ViewFields, wellformed.VIEW_FIELDS),
        (HostFields, wellformed.HOST_FIELDS),
        (HostSets, wellformed.HOST_SETS),
    ],
)
def test_the_tables_hold_what_the_models_declare_in_their_order(
    model: type[Model], values: dict[str, Check]
) -> None:
    assert list(values.items()) == checks_of(model)


def test_every_type_with_a_shape_is_one_of_the_models_and_has_its_fields() -> None:
    for name, shape in wellformed.SHAPES.items():
        model = type_registry[name]
        assert (shape.kind,) == (model.kinds or ("",))
        assert shape.keys == {*ENVELOPE, "after", *model.model_fields}


def test_every_type_has_a_shape() -> None:
    assert set(wellformed.SHAPES) == set(type_registry)


def test_an_event_type_that_is_only_a_model_is_read_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(type_registry, "task.weighed", Fact)

    class TaskWeighed(TaskFact):
        type: ClassVar[str] = "task.weighed"
        grams: str

        def effect(self) -> Effect:
            return Effect(set={"weight": self.grams})

    file = written(TaskWeighed(entity=TASK, grams="12"))
    event = reading.read(parse(file))
    assert wellformed.read(parse(file)) is None
    assert (event.effect, event.carried, event.unfit) == (Effect(set={"weight": "12"}), (), ())


def test_reading_what_is_well_formed_loads_neither_the_models_nor_yaml() -> None:
    script = (
        "import sys\n"
        "from clare.events.read import read\n"
        "from clare.store.files import parse\n"
        "read(parse(sys.stdin.buffer.read()))\n"
        "print(sorted({'pydantic', 'yaml', 'clare.events.fact'} & set(sys.modules)))"
    )

    def loaded(data: bytes) -> bytes:
        run = [sys.executable, "-c", script]
        return subprocess.run(run, input=data, capture_output=True, check=True).stdout

    file = written(PINNED["task.created"])
    assert loaded(file) == b"[]\n"
    assert loaded(file + b"mood: good\n") == b"['clare.events.fact', 'pydantic']\n"
    assert b"yaml" in loaded(file + b"# by hand\n")


# Anything else: the same or nothing.

TEXTS = st.one_of(
    st.sampled_from(TRICKY_TEXTS),
    st.sampled_from(["done", "active", "P1", "P5", "4h", "0h", "90000s", "true", "false", "yes"]),
    st.sampled_from(
        [EARLIER, EVENT, TASK, PROJECT, CLONE, "nat", "-x", "a b", "x" * 1_001, "7qk2"]
    ),
    st.sampled_from(["7qk2m9xw4v0c", "parser", "con", "2026-02-30", "2026-12-01", "2 weeks", "2w"]),
    st.sampled_from(
        ["\ud800", "a\ud800", "é" * 25_000, "\u202e", "a\u200bb", "a\x85b", "\xa0", ""]
    ),
    st.text(max_size=8),
)
NODES: st.SearchStrategy[Node] = st.one_of(
    TEXTS,
    st.lists(TEXTS, max_size=3),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.lists(st.lists(TEXTS, max_size=1), max_size=1),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
)
INSIDE = sorted(
    {
        *(*TaskFields.model_fields, *TaskSets.model_fields, *HostFields.model_fields),
        *(*HostSets.model_fields, "repo", "query", "columns", "new"),
    }
)
BODY = sorted({key for shape in wellformed.SHAPES.values() for key in shape.keys} | {"sig", "new"})
MADE = [parse(written(fact)) for fact in PINNED.values()]


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Node]:
    """The mapping of an event with some values changed, added, removed or moved."""
    facts = st.one_of([STRATEGIES[name] for name in sorted(STRATEGIES)])
    whole = draw(st.one_of(st.sampled_from(MADE), facts.map(written).map(parse)))
    whole = {key: dict(v) if isinstance(v, dict) else v for key, v in whole.items()}
    for _ in range(draw(st.integers(1, 2))):
        key = draw(st.sampled_from([*whole, *whole, *BODY]))
        inside = whole.get(key)
        if isinstance(inside, dict) and draw(st.integers(0, 3)):
            name = draw(st.sampled_from([*inside, *INSIDE]))
            change(draw, inside, name)
        else:
            change(draw, whole, key)
    return whole


def change(draw: st.DrawFn, tree: dict[str, Node], key: str) -> None:
    before = tree.pop(key, None)
    how = draw(st.sampled_from(["gone", "last", "text", "type", "any"]))
    if how == "last" and before is not None:
        tree[key] = before
    elif how == "text":
        tree[key] = draw(TEXTS)
    elif how == "type" and key == "type":
        tree[key] = draw(st.sampled_from([*type_registry, "task.split", "x"]))
    elif how != "gone":
        tree[key] = draw(NODES)


@settings(max_examples=2500)
@given(changed())
@example(mapping(set={"status": "done", "title": "after it"}))
@example(mapping(type="task.claimed"))
@example(mapping(type="task.released", ends=[]))
@example(mapping(type="view.saved"))
@example(mapping(type="view.saved", entity=VIEW, set={"query": "x"}, add={}))
@example(mapping(type="host.added", entity=HOST, add={"labels": ["a"], "roles": ["b"]}))
@example(mapping(type="host.added", entity=HOST, remove={"roles": ["b"]}))
@example(mapping(type="host.edited", entity=HOST, add={"needs": ["7qk2m9xw4v0c"]}))
@example(mapping(type="host.edited", entity=TASK, set={"about": "x"}))
@example(mapping(type="event.retracted", entity="sprints/one", retracts=[EARLIER]))
@example(mapping(sig="x"))
@example(mapping(type="task.commented", text="a\ud800"))
@example(mapping(set={"title": "a\ud800"}))
@example(mapping(add={"labels": []}, remove={}))
def test_of_a_changed_event_the_short_way_says_the_same_or_nothing(whole: dict[str, Node]) -> None:
    try:
        agreed(whole)
    except Malformed:
        pytest.fail("the models refuse what the short way reads")
