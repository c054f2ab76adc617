"""Two hosts and no hub between them: whoever begins, both have the same afterwards."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import Farm, a_farm
from tests.sync.members import Member, bare


@pytest.fixture
def orchard() -> Iterator[Farm]:
    with a_farm("apricot", "quince") as farm:
        yield farm


@pytest.fixture
def plum(orchard: Farm, tmp_path: Path, home: Path) -> Iterator[Member]:
    """A host with a board, which reaches two others that have none yet."""
    with a_client(orchard, tmp_path, home) as client:
        plum = Member("plum", client, tmp_path / "plum.git")
        plum.configure(orchard, {})
        client.git("init", "-q", "--bare", plum.folder)
        plum.ok("init", str(plum.folder), CLARE_FLEET="")
        yield plum


def member(farm: Farm, name: str, stack: ExitStack, folder: Path) -> Member:
    """Another host, as its own user sits at it."""
    host = farm[name]
    folder.mkdir()
    client = stack.enter_context(a_client(farm, folder, host.home))
    found = Member(name, client, bare(host))
    found.configure(farm, {})
    return found


@pytest.fixture
def others(orchard: Farm, tmp_path: Path) -> Iterator[list[Member]]:
    with ExitStack() as stack:
        yield [member(orchard, name, stack, tmp_path / f"at-{name}") for name in orchard.hosts]


def settle(member: Member) -> None:
    """Make the repository there known as the board's."""
    member.ok("init", str(member.folder), CLARE_FLEET="")


def test_an_empty_repository_gets_the_board(plum: Member, others: list[Member]) -> None:
    apricot = others[0]
    plum.ok("add", "Prune")
    assert plum.ok("sync", "apricot") == "received 0 events from apricot, sent 2 commits"
    settle(apricot)
    assert apricot.titles() == {"Prune"}
    assert apricot.ok("digest") == plum.ok("digest")


def test_both_have_everything_after_one_exchange_and_then_come_to_rest(
    plum: Member, others: list[Member]
) -> None:
    apricot = others[0]
    plum.ok("sync", "apricot")
    settle(apricot)
    plum.ok("add", "Prune")
    apricot.ok("add", "Water")
    assert plum.ok("sync", "apricot") == "received 1 event from apricot, sent 1 commit"
    assert plum.titles() == apricot.titles() == {"Prune", "Water"}
    assert plum.tip() == apricot.tip()
    before = plum.tip()
    assert plum.ok("sync", "apricot") == "received 0 events from apricot, sent 0 commits"
    assert plum.tip() == apricot.tip() == before


def test_three_hosts_in_a_ring_converge_and_come_to_rest(
    plum: Member, others: list[Member], orchard: Farm
) -> None:
    apricot, quince = others
    home = plum.client.home
    plum.ok("sync", "apricot")
    settle(apricot)
    apricot.ok("sync", "quince")
    settle(quince)
    ring = [(plum, "apricot"), (apricot, "quince"), (quince, "plum")]
    assert home != quince.client.home
    host = orchard.add("plum")
    quince.client.farm.hosts["plum"] = host
    quince.client.lead()
    quince.client.known_hosts.write_text(orchard.known_hosts())
    (host.home / "fleet.git").symlink_to(plum.folder)
    quince.configure(orchard, {})
    for one in (plum, apricot, quince):
        one.ok("add", f"From {one.name}")
    for _ in range(2):
        for one, other in ring:
            one.ok("sync", other)
    tips = {one.tip() for one, _ in ring}
    assert len(tips) == 1
    assert all(one.titles() == {"From plum", "From apricot", "From quince"} for one, _ in ring)
    for one, other in ring:
        assert "received 0 events" in one.ok("sync", other)
    assert {one.tip() for one, _ in ring} == tips


def checked_out(plum: Member, orchard: Farm, folder: Path) -> Member:
    """Apricot's board, open in a folder there."""
    top = orchard["apricot"].home / "fleet"
    bare(orchard["apricot"])
    plum.ok("sync", "apricot")
    plum.client.git("clone", "-q", "-b", "fleet", bare(orchard["apricot"]), top)
    client = Client(orchard, folder, orchard["apricot"].home)
    apricot = Member("apricot", client, top)
    apricot.git("remote", "remove", "origin")
    apricot.configure(orchard, {})
    plum.configure(orchard, {"apricot": ["~/fleet"]})
    settle(apricot)
    return apricot


