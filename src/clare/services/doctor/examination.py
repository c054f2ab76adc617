"""The whole examination: machine, git, hub, board and cache; then mending, and looking again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.services.doctor import hub, machine, repository
from clare.services.opening import Opened, open_board
from clare.services.publishing import publish
from clare.services.templates import templates
from clare.store import cache, housekeeping, upkeep
from clare.store.board import Board
from clare.store.git import GitFailed
from clare.store.move import recover
from clare.store.read import read_board
from clare.store.sync import check_waiting
from clare.views import troubles
from clare.views.doctor import examine as examine_board
from clare.views.troubles import AREAS, BROKEN, Diagnosis

Told = Callable[[str], None] | None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found and what was mended. `stopped` is what kept the doctor from looking further."""

    found: tuple[Diagnosis, ...]
    fixed: tuple[Diagnosis, ...] = ()
    events: int | None = None
    unmended: tuple[ClareError, ...] = ()
    stopped: ClareError | None = None

    @property
    def broken(self) -> tuple[Diagnosis, ...]:
        return tuple(one for one in self.found if one.level == BROKEN)


def examine(*, fleet: str, actor: str, fix: bool = False, told: Told = None) -> Report:
    """Look everything over; with `fix`, mend what is safe and look again.

    Raises nothing that a finding can say; what ends the examination early is in the report.
    """
    report = _look(fleet, actor, told)
    if not fix or not any(one.trouble.fixable for one in report.found):
        return report
    if told:
        told("mending")
    unmended = _mend(open_board(fleet=fleet, actor=actor).board, report.found)
    after = _look(fleet, actor, told)
    still = {(one.trouble, one.where) for one in after.found}
    gone = [one for one in report.found if one.trouble.fixable]
    fixed = tuple(one for one in gone if (one.trouble, one.where) not in still)
    return replace(after, fixed=fixed, unmended=unmended)


def _look(fleet: str, actor: str, told: Told) -> Report:
    tools = list(machine.check_tools())
    if any(one.trouble is troubles.GIT_MISSING for one in tools):
        return _ended(tools, ClareError("git is not installed", hint=troubles.GIT_MISSING.do))
    try:
        opened = open_board(fleet=fleet, actor=actor)
    except GitFailed as problem:
        if "dubious ownership" in problem.text:
            where = problem.text.rpartition("safe.directory ")[2].strip() or "the repository"
            tools.append(Diagnosis(troubles.FOREIGN_OWNER, where, "belongs to another user"))
        return _ended(tools, problem)
    except ClareError as problem:
        return _ended(tools, problem)
    except OSError as problem:
        where, said = str(problem.filename), problem.strerror or str(problem)
        if not any(one.trouble is troubles.CONFIG_BAD for one in tools):
            tools.append(Diagnosis(troubles.CLARE_FOLDER_CLOSED, where, said))
        return _ended(tools, ClareError(f"{where}: {said}", hint=tools[-1].do))
    return _look_at(opened, tools, told)


def _look_at(opened: Opened, tools: list[Diagnosis], told: Told) -> Report:
    board = opened.board
    try:
        if told:
            told("reading the history")
        found = [*tools, *repository.check(board)]
        # Not by `board.read`, which mends what a kill interrupted: that is to be seen first.
        fleet = read_board(board.git, board.tip()[0])
    except GitFailed as problem:
        return _ended(tools, problem)
    found += [*machine.check_user(opened, fleet), *hub.check(board, fleet, told)]
    found += [*_board(board, fleet), *repository.check_cache(board, fleet)]
    events = sum(len(each) for each in fleet.events.values())
    return Report(_sorted(found), events=events)


def _ended(found: Sequence[Diagnosis], problem: ClareError) -> Report:
    return Report(_sorted(found), stopped=problem)


def _sorted(found: Sequence[Diagnosis]) -> tuple[Diagnosis, ...]:
    """By area, what is broken first; within that as they were found."""
    return tuple(
        sorted(found, key=lambda one: (AREAS.index(one.trouble.area), one.level != BROKEN))
    )


def _board(board: Board, fleet: Fleet) -> Iterator[Diagnosis]:
    try:
        check_waiting(board, fleet)
    except GitFailed:
        pass  # what git cannot walk was told as such
    except ClareError as problem:
        where = f"branch {board.place.branch}"
        yield Diagnosis(troubles.NEVER_PUBLISHED, where, problem.message, problem.hint)
    for template in templates(board):
        if template.problem:
            told = template.problem.message.removeprefix(template.path).lstrip(",: ")
            yield Diagnosis(troubles.TEMPLATE, template.path, told)
    yield from examine_board(fleet, now=board.now())


def _mend(board: Board, found: Sequence[Diagnosis]) -> tuple[ClareError, ...]:
    """Mend what was found and is safe. Returns what went wrong with it."""
    recover(board.git)
    upkeep.remove_left(board.git)
    if any(one.trouble is troubles.CACHE_WRONG for one in found):
        cache.discard(board.git)
    if any(one.trouble is troubles.UPKEEP_FAILED for one in found):
        housekeeping.run(board.git)
    waiting = (troubles.UNPUBLISHED, troubles.PUBLISH_FAILED)
    if not any(one.trouble in waiting for one in found):
        return ()
    problem = publish(board).problem
    return (problem,) if problem else ()
