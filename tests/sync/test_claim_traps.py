"""The traps of the fold that need clones and a hub, end to end in plain values."""

import pytest

from clare.clock import DAY, HOUR, MINUTE
from clare.errors import Exit
from clare.events.task import TaskClaimed
from clare.services import claims, tasks
from clare.store.board import Board
from clare.store.sync import LostAnswer
from tests.sync.fleets import (
    START,
    World,
    claim,
    commit_by_hand,
    event_by_hand,
    exit_of,
    holder,
    repo,
    settle,
    sync_once,
    taken_task,
    task,
    tip,
)


def test_trap_2_a_comment_that_was_not_published_does_not_keep_a_lease_alive(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed, minutes=30)
    world.after(29)
    world.lose()
    tasks.comment(plum, [bed], "half way")
    world.regain()
    world.after(7)
    claim(apricot, bed)
    sync_once(world, plum)
    sync_once(world, apricot)
    assert holder(plum, bed) == holder(apricot, bed) == "apricoter"
    assert exit_of(lambda: claim(plum, bed)) == Exit.HELD


def test_a_comment_that_was_published_keeps_a_lease_alive(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed, minutes=30)
    world.after(29)
    tasks.comment(plum, [bed], "half way")
    world.after(7)
    assert exit_of(lambda: claim(apricot, bed)) == Exit.HELD


def claimed_by_hand(board: Board, bed: str, *, at: int, by: str) -> None:
    """A claim without the hub's word: written in a pull request, or before there was a hub."""
    fact = TaskClaimed(entity=f"tasks/{bed}", lease=4 * HOUR)
    path, text = event_by_hand(board, fact, by=by, at=at, random_part="00000000")
    commit_by_hand(repo(board), {path: text})


def test_trap_3_a_claim_without_the_hub_stands_behind_one_that_the_hub_accepted(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    sync_once(world, apricot)
    claimed_by_hand(apricot, bed, at=START - HOUR, by="apricoter")
    claim(plum, bed)
    settle(world, [plum, apricot])
    assert holder(plum, bed) == holder(apricot, bed) == "plumer"
    assert len(task(plum, bed).entity.claims) == 2
    assert claim(plum, bed).renewed
    assert exit_of(lambda: claim(apricot, bed)) == Exit.HELD


def test_trap_4_a_release_that_waits_here_is_seen_when_claiming_again(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed)
    world.lose()
    claims.release(plum, (bed,))
    world.regain()
    assert not claim(plum, bed).renewed
    settle(world, [plum, apricot])
    assert holder(plum, bed) == holder(apricot, bed) == "plumer"


def test_trap_11_clocks_a_little_apart_do_not_take_a_lease_that_is_live(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    world.clock.offsets = {"plum": -2 * MINUTE, "apricot": int(2.4 * MINUTE)}
    claim(plum, bed, minutes=30)
    world.after(29.9)
    assert exit_of(lambda: claim(apricot, bed)) == Exit.HELD


def test_trap_11_what_a_clock_two_days_ahead_took_can_be_released_by_anyone_with_force(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    world.clock.offsets["plum"] = 2 * DAY
    claim(plum, bed)
    world.after(24 * 60)
    assert exit_of(lambda: claim(apricot, bed)) == Exit.HELD
    assert exit_of(lambda: claims.release(apricot, (bed,))) == Exit.HELD
    assert not claims.release(apricot, (bed,), force=True).failed
    assert exit_of(lambda: claim(apricot, bed)) == Exit.DONE


def test_trap_11_a_clock_that_jumps_ahead_for_one_comment_does_not_keep_the_task(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    claim(plum, bed)
    world.clock.offsets["plum"] = 2 * DAY
    tasks.comment(plum, [bed], "what day is it?")
    world.clock.offsets["plum"] = 0
    world.after(4 * 60 + 6)
    assert exit_of(lambda: claim(apricot, bed)) == Exit.DONE


def test_trap_12_a_status_that_had_not_seen_the_claim_does_not_end_it(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    sync_once(world, apricot)
    claim(plum, bed)
    world.lose()
    tasks.move(apricot, [bed], "review")
    world.regain()
    settle(world, [plum, apricot])
    assert holder(plum, bed) == holder(apricot, bed) == "plumer"
    assert task(plum, bed).status == "review"


def test_trap_13_a_claim_that_was_pushed_long_after_it_was_decided_is_decided_again(
    world: World, plum: Board, bed: str
) -> None:
    """The laptop sleeps for three hours between the decision and the push."""
    asked: list[int] = []

    def now() -> int:
        asked.append(world.clock.now)
        sleeps = len(asked) == slept_after
        world.clock.now += 3 * HOUR if sleeps else 0
        return asked[-1]

    slept_after = 3
    taken = claim(plum._replace(now=now), bed, minutes=30)
    found = taken_task(taken).holder(now=world.clock.now)
    assert world.clock.now == START + 3 * HOUR
    assert found
    assert found.end == START + 3 * HOUR + 30 * MINUTE
    assert world.tip() == tip(plum)


def test_trap_15_a_claim_whose_answer_is_lost_is_not_known_to_be_taken_and_found_next_time(
    world: World, plum: Board, apricot: Board, bed: str
) -> None:
    before = tip(plum)
    gone = f'[ "$1" = committed ] && mv "{world.hub}" "{world.gone}" && kill -9 $PPID'
    world.hook("reference-transaction", gone, "exit 0")
    with pytest.raises(LostAnswer) as raised:
        claim(plum, bed)
    assert raised.value.exit_code == Exit.UNPUBLISHED
    assert "not known to be taken: the next command tells" in raised.value.hint
    assert "nothing was taken" not in raised.value.message
    assert (tip(plum), holder(plum, bed)) == (before, "")
    world.regain()
    world.unhook()
    assert exit_of(lambda: claim(apricot, bed)) == Exit.HELD
    assert claim(plum, bed).renewed
    assert holder(plum, bed) == "plumer"
