"""A fleet that names another hub, and pushes whose git ends badly."""

import subprocess
from pathlib import Path

import pytest

from clare.errors import Exit, Unpublished
from clare.fleet import Manifest
from clare.services import boards
from clare.services.opening import open_board
from clare.store import setup
from clare.store.board import Board
from clare.store.sync import sync
from tests.shims import git_shim
from tests.sync.fleets import World, add, bare, claim, exit_of, git, holder, repo, sync_once, tip


@pytest.fixture
def second(world: World) -> Path:
    path = world.folder / "second.git"
    bare(path)
    return path


def renamed_hub(world: World, board: Board, hub: Path) -> None:
    """What a merged pull request does: `fleet.yaml` names another hub, and both hubs have that."""
    manifest = Manifest(name="garden", hub=str(hub))
    setup.found_board(board.git, "fleet", manifest, clone=board.clone)
    for place in (world.hub, hub):
        git(repo(board), "push", "-q", place, "refs/heads/fleet:refs/heads/fleet")


def test_a_claim_at_a_hub_that_the_fleet_has_left_is_not_won(world: World, second: Path) -> None:
    plum, apricot = world.found("plum"), world.join("apricot")
    bed = add(plum, "dig a bed")
    sync_once(world, apricot)
    renamed_hub(world, plum, second)
    with pytest.raises(Unpublished, match="the fleet's hub is now"):
        claim(apricot, bed)
    assert holder(apricot, bed) == ""
    claim(apricot, bed)
    sync(plum, str(second))
    assert holder(plum, bed) == "apricoter"


def test_a_sync_does_not_publish_to_a_hub_that_the_fleet_has_left(
    world: World, second: Path
) -> None:
    plum, apricot = world.found("plum"), world.join("apricot")
    renamed_hub(world, plum, second)
    before = world.tip()
    assert exit_of(lambda: sync_once(world, apricot)) == Exit.UNPUBLISHED
    assert world.tip() == before
    assert tip(apricot) == tip(plum)


def test_a_fleet_moves_to_a_new_hub(tmp_path: Path) -> None:
    for name in ("old", "new"):
        bare(tmp_path / f"{name}.git")
    boards.init(str(tmp_path / "plum"), host="plum", hub=str(tmp_path / "old.git"))
    boards.join(str(tmp_path / "old.git"), str(tmp_path / "apricot"), host="apricot")
    moved = boards.init(str(tmp_path / "plum"), hub=str(tmp_path / "new.git"))
    assert moved.manifest.hub == str(tmp_path / "new.git")
    assert git(tmp_path / "new.git", "log", "--format=%s", "fleet").splitlines() == [
        "Nat sets the hub of plum",
        "Nat founds the fleet plum",
    ]
    apricot = open_board(fleet=str(tmp_path / "apricot")).board
    assert exit_of(lambda: sync(apricot, str(tmp_path / "old.git"))) == Exit.UNPUBLISHED
    assert apricot.read().manifest.hub == str(tmp_path / "new.git")
    assert sync(apricot, str(tmp_path / "new.git")).published == 0


def test_a_push_that_is_killed_after_the_hub_took_it_is_won(world: World, tmp_path: Path) -> None:
    plum = world.found("plum")
    bed = add(plum, "dig a bed")
    killed = '"{git}" "$@" || exit\ncase " $* " in *" push "*) kill -9 $$;; esac'
    with git_shim(tmp_path / "bin", killed):
        taken = claim(plum, bed)
    assert not taken.renewed
    assert holder(plum, bed) == "plumer"


def test_names_and_subjects_are_replayed_whatever_encoding_the_user_prefers(
    world: World, home: Path
) -> None:
    with (home / ".gitconfig").open("a") as config:
        config.write("[i18n]\n\tlogOutputEncoding = ISO-8859-1\n[user]\n\tname = Nät\n")
    plum, apricot = world.found("plum"), world.join("apricot")
    add(plum, "from plum")
    world.lose()
    add(apricot, "Größe → ほ")
    world.regain()
    sync_once(world, apricot)
    shown = [
        "git",
        "-C",
        str(world.hub),
        "log",
        "-1",
        "--encoding=UTF-8",
        "--format=%an %s",
        "fleet",
    ]
    told = subprocess.run(shown, capture_output=True, check=True).stdout.decode()
    assert told.startswith("Nät apricoter adds ")
    assert told.endswith("Größe → ほ\n")


def test_upkeep_that_fails_does_not_undo_what_is_written(world: World, home: Path) -> None:
    with (home / ".gitconfig").open("a") as config:
        config.write("[gc]\n\tauto = many\n")
    plum = world.found("plum")
    bed = add(plum, "dig a bed")
    assert claim(plum, bed).outcome.tasks == (bed,)
