"""Whatever lies in a tree, reading it does not fail: what is no event is reported, the rest folds."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from clare import names
from clare.errors import ClareError
from clare.events.text import MAX_BYTES, dump
from clare.fleet import Finding
from clare.store import writing
from clare.store.read import stream_blobs
from tests.store.boards import (
    Site,
    append_tasks,
    bare,
    commit_file,
    created,
    dedicated,
    status,
    task,
    titles,
)
from tests.store.caches import same

ID = "20261120T100000.000Z-0000-plum-k3f9x2m1"
OTHER_ID = "20261120T110000.000Z-0000-plum-k3f9x2m1"
KEY = task("hurt")
FOLDER = names.folder(KEY)
PATH = f"{FOLDER}/{ID}.yaml"


def _event(**changed: object) -> bytes:
    """An event of the hurt task as a file, with keys changed or added."""
    whole: dict[str, object] = {"id": ID, "type": "task.created", "by": "nat", "clone": "4v0c7qk2"}
    whole |= {"entity": KEY, "set": {"title": "hurt"}}
    return dump(whole | changed)


GOOD = _event()
UNREADABLE: dict[str, tuple[str, bytes, str]] = {
    "a name that is no id": (f"{FOLDER}/notes.yaml", GOOD, "not an event id"),
    "another ending": (f"{FOLDER}/{ID}.yml", GOOD, "not an event id and .yaml"),
    "a day that does not exist": (
        f"{FOLDER}/20261399T100000.000Z-0000-plum-k3f9x2m1.yaml",
        GOOD,
        "not an event id",
    ),
    "another id inside": (PATH, _event(id=OTHER_ID), f"not its id, {OTHER_ID}"),
    "another entity inside": (PATH, _event(entity=task("b")), "has another folder"),
    "a type of another kind": (PATH, _event(type="project.created"), "does not fit"),
    "no author": (PATH, _event(by=[]), "by: missing"),
    "an author with a space": (PATH, _event(by="a b"), "by: "),
    "half of it": (PATH, GOOD[: len(GOOD) // 2], ""),
    "nothing": (PATH, b"", "not a map"),
    "a list": (PATH, b"- a\n", "not a map"),
    "two documents": (PATH, GOOD + b"---\na: b\n", "more than one document"),
    "a duplicate key": (PATH, GOOD + b"by: eve\n", "line 8: duplicate key by"),
    "an alias": (PATH, GOOD + b"x: &a b\ny: *a\n", "line 8: aliases and anchors"),
    "a tag": (PATH, GOOD + b"x: !!python/name:os.system\n", "line 8: tags"),
    "a bomb": (PATH, b"a: " + b"[" * 9000, "nested too deeply"),
    "windows line ends": (PATH, GOOD.replace(b"\n", b"\r\n"), "line ends"),
    "another encoding": (PATH, GOOD.replace(b"hurt", b"h\xfcrt"), "not UTF-8 at byte"),
    "a little too much": (PATH, GOOD + b"#" * MAX_BYTES, "larger than 64 KiB"),
    "much too much": (PATH, GOOD + b"#" * 1_000_000, "larger than 64 KiB"),
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = bare(tmp_path / "plum")
    append_tasks(found.board, ["a", "b"])
    return found


def _only_finding(site: Site) -> Finding:
    """The one thing that is reported; the rest folds, and can be written on."""
    (finding,) = site.board.read().findings
    append_tasks(site.board, ["after"])
    assert {"a", "b", "after"} <= set(titles(site.board.read()))
    assert site.board.read().findings == (finding,)
    return finding


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_unreadable_file_is_reported_and_the_rest_folds(site: Site, what: str) -> None:
    path, data, problem = UNREADABLE[what]
    blob = commit_file(site, path, data)
    finding = _only_finding(site)
    assert (finding.path, finding.level, finding.entity) == (path, "unreadable", KEY)
    assert finding.blob == blob
    assert problem in finding.problem
    assert [f.path for f in site.board.read().unreadable(KEY)] == [path]


@pytest.mark.parametrize(
    ("mode", "data", "problem"),
    [
        ("120000", b"../../../../../etc/passwd", "a symbolic link, not a file"),
        ("160000", b"1" * 40, "a submodule, not a file"),
        ("100644", b"", "missing"),
    ],
    ids=["symbolic link", "submodule", "lost object"],
)
def test_what_is_no_file_at_an_events_place_is_reported(
    site: Site, mode: str, data: bytes, problem: str
) -> None:
    blob = commit_file(site, PATH, data, mode=mode)
    if problem == "missing":
        (site.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    finding = _only_finding(site)
    assert (finding.path, finding.level, finding.entity) == (PATH, "unreadable", KEY)
    assert problem in finding.problem


@pytest.mark.parametrize("place", ["fleet/projects", "fleet/link", FOLDER])
def test_a_link_in_the_place_of_a_folder_is_reported_and_not_followed(
    site: Site, place: str
) -> None:
    commit_file(site, place, b"tasks", mode="120000")
    finding = _only_finding(site)
    assert (finding.path, finding.level) == (place, "unreadable")
    assert "a symbolic link" in finding.problem


def test_an_executable_event_acts_and_is_reported(site: Site) -> None:
    commit_file(site, PATH, GOOD, mode="100755")
    assert titles(site.board.read()) == ["a", "b", "hurt"]
    finding = _only_finding(site)
    assert (finding.path, finding.level) == (PATH, "unfit")


def test_a_very_large_file_is_never_held_in_memory(site: Site, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    commit_file(site, PATH, large)
    tracemalloc.start()
    try:
        finding = _only_finding(site)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (finding.path, finding.level) == (PATH, "unreadable")
    assert peak < 20_000_000


def test_the_contents_after_a_large_or_a_lost_one_are_right(site: Site) -> None:
    large = commit_file(site, "fleet/large", b"x" * (MAX_BYTES + 1))
    fits = commit_file(site, "fleet/fits", b"y" * MAX_BYTES)
    small = commit_file(site, "fleet/small", b"\nz\n")
    found = dict(stream_blobs(site.board.git, [large, "1" * 40, fits, small]))
    assert found == {large: None, "1" * 40: None, fits: b"y" * MAX_BYTES, small: b"\nz\n"}


@pytest.mark.parametrize(
    "path", ["fleet/README.md", "fleet/tasks/README", "fleet/tasks/zz/notes.txt", "fleet/ü/ö"]
)
def test_a_stray_file_is_ignored_and_reported(site: Site, path: str) -> None:
    commit_file(site, path, b"hello\n")
    finding = _only_finding(site)
    assert (finding.path, finding.level, finding.entity) == (path, "newer", "")


@pytest.mark.parametrize(
    "folder",
    [
        f"fleet/tasks/zz/{KEY.partition('/')[2]}",
        f"fleet/tasks/{KEY.partition('/')[2]}",
        f"{FOLDER}/deeper",
        "fleet/tasks/ab/abc",
        "fleet/projects/CON",
        "fleet/projects/con",
        "fleet/projects/-x",
        "fleet/Projects/x",
        "fleet",
    ],
)
def test_an_event_in_a_folder_of_no_entity_is_reported(site: Site, folder: str) -> None:
    commit_file(site, f"{folder}/{ID}.yaml", GOOD)
    finding = _only_finding(site)
    assert (finding.path, finding.level) == (f"{folder}/{ID}.yaml", "unreadable")
    assert finding.problem == "no entity has its events in this folder"


def test_what_lies_outside_the_folder_is_not_read(site: Site) -> None:
    commit_file(site, f"other/{PATH}", b"")
    commit_file(site, "fleet.yaml", b"")
    assert site.board.read().findings == ()


def test_a_control_character_in_a_path_does_not_stop_reading(site: Site) -> None:
    commit_file(site, f"{FOLDER}/\x1b[31m\n\"'.yaml", GOOD)
    assert _only_finding(site).level == "unreadable"


def test_a_path_that_is_no_utf8_is_reported_in_replaced_characters(site: Site) -> None:
    commit_file(site, "fleet/h\udcfcrt.txt", b"")
    assert _only_finding(site).path == "fleet/h\ufffdrt.txt"


@pytest.mark.parametrize(
    ("path", "data", "problem"),
    [
        (PATH, _event(type="task.weighed"), "type task.weighed is unknown here; kept"),
        (PATH, _event(weight="3"), "weight is unknown here; kept"),
        (PATH, _event(set={"title": "hurt", "weight": "3"}), "set.weight is unknown here; kept"),
        (
            f"fleet/sprints/first/{ID}.yaml",
            _event(entity="sprints/first", type="sprint.created"),
            "type sprint.created is unknown here; kept",
        ),
        ("fleet/fleet.yaml", b"format: 1\nname: orchard\nmood: good\n", "mood is unknown here"),
    ],
)
def test_what_a_newer_clare_wrote_is_kept_and_reported(
    site: Site, path: str, data: bytes, problem: str
) -> None:
    commit_file(site, path, data)
    finding = _only_finding(site)
    assert (finding.path, finding.level) == (path, "newer")
    assert problem in finding.problem


def test_an_entity_of_a_kind_that_is_unknown_here_folds(site: Site) -> None:
    data = _event(entity="sprints/first", type="sprint.created")
    commit_file(site, f"fleet/sprints/first/{ID}.yaml", data)
    assert site.board.read().entity("sprints/first").value("title") == "hurt"


def test_a_value_that_does_not_fit_is_reported_and_the_others_act(site: Site) -> None:
    commit_file(site, PATH, _event(set={"title": "hurt", "priority": "urgent"}))
    finding = _only_finding(site)
    assert (finding.path, finding.level, finding.entity) == (PATH, "unfit", KEY)
    assert "hurt" in titles(site.board.read())


def _titled(title: str) -> bytes:
    return _event(set={"title": title})


def _title_in(data: bytes) -> str:
    return data.decode().rpartition("title: ")[2].strip()


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@pytest.mark.parametrize("lower", ["first", "second"])
def test_of_two_bodies_with_one_id_the_lower_blob_acts_and_the_second_is_reported(
    site: Site, lower: str
) -> None:
    bodies = sorted((_blob(data), data) for data in map(_titled, ("one", "two")))
    first, second = bodies if lower == "first" else bodies[::-1]
    twin = f"{FOLDER}/{ID}~{second[0]}.yaml"
    commit_file(site, PATH, first[1])
    commit_file(site, twin, second[1])
    assert titles(site.board.read()) == sorted(["a", "b", _title_in(bodies[0][1])])
    finding = _only_finding(site)
    assert (finding.path, finding.level, finding.entity) == (twin, "unreadable", KEY)
    assert "a second body" in finding.problem


@pytest.mark.parametrize("data", [b"", b"format: x\n", b"format: -1\n", b"format: 1\nformat: 2\n"])
def test_an_unreadable_manifest_is_reported_and_nothing_is_written(site: Site, data: bytes) -> None:
    commit_file(site, "fleet/fleet.yaml", data)
    (finding,) = site.board.read().findings
    assert (finding.path, finding.level) == ("fleet/fleet.yaml", "unreadable")
    assert titles(site.board.read()) == ["a", "b"]
    with pytest.raises(ClareError) as told:
        append_tasks(site.board, ["c"])
    assert told.value.exit_code == 5
    assert titles(site.board.read()) == ["a", "b"]


def test_a_board_of_a_newer_format_is_read_and_not_written(site: Site) -> None:
    commit_file(site, "fleet/fleet.yaml", b"format: 2\nname: orchard\n")
    assert titles(site.board.read()) == ["a", "b"]
    with pytest.raises(ClareError, match="format 2, this Clare writes 1: read-only") as told:
        append_tasks(site.board, ["c"])
    assert told.value.exit_code == 1


def test_the_projection_at_a_commit_is_that_of_the_commit(site: Site) -> None:
    before = site.board.read_whole()
    append_tasks(site.board, ["c"])
    same(site.board.read(before.commit), before)
    assert titles(site.board.read()) == ["a", "b", "c"]


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    written = writing.append(site.board, lambda _: [created("a"), created("b")])
    fleet = site.board.read()
    assert (fleet.events, fleet.entities) == (written.fleet.events, written.fleet.entities)
    assert fleet.commit == written.commit
    assert status(site) == ""
