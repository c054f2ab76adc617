"""Everything that the doctor knows: made wrong, found, and mended only when asked to."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clare.errors import Exit
from clare.fleet import Fleet
from clare.services.doctor import hub
from clare.store import freshness, health
from clare.store.board import Board
from clare.store.git import Git
from clare.store.setup import ATTRIBUTES_TEXT
from clare.views.troubles import AREAS, TROUBLES
from tests.cli.ailing import AILMENTS, behind, journal_left, rewound, unpublished
from tests.cli.running import Here, Json, Ran, git, plant
from tests.cli.wards import Ward, aged, ward_of

BY_NAME = {trouble.name: trouble for trouble in TROUBLES}


@pytest.fixture
def ward(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    made = ward_of(tmp_path, home, monkeypatch)
    yield made
    for descriptor in made.open_files:
        os.close(descriptor)


def listed(ran: Ran, name: str = "findings") -> list[Json]:
    found = ran.record[name]
    assert isinstance(found, list)
    return found


def kinds(ran: Ran, name: str = "findings") -> set[object]:
    return {one["kind"] for one in listed(ran, name)}


def everything(root: Path) -> dict[str, object]:
    """All files below a folder with their bytes, without git's objects."""
    return {
        str(path): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "objects" not in path.parts
    }


def test_there_is_a_case_for_every_trouble_and_each_says_what_it_means_and_what_to_do() -> None:
    assert set(AILMENTS) == set(BY_NAME)
    assert len(BY_NAME) == len(TROUBLES)
    for trouble in TROUBLES:
        assert trouble.area in AREAS
        assert trouble.means
        assert trouble.do
        assert "\n" not in trouble.means + trouble.do
        assert not (trouble.fixable and trouble.exit_code)


def test_what_gets_published_meanwhile_is_no_trouble(ward: Ward) -> None:
    asked = freshness.unpublished

    def slow(board: Board, fleet: Fleet) -> int | None:
        found = asked(board, fleet)
        ward.plum.program("sync")
        return found

    unpublished(ward)
    ward.patch.setattr(hub, "unpublished", slow)
    ran = ward.plum.run("doctor", "--json")
    assert (ran.code, kinds(ran)) == (0, set())


def test_a_hub_that_moves_on_meanwhile_refuses_nobody(ward: Ward) -> None:
    asked = health.ask

    def ask(git: Git, url: str, branch: str) -> health.Answer:
        answer = asked(git, url, branch)
        ward.apricot.program("add", "Ahead")
        return answer

    unpublished(ward)
    ward.patch.setattr(health, "ask", ask)
    assert "refuses" not in kinds(ward.plum.run("doctor", "--json"))
    assert "Ahead" in git(ward.hub, "log", "-1", "--format=%s", "fleet")


def test_in_good_health_nothing_is_found(ward: Ward) -> None:
    for here in (ward.plum, ward.apricot):
        here.ok("sync")
        assert here.ok("doctor") == "1 event, 0 broken, 0 notes\n"
        assert here.ok("doctor", "--fix") == "1 event, 0 broken, 0 notes\n"


@pytest.mark.parametrize("name", AILMENTS)
def test_what_is_wrong_is_found_and_without_fix_nothing_changes(ward: Ward, name: str) -> None:
    trouble = BY_NAME[name]
    ill = AILMENTS[name](ward)
    before = everything(ward.root)
    ran = ill.run("doctor", "--json")
    assert everything(ward.root) == before
    mine = [one for one in listed(ran) if one["kind"] == name]
    assert mine, ran
    for one in mine:
        assert (one["area"], one["level"]) == (trouble.area, trouble.level)
        assert one["where"]
        assert one["problem"]
        assert one["means"]
        assert one["do"]
    if trouble.exit_code is not None:
        assert ran.code == trouble.exit_code
    again = ill.run("doctor")
    assert again.code == ran.code
    assert f"\n    means  {trouble.means}\n" in again.out
    assert everything(ward.root) == before


@pytest.mark.parametrize("name", [trouble.name for trouble in TROUBLES if trouble.fixable])
def test_fix_mends_what_is_safe_and_says_so(ward: Ward, name: str) -> None:
    ill = AILMENTS[name](ward)
    ran = ill.run("doctor", "--fix", "--json")
    assert name in kinds(ran, "fixed"), ran
    assert name not in kinds(ran)
    assert ill.ok("doctor").endswith(" 0 broken, 0 notes\n")


