"""Uninstalling leaves nothing behind but the board."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clare.errors import Exit
from tests.cli.ailing import behind, candidates_left, unpublished
from tests.cli.running import PROGRAM, Here, git
from tests.cli.wards import Ward, ward_of


def snapshot(*folders: Path) -> dict[str, bytes | None]:
    """Every file and folder, without the objects and whatever is the board's own: its branch."""
    return {
        str(path): path.read_bytes() if path.is_file() else None
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if "objects" not in path.parts and path.name not in ("fleet", "index")
    }


def code(folder: Path) -> Path:
    """A repository with code, as it was before Clare came."""
    git(folder, "init", "-q", "code")
    (folder / "code" / "main.py").write_text("print()\n")
    (folder / "code" / "AGENTS.md").write_text("# Agents\n")
    git(folder / "code", "add", ".")
    git(folder / "code", "commit", "-q", "-m", "code")
    return folder / "code"


def test_after_uninstalling_home_and_repository_are_as_before(tmp_path: Path, home: Path) -> None:
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "-q", "--bare", str(hub))
    repository = code(tmp_path)
    before = snapshot(home, repository)
    here = Here(repository, {"CLARE_ACTOR": "nat"})
    here.ok("init", ".", "--host", "plum", "--hub", str(hub))
    task = here.add("Work", "-l", "x")
    here.ok("claim", task)
    here.ok("done", task)
    here.ok("sync")
    (home / ".config" / "clare").mkdir()
    (home / ".config" / "clare" / "config.toml").write_text('actor = "nat"\n')
    (home / ".local" / "state" / "clare").mkdir(parents=True)
    (home / ".local" / "state" / "clare" / "bug-1.log").write_text("x")
    here.ok("man", "install")
    here.ok("hooks", "agents", "install")
    assert snapshot(home, repository) != before
    assert "by hand: the section in AGENTS.md: clare hooks agents remove\n" in here.ok(
        "uninstall", "--all"
    )
    here.ok("hooks", "agents", "remove")
    added = set(snapshot(home, repository)) - set(before)
    empty = {str(home / ".local" / part) for part in ("", "state", "share")}
    assert added <= {path.rstrip("/") for path in empty}
    assert {k: v for k, v in snapshot(home, repository).items() if k in before} == before
    assert git(repository, "for-each-ref", "--format=%(refname)") == "\n".join(
        ["refs/heads/fleet", "refs/heads/main"]
    )


def test_the_board_stays_and_can_be_used_again(here: Here) -> None:
    here.add("Work")
    told = here.ok("uninstall")
    assert f"stays: the board: branch fleet in {here.folder}\n" in told
    assert "by hand: the program: pip uninstall clare\n" in told
    assert not (here.folder / ".git" / "clare").exists()
    assert here.git("status", "--porcelain") == ""
    assert here.records("list")[0]["title"] == "Work"


