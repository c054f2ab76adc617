"""The laws of the fold, each for any history, and beside it once in plain values."""

from collections.abc import Iterable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from clare.clock import DAY, HOUR, MINUTE
from clare.events.event import Event
from clare.fold import fold, history
from clare.state import Entity, Mark
from tests.core.declarative import declarative, defined, named
from tests.core.histories import (
    KEY,
    NOWHERE,
    POOL,
    add,
    at,
    claim,
    create,
    event,
    event_id,
    folded,
    forged,
    heads,
    honest,
    in_line,
    mixed,
    remove,
    retract,
    say,
    write,
)

SETS = st.one_of(honest(), forged(), mixed())


def values(entity: Entity, name: str) -> list[str]:
    return [head.value for head in entity.fields[name]]


# Folding is a function of the set.


@given(SETS, st.randoms(use_true_random=False), st.integers(0, 3))
def test_arrival_order_duplicates_and_grouping_change_nothing(
    events: list[Event], random: Random, copies: int
) -> None:
    arrived = [*events, *events[:copies]]
    random.shuffle(arrived)
    middle = len(arrived) // 2
    grouped = {each.id: each for each in arrived[middle:]} | {e.id: e for e in arrived[:middle]}
    assert fold(KEY, arrived) == fold(KEY, events)
    assert fold(KEY, grouped.values()) == fold(KEY, events)


def test_an_edit_that_arrives_before_its_creation_folds_the_same() -> None:
    born = event(0, "plum", create("parser"))
    edit = event(-5, "apricot", write(title="lexer"), after=[born])
    assert folded(edit, born, edit) == folded(born, edit)
    assert folded(edit, born).value("title") == "lexer"
    assert folded(edit, born).created == Mark(born.id, "nat")


def test_no_events_fold_to_an_entity_that_does_not_exist() -> None:
    assert folded() == Entity(key=KEY)


# The fold is what its definition says.


@settings(max_examples=400)
@given(honest())
def test_the_fold_of_honest_sets_is_the_declarative_one(events: list[Event]) -> None:
    assert fold(KEY, events) == declarative(KEY, events)


@settings(max_examples=400)
@given(st.one_of(forged(), mixed()))
def test_the_fold_of_forged_sets_is_the_declarative_one(events: list[Event]) -> None:
    assert fold(KEY, events) == declarative(KEY, events)


@settings(max_examples=400)
@given(in_line())
def test_the_fold_of_a_line_is_the_declarative_one(events: list[Event]) -> None:
    assert fold(KEY, events) == declarative(KEY, events)


@settings(max_examples=200)
@given(st.one_of(in_line(), honest(), forged()))
def test_every_history_says_who_saw_whom_as_the_definition_does(events: list[Event]) -> None:
    past, (it, let_through) = history(events), defined(events)
    assert [each.id for each in past.events] == it.order
    assert [report.partition(" ")[0] for report in past.reports] == list(let_through)
    for viewer, one in enumerate(it.order):
        assert {other for other in it.order if past.saw(viewer, other)} == {
            other for other in it.order if (one, other) in it.seen
        }


def test_a_long_history_in_a_line_costs_no_memory_for_who_saw_whom() -> None:
    events: list[Event] = []
    for number in range(2_000):
        events.append(event(number, "plum", write(title=str(number)), after=events[-1:]))
    assert history(events).past == ()
    state = folded(*events)
    assert values(state, "title") == ["1999"]
    assert state.heads == (events[-1].id,)


def test_in_a_line_one_that_names_a_later_event_is_on_a_cycle_as_anywhere() -> None:
    born = event(0, "plum", create("parser"))
    later = event_id(2, "plum")
    forged = event(1, "plum", write(title="x"), after=[born, later])
    last = event(2, "plum", write(title="y"), after=[forged])
    state = folded(born, forged, last)
    assert state.reports == (f"{forged.id} is on a cycle of events that name each other: forged",)
    assert state == declarative(KEY, [born, forged, last])


def test_both_folds_give_this_state_of_a_working_day() -> None:
    born = event(0, "plum", create("parser"))
    taken = event(1, "plum", claim(lease=HOUR), after=[born])
    label = event(2, "apricot", add("red", "green"), after=[born], by="mo")
    gone = event(3, "apricot", remove("red"), after=[label], by="mo")
    said = event(40, "plum", say("halfway"), after=[taken])
    state = folded(born, taken, label, gone, said)
    assert state == declarative(KEY, [born, taken, label, gone, said])
    assert state.exists
    assert state.value("title") == "parser"
    assert state.elements("labels") == ("green",)
    assert [comment.text for comment in state.comments] == ["halfway"]
    assert [(held.by, held.end) for held in state.claims] == [("nat", at(40 + 60))]
    assert state.updated == Mark(said.id, "nat")
    assert state.heads == (gone.id, said.id)
    assert state.reports == ()


# Folding never raises, and a forgery costs nobody else the order.


