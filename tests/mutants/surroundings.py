"""Mechanisms of the doctor, of uninstalling, and of what is told to agents and shells."""

from tests.mutants.catalogue import Change, Mutant

_DOCTOR = "tests/cli/test_doctor.py::"
_AGENTS = "tests/cli/test_agents.py::"
_PRIME = "tests/cli/test_prime.py::"
_SHELLS = "tests/cli/test_completion.py::"
_LEAVING = "tests/cli/test_uninstall.py::"
_MAN = "tests/cli/test_man.py::"
_BACKGROUND = "tests/sync/test_background.py::"
_EDITING = "tests/cli/test_editing.py::"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "the doctor mends without being asked",
        (
            Change(
                "services/doctor/examination.py",
                "if not fix or not any(",
                "if not any(",
            ),
        ),
        (f"{_DOCTOR}test_what_is_wrong_is_found_and_without_fix_nothing_changes[journal-left]",),
    ),
    Mutant(
        "the doctor reads as every command does, which mends",
        (
            Change(
                "services/doctor/examination.py",
                "fleet = read_board(board.git, board.tip()[0])",
                "fleet = board.read()",
            ),
        ),
        (f"{_DOCTOR}test_what_is_wrong_is_found_and_without_fix_nothing_changes[journal-left]",),
    ),
    Mutant(
        "a lock goes though a command that may hold it lives",
        (Change("store/upkeep.py", "        if free:\n", "        if free or True:\n"),),
        (f"{_DOCTOR}test_what_a_living_command_uses_stays_however_old",),
    ),
    Mutant(
        "what is young counts as left",
        (Change("store/upkeep.py", "OLD = 3600.0", "OLD = 0.0"),),
        (f"{_DOCTOR}test_young_files_and_locks_in_use_are_left_alone",),
    ),
    Mutant(
        "a missing line end is forgotten",
        (
            Change(
                "services/agents.py",
                "old + 2 * end_of_line + _made(text, _OPEN, end_of_line)",
                "old + 2 * end_of_line + _made(text, _PLAIN, end_of_line)",
            ),
        ),
        (f"{_AGENTS}test_install_then_remove_gives_the_same_bytes",),
    ),
    Mutant(
        "a section is put in a second time",
        (
            Change(
                "services/agents.py",
                "    if found:\n        return found.before",
                "    if 0:\n        return found.before",
            ),
        ),
        (
            f"{_AGENTS}test_installing_twice_is_installing_once",
            f"{_AGENTS}test_an_older_section_is_brought_up_to_date",
        ),
    ),
    Mutant(
        "titles are told in full",
        (Change("views/prime.py", '" ".join(line.split()[:_WORDS])[:_LENGTH]', "line"),),
        (f"{_PRIME}test_many_short_words_are_cut_too",),
    ),
    Mutant(
        "any word is offered to the shell",
        (Change("cli/complete.py", " and _is_harmless(word)", ""),),
        (
            f"{_SHELLS}test_no_word_is_offered_that_a_shell_reads_otherwise",
            f"{_SHELLS}test_hostile_words_are_not_offered_and_hostile_titles_stay_on_their_line",
            f"{_SHELLS}test_bash_completes",
        ),
    ),
    Mutant(
        "uninstalling does not ask what waits",
        (Change("services/leaving.py", "        if not force:\n", "        if not True:\n"),),
        (f"{_LEAVING}test_what_was_never_published_is_not_left_behind_unasked",),
    ),
    Mutant(
        "uninstalling cuts an unfinished write off",
        (Change("store/leaving.py", "    if behind(git):\n", "    if 0:\n"),),
        (f"{_LEAVING}test_an_unfinished_write_is_not_cut_off",),
    ),
    Mutant(
        "man pages of others are written over",
        (Change("services/manual.py", "and folder / name not in ours:", "and 0:"),),
        (f"{_MAN}test_a_page_that_is_not_ours_is_never_written_over",),
    ),
    Mutant(
        "publishing: a write during another's publishing waits unseen",
        (
            Change("store/background.py", "marked = _mark(git).exists()", "marked = False"),
            Change(
                "store/background.py",
                "held = take(git) if _mark(git).exists() else None",
                "held = None",
            ),
        ),
        (
            f"{_BACKGROUND}test_a_write_while_another_is_published_is_published_by_the_same_publisher",
            f"{_BACKGROUND}test_a_mark_left_while_a_publisher_lets_go_makes_another_round",
        ),
    ),
    Mutant(
        "publishing: the publisher hangs on the terminal of whoever wrote",
        (Change("store/background.py", "start_new_session=True", "start_new_session=False"),),
        (f"{_BACKGROUND}test_a_publisher_outlives_the_terminal_of_the_one_who_wrote",),
    ),
    Mutant(
        "publishing: a module of the folder runs in place of the publisher",
        (Change("store/background.py", '(sys.executable, "-P", "-m"', '(sys.executable, "-m"'),),
        (f"{_BACKGROUND}test_a_module_of_the_folder_is_not_run_in_place_of_the_publisher",),
    ),
    Mutant(
        "editing: what somebody else wrote meanwhile is replaced unseen",
        (Change("services/tasks.py", "if seen is not None and task", "if 0 and task"),),
        (f"{_EDITING}test_a_field_that_both_changed_opens_again_with_what_the_other_wrote",),
    ),
)
