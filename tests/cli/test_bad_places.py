"""Boards, hubs and identities that are missing or refuse: each with its message and exit code."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.planting import findings
from tests.cli.running import PROGRAM, Here, Ran, board, git, hub_of, plant, two_hosts


def test_without_a_board_every_command_says_what_to_do(tmp_path: Path, home: Path) -> None:
    nowhere = Here(tmp_path, {})
    for command in ([], ["add", "x"], ["list"], ["where"], ["doctor"], ["sync"], ["claim", "7qk2"]):
        ran = nowhere.run(*command)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("clare: there is no fleet here\n  `clare init` makes one here, ")
    named = nowhere.run("list", "--fleet", "gone")
    assert named.err.startswith("clare: there is no fleet in gone\n")
    in_environment = nowhere.run("list", CLARE_FLEET=str(tmp_path / "gone"))
    assert in_environment.err.startswith(f"clare: there is no fleet in {tmp_path}/gone\n")


def from_nowhere(folder: Path, *words: str) -> Ran:
    """Run a command in a folder that somebody has removed."""
    (folder / "removed").mkdir()
    script = 'cd removed && rmdir ../removed && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *PROGRAM, *words], cwd=folder, capture_output=True, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_board_can_be_named_from_a_folder_that_was_removed(tmp_path: Path, home: Path) -> None:
    plum, _, hub = two_hosts(tmp_path)
    ran = from_nowhere(tmp_path, "add", "Work", "--fleet", str(plum.folder), "--as", "nat")
    assert (ran.code, ran.err) == (0, "")
    plum.settle()
    assert plum.records("list")[0]["id"] == ran.out.strip()
    assert git(hub, "rev-parse", "fleet") == plum.git("rev-parse", "fleet")
    for words in (["list"], ["show", ran.out.strip()], ["sync"], ["doctor"]):
        assert from_nowhere(tmp_path, *words, "--fleet", str(plum.folder)).code == 0


def test_in_a_folder_that_was_removed_no_other_board_is_found(tmp_path: Path, home: Path) -> None:
    board(tmp_path, "around")
    for words, code, why in (
        (["list"], 1, "there is no fleet here"),
        (["list", "--fleet", ".."], 1, "there is no fleet in .."),
        (["init", "x"], 1, "the current folder was removed"),
        (["join", str(tmp_path / "around")], 1, "the current folder was removed"),
    ):
        ran = from_nowhere(tmp_path / "around", *words)
        assert (ran.code, ran.err.splitlines()[0]) == (code, f"clare: {why}")


def test_a_board_that_is_only_checked_out_is_read_only(tmp_path: Path, here: Here) -> None:
    task = here.add("Work")
    git(tmp_path, "clone", "-q", "board", "copy")
    copy = Here(tmp_path / "copy", {})
    copy.git("switch", "-q", "-c", "other")
    copy.git("branch", "-D", "fleet")
    copy.git("update-ref", "-d", "refs/remotes/origin/fleet")
    assert copy.record("show", task)["title"] == "Work"
    ran = copy.run("done", task)
    assert ran.code == 1
    assert ran.err == (
        "clare: this checkout holds a fleet, but no branch to write to: it is read-only\n"
        "  `clare init --branch other` lets you write here\n"
    )
    assert copy.record("where")["branch"] == {
        "value": None,
        "why": "the checked-out commit, read-only",
    }


def test_without_a_git_identity_nothing_is_written(here: Here, home: Path) -> None:
    task = here.add("Work")
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    for command in (["add", "x"], ["done", task], ["claim", task]):
        ran = here.run(*command, CLARE_ACTOR="nat")
        assert ran.code == 1
        assert ran.err == (
            'clare: git does not know who you are\n  git config --global user.name "Your Name" && '
            "git config --global user.email you@example.org\n"
        )
    assert here.run("done", task).err.startswith("clare: nobody is acting\n  say who with --as")
    assert here.record("show", task)["status"] == "open"


def test_founding_without_a_git_identity_leaves_nothing_behind(tmp_path: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    ran = Here(tmp_path, {}).run("init", "board", CLARE_ACTOR="nat")
    assert ran.code == 1
    assert ran.err.startswith("clare: git does not know who you are\n")
    (home / ".gitconfig").write_text("[user]\n\tname = Nat\n\temail = nat@example.invalid\n")
    assert Here(tmp_path, {}).run("init", "board").code == 0


def test_a_remote_that_is_no_fleet_is_not_joined(tmp_path: Path, home: Path) -> None:
    git(tmp_path, "init", "-q", "code")
    git(tmp_path / "code", "commit", "-q", "--allow-empty", "-m", "code")
    empty = hub_of(tmp_path)
    for url in (tmp_path / "code", empty):
        ran = Here(tmp_path, {}).run("join", str(url), "copy")
        assert ran.code == 1
        assert ran.err == (
            f"clare: {url} holds no fleet\n  `clare init --hub {url}` founds one there\n"
        )
        assert not (tmp_path / "copy").exists()


def test_a_remote_that_is_not_there_is_not_joined(tmp_path: Path, home: Path) -> None:
    ran = Here(tmp_path, {}).run("join", str(tmp_path / "gone"), "copy")
    assert ran.code == 6
    assert ran.err.startswith(f"clare: {tmp_path}/gone: ")
    assert "does not appear to be a git repository" in ran.err
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    "url", ["ext::sh -c true", "--upload-pack=x", "ftp://x/y", "host:-x", "", "a\nb"]
)
def test_an_address_that_could_run_a_command_is_refused(
    tmp_path: Path, home: Path, url: str
) -> None:
    for command in (["join", "--", url, "copy"], ["init", f"--hub={url}", "board"]):
        if url or command[0] == "join":
            ran = Here(tmp_path, {}).run(*command)
            assert ran.code == 2, ran
    assert not (tmp_path / "copy").exists()


def test_a_hub_that_holds_a_fleet_is_joined_not_founded_again(tmp_path: Path, home: Path) -> None:
    _, _, hub = two_hosts(tmp_path)
    ran = Here(tmp_path, {}).run("init", "third", "--hub", str(hub))
    assert ran.code == 1
    assert ran.err == (
        f"clare: {hub} holds a fleet already\n  `clare join {hub}` takes part in it\n"
    )


def test_founding_where_the_hub_is_gone_is_done_here_and_published_later(
    tmp_path: Path, home: Path
) -> None:
    hub = tmp_path / "hub.git"
    ran = Here(tmp_path, {}).run("init", "board", "--hub", str(hub))
    assert ran.code == 6
    assert ran.out.startswith(f"fleet board is ready in {tmp_path}/board, branch fleet, ")
    assert ran.err.startswith(f"clare: founded here, but not published: {hub}: ")
    hub_of(tmp_path)
    here = Here(tmp_path / "board", {})
    assert here.ok("sync") == "received 0 events, published 1 commit\n"


def test_a_board_is_a_folder_in_a_folder(tmp_path: Path, home: Path) -> None:
    _, _, hub = two_hosts(tmp_path)
    (tmp_path / "file").touch()
    for path in ("file", "file/below"):
        for command in (["init", path], ["join", str(hub), path]):
            ran = Here(tmp_path, {}).run(*command)
            assert ran.code == 1
            assert ran.err == "clare: file is a file\n  name a folder\n"


def test_join_needs_an_empty_folder(tmp_path: Path, home: Path) -> None:
    _, _, hub = two_hosts(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    ran = Here(tmp_path, {}).run("join", str(hub), "full")
    assert ran.code == 1
    assert ran.err.startswith("clare: full exists and is not empty\n")
    assert (tmp_path / "full/file").exists()


def test_a_hub_that_refuses_is_told_in_its_own_words(tmp_path: Path, home: Path) -> None:
    plum, _, hub = two_hosts(tmp_path)
    task = plum.add("Work")
    hook = hub / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'closed for the holidays' >&2\nexit 1\n")
    hook.chmod(0o755)
    saved = plum.run("edit", task, "--title", "Saved")
    assert (saved.code, saved.out, saved.err) == (0, f"{task[:4]} edited: Saved\n", "")
    told = plum.run("show", task, "--json")
    assert told.err.startswith(f"clare: not published: {hub} refuses: closed for the holidays; ")
    assert told.record["title"] == "Saved"
    lost = plum.run("claim", task)
    assert (lost.code, lost.out) == (6, "")
    assert lost.err.startswith(f"clare: nothing was taken: {hub} refuses: closed for the holidays")
    assert plum.record("show", task)["claim"] is None
    hook.unlink()
    assert plum.ok("sync") == "received 0 events, published 1 commit\n"


def test_commits_of_others_are_never_published_and_say_so(tmp_path: Path, home: Path) -> None:
    plum, _, hub = two_hosts(tmp_path)
    before = git(hub, "rev-parse", "fleet")
    plant(plum, {"code.py": "print()\n"})
    task = plum.add("Saved")
    told = plum.run("show", task, "--json")
    assert re.match(
        r"clare: not published: commit \w{10} touches code.py, outside fleet/; ", told.err
    )
    assert told.record["title"] == "Saved"
    assert plum.run("sync").code == 1
    assert plum.run("claim", task).code == 1
    assert git(hub, "rev-parse", "fleet") == before


def _not_published(hub: Path) -> str:
    return f"clare: not published: {hub}: fatal: '{hub}' does not appear to be a git repository"


def test_a_hub_that_is_gone_takes_no_claims_and_loses_nothing(tmp_path: Path, home: Path) -> None:
    plum, _, hub = two_hosts(tmp_path)
    task = plum.add("Work")
    hub.rename(tmp_path / "away")
    lost = plum.run("claim", task)
    assert (lost.code, lost.out) == (6, "")
    assert lost.err.startswith("clare: the hub is not reachable, nothing was taken: ")
    saved = plum.run("done", task)
    assert (saved.code, saved.out, saved.err) == (0, f"{task[:4]} done: Work\n", "")
    told = plum.run("list")
    assert (told.code, told.err.splitlines()[0]) == (0, _not_published(hub))
    assert plum.run("sync").code == 6
    (tmp_path / "away").rename(hub)
    assert plum.ok("sync") == "received 0 events, published 1 commit\n"


def test_a_hub_that_was_rewound_stops_the_sync(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Work")
    git(hub, "update-ref", "refs/heads/fleet", "fleet~1")
    ran = plum.run("sync")
    assert ran.code == 5
    assert ran.err.startswith("clare: the hub was rewound: it no longer has ")
    assert "git push " in ran.err
    assert plum.run("claim", task).code == 5
    saved = plum.run("done", task)
    assert (saved.code, saved.out) == (0, f"{task[:4]} done: Work\n")
    assert plum.run("list").err.startswith("clare: not published: the hub was rewound: ")
    way_out = re.search(r"`git push (\S+) (\S+):(\S+)`", ran.err)
    assert way_out
    plum.git("push", "-q", way_out[1], f"{way_out[2]}:{way_out[3]}")
    assert plum.ok("sync") == "received 0 events, published 1 commit\n"
    apricot.ok("sync")
    assert apricot.record("show", task)["status"] == "done"


def test_two_clones_of_one_host_name_both_work_and_are_told(tmp_path: Path, home: Path) -> None:
    plum, _, hub = two_hosts(tmp_path)
    plum.add("First")
    joined = Here(tmp_path, {}).run("join", str(hub), "twin", "--host", "plum")
    assert joined.code == 0
    assert joined.err.startswith("clare: another clone already writes as host plum; ")
    twin = Here(tmp_path / "twin", {})
    twin.add("Second")
    plum.ok("sync")
    (note,) = findings(plum)
    assert (note["level"], note["where"]) == ("note", "host plum")
    assert note["problem"].startswith("2 clones write under this name: ")
    assert plum.ok("digest") == twin.ok("digest")


def test_a_copied_clone_gets_an_identity_of_its_own(tmp_path: Path, here: Here) -> None:
    here.add("First")
    shutil.copytree(here.folder, tmp_path / "copy")
    copy = Here(tmp_path / "copy", {})
    assert copy.record("where")["clone"] != here.record("where")["clone"]