def on_cycles(events: Iterable[Event]) -> set[str]:
    parents = named({each.id: each for each in events})
    reached = {key: set(names) for key, names in parents.items()}
    for _ in parents:
        reached = {k: s.union(*(reached[other] for other in s)) for k, s in reached.items()}
    return {key for key, names in reached.items() if key in names}


@given(st.one_of(forged(), mixed()))
def test_whatever_is_forged_an_event_outside_the_cycle_follows_all_it_names(
    events: list[Event],
) -> None:
    past = history(events)
    cyclic = on_cycles(events)
    assert len(past.events) == len(events)
    assert bool(past.reports) == bool(cyclic)
    for viewer, each in enumerate(past.events):
        present = [name for name in each.names() if name in past.place]
        if each.id not in cyclic:
            assert all(past.place[name] < viewer for name in present)
            assert all(past.saw(viewer, name) for name in present)


@given(mixed())
def test_honest_events_see_the_same_of_each_other_whatever_is_forged(events: list[Event]) -> None:
    true = [each for each in events if each.id not in POOL]
    alone, among = history(true), history(events)
    for viewer, each in enumerate(alone.events):
        for other in true:
            if alone.saw(viewer, other.id):
                assert among.saw(among.place[each.id], other.id)


def test_a_forged_cycle_is_reported_and_the_rest_keeps_its_state() -> None:
    born = event(0, "plum", create("parser"))
    first = event(1, "cherry", write(body="x"), after=[event_id(2, "cherry")])
    second = event(2, "cherry", write(body="y"), after=[first])
    edit = event(3, "plum", write(title="lexer"), after=[born, second])
    state = folded(born, first, second, edit)
    assert state.value("title") == "lexer"
    assert values(state, "body") == ["y"]
    assert state.reports == (f"{first.id} is on a cycle of events that name each other: forged",)


def test_an_event_that_names_itself_and_what_is_not_there_is_an_event_without_parents() -> None:
    itself = event_id(1, "plum")
    lone = event(1, "plum", write(title="x"), after=[itself, NOWHERE])
    assert folded(lone).value("title") == "x"
    assert folded(lone).heads == (lone.id,)
    assert folded(lone._replace(effect=retract(lone))).reports == ()


# Causality beats clocks.


@given(honest())
def test_a_write_that_had_seen_another_replaces_it_whatever_the_clocks_say(
    events: list[Event],
) -> None:
    past = history(events)
    retracted = {name for each in events for name in each.effect.retracts}
    for name, shown in fold(KEY, events).fields.items():
        writers = [each.id for each in past.events if name in each.effect.set]
        saw = {(a, b) for a in writers for b in writers if past.saw(past.place[a], b)}
        newest = {head.event for head in shown}
        assert not {(a, b) for a, b in saw if {a, b} <= newest}
        assert set(writers) - newest <= {seen for _, seen in saw} | retracted


@given(honest(), st.sampled_from([-2 * DAY, -HOUR, 0, HOUR, 2 * DAY]))
def test_a_write_that_had_seen_everything_shows_alone_whatever_its_clock(
    events: list[Event], skew: int
) -> None:
    last = event(skew / MINUTE, "late", write(title="last"), after=heads(events))
    state = fold(KEY, [*events, last])
    assert values(state, "title") == ["last"]
    assert "title" not in state.contested


def test_a_right_clock_overwrites_what_a_clock_two_days_ahead_wrote() -> None:
    born = event(0, "plum", create("parser"))
    ahead = event(2 * 24 * 60, "apricot", write(title="from the future"), after=[born])
    right = event(5, "plum", write(title="now"), after=[ahead])
    state = folded(born, ahead, right)
    assert values(state, "title") == ["now"]
    assert state.contested == ()


# Retraction takes away the effect and leaves everything else.


def without(events: Iterable[Event], lost: Event) -> list[Event]:
    """The events without one of them, its children inheriting its parents."""

    def child(each: Event) -> Event:
        if lost.id not in each.names():
            return each
        effect = each.effect._replace(
            retracts=tuple(name for name in each.effect.retracts if name != lost.id),
            ends=tuple(name for name in each.effect.ends if name != lost.id),
        )
        after = {*each.after, *lost.names()} - {lost.id}
        return each._replace(after=tuple(sorted(after)), effect=effect)

    return [child(each) for each in events if each.id != lost.id]


def but_for_the_record(entity: Entity) -> Entity:
    """Without lease ends, the order of comments and what tells that there was a retraction."""
    return entity._replace(
        claims=tuple(held._replace(end=0) for held in entity.claims),
        comments=tuple(sorted(entity.comments, key=lambda comment: comment.event)),
        updated=None,
        heads=(),
    )


@settings(max_examples=300)
@given(honest().filter(bool), st.integers(0, 1_000))
def test_a_retracted_event_is_as_if_it_had_never_been(events: list[Event], choice: int) -> None:
    lost = events[choice % len(events)]
    undo = event(10_000, "undoer", retract(lost), after=heads(events), by="zoe")
    state = fold(KEY, [*events, undo])
    assert but_for_the_record(state) == but_for_the_record(fold(KEY, without(events, lost)))
    assert state.heads == (undo.id,)


