"""Ways to make a board ail, each by the trouble's name."""

from clare.clock import DAY
from tests.cli.planting import event, event_id, folder
from tests.cli.running import Here, files_of, plant
from tests.cli.wards import Ward

GONE = "zzzzzzzzzzzz"


def unreadable(ward: Ward) -> Here:
    plant(ward.plum, {f"{folder(ward.task)}/notes.yaml": "type: ["})
    return ward.plum


def unfit(ward: Ward) -> Here:
    return ward.write("set:\n  priority: P9\n")


def template_unreadable(ward: Ward) -> Here:
    plant(ward.plum, {"fleet/templates/release.yaml": "title: ["})
    return ward.plum


def never_published(ward: Ward) -> Here:
    ward.plum.git("rm", "-q", next(path for path in files_of(ward.plum) if ward.task in path))
    ward.plum.git("commit", "-q", "-m", "tidy up")
    return ward.plum


def newer(ward: Ward) -> Here:
    return ward.write("mood: fine\n", type_="task.blessed")


def format_newer(ward: Ward) -> Here:
    plant(ward.plum, {"fleet/fleet.yaml": f"format: 2\nname: plum\nhub: {ward.hub}\n"})
    return ward.plum


def stamped_ahead(ward: Ward) -> Here:
    return ward.write("set:\n  type: bug\n", ahead=2 * DAY)


def names_missing(ward: Ward) -> Here:
    return ward.write("after:\n- 20261120T090000.000Z-0000-eve-00000009\nset:\n  type: bug\n")


def no_creation(ward: Ward) -> Here:
    one = event_id()
    text = event(GONE, one, "set:\n  title: x\n")
    plant(ward.plum, {f"{folder(GONE)}/{one}.yaml": text})
    return ward.plum


def contested(ward: Ward) -> Here:
    for number, kind in enumerate(("bug", "epic"), 1):
        ward.write(f"after:\n- {ward.created}\nset:\n  type: {kind}\n", number=number)
    return ward.plum


def circle_of_needs(ward: Ward) -> Here:
    return ward.write(f"add:\n  needs:\n  - {ward.task}\n")


def circle_of_parents(ward: Ward) -> Here:
    return ward.write(f"set:\n  parent: {ward.task}\n")


def need_missing(ward: Ward) -> Here:
    return ward.write(f"add:\n  needs:\n  - {GONE}\n")


def parent_missing(ward: Ward) -> Here:
    return ward.write(f"set:\n  parent: {GONE}\n")


def project_missing(ward: Ward) -> Here:
    return ward.write("set:\n  project: nowhere\n")
