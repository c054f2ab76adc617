"""Applying a plan: tasks added and edited in one commit, or none."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clare import names
from clare.errors import ClareError, Exit
from clare.events.said import TASK_COMMENTED, TASK_CREATED, Fact
from clare.events.text import event_bytes
from clare.fleet import Fleet, Task
from clare.services import project_here
from clare.services.act import Outcome, act, make
from clare.services.days import DAY_FIELDS, BadDay, dated
from clare.services.finding import check_readable, sound
from clare.services.plan_circles import circles
from clare.services.plan_entries import Entry, Problem, together
from clare.services.repeats import check_date, with_next
from clare.services.tasks import changed, edited, own_need
from clare.store import writing
from clare.store.board import Board
from clare.store.writing import Summary
from clare.views.story import shorten

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"


@dataclass(frozen=True, slots=True)
class Step:
    """What an entry comes to: its task, what happens to it, and the facts that say so."""

    entry: Entry
    task: str
    result: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What a plan came to."""

    outcome: Outcome
    steps: tuple[Step, ...]


def apply(
    board: Board, entries: Sequence[Entry], *, source: str = "", dry_run: bool = False
) -> Applied:
    """Write what the entries say, in one commit; a dry run only looks.

    Without a source the commit tells what its events say. Raises all problems there are.
    """
    ids = _drawn(board, entries)
    steps: list[Step] = []

    def decide(fleet: Fleet) -> list[Fact]:
        steps[:] = _Plan(board, fleet, entries, ids).steps()
        return [fact for step in steps for fact in step.facts]

    summary: Summary = (lambda: _summary(board, source, steps)) if source else ""
    if dry_run:
        fleet = board.read()
        outcome = Outcome(writing.preview(board, fleet, decide(fleet)))
    else:
        outcome = act(board, decide, summary=summary)
    return Applied(replace(outcome, tasks=tuple(step.task for step in steps)), tuple(steps))


def _drawn(board: Board, entries: Sequence[Entry]) -> dict[int, str]:
    """The ids of the tasks to add, once for all decisions; one with a key follows from that."""
    return {
        entry.number: names.derived("plan", entry.key, length=names.TASK_ID_LENGTH)
        if entry.key
        else names.base32(board.bits(60), names.TASK_ID_LENGTH)
        for entry in entries
        if not entry.task
    }


def _summary(board: Board, source: str, steps: Sequence[Step]) -> str:
    counts = Counter(step.result for step in steps)
    told = ", ".join(f"{counts[what]} {what}" for what in (ADDED, CHANGED) if counts[what])
    return f"{board.actor} applies {shorten(source)}: {told}"


