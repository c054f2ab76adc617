"""What an agent must know to work on a board, short enough to stand in front of every task."""

from dataclasses import dataclass

from clare.clock import show_age
from clare.fleet import Fleet
from clare.views.ready import rank
from clare.views.safe import one_line
from clare.views.story import counted

MANUAL = """\
## Tasks: clare

Work stands on a board of tasks that people and agents share. Any unique prefix of an id names a task.
Every command takes `--json` and `--help`; what it writes is published by itself.

The loop:

1. `clare next --claim --json` takes the best task that is ready and prints all about it. Exit 7: none;
   `clare wait --ready` waits for one.
2. Do what title, body and `done_when` say. Leave what others must know: `clare comment -m "…"`.
3. `clare done --reason "…"`, or `clare review` if somebody should look first. Begin again.

    clare ready                  what can be taken, best first
    clare show TASK              all about a task
    clare list --text WORD       find tasks
    clare claim TASK             take this one; exit 4: somebody has it, take another
    clare comment TASK -m TEXT   say something; also renews your claim
    clare add TITLE -m BODY      a new task; prints its id
    clare needs TASK OTHER       TASK waits for OTHER
    clare split TASK TITLE…      parts of TASK; it waits for them
    clare edit TASK -p P1        change fields, labels, links
    clare done TASK              close it; your claim ends
    clare release TASK           give it back undone

A claim ends with its lease. Without TASK, done, review, comment and release mean the one you hold.

Exit codes: 0 done. 1 refused: stderr says why and what to do. 2 usage. 3 some of several failed.
4 somebody else holds it. 5 the board is damaged: `clare doctor`. 6 the hub does not answer: no claim
is taken. 7 nothing to do.

Each agent needs a name of its own: `export CLARE_ACTOR=claude/7f3a`. Never edit files below `fleet/`.
"""
"""The part that is the same everywhere, and stands in AGENTS.md where it is wanted."""

NO_BOARD = "There is no board here: `clare init` makes one, `clare join URL` takes part in one.\n"

_HELD = 3
_WORDS, _LENGTH = 6, 60


@dataclass(frozen=True, slots=True)
class Standing:
    """Who asks, from where, and how fresh the view is."""

    actor: str
    host: str
    is_nameless: bool
    fetched: int | None
    unpublished: int | None
    lease: str


def prime(fleet: Fleet, standing: Standing, *, now: int) -> str:
    """The manual, and before it in a few lines how things stand for whoever asks."""
    return "\n".join([*_lines(fleet, standing, now), "", MANUAL])


def held(fleet: Fleet, actor: str, *, now: int) -> list[str]:
    """The ids of the tasks that an actor holds."""
    claims = ((task.id, task.holder(now=now)) for task in fleet.tasks.values())
    return sorted(task_id for task_id, claim in claims if claim and claim.by == actor)


def _lines(fleet: Fleet, standing: Standing, now: int) -> list[str]:
    name = _cut(fleet.manifest.name) or "this board"
    hub = f"hub {_cut(fleet.manifest.hub)}" if fleet.manifest.hub else "no hub"
    lines = [f"You are {standing.actor or 'nobody'} on {standing.host}. Board: {name}, {hub}."]
    if standing.is_nameless:
        lines.append("Nothing tells you from other agents: export CLARE_ACTOR before you claim.")
    if standing.unpublished is not None:
        asked = "never asked" if standing.fetched is None else _ago(now - standing.fetched)
        lines.append(f"The hub: {asked}, {standing.unpublished} unpublished.")
    mine = held(fleet, standing.actor, now=now)
    shown = "; ".join(f"{fleet.short(one)} {_cut(fleet.tasks[one].title)}" for one in mine[:_HELD])
    more = f" and {len(mine) - _HELD} more" if len(mine) > _HELD else ""
    lines.append(f"You hold: {shown}{more}." if mine else "You hold nothing.")
    ready = counted(len(rank(fleet, now=now).ready), "task")
    return [*lines, f"Ready: {ready}. A claim lasts {standing.lease}."]


def _ago(ms: int) -> str:
    return f"asked {show_age(max(0, ms))} ago"


def _cut(text: str) -> str:
    """One safe line, and not so long that it would cost many words."""
    line = one_line(text)
    short = " ".join(line.split()[:_WORDS])[:_LENGTH].rstrip()
    return short if short == line else f"{short}…"
