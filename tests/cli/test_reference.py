"""The reference says what is: fields, what sets them, and the environment."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from clare.config import AGENTS
from clare.settings import ENVIRONMENT, SETTINGS
from clare.views.record import FIELDS
from tests.cli.running import TASK_FIELDS, Here, Json

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
VALUES = {
    "--title": "Another",
    "--project": "web",
    "--body": "More of it.",
    "--type": "bug",
    "--status": "review",
    "--priority": "P0",
    "--for": "ada",
    "--due": "2026-12-01",
    "--defer": "2026-12-02",
    "--every": "week",
    "--done-when": "It is.",
    "--label": "new",
    "--unlabel": "old",
    "--link": "new",
    "--unlink": "old",
}
"""What each option is given; the others take a task, or nothing."""

KINDS: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "text or null": (str, type(None)),
    "id or null": (str, type(None)),
    "time": str,
    "time or null": (str, type(None)),
    "day or null": (str, type(None)),
    "true or false": bool,
    "list of text": list,
    "list of ids": list,
}


def written() -> list[tuple[str, str]]:
    """Each field with an option that sets it, as the page has them."""
    table = REFERENCE.split("| field | meaning | value | default | set by |")[1].split("<!--")[0]
    found = []
    for line in table.splitlines()[2:]:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells:
            found += [(cells[0].strip("`"), each) for each in re.findall("`([^`]+)`", cells[4])]
    return found


def test_every_field_that_is_written_says_what_sets_it() -> None:
    assert len({field for field, _ in written()}) == 17


@pytest.mark.parametrize(("field", "option"), written())
def test_an_option_sets_the_field_that_the_reference_names(
    here: Here, field: str, option: str
) -> None:
    here.ok("project", "add", "web")
    need, parent = here.add("Need"), here.add("Parent")
    task = here.add("Task", "-l", "old", "--link", "old", "-n", need, "-d", "2026-11-30", "--pin")
    before = here.record("show", task)
    after = here.record("show", _changed(here, option, task, need=need, parent=parent))
    apart = {"id", "short", "created_at", "created_by", "updated_at", "updated_by", "closed_at"}
    if option.startswith("add ") or option in ("--idea", "--pin"):
        assert after[field] != here.record("show", parent)[field]
    else:
        differs = {name for name in FIELDS if before[name] != after[name]} - apart
        assert differs == {field, *(["status"] if option.startswith("done ") else [])}


def _changed(here: Here, option: str, task: str, *, need: str, parent: str) -> str:
    """The task after the option was used on it, or one that was added with it."""
    if option == "add TITLE":
        return here.add("Another title")
    if option in ("--idea", "--pin"):
        return here.add("Parent", option)
    words: Sequence[str] = (option, VALUES.get(option, need if option == "--unneed" else parent))
    if option == "done --reason":
        here.ok("done", task, "--reason", "Enough.")
    elif option == "--unpin":
        here.ok("edit", task, option)
    else:
        here.ok("edit", task, *words)
    return task


def test_a_record_has_the_fields_of_the_reference_in_its_forms(
    here: Here, varied: dict[str, str]
) -> None:
    assert list(FIELDS) == TASK_FIELDS
    records = here.records("list", "--all")
    assert len(records) == len(varied)
    for record in records:
        assert list(record) == list(FIELDS)
        for name, (form, _) in FIELDS.items():
            _check(form, record[name])


def _check(form: str, value: object) -> None:
    kind, _, inside = form.partition(": ")
    names = re.findall("`([a-z]+)`", inside)
    if kind in KINDS:
        assert isinstance(value, KINDS[kind]), form
    elif kind == "object or null":
        assert value is None or list(_object(value)) == names
    elif kind == "list of objects":
        assert isinstance(value, list)
        assert all(list(_object(each)) == names for each in value)
    else:
        assert kind == "object"
        assert all(isinstance(each, list) for each in _object(value).values())


def _object(value: object) -> Json:
    assert isinstance(value, dict)
    return value


def test_the_reference_has_every_variable_that_clare_reads() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src" / "clare").rglob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', source))
    known = {setting.environment for setting in SETTINGS.values()}
    known |= {name for agent in AGENTS for name in agent.session} | set(ENVIRONMENT)
    assert read - {"COMP_LINE", "_CLARE_COMPLETE"} <= known
    assert all(f"| `{name}` |" in REFERENCE for name in known if name)
