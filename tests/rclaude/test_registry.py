"""What the registry tells: which sessions run, by pid and by when the process started."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rclaude import processes, registry
from tests.rclaude.terminals import until
from tests.rclaude.tree import entry, sid, stamp, started

ME = os.getpid()


@pytest.fixture
def base(home: Path) -> Path:
    return home / ".claude"


@pytest.fixture
def gone() -> int:
    """The pid of a process that ended."""
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid


@pytest.fixture
def ended() -> Iterator[int]:
    """The pid of a process that ended, and that nobody waited for."""
    child = subprocess.Popen(["true"])
    stat = Path(f"/proc/{child.pid}/stat")
    until(lambda: ") Z " in stat.read_text(), "a process that ended")
    yield child.pid
    child.wait()


def real() -> float:
    """When this process started, in seconds since 1970."""
    booted = next(
        float(line.split()[1])
        for line in Path("/proc/stat").read_text().splitlines()
        if line.startswith("btime")
    )
    return booted + int(started(ME)) / os.sysconf("SC_CLK_TCK")


def runs(base: Path, pid: int, **fields: object) -> bool:
    entry(base, pid, sessionId=sid(1), **fields)
    return registry.read().entries[sid(1)].process is not None


def test_a_session_runs_if_its_process_does_and_started_when_it_says(base: Path) -> None:
    assert runs(base, ME, procStart=started(ME))
    assert runs(base, ME, procStart=int(started(ME)))


@pytest.mark.parametrize("off", [0.0, 1.5, -1.5])
def test_a_start_told_as_a_time_holds_within_two_seconds(base: Path, off: float) -> None:
    moment = real() + off
    for told in (int(moment * 1000), str(int(moment * 1000)), moment, stamp(moment)):
        assert runs(base, ME, procStart=told), told


def test_a_pid_that_another_process_has_now_is_not_the_session(base: Path) -> None:
    assert not runs(base, ME, procStart=str(int(started(ME)) - 1))
    for told in (int((real() - 60) * 1000), real() + 60, stamp(real() - 3600)):
        assert not runs(base, ME, procStart=told), told
        assert not registry.read().entries[sid(1)].unsure


@pytest.mark.parametrize("told", [None, True, "", "Thu Sep 10 08:31:58 2026", [5], {}, "1" * 5000])
def test_a_start_of_another_form_leaves_it_open(base: Path, told: object) -> None:
    assert not runs(base, ME, procStart=told)
    assert registry.read().entries[sid(1)].unsure


def test_a_process_that_is_gone_or_ended_is_no_session(base: Path, gone: int, ended: int) -> None:
    assert not runs(base, gone, procStart="123")
    (base / "sessions" / f"{gone}.json").unlink()
    assert not runs(base, ended, procStart=started(ended))
    assert not registry.read().entries[sid(1)].unsure


def test_of_two_entries_of_a_session_the_one_that_runs_counts(base: Path, gone: int) -> None:
    later = int(time.time() * 1000) + 1000
    entry(base, gone, sessionId=sid(1), procStart="123", statusUpdatedAt=later)
    entry(base, ME, sessionId=sid(1), procStart=started(ME), statusUpdatedAt=5)
    assert registry.read().entries[sid(1)].pid == ME


def test_who_has_no_registry_says_nothing_of_sessions_that_are_not_in_it(base: Path) -> None:
    assert not registry.read().whole
    (base / "sessions").mkdir(parents=True)
    assert not registry.read().whole
    (base / "sessions" / "pid-77.json").write_text('{"session_id":"x"}')
    (base / "sessions" / "notes.txt").write_text("x")
    assert not registry.read().whole
    entry(base, ME, sessionId=sid(1), procStart=started(ME))
    assert registry.read().whole


def test_an_entry_that_is_being_written_may_be_any_session(base: Path, gone: int) -> None:
    entry(base, gone, sessionId=sid(1))
    (base / "sessions" / f"{ME}.json").write_text('{"pid": ')
    assert not registry.read().whole
    (base / "sessions" / f"{ME}.json").rename(base / "sessions" / f"{gone}.json")
    assert registry.read().whole


def test_links_pipes_and_folders_in_the_registry_are_passed_over(base: Path) -> None:
    path = entry(base, ME, sessionId=sid(1), procStart=started(ME))
    (path.parent / "11.json").symlink_to(path)
    os.mkfifo(path.parent / "12.json")
    (path.parent / "13.json").mkdir()
    assert list(registry.read().entries) == [sid(1)]


@given(content=st.binary(max_size=200))
def test_no_bytes_make_the_registry_fail(base: Path, content: bytes) -> None:
    (base / "sessions").mkdir(parents=True, exist_ok=True)
    (base / "sessions" / f"{ME}.json").write_bytes(content)
    assert registry.read().entries == {}


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.lists(st.none())
)
FIELDS = st.sampled_from(
    ["pid", "procStart", "sessionId", "status", "statusUpdatedAt", "updatedAt"]
)


@given(fields=st.dictionaries(FIELDS, VALUES))
def test_no_types_make_the_registry_fail(base: Path, fields: dict[str, object]) -> None:
    (base / "sessions").mkdir(parents=True, exist_ok=True)
    told = json.dumps({"sessionId": sid(1), **fields})
    (base / "sessions" / f"{ME}.json").write_text(told)
    for each in registry.read().entries.values():
        assert each.pid == ME


def test_a_deep_entry_is_passed_over(base: Path) -> None:
    (base / "sessions").mkdir(parents=True)
    (base / "sessions" / f"{ME}.json").write_text("[" * 60_000)
    assert registry.read().entries == {}


def test_a_process_descends_from_those_that_started_it() -> None:
    assert processes.line_of(ME)[:2] == [ME, os.getppid()]
    assert processes.line_of(0) == []
