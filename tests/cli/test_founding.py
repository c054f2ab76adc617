"""Founding and joining where something is there already."""

from pathlib import Path

import pytest

from tests.cli.running import Here, files_of, git, hub_of, two_hosts


def test_a_second_board_in_one_repository_is_refused(here: Here) -> None:
    here.add("Work")
    refused = here.run("init", "--branch", "main")
    assert refused.code == 1
    assert refused.err == (
        "clare: the fleet of this repository is on the branch fleet\n"
        "  `clare init --branch fleet` uses it\n"
    )
    assert len(here.records("list")) == 1


@pytest.mark.parametrize("branch", ["bad..name", "-x", "a b"])
def test_a_bad_name_of_a_branch_leaves_nothing(tmp_path: Path, home: Path, branch: str) -> None:
    nowhere = Here(tmp_path, {})
    assert nowhere.run("init", "new", f"--branch={branch}").code == 2
    assert not (tmp_path / "new").exists()


def test_without_an_identity_nothing_is_founded(tmp_path: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    refused = Here(tmp_path, {}).run("init", "new")
    assert refused.code == 1
    assert refused.err.startswith("clare: git does not know who you are\n  git config --global")
    assert not (tmp_path / "new").exists()


def test_joining_through_a_colleague_tells_where_the_clone_publishes(
    tmp_path: Path, home: Path
) -> None:
    hub = hub_of(tmp_path)
    nowhere = Here(tmp_path, {})
    nowhere.ok("init", "plum", "--host", "plum", "--hub", str(hub))
    joined = nowhere.run("join", "plum", "apricot", "--host", "apricot")
    assert joined.code == 0
    plum = tmp_path / "plum"
    assert joined.err == f"clare: this clone publishes to the fleet's hub, {hub}, not to {plum}\n"
    hub.rename(tmp_path / "gone.git")
    joined = nowhere.run("join", "plum", "cherry", "--host", "cherry")
    assert joined.code == 0
    assert "the fleet's hub does not answer" in joined.err
    assert git(tmp_path / "cherry", "log", "--format=%s") == "Nat founds the fleet plum"


def test_doctor_names_the_commit_that_keeps_everything_from_being_published(
    tmp_path: Path, home: Path
) -> None:
    plum, _, _ = two_hosts(tmp_path)
    plum.add("Work")
    event = next(path for path in files_of(plum) if "/tasks/" in path)
    plum.git("rm", "-q", event)
    plum.git("commit", "-qm", "tidy up")
    commit = plum.git("rev-parse", "--short=10", "HEAD")
    told = plum.run("doctor")
    assert told.code == 5
    assert f"commit {commit} deletes the event {event}; it is never published" in told.out
    plum.git("rebase", "-q", "--onto", f"{commit}~1", commit)
    assert plum.run("doctor").code == 0
    assert plum.ok("sync") == "received 0 events, published 0 commits\n"


def test_an_empty_folder_may_be_joined_into_from_within(tmp_path: Path, home: Path) -> None:
    hub = hub_of(tmp_path)
    Here(tmp_path, {}).ok("init", "plum", "--hub", str(hub))
    (tmp_path / "apricot").mkdir()
    inside = Here(tmp_path / "apricot", {})
    inside.ok("join", str(hub), ".", "--host", "apricot")
    inside.add("Work")
    assert inside.git("status", "--porcelain") == ""
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
