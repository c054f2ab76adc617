"""A short run of what `python -m tests.soak` does at length."""

from pathlib import Path

from tests.soak.agents import board, found_fleet, history, problems, work

TASKS, AGENTS = 8, 6


def test_agents_on_three_clones_do_each_task_once_and_after_what_it_needs(
    tmp_path: Path, home: Path
) -> None:
    found_fleet(tmp_path, TASKS)
    work(tmp_path, AGENTS)
    assert list(problems(tmp_path)) == []
    assert len(history(tmp_path)) == 2 * TASKS
    assert all(task.status == "done" for task in board(tmp_path).tasks.values())


def test_a_task_that_was_taken_twice_or_too_early_would_be_told(tmp_path: Path, home: Path) -> None:
    found_fleet(tmp_path, 3)
    found = list(problems(tmp_path))
    assert len(found) == 3
    assert all(": 0 claims, 0 closings, open" in problem for problem in found)
