"""Which board a command means, whatever folder, hook or copy it runs in."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clare.errors import ClareError
from clare.store import clone, place
from clare.store.git import LOCAL_VARIABLES, Git, environment
from tests.store.boards import (
    CHECKED_OUT,
    SHAPES,
    Site,
    append_tasks,
    bare,
    beside_code,
    board_of,
    dedicated,
    leftovers,
    on_code_branch,
    status,
    titles,
    user_git,
)

HOOK = """\
#!/bin/sh
set -e
test -n "$GIT_INDEX_FILE$GIT_DIR"
export GIT_DIR="${{GIT_DIR:-$(git rev-parse --absolute-git-dir)}}"
export GIT_WORK_TREE="$PWD" GIT_OBJECT_DIRECTORY="$GIT_DIR/objects"
{python} -m clare {where} add "from the hook" >{said} 2>&1
"""


def _forgotten(site: Site) -> Site:
    """A board whose clone has no facts of its own, as git made it."""
    shutil.rmtree(site.git_dir / "clare")
    return site


def _clone(site: Site, to: Path) -> Path:
    user_git(
        site.git_dir, "clone", "-q", "--template=", "--no-checkout", str(site.git_dir), str(to)
    )
    return to


def _found(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, given: str = "", configured: str = ""
) -> place.Place:
    monkeypatch.chdir(folder)
    return place.find(given, configured)


def test_every_variable_that_git_calls_local_is_kept_from_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A later git may have dropped one of ours; it has none that we do not know."""
    assert set(user_git(tmp_path, "rev-parse", "--local-env-vars").split()) <= set(LOCAL_VARIABLES)
    for name in LOCAL_VARIABLES:
        monkeypatch.setenv(name, "astray")
    kept = {key: value for key, value in environment().items() if value == "astray"}
    assert kept == {}


def test_the_board_is_chosen_in_the_order_that_is_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = {
        name: dedicated(tmp_path / name) for name in ("given", "variable", "here", "configured")
    }
    tops = {name: str(site.top) for name, site in sites.items()}
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()

    def chosen(folder: Path | str, given: str = "") -> tuple[str, str]:
        found = _found(monkeypatch, Path(folder), given=given, configured=tops["configured"])
        return found.repository, found.why_repository

    monkeypatch.setenv("CLARE_FLEET", tops["variable"])
    assert chosen(tops["here"], tops["given"]) == (tops["given"], "--fleet")
    assert chosen(tops["here"]) == (tops["variable"], "$CLARE_FLEET")
    monkeypatch.delenv("CLARE_FLEET")
    assert chosen(tops["here"]) == (tops["here"], "the repository around this folder")
    assert chosen(nowhere) == (tops["configured"], "the configuration")


def test_a_board_that_was_named_and_is_not_there_is_told_and_no_other_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = dedicated(tmp_path / "here")
    empty = tmp_path / "empty"
    user_git(empty, "init", "-q")
    for named in (str(empty), str(tmp_path / "absent")):
        with pytest.raises(ClareError, match="there is no fleet in") as told:
            _found(monkeypatch, here.top, given=named, configured=str(here.top))
        assert told.value.exit_code == 1
        monkeypatch.setenv("CLARE_FLEET", named)
        with pytest.raises(ClareError, match="there is no fleet in"):
            _found(monkeypatch, here.top, configured=str(here.top))
        monkeypatch.delenv("CLARE_FLEET")
    with pytest.raises(ClareError, match="there is no fleet here"):
        _found(monkeypatch, empty)


def test_the_configured_branch_goes_before_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = on_code_branch(tmp_path / "plum")
    user_git(site.top, "branch", "fleet")
    found = _found(monkeypatch, site.top)
    assert (found.branch, found.ref) == ("main", "refs/heads/main")
    assert found.why_branch == "configured by init or join"


def test_a_local_branch_fleet_goes_before_a_remote_tracking_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = _clone(beside_code(tmp_path / "plum"), tmp_path / "quince")
    found = _found(monkeypatch, top)
    assert (found.branch, found.ref) == ("fleet", "refs/remotes/origin/fleet")
    assert found.why_branch == "a remote-tracking branch of that name"
    user_git(top, "branch", "fleet", "origin/fleet")
    found = _found(monkeypatch, top)
    assert (found.branch, found.ref) == ("fleet", "refs/heads/fleet")
    assert found.why_branch == "a local branch of that name"


