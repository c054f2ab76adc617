"""The mechanisms that are taken out, one at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text in a file below `src/clare`, found exactly once, and what replaces it."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mechanism, how to take it out, and the tests that must fail then."""

    name: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]


_TRAPS = "tests/core/test_fold_traps.py::"
_LAWS = "tests/core/test_fold_laws.py::"
_CLAIMS = "tests/core/test_fold_claims.py::"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "causal order: events are ordered by id alone",
        (
            Change(
                "fold.py",
                "for key, e in by_id.items()}\n    order",
                "for key, e in by_id.items()}\n    parents = dict.fromkeys(parents, set())\n    order",
            ),
        ),
        (
            _LAWS + "test_a_right_clock_overwrites_what_a_clock_two_days_ahead_wrote",
            _LAWS + "test_the_fold_of_honest_sets_is_the_declarative_one",
        ),
    ),
    Mutant(
        "forged cycles: the lowest id left goes first, on the cycle or not",
        (
            Change(
                "fold.py",
                "return min(key for key, step in steps.items() if step >= steps[here])",
                "return min(waiting)",
            ),
        ),
        (
            _TRAPS
            + "test_trap_09_the_lowest_id_on_a_forged_cycle_goes_first_and_honest_events_follow",
        ),
    ),
    Mutant(
        "heads: a write replaces every earlier one, seen or not",
        (Change("fold.py", "self.fields[name] = [*heads, Write(", "self.fields[name] = [Write("),),
        (
            _LAWS + "test_two_titles_are_contested_and_two_equal_ones_are_not",
            _TRAPS + "test_trap_05_of_two_statuses_the_highest_id_shows_whatever_came_before_them",
        ),
    ),
    Mutant(
        "element-wise sets: a remove takes away adds that it had not seen",
        (Change("fold.py", "present.get(element, ()) if not saw(add)]", "() if not saw(add)]"),),
        (_LAWS + "test_a_label_added_again_elsewhere_survives_its_removal_here",),
    ),
    Mutant(
        "claims: a claim leaves those that it had seen",
        (
            Change(
                "fold.py", "if saw(claim) and (effect.hub or not held.effect.hub)", "if not held"
            ),
        ),
        (_TRAPS + "test_trap_01_a_claim_replaces_every_claim_it_had_seen",),
    ),
    Mutant(
        "claims: the hub's word does not go first",
        (
            Change(
                "fold.py",
                "key=lambda claim: (not claim.hub, claim.event)",
                "key=lambda claim: claim.event",
            ),
        ),
        (_TRAPS + "test_trap_03_a_claim_with_the_hubs_word_goes_first",),
    ),
    Mutant(
        "claims: a status ends claims that it had not seen",
        (
            Change(
                "fold.py",
                "self._drop(claim for claim in self.claims if saw(claim))",
                "self._drop(self.claims)",
            ),
        ),
        (_TRAPS + "test_trap_12_only_a_status_that_had_seen_the_claim_ends_it",),
    ),
    Mutant(
        "leases: an event after the lease's end renews it",
        (Change("fold.py", "if mine and stamp <= end and saw(key):", "if mine and saw(key):"),),
        (_TRAPS + "test_trap_11_only_an_event_stamped_before_the_leases_end_renews_it",),
    ),
    Mutant(
        "leases: a retracted event does not renew",
        (
            Change(
                "fold.py",
                "        state.renew(event, saw)\n        if event.id not in gone:\n",
                "        if event.id not in gone:\n            state.renew(event, saw)\n",
            ),
        ),
        (_TRAPS + "test_trap_16_a_retracted_event_still_renews",),
    ),
    Mutant(
        "leases: no grace for clocks that differ",
        (Change("state.py", "return now <= self.end + DRIFT", "return now <= self.end"),),
        (_TRAPS + "test_trap_11_a_lease_is_over_five_minutes_after_its_end",),
    ),
    Mutant(
        "retraction: it does nothing",
        (
            Change(
                "fold.py",
                "if event.id not in gone:\n            gone.update(",
                "if event.id not in gone:\n            set().update(",
            ),
        ),
        (
            _LAWS + "test_an_undone_edit_gives_the_field_back_to_the_one_before",
            _LAWS + "test_a_retracted_event_is_as_if_it_had_never_been",
        ),
    ),
    Mutant(
        "retraction: it acts on what it had not seen",
        (
            Change(
                "fold.py",
                "for target in event.effect.retracts if past.saw(place, target)",
                "for target in event.effect.retracts",
            ),
        ),
        (_LAWS + "test_the_fold_of_forged_sets_is_the_declarative_one",),
    ),
    Mutant(
        "clock: it follows any stamp",
        (Change("clock.py", "if stamp.ms <= now + DRIFT)", "if stamp.ms <= now + DRIFT or True)"),),
        (
            "tests/core/test_clock.py::test_a_tick_does_not_follow_a_stamp_more_than_five_minutes_ahead",
        ),
    ),
)
