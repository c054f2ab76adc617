"""What is kept beside the log never changes an answer: cached = uncached, whatever happens to it."""

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clare import names
from clare.clock import Stamp
from clare.events.text import dump
from clare.store import cache, writing
from clare.store.cache import LARGEST, fleet_at, folder_of, kept_at
from clare.store.commit import Change, Commit, write_commits
from clare.store.git import Git
from clare.store.read import read_board
from tests.store.boards import MORNING, append_tasks, bare, commented, titles, user_git
from tests.store.caches import same

WHO = "Nat <nat@example.invalid> 1790000000 +0000"


# Random histories: commits of any files, good or bad, on any earlier commit.

TASKS = [f"tasks/aaaa{number}{number}7777{number}1" for number in range(4)]
"""Of one prefix, so that short ids depend on each other."""

SLUGS = ["projects/web", "views/mine"]
HOSTS = ["hosts/plum", "hosts/apricot"]


def _event(draw: st.DrawFn, number: int) -> dict[str, object]:
    key = draw(st.sampled_from([*TASKS, *SLUGS, *HOSTS]))
    stamp = Stamp(MORNING + 1000 * draw(st.integers(0, 9000)))
    told: dict[str, object] = {
        "id": f"{stamp}-plum-{names.base32(number, 8)}",
        "type": f"{names.folder(key).split('/')[1][:-1]}.created",
        "by": draw(st.sampled_from(["nat", "eve"])),
        "clone": "4v0c7qk2",
        "entity": key,
    }
    if key in HOSTS:
        return told | {"id": _in_turn(number)} | draw(st.sampled_from(_about_a_host(number)))
    if not key.startswith("tasks/"):
        return {**told, "type": "project.created", "set": {"title": "Web"}}
    other = draw(st.sampled_from(TASKS)).partition("/")[2]
    bodies: Sequence[dict[str, object]] = (
        {"type": "task.created", "set": {"title": f"Title {number}", "body": "a\nb\n"}},
        {"type": "task.created", "set": {"title": "x", "parent": other}, "add": {"needs": [other]}},
        {"type": "task.edited", "set": {"status": draw(st.sampled_from(["open", "done", "idea"]))}},
        {"type": "task.edited", "set": {"due": "2026-12-01", "defer_until": "2026-11-21"}},
        {"type": "task.edited", "set": {"pinned": "true"}, "add": {"labels": ["a", "b"]}},
        {"type": "task.commented", "text": "said"},
        {"type": "task.claimed", "lease": "4h", "hub": "false"},
        {"type": "task.newer", "set": {"status": "done"}},
        {"type": "task.edited", "set": {"priority": "urgent"}},
    )
    return told | draw(st.sampled_from(bodies))


def _in_turn(number: int) -> str:
    return f"{Stamp(MORNING + 1000 * number)}-plum-{names.base32(number, 8)}"


def _about_a_host(number: int) -> Sequence[dict[str, object]]:
    return (
        {"type": "host.added", "set": {"about": f"Host {number}"}, "add": {"roles": ["a", "b"]}},
        {"type": "host.edited", "remove": {"roles": ["a"]}, "add": {"labels": ["c"]}},
        {"type": "host.moved", "add": {"ports": ["22"]}, "set": {"about": "newer"}},
        {"type": "event.retracted", "retracts": [_in_turn(n) for n in range(number + 1)]},
        {"type": "host.edited", "add": {"roles": ["two words"]}},
    )