def test_the_first_write_makes_the_branch_of_a_remote_tracking_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = beside_code(tmp_path / "plum")
    append_tasks(site.board, ["a"])
    found = _found(monkeypatch, _clone(site, tmp_path / "quince"))
    board = board_of(found.git, host="quince")._replace(place=found)
    append_tasks(board, ["b"])
    assert titles(board.read()) == ["a", "b"]


def test_a_checkout_that_merely_holds_a_board_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = _forgotten(on_code_branch(tmp_path / "plum"))
    found = _found(monkeypatch, site.top)
    assert (found.branch, found.why_branch) == ("", "the checked-out commit, read-only")
    board = board_of(found.git)._replace(place=found)
    assert titles(board.read()) == []
    with pytest.raises(ClareError, match="no branch to write to: it is read-only"):
        append_tasks(board, ["a"])
    assert leftovers(site.git_dir) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_every_folder_of_the_repository_leads_to_its_board(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    folder = site.top / "some" / "folder" if shape != "bare" else site.top
    folder.mkdir(parents=True, exist_ok=True)
    found = _found(monkeypatch, folder)
    assert found.git.git_dir == site.git_dir
    board = board_of(found.git, branch=found.branch)
    append_tasks(board, ["a"])
    assert titles(site.board.read()) == ["a"]
    assert status(site) == ""
    assert list(folder.iterdir()) == [] or shape == "bare"


def _hook(top: Path, tmp_path: Path, where: str) -> Path:
    said, hook = tmp_path / "said", Path(user_git(top, "rev-parse", "--git-path", "hooks").strip())
    hook = top / hook / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK.format(python=sys.executable, where=where, said=said))
    hook.chmod(0o755)
    return said


def test_a_command_in_a_hook_of_another_repository_writes_to_the_board(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    code = tmp_path / "code"
    user_git(code, "init", "-q", "-b", "main", "--template=")
    (code / "file").write_text("code\n")
    user_git(code, "add", ".")
    said = _hook(code, tmp_path, f"--fleet {site.top}")
    user_git(code, "commit", "-q", "-a", "-m", "code")
    assert titles(site.board.read()) == ["from the hook"], said.read_text()
    assert user_git(code, "for-each-ref", "--format=%(refname)") == "refs/heads/main\n"
    assert user_git(code, "rev-list", "--count", "HEAD") == "1\n"
    assert user_git(code, "status", "--porcelain") == ""
    assert status(site) == ""


@pytest.mark.parametrize("shape", [*CHECKED_OUT, "beside code"])
def test_a_command_in_a_hook_of_the_boards_own_repository_writes_to_the_board(
    shape: str, tmp_path: Path
) -> None:
    site = SHAPES[shape](tmp_path / "plum")
    said = _hook(site.top, tmp_path, "")
    (site.top / "file").write_text("code\n")
    user_git(site.top, "add", "file")
    user_git(site.top, "commit", "-q", "-a", "-m", "code")
    assert titles(site.board.read()) == ["from the hook"], said.read_text()
    assert status(site) == ""
    assert leftovers(site.git_dir) == []


@pytest.mark.parametrize("copy", [shutil.copytree, shutil.move])
def test_a_copied_clone_gets_an_identity_of_its_own(
    copy: Callable[[Path, Path], object], tmp_path: Path
) -> None:
    site = dedicated(tmp_path / "plum")
    first = clone.identified(site.board.git)
    assert clone.identified(site.board.git) == first
    copy(site.top, tmp_path / "copy")
    second = clone.identified(Git(tmp_path / "copy" / ".git"))
    assert second.id != first.id
    assert (second.branch, second.host) == (first.branch, first.host)
    assert clone.identified(Git(tmp_path / "copy" / ".git")) == second


def test_damaged_facts_of_a_clone_are_told(tmp_path: Path) -> None:
    site = bare(tmp_path / "plum")
    for text in ("", "[]", '{"id"'):
        Path(clone.file_of(site.board.git)).write_text(text)
        with pytest.raises(ClareError, match=r"clone\.json is damaged") as told:
            clone.load(site.board.git)
        assert told.value.exit_code == 1
