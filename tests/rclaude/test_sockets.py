"""The folder of the masters' sockets: ours alone, short enough, and never in the way."""

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rclaude import masters
from tests.rclaude.client import Client

USUAL = Path(f"/tmp/rclaude-{os.getuid()}")
LONGEST_FOLDER = 49
"""Bytes that leave room for a name of 57 and a slash in 107."""


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="rc-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def runtime_of(length: int, short: Path) -> Path:
    """A folder in which that of the sockets has a path of so many bytes."""
    folder = short / ("x" * (length - len(f"{short}//rclaude")))
    folder.mkdir()
    assert len(f"{folder}/rclaude") == length
    return folder


def test_a_folder_at_the_limit_serves_a_master(client: Client, short: Path) -> None:
    runtime = runtime_of(LONGEST_FOLDER, short)
    ran = client.rclaude("list", "--host", "apricot", XDG_RUNTIME_DIR=str(runtime))
    assert (ran.code, ran.err) == (0, "")
    (made,) = (runtime / "rclaude").iterdir()
    assert made.is_socket()
    client.run("ssh", "-O", "exit", "-S", str(made), "apricot")


def test_a_folder_over_the_limit_gives_way_to_the_usual_one(
    monkeypatch: pytest.MonkeyPatch, short: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime_of(LONGEST_FOLDER + 1, short)))
    assert masters.folder() == str(USUAL)
    assert oct(USUAL.stat().st_mode)[-3:] == "700"


@pytest.mark.parametrize("name", ["a b", "a%h", "a~", "é", "a\nb"])
def test_a_path_that_ssh_would_take_otherwise_gives_way(
    name: str, monkeypatch: pytest.MonkeyPatch, short: Path
) -> None:
    (short / name).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short / name))
    assert masters.folder() == str(USUAL)


@pytest.mark.parametrize("value", ["", "/no/such/folder"])
def test_without_a_runtime_folder_there_is_the_usual_one(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    assert masters.folder() == str(USUAL)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_a_folder_that_others_may_enter_is_not_used(
    mode: int, monkeypatch: pytest.MonkeyPatch, short: Path
) -> None:
    (short / "rclaude").mkdir()
    (short / "rclaude").chmod(mode)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    assert masters.folder() == str(USUAL)


def test_a_link_to_a_folder_is_not_used(monkeypatch: pytest.MonkeyPatch, short: Path) -> None:
    (short / "mine").mkdir(mode=0o700)
    (short / "rclaude").symlink_to(short / "mine")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    assert masters.folder() == str(USUAL)


def test_a_client_without_a_folder_connects_anew(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    """As where /tmp/rclaude-UID is another user's."""
    monkeypatch.setattr(masters, "folder", lambda: "")
    from rclaude import asking, config, ssh
    from rclaude.rpc import Request

    for name, value in client.env.items():
        monkeypatch.setenv(name, value)
    host = config.load().host("apricot")
    reply = asking.ask(Request("list", host, within=10), "sessions", ssh.control_folder())
    assert reply.trailer.status == "ok"
    assert not client.masters()


def test_a_socket_that_nobody_serves_is_removed_and_others_are_let_be(short: Path) -> None:
    dead, other, half = short / ("a" * 40), short / "notes", short / f"{'b' * 40}.0123456789abcdef"
    for path in (dead, half):
        with socket.socket(socket.AF_UNIX) as line:
            line.bind(str(path))
    other.write_text("mine")
    (short / "broken").symlink_to("nowhere")
    masters.forget_stuck(str(short))
    assert {path.name for path in short.iterdir()} == {other.name, half.name, "broken"}


def test_sockets_whose_masters_hear_but_do_not_answer_are_removed_all_at_once(short: Path) -> None:
    begun = time.monotonic()
    with ExitStack() as lines:
        for digit in "abcdef":
            line = lines.enter_context(socket.socket(socket.AF_UNIX))
            line.bind(str(short / (digit * 40)))
            line.listen()
        masters.forget_stuck(str(short))
    assert not list(short.iterdir())
    assert time.monotonic() - begun < 4
