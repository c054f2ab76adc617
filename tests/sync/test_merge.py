"""Joining two lines of events: by set of paths, the same wherever it is done, and never by guessing."""

from pathlib import Path

import pytest

from clare.clock import DAY, MINUTE
from clare.errors import ClareError, Exit, Unreadable
from clare.events.task import TaskCommented
from clare.services import tasks
from clare.store.board import Board
from clare.store.merge import integrate, merge
from clare.store.read import read_board
from clare.store.sync import Hub, take_in
from tests.sync.fleets import (
    REF,
    START,
    World,
    add,
    commit_by_hand,
    digests,
    event_by_hand,
    git,
    paths,
    repo,
    settle,
    sync_once,
    task,
    tip,
)

FLEET_YAML = "fleet/fleet.yaml"
STORY = "--format=%an <%ae> %ad|%cn <%ce> %cd|%B"


def apart(world: World) -> tuple[Board, Board]:
    """Two clones that have the fleet and one task in common, and can no longer reach the hub."""
    plum = world.found("plum")
    add(plum, "dig the bed")
    apricot = world.join("apricot")
    sync_once(world, apricot)
    return plum, apricot


def the_task(board: Board) -> str:
    return next(iter(board.read().tasks))


def events(board: Board, rev: str = REF) -> list[str]:
    return [path for path in paths(repo(board), rev) if path.startswith("fleet/tasks/")]


def comment(board: Board, text: str) -> None:
    tasks.comment(board, [the_task(board)], text)


def exchange(one: Board, other: Board) -> None:
    """Both have both lines' objects; neither branch moves."""
    git(repo(one), "fetch", "-q", repo(other), f"+{REF}:refs/test/theirs")
    git(repo(other), "fetch", "-q", repo(one), f"+{REF}:refs/test/theirs")


def test_two_clones_that_merge_the_same_two_commits_make_the_same_commit(world: World) -> None:
    plum, apricot = apart(world)
    world.lose()
    comment(plum, "two spades deep")
    comment(apricot, "not before it rains")
    exchange(plum, apricot)
    here, there = tip(plum), tip(apricot)
    made = merge(plum.git, here, there)
    assert made == merge(apricot.git, there, here) == merge(plum.git, there, here)
    assert made not in (here, there)
    assert set(git(repo(plum), "log", "-1", "--format=%P", made).split()) == {here, there}
    said = {c.text for c in read_board(plum.git, made).tasks[the_task(plum)].comments}
    assert said == {"two spades deep", "not before it rains"}


def test_clones_that_merge_each_other_in_turn_come_to_rest(world: World) -> None:
    plum, apricot = apart(world)
    world.lose()
    for board in (plum, apricot):
        comment(board, f"from {board.host}")
        commit_by_hand(repo(board), {f"fleet/notes-{board.host}.txt": "by hand\n"})
    exchange(plum, apricot)
    theirs = tip(apricot)
    take_in(apricot, tip(plum))
    take_in(plum, theirs)
    assert tip(plum) == tip(apricot)
    world.regain()
    at_rest = settle(world, [plum, apricot])
    before = git(world.hub, "rev-list", "--count", REF)
    for board in (plum, apricot, plum):
        done = sync_once(world, board)
        assert (done.received, done.published, done.commit) == (0, 0, at_rest)
    assert git(world.hub, "rev-list", "--count", REF) == before
    assert len(digests([plum, apricot])) == 1


@pytest.mark.parametrize("waiting", [False, True])
def test_an_event_that_a_rogue_commit_deletes_at_the_hub_comes_back(
    world: World, waiting: bool
) -> None:
    plum, apricot = apart(world)
    victim = events(apricot)[0]
    git(world.hub, "update-ref", REF, commit_by_hand(world.hub, {victim: None}))
    if waiting:
        world.lose()
        comment(apricot, "still here")
        world.regain()
    sync_once(world, apricot)
    assert victim in events(apricot)
    assert victim in paths(world.hub)
    settle(world, [plum, apricot])
    assert victim in events(plum)


@pytest.mark.parametrize("waiting", [False, True])
def test_of_an_event_that_a_rogue_commit_edits_at_the_hub_both_bodies_stay(
    world: World, waiting: bool
) -> None:
    plum, apricot = apart(world)
    path = events(apricot)[0]
    true = git(repo(apricot), "cat-file", "blob", f"{REF}:{path}") + "\n"
    blobs = {git(repo(apricot), "rev-parse", f"{REF}:{path}")}
    commit_by_hand(world.hub, {path: true.replace("dig the bed", "burn the bed")})
    blobs.add(git(world.hub, "rev-parse", f"{REF}:{path}"))
    if waiting:
        world.lose()
        comment(apricot, "still here")
        world.regain()
    settle(world, [plum, apricot])
    low, high = sorted(blobs)
    assert git(world.hub, "rev-parse", f"{REF}:{path}") == low
    twin = f"{path.removesuffix('.yaml')}~{high}.yaml"
    assert git(world.hub, "rev-parse", f"{REF}:{twin}") == high
    for board in (plum, apricot):
        acts = "dig" if low == git(repo(board), "hash-object", "--stdin", given=true) else "burn"
        assert task(board, the_task(board)).title == f"{acts} the bed"
        assert [f.path for f in board.read().findings if "second body" in f.problem] == [twin]


