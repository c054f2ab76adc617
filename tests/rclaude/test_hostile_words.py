"""What a user types is refused before anything starts, or arrives as it is: it never meets a shell."""

from pathlib import Path

import pytest

from tests.rclaude.client import Client
from tests.rclaude.farm import PROGRAM, Farm
from tests.rclaude.test_names import HOSTILE

TYPED = [text for text in HOSTILE if "\0" not in text]  # no program can be given one


@pytest.fixture(autouse=True)
def nothing_starts(client: Client) -> Path:
    """An ssh that leaves a trace, so that not even a failing one goes unseen."""
    trace = client.folder / "trace"
    shim = client.folder / "bin" / "ssh"
    shim.write_text(f"#!/bin/sh\necho ran >>{trace}\nexit 255\n")
    return trace


@pytest.mark.parametrize("text", TYPED, ids=repr)
@pytest.mark.parametrize(
    "words",
    [
        ["list", "--host", "{}"],
        ["doctor", "--", "{}"],
        ["peek", "--", "{}:12345678"],
        ["peek", "--", "apricot:{}"],
        ["exec", "--", "{}", "git-upload-pack", "~/fleet.git"],
        ["exec", "--", "apricot", "{}", "~/fleet.git"],
        ["exec", "--", "apricot", "git-upload-pack", "{}"],
        ["{}"],
    ],
    ids=" ".join,
)
def test_a_hostile_word_starts_nothing(
    words: list[str], text: str, client: Client, nothing_starts: Path
) -> None:
    typed = [word.replace("{}", text) for word in words]
    ran = client.rclaude(*typed)
    assert ran.code in (64, 66, 77) or (typed in ([""], ["--"]) and ran.code in (0, 64))
    assert ran.err.count("\n") == (ran.code != 0)
    assert not nothing_starts.exists()


@pytest.mark.parametrize(
    "age", ["", "1", "1w", "-1d", "1d; id", "$(id)", "0d", "９h", "1d\n", "1e9h"]
)
def test_an_age_that_is_none_starts_nothing(age: str, client: Client, nothing_starts: Path) -> None:
    ran = client.rclaude("list", f"--since={age}")
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.count("\n") == 1
    assert not nothing_starts.exists()


def test_the_command_for_the_far_shell_is_constant(client: Client, farm: Farm) -> None:
    """But for one word of letters, digits and -_=, whatever is asked."""
    said = client.folder / "said"
    shim = client.folder / "bin" / "ssh"
    shim.write_text(f'#!/bin/sh\nfor word; do :; done; echo "$word" >>{said}\nexit 255\n')
    odd = "~/$(x) `y` ';\"&|<>*?.git"
    client.configure({"apricot": {"repos": [odd]}})
    client.rclaude("list", "--host", "apricot", "--since", "7d")
    client.rclaude("exec", "apricot", "git-upload-pack", odd)
    for line in said.read_text().splitlines():
        command, token = line.rsplit(" ", 1)
        assert command == f"exec {PROGRAM} @rpc"
        assert token.replace("-", "").replace("_", "").rstrip("=").isalnum()
        assert token.isascii()
