"""Who has a task: decided at the hub, on what it holds joined with what waits here."""

import os
import re
from pathlib import Path

import pytest

from clare.clock import HOUR
from clare.errors import ClareError, Exit, Held, Unpublished
from clare.events.task import TaskClaimed
from clare.services import claims, tasks
from clare.store import writing
from clare.store.board import Board
from tests.sync.fleets import (
    REF,
    World,
    acting,
    add,
    claim,
    clare,
    digests,
    exit_of,
    git,
    holder,
    paths,
    repo,
    settle,
    sync_once,
    taken_task,
    task,
    tip,
)

BACK_AND_DEAD = ('[ "$1" = committed ] && kill -9 $PPID', "exit 0")


def claims_in(board: Board, rev: str = REF) -> int:
    texts = git(repo(board), "grep", "-h", "^type:", rev, "--", "fleet/tasks").splitlines()
    return texts.count("type: task.claimed")


def test_a_claim_is_won_at_the_hub_and_seen_everywhere(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    taken = claim(plum, bed)
    assert (taken.renewed, taken.outcome.notes) == (frozenset(), ())
    assert world.tip() == tip(plum)
    assert task(plum, bed).entity.claims[0].hub
    sync_once(world, apricot)
    assert holder(apricot, bed) == holder(plum, bed) == "plumer"


def test_whoever_comes_second_is_told_who_won_and_leaves_nothing_behind(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    sync_once(world, apricot)
    claim(plum, bed)
    with pytest.raises(Held, match=f"plumer holds {bed[:4]} until 2026-11-20T13:00:00Z"):
        claim(apricot, bed)
    assert claims_in(apricot) == 1
    assert tip(apricot) == world.tip()


def test_a_claim_that_loses_the_race_at_the_hub_leaves_nothing_behind(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    """The winner pushes between the loser's fetch and its push."""
    sync_once(world, apricot)
    winner = world.board("plum", folder="winner")
    git(world.folder, "clone", "-q", "--bare", world.hub, repo(winner))
    fact = TaskClaimed(entity=f"tasks/{bed}", lease=4 * HOUR, hub=True)
    written = writing.append(winner, lambda _: [fact])
    git(world.hub, "fetch", "-q", repo(winner), REF)
    world.hook(
        "pre-receive",
        'rm "$0"',
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES",
        f'git -C "{world.hub}" update-ref {REF} {written.commit}',
        "exit 1",
    )
    with pytest.raises(Held, match="plumer holds"):
        claim(apricot, bed)
    assert claims_in(apricot) == 1
    assert tip(apricot) == world.tip() == written.commit


def test_claiming_again_renews_the_lease_at_the_hub(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed, minutes=30)
    world.after(20)
    again = claim(plum, bed, minutes=30)
    assert again.renewed
    assert world.tip() == tip(plum)
    world.after(30)
    assert exit_of(lambda: claim(apricot, bed)) == Exit.HELD
    assert holder(apricot, bed) == "plumer"


def test_the_same_actor_on_another_clone_does_not_hold_it(
    plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed)
    twin = acting(apricot, "plumer")
    with pytest.raises(Held, match="plumer holds"):
        claim(twin, bed)
    assert exit_of(lambda: claims.release(twin, (bed,))) == Exit.HELD
    assert holder(plum, bed) == "plumer"


@pytest.mark.parametrize(("minutes", "code"), [(34.9, Exit.HELD), (35.1, Exit.DONE)])
def test_a_lease_is_over_five_minutes_after_its_end(
    world: World, plum: Board, apricot: Board, bed: str, minutes: float, code: Exit
) -> None:
    claim(plum, bed, minutes=30)
    world.after(minutes)
    assert exit_of(lambda: claim(apricot, bed)) == code
    assert holder(apricot, bed) == ("plumer" if code else "apricoter")


def test_force_takes_what_somebody_holds(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed)
    assert not claim(apricot, bed, force=True).renewed
    sync_once(world, plum)
    assert holder(plum, bed) == holder(apricot, bed) == "apricoter"
    assert exit_of(lambda: claim(plum, bed)) == Exit.HELD


def test_force_also_takes_what_is_not_ready(plum: Board, bed: str) -> None:
    tasks.need(plum, bed, [add(plum, "buy a spade")], remove=False)
    with pytest.raises(ClareError, match="is not ready: waits for"):
        claim(plum, bed)
    assert taken_task(claim(plum, bed, force=True)).holder(now=plum.now())


@pytest.mark.parametrize("status", ["review", "done", "dropped", "idea"])
def test_what_is_not_open_is_not_taken_even_by_force(plum: Board, bed: str, status: str) -> None:
    tasks.move(plum, [bed], status)
    for force in (False, True):
        with pytest.raises(ClareError, match=f"is not ready: {status}"):
            claim(plum, bed, force=force)


def test_without_the_hub_nothing_is_taken_and_nothing_left_behind(
    world: World, plum: Board, bed: str
) -> None:
    before = tip(plum)
    world.lose()
    with pytest.raises(Unpublished, match="not reachable, nothing was taken") as raised:
        claim(plum, bed)
    assert raised.value.exit_code == Exit.UNPUBLISHED
    assert (tip(plum), claims_in(plum), holder(plum, bed)) == (before, 0, "")
    world.regain()
    sync_once(world, plum)
    assert claims_in(plum) == 0


def test_what_the_hub_refuses_is_not_taken(world: World, plum: Board, bed: str) -> None:
    before = tip(plum)
    world.hook("pre-receive", "echo 'no more work today' >&2", "exit 1")
    with pytest.raises(Unpublished, match=r"nothing was taken: .*refuses: no more work today"):
        claim(plum, bed)
    assert (tip(plum), claims_in(plum)) == (before, 0)


def test_a_claim_carries_what_waits_here_in_the_same_push(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    world.lose()
    tasks.comment(plum, [bed], "bring a spade")
    world.regain()
    claim(plum, bed)
    sync_once(world, apricot)
    assert [c.text for c in task(apricot, bed).comments] == ["bring a spade"]
    assert holder(apricot, bed) == "plumer"


def test_a_release_gives_the_task_back_and_somebody_else_may_take_it(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed)
    claims.release(plum, (bed,))
    assert exit_of(lambda: claim(apricot, bed)) == Exit.DONE
    sync_once(world, plum)
    assert holder(plum, bed) == "apricoter"


def test_next_takes_another_task_when_the_first_was_taken_meanwhile(
    plum: Board, apricot: Board, bed: str
) -> None:
    other = add(apricot, "sow")
    claim(plum, bed)
    taken = claims.claim_next(apricot, lambda _fleet: lambda _task: True)
    assert taken_task(taken).id == other
    assert exit_of(lambda: claims.claim_next(apricot, lambda _f: lambda _t: True)) == Exit.NOTHING


def test_a_claim_whose_answer_is_lost_is_won_when_the_hub_has_it(
    world: World, plum: Board, bed: str
) -> None:
    world.hook("reference-transaction", *BACK_AND_DEAD)
    assert not claim(plum, bed).renewed
    assert (holder(plum, bed), world.tip()) == ("plumer", tip(plum))
    assert claims_in(plum) == 1


def test_a_claim_found_in_a_fleet_without_a_hub_is_taken_at_once(tmp_path: Path) -> None:
    alone = World(tmp_path).found("plum", hub=False)
    bed = add(alone, "dig the bed")
    assert not claim(alone, bed).renewed
    assert not task(alone, bed).entity.claims[0].hub
    assert exit_of(lambda: claim(acting(alone, "nat"), bed)) == Exit.HELD


# The program itself.


@pytest.fixture
def two(world: World) -> tuple[Path, Path, str]:
    """Two checked-out boards on one hub, and a task both see."""
    plum, apricot = world.folder / "plum", world.folder / "apricot"
    git(world.folder, "init", "-q", "--bare", world.hub)
    assert clare("init", plum, "--host", "plum", "--hub", world.hub, at=world.folder).code == 0
    bed = clare("add", "dig the bed", at=plum).out.strip()
    assert clare("join", world.hub, apricot, "--host", "apricot", at=world.folder).code == 0
    return plum, apricot, bed


def test_the_exit_codes_of_claim(world: World, two: tuple[Path, Path, str]) -> None:
    plum, apricot, bed = two
    assert clare("claim", bed, at=plum, actor="ann").code == Exit.DONE
    again = clare("claim", bed, at=plum, actor="ann")
    assert (again.code, again.out.split(" until ")[0]) == (Exit.DONE, f"ann still holds {bed[:4]}")
    lost = clare("claim", bed, at=apricot, actor="ben")
    assert lost.code == Exit.HELD
    assert re.fullmatch(
        rf"clare: ann holds {bed[:4]} until \S+Z\n  `clare ready` shows what is free; .*\n",
        lost.err,
    )
    assert clare("claim", bed, at=apricot, actor="ann").code == Exit.HELD
    world.lose()
    offline = clare("claim", bed, at=apricot, actor="ben")
    assert offline.code == Exit.UNPUBLISHED
    assert "nothing was taken" in offline.err


KILLS_CLARE = """\
[ "$1" = committed ] || exit 0
rm "$0"
at=$PPID
while ! tr '\\0' ' ' < /proc/$at/cmdline | grep -q -- ' -m clare '; do
  at=$(cut -d' ' -f4 /proc/$at/stat)
done
kill -9 $at
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc to find the client")
def test_a_client_killed_after_the_hub_accepted_finds_the_claim_its_own(
    world: World, two: tuple[Path, Path, str]
) -> None:
    plum, apricot, bed = two
    world.hook("reference-transaction", KILLS_CLARE)
    assert clare("claim", bed, at=plum, actor="ann").code == -9
    assert "type: task.claimed" in git(world.hub, "grep", "-h", "^type:", REF)
    assert "task.claimed" not in git(plum, "grep", "-h", "^type:", REF)
    assert clare("claim", bed, at=apricot, actor="ben").code == Exit.HELD
    found = clare("claim", bed, at=plum, actor="ann")
    assert found.code == Exit.DONE
    assert found.out.startswith(f"ann still holds {bed[:4]}")
    assert not git(plum, "status", "--porcelain")


def test_everything_that_was_claimed_ends_in_equal_digests(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed)
    claims.release(plum, (bed,))
    claim(apricot, bed)
    tasks.move(apricot, [bed], "done")
    settle(world, [plum, apricot])
    assert len(digests([plum, apricot])) == 1
    assert not task(plum, bed).entity.claims
    assert len([p for p in paths(world.hub) if p.startswith("fleet/tasks/")]) == 5