@st.composite
def changes(draw: st.DrawFn, number: int) -> Change:
    """A file that comes, good or bad, or goes."""
    event = _event(draw, number)
    path = names.event_path(str(event["entity"]), str(event["id"]))
    good = dump(event)
    return draw(
        st.sampled_from(
            [
                *[Change(path, data=good)] * 8,
                Change(path, data=good[:40]),
                Change(path, data=good, mode="100755"),
                Change(path, data=b"elsewhere", mode="120000"),
                Change(path.replace(".yaml", "~abc.yaml"), data=good),
                Change(path.replace(".yaml", ".txt"), data=good),
                Change(f"{path.rpartition('/')[0]}/below/{number}.yaml", data=good),
                Change(f"fleet/notes-{number % 3}.txt", data=b"hello"),
                Change(f"fleet/caf\udce9-{number % 2}.txt", data=b"hello"),
                Change(f"fleet/caf\udce9-{number % 2}.txt"),
                Change(f"fleet/tasks/zz/{number}.yaml", data=good),
                Change("fleet/templates/a.yaml", data=b"title: a"),
                Change("fleet/fleet.yaml", data=b"format: 1\nname: b\nlease: 8h\n"),
                Change("fleet/fleet.yaml", data=b"format: ["),
                Change("fleet/fleet.yaml"),
                Change("fleet/tasks"),
                Change(f"fleet/{names.folder(TASKS[number % 4])[6:]}"),
                Change(f"src/{number}.py", data=b"print()"),
            ]
        )
    )


@dataclass
class History:
    """A repository of commits by hand, of which any may be asked for."""

    git: Git
    commits: list[str]

    def grow(self, parent: int, made: Sequence[Change]) -> None:
        on = (self.commits[parent % len(self.commits)],)
        self.commits.append(write_commits(self.git, [Commit("by hand", WHO, WHO, made, on)]))

    def check(self, place: int, *, keep: bool) -> None:
        commit = self.commits[place % len(self.commits)]
        same(fleet_at(self.git, commit, keep=keep), read_board(self.git, commit))


@contextmanager
def a_history() -> Iterator[History]:
    with tempfile.TemporaryDirectory() as folder:
        user_git(Path(folder), "init", "-q", "--bare", "--template=", "it.git")
        git = Git(Path(folder) / "it.git")
        first = Change("fleet/fleet.yaml", data=b"format: 1\nname: a\n")
        yield History(git, [write_commits(git, [Commit("begun", WHO, WHO, [first])])])


@settings(max_examples=20)
@given(st.data())
def test_cached_is_uncached_in_any_history(data: st.DataObject) -> None:
    numbers = count()
    with a_history() as history:
        for _ in range(data.draw(st.integers(1, 4))):
            made = [data.draw(changes(next(numbers))) for _ in range(data.draw(st.integers(1, 6)))]
            paths = {change.path: change for change in made}
            history.grow(data.draw(st.integers(0, 9)), list(paths.values()))
            history.check(data.draw(st.integers(0, 9)), keep=data.draw(st.booleans()))
            history.check(-1, keep=True)


# Damage.

Damage = Callable[[random.Random, bytes], bytes]
DAMAGES: dict[str, Damage] = {
    "cut": lambda chance, data: data[: chance.randrange(len(data))],
    "a bit": lambda chance, data: _flipped(data, chance.randrange(8 * len(data))),
    "emptied": lambda _, __: b"",
    "noise": lambda chance, data: chance.randbytes(len(data)),
    "more": lambda chance, data: data + chance.randbytes(7),
    "only its form": lambda chance, data: data[: data.index(b"\n") + 1 + chance.randrange(20)],
    "its form and zeros": lambda _, data: data[: data.index(b"\n") + 1] + bytes(16),
    "zeros": lambda _, data: data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
}


def _flipped(data: bytes, bit: int) -> bytes:
    return data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :]


@pytest.fixture
def grown(tmp_path: Path) -> Git:
    """A board with a base and a delta over it."""
    board = bare(tmp_path / "plum").board
    append_tasks(board, range(12))
    shutil.rmtree(folder_of(board.git))
    board.read()
    writing.append(board, lambda _: [commented(number, "said") for number in range(5)])
    board.read()
    assert {path.name for path in folder_of(board.git).iterdir()} == {"base", "delta"}
    return board.git


