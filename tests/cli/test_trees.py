"""The tree and the board, on a terminal and in a pipe."""

import re

import pytest

from tests.cli.planting import event, event_id, folder
from tests.cli.running import Here, plant, shorts


@pytest.fixture
def shop(here: Here) -> dict[str, str]:
    """A task with two parts, of which one waits for the other, and one that waits for the whole."""
    orders = here.add("Take orders")
    form = here.add("Write the form", "--parent", orders, "-l", "web")
    store = here.add("Store orders", "--parent", orders, "--needs", form)
    invoices = here.add("Send invoices", "--needs", orders)
    return {"orders": orders, "form": form, "store": store, "invoices": invoices}


def without_ids(text: str, shop: dict[str, str]) -> list[str]:
    for name, task in shop.items():
        text = text.replace(task[:4], name)
    return text.splitlines()


def test_the_tree_answers_who_waits_for_what(here: Here, shop: dict[str, str]) -> None:
    assert without_ids(here.ok("tree"), shop) == [
        "orders  P2  open  Take orders",
        "  form  P2  open  Write the form",
        "  store  P2  blocked  Store orders  <- form",
        "invoices  P2  blocked  Send invoices  <- orders",
    ]
    assert without_ids(here.terminal("tree", NO_COLOR="1").out, shop) == [
        "orders  P2  open  Take orders",
        "├─ form  P2  open  Write the form",
        "└─ store  P2  blocked  Store orders  ← form",
        "invoices  P2  blocked  Send invoices  ← orders",
    ]
    here.ok("done", shop["form"])
    assert "<- form" not in " ".join(without_ids(here.ok("tree"), shop))


def test_the_tree_of_a_task_ends_with_what_it_waits_for(here: Here, shop: dict[str, str]) -> None:
    assert shorts(here.ok("tree", shop["invoices"][:4])) == [
        shop["invoices"][:4],
        shop["orders"][:4],
    ]
    assert shorts(here.ok("tree", shop["orders"], "label:web")) == [
        shop["orders"][:4],
        shop["form"][:4],
    ]
    here.ok("done", shop["form"])
    assert shop["form"][:4] not in here.ok("tree", shop["orders"])
    assert shop["form"][:4] in here.ok("tree", shop["orders"], "--all")
    assert shop["form"][:4] in here.ok("tree", shop["form"])


def test_a_query_shows_what_fits_below_its_parents(here: Here, shop: dict[str, str]) -> None:
    found = here.run("tree", "label:web", "--json").records
    assert [(node["title"], node["fits"]) for node in found] == [("Take orders", False)]
    children = found[0]["children"]
    assert isinstance(children, list)
    assert [(node["id"], node["fits"], node["waits_for"]) for node in children] == [
        (shop["form"], True, [])
    ]
    dim = here.terminal("tree", "label:web").out.splitlines()
    assert dim[0].startswith("\x1b[2m")
    assert not dim[1].startswith("\x1b[2m")


def test_a_tree_names_what_it_cannot_find(here: Here, shop: dict[str, str]) -> None:
    missing = here.run("tree", "zzzz")
    assert (missing.code, missing.err.splitlines()[0]) == (1, "clare: no task zzzz")
    some = here.run("tree", "zzzz", shop["form"])
    assert some.code == 3
    assert shop["form"][:4] in some.out
    nothing = here.run("tree", "text:nowhere")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "no task fits\n")


def test_circles_missing_parents_and_damage_do_not_break_trees(here: Here) -> None:
    a, b, c = here.add("A"), here.add("B"), here.add("C")
    for number, (task, parent) in enumerate([(a, b), (b, a), (c, "z" * 12)]):
        one = event_id(number)
        text = event(task, one, f"set:\n  parent: {parent}\nadd:\n  needs:\n  - {parent}\n")
        plant(here, {f"{folder(task)}/{one}.yaml": text})
    assert sorted(shorts(here.ok("tree"))) == sorted(task[:4] for task in (a, b, c))
    assert shorts(here.ok("tree", a)) == [a[:4], b[:4]]
    assert len(here.run("tree", "--json").records) == 2
    assert here.run("board").code == 0
    plant(here, {f"{folder(c)}/half.yaml": "half"})
    assert here.run("tree", c).code == 5
    assert here.run("tree", a).code == 0


@pytest.mark.parametrize("columns", [30, 50, 80, 200])
def test_trees_and_boards_fit_the_terminal(here: Here, columns: int) -> None:
    first = here.add("漢字 long title " * 20)
    second = here.add("漢字 long title " * 20, "--parent", first)
    here.add("漢字 long title " * 20, "--parent", second, "--needs", first)
    for words in (["board"], ["tree"]):
        shown = here.terminal(*words, columns=columns, NO_COLOR="1")
        assert shown.code == 0
        widths = [
            sum(2 if char in "漢字" else 1 for char in line) for line in shown.out.splitlines()
        ]
        room = columns if words == ["board"] else max(columns, 45)
        assert max(widths) <= room
        assert "…" in shown.out


def test_the_board_stands_side_by_side_where_there_is_room(
    here: Here, varied: dict[str, str]
) -> None:
    wide = here.terminal("board", columns=140, NO_COLOR="1").out.splitlines()
    heads = ["idea (1)", "ready (2)", "blocked (1)", "active (1)", "review (0)", "done (1)"]
    assert re.split(" {2,}", wide[0].strip()) == heads
    assert len(wide) == 3
    assert f"{varied['F'][:4]} P2 nat: F" in wide[1]
    narrow = here.terminal("board", columns=80, NO_COLOR="1").out
    piped = here.ok("board")
    for text in (narrow, piped):
        assert [line for line in text.splitlines() if not line.startswith(" ")] == heads
    assert f"  {varied['F'][:4]}  P2  active nat  F\n" in piped


def test_the_board_is_an_object_of_columns(here: Here, varied: dict[str, str]) -> None:
    found = here.record("board", "-label:y")
    assert {name: [str(t["title"])[0] for t in tasks] for name, tasks in found.items()} == {  # type: ignore[attr-defined]
        "idea": ["C"],
        "ready": ["D"],
        "blocked": ["B"],
        "active": ["F"],
        "review": [],
        "done": ["E"],
    }
