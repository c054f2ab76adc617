"""A link that fails under git: git fails too, nothing is damaged, and a second try works."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rclaude import processes
from tests.rclaude.client import Client
from tests.rclaude.farm import Host
from tests.rclaude.links import Link, a_link
from tests.rclaude.repositories import URL, committed, done, noise, sound

SIZE = 2_000_000
MIDDLE = SIZE // 2


@pytest.fixture
def hub(apricot: Host, client: Client) -> Path:
    """An empty fleet.git on apricot."""
    repository = apricot.repository()
    client.run("rm", "-rf", repository)
    return apricot.repository()


@pytest.fixture
def link(apricot: Host, client: Client, hub: Path) -> Iterator[Link]:
    """The way to apricot."""
    with a_link(apricot.address, apricot.port) as link:
        client.lead(apricot=link.port)
        yield link


@pytest.mark.parametrize("part", [0.001, 0.5, 0.99])
def test_a_fetch_that_is_cut_fails_and_leaves_the_clone_whole(
    part: float, client: Client, hub: Path, link: Link
) -> None:
    plum, quince = client.cloned(URL, "plum"), client.cloned(URL, "quince")
    pushed = committed(client, plum, "large", noise(SIZE))
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    link.cut_after(int(SIZE * part))
    assert client.git("-C", quince, "fetch", "-q").code not in (0, 124)
    assert done(client, "-C", quince, "for-each-ref") == ""
    assert sound(client, quince)
    link.mend()
    done(client, "-C", quince, "fetch", "-q")
    assert done(client, "-C", quince, "rev-parse", "origin/main") == pushed
    assert sound(client, quince)


@pytest.mark.parametrize("part", [0.001, 0.5, 0.99])
def test_a_push_that_is_cut_fails_and_leaves_the_hub_whole(
    part: float, client: Client, hub: Path, link: Link
) -> None:
    plum = client.cloned(URL, "plum")
    first = committed(client, plum, "small")
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    pushed = committed(client, plum, "large", noise(SIZE))
    link.cut_after(int(SIZE * part))
    assert client.git("-C", plum, "push", "-q", "origin", "HEAD:main").code != 0
    processes.wait_for(lambda: not processes.marked(f"receive-pack {hub}"))
    assert done(client, "-C", hub, "rev-parse", "main") == first
    assert sound(client, hub)
    link.mend()
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    assert done(client, "-C", hub, "rev-parse", "main") == pushed
    assert sound(client, hub)


def test_a_clone_that_is_cut_leaves_nothing(client: Client, hub: Path, link: Link) -> None:
    plum = client.cloned(URL, "plum")
    committed(client, plum, "large", noise(SIZE))
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    link.cut_after(MIDDLE)
    folder = client.folder / "quince"
    assert client.git("clone", "-q", URL, folder).code == 128
    assert not folder.exists()


def test_a_push_over_a_link_that_stands_still_ends_by_itself(
    client: Client, hub: Path, link: Link
) -> None:
    """There is no deadline for git: ssh finds out that nobody answers."""
    plum = client.cloned(URL, "plum")
    committed(client, plum, "large", noise(SIZE))
    link.freeze_after(MIDDLE)
    ran = client.git("-C", plum, "push", "-q", "origin", "HEAD:main")
    assert ran.code != 0
    assert ran.seconds < 30
    assert done(client, "-C", hub, "for-each-ref") == ""


def test_a_stopped_master_does_not_stop_git(client: Client, hub: Path) -> None:
    plum = client.cloned(URL, "plum")
    (master,) = client.masters()
    os.kill(master, signal.SIGSTOP)
    pushed = committed(client, plum, "small")
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    assert done(client, "-C", hub, "rev-parse", "main") == pushed