def test_an_undone_edit_gives_the_field_back_to_the_one_before() -> None:
    born = event(0, "plum", create("parser"))
    edit = event(1, "plum", write(title="lexer", status="done"), after=[born])
    undo = event(2, "apricot", retract(edit), after=[edit])
    state = folded(born, edit, undo)
    assert state.value("title") == "parser"
    assert "status" not in state.fields
    assert state.updated == Mark(undo.id, "nat")


def test_an_undone_event_does_not_decide_which_of_two_creations_was_first() -> None:
    ahead = event(9, "plum", say("ahead"))
    early = event(3, "plum", create("early"), after=[ahead])
    late = event(7, "apricot", create("late"))
    undo = event(20, "plum", retract(ahead), after=[early, late])
    assert folded(ahead, early, late, undo).created == Mark(early.id, "nat")
    assert folded(early, late).created == Mark(early.id, "nat")


def test_an_undone_creation_leaves_what_others_wrote_and_no_task() -> None:
    born = event(0, "plum", create("parser"))
    edit = event(1, "apricot", write(title="lexer"), after=[born])
    state = folded(born, edit, event(2, "plum", retract(born), after=[edit]))
    assert not state.exists
    assert state.created is None
    assert state.value("title") == "lexer"


# Sets are changed element by element.


@given(honest(), st.integers(-3, 3), st.integers(-3, 3))
def test_an_element_added_concurrently_survives_the_remove(
    events: list[Event], minute: int, other: int
) -> None:
    seen = heads(events)
    plus = event(minute, "adder", add("red"), after=seen)
    minus = event(other, "remover", remove("red", "green"), after=seen)
    state = fold(KEY, [*events, plus, minus])
    assert state.sets["labels"] == {"red": (plus.id,)}


@given(honest())
def test_a_remove_that_had_seen_every_add_leaves_nothing(events: list[Event]) -> None:
    last = event(0, "remover", remove("red", "green"), after=heads(events))
    assert fold(KEY, [*events, last]).elements("labels") == ()


def test_a_label_added_again_elsewhere_survives_its_removal_here() -> None:
    first = event(0, "plum", add("red", "green"))
    again = event(1, "apricot", add("red"), after=[first])
    gone = event(2, "plum", remove("red", "green", "never there"), after=[first])
    state = folded(first, again, gone)
    assert state.elements("labels") == ("red",)
    assert state.sets["labels"]["red"] == (again.id,)


def test_a_remove_acts_before_the_add_of_the_same_event() -> None:
    first = event(0, "plum", add("red"))
    both = remove("red")._replace(add={"labels": ("red", "red")})
    second = event(1, "plum", both, after=[first])
    assert folded(first, second).sets["labels"] == {"red": (second.id,)}


def test_a_remove_from_a_set_that_nobody_filled_does_nothing() -> None:
    assert folded(event(0, "plum", remove("red"))).sets == {}


# Nothing is lost silently: contested until somebody has seen it all.


@given(honest())
def test_concurrent_writes_are_contested_until_a_write_has_seen_them_all(
    events: list[Event],
) -> None:
    seen = heads(events)
    one = event(1, "one", write(title="one"), after=seen)
    two = event(2, "two", write(title="two"), after=seen)
    half = event(3, "one", write(title="three"), after=[one])
    said = event(4, "two", say("seen it all"), after=[half, two])
    settled = event(-9_000, "one", write(title="settled"), after=[half, two])
    contested = fold(KEY, [*events, one, two, half, said])
    assert "title" in contested.contested
    assert values(contested, "title") == ["two", "three"]
    assert contested.value("title") == "three"
    assert values(fold(KEY, [*events, one, two, half, said, settled]), "title") == ["settled"]


@given(SETS)
def test_contested_is_having_heads_of_different_value(events: list[Event]) -> None:
    state = fold(KEY, events)
    for name, shown in state.fields.items():
        assert (name in state.contested) == any(head.value != shown[0].value for head in shown)
        assert state.write(name) == max(shown, key=lambda head: head.event)


def test_two_titles_are_contested_and_two_equal_ones_are_not() -> None:
    born = event(0, "plum", create("parser"))
    here = event(1, "plum", write(title="lexer", status="review"), after=[born])
    there = event(2, "apricot", write(title="scanner", status="review"), after=[born])
    state = folded(born, here, there)
    assert state.contested == ("title",)
    assert state.value("title") == "scanner"
    assert len(state.fields["status"]) == 2
    settled = event(1.5, "plum", write(title="lexer"), after=[here, there])
    assert folded(born, here, there, settled).contested == ()


def test_a_field_cleared_with_empty_text_counts_as_absent() -> None:
    due = event(0, "plum", write(due="2026-12-01"))
    clear = event(1, "plum", write(due=""), after=[due])
    state = folded(due, clear)
    assert (state.value("due"), state.value("due", "never")) == ("", "never")
    assert state.value("assignee", "nobody") == "nobody"
    assert state.write("assignee") is None
