"""What is kept with a table and brought up to date says what would be worked out anew."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from clare.names import task_key
from clare.relations import Relations
from clare.state import STATUSES
from clare.table import Row, Table, columns_of

IDS = [letter * 12 for letter in "abcdefgh"]
CREATED = [f"20261120T09000{n}.000Z-0000-plum-k3f9x2m1" for n in range(3)]
EMPTY = Row(*("",) * 8, False, None, None, "", (), (), (), (), "", 0, "", "", "", "", 0, ())
some_ids = st.lists(st.sampled_from(IDS), max_size=2, unique=True).map(tuple)


@st.composite
def rows(draw: st.DrawFn, task: str) -> Row:
    return EMPTY._replace(
        id=task,
        status=draw(st.sampled_from(["open", "open", *STATUSES])),
        priority=draw(st.sampled_from(["P0", "P1"])),
        needs=draw(some_ids),
        parent=draw(st.sampled_from(["", "", *IDS])),
        due=draw(st.sampled_from([None, 7])),
        pinned=draw(st.booleans()),
        created=draw(st.sampled_from(CREATED)),
    )


@dataclass(frozen=True)
class Case:
    before: dict[str, Row]
    changed: dict[str, Row | None]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Some tasks, of which a few change, go or come."""
    first = draw(st.lists(st.sampled_from(IDS), unique=True))
    before = {task: draw(rows(task)) for task in first}
    then = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=3))
    new: dict[str, Row | None] = {}
    for task in then:
        near = before[task]._replace(status="done") if task in before else None
        new[task] = draw(st.one_of(rows(task), rows(task), st.just(near)))
    return Case(before, new)


def of(table: Table) -> dict[str, object]:
    related, ids = Relations(table), table.id
    return {
        "blocked": {ids[place] for place in related.blocked},
        "unblocks": {ids[place]: many for place, many in related.unblocks.items()},
        "usual": [ids[place] for place in related.usual],
        "queue": [ids[place] for place in related.queue],
    }


def kept(before: Table) -> dict[str, object]:
    """What is kept with a table, by places, as it is read back."""
    related = Relations(before)
    return {
        "blocked": list(related.blocked),
        "unblocks": dict(related.unblocks),
        "usual": list(related.usual),
        "queue": list(related.queue),
    }


def table_of(rows_: dict[str, Row]) -> Table:
    return Table(columns_of([rows_[task] for task in sorted(rows_)]).__getitem__)


@settings(max_examples=400)
@given(cases())
def test_brought_up_to_date_is_worked_out_anew(case: Case) -> None:
    before = table_of(case.before)
    answers = kept(before)
    changed = {task_key(task): row for task, row in case.changed.items()}
    after = {**case.before, **case.changed}
    now = Table(before.load, changed=changed, kept=answers.get)
    assert of(now) == of(table_of({task: row for task, row in after.items() if row}))


def test_one_task_that_changes_leaves_the_answers_about_all_others_as_they_were() -> None:
    """Else the law above would hold of what is never brought up to date."""
    before = table_of({task: EMPTY._replace(id=task, status="open") for task in IDS})
    done = EMPTY._replace(id=IDS[0], status="done")
    now = Table(before.load, changed={task_key(IDS[0]): done}, kept=kept(before).get)
    assert Relations(now).stale == {0}
