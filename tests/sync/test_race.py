"""Eight clones of one hub want one task at the same moment, each by its own clock."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from clare.errors import Exit
from clare.services import boards, tasks
from clare.services.opening import open_board
from clare.store.board import Board
from tests.clocks import faketime
from tests.sync.fleets import SECONDS, World, bare, start

CLONES = 8
ROUNDS = 5
SKEWS = [-120, -90, -60, -30, 30, 60, 90, 120]
"""Seconds that each clone's clock is off."""

GATHER = """\
cd "{waiting}" && : > $$
tries=0
while [ $(ls | wc -l) -lt {clones} ] && [ $tries -lt 1500 ]; do
  sleep 0.02
  tries=$((tries + 1))
done
exit 0
"""
"""A hook of the hub: nothing is accepted before all have decided and pushed."""


@dataclass(frozen=True)
class Racer:
    board: Board
    folder: Path
    skew: int
    actor: str

    def start(self, *words: str, gate: Path) -> "subprocess.Popen[str]":
        """A process that begins when the gate opens, under its own clock."""
        before = ["sh", "-c", ': < "$0"; exec "$@"', str(gate)]
        before += [str(faketime()), "-f", f"{self.skew:+d}s"]
        env = {"CLARE_SYNC": "manual"}
        return start(*words, at=self.folder, actor=self.actor, before=before, env=env)


def racers(world: World, *, shared: bool) -> list[Racer]:
    bare(world.hub)
    boards.init(str(world.folder / "c0"), host="c0", hub=world.url)
    found = []
    for number in range(CLONES):
        folder = world.folder / f"c{number}"
        if number:
            boards.join(world.url, str(folder), host=f"c{number}")
        actor = "nat" if shared else f"nat{number}"
        found.append(
            Racer(
                world.publishing(open_board(fleet=str(folder)).board), folder, SKEWS[number], actor
            )
        )
    return found


def together(world: World, racers: list[Racer], *words: str) -> list[tuple[int, str]]:
    """Run the same command in every clone, started at one moment. Exit codes and error texts."""
    gate = world.folder / "gate"
    os.mkfifo(gate)
    children = [racer.start(*words, gate=gate) for racer in racers]
    opened = os.open(gate, os.O_WRONLY)
    ended = [(child, child.communicate(timeout=SECONDS)[1]) for child in children]
    os.close(opened)
    gate.unlink()
    return [(child.returncode, err) for child, err in ended]


def gather_at_the_hub(world: World, number: int) -> None:
    """In every second round nobody is let through before all stand at the hub's door."""
    if number % 2:
        waiting = world.folder / f"waiting{number}"
        waiting.mkdir()
        world.hook("pre-receive", GATHER.format(waiting=waiting, clones=CLONES))
    elif number:
        world.unhook()


@pytest.mark.parametrize("shared", [False, True], ids=["eight actors", "one shared actor"])
def test_of_eight_clones_that_claim_at_once_one_wins_and_all_agree(
    world: World, shared: bool
) -> None:
    faketime()
    clones = racers(world, shared=shared)
    for number in range(ROUNDS):
        bed = tasks.add(clones[0].board, fields={"title": "dig"}, labels=(), needs=()).tasks[0]
        gather_at_the_hub(world, number)
        ended = together(world, clones, "claim", bed)
        codes = [code for code, _ in ended]
        assert sorted(codes) == [Exit.DONE, *[Exit.HELD] * (CLONES - 1)], ended
        winner = clones[codes.index(0)]
        told = [err for code, err in ended if code]
        assert all(f"clare: {winner.actor} holds {bed[:4]}" in err for err in told), told
        synced = together(world, clones, "sync")
        assert [code for code, _ in synced] == [0] * CLONES, synced
        for clone in clones:
            held = clone.board.read().tasks[bed].holder(now=clone.board.now())
            assert held
            assert (held.by, held.clone) == (winner.actor, winner.board.clone)
