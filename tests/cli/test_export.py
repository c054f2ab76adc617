"""Export: what it writes, and that an import of it gives the same tasks."""

import csv
import errno
import io
import json
import os
import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.services.database import write_database
from clare.services.export import write_whole
from clare.services.origin import Source
from clare.services.readers import beads, jsonl
from clare.services.readers import csv as csv_reader
from clare.views.export import (
    COLUMNS,
    json_lines,
    markdown,
    project_records,
    table,
    task_records,
)
from tests.beads import FILES
from tests.cli.running import TASK_FIELDS, Here, board, files_of, plant
from tests.exchanged import LEFT_OUT, boards, kept
from tests.readers.sources import DATA, FORMATS, imported
from tests.views.fleets import fleet_of, id_of, task

# The law, and a scenario of it.


def again(tmp_path: Path, text: str, load: Callable[[Path], Source]) -> Fleet:
    """What an empty board is after an import of the text."""
    path = tmp_path / "export"
    path.write_bytes(text.encode())
    return imported(load(path))


@settings(max_examples=150)
@given(fleet=boards())
def test_json_lines_into_an_empty_board_give_the_same_tasks(tmp_path: Path, fleet: Fleet) -> None:
    records = [*project_records(fleet, ()), *task_records(fleet, ())]
    copy = again(tmp_path, json_lines(records), jsonl.load)
    assert kept(copy) == kept(fleet)


@settings(max_examples=100)
@given(fleet=boards())
def test_a_table_into_an_empty_board_gives_the_same_tasks(tmp_path: Path, fleet: Fleet) -> None:
    copy = again(tmp_path, table(task_records(fleet, ())), lambda path: csv_reader.load(path, "x"))
    found = [
        [{**record, "comments": []} for record in kept(board) if "id" in record]
        for board in (fleet, copy)
    ]
    assert found[0] == found[1]


def test_a_board_of_every_field_comes_back(tmp_path: Path, home: Path) -> None:
    first, second = board(tmp_path, "first"), board(tmp_path, "second")
    first.ok("import", "jsonl", str(DATA / "board.jsonl"))
    second.ok("import", "jsonl", "-", given=first.ok("export"))
    assert second.ok("export") == first.ok("export")
    found = [json.loads(line) for line in (DATA / "board.jsonl").read_text().splitlines()]
    copies = [json.loads(line) for line in second.ok("export").splitlines()]
    for record, copy in zip(found, copies, strict=True):
        for name in set(record) - {*LEFT_OUT, "comments", "updated_at"}:
            assert copy[name] == record[name], name
        said = [
            [(c["at"], c["by"], c["text"]) for c in one.get("comments", ())]
            for one in (record, copy)
        ]
        assert said[0] == said[1]
    assert (copies[4]["active"], copies[4]["claim"]) == (False, None)
    assert first.ok("import", "jsonl", str(DATA / "board.jsonl")).startswith("0 created, 0 changed")


@pytest.mark.parametrize("path", FILES)
def test_a_board_of_a_real_project_comes_back(tmp_path: Path, path: Path) -> None:
    fleet = imported(beads.load(path))
    records = [*project_records(fleet, ()), *task_records(fleet, ())]
    assert kept(again(tmp_path, json_lines(records), jsonl.load)) == kept(fleet)


def test_an_export_imported_where_it_came_from_changes_nothing(
    varied: dict[str, str], here: Here
) -> None:
    before = files_of(here)
    for form in ("jsonl", "csv"):
        ran = here.run("import", form, "-", given=here.ok("export", f"--{form}"))
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == "0 created, 0 changed, 6 unchanged, 0 skipped\n"
    assert files_of(here) == before


# What is written.


def test_json_lines_are_the_records_of_json(varied: dict[str, str], here: Here) -> None:
    lines = [json.loads(line) for line in here.ok("export").splitlines()]
    assert lines == here.records("export")
    assert here.ok("export", "--jsonl") == here.ok("export")
    tasks = {record["id"]: record for record in lines if "id" in record}
    assert tasks == {r["id"]: r for r in here.records("list", "--all")}
    assert [list(record) for record in tasks.values()] == [TASK_FIELDS] * 6
    assert [record["slug"] for record in lines if "slug" in record] == ["web"]


def test_only_a_project_when_asked_for(varied: dict[str, str], here: Here) -> None:
    here.ok("project", "add", "other")
    assert [r["title"] for r in here.records("export", "-P", "web")] == ["web", "A parser"]
    assert len(here.ok("export", "--csv", "-P", "web").splitlines()) == 2
    assert here.ok("export", "--md", "-P", "web").count("- [") == 1
    assert here.run("export", "-P", "nowhere").code == 1


def test_a_table_has_a_row_for_each_task(varied: dict[str, str], here: Here) -> None:
    rows = list(csv.DictReader(io.StringIO(here.ok("export", "--csv"))))
    assert {row["title"]: row["id"] for row in rows}["A parser"] == varied["A"]
    (parser,) = (row for row in rows if row["title"] == "A parser")
    assert list(parser) == list(COLUMNS)
    assert (parser["labels"], parser["needs"], parser["pinned"]) == ("x,y", "", "false")


