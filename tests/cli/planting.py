"""Files on a board that no Clare of this version would write."""

from clare.clock import Stamp
from clare.services.opening import wall_clock
from tests.cli.running import Here

OTHER = "9xw4v0c7qk2m"

CLONE = "4v0c7qk2"

HALF = "20261120T090000.000Z-0000-eve-00000001"


def folder(task: str) -> str:
    return f"fleet/tasks/{task[:2]}/{task}"


def name_of(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def event(task: str, event_id: str, body: str, type_: str = "task.edited") -> str:
    head = f"id: {event_id}\ntype: {type_}\nby: eve\nclone: {CLONE}\nentity: tasks/{task}\n"
    return head + body


def event_id(number: int = 0, *, ahead: int = 0) -> str:
    return f"{Stamp(wall_clock() + ahead)}-eve-{number:08d}"


def findings(here: Here) -> list[dict[str, str]]:
    found = here.record("doctor")["findings"]
    assert isinstance(found, list)
    return found
