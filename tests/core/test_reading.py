"""Reading is strict about who and when, lenient about what: what is newer is carried."""

import pytest
from pydantic import ValidationError

from clare.events.event import Effect
from clare.events.fact import Fact, Retracted
from clare.events.fields import MAX_LINE
from clare.events.read import Malformed, Node, read
from clare.events.task import TaskEdited, TaskFields
from clare.store.files import parse
from tests.core.facts import (
    EARLIER,
    ENVELOPE,
    EVENT,
    HOST,
    PROJECT,
    TASK,
    mapping,
    written,
)

UNFIT: dict[str, list[str]] = {
    "title": ["", " ", "a\nb", "a\x85b", "a\u2028b", "a\x00", "x" * (MAX_LINE + 1)],
    "project": ["Parser", "../a", "con"],
    "type": ["", "two words", "-x", "a,b", "x" * 101, "a\x1bb"],
    "status": ["", "closed"],
    "priority": ["P5", "1"],
    "pinned": ["yes", "True"],
    "parent": ["7qk2", "7qk2m9xw4v0u"],
    "assignee": ["-x", "a b"],
    "due": ["tomorrow", "2026-02-30"],
}


@pytest.mark.parametrize(("field", "value"), [(k, v) for k, vs in UNFIT.items() for v in vs])
def test_a_value_that_does_not_fit_is_left_out_and_reported(field: str, value: str) -> None:
    with pytest.raises(ValidationError):
        TaskFields.model_validate({field: value})
    event = read(mapping(set={field: value, "body": "fits"}))
    assert event.effect.set == {"body": "fits"}
    assert [report.partition(":")[0] for report in event.unfit] == [f"set.{field}"]
    assert event.carried == ()


# Reading is lenient about what.


def test_unfit_elements_are_left_out_one_by_one() -> None:
    event = read(mapping(add={"labels": ["a", "b c", "d", "", "e"], "needs": "7qk2m9xw4v0c"}))
    assert event.effect.add == {"labels": ("a", "d", "e")}
    assert [report.partition(":")[0] for report in event.unfit] == [
        "add.needs",
        "add.labels.3",
        "add.labels.1",
    ]


def test_a_value_of_the_wrong_shape_is_left_out() -> None:
    event = read(mapping(set="x", add=["y"], remove={"labels": {"z": "1"}}))
    assert event.effect == Effect()
    assert len(event.unfit) == 3


def test_an_unknown_type_acts_as_far_as_it_is_understood() -> None:
    event = read(
        mapping(
            type="task.split",
            set={"title": "half", "mood": "good", "status": "gone"},
            add={"labels": ["a"], "watchers": ["nat", ["x"]]},
            remove={"labels": ["b"], "watchers": ["mo"]},
            retracts=[EARLIER],
            ends=[EARLIER],
            into=["7qk2m9xw4v0c"],
        )
    )
    assert event.effect == Effect(
        set={"title": "half", "mood": "good"},
        add={"labels": ("a",), "watchers": ("nat",)},
        remove={"labels": ("b",), "watchers": ("mo",)},
        retracts=(EARLIER,),
        ends=(EARLIER,),
    )
    assert event.carried[0] == "type task.split"
    assert {"into", "set.mood", "add.watchers", "remove.watchers"} == set(event.carried[1:])
    assert [report.partition(":")[0] for report in event.unfit] == ["set.status"]


def test_an_unknown_type_about_a_project_acts_too() -> None:
    event = read(
        mapping(
            type="project.moved",
            entity=PROJECT,
            set={"title": "Parser", "priority": "P0", "status": "open"},
            add={"labels": ["a"]},
            retracts=[EARLIER],
        )
    )
    assert event.effect == Effect(
        set={"title": "Parser", "priority": "P0"}, add={"labels": ("a",)}, retracts=(EARLIER,)
    )
    assert {"set.priority", "add"} <= set(event.carried)


def test_an_unknown_type_about_a_host_acts_too() -> None:
    event = read(
        mapping(
            type="host.moved",
            entity=HOST,
            set={"about": "in the rack", "address": "10.0.0.7"},
            add={"roles": ["hub", "two words"], "ports": ["22"]},
            remove={"labels": ["loud"]},
            retracts=[EARLIER],
        )
    )
    assert event.effect == Effect(
        set={"about": "in the rack", "address": "10.0.0.7"},
        add={"roles": ("hub",), "ports": ("22",)},
        remove={"labels": ("loud",)},
        retracts=(EARLIER,),
    )
    assert {"type host.moved", "set.address", "add.ports"} == set(event.carried)
    assert [report.partition(":")[0] for report in event.unfit] == ["add.roles.1"]