@pytest.mark.parametrize("name", ["base", "delta"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_never_changes_an_answer(grown: Git, name: str, damage: str) -> None:
    chance, commit = random.Random(damage + name), grown.resolve("refs/heads/fleet") or ""
    log, path = read_board(grown, commit), folder_of(grown) / name
    whole = path.read_bytes()
    for _ in range(10):
        path.write_bytes(DAMAGES[damage](chance, whole))
        same(fleet_at(grown, commit), log)
        if not path.exists():
            fleet_at(grown, commit, keep=True)
    path.write_bytes(DAMAGES[damage](chance, whole))
    same(fleet_at(grown, commit, keep=True), log)
    same(fleet_at(grown, commit, keep=True), log)


@pytest.mark.parametrize("names_", [["base"], ["delta"], ["base", "delta"]])
def test_another_boards_files_never_change_an_answer(
    grown: Git, tmp_path: Path, names_: list[str]
) -> None:
    other = bare(tmp_path / "other").board
    append_tasks(other, ["far", "away"])
    other.read()
    append_tasks(other, ["later"])
    for name in names_:
        (folder_of(grown) / name).write_bytes((folder_of(other.git) / name).read_bytes())
    commit = grown.resolve("refs/heads/fleet") or ""
    same(fleet_at(grown, commit, keep=True), read_board(grown, commit))
    same(fleet_at(grown, commit), read_board(grown, commit))


def test_files_of_another_version_are_made_anew(
    grown: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = grown.resolve("refs/heads/fleet") or ""
    before = (folder_of(grown) / "base").read_bytes()
    monkeypatch.setattr("clare.store.snapshot._FORM", b"clare snapshot 99\n")
    assert cache.load(grown) is None
    same(fleet_at(grown, commit, keep=True), read_board(grown, commit))
    assert (folder_of(grown) / "base").read_bytes() != before
    assert cache.load(grown) is not None


def test_what_was_kept_is_used(grown: Git) -> None:
    """Else the laws above would hold of a cache that is never asked."""
    found = cache.load(grown)
    assert found is not None
    assert found.facts.commit == grown.resolve("refs/heads/fleet")
    assert len(found.changed) == 5
    kept = kept_at(grown, found.facts.commit, keep=True)
    assert kept.base.checksum == found.base.checksum


def test_a_delta_that_grew_large_becomes_a_base(
    grown: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGEST", 4)
    assert LARGEST > 4
    commit = grown.resolve("refs/heads/fleet") or ""
    found = cache.load(grown)
    assert found
    cache.save(grown, found)
    again = cache.load(grown)
    assert again
    assert (again.facts.commit, again.changed) == (commit, {})
    same(fleet_at(grown, commit), read_board(grown, commit))


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    board = bare(tmp_path / "plum").board
    folder_of(board.git).parent.mkdir(exist_ok=True)
    folder_of(board.git).write_text("a file where the folder would be")
    append_tasks(board, ["a"])
    assert titles(board.read()) == ["a"]


def test_drafts_that_could_not_be_written_are_not_left(grown: Git) -> None:
    found = cache.load(grown)
    assert found
    (folder_of(grown) / "delta").unlink()
    (folder_of(grown) / "delta").mkdir()
    cache.save(grown, found)
    assert {path.name for path in folder_of(grown).iterdir()} == {"base", "delta"}


@pytest.mark.parametrize("name", ["base", "delta"])
def test_nobody_waits_for_what_is_no_file(grown: Git, name: str) -> None:
    commit = grown.resolve("refs/heads/fleet") or ""
    log = read_board(grown, commit)
    (folder_of(grown) / name).unlink()
    os.mkfifo(folder_of(grown) / name)
    same(fleet_at(grown, commit, keep=True), log)


def test_a_file_in_the_place_of_the_folder_is_told_and_taken_away(grown: Git) -> None:
    cache.discard(grown)
    folder_of(grown).write_text("mine")
    log = read_board(grown, grown.resolve("refs/heads/fleet") or "")
    assert cache.problem(grown, log)
    cache.discard(grown)
    same(fleet_at(grown, log.commit, keep=True), log)
    assert not cache.problem(grown, log)


def test_what_upkeep_cannot_read_does_not_make_a_write_look_failed(tmp_path: Path) -> None:
    board = bare(tmp_path / "plum").board
    (board.git.git_dir / "clare" / "upkeep.json").mkdir(parents=True)
    append_tasks(board, ["a"])
    assert titles(board.read()) == ["a"]