@pytest.mark.parametrize("lower", [False, True])
def test_a_folder_that_a_rogue_commit_puts_in_the_place_of_an_event_yields(
    world: World, lower: bool
) -> None:
    plum, apricot = apart(world)
    victim, here, tries = events(apricot)[0], tip(apricot), 0
    folder: dict[str, str | None] = {victim: None, f"{victim}/x.yaml": "id: x\n"}
    while not tries or (world.tip() < here) != lower:
        git(world.hub, "update-ref", REF, here)
        tries += 1
        commit_by_hand(world.hub, folder, message=f"try {tries}")
    settle(world, [plum, apricot])
    assert events(plum) == events(apricot) == [victim]


def test_two_bodies_under_one_id_written_apart_both_stay(world: World) -> None:
    plum, apricot = apart(world)
    key = f"tasks/{the_task(plum)}"
    written = {}
    for board in (plum, apricot):
        fact = TaskCommented(entity=key, text=f"from {board.host}")
        path, text = event_by_hand(board, fact, by="nat", at=START, random_part="00000000")
        commit_by_hand(repo(board), {path: text})
        written[git(repo(board), "rev-parse", f"{REF}:{path}")] = f"from {board.host}"
    settle(world, [plum, apricot])
    low, high = sorted(written)
    stem = path.removesuffix(".yaml")
    assert {path, f"{stem}~{high}.yaml"} < set(events(plum))
    assert [c.text for c in task(plum, the_task(plum)).comments] == [written[low]]
    assert len(digests([plum, apricot])) == 1


def test_no_event_moves_to_another_folder_though_git_would_guess_a_rename(world: World) -> None:
    plum, apricot = apart(world)
    world.lose()
    shoots = [add(plum, f"sow row {n}") for n in range(12)]
    world.regain()
    settle(world, [plum, apricot])
    folder = Path(events(plum)[1]).parent
    inside = [path for path in events(plum) if path.startswith(f"{folder}/")]
    assert len(shoots) == 12
    assert inside
    moved: dict[str, str | None] = dict.fromkeys(inside)
    for path in inside:
        text = git(repo(plum), "cat-file", "blob", f"{REF}:{path}") + "\n"
        moved[f"fleet/tasks/zz/zzzzzzzzzzzz/{Path(path).name}"] = text
    commit_by_hand(world.hub, moved)
    world.lose()
    for board in (apricot, plum):
        tasks.comment(board, shoots, "watered")
    expected = {*events(plum), *events(apricot), *(p for p, text in moved.items() if text)}
    world.regain()
    settle(world, [plum, apricot])
    assert set(events(plum)) == set(events(apricot)) == expected
    assert {len(task(plum, shoot).comments) for shoot in shoots} == {2}


def manifest(board: Board) -> str:
    return git(repo(board), "cat-file", "blob", f"{REF}:{FLEET_YAML}") + "\n"


def test_fleet_yaml_merges_as_a_text(world: World) -> None:
    plum, apricot = apart(world)
    lines = "".join(f"# line {n}\n" for n in range(8))
    commit_by_hand(repo(plum), {FLEET_YAML: manifest(plum) + lines})
    settle(world, [plum, apricot])
    commit_by_hand(repo(plum), {FLEET_YAML: "# top\n" + manifest(plum)})
    commit_by_hand(repo(apricot), {FLEET_YAML: manifest(apricot) + "# bottom\n"})
    before = manifest(apricot)
    settle(world, [plum, apricot])
    assert manifest(plum) == manifest(apricot) == "# top\n" + before


def test_a_conflict_in_fleet_yaml_stops_and_says_where(world: World) -> None:
    plum, apricot = apart(world)
    for board in (plum, apricot):
        changed = manifest(board).replace("name: garden", f"name: {board.host}")
        commit_by_hand(repo(board), {FLEET_YAML: changed})
    sync_once(world, plum)
    before, here = world.tip(), tip(apricot)
    with pytest.raises(ClareError, match=r"the same lines of fleet/fleet\.yaml") as raised:
        sync_once(world, apricot)
    assert raised.value.exit_code == Exit.REFUSED
    assert (world.tip(), tip(apricot)) == (before, here)


def test_replay_keeps_author_date_and_message_and_makes_no_merge(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plum, apricot = apart(world)
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Zoë <ëxample>")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-01-02T03:04:05 +0530")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:06 -0800")
    world.lose()
    comment(apricot, "line one\n\nline three: 🎉\n# no comment")
    add(apricot, "-- a title")
    world.regain()
    comment(plum, "meanwhile")
    shared = world.tip()
    mine = git(repo(apricot), "log", "-2", STORY, "--date=raw", REF)
    sync_once(world, apricot)
    assert git(world.hub, "log", STORY, "--date=raw", f"{shared}..{REF}") == mine
    assert not git(world.hub, "log", "--merges", "--format=%H", REF)