def test_markdown_shows_parts_below_and_projects_as_headings() -> None:
    fleet = fleet_of(
        task("a", title="All *of* it", project="web"),
        task("b", parent="a", title="A part", project="web", status="done"),
        task("c", parent="b", title="<b>", project="web", status="dropped"),
        task("d", title="Alone", status="idea", priority="P0"),
        task("e", parent="f", title="One"),
        task("f", parent="e", title="Two"),
    )
    assert markdown(fleet, ()).splitlines() == [
        "# ", "", "## No project", "",
        "- [ ] Alone (`dddd`, P0, idea)",
        "- [ ] One (`eeee`, P2)",
        "  - [ ] Two (`ffff`, P2)",
        "", "## web", "",
        "- [ ] All \\*of\\* it (`aaaa`, P2)",
        "  - [x] A part (`bbbb`, P2)",
        "    - [x] ~~\\<b\\>~~ (`cccc`, P2, dropped)",
    ]  # fmt: skip


def test_a_very_deep_plan_is_written_too() -> None:
    letters = "abcdefghjkmnpqrstvwxyz"
    deep = [task(one, parent=above) for above, one in pairwise(letters)]
    text = markdown(fleet_of(task("a"), *deep), ())
    assert text.splitlines()[-1].startswith("  " * (len(letters) - 1) + "- [ ] z")


@settings(max_examples=40)
@given(fleet=boards())
def test_a_database_holds_what_the_records_say(tmp_path: Path, fleet: Fleet) -> None:
    path = tmp_path / "board.db"
    path.unlink(missing_ok=True)
    write_database(path, fleet, ())
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        rows = {row["id"]: row for row in database.execute("SELECT * FROM tasks")}
        for record in task_records(fleet, ()):
            row = rows.pop(str(record["id"]))
            assert {name: record[name] for name in row.keys()} == dict(row)  # noqa: SIM118
            for name, column in (("labels", "label"), ("needs", "needs"), ("links", "link")):
                asked = f"SELECT {column} FROM {name} WHERE task = ? ORDER BY 1"
                found = [each[0] for each in database.execute(asked, (record["id"],))]
                assert found == record[name]
        assert rows == {}
        (events,) = database.execute("SELECT count(*) FROM events").fetchone()
    assert events == sum(map(len, fleet.events.values()))


def test_a_database_answers_questions(varied: dict[str, str], here: Here, tmp_path: Path) -> None:
    target = tmp_path / "board.db"
    ran = here.run("export", "--sqlite", str(target))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"wrote 6 tasks, 1 project to {target}\n"
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        asked = "SELECT t.title FROM tasks t JOIN needs n ON n.task = t.id WHERE n.needs = ?"
        assert database.execute(asked, (varied["A"],)).fetchall() == [("B",)]
        asked = "SELECT text FROM comments JOIN tasks ON tasks.id = task WHERE title = 'D'"
        assert database.execute(asked).fetchall() == [("A pARser too",)]
        types = dict(database.execute("SELECT type, count(*) FROM events GROUP BY 1"))
    assert types["task.created"] == 6


# Files.

FORMS = (["--jsonl", "-o"], ["--csv", "-o"], ["--md", "-o"], ["--sqlite"])


@pytest.mark.parametrize("words", FORMS, ids=lambda words: words[0])
def test_an_export_is_the_same_whenever_it_is_made(
    varied: dict[str, str], here: Here, tmp_path: Path, words: list[str]
) -> None:
    for name in ("one", "two"):
        here.ok("export", *words, str(tmp_path / name))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["board", "home", "one", "two"]


@pytest.mark.parametrize("words", FORMS, ids=lambda words: words[0])
def test_nothing_is_written_over_unasked(here: Here, tmp_path: Path, words: list[str]) -> None:
    target = tmp_path / "mine"
    target.write_text("mine")
    refused = here.run("export", *words, str(target))
    assert (refused.code, refused.out, target.read_text()) == (1, "", "mine")
    assert refused.err.startswith(f"clare: {target} is there already\n")
    here.ok("export", *words, str(target), "--force")
    assert target.read_bytes()[:4] != b"mine"


@pytest.mark.parametrize("words", FORMS, ids=lambda words: words[0])
@pytest.mark.parametrize("place", ["nowhere/x", "folder", "file/x", "x" * 300, "folder/"])
def test_a_place_that_cannot_be_written_is_told(
    here: Here, tmp_path: Path, words: list[str], place: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    here.ok("list")
    before = sorted(tmp_path.rglob("*"))
    ran = here.run("export", *words, f"{tmp_path}/{place}", "--force")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 2), ran.err
    assert [p for p in sorted(tmp_path.rglob("*")) if p not in before] == []


def test_a_disk_that_is_full_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "board.jsonl"
    target.write_text("old")

    def write(path: Path) -> None:
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ClareError, match="No space left on device"):
        write_whole(target, write, force=True)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["board.jsonl"]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_pipe(path: Path) -> None:
    os.mkfifo(f"{path}.pipe")
    path.symlink_to(f"{path}.pipe")


def socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


@pytest.mark.parametrize("words", FORMS, ids=lambda words: words[0])
@pytest.mark.parametrize("make", [pipe, link_to_a_pipe, socket])
def test_what_is_no_regular_file_stays_what_it_is(
    here: Here, tmp_path: Path, words: list[str], make: Callable[[Path], None]
) -> None:
    target = tmp_path / "target"
    make(target)
    before = [path.lstat().st_mode for path in (target, target.resolve())]
    for more in ([], ["--force"]):
        ran = here.run("export", *words, str(target), *more)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.splitlines() == [
            f"clare: {target} is no regular file",
            f"  standard output goes there: clare export … > {target}",
        ]
    assert [path.lstat().st_mode for path in (target, target.resolve())] == before


@pytest.mark.parametrize("words", FORMS, ids=lambda words: words[0])
def test_a_link_is_followed_and_stays_one(here: Here, tmp_path: Path, words: list[str]) -> None:
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(file)
    assert here.run("export", *words, str(link)).code == 1
    assert not file.exists()
    file.write_text("old")
    file.chmod(0o640)
    here.ok("export", *words, str(link), "--force")
    assert (link.readlink(), stat.S_IMODE(file.stat().st_mode)) == (file, 0o640)
    assert file.read_bytes()[:3] != b"old"


@pytest.mark.parametrize("words", FORMS, ids=lambda words: words[0])
def test_a_new_file_gets_the_rights_that_the_umask_leaves(
    here: Here, tmp_path: Path, words: list[str]
) -> None:
    before = os.umask(0o027)
    try:
        here.ok("export", *words, str(tmp_path / "new"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@pytest.mark.parametrize("words", FORMS, ids=lambda words: words[0])
def test_a_link_planted_beside_the_file_leads_nowhere(
    here: Here, tmp_path: Path, words: list[str]
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / f".clare-export-{os.getpid()}").symlink_to(victim)
    here.ok("export", *words, str(tmp_path / "new"))
    assert victim.read_text() == "precious"
    assert not (tmp_path / "new").is_symlink()


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("no database, and longer than its head " * 40)
    with pytest.raises(ClareError, match="file is not a database"):
        write_database(path, fleet_of(task("a")), ())


def test_a_dash_is_standard_output(here: Here) -> None:
    here.add("Bake")
    assert here.ok("export", "-o", "-", "--csv") == here.ok("export", "--csv")
    assert not (here.folder / "-").exists()


def test_with_json_the_answer_is_json_whatever_the_form(here: Here) -> None:
    here.add("Bake")
    assert here.records("export", "--csv") == here.records("export")


def test_with_json_a_file_is_told_as_an_object(here: Here, tmp_path: Path) -> None:
    here.add("Bake")
    target = str(tmp_path / "board.md")
    told = here.record("export", "--md", "-o", target)
    assert told == {"file": target, "tasks": 1, "projects": 0}


def test_a_database_has_no_other_form(here: Here, tmp_path: Path) -> None:
    for words in (["--csv"], ["-o", "x"]):
        ran = here.run("export", "--sqlite", str(tmp_path / "x"), *words)
        assert (ran.code, ran.out) == (2, "")


def test_what_steers_a_terminal_is_shown_there_and_kept_elsewhere(here: Here) -> None:
    here.add("Bake", "-m", "\x9b2J\x1b[2J")
    assert "\x9b2J\x1b[2J" in here.ok("export", "--csv")
    shown = here.terminal("export", "--csv")
    assert shown.code == 0
    assert "\x1b" not in shown.out
    assert "\\u000d" not in shown.out
    assert "\\u001b[2J" in shown.out


@pytest.mark.parametrize("form", ["--jsonl", "--csv", "--md"])
def test_no_form_turns_the_lines_of_a_terminal_around(here: Here, form: str) -> None:
    here.add("Bake \u202e\u2066\x1b[31m", "-l", "x", "-m", "\u202e")
    shown = here.terminal("export", form)
    assert shown.code == 0
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown.out)
    assert "\\u202e" in shown.out or form == "--md"


def test_an_empty_board_is_exported_too(here: Here, tmp_path: Path) -> None:
    assert here.ok("export") == ""
    assert here.records("export") == []
    assert here.ok("export", "--csv").strip() == ",".join(COLUMNS)
    here.ok("export", "--sqlite", str(tmp_path / "x.db"))
    assert here.ok("import", "jsonl", "-", given="").startswith("0 created")
    assert (id_of("a"), FORMATS["jsonl"].command) == ("a" * 12, "jsonl")


def test_a_damaged_file_on_the_board_is_told_beside_the_export(here: Here) -> None:
    here.add("Bake")
    plant(here, {"fleet/tasks/aa/aaaaaaaaaaaa/20261120T090000.000Z-0000-plum-00000000.yaml": "no"})
    ran = here.run("export")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
    assert ran.err.startswith("clare: 1 file cannot be read, see `clare doctor`: ")
