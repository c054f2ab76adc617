"""Three hosts for a whole run, and a client of them for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import NAMES, Farm, Host, a_farm
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
