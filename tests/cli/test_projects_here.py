"""The project that commands know by the folder or the repository they run in."""

import os
from pathlib import Path

import pytest

from clare.services import project_here
from clare.services.opening import open_board
from clare.store import processes
from tests.cli.running import Here, event_of, files_of, git


@pytest.fixture
def shop(here: Here, tmp_path: Path) -> Here:
    """The folder of the project `shop`, which is known; the board is elsewhere."""
    folder = tmp_path / "code" / "shop"
    folder.mkdir(parents=True)
    here.ok("project", "add", "shop")
    return Here(folder, {"CLARE_FLEET": str(here.folder)})


def cloned(folder: Path, *urls: str) -> None:
    git(folder, "init", "--quiet")
    for number, url in enumerate(urls):
        git(folder, "remote", "add", f"r{number}", url)


def project_of(here: Here, *words: str) -> object:
    return here.record("add", "Work", *words)["project"]


def test_in_its_folder_and_below_a_project_is_known(shop: Here, home: Path) -> None:
    below = shop.folder / "src"
    below.mkdir()
    assert project_of(shop) is None
    assert shop.ok("project", "edit", "shop", "--path", ".") == "shop edited: shop\n"
    assert shop.ok("project", "edit", "--path", ".").endswith("(nothing to change)\n")
    for place in (shop.folder, below):
        here = Here(place, shop.env)
        assert project_of(here) == "shop"
        assert project_of(here, "-P", "") is None
        assert here.record("project", "show")["slug"] == "shop"
    assert project_of(Here(shop.folder.parent, shop.env)) is None
    assert shop.ok("config", "get", "projects.shop") == f"{shop.folder}\n"


def test_a_folder_is_never_an_event(here: Here, shop: Here) -> None:
    before = here.git("rev-parse", "refs/heads/fleet")
    shop.ok("project", "edit", "shop", "--path", ".")
    assert here.git("rev-parse", "refs/heads/fleet") == before
    shop.ok("project", "add", "api", "--path", ".", "--repo", "git@host:a/api.git")
    assert not any("code/shop" in event_of(here, path) for path in files_of(here))
    shop.ok("project", "edit", "api", "--path", "")
    assert shop.record("project", "show", "api")["path"] is None


def test_the_innermost_folder_counts(shop: Here) -> None:
    inner = shop.folder / "libs" / "api"
    inner.mkdir(parents=True)
    shop.ok("project", "edit", "shop", "--path", ".")
    shop.ok("project", "add", "api", "--path", str(inner))
    assert project_of(Here(inner, shop.env)) == "api"
    assert project_of(Here(inner.parent, shop.env)) == "shop"


def test_a_folder_that_many_projects_share_is_none_s(shop: Here) -> None:
    shop.ok("project", "edit", "shop", "--path", ".")
    shop.ok("project", "add", "api", "--path", ".")
    assert project_of(shop) is None
    shop.ok("project", "archive", "api")
    assert project_of(shop) == "shop"


@pytest.mark.parametrize(
    "url", ["git@host:a/shop.git", "ssh://git@host:22/a/shop", "https://HOST/a/shop/"]
)
def test_in_its_repository_a_project_is_known_by_any_address(shop: Here, url: str) -> None:
    cloned(shop.folder, "https://fork/b/shop", url)
    assert project_of(shop) is None
    shop.ok("project", "edit", "shop", "--repo", "https://nat@host/a/shop.git".replace("nat@", ""))
    assert project_of(shop) == "shop"
    assert project_of(Here(shop.folder.parent, shop.env)) is None


def test_an_address_that_git_rewrites_is_known(shop: Here) -> None:
    cloned(shop.folder, "work:shop")
    git(shop.folder, "config", "url.git@host:a/.insteadOf", "work:")
    shop.ok("project", "edit", "shop", "--repo", "https://host/a/shop")
    assert project_of(shop) == "shop"


def test_commands_take_the_project_here(shop: Here) -> None:
    shop.ok("project", "edit", "shop", "--path", ".")
    task = shop.add("Work", "-P", "")
    assert shop.ok("edit", task, "-P", ".").startswith(f"{task[:4]} edited")
    assert shop.record("show", task)["project"] == "shop"
    shop.ok("project", "edit", "--title", "The shop")
    assert shop.record("project", "show", ".")["title"] == "The shop"
    assert shop.ok("project", "archive") == "shop archived: The shop\n"


