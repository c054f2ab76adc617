"""What arrives of the rows that beads exported, and what becomes of rows that do not fit."""

from datetime import datetime
from pathlib import Path

import pytest

from clare import names
from clare.clock import show_instant
from clare.errors import ClareError, Exit, Unreadable
from clare.events.fields import MAX_LINE, MAX_TEXT
from clare.fleet import Finding, Fleet
from clare.services.readers.beads import ORIGIN, load, task_id
from clare.services.replica import Imported, plan
from clare.store.board import Board
from clare.store.writing import extended
from tests.beads import (
    FILES,
    NOW,
    OWN,
    a_row,
    as_event,
    commits,
    import_beads,
    make_board,
    rows_of,
    task,
    value,
    write,
)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return make_board(tmp_path, "plum")


# What arrives.


def test_every_field_arrives(board: Board) -> None:
    import_beads(board, OWN)
    assert {
        name: heads[0].value for name, heads in task(board, "bk-oven").entity.fields.items()
    } == {
        "title": "Rebuild the deck oven",
        "body": "The old one loses heat.\n\n- bricks\n- door\n\n## Design\n\nTwo decks, one burner.",
        "done_when": "Holds 250 °C for an hour.",
        "type": "epic",
        "priority": "P1",
    }
    assert task(board, "bk-oven").labels == ("big-job", "heat")
    assert task(board, "bk-oven").links == ("beads:bk-oven", "https://example.invalid/quotes/17")
    bricks = task(board, "bk-bricks")
    assert (bricks.status, bricks.assignee, bricks.type) == ("done", "jonas", "chore")
    assert bricks.entity.value("close_reason") == "Delivered on a pallet"
    assert bricks.parent == task_id("bk-oven")
    assert task(board, "bk-door").needs == (task_id("bk-bricks"),)
    assert value(board, "bk-design", "body") == "## Design\n\n# Plan\n\nFirst this."
    assert value(board, "bk-yeast", "defer_until") == "2026-06-01T04:00:00Z"
    assert value(board, "bk-easter", "due") == "2026-04-04T07:30:00.250Z"
    assert task(board, "bk-nulls").assignee == ""


def test_texts_arrive_to_the_letter(board: Board) -> None:
    import_beads(board, OWN)
    assert task(board, "bk-quote").title == "Say \"no\": --- 'yes' # 1_000 🥐 on"
    assert value(board, "bk-quote", "body") == "on"
    assert task(board, "bk-quote").labels == ("1_000", "no", "über")
    assert [c.text for c in task(board, "bk-notes").comments] == ["Flour 1_000 kg: yes\n---\n"]


@pytest.mark.parametrize("path", FILES)
def test_titles_bodies_people_and_dates_of_every_row_arrive(board: Board, path: Path) -> None:
    import_beads(board, path)
    fleet = board.read()
    assert fleet.findings == ()
    for row in rows_of(path):
        if row.get("issue_type") == "agent":
            continue
        found = fleet.tasks[task_id(row["id"])]
        body = found.entity.value("body")
        assert found.title == row["title"]
        assert body.startswith(row.get("description") or "")
        assert body.endswith(row.get("design") or "")
        said = [row.get("notes", ""), *(c["text"] for c in row.get("comments") or ())]
        assert sorted(c.text for c in found.comments) == sorted(text for text in said if text)
        assert found.entity.created
        assert found.entity.created.by == "-".join((row.get("created_by") or "beads").split())
        assert found.created_at == moment(row["created_at"])
        if found.closing:
            assert found.closing.event[:15] == stamp_of(row["closed_at"])


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def stamp_of(text: str) -> str:
    return show_instant(moment(text)).replace("-", "").replace(":", "")[:15]


def test_comments_keep_their_people_and_dates(board: Board) -> None:
    import_beads(board, OWN)
    found = [(c.event[:20], c.by, c.text) for c in task(board, "bk-talk").comments]
    assert found == [
        ("20260309T100000.000Z", "jonas", "First thoughts."),
        ("20260309T100000.123Z", "Ada-von-Brot", "  indented\n\n```\ncode\n```\n"),
        ("20260309T120000.000Z", "beads", "Nobody said this."),
    ]


@pytest.mark.parametrize(
    ("row_id", "status"),
    [
        ("oven", "open"),
        ("chimney", "open"),
        ("gauge", "open"),
        ("hook", "open"),
        ("rota", "open"),
        ("yeast", "open"),
        ("rye", "idea"),
        ("bricks", "done"),
        ("ghost", "dropped"),
    ],
)
def test_each_status_has_its_counterpart(row_id: str, status: str) -> None:
    fleet = extended(Fleet(), [as_event(given) for given in plan(Fleet(), load(OWN)).events])
    assert fleet.tasks[task_id(f"bk-{row_id}")].status == status