@dataclass(slots=True)
class _Plan:
    """A plan on one projection."""

    board: Board
    fleet: Fleet
    entries: Sequence[Entry]
    drawn: Mapping[int, str]
    ids: dict[int, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    projects: dict[int, str] = field(default_factory=dict)
    priorities: dict[int, str] = field(default_factory=dict)
    here: str | None = None

    def steps(self) -> list[Step]:
        """Every entry's step, in order. Raises all problems there are."""
        self._find_tasks()
        made = [self._step(entry) for entry in self.entries if entry.number in self.ids]
        if not self.problems:
            self._check_circles(made)
        if self.problems:
            raise together(self.problems)
        return made

    def _try(self, entry: Entry, where: str, look: Callable[[], object]) -> str:
        """The text that a look at the board gives; if that refuses, note it with its place."""
        try:
            found = look()
        except ClareError as error:
            told = entry.problem(where, error.message, hint=error.hint, code=error.exit_code)
            self.problems.append(told)
            return ""
        return found if isinstance(found, str) else ""

    def _find_tasks(self) -> None:
        """The id of each entry's task, and which names stand for which."""
        seen: dict[str, Entry] = {}
        for entry in self.entries:
            task_id = self.drawn.get(entry.number) or self._edited_task(entry)
            if not task_id:
                continue
            first = seen.setdefault(task_id, entry)
            if first is not entry:
                told = f"the entry in line {first.map.line} is about this task already"
                self.problems.append(entry.problem("task" if entry.task else "key", told))
            self.ids[entry.number] = task_id
            if entry.name:
                self.named[entry.name] = task_id

    def _edited_task(self, entry: Entry) -> str:
        return self._try(entry, "task", lambda: sound(self.fleet, entry.task).id)

    def _step(self, entry: Entry) -> Step:
        task = Task.of(self.fleet.entity(names.task_key(self.ids[entry.number])))
        if entry.key:
            self._try(entry, "key", lambda: check_readable(self.fleet, task.key))
            if task.entity.exists:
                self.projects[entry.number] = task.project
                self.priorities[entry.number] = task.entity.value("priority")
                return Step(entry, task.id, UNCHANGED)
        fields = self._fields(entry, task)
        self.priorities[entry.number] = fields.get("priority") or task.entity.value("priority")
        facts = self._edit(entry, task, fields) if entry.task else self._add(entry, task, fields)
        if entry.comment:
            facts.append(make(TASK_COMMENTED, task.key, text=entry.comment))
        for fact in facts:
            self._check_size(entry, fact)
        result = (CHANGED if facts else UNCHANGED) if entry.task else ADDED
        return Step(entry, task.id, result, tuple(facts))

    def _fields(self, entry: Entry, task: Task) -> dict[str, str]:
        """The fields with the parent as a whole id, the project and the days in canonical form."""
        found = dict(entry.fields)
        if entry.above is not None:
            found["parent"] = self.ids.get(entry.above, "")
            above = self.priorities.get(entry.above, "")
            if above and not entry.task:
                found.setdefault("priority", above)
        elif found.get("parent"):
            found["parent"] = self._id(entry, "parent", found["parent"])
        found = self._with_project(entry, task, found)
        before = task if entry.task else None
        found = self._dated(entry, before, found)
        self._try(entry, "repeat", lambda: check_date(found, before))
        return found

    def _dated(self, entry: Entry, before: Task | None, found: dict[str, str]) -> dict[str, str]:
        """The fields with their days counted from now, or from the task's own."""
        try:
            return dated(found, now=self.board.now(), task=before)
        except BadDay as error:
            self.problems.append(entry.problem(error.field, error.problem, hint=error.hint))
            return {name: text for name, text in found.items() if name not in DAY_FIELDS}

    def _with_project(self, entry: Entry, task: Task, found: dict[str, str]) -> dict[str, str]:
        """The fields with the project checked.

        A new task without one gets that of the entry above; the outermost the one here.
        """
        if "project" in entry.map.fields or entry.task:
            slug = self._project(entry, found.get("project", ""))
        elif entry.above is not None:
            slug = self.projects.get(entry.above, "")
        else:
            slug = self._here()
        given = "project" in found
        self.projects[entry.number] = task.project if entry.task and not given else slug
        return {**found, "project": slug} if slug or given else found

    def _project(self, entry: Entry, text: str) -> str:
        """The project that an entry names, `.` being the one here."""
        if not text:
            return ""
        slug = self._try(entry, "project", lambda: project_here.meant(self.fleet, text))
        self._try(entry, "project", lambda: slug and self.fleet.project(slug))
        return slug

    def _here(self) -> str:
        """The project here, looked for once."""
        if self.here is None:
            self.here = project_here.here(self.fleet)
        return self.here

    def _id(self, entry: Entry, where: str, text: str) -> str:
        """The whole id that a `&name` or a prefix stands for."""
        if text.startswith("&"):
            return self.named.get(text, "")
        return self._try(entry, where, lambda: self.fleet.task(text).id)

    def _needs(self, entry: Entry) -> list[str]:
        return [self._id(entry, "needs", need) for need in entry.add.get("needs", ())]

    def _add(self, entry: Entry, task: Task, fields: Mapping[str, str]) -> list[Fact]:
        elements = _distinct({**entry.add, "needs": self._needs(entry)})
        given = {name: text for name, text in fields.items() if text}
        return [make(TASK_CREATED, task.key, set=given, add=elements)]

    def _edit(self, entry: Entry, task: Task, fields: Mapping[str, str]) -> list[Fact]:
        """What of an edit is not so yet."""
        own = [self._own_need(entry, task, need) for need in entry.remove.get("needs", ())]
        come = _distinct({**entry.add, "needs": self._needs(entry)})
        gone = _distinct({**entry.remove, "needs": own})
        present = {name: task.entity.elements(name) for name in (*come, *gone)}
        facts = edited(
            task,
            fields=changed(task, fields),
            come={n: [e for e in each if e not in present[n]] for n, each in come.items()},
            gone={n: [e for e in each if e in present[n]] for n, each in gone.items()},
        )
        return with_next(self.fleet, task, facts)

    def _own_need(self, entry: Entry, task: Task, text: str) -> str:
        if text.startswith("&"):
            return self.named.get(text, "")
        return self._try(entry, "remove", lambda: own_need(self.fleet, task, text))

    def _check_size(self, entry: Entry, fact: Fact) -> None:
        """A fact must fit into a file."""
        who = {"by": self.board.actor, "clone": self.board.clone}
        self._try(entry, "entry", lambda: event_bytes(fact, event_id="0" * 67, after=(), **who))

    def _check_circles(self, steps: Sequence[Step]) -> None:
        """No task may wait for itself or be a part of itself; whose step closes a circle is told."""
        of_task = {step.task: step for step in steps if step.facts}
        facts = [fact for step in steps for fact in step.facts]
        for where, verb, graph, new in (
            ("needs", "wait for", *_needs_after(self.fleet, facts)),
            ("parent", "be parts of", *_parents_after(self.fleet, facts)),
        ):
            for circle in circles(graph, new):
                step = of_task[circle[0]]
                shown = " → ".join(self._shown(of_task.get(each), each) for each in circle)
                added = all(each in of_task and not of_task[each].entry.task for each in circle)
                code = Exit.USAGE if added else Exit.REFUSED
                told = f"they would {verb} each other: {shown}"
                self.problems.append(step.entry.problem(where, told, code=code))

    def _shown(self, step: Step | None, task_id: str) -> str:
        if step and step.result == ADDED:
            return step.entry.name or shorten(step.entry.fields["title"])
        return self.fleet.short(task_id)


def _distinct(elements: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Each element once, and no set without any."""
    found = {name: [e for e in dict.fromkeys(each) if e] for name, each in elements.items()}
    return {name: each for name, each in found.items() if each}


Graph = tuple[dict[str, tuple[str, ...]], list[tuple[str, str]]]
"""What every task leads to after the facts, and the steps that come with them."""


def _needs_after(fleet: Fleet, facts: Sequence[Fact]) -> Graph:
    graph = {task.id: task.needs for task in fleet.tasks.values()}
    new: list[tuple[str, str]] = []
    for fact in facts:
        task_id = fact.entity.partition("/")[2]
        effect = fact.effect()
        come, gone = effect.add.get("needs", ()), effect.remove.get("needs", ())
        graph[task_id] = (*(n for n in graph.get(task_id, ()) if n not in gone), *come)
        new.extend((task_id, need) for need in come)
    return graph, new


def _parents_after(fleet: Fleet, facts: Sequence[Fact]) -> Graph:
    graph: dict[str, tuple[str, ...]]
    graph = {task.id: (task.parent,) for task in fleet.tasks.values() if task.parent}
    new: list[tuple[str, str]] = []
    for fact in facts:
        task_id, parent = fact.entity.partition("/")[2], fact.effect().set.get("parent")
        if parent is not None:
            graph[task_id] = (parent,) if parent else ()
            new.extend((task_id, each) for each in graph[task_id])
    return graph, new
