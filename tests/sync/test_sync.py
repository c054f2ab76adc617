"""Carrying events to and from a hub that refuses, disappears, loses answers or is fought over."""

import fcntl
import socket
from pathlib import Path

import pytest

from clare.clock import MINUTE
from clare.errors import Exit, Unpublished, Unreadable
from clare.store import remote
from clare.store import sync as syncing
from clare.store.board import Board
from clare.store.remote import Pushed, Unreachable
from tests.sync.fleets import (
    BRANCH,
    REF,
    World,
    add,
    bare,
    digests,
    git,
    repo,
    settle,
    sync_once,
    tip,
)

DIES_AFTER_ACCEPTING = (
    '[ "$1" = committed ] && [ -e "$GIT_DIR/dying" ] && kill -9 $PPID',
    "exit 0",
)
"""The hub moves its branch and dies before it can say so."""


def titles(board: Board) -> list[str]:
    return sorted(task.title for task in board.read().tasks.values())


def waiting(world: World, board: Board) -> int:
    return int(git(repo(board), "rev-list", "--count", REF, f"^{world.tip()}"))


def saved_offline(world: World, board: Board, title: str) -> None:
    world.lose()
    add(board, title)
    world.regain()


def test_a_sync_brings_what_is_there_and_publishes_what_waits(world: World, plum: Board) -> None:
    apricot = world.join("apricot")
    add(plum, "one")
    add(plum, "two")
    saved_offline(world, apricot, "three")
    done = sync_once(world, apricot)
    assert (done.received, done.published, done.commit) == (2, 1, world.tip())
    assert titles(apricot) == ["one", "three", "two"]
    assert sync_once(world, apricot) == syncing.Synced(0, 0, world.tip())
    assert sync_once(world, plum).received == 1
    assert len(digests([plum, apricot])) == 1


def test_what_the_hub_refuses_is_saved_and_told_in_its_own_words(world: World, plum: Board) -> None:
    before = world.tip()
    world.hook("pre-receive", "echo 'the garden is closed today' >&2", "exit 1")
    add(plum, "one")
    assert world.problem
    assert world.problem.exit_code == Exit.UNPUBLISHED
    assert "refuses: the garden is closed today" in world.problem.message
    assert (world.tip(), titles(plum), waiting(world, plum)) == (before, ["one"], 1)
    world.unhook()
    assert sync_once(world, plum).published == 1
    assert world.tip() == tip(plum)


def test_without_the_hub_a_write_is_saved_and_goes_out_later(world: World, plum: Board) -> None:
    world.lose()
    add(plum, "one")
    assert world.problem
    assert world.problem.exit_code == Exit.UNPUBLISHED
    with pytest.raises(Unreachable):
        sync_once(world, plum)
    world.regain()
    assert sync_once(world, plum).published == 1


def test_a_rewound_hub_stops_every_sync_until_it_is_put_back(world: World, plum: Board) -> None:
    old = world.tip()
    add(plum, "one")
    whole = world.tip()
    git(world.hub, "update-ref", REF, old)
    for _ in range(3):
        with pytest.raises(Unreadable, match="the hub was rewound") as raised:
            sync_once(world, plum)
    assert world.tip() == old
    assert tip(plum) == whole
    put_back = raised.value.hint.split("`")[1].split()
    git(repo(plum), *put_back[1:])
    assert sync_once(world, plum).commit == whole == world.tip()


def test_a_rewound_hub_is_followed_when_it_is_told_that_the_loss_is_meant(
    world: World, plum: Board
) -> None:
    old = world.tip()
    add(plum, "one")
    git(world.hub, "update-ref", REF, old)
    with pytest.raises(Unreadable) as raised:
        sync_once(world, plum)
    forget = raised.value.hint.split("`")[3].split()
    git(repo(plum), *forget[1:])
    assert sync_once(world, plum).published == 1


