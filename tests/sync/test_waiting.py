"""`clare wait`: until something is true, or time is up."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import PROGRAM, Here, board, two_hosts

LONGEST = 60.0


def waits(here: Here, *words: str) -> "subprocess.Popen[str]":
    """A command that goes on in the background."""
    return subprocess.Popen(
        [*PROGRAM, "wait", *words],
        cwd=here.folder,
        env={**os.environ, **here.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(child: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = child.communicate(timeout=LONGEST)
    return child.returncode, out, err


def test_what_is_true_already_is_not_waited_for(tmp_path: Path, home: Path) -> None:
    here = board(tmp_path)
    task, other = here.add("Work"), here.add("More")
    here.ok("done", task)
    here.ok("drop", other)
    assert here.ok("wait", task, other).splitlines() == [
        f"{task[:4]}  P2  done     Work",
        f"{other[:4]}  P2  dropped  More",
    ]
    assert here.record("wait", task)["status"] == "done"
    here.add("Ready")
    assert here.ok("wait", "--ready").endswith("  Ready\n")


def test_a_wait_ends_when_another_host_is_done(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    task = plum.add("Work")
    apricot.ok("sync")
    child = waits(apricot, task, "--timeout", "60s")
    plum.ok("done", task)
    code, out, err = ended(child)
    assert (code, err) == (0, "")
    assert out == f"{task[:4]}  P2  done  Work\n"


def test_a_wait_for_work_ends_when_a_need_is_done(tmp_path: Path, home: Path) -> None:
    here = board(tmp_path)
    first = here.add("First")
    second = here.add("Second", "--needs", first)
    here.ok("claim", first)
    child = waits(here, "--ready", "--json")
    here.ok("done", first)
    code, out, _ = ended(child)
    assert code == 0
    assert second in out


@pytest.mark.parametrize("words", [["--ready", "-l", "none"], ["{}"]])
def test_a_wait_that_is_out_of_time_ends_with_7(
    tmp_path: Path, home: Path, words: list[str]
) -> None:
    here = board(tmp_path)
    task = here.add("Work")
    ran = here.run("wait", *(word.format(task) for word in words), "--timeout", "1s")
    assert (ran.code, ran.out) == (7, "")
    assert ran.err.startswith("clare: time is up, and ")


@pytest.mark.parametrize("words", [[], ["7qk2", "--ready"], ["--ready", "--timeout", "soon"]])
def test_waiting_for_nothing_or_for_ever_in_other_words_is_wrong_use(
    tmp_path: Path, home: Path, words: list[str]
) -> None:
    ran = board(tmp_path).run("wait", *words)
    assert ran.code == 2
    assert ran.err.count("\n") == 2


def test_waiting_for_a_task_that_is_not_there_ends_at_once(tmp_path: Path, home: Path) -> None:
    ran = board(tmp_path).run("wait", "7qk2")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "clare: no task 7qk2")