@pytest.fixture
def ward(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Ward:
    return ward_of(tmp_path, home, monkeypatch)


def test_what_was_never_published_is_not_left_behind_unasked(ward: Ward) -> None:
    unpublished(ward)
    ran = ward.plum.run("uninstall")
    assert ran.code == Exit.UNPUBLISHED
    assert ran.err.startswith("clare: 1 commit here the hub does not have\n  `clare sync` ")
    assert ward.clare.exists()
    tip = ward.plum.git("rev-parse", "fleet")
    ward.plum.ok("uninstall", "--force")
    assert not ward.clare.exists()
    assert ward.plum.git("rev-parse", "fleet") == tip


def test_a_text_that_was_kept_is_not_removed_unasked(ward: Ward) -> None:
    task = ward.plum.add("Work")
    ward.plum.ok("sync")
    editor = "bash -c 'sed -i s/^due:.*/due:soon/ \"$1\"' -"
    told = ward.plum.terminal("edit", task, EDITOR=editor, NO_COLOR="1").out
    (text,) = ward.clare.glob("edit-*.md")
    assert f"your text is kept in {text}" in "".join(told.split("\n"))
    assert "strange-file" not in ward.plum.run("doctor", "--json").out
    for words in ((), ("--all",)):
        ran = ward.plum.run("uninstall", *words)
        assert (ran.code, ran.err) == (
            Exit.REFUSED,
            f"clare: a text that was not saved is kept in {text}\n"
            "  use it and remove it; --force removes it unread\n",
        )
        assert "due:soon" in text.read_text()
    ward.plum.ok("uninstall", "--force")
    assert not ward.clare.exists()


def test_of_several_kept_texts_one_is_named(here: Here) -> None:
    texts = [here.folder / ".git" / "clare" / f"edit-{name}.md" for name in "ab"]
    for text in texts:
        text.write_text("mine\n")
    assert f"is kept in {texts[0]}, and 1 more\n" in here.run("uninstall").err
    for text in texts:
        text.unlink()
    here.ok("uninstall")


@pytest.mark.parametrize("make", [candidates_left])
def test_refs_of_every_kind_go(ward: Ward, make: Callable[[Ward], Here]) -> None:
    make(ward)
    ward.plum.git("pack-refs", "--all")
    ward.plum.ok("uninstall")
    assert ward.plum.git("for-each-ref", "refs/clare") == ""
    assert not (ward.git_dir / "refs" / "clare").exists()


def test_what_is_being_published_is_waited_for(ward: Ward) -> None:
    hook = ward.hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nsleep 0.5\n")  # a hub that takes its time
    hook.chmod(0o755)
    environment = {**os.environ, **ward.plum.env}
    subprocess.run([*PROGRAM, "add", "x"], cwd=ward.plum.folder, env=environment, check=True)
    ward.plum.ok("uninstall")
    assert not ward.clare.exists()
    assert git(ward.hub, "rev-parse", "fleet") == ward.plum.git("rev-parse", "fleet")


def test_a_writer_who_comes_meanwhile_is_no_trouble(ward: Ward) -> None:
    rmdir = os.rmdir

    def late(path: str, *, dir_fd: int | None = None) -> None:
        ward.clare.mkdir(exist_ok=True)
        (ward.clare / "turn.lock").touch()
        rmdir(path, dir_fd=dir_fd)

    ward.patch.setattr(os, "rmdir", late)
    ward.plum.ok("uninstall")
    assert [path.name for path in ward.clare.iterdir()] == ["turn.lock"]
    assert list(ward.git_dir.glob("clare.gone-*")) == []


def test_an_unfinished_write_is_not_cut_off(ward: Ward) -> None:
    behind(ward)
    ran = ward.plum.run("uninstall")
    assert (ran.code, ran.err.splitlines()[0]) == (
        Exit.REFUSED,
        "clare: a write is unfinished: its files are still to come",
    )
    assert ward.clare.exists()
    for descriptor in ward.open_files:
        os.close(descriptor)


def test_without_a_board_only_the_user_s_files_can_go(tmp_path: Path, home: Path) -> None:
    nowhere = Here(tmp_path, {})
    assert nowhere.run("uninstall").code == Exit.REFUSED
    (home / ".bashrc").write_text('eval "$(clare completion bash)"\n')
    nowhere.ok("man", "install")
    found = nowhere.record("uninstall", "--all")
    assert found["removed"] == [str(home / ".local" / "share" / "man" / "man1" / "clare*.1")]
    assert found["stays"] == []
    assert found["by_hand"] == [
        "the program: pip uninstall clare",
        f"the lines about clare in {home}/.bashrc",
    ]
    assert nowhere.run("uninstall", "--all", "--fleet", "gone").code == Exit.REFUSED


def test_a_linked_folder_of_settings_is_unlinked_and_not_emptied(
    tmp_path: Path, home: Path
) -> None:
    kept = tmp_path / "dotfiles"
    kept.mkdir()
    (kept / "config.toml").write_text('actor = "nat"\n')
    (home / ".config" / "clare").symlink_to(kept)
    Here(tmp_path, {}).ok("uninstall", "--all")
    assert not (home / ".config" / "clare").is_symlink()
    assert (kept / "config.toml").exists()
