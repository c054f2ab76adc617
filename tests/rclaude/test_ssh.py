"""The command line that reaches a host, in plain values, and what its exit code may be."""

import pytest

from rclaude import rpc, ssh
from rclaude.config import Host
from rclaude.rpc import Request
from rclaude.trouble import SLUGS, Exit
from tests.rclaude.client import Client
from tests.rclaude.farm import Host as Far

APRICOT = Host("apricot", ssh="ada-s", rclaude="/opt/rclaude")
ASKED = Request("list", APRICOT, {"since": "60"})
OPTIONS = [
    *("-o", "BatchMode=yes"),
    *("-o", "ConnectTimeout=5"),
    *("-o", "ServerAliveInterval=5"),
    *("-o", "ServerAliveCountMax=2"),
    *("-o", "RemoteCommand=none"),
    *("-o", "ForwardAgent=no"),
    *("-o", "ClearAllForwardings=yes"),
]


def test_ssh_is_called_with_a_shared_master() -> None:
    assert ssh.command(APRICOT, ASKED, folder="/run/user/7/rclaude") == [
        *("ssh", "-T", *OPTIONS),
        *("-o", "ControlMaster=auto"),
        *("-o", "ControlPath=/run/user/7/rclaude/%C"),
        *("-o", "ControlPersist=60"),
        *("--", "ada-s", f"exec /opt/rclaude @rpc {rpc.token(ASKED)}"),
    ]


def test_ssh_is_called_without_a_master_where_there_is_no_folder() -> None:
    assert ssh.command(APRICOT, ASKED, folder="") == [
        *("ssh", "-T", *OPTIONS),
        *("-o", "ControlMaster=no"),
        *("-o", "ControlPath=none"),
        *("--", "ada-s", f"exec /opt/rclaude @rpc {rpc.token(ASKED)}"),
    ]


def test_no_code_of_the_contract_is_the_one_of_ssh() -> None:
    assert ssh.ITSELF == 255
    assert 255 not in {*Exit, *SLUGS.values()}


@pytest.mark.parametrize(
    ("verb", "takes", "code"),
    [
        ("list", {"since": "soon"}, 65),
        ("list", {"since": "60"}, 0),
        ("peek", {"session": "12345678", "lines": "1"}, 66),
        ("peek", {}, 65),
        ("tomorrow", {}, 65),
        ("exec", {}, 77),
        ("exec", {"service": "git-upload-pack", "path": "~/none.git"}, 66),
        ("exec", {"service": "git-upload-pack", "path": "~/empty"}, 128),
    ],
)
def test_the_far_end_never_exits_as_ssh_does(
    verb: str, takes: dict[str, str], code: int, client: Client, apricot: Far
) -> None:
    (apricot.home / "empty").mkdir(exist_ok=True)
    far = Host("apricot", repos=("~/none.git", "~/empty"))
    assert client.rclaude("@rpc", rpc.token(Request(verb, far, takes)), **apricot.env).code == code


@pytest.mark.parametrize(
    ("words", "code"), [(["@rpc"], 65), (["@rpc", "x", "y"], 65), (["@gate"], 64)]
)
def test_nor_does_it_where_its_own_words_are_wrong(
    words: list[str], code: int, client: Client
) -> None:
    assert client.rclaude(*words).code == code
