"""Settings: this machine's, the board's, and which of them acts."""

import os
import re
import stat
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.config import check_host, choose_sync, load
from clare.errors import Usage
from clare.settings import problem
from clare.store import writing
from clare.store.board import Board
from tests.cli.running import Here, git, plant, two_hosts

MANIFEST = "fleet/fleet.yaml"


def file_of(home: Path) -> Path:
    return home / ".config/clare/config.toml"


def configure(home: Path, text: str) -> Path:
    path = file_of(home)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def manifest(here: Here) -> str:
    return git(here.folder, "cat-file", "blob", f"fleet:{MANIFEST}") + "\n"


def why(here: Here, key: str, **env: str) -> tuple[object, object]:
    ran = here.run("config", "get", key, "--json", **env)
    return ran.record["value"], ran.record["why"]


def test_the_environment_beats_the_machine_and_the_machine_beats_the_board(
    here: Here, home: Path
) -> None:
    assert why(here, "sync") == ("auto", "the default")
    here.ok("config", "set", "--shared", "sync", "manual")
    assert why(here, "sync") == ("manual", "fleet/fleet.yaml, line 3")
    here.ok("config", "set", "sync", "auto")
    assert why(here, "sync") == ("auto", f"{file_of(home)}, line 1")
    assert why(here, "sync", CLARE_SYNC="manual") == ("manual", "$CLARE_SYNC")
    here.ok("config", "unset", "sync")
    here.ok("config", "unset", "--shared", "sync")
    assert why(here, "sync") == ("auto", "the default")


def test_the_list_tells_every_setting_and_where_it_comes_from(here: Here, home: Path) -> None:
    path = configure(home, '# me\nactor = "ada"\n\n[projects]\nshop = "/srv"\n')
    here.ok("config", "set", "--shared", "lease", "8h")
    assert here.ok("config", "list") == (
        "host           plum  (given to init or join)\n"
        f"actor          ada   ({path}, line 2)\n"
        "fleet          none  (not set)\n"
        "sync           auto  (the default)\n"
        "lease          8h    (fleet/fleet.yaml, line 3)\n"
        f"projects.shop  /srv  ({path}, line 5)\n"
    )
    assert here.records("config", "list")[0] == {
        "key": "host",
        "value": "plum",
        "why": "given to init or join",
    }


