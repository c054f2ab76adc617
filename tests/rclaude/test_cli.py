"""What the command line tells of itself, and what it says when nobody can read it."""

import subprocess
from pathlib import Path

import pytest

from tests.rclaude.client import Client
from tests.rclaude.farm import PROGRAM

VERBS = ("contract", "doctor", "exec", "hosts", "list", "peek")


def test_no_summary_of_a_command_is_cut_off(client: Client) -> None:
    told = client.rclaude("--help", COLUMNS="80").out
    assert "..." not in told.partition("Commands:")[2]
    assert all(f"\n  {verb} " in told for verb in VERBS)


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("doctor", "rclaude doctor [OPTIONS] [HOST]\n"),
        ("exec", "rclaude exec [OPTIONS] HOST -- SERVICE PATH\n"),
        ("list", "[default: 24h]"),
        ("peek", "[default: 40;"),
    ],
)
def test_help_tells_what_may_be_left_out(verb: str, told: str, client: Client) -> None:
    assert told in client.rclaude(verb, "--help").out


@pytest.mark.parametrize("verb", ["hosts", "contract"])
def test_output_that_cannot_be_written_is_no_bug(verb: str, client: Client) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [PROGRAM, verb], stdout=full, stderr=subprocess.PIPE, env=client.environment()
        )
    assert ran.returncode == 1
    assert ran.stderr == b"rclaude: -: output: cannot print: No space left on device\n"


def test_no_word_of_a_row_calls_this_host_local(client: Client) -> None:
    for words in (["hosts"], ["hosts", "--probe"], ["list"], ["doctor"], ["peek", "plum:12345678"]):
        ran = client.rclaude(*words)
        assert {row.get("host") or row.get("name") for row in ran.rows} <= {
            *("plum", *client.farm.hosts)
        }
        assert "local" not in ran.hosts
        assert "rclaude: local" not in ran.err
