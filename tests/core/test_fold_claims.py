"""Claims are a set; who holds the task is derived from it."""

from hypothesis import given

from clare.clock import HOUR
from clare.events.event import Event
from clare.fold import fold, history
from tests.core.histories import KEY, NOWHERE, at, claim, end, event, folded, honest, say


@given(honest())
def test_of_the_claims_left_no_later_one_had_seen_an_earlier_one_of_its_rank(
    events: list[Event],
) -> None:
    past, state = history(events), fold(KEY, events)
    assert list(state.claims) == sorted(state.claims, key=lambda held: (not held.hub, held.event))
    for held in state.claims:
        newer = [each.event for each in state.claims if each.hub or not held.hub]
        assert not any(past.saw(past.place[other], held.event) for other in newer)


def test_two_concurrent_claims_are_held_by_the_first_and_then_by_the_other() -> None:
    one = event(0, "plum", claim(lease=HOUR))
    two = event(1, "apricot", claim(lease=3 * HOUR), by="mo")
    state = folded(one, two)
    first, second = state.holder(now=at(65)), state.holder(now=at(65.1))
    assert first is not None
    assert second is not None
    assert (first.event, second.event) == (one.id, two.id)
    assert state.holder(now=at(186.1)) is None
    assert first.is_of(actor="nat", clone=one.clone)
    assert not first.is_of(actor="nat", clone=two.clone)


def test_a_release_ends_the_claims_it_names_and_no_others() -> None:
    one = event(0, "plum", claim())
    two = event(1, "apricot", claim(), by="mo")
    freed = event(2, "cherry", end(one, NOWHERE))
    assert [held.event for held in folded(one, two, freed).claims] == [two.id]


def test_acknowledged_files_are_kept_once_each_and_sorted() -> None:
    one = event(0, "plum", say("b")._replace(acknowledges=("b@2", "a@1")))
    two = event(1, "plum", say("a")._replace(acknowledges=("a@1",)))
    assert folded(one, two).acknowledged == ("a@1", "b@2")


def test_a_lease_is_renewed_by_its_actor_on_its_clone_only() -> None:
    taken = event(0, "plum", claim(lease=HOUR))
    elsewhere = event(10, "apricot", say("same actor"), after=[taken])
    other = event(20, "plum", say("same clone"), after=[taken], by="mo")
    unaware = event(30, "plum", say("had not seen it"))
    mine = event(40, "plum", say("me"), after=[taken])
    earlier = event(5, "plum", say("by a clock that went back"), after=[mine])
    assert [c.end for c in folded(taken, elsewhere, other, unaware).claims] == [at(60)]
    assert [c.end for c in folded(taken, mine, earlier).claims] == [at(100)]