def test_a_board_that_is_checked_out_takes_it_in_with_its_next_command(
    plum: Member, orchard: Farm, tmp_path: Path
) -> None:
    (tmp_path / "apricot").mkdir()
    apricot = checked_out(plum, orchard, tmp_path / "apricot")
    try:
        apricot.ok("add", "Water")
        notes = apricot.folder / "fleet" / "fleet.yaml"
        mine = notes.read_text() + "# mine\n"
        notes.write_text(mine)
        (apricot.folder / "draft.txt").write_text("half")
        apricot.git("add", "draft.txt")
        plum.ok("add", "Prune")
        told = plum.run("sync", "apricot")
        assert told.code == 0
        assert told.out == "received 1 event from apricot, sent 1 commit\n"
        assert "apricot has the board checked out" in told.err
        status = apricot.git("status", "--short")
        assert apricot.titles() == {"Prune", "Water"}
        assert apricot.git("status", "--short") == status
        assert notes.read_text() == mine
        assert apricot.git("for-each-ref", "refs/clare/from") == ""
        assert plum.ok("sync", "apricot") == "received 0 events from apricot, sent 0 commits"
        assert apricot.tip() == plum.tip()
        events = apricot.git("ls-files", "fleet/tasks").splitlines()
        assert (
            len(events) == len([path for path in events if (apricot.folder / path).exists()]) == 2
        )
    finally:
        apricot.client.close()


def test_what_another_host_has_is_not_written_anew_for_a_hub(
    plum: Member, others: list[Member], tmp_path: Path
) -> None:
    apricot = others[0]
    plum.ok("sync", "apricot")
    settle(apricot)
    hub = tmp_path / "hub.git"
    plum.client.git("clone", "-q", "--bare", plum.folder, hub)
    plum.ok("init", str(plum.folder), "--hub", str(hub), CLARE_FLEET="")
    plum.ok("add", "Prune", CLARE_SYNC="manual")
    known = plum.tip()
    plum.ok("sync", "apricot", CLARE_SYNC="manual")
    plum.client.git("clone", "-q", "--bare", hub, tmp_path / "lee.git")
    lee = Member("lee", plum.client, tmp_path / "lee.git")
    settle(lee)
    lee.ok("add", "Meanwhile", CLARE_SYNC="manual")
    lee.ok("sync")
    plum.ok("sync")
    assert plum.git("merge-base", "--is-ancestor", known, "fleet") == ""
    assert plum.titles() == {"Prune", "Meanwhile"}


def test_two_that_send_at_once_both_arrive(plum: Member, others: list[Member]) -> None:
    apricot, quince = others
    plum.ok("sync", "apricot")
    settle(apricot)
    plum.ok("sync", "quince")
    settle(quince)
    plum.ok("add", "Prune")
    quince.ok("add", "Water")
    hook = apricot.folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        _ONCE.format(mark=apricot.folder / "o", board=quince.folder, there=apricot.folder)
    )
    hook.chmod(0o755)
    assert plum.ok("sync", "apricot") == "received 1 event from apricot, sent 1 commit"
    assert apricot.titles() == {"Prune", "Water"}


_ONCE = """#!/bin/sh
[ -e {mark} ] && exit 0
: >{mark}
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_DIR
git --git-dir={there} fetch -q {board} +fleet:fleet
"""


def test_a_refusal_is_told_in_the_words_of_the_host(plum: Member, others: list[Member]) -> None:
    apricot = others[0]
    hook = apricot.folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'closed for the winter' >&2\nexit 1\n")
    hook.chmod(0o755)
    told = plum.run("sync", "apricot")
    assert told.code == 6
    assert "closed for the winter" in told.err


def test_what_cannot_be_joined_waits_and_doctor_tells(plum: Member, tmp_path: Path) -> None:
    other = tmp_path / "other.git"
    plum.client.git("init", "-q", "--bare", other)
    Member("lee", plum.client, other).ok("init", str(other), CLARE_FLEET="")
    plum.ok("add", "Prune")
    plum.git("fetch", "-q", other, "fleet:refs/clare/from/lee/4v0c7qk2/fleet")
    listed = plum.run("list")
    assert (listed.code, "Prune" in listed.out) == (0, True)
    assert "clare: what lee sent is not taken in: " in listed.err
    told = plum.run("doctor")
    assert "what lee sent" in told.out
    assert plum.git("for-each-ref", "refs/clare/from") != ""