def test_this_machine_s_settings_need_no_board(tmp_path: Path, home: Path) -> None:
    nowhere = Here(tmp_path, {})
    assert nowhere.ok("config", "path") == f"{file_of(home)}\n"
    assert nowhere.ok("config", "set", "actor", "nat") == f"actor is nat in {file_of(home)}\n"
    assert nowhere.ok("config", "get", "actor") == "nat\n"
    assert "actor  nat " in nowhere.ok("config", "list")
    assert nowhere.ok("config", "unset", "actor") == f"actor is not set in {file_of(home)}\n"
    assert nowhere.ok("config", "unset", "actor").endswith("(nothing to change)\n")
    assert nowhere.run("config", "get", "fleet").code == 1
    assert nowhere.run("config", "set", "--shared", "lease", "8h").code == 1
    assert nowhere.run("config", "list", "--fleet", "gone").code == 1


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        (
            '# host\nhots = "plum"\n',
            "line 2: hots is not known",
            "did you mean host? known are host",
        ),
        ('host = "Plum"\n', "line 1: host: 'Plum' is not lower-case letters", ""),
        ('a = """\nhost = 1\n"""\n', "line 1: a is not known", "known are"),
        ('host = "x"\n\nsync = "on"\n', "line 3: sync: 'on' is not auto or manual", ""),
        ("host = 3\n", "line 1: host must be text", 'write host = "…"'),
        ('lease = "4h"\n', "line 1: lease is set on the board", "config set --shared lease VALUE"),
        ('host = "a"\nhost = "b"\n', "line 2: Cannot overwrite a value", "mend the file"),
        ('[projects]\nshop = "/x"\n[projects]\n', "line 3: ", "mend the file"),
        ('[projects]\nshop = "/x"\nShop = "/y"\n', "line 3: Shop: is no project", ""),
        ("[projects]\n\nshop = 1\n", "line 3: shop must be text", ""),
        ("\nprojects = 1\n", "line 2: projects is a table", "[projects]"),
        ('[projects.shop]\nx = "y"\n', "line 1: shop must be text", ""),
        ("[[projects]]\n", "line 1: projects is a table", ""),
        ('"projects.shop" = "/x"\n', "line 1: projects.shop is not known", ""),
        ('host = "a"\nactor = "b\n', "line 2: ", "mend the file"),
        ("x" * 70_000, "larger than 64 KiB", "mend the file"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    here: Here, home: Path, text: str, line: str, hint: str
) -> None:
    path = configure(home, text)
    for command in (["list"], ["config", "list"], ["config", "get", "host"]):
        ran = here.run(*command)
        assert ran.code == 1
        first, second = ran.err.splitlines()
        assert first.startswith(f"clare: {path}")
        assert line in first
        assert hint in second


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["set", "hots", "x"], "hots is no setting"),
        (["set", "projects.No", "/x"], "projects.No is no setting"),
        (["get", "colour"], "colour is no setting"),
        (["set", "projects.shop", "."], "projects.shop: '.' is not the whole path of a folder"),
        (["set", "host", "Plum"], "host: 'Plum' is not lower-case letters"),
        (["set", "host", "x\nfleet = 1"], "host: "),
        (["set", "actor", "a b"], "actor: 'a b' is not a name without spaces"),
        (["set", "actor", ""], "actor: '' is not"),
        (["set", "fleet", "a\udcff"], "fleet: is not valid Unicode"),
        (["set", "sync", "on"], "sync: 'on' is not auto or manual"),
        (["set", "lease", "4h"], "lease is for all clones"),
        (["set", "--shared", "host", "plum"], "host is for one machine"),
        (["set", "--shared", "lase", "4h"], "lase is no shared setting"),
        (["set", "--shared", "lease", "4"], "lease: '4' is not a duration"),
        (["set", "--shared", "lease", "0s"], "lease: '0s' is not a duration"),
        (["unset", "--shared", "host"], "host is for one machine"),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_changes(
    here: Here, home: Path, words: list[str], message: str
) -> None:
    path = configure(home, "# kept\n")
    before = here.git("rev-parse", "fleet")
    ran = here.run("config", *words)
    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith(f"clare: {message}")
    assert second.startswith("  ")
    assert path.read_text() == "# kept\n"
    assert here.git("rev-parse", "fleet") == before


def test_setting_keeps_comments_order_rights_and_a_link(here: Here, home: Path) -> None:
    real = home / "dotfiles.toml"
    real.write_text('# mine\nactor = "nat"  # me\n\n[projects]\n# none\n')
    real.chmod(0o600)
    file_of(home).parent.mkdir()
    file_of(home).symlink_to(real)
    here.ok("config", "set", "actor", "ada")
    here.ok("config", "set", "projects.shop", "/srv")
    assert real.read_text() == '# mine\nactor = "ada"  # me\n\n[projects]\nshop = "/srv"\n# none\n'
    assert file_of(home).is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir() if "dotfiles" in path.name] == ["dotfiles.toml"]


def test_what_cannot_be_changed_safely_stays_as_it_is(here: Here, home: Path) -> None:
    for text in ('projects = {shop = "/x"}\n', 'host = "a"\nhost = "b"\n', "host =\n"):
        path = configure(home, text)
        for words in (["set", "projects.shop", "/y"], ["unset", "projects.shop"]):
            ran = here.run("config", *words)
            if ran.code:
                assert ran.code == 1
                assert "line" in ran.err
        assert path.read_text() == text


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/null")])
def test_what_is_no_regular_file_is_not_waited_for(
    here: Here, home: Path, make: Callable[[Path], None]
) -> None:
    file_of(home).parent.mkdir()
    make(file_of(home))
    for words in (["list"], ["config", "set", "sync", "auto"], ["config", "unset", "sync"]):
        ran = here.program(*words)
        assert (ran.code, ran.out) == (1, "")
        assert re.match(f"clare: {file_of(home)} is (no regular file|a folder)\n  ", ran.err)
    assert not file_of(home).is_file()