def test_pinned_arrives_from_the_status_and_from_the_flag(board: Board) -> None:
    import_beads(board, OWN)
    pinned = {found.id for found in board.read().tasks.values() if found.pinned}
    assert pinned == {task_id(f"bk-{name}") for name in ("hook", "rota", "board")}


def test_other_edges_become_links_and_a_second_parent_too(board: Board) -> None:
    import_beads(board, OWN)
    tent, fair, shop = (task_id(f"bk-{name}") for name in ("tent", "fair", "shop"))
    links = {f"discovered-from:{tent}", f"related:{fair}", "beads:bk-crumbs"}
    assert set(task(board, "bk-crumbs").links) == links
    assert task(board, "bk-two").parent == task_id("bk-oven")
    assert set(task(board, "bk-two").links) == {"beads:bk-two", f"parent-child:{shop}"}


def test_agents_are_left_out_and_needs_that_point_nowhere_are_kept(board: Board) -> None:
    told = import_beads(board, OWN)
    assert told.skipped == 2
    assert task_id("bk-agent-1") not in board.read().tasks
    assert task(board, "bk-for-agent").needs == (task_id("bk-agent-1"),)
    assert task(board, "bk-elsewhere").needs == (task_id("other-17"),)


def test_a_dependency_outside_the_file_keeps_the_source_s_name(
    board: Board, tmp_path: Path
) -> None:
    edges = [
        {"depends_on_id": "other-17", "type": "blocks"},
        {"depends_on_id": "other-18", "type": "parent-child"},
        {"depends_on_id": "bk-2", "type": "blocks"},
    ]
    rows = [a_row(dependencies=edges), a_row(id="bk-2")]
    import_beads(board, write(tmp_path / "one.jsonl", rows))
    assert set(task(board, "bk-1").links) == {
        "beads:bk-1",
        "beads-needs:other-17",
        "beads-parent:other-18",
    }
    rows += [a_row(id="other-17"), a_row(id="other-18")]
    import_beads(board, write(tmp_path / "two.jsonl", rows))
    assert task(board, "bk-1").links == ("beads:bk-1",)
    assert task(board, "bk-1").needs == tuple(sorted([task_id("bk-2"), task_id("other-17")]))


def test_mail_addresses_of_owners_are_left_out(board: Board) -> None:
    import_beads(board, OWN)
    assert not board.git.text("grep", "mira@", "refs/heads/fleet", allow=(0, 1))


def test_every_event_is_the_sources_own(board: Board) -> None:
    import_beads(board, OWN)
    events = [e for found in board.read().events.values() for e in found]
    assert {(e.clone, names.host_of(e.id)) for e in events} == {(ORIGIN.clone, "beads")}


# What does not fit.


def test_what_does_not_fit_is_made_to_and_told(board: Board, tmp_path: Path) -> None:
    row = a_row(
        title="t" * 1200,
        description="ü" * MAX_TEXT,
        acceptance_criteria="d" * MAX_TEXT,
        notes="n" * (MAX_TEXT + 1),
        labels=["-x", " , ", "y" * 150, "a\u202eb"],
        issue_type="merge request",
        assignee="\u0007",
        created_by="-",
        priority=-3,
        external_ref="two\nlines",
        dependencies=[{"issue_id": "bk-2", "depends_on_id": "bk-3", "type": "blocks"}],
    )
    told = import_beads(board, write(tmp_path / "one.jsonl", [row]))
    found = task(board, "bk-1")
    assert found.title == "t" * (MAX_LINE - 1) + "…"
    assert found.entity.value("body").startswith("üüü")
    assert found.entity.value("body").endswith("ü\n\n[shortened by the import]")
    assert found.comments[0].text.endswith("n\n\n[shortened by the import]")
    assert len(found.comments[0].text) == MAX_TEXT
    assert found.labels == ("ab", "x", "y" * 100)
    assert (found.type, found.assignee, found.priority) == ("merge-request", "", "P0")
    assert found.links == ("beads:bk-1", "two lines")
    assert found.comments[0].by == "beads"
    assert found.needs == ()
    told_of = "title body done_when notes label type \\x07 - priority external_ref bk-2"
    for word in told_of.split():
        assert any(word in note for note in told.notes), word
    assert all(note.startswith("line 1, bk-1: ") for note in told.notes)
    assert import_beads(board, tmp_path / "one.jsonl").commit == ""


