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
_SHORT = "tests/core/test_canonical.py::"
_WELL = "tests/core/test_wellformed.py::"
_APPEND = "tests/store/test_append.py::"
_USER = "tests/store/test_user_changes.py::"
_READ = "tests/store/test_reading.py::"
_MERGE = "tests/sync/test_merge.py::"
_HOSTILE = "tests/sync/test_hostile_hub.py::"
_MOVED = "tests/sync/test_hub_changes.py::"
_SYNC = "tests/sync/test_sync.py::"
_PAIRS = "tests/sync/test_pairwise.py::"
_WON = "tests/sync/test_claims.py::"
_TOLD = "tests/sync/test_claim_traps.py::"
_ASKED = "tests/views/test_query.py::"
_TREES = "tests/views/test_forest.py::"

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
                "return start",
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
    Mutant(
        "compare-and-swap: the branch moves from wherever it is",
        (
            Change(
                "store/move.py",
                '"update-ref", "-m", "clare", ref, new, old)',
                '"update-ref", ref, new)',
            ),
            Change("store/writing.py", "if found != old:", "if not found:"),
        ),
        (_APPEND + "test_a_branch_that_moved_since_the_decision_is_decided_on_again",),
    ),
    Mutant(
        "claim re-decision: a lost race counts as won",
        (
            Change(
                "store/sync.py",
                "if not _won(hub, written, tip):\n                continue",
                "_won(hub, written, tip)",
            ),
        ),
        (_WON + "test_a_claim_that_loses_the_race_at_the_hub_leaves_nothing_behind",),
    ),
    Mutant(
        "claim re-decision: a decision never grows old",
        (Change("store/sync.py", "<= MINUTE:", "<= MINUTE * 10_000:"),),
        (
            _TOLD
            + "test_trap_13_a_claim_that_was_pushed_long_after_it_was_decided_is_decided_again",
        ),
    ),
    Mutant(
        "claims: the actor alone owns one, on whichever clone",
        (
            Change(
                "state.py",
                "return (self.by, self.clone) == (actor, clone)",
                "return self.by == actor",
            ),
        ),
        (_WON + "test_the_same_actor_on_another_clone_does_not_hold_it",),
    ),
    Mutant(
        "set merge: what one side deleted is gone",
        (Change("store/merge.py", "if is_event_path(apart.path):\n", "if not apart.path:\n"),),
        (_MERGE + "test_an_event_that_a_rogue_commit_deletes_at_the_hub_comes_back",),
    ),
    Mutant(
        "merge commits: their parents stand in the order of arrival",
        (
            Change(
                "store/merge.py",
                "first, second = sorted((one, other))",
                "first, second = one, other",
            ),
        ),
        (_MERGE + "test_two_clones_that_merge_the_same_two_commits_make_the_same_commit",),
    ),
    Mutant(
        "replay: it rewrites what other clones wrote",
        (Change("store/merge.py", "s.clone == clone and ", ""),),
        (_MERGE + "test_what_another_clone_wrote_is_merged_not_rewritten",),
    ),
    Mutant(
        "replay: it rewrites what another host has",
        (
            Change(
                "store/merge.py", 'ours, f"^{theirs}")) == len(steps)', 'ours, f"^{theirs}")) >= 0'
            ),
        ),
        (_PAIRS + "test_commits_that_a_host_is_known_to_have_are_not_made_anew",),
    ),
    Mutant(
        "pairs: what was sent beside an open board is forgotten",
        (
            Change(
                "store/arrivals.py", "            take_in(board, commit)\n", "            commit\n"
            ),
        ),
        (_PAIRS + "test_what_waits_beside_comes_with_the_next_write_too",),
    ),
    Mutant(
        "publishing: nothing is held back",
        (
            Change(
                "store/merge.py",
                "    for step in steps:\n        for change in step.changes:\n            short",
                "    for step in steps[:0]:\n        for change in step.changes:\n            short",
            ),
        ),
        (_MERGE + "test_a_commit_that_reaches_beyond_new_events_is_never_published",),
    ),
    Mutant(
        "push: the hub is not asked after a broken connection",
        (Change("store/sync.py", "if tip and git.is_ancestor(commit, tip):", "if not tip:"),),
        (_SYNC + "test_a_push_whose_answer_is_lost_counts_when_the_hub_has_it",),
    ),
    Mutant(
        "sync: a rewound hub is followed",
        (
            Change(
                "store/sync.py",
                "if before and (tip is None or not git.is_ancestor(before, tip)):",
                "if before and tip is None:",
            ),
        ),
        (_SYNC + "test_a_rewound_hub_stops_every_sync_until_it_is_put_back",),
    ),
    Mutant(
        "working trees: the index does not follow",
        (
            Change(
                "store/move.py",
                "                    follow(held, tree, journal, fresh=fresh)\n",
                "                    pass\n",
            ),
        ),
        (_USER + "test_every_working_tree_that_stands_on_the_branch_follows",),
    ),
    Mutant(
        "reading: of two bodies with one id the last read acts",
        (
            Change(
                "store/read.py",
                "if taken is None or entry.blob < taken[0]:",
                "if taken is None or entry.blob:",
            ),
        ),
        (
            _READ
            + "test_of_two_bodies_with_one_id_the_lower_blob_acts_and_the_second_is_reported[first]",
        ),
    ),
    Mutant(
        "recovery: a killed append is forgotten instead of finished",
        (Change("store/move.py", "follow(held, tree, journal, again=True)", "pass"),),
        (_USER + "test_a_killed_append_is_mended_also_when_its_lock_was_removed_by_hand",),
    ),
    Mutant(
        "short way: a key may come twice",
        (
            Change(
                "events/canonical.py",
                "if here is None or name in here:",
                "if here is None:",
            ),
        ),
        (_SHORT + "test_of_a_damaged_file_the_short_way_says_the_same_or_nothing",),
    ),
    Mutant(
        "short way: fields come in any order",
        (Change("events/wellformed.py", "if name not in following:", "if name not in known:"),),
        (_WELL + "test_of_a_changed_event_the_short_way_says_the_same_or_nothing",),
    ),
    Mutant(
        "in a line: an event may name a later one",
        (
            Change(
                "fold.py",
                "if any(name > key and name in by_id for name in named):",
                "if False:",
            ),
        ),
        (
            _LAWS + "test_in_a_line_one_that_names_a_later_event_is_on_a_cycle_as_anywhere",
            _LAWS + "test_the_fold_of_a_line_is_the_declarative_one",
        ),
    ),
    Mutant(
        "reading: anchors are allowed",
        (
            Change(
                "store/libyaml.py",
                'if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):',
                "if isinstance(event, yaml.AliasEvent):",
            ),
        ),
        (
            "tests/core/test_hostile_files.py::test_a_hostile_file_is_refused_with_its_reason[anchor]",
        ),
    ),
    Mutant(
        "writing: nothing keeps new objects until the branch stands on them",
        (Change("store/commit.py", "}\\ndone\\n", "}\\nreset {ref}\\n\\ndone\\n"),),
        (_HOSTILE + "test_somebodys_repack_drops_nothing_that_is_being_written",),
    ),
    Mutant(
        "claims: where there is a hub, one is written without it",
        (
            Change(
                "services/claims.py",
                "return publish(board, hub, decide) if hub else board.append(decide)",
                "return board.append(decide)",
            ),
        ),
        (_WON + "test_without_the_hub_nothing_is_taken_and_nothing_left_behind",),
    ),
    Mutant(
        "claims: a hub that the fleet has left still decides",
        (Change("store/sync.py", "if manifest.hub != url:", "if not url:"),),
        (_MOVED + "test_a_claim_at_a_hub_that_the_fleet_has_left_is_not_won",),
    ),
    Mutant(
        "queries: the values of a term add up instead of being alternatives",
        (
            Change(
                "views/query.py",
                "any(test(asked, task) for test in tests) != negated",
                "all(test(asked, task) for test in tests) != negated",
            ),
        ),
        (_ASKED + "test_queries_find_what_they_say[status:review,done-be]",),
    ),
    Mutant(
        "queries: a dash in front changes nothing",
        (Change("views/query.py", "for test in tests) != negated", "for test in tests)"),),
        (
            _ASKED + "test_a_negated_term_fits_exactly_what_the_term_does_not",
            _ASKED + "test_queries_find_what_they_say[-status:closed-abcdf]",
        ),
    ),
    Mutant(
        "queries: a quote within quotes is not escaped when it is shown",
        (Change("views/query.py", ".replace('\"', '\\\\\"')", ""),),
        (_ASKED + "test_what_a_query_shows_as_means_that_query",),
    ),
    Mutant(
        "queries: an unknown project is an empty list",
        (
            Change(
                "views/tasks.py", "        fleet.project(slug)", "        fleet.projects.get(slug)"
            ),
        ),
        (
            "tests/cli/test_listing.py::"
            "test_a_wrong_query_is_told_and_an_unknown_project_is_no_empty_list[command0]",
        ),
    ),
    Mutant(
        "trees: what stands in a circle of parents is not shown",
        (
            Change(
                "views/forest.py",
                "(*(t for t in shown.values() if t.id not in below), *shown.values())",
                "(*(t for t in shown.values() if t.id not in below),)",
            ),
        ),
        (_TREES + "test_children_stand_below_their_parents_and_circles_begin_somewhere",),
    ),
)
