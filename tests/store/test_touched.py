"""A board of which only a part is read again is the board of its log, whatever lies in its tree."""

import pickle
import shutil
from pathlib import Path

import pytest

from clare import names
from clare.events.text import dump
from clare.store import cache
from clare.store.cache import Outdated, fleet_at, folder_of
from clare.store.git import GitFailed
from clare.store.place import NoBoard, find
from clare.store.read import read_board
from tests.store.boards import Site, append_tasks, bare, commit_file, dedicated, task, user_git
from tests.store.caches import same

ID = "20261120T100000.000Z-0000-plum-k3f9x2m1"
KEY = task("by hand")
PATH = names.event_path(KEY, ID)
EVENT = dump(
    {
        "id": ID,
        "type": "task.created",
        "by": "nat",
        "clone": "4v0c7qk2",
        "entity": KEY,
        "set": {"title": "by hand"},
    }
)


def tip(site: Site) -> str:
    return site.board.git.resolve(site.board.ref) or ""


def check(site: Site) -> None:
    same(fleet_at(site.board.git, tip(site), keep=True), read_board(site.board.git, tip(site)))


def test_a_file_that_git_lacks_for_a_moment_counts_again_when_it_is_back(tmp_path: Path) -> None:
    site = bare(tmp_path / "plum")
    site.board.read()
    blob = commit_file(site, PATH, EVENT)
    loose, aside = site.git_dir / "objects" / blob[:2] / blob[2:], tmp_path / "aside"
    shutil.move(loose, aside)
    assert not site.board.read().tasks
    shutil.move(aside, loose)
    assert [found.title for found in site.board.read().tasks.values()] == ["by hand"]
    check(site)


def test_a_submodule_that_is_to_be_ignored_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = dedicated(tmp_path / "plum")
    monkeypatch.chdir(site.top)
    modules = b'[submodule "x"]\n\tpath = fleet/x\n\turl = ./x\n\tignore = all\n'
    (site.top / ".gitmodules").write_bytes(modules)
    commit_file(site, ".gitmodules", modules)
    site.board.read()
    commit_file(site, "fleet/x", tip(site).encode(), mode="160000")
    assert site.board.read().findings
    check(site)


def test_modes_of_old_trees_are_those_of_files(tmp_path: Path) -> None:
    site = bare(tmp_path / "plum")
    before = tip(site)
    site.board.read()
    tree = user_git(site.git_dir, "rev-parse", f"{before}:fleet").strip()
    listed = user_git(site.git_dir, "ls-tree", tree)
    given = f"100664 blob {_blob(site)}\t{ID}.yaml\n"
    for name in reversed(names.folder(KEY).split("/")[1:]):
        given = f"040000 tree {_tree(site, given)}\t{name}\n"
    given = f"040000 tree {_tree(site, listed + given)}\tfleet\n"
    made = user_git(site.git_dir, "commit-tree", _tree(site, given), "-p", before, "-m", "by hand")
    user_git(site.git_dir, "update-ref", site.board.ref, made.strip())
    assert [found.title for found in site.board.read().tasks.values()] == ["by hand"]
    check(site)


def _blob(site: Site) -> str:
    return site.board.git.run("hash-object", "-w", "--stdin", given=EVENT).stdout.decode().strip()


def _tree(site: Site, entries: str) -> str:
    return site.board.git.run("mktree", given=entries.encode()).stdout.decode().strip()


def test_a_damaged_base_of_a_commit_that_is_gone_is_told_and_made_anew(tmp_path: Path) -> None:
    site = bare(tmp_path / "plum")
    append_tasks(site.board, ["a", "b"])
    git, base = site.board.git, folder_of(site.board.git) / "base"
    cache.discard(git)
    site.board.read()
    root = user_git(site.git_dir, "commit-tree", f"{tip(site)}^{{tree}}", "-m", "anew").strip()
    user_git(site.git_dir, "update-ref", site.board.ref, root)
    site.board.read()
    user_git(site.git_dir, "reflog", "expire", "--expire=now", "--all")
    user_git(site.git_dir, "gc", "-q", "--prune=now")
    data = base.read_bytes()
    at = data.index(b"\x01a") + 1
    base.write_bytes(data[:at] + b"x" + data[at + 1 :])
    with pytest.raises(Outdated):
        [found.title for found in site.board.read().tasks.values()]
    check(site)


def test_a_failure_of_git_comes_back_from_another_process() -> None:
    failed = GitFailed("ls-tree", 128, "fatal: no such thing")
    again = pickle.loads(pickle.dumps(failed))
    assert (type(again), again.text, again.code, str(again)) == (
        GitFailed,
        failed.text,
        failed.code,
        str(failed),
    )


def test_a_board_without_its_manifest_is_none_whatever_was_kept(tmp_path: Path) -> None:
    site = dedicated(tmp_path / "plum")
    user_git(site.top, "rm", "-q", "--cached", "fleet/fleet.yaml")
    user_git(site.top, "commit", "-q", "-m", "no board")
    site.board.read()
    assert cache.load(site.board.git)
    with pytest.raises(NoBoard):
        find(str(site.top), "")