@pytest.mark.parametrize("whole", [False, True])
def test_a_hub_that_lost_its_board_is_never_filled_again_in_silence(
    world: World, plum: Board, whole: bool
) -> None:
    add(plum, "one")
    if whole:
        world.lose()
        bare(world.hub)
    else:
        git(world.hub, "update-ref", "-d", REF)
    for _ in range(2):
        with pytest.raises(Unreadable, match="the hub was rewound"):
            sync_once(world, plum)
    assert not git(world.hub, "for-each-ref")


def test_a_deleted_hub_is_unreachable_and_nothing_is_lost_here(world: World, plum: Board) -> None:
    add(plum, "one")
    world.lose()
    with pytest.raises(Unreachable, match="does not appear to be a git repository"):
        sync_once(world, plum)
    assert titles(plum) == ["one"]


def test_a_push_whose_answer_is_lost_counts_when_the_hub_has_it(world: World, plum: Board) -> None:
    saved_offline(world, plum, "one")
    world.hook("reference-transaction", *DIES_AFTER_ACCEPTING)
    (world.hub / "dying").touch()
    assert sync_once(world, plum).published == 1
    assert world.tip() == tip(plum)


def test_when_the_hub_is_gone_after_a_push_it_is_not_known_and_the_next_sync_tells(
    world: World, plum: Board
) -> None:
    saved_offline(world, plum, "one")
    gone = f'[ "$1" = committed ] && mv "{world.hub}" "{world.gone}" && kill -9 $PPID'
    world.hook("reference-transaction", gone, "exit 0")
    with pytest.raises(syncing.LostAnswer, match="the answer to a push was lost") as raised:
        sync_once(world, plum)
    assert raised.value.exit_code == Exit.UNPUBLISHED
    assert raised.value.hint == "it is not known to be taken: the next command tells"
    world.regain()
    world.unhook()
    assert sync_once(world, plum).published == 0
    assert world.tip() == tip(plum)


def test_a_push_that_broke_off_before_it_was_taken_may_still_arrive(
    world: World, plum: Board
) -> None:
    saved_offline(world, plum, "one")
    world.hook("pre-receive", 'rm "$0"', "kill -9 $PPID")
    before = world.tip()
    with pytest.raises(syncing.LostAnswer) as raised:
        sync_once(world, plum)
    assert "not known to be taken" in raised.value.hint
    assert world.tip() == before
    assert sync_once(world, plum).published == 1


def moves_the_tip(world: World, commit: str, *, always: bool = False) -> tuple[str, ...]:
    """A hook during which somebody else gets there first; it then refuses like any hook."""
    once = () if always else ('[ -e "$0.ran" ] && exit 0', 'touch "$0.ran"')
    return (
        *once,
        "cat >/dev/null",
        f'hub="{world.hub}"',
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES",
        f'tip=$(git -C "$hub" rev-parse {REF})',
        f"next={commit or '$(git -C $hub commit-tree -p $tip -m other $tip^{tree} </dev/null)'}",
        f'git -C "$hub" update-ref {REF} "$next"',
        "echo declined >&2",
        "exit 1",
    )


def test_a_lost_race_that_looks_like_a_refusal_is_a_race(world: World, plum: Board) -> None:
    apricot = world.join("apricot")
    saved_offline(world, apricot, "from apricot")
    git(world.hub, "fetch", "-q", repo(apricot), REF)
    world.hook("pre-receive", *moves_the_tip(world, tip(apricot)))
    add(plum, "from plum")
    assert world.problem is None
    assert titles(plum) == ["from apricot", "from plum"]
    assert world.tip() == tip(plum)


def test_a_branch_that_is_locked_at_the_hub_is_a_race_too(world: World, plum: Board) -> None:
    lock = f"{world.hub}/{REF}.lock"
    once = (f'[ -e "$0.ran" ] && rm -f "{lock}" && exit 0', 'touch "$0.ran"', f'touch "{lock}"')
    world.hook("pre-receive", *once)
    add(plum, "one")
    assert world.problem is None
    assert world.tip() == tip(plum)