def test_an_unknown_kind_of_entity_has_fields_and_sets() -> None:
    event = read(
        mapping(
            type="sprint.planned",
            entity="sprints/one",
            set={"title": "", "goal": "ship", "odd": ["x"]},
            add={"tasks": ["a", "b"]},
            remove={"tasks": ["c"]},
            retracts=[EARLIER, "not an id"],
            ends=[EARLIER],
            days="10",
        )
    )
    assert event.effect == Effect(
        set={"title": "", "goal": "ship"},
        add={"tasks": ("a", "b")},
        remove={"tasks": ("c",)},
        retracts=(EARLIER,),
        ends=(EARLIER,),
    )
    assert event.carried == ("type sprint.planned", "days")
    assert len(event.unfit) == 2


def test_a_new_field_of_a_known_type_is_carried_and_the_rest_acts() -> None:
    event = read(mapping(type="task.claimed", lease="4h", hub="true", colour="red"))
    assert event.effect == Effect(lease=14_400_000, hub=True)
    assert event.carried == ("colour",)


@pytest.mark.parametrize("hub", ["yes", "on", "1", "True", "t", "", ["true"]])
def test_a_flag_is_true_or_false_and_nothing_else(hub: Node) -> None:
    event = read(mapping(type="task.claimed", lease="4h", hub=hub))
    assert event.effect == Effect(lease=14_400_000)
    assert [report.partition(":")[0] for report in event.unfit] == ["hub"]
    assert read(mapping(type="task.claimed", lease="4h", hub="false")).effect.hub is False


@pytest.mark.parametrize("lease", ["", "forever", "0h", "1000000d", ["4h"], {"h": "4"}])
def test_a_claim_without_a_lease_that_fits_is_no_claim(lease: Node) -> None:
    event = read(mapping(type="task.claimed", lease=lease, set={"mood": "good"}))
    assert event.effect == Effect(set={"mood": "good"})
    assert "lease is missing" in event.unfit


def test_a_comment_without_text_is_no_comment() -> None:
    event = read(mapping(type="task.commented"))
    assert event.effect == Effect()
    assert event.unfit == ("text is missing",)


def test_the_place_for_a_signature_is_nothing_unknown() -> None:
    event = read(mapping(sig="abc", set={"status": "done"}))
    assert (event.carried, event.unfit) == ((), ())


def test_a_file_full_of_what_does_not_fit_is_read_and_all_of_it_reported() -> None:
    event = read(mapping(add={"needs": ["x"] * 20_000}, **{f"k{n}": "" for n in range(9_000)}))
    assert (len(event.unfit), len(event.carried)) == (20_000, 9_000)


# Reading is strict about who and when.


@pytest.mark.parametrize("key", ["id", "type", "by", "clone", "entity"])
def test_without_its_envelope_a_file_is_no_event(key: str) -> None:
    rest = {name: value for name, value in ENVELOPE.items() if name != key}
    with pytest.raises(Malformed, match=key):
        read(rest)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "../../etc/passwd"),
        ("id", EVENT + "\n"),
        ("id", ["x"]),
        ("type", "edited"),
        ("type", "task.edited\n"),
        ("type", {"a": "b"}),
        ("by", "-rf"),
        ("by", "n\x1bat"),
        ("clone", "ILOU"),
        ("entity", "tasks/../x"),
        ("entity", "tasks/parser"),
        ("entity", PROJECT),
        ("after", EARLIER),
        ("after", ["x"]),
        ("after", ""),
        ("after", {EARLIER: ""}),
    ],
)
def test_an_envelope_that_does_not_fit_is_no_event(key: str, value: Node) -> None:
    with pytest.raises(Malformed, match=rf"^({key}|type)"):
        read(mapping(**{key: value}))


def test_a_retraction_fits_every_kind_and_has_seen_what_it_names() -> None:
    event = read(mapping(type="event.retracted", entity="sprints/one", retracts=[EARLIER, EVENT]))
    assert list(event.names()) == [EARLIER]
    assert Retracted(entity="sprints/one", retracts=(EARLIER,)).effect() == Effect(
        retracts=(EARLIER,)
    )


def test_the_base_of_all_facts_says_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Fact(entity=TASK).effect()


def test_a_fact_writes_only_what_was_given() -> None:
    fact = TaskEdited(entity=TASK, set=TaskFields(assignee=""))
    assert fact.body() == {"set": {"assignee": ""}}
    assert read(parse(written(fact))).effect.set == {"assignee": ""}