@pytest.mark.parametrize("name", [trouble.name for trouble in TROUBLES if not trouble.fixable])
def test_fix_leaves_alone_what_only_a_person_can_judge(ward: Ward, name: str) -> None:
    ill = AILMENTS[name](ward)
    ran = ill.run("doctor", "--fix", "--json")
    assert name in kinds(ran), ran


def test_each_finding_says_what_it_means_and_what_to_do(ward: Ward) -> None:
    aged(ward.git_dir / "packed-refs.lock", 300)
    aged(ward.git_dir / "HEAD.lock", 300)
    assert ward.plum.ok("doctor") == (
        "git\n"
        f"  note  {ward.git_dir}/HEAD.lock  is held for minutes\n"
        f"  note  {ward.git_dir}/packed-refs.lock  is held for minutes\n"
        "    means  git locks a file while it writes; a lock that stays makes every later write "
        "fail\n"
        "    do     when no git and no editor of a commit message is at work there, remove the "
        "file\n"
        "1 event, 0 broken, 2 notes\n"
    )


def test_the_gravest_finding_decides_the_exit_code(ward: Ward) -> None:
    AILMENTS["unreachable"](ward)
    assert ward.plum.run("doctor").code == Exit.UNPUBLISHED
    AILMENTS["rebased"](ward)
    assert ward.plum.run("doctor").code == Exit.REFUSED
    AILMENTS["unreadable"](ward)
    told = ward.plum.run("doctor")
    assert told.code == Exit.UNREADABLE
    assert told.err.startswith("clare: 3 broken, first fleet/tasks/")


def test_a_write_that_was_killed_is_finished_by_fix(ward: Ward) -> None:
    journal_left(ward)
    assert not list((ward.plum.folder / "fleet" / "tasks").glob("*/*/*.yaml"))
    assert ward.plum.ok("doctor", "--fix").startswith("fixed  ")
    assert len(list((ward.plum.folder / "fleet" / "tasks").glob("*/*/*.yaml"))) == 1
    assert ward.plum.git("status", "--porcelain") == ""


def test_line_ends_that_git_changed_come_back_as_the_doctor_says(ward: Ward) -> None:
    ill = AILMENTS["crlf"](ward)
    assert kinds(ill.run("doctor", "--json")) == {"attributes", "crlf"}
    (ill.folder / "fleet" / ".gitattributes").write_bytes(ATTRIBUTES_TEXT)
    ill.git("add", "fleet/.gitattributes")
    ill.git("commit", "-q", "-m", "mend the attributes")
    shutil.rmtree(ill.folder / "fleet")
    ill.git("checkout", "-q", "HEAD", "--", "fleet")
    assert ill.ok("doctor") == "1 event, 0 broken, 0 notes\n"
    assert ill.git("status", "--porcelain") == ""


def test_what_was_just_written_may_be_on_its_way(ward: Ward) -> None:
    ward.apricot.ok("sync")
    tip = git(ward.hub, "rev-parse", "fleet")
    ward.plum.add("More")
    ward.plum.git("update-ref", f"refs/clare/hub/{_name_of_hub(ward)}/fleet", tip)
    assert ward.plum.ok("doctor") == "2 events, 0 broken, 0 notes\n"


def _name_of_hub(ward: Ward) -> str:
    (ref,) = ward.plum.git("for-each-ref", "--format=%(refname)", "refs/clare/hub").split()
    return ref.split("/")[3]


