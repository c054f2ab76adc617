"""A key behind the gate may do what it is for, and nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rclaude import rpc
from rclaude.config import Host as Configured
from rclaude.rpc import Request
from tests.rclaude.client import Client, Ran, a_client, hosts_toml
from tests.rclaude.farm import PROGRAM, Farm, Host, a_farm
from tests.rclaude.repositories import URL, committed, done

LISTED = {"name": "apricot", "repos": ["~/fleet.git"]}


@pytest.fixture(scope="module")
def locked() -> Iterator[Farm]:
    """A host whose keys are locked down; it lists one of its two repositories."""
    with a_farm("apricot") as farm:
        farm["apricot"].repository("other.git")
        yield farm


@pytest.fixture
def far(locked: Farm) -> Host:
    return locked["apricot"]


@pytest.fixture
def client(locked: Farm, tmp_path: Path, home: Path) -> Iterator[Client]:
    with a_client(locked, tmp_path, home) as client:
        yield client


@pytest.fixture(autouse=True)
def emptied(client: Client, far: Host) -> None:
    """A host that lists an empty fleet.git, and knows itself by another name than the client."""
    client.run("rm", "-rf", far.home / "fleet.git")
    far.repository()
    configured(far, hosts_toml("cellar", {"cellar": {"repos": ["~/fleet.git"]}}))


def configured(far: Host, text: str) -> Path:
    config = far.home / ".config" / "rclaude" / "hosts.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(text)
    return config


def locks(client: Client, words: str) -> None:
    """Let the client's key run the gate alone."""
    command = f'restrict,command="{PROGRAM} @gate{words}"'
    client.farm["apricot"].accept(client.farm.key, command)


def does(client: Client) -> dict[str, int]:
    """What a key may do: the exit code of each."""
    return {
        "probe": client.rclaude("doctor", "apricot").code,
        "list": client.rclaude("list", "--host", "apricot").code,
        "peek": client.rclaude("peek", "apricot:12345678").code,
        "git": client.git("ls-remote", URL).code,
    }


@pytest.mark.parametrize(
    ("words", "may"),
    [
        ("git", {"probe": 0, "list": 77, "peek": 77, "git": 0}),
        ("list", {"probe": 0, "list": 0, "peek": 77, "git": 128}),
        ("list,git", {"probe": 0, "list": 0, "peek": 77, "git": 0}),
        ("peek", {"probe": 0, "list": 77, "peek": 66, "git": 128}),
        ("all", {"probe": 0, "list": 0, "peek": 66, "git": 0}),
    ],
)
def test_a_key_may_do_what_it_is_for(words: str, may: dict[str, int], client: Client) -> None:
    locks(client, f" --allow {words}")
    assert does(client) == may


def test_git_works_over_a_locked_key(client: Client, far: Host) -> None:
    locks(client, " --allow git")
    plum = client.cloned(URL, "plum")
    pushed = committed(client, plum, "one")
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    assert done(client, "-C", client.cloned(URL, "quince"), "rev-parse", "HEAD") == pushed


def refused(ran: Ran, code: int, slug: str, name: str = "cellar") -> None:
    """Check that the gate said no, in one line."""
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"rclaude: {name}: {slug}: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["id"],
        ["rclaude list"],
        ["/bin/sh -c id"],
        ["exec /bin/sh"],
        [f"exec {PROGRAM} @rpc"],
        [f"exec {PROGRAM} @rpc a b"],
        [f"exec {PROGRAM} @rpc a; id"],
        [f"exec {PROGRAM} @rpc $(id)"],
        [f"exec {PROGRAM} @rpc a\nid"],
        [f"exec {PROGRAM} list"],
        ["git-upload-pack 'fleet.git'"],
    ],
    ids=repr,
)
def test_a_shell_or_another_command_is_refused(asked: list[str], client: Client) -> None:
    locks(client, " --allow all")
    refused(client.run("ssh", "-T", "apricot", *asked), 77, "refused")


def test_neither_files_nor_ports_nor_a_terminal_are_to_be_had(
    client: Client, far: Host, tmp_path: Path
) -> None:
    locks(client, " --allow all")
    (tmp_path / "mine").write_text("mine")
    config = str(client.ssh_config)
    old, new = (
        client.run("scp", way, "-F", config, tmp_path / "mine", "apricot:stolen")
        for way in ("-O", "-s")
    )
    assert "this key is for rclaude alone" in old.err
    assert "Connection closed" in new.err  # sshd has no place for what a subsystem complains of
    assert not list(far.home.rglob("stolen"))
    ran = client.run("ssh", "-W", f"{far.address}:{far.port}", "apricot")
    assert ran.code == 255
    assert "administratively prohibited" in ran.err
    ran = client.run("ssh", "-tt", "apricot")
    assert ran.code == 255
    assert "PTY allocation request failed" in ran.err


