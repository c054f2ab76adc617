"""Nothing grows without bound, no object is lost to upkeep, and it holds nobody up."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.store import housekeeping, packs, writing
from clare.store.git import Git
from clare.store.packs import FACTOR, Pack, too_small
from clare.store.sync import sync
from tests.shims import git_processes, git_shim
from tests.store.boards import (
    SHAPES,
    Site,
    append_tasks,
    bare,
    board_of,
    created,
    dedicated,
    leftovers,
    status,
    titles,
    user_git,
)
from tests.store.processes import start, until, wait

WRITES, EVERY = 40, 4


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "PACKS", EVERY)


def _allowed(site: Site) -> Site:
    """Git's own upkeep is switched off for tests, and Clare's with it."""
    user_git(site.git_dir, "config", "maintenance.auto", "true")
    return site


def _settled(site: Site) -> None:
    assert housekeeping.run(site.board.git) == ""


def _pack_files(site: Site, ending: str = "pack") -> list[Path]:
    return sorted(packs.folder_of(site.board.git).glob(f"*.{ending}"))


def _objects(site: Site) -> list[str]:
    listed = user_git(
        site.git_dir, "cat-file", "--batch-check=%(objectname)", "--batch-all-objects"
    )
    return listed.split()


@given(st.lists(st.integers(1, 10_000), max_size=40))
def test_what_is_not_joined_is_a_row_in_which_each_has_twice_the_objects(sizes: list[int]) -> None:
    all_packs = [Pack(Path(f"pack-{n}"), size) for n, size in enumerate(sizes)]
    chosen = too_small(all_packs)
    rest = [pack.objects for pack in all_packs if pack not in chosen]
    joined = [sum(pack.objects for pack in chosen)] if chosen else []
    row = sorted(joined + rest)
    assert all(low * FACTOR <= high for low, high in pairwise(row))
    assert len(chosen) != 1
    assert not joined or row[0] == joined[0]


def test_small_packs_are_joined_and_a_large_one_stays() -> None:
    sizes = [700_000, 300, 6, 7, 6, 140]
    chosen = too_small([Pack(Path(f"pack-{n}"), size) for n, size in enumerate(sizes)])
    assert sorted(pack.objects for pack in chosen) == [6, 6, 7]


def test_each_object_is_joined_anew_only_a_few_times() -> None:
    """Ten thousand writes of seven objects, joined after every 24."""
    row: list[Pack] = []
    moved = 0
    for number in range(10_000):
        row.append(Pack(Path(f"pack-{number}"), 7))
        if number % 24 == 23 and (chosen := too_small(row)):
            total = sum(pack.objects for pack in chosen)
            moved += total
            row = [pack for pack in row if pack not in chosen] + [Pack(Path(f"j-{number}"), total)]
    assert len(row) < 40
    assert moved < 8 * 70_000


@pytest.mark.parametrize("shape", ["bare", "dedicated"])
def test_a_day_of_writes_leaves_a_bounded_number_of_files(
    shape: str, often: None, tmp_path: Path
) -> None:
    site = _allowed(SHAPES[shape](tmp_path / "plum"))
    most = 0
    for number in range(WRITES):
        append_tasks(site.board, [number])
        if housekeeping.is_due(site.board.git):
            _settled(site)
        most = max(most, len(_pack_files(site)))
    assert most <= 2 * EVERY + 8
    _settled(site)
    assert titles(site.board.read()) == sorted(map(str, range(WRITES)))
    graphs = site.git_dir / "objects" / "info" / "commit-graphs"
    assert 1 <= len(list(graphs.glob("*.graph"))) <= 8
    loose = list((site.git_dir / "objects").glob("[0-9a-f][0-9a-f]/*"))
    assert loose == []
    refs = user_git(site.git_dir, "for-each-ref", "--format=%(refname)").split()
    assert not [ref for ref in refs if ref.startswith("refs/clare")]
    assert leftovers(site.git_dir) == []
    assert status(site) == ""
    assert user_git(site.git_dir, "fsck", "--strict", "--no-dangling") == ""


def test_upkeep_is_started_apart_and_changes_no_answer(often: None, tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    for number in range(EVERY):
        append_tasks(site.board, [number])
    until(lambda: (site.git_dir / "clare" / "upkeep.json").exists(), "an upkeep that has ended")
    before = site.board.digest()
    _settled(site)
    assert len(_pack_files(site)) < EVERY
    assert site.board.digest() == before
    assert housekeeping.problem(site.board.git) == ""


def test_what_is_fetched_is_packed_too_and_makes_upkeep_due(often: None, tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    hub = tmp_path / "hub.git"
    user_git(tmp_path, "clone", "-q", "--bare", "--template=", str(site.git_dir), str(hub))
    user_git(tmp_path, "clone", "-q", "--bare", "--template=", str(hub), str(tmp_path / "apricot"))
    apricot = board_of(Git(tmp_path / "apricot"), host="apricot")
    for number in range(EVERY):
        append_tasks(apricot, [number])
        user_git(tmp_path / "apricot", "push", "-q", str(hub), "fleet")
        sync(site.board, str(hub))
    assert not list((site.git_dir / "objects").glob("[0-9a-f][0-9a-f]/*"))
    until(lambda: (site.git_dir / "clare" / "upkeep.json").exists(), "an upkeep that has ended")
    _settled(site)
    assert len(_pack_files(site)) < EVERY
    assert len(titles(site.board.read())) == EVERY


def test_what_is_not_due_starts_nothing(tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    with git_processes(tmp_path) as ran:
        append_tasks(site.board, ["a"])
        assert "pack-objects" not in ran.commands
    assert not (site.git_dir / "clare" / "upkeep.lock").exists()


def test_no_object_is_dropped_also_one_that_nothing_refers_to(tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    lost = writing.build(site.board, site.board.read(), [created("lost")]).commit
    user_git(
        site.git_dir,
        "update-ref",
        "-d",
        user_git(site.git_dir, "for-each-ref", "--format=%(refname)", "refs/clare/new").strip(),
    )
    (tmp_path / "blob").write_text("loose\n")
    blob = user_git(site.git_dir, "hash-object", "-w", str(tmp_path / "blob")).strip()
    before = _objects(site)
    assert {lost, blob} < set(before)
    _settled(site)
    assert _objects(site) == before
    assert len(_pack_files(site)) == 1
    assert not list((site.git_dir / "objects").glob("[0-9a-f][0-9a-f]/*"))


def test_a_board_in_the_longer_hash_is_packed_too(tmp_path: Path) -> None:
    other = tmp_path / "long.git"
    user_git(tmp_path, "init", "-q", "--bare", "--object-format=sha256", str(other))
    for text in ("a", "b"):
        (tmp_path / text).write_text(text)
        user_git(other, "hash-object", "-w", str(tmp_path / text))
    user_git(other, "config", "maintenance.auto", "true")
    git = Git(other)
    assert housekeeping.run(git) == ""
    assert len(list(packs.folder_of(git).glob("*.pack"))) == 1


@pytest.mark.parametrize("mark", ["keep", "promisor", "mtimes"])
def test_somebodys_pack_stays(mark: str, tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    mine = _pack_files(site)
    for path in mine:
        path.with_suffix(f".{mark}").touch()
    append_tasks(site.board, ["b"])
    append_tasks(site.board, ["c"])
    packs.join(site.board.git, hash_bytes=20)
    assert set(mine) < set(_pack_files(site))
    assert len(_pack_files(site)) == len(mine) + 1


def test_where_one_index_covers_all_packs_git_itself_does_the_upkeep(tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    user_git(site.git_dir, "multi-pack-index", "write")
    append_tasks(site.board, ["b"])
    before = _pack_files(site)
    with git_processes(tmp_path) as ran:
        _settled(site)
        assert "maintenance run" in ran.commands
    assert _pack_files(site) == before
    assert titles(site.board.read()) == ["a", "b"]


@pytest.mark.parametrize(
    ("key", "value"), [("maintenance.auto", "false"), ("extensions.preciousObjects", "true")]
)
def test_whoever_has_told_git_to_leave_it_is_obeyed(key: str, value: str, tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    append_tasks(site.board, ["b"])
    user_git(site.git_dir, "config", "core.repositoryFormatVersion", "1")
    user_git(site.git_dir, "config", key, value)
    before = _pack_files(site)
    _settled(site)
    assert _pack_files(site) == before


@pytest.mark.parametrize("note", ["gc.pid", "objects/maintenance.lock"])
def test_upkeep_keeps_away_from_that_of_git(note: str, tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    append_tasks(site.board, ["b"])
    before = _pack_files(site)
    (site.git_dir / note).touch()
    _settled(site)
    assert _pack_files(site) == before
    (site.git_dir / note).unlink()
    _settled(site)
    assert len(_pack_files(site)) == 1


def test_what_went_wrong_is_noted_until_it_goes_right(tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    append_tasks(site.board, ["b"])
    script = (
        'case " $* " in *" pack-objects "*) echo fatal: full >&2; exit 1;; esac\nexec "{git}" "$@"'
    )
    before = _pack_files(site)
    with git_shim(tmp_path / "bin", script):
        assert housekeeping.run(site.board.git) == "git pack-objects: full"
    assert housekeeping.problem(site.board.git) == "git pack-objects: full"
    assert _pack_files(site) == before
    _settled(site)
    assert housekeeping.problem(site.board.git) == ""


def test_packs_are_not_removed_unless_all_of_theirs_is_in_the_new_one(tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    append_tasks(site.board, ["b"])
    before = _objects(site)
    script = (
        'case " $* " in *" pack-objects "*) head -n 2 | "{git}" "$@";; *) exec "{git}" "$@";; esac'
    )
    with git_shim(tmp_path / "bin", script):
        assert "has not packed everything" in housekeeping.run(site.board.git)
    assert _objects(site) == before
    assert user_git(site.git_dir, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("text", ["", "[]", '{"packs": "many"}', "\0"])
def test_a_damaged_note_is_told_and_written_anew(text: str, tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    (site.git_dir / "clare").mkdir(exist_ok=True)
    (site.git_dir / "clare" / "upkeep.json").write_text(text)
    assert "cannot be read" in housekeeping.problem(site.board.git)
    append_tasks(site.board, ["a"])
    _settled(site)
    assert housekeeping.problem(site.board.git) == ""


def _killed_upkeeps(site: Site, folder: Path) -> Iterator[int]:
    """Kill the upkeep when its first git process starts, its second, and so on until it ends."""
    counter = folder / "count"
    for number in count(1):
        counter.write_text("0")
        script = (
            f'n=$(($(cat "{counter}") + 1))\necho $n >"{counter}"\n'
            f'[ $n = {number} ] && kill -9 $PPID\nexec "{{git}}" "$@"'
        )
        with git_shim(folder / "bin", script):
            code = wait(start(partial(housekeeping.run, site.board.git)))
        if code == 0:
            return
        assert code == -9
        yield number


def test_an_upkeep_that_is_killed_loses_nothing_and_the_next_one_goes_on(tmp_path: Path) -> None:
    site = _allowed(dedicated(tmp_path / "plum"))
    kills = 0
    for number in _killed_upkeeps(site, tmp_path):
        append_tasks(site.board, [f"{number} a"])
        append_tasks(site.board, [f"{number} b"])
        assert user_git(site.git_dir, "fsck", "--strict", "--no-dangling") == ""
        kills += 1
    assert kills >= 4
    assert len(titles(site.board.read())) == 2 * kills
    _settled(site)
    assert len(_pack_files(site)) == len(_pack_files(site, "idx")) <= 3
    assert leftovers(site.git_dir) == []
    assert json.loads((site.git_dir / "clare" / "upkeep.json").read_text())["problem"] == ""


def test_the_lock_of_a_killed_upkeep_does_not_keep_the_next_from_its_work(tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))
    append_tasks(site.board, ["a"])
    graphs = site.git_dir / "objects" / "info" / "commit-graphs"
    graphs.mkdir(parents=True)
    (graphs / "commit-graph-chain.lock").touch()
    assert "commit-graph" in housekeeping.run(site.board.git)
    (site.git_dir / "clare" / "upkeep.lock").write_text("at work\n")
    _settled(site)
    assert leftovers(site.git_dir) == []


def test_appends_go_on_while_packs_are_joined(tmp_path: Path) -> None:
    site = _allowed(bare(tmp_path / "plum"))

    def work(number: int) -> None:
        for step in range(10):
            append_tasks(site.board, [f"{number} {step}"])

    children = [start(partial(work, number)) for number in range(3)]
    for _ in range(20):
        _settled(site)
    assert [wait(child) for child in children] == [0, 0, 0]
    _settled(site)
    assert len(titles(site.board.read())) == 30
    assert user_git(site.git_dir, "fsck", "--strict", "--no-dangling") == ""