def test_lost_races_are_run_again_only_for_a_while(
    world: World, plum: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "RETRY_FOR", 0.5)
    saved_offline(world, plum, "one")
    world.hook("pre-receive", *moves_the_tip(world, "", always=True))
    with pytest.raises(Unpublished, match="the hub stayed busy; yours is saved here"):
        sync_once(world, plum)
    assert titles(plum) == ["one"]
    world.unhook()
    assert sync_once(world, plum).commit == world.tip()


USERS_CONFIG = """\
[push]
	gpgSign = true
	followTags = true
	default = nothing
	recurseSubmodules = check
	pushOption = ci.skip
[fetch]
	prune = true
	pruneTags = true
	recurseSubmodules = true
	writeCommitGraph = true
[submodule]
	recurse = true
[core]
	hooksPath = {hooks}
[log]
	showSignature = true
	date = relative
	follow = true
[diff]
	renames = copies
	mnemonicPrefix = true
[color]
	ui = always
[merge]
	ff = false
[transfer]
	hideRefs = refs/clare/arriving
[tag]
	gpgSign = false
[remote "origin"]
	url = {hub}
	fetch = +refs/heads/*:refs/remotes/origin/*
	tagOpt = --tags
	mirror = true
[branch "fleet"]
	remote = origin
	merge = refs/heads/nothing
[url "{hub}"]
	insteadOf = hub:garden
"""


def test_the_users_own_git_configuration_does_not_disturb(
    world: World, plum: Board, tmp_path: Path, home: Path
) -> None:
    apricot = world.join("apricot")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "pre-commit", "commit-msg", "post-merge", "pre-merge-commit"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran-{name}'\nexit 1\n")
        (hooks / name).chmod(0o755)
    with (home / ".gitconfig").open("a") as config:
        config.write(USERS_CONFIG.format(hooks=hooks, hub=world.hub))
    git(world.hub, "tag", "-m", "theirs", "their-tag", REF)
    git(repo(plum), "tag", "-m", "mine", "my-tag", REF)
    git(repo(plum), "update-ref", "refs/remotes/origin/old", REF)
    add(plum, "from plum")
    saved_offline(world, apricot, "from apricot")
    assert sync_once(world, apricot).published == 1
    settle(world, [plum, apricot])
    assert titles(plum) == titles(apricot) == ["from apricot", "from plum"]
    assert git(world.hub, "tag").split() == ["their-tag"]
    assert git(repo(plum), "tag").split() == ["my-tag"]
    assert git(repo(plum), "rev-parse", "refs/remotes/origin/old")
    assert not (repo(plum) / "FETCH_HEAD").exists()
    assert not list(tmp_path.glob("ran-*"))
    assert set(git(world.hub, "for-each-ref", "--format=%(refname)").split()) == {
        REF,
        "refs/tags/their-tag",
    }


def test_a_remote_that_says_nothing_counts_as_gone_in_time(plum: Board) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"git://127.0.0.1:{silent.getsockname()[1]}/hub.git"
        with pytest.raises(Unreachable, match="no answer within"):
            remote.fetch(plum.git, url, BRANCH, "refs/clare/arriving/fleet", within=0.3)
        outcome, words = remote.push(plum.git, url, f"{tip(plum)}:{REF}", within=0.3)
    assert (outcome, words) == (Pushed.BROKEN, "no answer within 0 s")


def test_a_sync_waits_for_another_of_the_same_clone_and_says_so_when_it_takes_too_long(
    world: World, plum: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "RETRY_FOR", 0.2)
    with (repo(plum) / "clare" / "sync.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unpublished, match="another clare of this clone"):
            sync_once(world, plum)
    assert sync_once(world, plum).published == 0


def test_a_clock_that_stands_still_makes_no_difference_to_what_is_published(
    world: World, plum: Board
) -> None:
    apricot = world.join("apricot")
    world.clock.offsets["apricot"] = -3 * MINUTE
    for number in range(3):
        saved_offline(world, plum, f"plum {number}")
        saved_offline(world, apricot, f"apricot {number}")
    settle(world, [plum, apricot])
    assert titles(plum) == titles(apricot)
    assert len(titles(plum)) == 6
    assert len(digests([plum, apricot])) == 1
