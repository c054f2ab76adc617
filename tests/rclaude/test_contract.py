"""What other programs check before they use the transport."""

import rclaude
from clare import __version__, transport
from rclaude.rows import KINDS
from tests.rclaude.client import Client


def test_the_contract_is_one_line_of_three_cells(client: Client) -> None:
    told = client.rclaude("contract")
    assert (told.code, told.out) == (0, f"rclaude-contract\t1\t{rclaude.__version__}\n")


def test_the_models_take_every_column_of_the_contract() -> None:
    assert tuple(transport.SessionRow.model_fields) == KINDS["sessions"]
    assert tuple(transport.HostRow.model_fields) == KINDS["hosts"]


def test_both_packages_are_of_one_version_and_one_contract() -> None:
    assert rclaude.__version__ == __version__
    assert str(rclaude.CONTRACT) == transport.CONTRACT
