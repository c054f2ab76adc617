"""The stand-in agent behaves in a terminal like a real one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rclaude.terminals import Server, tmux_servers, until
from tests.rclaude.tree import sid

LONG = "Mend it,\nand then\tthis: " + "x" * 3000


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    with tmux_servers() as (private, _):
        yield private


def submitted(log: Path) -> list[str]:
    return (
        [json.loads(line)["text"] for line in log.read_text().splitlines()] if log.exists() else []
    )


def paste(server: Server, folder: Path, pane: str, text: str) -> None:
    (folder / "text").write_text(text)
    server.run("load-buffer", "-b", "sent", str(folder / "text"))
    server.run("paste-buffer", "-p", "-r", "-d", "-b", "sent", "-t", pane)


def ready(server: Server, pane: str) -> None:
    until(lambda: "> " in f"{server.run('capture-pane', '-p', '-t', pane)} ", "a prompt")


def test_a_paste_arrives_whole_and_only_enter_submits_it(server: Server, tmp_path: Path) -> None:
    log = tmp_path / "log"
    pane = server.agent("mender", sid(1), STANDIN_LOG=str(log))
    ready(server, pane)
    paste(server, tmp_path, pane, LONG)
    assert submitted(log) == []
    server.run("send-keys", "-t", pane, "Enter")
    until(lambda: submitted(log) == [LONG], "the submission")


def test_a_swallowed_enter_leaves_the_text_where_it_is(server: Server, tmp_path: Path) -> None:
    log = tmp_path / "log"
    pane = server.agent("mender", sid(1), STANDIN_MODE="swallow", STANDIN_LOG=str(log))
    ready(server, pane)
    server.type(pane, "one")
    server.type(pane, "two")
    until(lambda: submitted(log) == ["onetwo"], "the submission")
