"""The laws of the log that hold for every command: it only adds, at once, and nothing private."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clare.errors import ClareError
from clare.services import claims, hosts, projects, tasks
from clare.store.board import Board
from clare.store.changes import differences, is_event_path
from tests.store.boards import Clock, Site, board_of, dedicated, user_git
from tests.store.caches import same

Command = Callable[[Board, str], object]

COMMANDS: dict[str, Command] = {
    "add": lambda board, _: tasks.add(board, fields={"title": "more"}, labels=["x", "y"], needs=[]),
    "edit": lambda board, task: tasks.edit(
        board, [task], fields={"priority": "P1"}, come={"labels": ["x"]}, gone={"labels": ["y"]}
    ),
    "comment": lambda board, task: tasks.comment(board, [task], "said"),
    "claim": claims.claim,
    "release": lambda board, task: claims.release(board, (task,)),
    "done": lambda board, task: tasks.move(board, [task], "done", reason="so"),
    "reopen": lambda board, task: tasks.move(board, [task], "open"),
    "project": lambda board, _: projects.add(board, "web", fields={"title": "The web"}),
    "host": lambda board, _: hosts.add(
        board, "plum", fields={"about": "here"}, sets={"roles": ["builder"]}
    ),
    "host edit": lambda board, _: hosts.edit(
        board, "plum", fields={"about": ""}, come={"labels": ["x"]}, gone={"roles": ["builder"]}
    ),
    "host rm": lambda board, _: hosts.remove(board, "plum"),
    "several": lambda board, task: tasks.move(board, [task, *board.read().tasks], "review"),
    "unknown": lambda board, _: tasks.move(board, ["zzzz"], "done"),
}


def started(folder: Path, clock: Clock) -> tuple[Site, Board, str]:
    shutil.rmtree(folder, ignore_errors=True)
    site = dedicated(folder)
    board = board_of(site.board.git, now=clock)
    task = tasks.add(board, fields={"title": "first"}, labels=[], needs=[]).tasks[0]
    (site.top / "staged").write_text("mine\n")
    user_git(site.top, "add", "staged")
    (site.top / "untracked").write_text("mine\n")
    return site, board, task


def obey(folder: Path, clock: Clock, words: Sequence[str]) -> None:
    """Run commands; after each look at what its commit did, and at the end at every commit again."""
    site, board, task = started(folder, clock)
    seen = {}
    for word in words:
        before = board.read()
        try:
            COMMANDS[word](board, task)
        except ClareError:
            assert board.read().commit == before.commit
        after = board.read()
        same(after, board.read_whole())
        seen[after.commit] = board.digest(after.commit)
        if after.commit == before.commit:
            continue
        assert user_git(site.top, "rev-parse", "HEAD^").strip() == before.commit
        changes = differences(board.git, before.commit, after.commit)
        assert all(change.is_added and is_event_path(change.path) for change in changes)
        for change in changes:
            assert str(folder) not in (site.top / change.path).read_text()
        assert user_git(site.top, "status", "--porcelain") == "A  staged\n?? untracked\n"
    assert {commit: board.digest(commit) for commit in seen} == seen


@settings(max_examples=30)
@given(words=st.lists(st.sampled_from(sorted(COMMANDS)), min_size=1, max_size=6))
def test_every_command_is_one_commit_that_only_adds_events_and_stays_what_it_was(
    words: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    obey(tmp_path_factory.getbasetemp() / "laws", Clock(), words)


def test_a_day_of_commands_is_one_commit_each(tmp_path: Path) -> None:
    clock = Clock()
    words = ["claim", "comment", "edit", "done", "reopen", "claim", "release", "project", "several"]
    words += ["host", "host edit", "host rm", "host"]
    obey(tmp_path / "day", clock, words)
    told = user_git(tmp_path / "day", "log", "--format=%s").splitlines()
    assert len(told) == len(words) + 2