def test_what_a_living_command_uses_stays_however_old(ward: Ward) -> None:
    lock = aged(ward.git_dir / "refs" / "clare" / "hub" / "old" / "fleet.lock", 7200)
    line = os.open(ward.clare / "sync.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(line, fcntl.LOCK_EX)
    behind(ward)
    index = aged(ward.clare / "journal" / "0123456789abcdef.index", 7200)
    ran = ward.plum.run("doctor", "--fix", "--json")
    assert (lock.exists(), index.exists()) == (True, True)
    assert kinds(ran) == {"own-lock-left", "behind"}
    os.close(line)
    assert kinds(ward.plum.run("doctor", "--fix", "--json"), "fixed") == {"own-lock-left"}
    assert (lock.exists(), index.exists()) == (False, True)


def test_a_board_that_is_only_checked_out_is_looked_over_too(ward: Ward) -> None:
    git(ward.root, "clone", "-q", str(ward.plum.folder), "copy")
    copy = Here(ward.root / "copy", {"CLARE_ACTOR": "nat"})
    copy.git("switch", "-q", "-c", "other")
    copy.git("branch", "-q", "-D", "fleet")
    copy.git("update-ref", "-d", "refs/remotes/origin/fleet")
    assert copy.ok("doctor", "--fix") == "1 event, 0 broken, 0 notes\n"


def test_a_configuration_that_is_a_folder_is_told_as_such(ward: Ward) -> None:
    (ward.home / ".config" / "clare" / "config.toml").mkdir(parents=True)
    ran = ward.plum.run("doctor", "--json")
    assert (ran.code, kinds(ran)) == (Exit.REFUSED, {"config-bad"})


def test_young_files_and_locks_in_use_are_left_alone(ward: Ward) -> None:
    young = [
        aged(ward.clare / "clone.0badcafe", 60),
        aged(ward.git_dir / "index.lock", 30),
        aged(ward.git_dir / "refs" / "clare" / "hub" / "old" / "fleet.lock", 600),
    ]
    assert ward.plum.ok("doctor", "--fix") == "1 event, 0 broken, 0 notes\n"
    assert all(path.exists() for path in young)


def test_without_a_board_the_machine_is_looked_over_all_the_same(
    tmp_path: Path, home: Path
) -> None:
    (home / ".local").write_text("a file")
    ran = Here(tmp_path, {}).run("doctor")
    assert ran.code == Exit.REFUSED
    assert ran.out.startswith(f"machine\n  note  {home}/.local/state/clare  cannot be written\n")
    assert ran.out.endswith("0 broken, 1 note\n")
    assert ran.err.startswith("clare: there is no fleet here\n")


def test_what_cannot_be_published_is_told_by_fix_in_the_hub_s_words(ward: Ward) -> None:
    AILMENTS["unpublished"](ward)
    hook = ward.hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho closed on Fridays\nexit 1\n")
    hook.chmod(0o755)
    ran = ward.plum.run("doctor", "--fix")
    assert ran.code == 0
    assert "1 commit unpublished, the oldest of " in ran.out
    assert ran.err.startswith(f"clare: not mended: {ward.hub} refuses: closed on Fridays")


def test_the_words_of_a_hub_cannot_steer_the_terminal(ward: Ward) -> None:
    url = f"{ward.root}/no\x1b[31mhub.git"
    plant(ward.plum, {"fleet/fleet.yaml": f'format: 1\nname: plum\nhub: "{ward.root}/\\e[31m"\n'})
    told = ward.plum.run("doctor")
    assert "\x1b" not in told.out + told.err, url
    assert told.code == Exit.UNPUBLISHED


def test_a_hub_that_went_on_is_no_trouble_and_is_not_followed(ward: Ward) -> None:
    ward.apricot.ok("sync")
    ward.apricot.add("More")
    ward.apricot.ok("sync")
    tip = ward.plum.git("rev-parse", "fleet")
    refs = ward.plum.git("for-each-ref")
    assert ward.plum.ok("doctor") == "1 event, 0 broken, 0 notes\n"
    assert (ward.plum.git("rev-parse", "fleet"), ward.plum.git("for-each-ref")) == (tip, refs)
    rewound(ward)
    rewound(ward)
    assert ward.apricot.run("doctor").code == Exit.UNREADABLE


def test_a_hub_that_does_not_answer_keeps_nobody_waiting(ward: Ward) -> None:
    silent = ward.root / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    plant(ward.plum, {"fleet/fleet.yaml": "format: 1\nname: plum\nhub: git@hub:x.git\n"})
    slow = ward.with_env(GIT_SSH_COMMAND=str(silent), GIT_SSH_VARIANT="simple")
    ran = slow.run("doctor")
    assert ran.code == Exit.UNPUBLISHED
    assert "no answer within 5 s" in ran.out
    assert git(ward.plum.folder, "status", "--porcelain=2", "-b")