def asked(client: Client, request: Request) -> Ran:
    return client.run("ssh", "-T", "apricot", f"exec {PROGRAM} @rpc {rpc.token(request)}")


@pytest.mark.parametrize("verb", ["spawn", "@gate", "", "li\nst"])
def test_another_verb_is_refused_in_rows_and_in_one_line(verb: str, client: Client) -> None:
    locks(client, " --allow all")
    ran = asked(client, Request(verb, Configured("apricot")))
    assert (ran.code, [*ran.hosts.values()]) == (77, ["refused"])
    assert ran.err.count("\n") == 1


def test_what_the_host_lists_counts_not_what_whoever_asks_lists(client: Client) -> None:
    locks(client, " --allow git")
    client.configure({"apricot": {"repos": ["~/fleet.git", "~/other.git"]}})
    ran = client.git("ls-remote", "rclaude://apricot/~/other.git")
    assert ran.code == 128
    assert "refused: ~/other.git is not among the repos in apricot's own hosts.toml" in ran.err
    ran = client.rclaude("exec", "apricot", "git-upload-pack", "~/other.git")
    assert (ran.code, ran.out) == (77, "")


def test_a_probe_tells_of_the_repositories_that_both_know_alone(client: Client, far: Host) -> None:
    locks(client, " --allow list")
    repos = ["~/fleet.git", "~/other.git"]
    configured(far, hosts_toml("cellar", {"cellar": {"repos": repos}}))
    for known in (("~/fleet.git/", "~/secret.git"), ()):
        ran = asked(client, Request("probe", Configured("apricot", repos=known)))
        assert [row["reached"] for row in ran.rows] == [repos[0] if known else ""]


def test_the_agent_of_whoever_asks_is_not_run(client: Client, far: Host) -> None:
    locks(client, " --allow git")
    program = far.program(f"touch {far.home / 'ran'}; echo 1.2.3", "claude")
    client.configure({"apricot": {"claude": str(program)}})
    assert client.rclaude("doctor", "apricot").code == 0
    assert not (far.home / "ran").exists()


def test_a_host_without_a_configuration_refuses_everything(client: Client, far: Host) -> None:
    locks(client, " --allow all")
    configured(far, "").unlink()
    assert does(client) == {"probe": 78, "list": 78, "peek": 78, "git": 128}
    refused(client.run("ssh", "-T", "apricot", "id"), 78, "config", os.uname().nodename)


def test_trouble_there_is_told_as_trouble_there(client: Client, far: Host) -> None:
    locks(client, " --allow list")
    ran = client.git("ls-remote", URL)
    assert "rclaude: cellar: refused: this key may not git; its line allows list\n" in ran.err
    config = configured(far, "")
    config.unlink()
    missing = f"rclaude: apricot: config: on apricot: {config} is missing: "
    assert missing in client.rclaude("list", "--host", "apricot").err
    assert missing in client.git("ls-remote", URL).err


def test_a_host_with_a_wrong_configuration_refuses_everything(client: Client, far: Host) -> None:
    locks(client, " --allow all")
    configured(far, 'self = "cellar"\ncolour = 1')
    ran = client.rclaude("list", "--host", "apricot")
    assert (ran.code, ran.hosts) == (78, {"apricot": "config"})
    assert "colour is not known" in ran.err


@pytest.mark.parametrize(
    "words", ["", " --allow", " --allow ''", " --allow everything", " --allow git,", " git"]
)
def test_a_gate_that_is_written_wrong_lets_nobody_in(words: str, client: Client) -> None:
    locks(client, words)
    assert does(client) == {"probe": 64, "list": 64, "peek": 64, "git": 128}
    ran = client.run("ssh", "-T", "apricot")
    refused(ran, 64, "usage")
    assert "usage: on cellar: " in ran.err


def test_a_request_that_is_too_long_or_damaged_is_refused(client: Client) -> None:
    locks(client, " --allow all")
    for token in ("A" * (rpc.LARGEST + 1), "AAAA"):
        ran = client.run("ssh", "-T", "apricot", f"exec {PROGRAM} @rpc {token}")
        assert (ran.code, [*ran.hosts.values()]) == (65, ["malformed"])


def test_the_gate_by_hand_is_told_from_ssh(client: Client) -> None:
    assert "SSH_ORIGINAL_COMMAND" not in os.environ
    refused(client.rclaude("@gate", "--allow", "all"), 77, "refused", "plum")
