"""Old logs fold to the same state for ever: a folder of event files, and its state beside it."""

import json
from pathlib import Path

import pytest

from clare.events.event import Event
from clare.events.read import read
from clare.fold import fold
from clare.names import folder
from clare.store.files import parse
from clare.store.snapshot import FORMAT
from clare.table import row_of
from clare.views.digest import plain

LOGS = Path(__file__).parent.parent / "golden" / "logs"
STATES = sorted(LOGS.glob("*.json"))


def events(log: Path) -> list[Event]:
    return [read(parse(path.read_bytes())) for path in sorted(log.glob("*.yaml"))]


def test_there_are_logs() -> None:
    assert {path.stem for path in STATES} == {path.name for path in LOGS.iterdir() if path.is_dir()}
    assert STATES


@pytest.mark.parametrize("state", STATES, ids=lambda path: path.stem)
def test_an_old_log_folds_to_the_state_it_always_had(state: Path) -> None:
    known = events(state.with_suffix(""))
    entity = fold(known[0].entity, known)
    assert json.dumps(plain(entity), indent=1, ensure_ascii=False) + "\n" == state.read_text(
        "utf-8"
    )
    assert {each.entity for each in known} == {entity.key}
    assert folder(entity.key).endswith(f"/{state.stem}")


@pytest.mark.parametrize("state", STATES, ids=lambda path: path.stem)
def test_the_files_of_an_old_log_are_named_for_their_events(state: Path) -> None:
    for path in state.with_suffix("").iterdir():
        assert read(parse(path.read_bytes())).id == path.stem


def test_a_row_says_what_it_always_said_in_this_format_of_the_cache() -> None:
    """Whoever changes what a row says raises FORMAT, so that what is kept is made anew."""
    task = next(state for state in STATES if len(state.stem) == 12)
    known = events(task.with_suffix(""))
    row = row_of(fold(known[0].entity, known))
    assert row
    told = {"format": FORMAT, **row._asdict()}
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    assert text == (LOGS.parent / "row.json").read_text("utf-8")
