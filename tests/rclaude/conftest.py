"""Three hosts for a whole run, and a client of them for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import NAMES, Farm, Host, a_farm
from tests.rclaude.terminals import Server, configured, tmux_servers
from tests.servers import needs


@pytest.fixture(scope="session")
def farm() -> Iterator[Farm]:
    """Hosts that tests share; who takes one down, or locks it, has a farm of their own."""
    needs("ssh"), needs("sshd"), needs("tmux")
    with a_farm(*NAMES) as farm:
        yield farm


@pytest.fixture
def apricot(farm: Farm) -> Host:
    return farm["apricot"]


@pytest.fixture
def client(farm: Farm, tmp_path: Path, home: Path) -> Iterator[Client]:
    with a_client(farm, tmp_path, home) as client:
        yield client


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The agent's folder of the host that the tests run on, where hosts.toml names nobody else."""
    configured(home)
    monkeypatch.setenv("TMUX_TMPDIR", str(home))
    return home / ".claude"


@pytest.fixture
def servers(base: Path) -> Iterator[tuple[Server, Server]]:
    """The private tmux server and the default one."""
    with tmux_servers() as started:
        yield started