def test_questions_take_the_project_here(shop: Here) -> None:
    other, mine = shop.add("Other"), ""
    shop.ok("project", "edit", "shop", "--path", ".")
    mine = shop.add("Mine")
    for words in (["list", "-P", "."], ["list", "project:."], ["ready", "-P", "."]):
        assert [task["id"] for task in shop.records(*words)] == [mine]
    assert [task["id"] for task in shop.records("list", "-project:.")] == [other]
    assert shop.record("next", "-P", ".")["id"] == mine
    assert shop.record("next", "-P", ".", "--claim")["id"] == mine
    elsewhere = Here(shop.folder.parent, shop.env)
    assert elsewhere.run("list", "-P", ".").code == 1


def test_where_no_project_is_here_it_must_be_named(here: Here) -> None:
    for words in (["show"], ["archive"], ["edit", "--title", "x"], ["show", "."]):
        ran = here.run("project", *words)
        assert (ran.code, ran.err.splitlines()[0]) == (
            1,
            "clare: this is no project's folder or repository",
        )
    assert here.run("add", "x", "-P", ".").code == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--repo", "https://nat:secret@host/x"], 2, "the address holds a password"),
        (["--repo", "https://token@host/x"], 2, "the address holds a password"),
        (["--repo", "/srv/shop.git"], 2, "'/srv/shop.git' means nothing on another machine"),
        (["--repo", "file:///srv/shop"], 2, "'file:///srv/shop' means nothing"),
        (["--repo", "../shop"], 2, "'../shop' means nothing"),
        (["--repo", "ext::sh -c x"], 2, ""),
        (["--repo", "git@host:a\nb"], 2, ""),
        (["--path", "gone"], 1, "'gone' is no folder here"),
        (["--path", "a\nb"], 1, ""),
        (["--path", "/dev/null"], 1, "'/dev/null' is no folder here"),
    ],
)
def test_what_cannot_be_a_repository_or_a_folder_is_refused(
    here: Here, home: Path, words: list[str], code: int, message: str
) -> None:
    here.ok("project", "add", "shop")
    before = files_of(here)
    ran = here.run("project", "edit", "shop", *words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"clare: {message}")
    assert "secret" not in ran.err
    assert files_of(here) == before
    assert not (home / ".config/clare/config.toml").exists()


def test_a_repository_can_be_taken_away(shop: Here) -> None:
    shop.ok("project", "edit", "shop", "--repo", "git@host:a/shop.git")
    assert shop.record("project", "show", "shop")["repo"] == "git@host:a/shop.git"
    shop.ok("project", "edit", "shop", "--repo", "")
    assert shop.record("project", "show", "shop")["repo"] is None


def test_the_remotes_are_read_once_and_only_when_needed(
    here: Here, shop: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    plain = processes.run_process

    def counting(command: list[str], **rest: object) -> object:
        calls.append(command)
        return plain(command, **rest)  # type: ignore[arg-type]

    cloned(shop.folder, "git@host:a/shop.git")
    monkeypatch.chdir(shop.folder)
    monkeypatch.setattr(processes, "run_process", counting)

    def found() -> tuple[str, int]:
        fleet = open_board(fleet=str(here.folder)).board.read()
        calls.clear()
        return project_here.here(fleet), len(calls)

    assert found() == ("", 0)
    shop.ok("project", "edit", "shop", "--repo", "https://host/a/shop")
    assert found() == ("shop", 1)
    shop.ok("project", "edit", "shop", "--path", ".")
    assert found() == ("shop", 0)


def test_in_a_folder_that_is_gone_no_project_is_here(shop: Here) -> None:
    shop.ok("project", "edit", "shop", "--path", ".")
    fleet = open_board(fleet=shop.env["CLARE_FLEET"]).board.read()
    away = shop.folder / "away"
    away.mkdir()
    before = Path.cwd()
    os.chdir(away)
    try:
        away.rmdir()
        assert project_here.here(fleet) == ""
    finally:
        os.chdir(before)
