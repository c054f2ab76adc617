"""Wrong words, names, settings and machines: each with its message and exit code."""

import gc
import re
import resource
import subprocess
from pathlib import Path

import pytest

from tests.cli.planting import event, event_id, folder
from tests.cli.running import PROGRAM, Here, board, plant


def test_a_prefix_names_one_task_or_says_which_it_could_be(here: Here) -> None:
    ids = ["7qk2m9xw4v0c", "7qk2m9aaaaaa", "9xw4v0c7qk2m"]
    made = {t: event_id(n) for n, t in enumerate(ids)}
    plant(
        here,
        {
            f"{folder(t)}/{e}.yaml": event(t, e, f"set:\n  title: {t[-2:]}\n", "task.created")
            for t, e in made.items()
        },
    )
    both = here.run("show", "7qk2")
    assert both.code == 1
    assert both.err == "clare: 7qk2 could be 7qk2m9a, 7qk2m9x\n  type one more character\n"
    for prefix in ("7qk2m9x", "7QK2M9X", "7qk2m9xw4v0c"):
        assert here.record("show", prefix)["id"] == ids[0]
    assert here.record("show", "9xw4vO")["id"] == ids[2]
    unknown = here.run("show", "zzzz")
    assert (unknown.code, unknown.err.splitlines()[0]) == (1, "clare: no task zzzz")
    for bad in ("no!", "../x", "7qk2m9xw4v0cc", ""):
        assert here.run("show", bad).code in (1, 2)


BROKEN_WORDS = [
    ["add", "\udcff"],
    ["show", "\udcff"],
    ["list", "--fleet", "\udcff"],
    ["list", "--as", "\udcff"],
    ["list", "--text", "\udcff"],
    ["project", "add", "\udcff"],
    ["\udcff"],
    ["--\udcff"],
    ["import", "beads", "\udcff"],
    ["join", "\udcff"],
    ["doctor", "--acknowledge", "\udcff"],
    ["log", "\udcff"],
]


@pytest.mark.parametrize("words", BROKEN_WORDS, ids=range(len(BROKEN_WORDS)))
def test_words_that_are_no_text_are_refused(here: Here, words: list[str]) -> None:
    ran = here.program(*words)
    assert ran.code in ((0,) if "--text" in words else (1, 2, 6)), ran
    assert "\udcff" not in ran.out + ran.err
    assert "Traceback" not in ran.err


def test_standard_input_must_be_text(here: Here) -> None:
    ran = here.run("add", "x", "-m", "-", given="ab\udcff")
    assert ran.code == 2
    assert ran.err == "clare: standard input is not UTF-8 at byte 2\n  convert it with iconv\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["task", "frobnicate"], "No such command 'frobnicate'"),
        (["--frobnicate"], "No such option"),
        (["list", "--frobnicate"], "No such option"),
        (["add"], "a task needs a TITLE"),
        (["claim"], "Missing argument 'TASK...'"),
        (["project"], "Missing command"),
        (["import"], "Missing command"),
        (["task"], "Missing command"),
        (["add", "x", "-p", "P9"], "'P9' is none of P0, P1, P2, P3, P4"),
        (
            ["add", "x", "--due", "soon"],
            "due: 'soon' is no day; write it as 2026-12-01, friday or +3d",
        ),
        (["add", "x", "--due", "2026-02-30"], "due: "),
        (["add", "x", "-l", "two words"], "labels: 'two words': must be one word"),
        (["add", "x", "--for", "two words"], "assignee: must be a name without spaces"),
        (["edit", "7qk2"], "nothing to change"),
        (["list", "--status", "gone"], "'gone' is not one of"),
        (["log", "-n", "0"], "0 is not in the range"),
        (["claim", "7qk2", "--lease", "long"], "--lease long: write a duration as 30m, 4h or 2d"),
        (["claim", "7qk2", "--lease", "0m"], "--lease 0m: must be at least 1 second"),
        (["claim", "7qk2", "--lease", "-1h"], "--lease -1h: write a duration as 30m, 4h or 2d"),
        (["next", "--claim", "--lease", "00s"], "--lease 00s: must be at least 1 second"),
        (["clam", "7qk2"], "No such command 'clam'. Did you mean 'claim'?"),
        (["close", "7qk2"], "No such command 'close'. Did you mean 'done'?"),
        (["task", "ls"], "No such command 'ls'. Did you mean 'list'?"),
        (["start"], "No such command 'start'. Did you mean 'claim'?"),
        (["unclaim"], "No such command 'unclaim'. Did you mean 'release'?"),
        (["rm"], "No such command 'rm'. Did you mean 'drop'?"),
        (["project", "create"], "No such command 'create'. Did you mean 'add'?"),
        (["project", "lst"], "No such command 'lst'. Did you mean 'list'?"),
        (["init", ".", "--host", "Plum!"], "--host: 'Plum!' cannot name a host"),
        (["init", ".", "--branch", ".."], "'..' cannot name a branch"),
        (["list", "--as", "a b"], "--as: 'a b' cannot name an actor"),
    ],
)
def test_wrong_use_is_exit_2_with_a_way_on(here: Here, words: list[str], message: str) -> None:
    ran = here.run(*words)
    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert message in first
    assert first.startswith("clare: ")
    assert second.startswith("  ")
    assert here.run(*words, "--json").error["code"] == 2


def test_the_hub_s_address_must_hold_no_password(tmp_path: Path, home: Path) -> None:
    ran = Here(tmp_path, {}).run("init", "b", "--hub", "https://nat:secret@example.invalid/x.git")
    assert ran.code == 2
    assert "secret" not in ran.err
    assert not (tmp_path / "b").exists()


