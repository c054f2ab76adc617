"""The traps of the fold that a model checker found, each as one scenario in plain values.

The numbers are those of the list of traps. Traps 4, 13 and 15 are decisions of services and sync
alone and have no part in the fold.
"""

from clare.clock import HOUR, MINUTE
from clare.events.event import Effect
from clare.state import Claim, Entity
from tests.core.histories import (
    at,
    claim,
    create,
    end,
    event,
    event_id,
    folded,
    retract,
    say,
    write,
)

DAYS = 24 * 60


def shown(entity: Entity, name: str) -> list[str]:
    return [head.value for head in entity.fields[name]]


def holder(entity: Entity, minutes: float) -> str | None:
    held = entity.holder(now=at(minutes))
    return held.by if held else None


def lease_of(entity: Entity) -> Claim:
    (only,) = entity.claims
    return only


def test_trap_01_a_claim_replaces_every_claim_it_had_seen() -> None:
    mine = event(0, "plum", claim())
    freed = event(1, "plum", end(mine), after=[mine])
    won = event(2, "apricot", claim(), after=[freed], by="mo")
    undo = event(3, "plum", retract(freed), after=[won])
    state = folded(mine, freed, won, undo)
    assert [held.event for held in state.claims] == [won.id]
    assert holder(state, 4) == "mo"


def test_trap_02_a_renewal_that_the_winner_had_not_seen_does_not_bring_the_claim_back() -> None:
    mine = event(0, "plum", claim(lease=30 * MINUTE, hub=True))
    said = event(29, "plum", say("still at it"), after=[mine])
    won = event(36, "apricot", claim(lease=30 * MINUTE, hub=True), after=[mine], by="mo")
    assert holder(folded(mine, said), 37) == "nat"
    assert holder(folded(mine, said, won), 37) == "mo"
    assert holder(folded(mine, said, won), 72) is None


def test_trap_03_a_claim_with_the_hubs_word_goes_first() -> None:
    alone = event(0, "apricot", claim(), by="mo")
    won = event(1, "plum", claim(hub=True))
    assert holder(folded(alone, won), 2) == "nat"
    assert [held.hub for held in folded(alone, won).claims] == [True, False]


def test_trap_03_a_claim_without_the_hubs_word_does_not_replace_one_that_has_it() -> None:
    won = event(0, "plum", claim(hub=True))
    by_hand = event(1, "apricot", claim(), after=[won], by="mo")
    again = event(2, "cherry", claim(hub=True), after=[won, by_hand], by="kim")
    assert holder(folded(won, by_hand), 3) == "nat"
    assert [held.by for held in folded(won, by_hand, again).claims] == ["kim"]


def test_trap_05_of_two_statuses_the_highest_id_shows_whatever_came_before_them() -> None:
    born = event(0, "plum", create("parser"))
    unrelated = event(2 * DAYS, "plum", say("from the future"), after=[born])
    review = event(1, "plum", write(status="review"), after=[unrelated])
    done = event(2, "apricot", write(status="done"), after=[born])
    plain = event(1, "plum", write(status="review"), after=[born])
    assert folded(born, unrelated, review, done).value("status") == "done"
    assert folded(born, plain, done).value("status") == "done"


def test_trap_06_a_retracted_event_keeps_its_place_so_that_settling_settles() -> None:
    here = event(0, "plum", create("parser"))
    there = event(1, "apricot", create("lexer"))
    said = event(2, "plum", say("both?"), after=[here, there])
    undo = event(3, "plum", retract(said), after=[said])
    settled = event(4, "plum", write(title="parser"), after=[undo])
    assert folded(here, there, said, undo).contested == ("title",)
    state = folded(here, there, said, undo, settled)
    assert state.contested == ()
    assert shown(state, "title") == ["parser"]
    assert state.comments == ()


def test_trap_07_of_two_retractions_that_name_each_other_the_last_acts() -> None:
    edit = event(0, "plum", write(title="parser"))
    first, second = event_id(1, "cherry"), event_id(2, "cherry")
    early = event(1, "cherry", retract(edit, second), after=[edit])
    late = event(2, "cherry", retract(first))
    state = folded(edit, early, late)
    assert shown(state, "title") == ["parser"]
    assert state.reports == (f"{first} is on a cycle of events that name each other: forged",)


def test_trap_07_a_retraction_of_what_is_not_there_takes_nothing_away() -> None:
    edit = event(0, "plum", write(title="parser"))
    elsewhere = event(1, "cherry", retract(event_id(0, "other-task")), after=[edit])
    assert shown(folded(edit, elsewhere), "title") == ["parser"]


