"""Publishing in the background: one publisher of a clone, whom every write wakes."""

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clare.store import background
from clare.store.git import Git
from tests.cli.running import PROGRAM, Here, Ran, git, two_hosts

LONGEST = 60.0
ONE_AT_A_TIME = """\
#!/bin/sh
mkdir "{busy}" || echo "two at once" >> "{log}"
echo pushed >> "{log}"
[ ! -p "{gate}" ] || read line < "{gate}"
rmdir "{busy}"
"""


class Hub:
    """A hub that notes each push, and holds pushes up while its gate is closed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "pushes"
        self.gate = folder / "gate"
        hook = folder / "hooks" / "pre-receive"
        hook.write_text(ONE_AT_A_TIME.format(busy=folder / "busy", log=self.log, gate=self.gate))
        hook.chmod(0o755)

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        os.mkfifo(self.gate)
        yield
        with self.gate.open("w") as opened:
            self.gate.unlink()
            opened.write("go on\n")

    def titles(self) -> list[str]:
        """The titles of all tasks that have arrived."""
        found = git(self.folder, "grep", "-h", "  title: ", "fleet", "--", "fleet/tasks")
        return sorted(line.split(": ", 1)[1] for line in found.splitlines())

    def pushes(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def fleet(tmp_path: Path, home: Path) -> tuple[Here, Here, Hub]:
    plum, apricot, hub = two_hosts(tmp_path)
    return plum, apricot, Hub(hub)


def at_once(here: Here, *words: str, **env: str) -> Ran:
    """Run a command without waiting for its publisher."""
    done = subprocess.run(
        [*PROGRAM, *words],
        cwd=here.folder,
        env={**os.environ, **here.env, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    assert done.returncode == 0, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def is_publishing(here: Here) -> bool:
    with (here.folder / ".git/clare/publish.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_write_returns_before_the_hub_has_answered(fleet: tuple[Here, Here, Hub]) -> None:
    plum, _, hub = fleet
    plum.add("First")
    with hub.closed():
        told = at_once(plum, "add", "Second")
        assert (told.err, hub.titles()) == ("", ["First"])
        assert is_publishing(plum)
        assert "1 unpublished" in at_once(plum, "status").out.splitlines()[0]
    plum.settle()
    assert hub.titles() == ["First", "Second"]


def test_a_write_while_another_is_published_is_published_by_the_same_publisher(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, hub = fleet
    with hub.closed():
        at_once(plum, "add", "First")
        until(hub.pushes)
        at_once(plum, "add", "Second")
        at_once(plum, "add", "Third")
    plum.settle()
    assert hub.titles() == ["First", "Second", "Third"]
    assert hub.pushes() == ["pushed", "pushed"]


def test_of_many_writers_all_are_published_and_no_two_publish_at_once(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, hub = fleet
    titles = [f"Task {number:02}" for number in range(12)]
    children = [
        subprocess.Popen([*PROGRAM, "add", title], cwd=plum.folder, stdout=subprocess.DEVNULL)
        for title in titles
    ]
    assert [child.wait(LONGEST) for child in children] == [0] * len(titles)
    plum.settle()
    assert hub.titles() == titles
    assert "two at once" not in hub.pushes()


def test_a_publisher_outlives_the_terminal_of_the_one_who_wrote(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, hub = fleet
    ours, theirs = pty.openpty()

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    with hub.closed():
        child = subprocess.Popen(
            [*PROGRAM, "add", "From a terminal"],
            cwd=plum.folder, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=take_terminal,
        )  # fmt: skip
        assert child.wait(LONGEST) == 0
        until(hub.pushes)
        os.close(theirs)
        os.close(ours)  # the terminal hangs up
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGHUP)
    plum.settle()
    assert hub.titles() == ["From a terminal"]


def test_what_a_killed_publisher_left_is_published_by_the_next_write(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, hub = fleet
    with hub.closed():
        at_once(plum, "add", "First")
        until(hub.pushes)
        subprocess.run(
            ["pkill", "-9", "-f", "--", f"--fleet {plum.folder} sync --quiet"], check=True
        )
        until(lambda: not is_publishing(plum))
    until(lambda: not (hub.folder / "busy").exists())
    plum.add("Second")
    assert hub.titles() == ["First", "Second"]


def test_what_went_wrong_is_told_once_and_by_status_until_it_is_mended(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, hub = fleet
    away = hub.folder.with_name("away")
    hub.folder.rename(away)
    plum.add("Saved")
    told = f"clare: not published: {hub.folder}: "
    assert plum.run("list").err.startswith(told)
    assert plum.run("list").err == ""
    assert plum.run("status").err.startswith(told)
    assert plum.run("status").err.startswith(told)
    away.rename(hub.folder)
    plum.ok("sync")
    assert plum.run("status").err == ""
    assert hub.titles() == ["Saved"]


@pytest.mark.parametrize("way", ["--no-sync", "environment", "configuration"])
def test_who_wants_to_publish_by_hand_does(
    fleet: tuple[Here, Here, Hub], home: Path, way: str
) -> None:
    plum, _, hub = fleet
    words = ("--no-sync",) if way == "--no-sync" else ()
    env = {"CLARE_SYNC": "manual"} if way == "environment" else {}
    if way == "configuration":
        (home / ".config/clare").mkdir()
        (home / ".config/clare/config.toml").write_text('sync = "manual"\n')
    plum.ok("add", "By hand", *words, **env)
    assert hub.pushes() == []
    assert plum.ok("sync") == "received 0 events, published 1 commit\n"
    assert hub.titles() == ["By hand"]


def test_no_claim_is_written_without_the_hub(fleet: tuple[Here, Here, Hub]) -> None:
    plum, _, _ = fleet
    task = plum.add("Work")
    for words in (["claim", task], ["next", "--claim"]):
        refused = plum.run(*words, "--no-sync")
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("clare: a claim is won at the hub, and --no-sync keeps")
    assert plum.record("show", task)["claim"] is None


def test_looking_at_a_view_older_than_a_minute_fetches_for_the_next_command(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, apricot, _ = fleet
    plum.add("From plum")
    assert apricot.ok("list") == ""
    for name in ("fetched", "publish.lock"):
        old = apricot.folder / ".git/clare" / name
        if old.exists():
            os.utime(old, (time.time() - 61, time.time() - 61))
    looked = apricot.run("list")
    assert (looked.out, looked.err.splitlines()[-1]) == (
        "",
        "clare: as of 1 m ago; fetching what is new",
    )
    fresh = apricot.run("list")
    assert "From plum" in fresh.out
    assert fresh.err == ""


def test_a_module_of_the_folder_is_not_run_in_place_of_the_publisher(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, hub = fleet
    (plum.folder / "clare").mkdir()
    (plum.folder / "clare/__init__.py").write_text("")
    (plum.folder / "clare/__main__.py").write_text("open('run', 'w')\n")
    plum.add("Safe")
    assert hub.titles() == ["Safe"]
    assert not (plum.folder / "run").exists()


def test_a_mark_left_while_a_publisher_lets_go_makes_another_round(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "here.git")
    here = Git(tmp_path / "here.git")
    rounds = background.rounds(here, background.take(here))
    next(rounds)
    background.wake(here, str(here.git_dir))  # starts none: the lock is taken
    next(rounds)
    assert background.take(here) is None
    with pytest.raises(StopIteration):
        next(rounds)
    lock = background.take(here)
    assert lock is not None
    os.close(lock)


def test_completing_a_word_neither_tells_nor_wakes(fleet: tuple[Here, Here, Hub]) -> None:
    plum, _, hub = fleet
    hub.folder.rename(hub.folder.with_name("away"))
    plum.add("Saved")
    line = {"COMP_WORDS": "clare show ", "COMP_CWORD": "2", "COMP_LINE": "clare show "}
    assert plum.run(_CLARE_COMPLETE="bash_complete", **line).err == ""
    assert plum.run("list").err.startswith("clare: not published: ")


def local(here: Here, name: str) -> Path:
    return here.folder / ".git/clare" / name


def test_a_write_that_is_saved_is_not_called_refused(fleet: tuple[Here, Here, Hub]) -> None:
    plum, _, hub = fleet
    plum.add("First")
    local(plum, "publish.lock").unlink()
    local(plum, "publish.lock").mkdir()  # nobody can open that for writing
    told = at_once(plum, "add", "Second")
    assert len(told.out.strip()) == 12
    assert told.err.startswith("clare: saved here, but not published: ")
    assert "Second" in at_once(plum, "list").out
    local(plum, "publish.lock").rmdir()
    plum.ok("sync")
    assert hub.titles() == ["First", "Second"]


def test_what_is_said_while_something_is_told_is_told_next(fleet: tuple[Here, Here, Hub]) -> None:
    plum, _, _ = fleet
    git_ = Git(plum.folder / ".git")
    background.note(git_, background.Said("first", "hint"))
    assert background.tell(git_).problem == "first"
    background.note(git_, background.Said("second", "hint", ("ada holds 7qk2 now",)))
    ahead = time.time() + 86_400
    os.utime(local(plum, "publish.told"), (ahead, ahead))
    assert background.tell(git_) == background.Said("second", "hint", ("ada holds 7qk2 now",))
    assert background.tell(git_) == background.Said()
    assert background.tell(git_, again=True).problem == "second"


def test_a_note_that_nobody_has_heard_outlives_the_next_publisher(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, _ = fleet
    git_ = Git(plum.folder / ".git")
    background.note(git_, background.Said("gone", "hint", ("ada holds 7qk2 now",)))
    background.note(git_, background.Said())
    assert background.tell(git_) == background.Said(notes=("ada holds 7qk2 now",))


def test_after_a_clock_that_was_ahead_the_hub_is_asked_again(fleet: tuple[Here, Here, Hub]) -> None:
    plum, apricot, _ = fleet
    ahead = time.time() + 86_400
    apricot.ok("list")
    for name in ("fetched", "publish.lock"):
        if local(apricot, name).exists():
            os.utime(local(apricot, name), (ahead, ahead))
    plum.add("From plum")
    apricot.ok("list")
    assert "From plum" in apricot.ok("list")


def test_a_lock_whose_file_was_removed_is_nobodys(fleet: tuple[Here, Here, Hub]) -> None:
    plum, _, _ = fleet
    git_ = Git(plum.folder / ".git")
    held = background.take(git_)
    assert held is not None
    assert background.take(git_) is None
    local(plum, "publish.lock").unlink()
    other = background.take(git_)
    assert other is not None
    os.close(held)
    assert background.take(git_) is None
    os.close(other)


@pytest.mark.parametrize("number", ["77", "1", "-5"])
def test_nobody_else_is_the_publisher(fleet: tuple[Here, Here, Hub], number: str) -> None:
    plum, _, _ = fleet
    ran = plum.program("sync", "--publisher", number)
    assert ran.code == 2
    assert ran.err.startswith("clare: --publisher is for Clare itself\n")


def test_publishers_that_a_long_command_woke_do_not_stay_as_zombies(
    fleet: tuple[Here, Here, Hub],
) -> None:
    plum, _, _ = fleet
    git_ = Git(plum.folder / ".git")

    def zombies() -> int:
        listed = ["ps", "--ppid", str(os.getpid()), "-o", "stat="]
        children = subprocess.run(listed, capture_output=True, text=True).stdout
        return sum(line.startswith("Z") for line in children.splitlines())

    background.wake(git_, str(plum.folder))  # which also asks for the end of those of other tests
    plum.settle()
    before = zombies()
    for _ in range(4):
        background.wake(git_, str(plum.folder))
        plum.settle()
    assert zombies() <= before + 1