def config(home: Path, text: str) -> Path:
    path = home / ".config/clare/config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('host = "plum"\nactor = \n', "line 2"),
        ('host = "plum"\n\ncolour = "red"\n', "line 3: colour is not known"),
        ("actor = 7\n", "line 1: actor must be text"),
        ('[hub]\nurl = "x"\n', "line 1: hub is not known"),
    ],
)
def test_a_damaged_configuration_is_told_with_its_line(
    here: Here, home: Path, text: str, line: str
) -> None:
    path = config(home, text)
    ran = here.run("list")
    assert ran.code == 1
    assert ran.err.startswith(f"clare: {path}")
    assert line in ran.err.splitlines()[0]
    path.unlink()
    assert here.run("list").code == 0


def test_a_configuration_that_is_no_text_is_told(here: Here, home: Path) -> None:
    path = config(home, "")
    path.write_bytes(b'host = "\xff"\n')
    ran = here.run("list")
    assert ran.code == 1
    assert ran.err.startswith(f"clare: {path}: not UTF-8")


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"id": 7', "\udcff"])
def test_a_damaged_clone_file_is_told_with_the_way_out(here: Here, text: str) -> None:
    here.add("Work")
    file = here.folder / ".git/clare/clone.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    ran = here.run("list")
    assert ran.code == 1
    assert ran.err == (
        f"clare: {file} is damaged\n  remove it and run `clare init` or `clare join` here again\n"
    )
    file.unlink()
    here.ok("init")
    assert "Work" in here.ok("list")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CLARE_HOST", "A b", "$CLARE_HOST: 'A b' cannot name a host"),
        ("CLARE_HOST", "-x", "$CLARE_HOST: '-x' cannot name a host"),
        ("CLARE_HOST", "x" * 33, f"$CLARE_HOST: '{'x' * 33}' cannot name a host"),
        ("CLARE_ACTOR", "a b", "$CLARE_ACTOR: 'a b' cannot name an actor"),
        ("CLARE_ACTOR", "-x", "$CLARE_ACTOR: '-x' cannot name an actor"),
        ("CLARE_ACTOR", "x" * 101, f"$CLARE_ACTOR: '{'x' * 101}' cannot name an actor"),
    ],
)
def test_a_bad_name_in_the_environment_is_told(
    here: Here, name: str, value: str, message: str
) -> None:
    ran = here.run("list", **{name: value})
    assert ran.code == 2
    assert ran.err.splitlines()[0] == f"clare: {message}"


def test_an_agent_without_a_name_takes_no_work(here: Here) -> None:
    task = here.add("Work")
    for command in (["claim", task], ["next", "--claim"]):
        ran = here.run(*command, CLAUDECODE="1")
        assert ran.code == 1
        assert ran.err.startswith(
            "clare: this is an agent's shell, and nothing tells this agent from the others\n"
        )
        line = ran.err.splitlines()[1].strip()
        assert re.fullmatch(r"export CLARE_ACTOR=claude/[0-9a-f]{4}", line)
        assert here.record("show", task)["claim"] is None
    name = line.rpartition("=")[2]
    taken = here.run("claim", task, CLAUDECODE="1", CLARE_ACTOR=name)
    assert (taken.code, taken.out.split()[0]) == (0, name)
    here.ok("release", task, "--force")
    session = here.run("claim", task, CLAUDECODE="1", CLAUDE_CODE_SESSION_ID="7f3a9c1d-0000")
    assert (session.code, session.out.split()[0]) == (0, "claude/7f3a9c1d")


def test_without_git_it_says_so(here: Here, tmp_path: Path) -> None:
    ran = here.run("list", PATH=str(tmp_path))
    assert ran.code == 1
    assert ran.err.startswith("clare: git is not installed, or not on $PATH\n")


def test_a_full_disk_is_told_and_nothing_is_written(here: Here) -> None:
    task = here.add("Work")
    before = here.git("rev-parse", "fleet")

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

    done = subprocess.run(
        [*PROGRAM, "comment", task, "-m", "x" * 5_000],
        cwd=here.folder, capture_output=True, preexec_fn=small, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().startswith("clare: ")
    assert "Traceback" not in done.stderr.decode()
    assert here.git("rev-parse", "fleet") == before
    assert here.git("status", "--porcelain") == ""
    here.ok("comment", task, "-m", "x")
    here.git("fsck", "--strict")


def test_a_disk_without_space_is_told_and_nothing_is_written(tmp_path: Path, home: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        here = board(disk)
        task = here.add("Work")
        before = here.git("rev-parse", "fleet")
        _fill(disk / "full")
        ran = here.run("comment", task, "-m", "x" * 40_000)
        assert ran.code == 1
        assert re.search("No space left|Out of diskspace|write error", ran.err)
        assert here.git("rev-parse", "fleet") == before
        assert here.record("show", task)["comments"] == []
        (disk / "full").unlink()
        here.ok("comment", task, "-m", "x")
        here.git("fsck", "--strict")
    finally:
        gc.collect()  # what commands have read in this process may still be open
        subprocess.run(["umount", str(disk)], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_name_like_no_command_suggests_none(here: Here) -> None:
    for words in (["frobnicate"], ["project", "rm"]):
        assert here.run(*words).err.startswith(f"clare: No such command '{words[-1]}'.\n")


@pytest.mark.parametrize("words", [[], ["task"], ["list"], ["project", "add"]])
def test_h_is_help(here: Here, words: list[str]) -> None:
    assert here.ok(*words, "-h") == here.ok(*words, "--help")
    assert "  -h, --help " in here.ok(*words, "-h")