@pytest.mark.parametrize(
    ("words", "code", "said", "do"),
    [
        (["medlar"], 1, "medlar is not in rclaude's hosts.toml", "known: apricot, quince"),
        (["plum"], 2, "plum is this host", "rclaude hosts"),
        (["apricot:fleet.git"], 2, "'fleet.git' is not among the repos of apricot", "~/fleet.git"),
        (["apricot:~/other.git"], 2, "'~/other.git' is not among the repos", "listed: ~/fleet.git"),
        (["apricot:"], 2, "'apricot:' is no HOST", "clare sync apricot:~/fleet.git"),
        (["rclaude://apricot/~/fleet.git"], 2, "is no HOST or HOST:PATH", "clare sync apricot:"),
        (["quince"], 2, "quince has several repositories", "clare sync 'quince:~/a.git'"),
        (["apricot", "--watch"], 2, "--watch is for the hub", "clare sync apricot"),
        (["../apricot"], 2, "'../apricot' is no HOST", "clare sync apricot:"),
    ],
)
def test_what_is_no_way_to_a_board_is_told_before_anything_is_sent(
    plum: Member, orchard: Farm, words: list[str], code: int, said: str, do: str
) -> None:
    plum.configure(orchard, {"quince": ["~/a.git", "~/b.git"]})
    told = plum.run("sync", *words)
    assert (told.code, told.out) == (code, "")
    first, second = told.err.splitlines()[:2]
    assert said in first
    assert do in second


def test_without_rclaude_only_what_needs_it_fails_and_at_once(plum: Member) -> None:
    apart = {"PATH": "/usr/bin:/bin"}
    told = plum.run("sync", "apricot", **apart)
    assert told.code == 1
    assert told.err.splitlines()[0] == (
        "clare: rclaude is not on $PATH, and hosts are reached by nothing else"
    )
    plum.ok("add", "Prune", **apart)
    plum.ok("list", **apart)


@pytest.mark.parametrize(
    "script", ["echo rclaude 3.1", "printf 'rclaude-contract\\t2\\t9.0\\n'", "exit 1", "kill -9 $$"]
)
def test_another_program_of_that_name_is_refused_by_its_path(
    plum: Member, tmp_path: Path, script: str
) -> None:
    program = tmp_path / "elsewhere" / "rclaude"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    told = plum.run("sync", "apricot", PATH=f"{program.parent}:/usr/bin:/bin")
    assert told.code == 1
    assert f"{program} is no rclaude of contract 1" in told.err


def test_a_hub_can_be_reached_by_rclaude_alone(plum: Member, others: list[Member]) -> None:
    apricot, url = others[0], "rclaude://apricot/~/fleet.git"
    plum.ok("init", str(plum.folder), "--hub", url, CLARE_FLEET="")
    task = plum.ok("add", "Prune", CLARE_SYNC="manual")
    plum.ok("sync")
    assert "holds" in plum.ok("claim", task)
    joined = plum.folder.parent / "joined"
    plum.ok("join", url, str(joined), "--host", "lee", CLARE_FLEET="")
    lee = Member("lee", plum.client, joined)
    assert lee.run("claim", task).code == 4
    assert apricot.git("log", "-1", "--format=%s", "fleet").startswith("plumer claims")
    told = plum.run("sync", PATH="/usr/bin:/bin")
    assert (told.code, told.err.splitlines()[0]) == (
        1,
        "clare: rclaude is not on $PATH, and hosts are reached by nothing else",
    )


def test_the_record_of_an_exchange(plum: Member, others: list[Member]) -> None:
    plum.ok("add", "Prune")
    assert json.loads(plum.ok("sync", "apricot", "--json")) == {
        "host": "apricot",
        "path": "~/fleet.git",
        "received": 0,
        "sent": 2,
        "commit": plum.tip(),
        "beside": False,
    }


def test_doctor_tells_what_keeps_from_the_hub(plum: Member, others: list[Member]) -> None:
    assert others
    plum.ok("init", str(plum.folder), "--hub", "rclaude://apricot/~/fleet.git", CLARE_FLEET="")
    told = plum.run("doctor", PATH="/usr/bin:/bin")
    assert told.code == 6
    assert "rclaude is not on $PATH" in told.out
