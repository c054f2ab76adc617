"""Every fault on the way to a host has its exit code and its slug, and is told in one line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rclaude.client import Client, Ran, a_client
from tests.rclaude.farm import Farm, a_farm
from tests.rclaude.links import a_link
from tests.servers import make_key

OTHER_CONTRACT = r"printf '#rclaude/0\tsessions\thost\n#host\tapricot\tok\t1\t\n'"
CUT = r"printf '#rclaude/1\tsessions\thost\napri'"
ENDLESS = "exec yes"


def told(ran: Ran, code: int, slug: str) -> str:
    """Check how asking apricot ended; what was said of it."""
    assert (ran.code, ran.hosts) == (code, {"apricot": slug})
    begun = f"rclaude: apricot: {slug}: "
    assert ran.err.startswith(begun)
    assert ran.err.count("\n") == 1
    return ran.err.removeprefix(begun).strip()


def asked(client: Client, program: Path | str | None = None) -> Ran:
    if program:
        client.configure({"apricot": {"rclaude": str(program)}})
    return client.rclaude("list", "--host", "apricot")


@pytest.fixture
def own(tmp_path: Path, home: Path) -> Iterator[Client]:
    """A client of a farm that nobody else needs."""
    with a_farm("apricot") as farm, a_client(farm, tmp_path, home) as client:
        yield client


def test_a_host_that_is_down_is_unreachable(own: Client) -> None:
    own.farm["apricot"].stop()
    assert "Connection refused" in told(asked(own), 69, "unreachable")


def test_a_host_that_went_down_under_its_master_is_unreachable(own: Client) -> None:
    assert asked(own).code == 0
    own.farm["apricot"].stop()
    told(asked(own), 69, "unreachable")


def test_a_host_that_came_back_is_reached_again(own: Client) -> None:
    own.farm["apricot"].stop()
    assert asked(own).code == 69
    own.farm["apricot"].start()
    own.lead()
    assert asked(own).code == 0


def test_an_alias_that_ssh_does_not_know_is_unreachable(client: Client) -> None:
    client.configure({"apricot": {"ssh": "no-such-host.invalid"}})
    assert "no-such-host.invalid" in told(asked(client), 69, "unreachable")


def test_a_key_that_is_not_accepted_is_told(own: Client, tmp_path: Path) -> None:
    make_key(tmp_path / "other_key")
    own.farm["apricot"].accept(tmp_path / "other_key")
    assert "Permission denied" in told(asked(own), 69, "auth")


def test_git_is_told_the_same_slug_for_a_key_that_is_not_accepted(
    own: Client, tmp_path: Path
) -> None:
    make_key(tmp_path / "other_key")
    own.farm["apricot"].accept(tmp_path / "other_key")
    ran = own.rclaude("exec", "apricot", "git-upload-pack", "~/fleet.git")
    assert (ran.code, ran.out) == (69, "")
    passed_on, said = ran.err.splitlines()
    assert "Permission denied" in passed_on
    assert said == f"rclaude: apricot: auth: {passed_on}"


def test_a_wrong_host_key_is_told_and_not_taken(client: Client, farm: Farm) -> None:
    wrong = (farm["quince"].state / "host_key.pub").read_text()
    client.known_hosts.write_text(f"apricot {wrong}")
    told(asked(client), 69, "host-key")
    assert client.known_hosts.read_text() == f"apricot {wrong}"


def test_an_unknown_host_key_is_told_and_not_taken(client: Client) -> None:
    client.known_hosts.write_text("")
    told(asked(client), 69, "host-key")
    assert client.known_hosts.read_text() == ""


def test_a_host_without_rclaude_says_where_it_was_looked_for(client: Client) -> None:
    assert "/no/such/rclaude" in told(asked(client, "/no/such/rclaude"), 127, "missing")


def test_a_program_that_cannot_be_run_counts_as_missing(client: Client, farm: Farm) -> None:
    program = farm["apricot"].program("true", "plain")
    program.chmod(0o644)
    told(asked(client, program), 127, "missing")


@pytest.mark.parametrize(
    ("script", "slug"),
    [
        (OTHER_CONTRACT, "contract"),
        (CUT, "cut"),
        (f"{CUT}; kill -9 $$", "cut"),
        ("echo Welcome", "contract"),
        ("true", "contract"),
        ("exit 1", "contract"),
        (ENDLESS, "malformed"),
    ],
)
def test_another_program_is_no_rclaude(script: str, slug: str, client: Client, farm: Farm) -> None:
    told(asked(client, farm["apricot"].program(script)), 65, slug)


def test_a_contract_of_another_version_says_what_to_do(client: Client, farm: Farm) -> None:
    said = told(asked(client, farm["apricot"].program(OTHER_CONTRACT, "older")), 65, "contract")
    assert said == "it speaks rclaude/0, this one rclaude/1: install the same version on both"


def test_a_host_that_does_not_know_the_verb_says_so(client: Client, farm: Farm) -> None:
    """What an rclaude of today answers to one of tomorrow."""
    refusal = r"printf '#rclaude/1\tprobe\n#host\tapricot\tnew-slug\t1\tno\n'"
    told(asked(client, farm["apricot"].program(refusal, "refusing")), 65, "new-slug")


def test_a_host_without_git_or_ssh_here_is_told(client: Client, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = client.rclaude("list", "--host", "apricot", PATH=str(empty))
    assert (ran.code, ran.hosts) == (127, {"apricot": "missing"})
    assert "ssh: No such file or directory" in ran.err


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_an_answer_over_a_link_that_is_cut_never_counts_as_whole(
    share: float, client: Client, farm: Farm
) -> None:
    host = farm["apricot"]
    with a_link(host.address, host.port) as link:
        client.lead(apricot=link.port)
        without_master = {"XDG_RUNTIME_DIR": "/no/such", "TMPDIR": "/no/such"}
        assert client.rclaude("list", "--host", "apricot", **without_master).code == 0
        link.cut_after(int(link.carried * share))
        told(client.rclaude("list", "--host", "apricot"), 69, "unreachable")
        link.mend()
        assert asked(client).code == 0


def test_a_pane_of_a_host_in_a_c_locale_is_listed(tmp_path: Path, home: Path) -> None:
    """Tmux prints what parts its cells as `_` there, unless it is told not to."""
    with a_farm() as farm:
        farm.add("apricot", LC_ALL="C", LANG="C")
        with a_client(farm, tmp_path, home) as client:
            start = client.run("ssh", "apricot", "tmux -L rclaude new-session -d -s one cat")
            assert start.code == 0, start.err
            ran = client.run("rclaude", "list", "--host", "apricot", LC_ALL="C", LANG="C")
            assert (ran.code, ran.err) == (0, "")
            assert [(row["tmux"], row["pane"], row["state"]) for row in ran.rows] == [
                ("one", "%0", "starting")
            ]