@pytest.mark.parametrize("depth", [32, 488, 489, 490, 5000])
def test_a_file_that_is_nested_deeply_is_refused_in_one_line(
    home: Path, tmp_path: Path, depth: int
) -> None:
    path = configure(home, text := f"a = {'[' * depth}{']' * depth}\n")
    for words in (["get", "host"], ["set", "host", "x"], ["unset", "host"], ["unset", "a"]):
        ran = Here(tmp_path, {}).run("config", *words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.splitlines() == [
            f"clare: {path}: nested too deeply",
            "  mend the file, or remove it",
        ]
    assert path.read_text() == text


def test_some_nesting_is_only_not_known(here: Here, home: Path) -> None:
    path = configure(home, f"a = {'[' * 31}{']' * 31}\n")
    assert "line 1: a is not known" in here.run("list").err
    here.ok("config", "unset", "a")
    assert path.read_text() == ""


def test_an_unknown_key_can_be_taken_out(here: Here, home: Path) -> None:
    path = configure(home, 'colour = "red"\nactor = "nat"\n')
    assert here.run("list").code == 1
    here.ok("config", "unset", "colour")
    assert path.read_text() == 'actor = "nat"\n'
    assert here.run("list").code == 0


def test_a_shared_setting_is_one_commit_and_keeps_the_text(here: Here) -> None:
    task = here.add("Work")
    text = "# ours\nformat: 1\nname: board  # the name\n\npolicy:\n  gates: all\nlater: x\n"
    plant(here, {MANIFEST: text})
    assert here.ok("config", "set", "--shared", "lease", "8h") == "lease is 8h in fleet.yaml\n"
    assert manifest(here) == f"{text}lease: 8h\n"
    here.ok("config", "set", "--shared", "lease", "2d")
    assert manifest(here) == f"{text}lease: 2d\n"
    subjects = here.git("log", "--format=%s", "-2", "refs/heads/fleet").splitlines()
    assert subjects == ["nat sets lease of the fleet to 2d", "nat sets lease of the fleet to 8h"]
    before = here.git("rev-parse", "fleet")
    here.ok("config", "set", "--shared", "lease", "2d")
    assert here.git("rev-parse", "fleet") == before
    here.ok("config", "unset", "--shared", "lease")
    assert manifest(here) == text
    assert here.record("show", task)["title"] == "Work"


def test_a_shared_setting_reaches_the_working_tree(here: Here) -> None:
    before = here.git("status", "--short")
    here.ok("config", "set", "--shared", "lease", "8h")
    assert (here.folder / MANIFEST).read_text() == manifest(here)
    assert here.git("status", "--short") == before


def test_a_comment_behind_a_shared_value_stays(here: Here) -> None:
    plant(here, {MANIFEST: "format: 1\nlease: 4h # as agreed\nname: board\n"})
    here.ok("config", "set", "--shared", "lease", "8h")
    assert manifest(here) == "format: 1\nlease: 8h # as agreed\nname: board\n"


def test_a_shared_text_that_conflicts_or_is_unusual_is_left_alone(here: Here) -> None:
    plant(here, {MANIFEST: "{format: 1, name: board}\n"})
    ran = here.run("config", "set", "--shared", "lease", "8h")
    assert ran.code == 1
    assert ran.err.startswith("clare: lease cannot be written into fleet/fleet.yaml as it is")
    conflict = "format: 1\n<<<<<<< ours\nname: a\n=======\nname: b\n>>>>>>> theirs\n"
    plant(here, {MANIFEST: conflict})
    ran = here.run("config", "set", "--shared", "lease", "8h")
    assert ran.code == 5
    assert "fleet/fleet.yaml" in ran.err
    assert manifest(here) == conflict


def test_a_wrong_shared_value_is_told_with_its_line(here: Here) -> None:
    task = here.add("Work")
    plant(here, {MANIFEST: "format: 1\nname: board\nlease: long\n"})
    ran = here.run("config", "list")
    assert ran.code == 5
    assert ran.err.startswith("clare: fleet/fleet.yaml, line 3: lease: 'long' is not a duration")
    assert "lease: 'long' is not a duration" in here.run("doctor").out
    assert here.run("claim", task).err.startswith(
        "clare: fleet/fleet.yaml: line 3: lease: 'long' is not a duration"
    )
    assert here.run("claim", task, "--lease", "1h").code == 0


def test_the_shared_lease_is_how_long_a_claim_holds(here: Here) -> None:
    one, two, three = here.add("A"), here.add("B"), here.add("C")
    here.ok("claim", one)
    here.ok("config", "set", "--shared", "lease", "90m")
    here.ok("claim", two)
    here.ok("claim", three, "--lease", "2h")
    log = here.ok("log")
    for task, length in ((one, "4h"), (two, "90m"), (three, "2h")):
        assert f"claims {task[:4]} for {length}" in log


def test_a_shared_setting_reaches_the_other_clones_and_outlives_a_new_hub(
    tmp_path: Path, home: Path
) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.ok("config", "set", "--shared", "lease", "8h")
    apricot.ok("sync")
    assert apricot.ok("config", "get", "lease") == "8h\n"
    git(tmp_path, "init", "--quiet", "--bare", "new.git")
    plum.ok("init", ".", "--hub", str(tmp_path / "new.git"))
    assert plum.ok("config", "get", "lease") == "8h\n"
    assert str(tmp_path / "new.git") in manifest(plum)


def test_where_writes_are_published_by_hand_a_shared_setting_waits(
    tmp_path: Path, home: Path
) -> None:
    plum, _, hub = two_hosts(tmp_path)
    before = git(hub, "rev-parse", "fleet")
    plum.ok("config", "set", "sync", "manual")
    plum.ok("config", "set", "--shared", "lease", "8h")
    assert git(hub, "rev-parse", "fleet") == before
    plum.ok("sync")
    assert git(hub, "rev-parse", "fleet") != before


def test_a_board_that_says_manual_is_published_by_hand_unless_this_machine_says_otherwise(
    tmp_path: Path, home: Path
) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    plum.ok("config", "set", "--shared", "sync", "manual")
    plum.ok("sync")
    apricot.ok("sync")
    before = git(hub, "rev-parse", "fleet")
    for here in (plum, apricot):
        here.add("Waits")
        assert git(hub, "rev-parse", "fleet") == before
    apricot.ok("add", "Goes", CLARE_SYNC="auto")
    assert git(hub, "rev-parse", "fleet") != before


def at_once(here: Here, *commands: list[str]) -> None:
    runs = [threading.Thread(target=here.program, args=words) for words in commands]
    for run in runs:
        run.start()
    for run in runs:
        run.join()


def test_many_at_once_lose_nothing(here: Here, home: Path) -> None:
    slugs = [f"p{n}" for n in range(6)]
    at_once(here, *(["config", "set", f"projects.{slug}", "/x"] for slug in slugs))
    assert tomllib.loads(file_of(home).read_text()) == {"projects": dict.fromkeys(slugs, "/x")}


def test_shared_settings_and_tasks_at_once_lose_nothing(here: Here) -> None:
    shared = [
        ["config", "set", "--shared", *pair] for pair in (["lease", "8h"], ["sync", "manual"])
    ]
    at_once(here, *shared, ["add", "A"], ["add", "B"])
    assert {"lease: 8h", "sync: manual"} <= set(manifest(here).splitlines())
    assert {str(task["title"]) for task in here.records("list")} == {"A", "B"}


def test_what_cannot_be_brought_here_yet_is_told(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = writing.move

    def noted(board: Board, old: str, new: str) -> str:
        return move(board, old, new) or "the checkout follows later"

    monkeypatch.setattr(writing, "move", noted)
    for words in (["set", "--shared", "lease", "8h"], ["unset", "--shared", "lease"]):
        assert here.run("config", *words).err == "clare: the checkout follows later\n"


@pytest.mark.parametrize("variable", ["", "manual"])
@pytest.mark.parametrize("private", ["", "auto"])
@pytest.mark.parametrize("shared", ["", "manual"])
def test_what_the_list_tells_is_what_acts(
    here: Here, monkeypatch: pytest.MonkeyPatch, variable: str, private: str, shared: str
) -> None:
    if private:
        here.ok("config", "set", "sync", private)
    if shared:
        here.ok("config", "set", "--shared", "sync", shared)
    monkeypatch.setenv("CLARE_SYNC", variable)
    acts = choose_sync(load(), shared=shared).value
    assert why(here, "sync")[0] == acts == (variable or private or shared or "auto")


@given(st.text(st.sampled_from("ab-9A_ .\u00e9"), max_size=34))
def test_a_host_is_one_everywhere_or_nowhere(text: str) -> None:
    try:
        fits = check_host(text) == text
    except Usage:
        fits = False
    assert fits == (not problem("host", text))