@pytest.mark.parametrize("text", ["x\n" * (MAX_TEXT // 2), "\u200e\x00" * (MAX_TEXT // 4)])
def test_a_text_that_swells_in_the_file_still_fits(board: Board, tmp_path: Path, text: str) -> None:
    said = {"author": "ada", "text": text, "created_at": NOW}
    row = a_row(description=text, status="closed", close_reason=text, comments=[said])
    told = import_beads(board, write(tmp_path / "one.jsonl", [row]))
    assert told.created == 1
    assert board.read().findings == ()
    assert text.startswith(value(board, "bk-1", "body").partition("\n\n[")[0])


def test_the_longest_text_that_fits_is_kept_whole(board: Board, tmp_path: Path) -> None:
    text = ("x" * 63 + "\n") * (MAX_TEXT // 64)
    told = import_beads(board, write(tmp_path / "one.jsonl", [a_row(description=text)]))
    assert value(board, "bk-1", "body") == text
    assert told.notes == ()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[1]", "not a JSON object"),
        ('{"id": "bk-9"', "not a JSON object"),
        ('"text"', "not a JSON object"),
        ('{"title": "x", "created_at": "2026-03-01T08:00:00Z"}', "id: missing"),
        ('{"id": "bk-9", "created_at": "2026-03-01T08:00:00Z"}', "title: missing"),
        ('{"id": "bk-9", "title": " \\n", "created_at": "2026-03-01T08:00:00Z"}', "title: must"),
        ('{"id": "bk-9", "title": "x"}', "created_at: missing"),
        ('{"id": "bk-9", "title": "x", "created_at": "yesterday"}', "created_at: must be a date"),
        ('{"id": "bk-9", "title": "x", "created_at": "2026-02-30T08:00:00Z"}', "no such date"),
        ('{"id": "bk-9", "title": "x", "created_at": "0001-01-01T00:00:00+01:00"}', "no such date"),
        ('{"id": "bk-9", "title": "x", "created_at": "2026-03-01T08:00:00"}', "must be a date"),
        ('{"id": "bk-9", "title": "x", "created_at": 1772352000}', "created_at: must be a date"),
        ('{"id": "bk-oven", "title": "x", "created_at": "2026-03-01T08:00:00Z"}', "in line 1"),
    ],
)
def test_one_bad_row_names_file_and_line_and_nothing_is_imported(
    board: Board, tmp_path: Path, line: str, problem: str
) -> None:
    rows = OWN.read_text("utf-8").split("\n")
    path = tmp_path / "bad.jsonl"
    path.write_text("\n".join([*rows[:2], "", line, *rows[2:]]), "utf-8")
    tip = board.tip()
    with pytest.raises(ClareError) as refused:
        import_beads(board, path)
    assert refused.value.message.startswith(f"{path}, line 4: ")
    assert problem in refused.value.message
    assert refused.value.exit_code == Exit.REFUSED
    assert board.tip() == tip


def test_bytes_that_are_no_text_name_the_line(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b'\n{"id": "bk-\xff"}\n')
    with pytest.raises(ClareError, match="line 2: not a JSON object"):
        import_beads(board, path)


def test_a_row_with_more_edges_than_an_event_holds_is_refused(board: Board, tmp_path: Path) -> None:
    edges = [{"depends_on_id": f"x{n}", "type": "blocks"} for n in range(5000)]
    with pytest.raises(ClareError, match="line 1: more labels and dependencies"):
        import_beads(board, write(tmp_path / "one.jsonl", [a_row(dependencies=edges)]))


def test_a_missing_file_is_told(board: Board, tmp_path: Path) -> None:
    with pytest.raises(ClareError, match=r"none\.jsonl: No such file"):
        import_beads(board, tmp_path / "none.jsonl")


def test_a_damaged_event_of_an_imported_task_stops_the_import() -> None:
    source = load(OWN)
    key = names.task_key(task_id("bk-oven"))
    path = f"{names.folder(key)}/20260301T080000.000Z-0000-beads-00000000.yaml"
    fleet = Fleet(findings=(Finding(path, "not YAML", entity=key),))
    with pytest.raises(Unreadable, match="not YAML"):
        plan(fleet, source)


def test_a_file_that_is_there_is_never_written_over() -> None:
    source = load(OWN)
    first = plan(Fleet(), source).events[0]
    path = names.event_path(first.fact.entity, first.id)
    finding = Finding(path, "no event", level="unfit", entity=first.fact.entity)
    again = plan(Fleet(findings=(finding,)), source).events
    assert first.id not in {given.id for given in again}
    assert len(again) == len(plan(Fleet(), source).events) - 1


def test_an_empty_file_writes_nothing(board: Board, tmp_path: Path) -> None:
    told = import_beads(board, write(tmp_path / "none.jsonl", []))
    assert told == Imported(0, 0, 0, 0, "", ())
    assert commits(board) == ["begin"]
