"""Mutants of the write path and of upkeep."""

from tests.mutants.catalogue import Change, Mutant

_UPKEEP = "tests/store/test_upkeep.py::"
_PROCESSES = "tests/store/test_processes.py::"
_SAID = "tests/core/test_said.py::"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "upkeep: packs go although not everything is in the new one",
        (
            Change(
                "store/packs.py", "if not names <= set(_names(joined, hash_bytes)):", "if False:"
            ),
        ),
        (_UPKEEP + "test_packs_are_not_removed_unless_all_of_theirs_is_in_the_new_one",),
    ),
    Mutant(
        "upkeep: a pack that somebody keeps is joined too",
        (
            Change(
                "store/packs.py",
                "if not any(index.with_suffix(ending).exists() for ending in _SPECIAL):",
                "if True:",
            ),
        ),
        (_UPKEEP + "test_somebodys_pack_stays[keep]",),
    ),
    Mutant(
        "upkeep: packs of any size are joined again and again",
        (Change("store/packs.py", "FACTOR * row[n - 1].objects]", "10**9 * row[n - 1].objects]"),),
        (_UPKEEP + "test_each_object_is_joined_anew_only_a_few_times",),
    ),
    Mutant(
        "upkeep: what lies loose stays loose",
        (Change("store/packs.py", "sorted(names | loose)", "sorted(names)"),),
        (_UPKEEP + "test_no_object_is_dropped_also_one_that_nothing_refers_to",),
    ),
    Mutant(
        "upkeep: the lock that a killed one left stays",
        (Change("store/housekeeping.py", "        _clear_up(git)\n", "        pass\n"),),
        (_UPKEEP + "test_the_lock_of_a_killed_upkeep_does_not_keep_the_next_from_its_work",),
    ),
    Mutant(
        "upkeep: what went wrong is not noted",
        (Change("store/housekeeping.py", "told = str(failed)", "pass"),),
        (_UPKEEP + "test_what_went_wrong_is_noted_until_it_goes_right",),
    ),
    Mutant(
        "writing: who is guessed by git is an author too",
        (
            Change(
                "store/commit.py",
                "if all(_is_told(listed, person) for person in _PEOPLE):",
                "if True:",
            ),
        ),
        (_PROCESSES + "test_whom_git_refuses_nobody_is[<>]",),
    ),
    Mutant(
        "working trees: the linked ones are not looked at",
        (
            Change(
                "store/worktree.py",
                '[git.git_dir, *sorted(git.git_dir.glob("worktrees/*"))]',
                "[git.git_dir]",
            ),
        ),
        (_PROCESSES + "test_files_tell_the_same_working_trees_as_git[bare]",),
    ),
    Mutant(
        "saying: a part that no model has is said",
        (Change("events/said.py", "if not given.keys() <= set(_PARTS):", "if False:"),),
        (
            _SAID + "test_what_is_said_is_nothing_that_its_model_would_refuse_or_write_otherwise"
            "[task.edited]",
        ),
    ),
    Mutant(
        "saying: the order of the model is not kept",
        (
            Change(
                "events/said.py",
                "known = [key for key in order if key in value]",
                "known = list[str]()",
            ),
            Change("events/said.py", "if key not in order]", "]"),
        ),
        (_SAID + "test_this_edit_is_said_in_the_order_of_its_model",),
    ),
)
