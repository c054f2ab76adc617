"""The fleet's hosts: on the board, for everybody, gone when taken off."""

from pathlib import Path

import pytest

from tests.cli.planting import CLONE, event_id, findings
from tests.cli.running import Here, Json, files_of, plant, two_hosts
from tests.cli.test_contract import completed

FIELDS = [
    *("name", "about", "roles", "labels"),
    *("created_at", "created_by", "updated_at", "updated_by", "contested"),
]


def planted(body: str, number: int = 0, type_: str = "host.edited") -> dict[str, str]:
    """The file of an event about the host plum that this Clare would not write."""
    one = event_id(number)
    head = f"id: {one}\ntype: {type_}\nby: eve\nclone: {CLONE}\nentity: hosts/plum\n"
    return {f"fleet/hosts/plum/{one}.yaml": head + body}


def subjects(here: Here) -> list[str]:
    return here.git("log", "--format=%s", "refs/heads/fleet").splitlines()


def exchanged(*hosts: Here) -> None:
    """Sync until everybody has everything."""
    for here in (*hosts, *hosts):
        here.ok("sync")


def said(here: Here) -> Json:
    """What the record of plum says of it, without who wrote it when."""
    record = here.record("host", "show", "plum")
    return {name: record[name] for name in ("about", "roles", "labels")}


def test_hosts_are_added_listed_shown_changed_and_taken_off(here: Here) -> None:
    assert here.run("host", "list").err == "no hosts; `clare host add HOST` adds one\n"
    words = ["-r", "gpu", "-r", "builder", "-l", "loud", "--about", "under the desk"]
    assert here.ok("host", "add", "plum", *words) == "plum added: under the desk\n"
    assert here.ok("host", "add", "apricot") == "apricot added\n"
    assert here.ok("host", "list") == "apricot\nplum     builder, gpu  loud  under the desk\n"
    found = here.records("host", "list")
    assert [list(record) for record in found] == [FIELDS, FIELDS]
    assert found[0]["about"] is None
    assert here.record("host", "show", "plum") == found[1]
    assert said(here) == {
        "about": "under the desk",
        "roles": ["builder", "gpu"],
        "labels": ["loud"],
    }
    assert here.ok("host", "show", "plum").startswith(
        "plum\n  about    under the desk\n  roles    builder, gpu\n  labels   loud\n  added    20"
    )
    change = ["--about", "", "-r", "hub", "--unrole", "gpu", "-l", "new", "--unlabel", "loud"]
    assert here.ok("host", "edit", "plum", *change) == "plum edited\n"
    assert said(here) == {"about": None, "roles": ["builder", "hub"], "labels": ["new"]}
    assert here.ok("host", "rm", "plum") == "plum removed\n"
    assert here.ok("host", "list") == "apricot\n"
    assert here.record("host", "rm", "apricot") == {"name": "apricot"}
    assert findings(here) == []


def test_what_a_command_writes_is_the_record_that_is_shown(here: Here) -> None:
    added = here.record("host", "add", "plum", "-r", "gpu")
    assert added == here.record("host", "show", "plum")
    edited = here.record("host", "edit", "plum", "--about", "the desk")
    assert edited == here.record("host", "show", "plum")
    assert (edited["created_by"], edited["created_at"]) == ("nat", added["created_at"])


def test_a_host_taken_off_can_be_added_again_and_begins_anew(here: Here) -> None:
    here.ok("host", "add", "plum", "-r", "gpu", "--about", "old")
    here.ok("host", "edit", "plum", "-l", "loud")
    here.ok("host", "rm", "plum")
    for words in (["show", "plum"], ["rm", "plum"], ["edit", "plum", "-r", "x"]):
        gone = here.run("host", *words)
        assert (gone.code, gone.err) == (
            1,
            "clare: no host plum\n  `clare host add plum` adds one\n",
        )
    here.ok("host", "add", "plum", "-r", "hub")
    assert said(here) == {"about": None, "roles": ["hub"], "labels": []}
    told = [line.split("plum", 1)[1].strip() for line in here.ok("log", "hosts/plum").splitlines()]
    assert told == [
        "nat adds host plum",
        "nat takes back 2 events of host plum",
        "nat edits host plum (+loud)",
        "nat adds host plum",
    ]


def test_a_name_that_is_taken_is_not_added_again(here: Here) -> None:
    here.ok("host", "add", "plum")
    again = here.run("host", "add", "plum", "-r", "gpu")
    assert (again.code, again.out) == (1, "")
    assert again.err == (
        "clare: there is a host plum already\n  `clare host edit plum` changes it\n"
    )
    assert said(here)["roles"] == []


