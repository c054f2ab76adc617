"""Comparing what was kept of a board with what its log says."""

from clare.clock import HOUR
from clare.fleet import Fleet
from clare.table import Row, Table
from clare.views.ready import rank
from clare.views.record import host_record, task_record
from clare.views.status import glance
from tests.store.boards import MORNING

NOW = MORNING + HOUR


def same(found: Fleet, log: Fleet) -> None:
    """All that can be asked of a board has the same answer."""
    assert found.commit == log.commit
    assert (found.manifest, found.findings) == (log.manifest, log.findings)
    assert list(found.entities) == sorted(log.entities)
    assert {key: found.entities[key] for key in found.entities} == dict(log.entities)
    assert list(found.tasks) == list(log.tasks)
    assert rows(found.table) == rows(log.table)
    assert found.table.others == log.table.others
    assert relations(found) == relations(log)
    assert (found.contested, found.open_findings) == (log.contested, log.open_findings)
    assert found.newest_stamp(until=NOW) == log.newest_stamp(until=NOW)
    for key in log.events:
        assert found.events[key] == log.events[key]
    assert views(found) == views(log)


def relations(fleet: Fleet) -> list[object]:
    """What follows from the rows together, by the ids of the tasks."""
    ids, related = fleet.table.id, fleet.related
    return [
        (related.needed_by, related.children, related.held_up),
        {ids[place] for place in related.blocked},
        {ids[place]: many for place, many in related.unblocks.items()},
        [ids[place] for place in related.usual],
        [ids[place] for place in related.queue],
        dict(zip(ids, fleet.shorts, strict=True)),
    ]


def rows(table: Table) -> list[tuple[object, ...]]:
    columns = [getattr(table, name) for name in Row._fields]
    return sorted(zip(*columns, strict=True), key=lambda row: str(row[0]))


def views(fleet: Fleet) -> list[object]:
    queue, found = rank(fleet, now=NOW), glance(fleet, actor="nat", now=NOW)
    return [
        [(entry.task.id, entry.reasons) for entry in (*queue.ready, *queue.excluded)],
        [task_record(fleet, each, now=NOW) for each in fleet.tasks.values()],
        [host_record(each) for each in fleet.hosts.values()],
        [each.id for each in (*found.held, *found.active, *found.review)],
        (found.blocked, found.contested, found.unfinished, found.closed),
        [fleet.short(task_id) for task_id in fleet.tasks],
    ]