def test_trap_08_an_event_without_after_has_seen_only_what_it_names() -> None:
    born = event(0, "plum", create("parser"))
    edit = event(1, "apricot", write(title="lexer"), after=[born])
    by_hand = event(2 * DAYS, "cherry", write(title="scanner"))
    reply = event(2, "plum", say("why?"), after=[edit, by_hand])
    state = folded(born, edit, by_hand, reply)
    assert shown(state, "title") == ["lexer", "scanner"]
    assert state.contested == ("title",)
    assert state.reports == ()


def test_trap_08_an_event_without_after_has_seen_what_it_retracts_and_what_that_had_seen() -> None:
    born = event(0, "plum", create("parser"))
    edit = event(1, "apricot", write(title="lexer"), after=[born])
    both = Effect(retracts=(edit.id,), set={"title": "scanner"})
    assert shown(folded(born, edit, event(-5, "cherry", both)), "title") == ["scanner"]


def test_trap_09_the_lowest_id_on_a_forged_cycle_goes_first_and_honest_events_follow() -> None:
    one = event(1, "cherry", write(title="one"), after=[event_id(2, "cherry")])
    two = event(2, "cherry", write(title="two"), after=[one])
    honest = event(-9, "plum", write(title="honest"), after=[two])
    state = folded(one, two, honest)
    assert shown(state, "title") == ["honest"]
    assert state.heads == (honest.id,)
    assert state.reports == (f"{one.id} is on a cycle of events that name each other: forged",)


def test_trap_10_what_was_undone_twice_stays_gone_until_both_undos_are_undone() -> None:
    edit = event(0, "plum", write(title="parser"))
    undo = event(1, "plum", retract(edit), after=[edit])
    other = event(2, "apricot", retract(edit), after=[edit])
    redo = event(3, "plum", retract(undo), after=[undo, other])
    full = event(3, "plum", retract(undo, other), after=[undo, other])
    assert "title" not in folded(edit, undo, other, redo).fields
    assert shown(folded(edit, undo, other, full), "title") == ["parser"]


def test_trap_11_a_lease_is_over_five_minutes_after_its_end() -> None:
    state = folded(event(0, "plum", claim(lease=30 * MINUTE)))
    assert holder(state, 30) == "nat"
    assert holder(state, 35) == "nat"
    assert holder(state, 35.1) is None


def test_trap_11_a_release_ends_the_claim_of_a_clock_two_days_ahead() -> None:
    ahead = event(2 * DAYS, "apricot", claim(), by="mo")
    freed = event(1, "plum", end(ahead), after=[ahead])
    assert holder(folded(ahead), 2) == "mo"
    assert folded(ahead, freed).claims == ()


def test_trap_11_only_an_event_stamped_before_the_leases_end_renews_it() -> None:
    taken = event(0, "plum", claim(lease=HOUR))
    jump = event(2 * DAYS, "plum", say("from the future"), after=[taken])
    back = event(60, "plum", say("back"), after=[jump])
    late = event(61, "plum", say("too late"), after=[jump])
    assert lease_of(folded(taken, jump)).end == at(60)
    assert lease_of(folded(taken, jump, late)).end == at(60)
    assert lease_of(folded(taken, jump, back)).end == at(120)


def test_trap_12_only_a_status_that_had_seen_the_claim_ends_it() -> None:
    born = event(0, "plum", create("parser"))
    won = event(1, "plum", claim(hub=True), after=[born])
    unaware = event(2, "apricot", write(status="review"), after=[born], by="mo")
    aware = event(3, "apricot", write(status="review"), after=[won, unaware], by="mo")
    reopened = event(3, "apricot", write(status="open"), after=[won, unaware], by="mo")
    assert holder(folded(born, won, unaware), 4) == "nat"
    assert holder(folded(born, won, unaware, reopened), 4) == "nat"
    assert folded(born, won, unaware, aware).claims == ()


def test_trap_14_what_the_included_events_had_seen_belongs_to_them() -> None:
    first = event(0, "plum", write(title="first"))
    ahead = event(2 * DAYS, "apricot", write(title="ahead"), after=[first])
    right = event(5, "plum", write(title="right"), after=[ahead])
    assert folded(first, ahead, right).contested == ()
    assert shown(folded(first, ahead, right), "title") == ["right"]
    assert folded(first, right).contested == ("title",)  # so a cut by stamps alone would be wrong


def test_trap_16_a_retracted_event_still_renews() -> None:
    taken = event(0, "plum", claim(lease=HOUR))
    said = event(50, "plum", say("halfway"), after=[taken])
    undo = event(51, "apricot", retract(said), after=[said])
    assert lease_of(folded(taken, said)).end == at(110)
    assert lease_of(folded(taken, said, undo)).end == at(110)
    assert folded(taken, said, undo).comments == ()
