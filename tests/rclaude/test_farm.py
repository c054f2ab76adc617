"""The hosts of these tests are what they are taken for."""

from pathlib import Path

from tests.rclaude import processes
from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import NAMES, Farm, a_farm
from tests.rclaude.links import a_link


def test_each_host_has_a_home_and_a_tmux_of_its_own(client: Client) -> None:
    asked = [client.run("ssh", name, 'echo "$HOME $TMUX_TMPDIR"').out for name in NAMES]
    expected = [f"{host.home} {host.state / 'tmux'}\n" for host in client.farm.hosts.values()]
    assert asked == expected


def test_rclaude_reaches_each_host(client: Client) -> None:
    listed = client.rclaude("list")
    assert (listed.code, listed.err) == (0, "")
    assert listed.hosts == {"plum": "ok", **dict.fromkeys(NAMES, "ok")}


def test_nothing_runs_when_a_farm_has_ended(tmp_path: Path, home: Path) -> None:
    with a_farm("apricot") as farm:
        with a_client(farm, tmp_path, home) as client:
            assert client.rclaude("list").code == 0
            assert client.masters()
            client.run("ssh", "apricot", "tmux -L rclaude new-session -d")
            client.run("ssh", "apricot", "sleep 1234567 >/dev/null 2>&1 &")
            home_there = farm["apricot"].home
            assert len(processes.at_home_in(home_there)) >= 2
        assert not client.running()
    assert not processes.marked(str(farm.folder))
    assert not processes.at_home_in(home_there)
    assert not farm.folder.exists()
    assert not client.runtime.exists()


def test_a_link_carries_until_it_is_cut(client: Client, farm: Farm) -> None:
    host = farm["apricot"]
    with a_link(host.address, host.port) as link:
        client.lead(apricot=link.port)
        assert client.run("ssh", "apricot", "echo there").out == "there\n"
        link.cut_after(1000)
        assert client.run("ssh", "apricot", "echo there").code == 255
        link.mend()
        assert client.run("ssh", "apricot", "echo there").out == "there\n"