def test_what_is_so_already_is_not_written(here: Here) -> None:
    here.ok("host", "add", "plum", "--about", "the desk")
    same = here.ok("host", "edit", "plum", "--about", "the desk", "--unrole", "gpu")
    assert same == "plum edited: the desk  (nothing to change)\n"
    assert len(subjects(here)) == 2


@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        (["add", "Plum"], 2, "'Plum' cannot name a host", "at most 32, as in plum"),
        (["add", "plum.lan"], 2, "'plum.lan' cannot name a host", "lower-case letters"),
        (["add", "../x"], 2, "'../x' cannot name a host", "lower-case letters"),
        (["add", ""], 2, "'' cannot name a host", "lower-case letters"),
        (["add", "con"], 2, "'con' cannot name a host", "lower-case letters"),
        (["add", "--", "-x"], 2, "'-x' cannot name a host", "lower-case letters"),
        (["add", "a" * 33], 2, "cannot name a host", "at most 32"),
        (["add"], 2, "Missing argument 'HOST'", "clare host add --help"),
        (
            ["add", "apricot", "-r", "two words"],
            2,
            "roles: 'two words': must be one word",
            "--help",
        ),
        (["add", "apricot", "-l", "-x"], 2, "must be one word", "--help"),
        (["add", "apricot", "-l", ""], 2, "must be one word", "--help"),
        (["add", "apricot", "--about", "a\nb"], 2, "about: must be one line", "--help"),
        (["add", "apricot", "--about", "x" * 1_001], 2, "longer than 1000", "--help"),
        (["edit", "plum"], 2, "nothing to change", "`clare host edit --help` lists"),
        (["edit", "plum", "--about", "a\nb"], 2, "about: must be one line", "--help"),
        (["edit", "plum", "-r", "a,b"], 2, "must be one word", "--help"),
        (["edit", "apricot", "-r", "x"], 1, "no host apricot", "known: plum"),
        (["show", "apricot"], 1, "no host apricot", "known: plum"),
        (["rm", "apricot"], 1, "no host apricot", "known: plum"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_hint_and_nothing_is_written(
    here: Here, words: list[str], code: int, message: str, hint: str
) -> None:
    here.ok("host", "add", "plum")
    ran = here.run("host", *words)
    assert (ran.code, ran.out) == (code, "")
    first, second = ran.err.splitlines()
    assert message in first
    assert hint in second
    assert len(subjects(here)) == 2


def test_how_to_reach_a_host_is_not_on_the_board_and_the_help_says_where_it_is(here: Here) -> None:
    for command in ("add", "list", "edit"):
        assert "own rclaude hosts.toml" in " ".join(here.ok("host", command, "--help").split())


def test_two_who_change_a_host_at_once_both_keep_their_words(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.ok("host", "add", "plum", "-r", "gpu")
    apricot.ok("sync")
    plum.ok("host", "edit", "plum", "-r", "builder", "--unrole", "gpu", "--no-sync")
    apricot.ok("host", "edit", "plum", "-r", "gpu", "-l", "loud", "--no-sync")
    exchanged(plum, apricot)
    assert said(plum) == said(apricot)
    assert said(plum) == {"about": None, "roles": ["builder", "gpu"], "labels": ["loud"]}
    assert plum.record("host", "show", "plum")["contested"] == {}


def test_two_lines_about_a_host_are_contested_until_one_who_saw_both_decides(
    tmp_path: Path, home: Path
) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.ok("host", "add", "plum", "--about", "here")
    apricot.ok("sync")
    plum.ok("host", "edit", "plum", "--about", "the desk", "--no-sync")
    apricot.ok("host", "edit", "plum", "--about", "the rack", "--no-sync")
    exchanged(plum, apricot)
    record = plum.record("host", "show", "plum")
    assert record == apricot.record("host", "show", "plum")
    contested = record["contested"]
    assert isinstance(contested, dict)
    assert list(contested) == ["about"]
    assert sorted(head["value"] for head in contested["about"]) == ["the desk", "the rack"]
    shown = plum.ok("host", "show", "plum")
    assert "\n  about is contested; the last one shows:\n    the desk  by nat, " in shown
    assert shown.endswith("    settle it with `clare host edit plum --about …`\n")
    assert plum.ok("host", "list") == f"plum      {record['about']} !\n"
    plum.ok("host", "edit", "plum", "--about", str(record["about"]))
    assert plum.record("host", "show", "plum")["contested"] == {}


def test_two_who_add_one_host_at_once_add_it_together(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.ok("host", "add", "plum", "-r", "gpu", "--no-sync")
    apricot.ok("host", "add", "plum", "-r", "builder", "--no-sync")
    exchanged(plum, apricot)
    assert said(plum) == said(apricot)
    assert said(plum)["roles"] == ["builder", "gpu"]


def test_a_host_taken_off_while_somebody_changed_it_is_gone_and_comes_back_empty(
    tmp_path: Path, home: Path
) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.ok("host", "add", "plum", "-r", "gpu")
    apricot.ok("sync")
    plum.ok("host", "rm", "plum", "--no-sync")
    apricot.ok("host", "edit", "plum", "--about", "left", "-l", "loud", "--no-sync")
    exchanged(plum, apricot)
    assert plum.records("host", "list") == apricot.records("host", "list") == []
    apricot.ok("host", "add", "plum", "-r", "hub")
    assert subjects(apricot)[0] == "ada adds host plum (+1 more)"
    exchanged(apricot, plum)
    assert said(plum) == {"about": None, "roles": ["hub"], "labels": []}


def test_a_host_added_again_while_somebody_took_it_off_stays(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.ok("host", "add", "plum", "-r", "gpu")
    apricot.ok("sync")
    plum.ok("host", "rm", "plum", "--no-sync")
    apricot.ok("host", "rm", "plum", "--no-sync")
    apricot.ok("host", "add", "plum", "-r", "hub", "--no-sync")
    exchanged(plum, apricot)
    assert said(plum)["roles"] == ["hub"]
    assert said(apricot)["roles"] == ["hub"]


def test_what_a_newer_clare_says_of_a_host_acts_as_far_as_it_is_known(here: Here) -> None:
    here.ok("host", "add", "plum", "-r", "gpu")
    plant(
        here, planted("set:\n  about: moved\n  floor: 3\nadd:\n  ports:\n  - 22\n", 1, "host.moved")
    )
    assert said(here) == {"about": "moved", "roles": ["gpu"], "labels": []}
    assert {each["level"] for each in findings(here)} == {"note"}
    here.ok("host", "rm", "plum")
    here.ok("host", "add", "plum")
    assert said(here) == {"about": None, "roles": [], "labels": []}


def test_a_damaged_host_is_told_and_stops_only_what_depends_on_it(here: Here) -> None:
    here.ok("host", "add", "plum")
    here.ok("host", "add", "apricot")
    plant(here, {"fleet/hosts/plum/half.yaml": "half"})
    for words in (["show", "plum"], ["edit", "plum", "-r", "x"], ["rm", "plum"], ["add", "plum"]):
        assert here.run("host", *words).code == 5
    listed = here.run("host", "list")
    assert (listed.code, listed.out) == (0, "apricot\nplum\n")
    assert "fleet/hosts/plum/half.yaml" in listed.err
    assert here.run("host", "show", "apricot").code == 0


def test_a_board_with_hosts_is_examined_digested_and_exported_like_any_other(
    here: Here,
) -> None:
    here.add("Work")
    here.ok("host", "add", "plum", "-r", "gpu")
    assert "fleet/hosts/plum/" in "".join(files_of(here))
    assert here.record("digest")["events"] == 2
    assert here.run("doctor").code == 0
    assert here.ok("export", "--jsonl").count("\n") == 1
    assert "adds host plum" in here.ok("log")


def test_the_log_names_a_host_by_its_key_alone(here: Here) -> None:
    here.ok("host", "add", "plum")
    assert here.ok("log", "hosts/plum").endswith("nat adds host plum\n")
    assert here.run("log", "hosts/apricot").code == 1


def test_tab_offers_hosts_their_roles_and_labels(here: Here) -> None:
    here.ok("host", "add", "plum", "-r", "gpu", "-l", "loud", "--about", "the desk")
    here.ok("host", "add", "apricot", "-r", "hub")
    assert completed(here, "host", "show", "p") == {"plum": "the desk"}
    for command in ("edit", "rm"):
        assert set(completed(here, "host", command, '""')) == {"apricot", "plum"}
    assert set(completed(here, "host", "edit", "plum", "--unrole", '""')) == {"gpu", "hub"}
    assert set(completed(here, "host", "add", "quince", "-l", "l")) == {"loud"}
    here.ok("host", "rm", "plum")
    assert set(completed(here, "host", "show", '""')) == {"apricot"}