def test_a_commit_made_by_hand_is_merged_not_rewritten(world: World) -> None:
    plum, apricot = apart(world)
    fact = TaskCommented(entity=f"tasks/{the_task(plum)}", text="by hand")
    path, text = event_by_hand(apricot, fact, by="nat", at=START + MINUTE, random_part="00000000")
    mine = commit_by_hand(repo(apricot), {path: text})
    comment(plum, "meanwhile")
    sync_once(world, apricot)
    assert mine in git(world.hub, "rev-list", REF).split()
    assert git(world.hub, "log", "-1", "--format=%P").split() != [mine]
    assert {c.text for c in task(apricot, the_task(plum)).comments} == {"by hand", "meanwhile"}


def test_what_another_clone_wrote_is_merged_not_rewritten(world: World) -> None:
    plum, apricot = apart(world)
    world.lose()
    comment(plum, "from plum")
    theirs = tip(plum)
    git(repo(apricot), "fetch", "-q", repo(plum), REF)
    take_in(apricot, theirs)
    comment(apricot, "from apricot")
    world.regain()
    cherry = world.join("cherry")
    comment(cherry, "meanwhile")
    sync_once(world, apricot)
    assert theirs in git(world.hub, "rev-list", REF).split()


def rogue(board: Board, kind: str) -> dict[str, str | None]:
    event = events(board)[0]
    changes: dict[str, dict[str, str | None]] = {
        "outside": {"README.md": "code\n"},
        "deletes": {event: None},
        "changes": {event: "id: something else\n"},
    }
    return changes[kind]


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("outside", Exit.REFUSED, "touches README.md, outside fleet/"),
        ("deletes", Exit.UNREADABLE, "deletes the event"),
        ("changes", Exit.UNREADABLE, "changes the event"),
    ],
)
@pytest.mark.parametrize("behind", [False, True])
def test_a_commit_that_reaches_beyond_new_events_is_never_published(
    world: World, kind: str, code: Exit, words: str, behind: bool
) -> None:
    plum, apricot = apart(world)
    commit = commit_by_hand(repo(apricot), rogue(apricot, kind))
    if behind:
        comment(plum, "meanwhile")
    before = world.tip()
    for _ in range(2):
        with pytest.raises(ClareError, match=words) as raised:
            sync_once(world, apricot)
        assert raised.value.exit_code == code
        assert commit[:10] in raised.value.message
    assert world.tip() == before


def test_a_commit_outside_the_board_is_not_published_to_an_empty_hub_either(world: World) -> None:
    plum = world.found("plum")
    git(world.hub, "update-ref", "-d", REF)
    git(repo(plum), "update-ref", "-d", Hub(plum, str(world.hub)).known)
    commit_by_hand(repo(plum), {"README.md": "code\n"})
    with pytest.raises(ClareError, match=r"outside fleet/"):
        sync_once(world, plum)
    assert not git(world.hub, "for-each-ref")


def test_a_merge_made_by_hand_that_drops_events_of_the_hub_is_never_published(world: World) -> None:
    plum, apricot = apart(world)
    old = tip(apricot)
    comment(plum, "must not go")
    git(repo(apricot), "fetch", "-q", world.hub, f"{REF}:refs/test/hub")
    commit_by_hand(repo(apricot), {}, parents=(old, "refs/test/hub"))
    before = world.tip()
    with pytest.raises(Unreadable, match="drops or changes events of the hub"):
        sync_once(world, apricot)
    assert world.tip() == before


def test_a_merge_made_by_hand_that_keeps_everything_is_published_as_it_is(world: World) -> None:
    plum, apricot = apart(world)
    world.lose()
    comment(apricot, "from apricot")
    world.regain()
    comment(plum, "from plum")
    git(repo(apricot), "fetch", "-q", world.hub, f"{REF}:refs/test/hub")
    mine = set(events(apricot)) - set(events(apricot, "refs/test/hub"))
    changes: dict[str, str | None] = {
        path: git(repo(apricot), "cat-file", "blob", f"{REF}:{path}") + "\n" for path in mine
    }
    merged = commit_by_hand(repo(apricot), changes, parents=("refs/test/hub", tip(apricot)))
    assert sync_once(world, apricot).commit == merged == world.tip()


def test_boards_with_no_common_history_are_not_joined(world: World, tmp_path: Path) -> None:
    plum = world.found("plum")
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    stranger = other.found("apricot")
    git(repo(plum), "fetch", "-q", repo(stranger), f"{REF}:refs/test/theirs")
    with pytest.raises(ClareError, match="no history in common"):
        integrate(plum.git, tip(plum), tip(stranger), clone=plum.clone)


def test_a_clock_far_ahead_does_not_change_which_commits_a_merge_makes(world: World) -> None:
    plum, apricot = apart(world)
    world.clock.offsets["apricot"] = 2 * DAY
    world.lose()
    comment(plum, "from plum")
    comment(apricot, "from the future")
    commit_by_hand(repo(apricot), {"fleet/notes.txt": "by hand\n"})
    world.regain()
    settle(world, [apricot, plum])
    assert len(digests([plum, apricot])) == 1
    assert [c.text for c in task(plum, the_task(plum)).comments] == ["from plum", "from the future"]
