"""The long way from a mapping to an event, by the models: what does not fit is left out and reported."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from clare import names
from clare.events import host, project, task, view
from clare.events.event import Effect, Event, Node
from clare.events.fact import Fact, Model, Unknown, type_registry
from clare.events.fields import Actor, CloneId, EntityKey, EventId
from clare.events.problems import first_problem, problem_text
from clare.events.read import Malformed

_Tree = str | list["_Tree"] | dict[str, "_Tree"]

ENVELOPE = ("id", "type", "by", "clone", "entity", "after")

_UNKNOWN: dict[str, type[Fact]] = {
    "tasks": task.UnknownTask,
    "projects": project.UnknownProject,
    "views": view.UnknownView,
    "hosts": host.UnknownHost,
}
_FIELDS: dict[str, type[Model]] = {
    "tasks": task.TaskFields,
    "projects": project.ProjectFields,
    "views": view.ViewFields,
    "hosts": host.HostFields,
}
_SETS: dict[str, type[Model]] = {"tasks": task.TaskSets, "hosts": host.HostSets}


class _Envelope(Model):
    id: EventId
    type: str
    by: Actor
    clone: CloneId
    entity: EntityKey
    after: tuple[EventId, ...] = ()


def read_any(mapping: Mapping[str, Node]) -> Event:
    """The event in any mapping. Raises Malformed."""
    envelope = _envelope({key: mapping[key] for key in ENVELOPE if key in mapping})
    body = {key: value for key, value in mapping.items() if key not in ENVELOPE and key != "sig"}
    reports = _Reports()
    effect = _effect(envelope, body, reports)
    return Event(
        id=envelope.id,
        type=envelope.type,
        by=envelope.by,
        clone=envelope.clone,
        entity=envelope.entity,
        after=envelope.after,
        effect=effect,
        carried=tuple(reports.carried),
        unfit=tuple(reports.unfit),
    )


def _envelope(mapping: Mapping[str, Node]) -> _Envelope:
    try:
        envelope = _Envelope.model_validate(mapping)
    except ValidationError as error:
        raise Malformed(problem_text(first_problem(error))) from None
    if not names.TYPE.fullmatch(envelope.type):
        raise Malformed("type: must be two words such as task.edited")
    known = type_registry.get(envelope.type)
    kind = envelope.entity.partition("/")[0]
    if known and known.kinds and kind not in known.kinds:
        raise Malformed(f"type: {envelope.type} does not fit {envelope.entity}")
    return envelope


class _Reports:
    def __init__(self) -> None:
        self.carried: list[str] = []
        self.unfit: list[str] = []


def _effect(envelope: _Envelope, body: Mapping[str, Node], reports: _Reports) -> Effect:
    kind = envelope.entity.partition("/")[0]
    unknown = _UNKNOWN.get(kind, Unknown)
    model = type_registry.get(envelope.type)
    if model is None:
        reports.carried.append(f"type {envelope.type}")
        model = unknown
    fact = _lenient(model, envelope.entity, body, reports)
    if fact is None:
        fact = _lenient(unknown, envelope.entity, body, reports)
    if fact is None:
        return Effect()
    return _with_carried(fact.effect(), kind, body) if reports.carried else fact.effect()


def _lenient(
    model: type[Fact], entity: str, body: Mapping[str, Node], reports: _Reports
) -> Fact | None:
    """Leave out what does not fit, one layer after another; None if something required is missing."""
    rest: _Tree = {**{key: _copy(value) for key, value in body.items()}, "entity": entity}
    while True:
        dropped = False
        try:
            return model.model_validate(rest)
        except ValidationError as error:
            for problem in reversed(error.errors(include_url=False)):
                where, kind = problem["loc"], problem["type"]
                name = ".".join(str(step) for step in where)
                if kind == "missing":
                    reports.unfit.append(f"{name} is missing")
                    return None
                if kind == "extra_forbidden":
                    reports.carried.append(name)
                else:
                    reports.unfit.append(problem_text(problem))
                dropped |= _drop(rest, where)
        if not dropped:
            return None


def _copy(node: Node) -> _Tree:
    if isinstance(node, str):
        return node
    if isinstance(node, Mapping):
        return {key: _copy(value) for key, value in node.items()}
    return [_copy(element) for element in node]


def _drop(tree: _Tree, where: Sequence[int | str]) -> bool:
    """Take out what lies at a place; a step that pydantic made up takes out what it stands in."""
    match tree, where:
        case dict(), [str(key), *deeper] if key in tree:
            if not _drop(tree[key], deeper):
                del tree[key]
            return True
        case list(), [int(index), *_] if index < len(tree):
            del tree[index]
            return True
    return False


def _with_carried(effect: Effect, kind: str, body: Mapping[str, Node]) -> Effect:
    """Let fields and sets of a newer Clare take part in the fold, so that nothing is lost here."""
    known = _FIELDS.get(kind, Model).model_fields
    sets = _SETS.get(kind, Model).model_fields
    newer = {k: v for k, v in _map(body, "set").items() if isinstance(v, str) and k not in known}
    return Effect(
        creates=effect.creates,
        set={**effect.set, **newer},
        add={**effect.add, **_newer_elements(body, "add", sets)},
        remove={**effect.remove, **_newer_elements(body, "remove", sets)},
        comment=effect.comment,
        lease=effect.lease,
        hub=effect.hub,
        ends=effect.ends,
        retracts=effect.retracts,
        acknowledges=effect.acknowledges,
    )


def _map(body: Mapping[str, Node], key: str) -> Mapping[str, Node]:
    inside = body.get(key, {})
    return inside if isinstance(inside, Mapping) else {}


def _newer_elements(
    body: Mapping[str, Node], key: str, known: Mapping[str, object]
) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(element for element in elements if isinstance(element, str))
        for name, elements in _map(body, key).items()
        if name not in known and not isinstance(elements, str | Mapping)
    }
