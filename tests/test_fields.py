"""Whatever lists the fields of a task knows all of them, but for those left out on purpose."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from clare import state
from clare.events.event import Effect
from clare.events.host import HostFields, HostSets
from clare.events.project import ProjectFields
from clare.events.task import TaskFields, TaskSets
from clare.services import database
from clare.views import columns, export, sheet, terms
from clare.views.record import host_record, project_record, task_record
from tests.cli.running import TASK_FIELDS
from tests.views.fleets import NOW, event, fleet_of, id_of, task

ALL = {*TaskFields.model_fields, *TaskSets.model_fields}
PAGE = Path(__file__).parents[1] / "docs" / "export.md"
FLEET = fleet_of(task("a"), [event("projects/web", Effect(creates=True))])

KEY_OF = {"defer_until": "defer", "labels": "label", "links": "link"}
"""A query says these with a word of its own."""

ALWAYS = {"title", "type", "status", "priority", "pinned", "close_reason"}
"""A query does not ask whether a task has these: it always has, or `is:` and `closed:` tell."""


def test_there_is_one_list_of_all_fields() -> None:
    assert set(state.FIELDS) == ALL
    assert len(state.FIELDS) == len(ALL)
    assert set(state.SETS) == set(TaskSets.model_fields)


@pytest.mark.parametrize(
    ("known", "left_out"),
    [
        pytest.param(task_record(FLEET, FLEET.tasks[id_of("a")], now=NOW), set(), id="record"),
        pytest.param(TASK_FIELDS, set(), id="contract"),
        pytest.param(export.COLUMNS, set(), id="export"),
        pytest.param((*database.TASK, *state.SETS), set(), id="database"),
        pytest.param(columns.COLUMNS, set(), id="columns"),
        pytest.param(sheet.FIELDS, {"title", "body", "close_reason"}, id="sheet"),
    ],
)
def test_what_lists_fields_knows_every_one(known: Iterable[str], left_out: set[str]) -> None:
    assert ALL & set(known) == ALL - left_out


def test_a_query_asks_for_every_field_that_a_task_may_lack() -> None:
    wanted = {KEY_OF.get(name, name) for name in ALL - ALWAYS}
    assert set(terms.PARTS) - wanted == {"children", "comments", "holder"}
    assert wanted <= set(terms.PARTS)


def test_the_tables_of_the_database_have_the_columns_that_are_written() -> None:
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(database.SCHEMA)
        for table, written in (("tasks", database.TASK), ("projects", database.PROJECT)):
            found = [row[1] for row in empty.execute(f"PRAGMA table_info({table})")]
            assert tuple(found) == written
        tables = {row[0] for row in empty.execute("SELECT name FROM sqlite_master")}
    assert set(state.SETS) <= tables


def test_the_fields_of_a_project_are_all_exported() -> None:
    fields = set(ProjectFields.model_fields)
    assert fields <= set(database.PROJECT)
    assert fields <= set(project_record(FLEET, FLEET.projects["web"]))


def test_the_record_of_a_host_has_every_field_and_set() -> None:
    host = fleet_of([event("hosts/plum", Effect(creates=True))]).host("plum")
    assert {*HostFields.model_fields, *HostSets.model_fields} <= set(host_record(host))


def test_the_page_about_export_names_every_column_in_its_order() -> None:
    text = PAGE.read_text("utf-8")
    listed = text.partition("## Fields\n")[2].partition("Records have besides")[0]
    assert tuple(re.findall(r"`(\w+)`", listed)) == export.COLUMNS
    for table, written in (("tasks", database.TASK), ("projects", database.PROJECT)):
        row = text.partition(f"\n| `{table}` |")[2].partition("\n")[0]
        assert tuple(re.findall(r"`(\w+)`", row)) == written
