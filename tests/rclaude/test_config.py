"""hosts.toml is read strictly: what is wrong names the file and the key, and nothing is started."""

import pytest

from rclaude import config
from rclaude.trouble import Exit, Trouble
from tests.rclaude.client import Client

GOOD = """\
self = "plum"
[hosts.apricot]
ssh = "garden-apricot"
rclaude = "/home/u/.local/bin/rclaude"
claude = "/home/u/.local/bin/claude"
tmux_socket = "agents"
roots = ["~/Code"]
repos = ["~/fleet.git", "/srv/my fleet;x.git"]
[hosts."quince.example.org"]
"""


def written(client: Client, text: str | bytes) -> str:
    """Write the configuration; its path."""
    client.config.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(client.config)


def test_everything_that_may_stand_there_is_read(client: Client) -> None:
    written(client, GOOD)
    known = config.load()
    assert known.self == "plum"
    assert list(known.by_name) == ["apricot", "quince.example.org", "plum"]
    assert known.host("apricot") == config.Host(
        name="apricot",
        ssh="garden-apricot",
        rclaude="/home/u/.local/bin/rclaude",
        claude="/home/u/.local/bin/claude",
        tmux_socket="agents",
        roots=("~/Code",),
        repos=("~/fleet.git", "/srv/my fleet;x.git"),
    )


def test_a_host_is_reached_under_its_own_name_unless_told(client: Client) -> None:
    written(client, GOOD)
    assert config.load().host("quince.example.org").ssh == "quince.example.org"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("self", "[hosts.apricot]"),
        ("self", "self = 3"),
        ("self", 'self = "nat@plum"'),
        ("selfish", 'self = "plum"\nselfish = 1'),
        ("hosts", 'self = "plum"\nhosts = []'),
        ("hosts.apricot", 'self = "plum"\n[hosts]\napricot = 1'),
        ("hosts.-o", 'self = "plum"\n[hosts.-o]'),
        ("hosts.a b", 'self = "plum"\n[hosts."a b"]'),
        ("hosts.nat@apricot", 'self = "plum"\n[hosts."nat@apricot"]'),
        ("hosts.apricot.colour", 'self = "plum"\n[hosts.apricot]\ncolour = "red"'),
        ("hosts.apricot.ssh", 'self = "plum"\n[hosts.apricot]\nssh = "-oProxyCommand=x"'),
        ("hosts.apricot.ssh", 'self = "plum"\n[hosts.apricot]\nssh = "nat@apricot"'),
        ("hosts.apricot.ssh", 'self = "plum"\n[hosts.apricot]\nssh = ""'),
        ("hosts.apricot.ssh", 'self = "plum"\n[hosts.apricot]\nssh = "a\\n"'),
        ("hosts.apricot.ssh", 'self = "plum"\n[hosts.apricot]\nssh = 1'),
        ("hosts.apricot.rclaude", 'self = "plum"\n[hosts.apricot]\nrclaude = "rclaude"'),
        ("hosts.apricot.rclaude", 'self = "plum"\n[hosts.apricot]\nrclaude = "/bin/a b"'),
        ("hosts.apricot.rclaude", 'self = "plum"\n[hosts.apricot]\nrclaude = "/bin/$(x)"'),
        ("hosts.apricot.claude", 'self = "plum"\n[hosts.apricot]\nclaude = "/bin/a;b"'),
        ("hosts.apricot.tmux_socket", 'self = "plum"\n[hosts.apricot]\ntmux_socket = "a/b"'),
        ("hosts.apricot.roots", 'self = "plum"\n[hosts.apricot]\nroots = "~/Code"'),
        ("hosts.apricot.roots", 'self = "plum"\n[hosts.apricot]\nroots = ["Code"]'),
        ("hosts.apricot.repos", 'self = "plum"\n[hosts.apricot]\nrepos = ["~/a/../b"]'),
        ("hosts.apricot.repos", 'self = "plum"\n[hosts.apricot]\nrepos = ["/a\\u001b"]'),
        ("hosts.apricot.repos", 'self = "plum"\n[hosts.apricot]\nrepos = [1]'),
    ],
)
def test_a_wrong_key_or_value_names_itself_and_the_file(
    key: str, text: str, client: Client
) -> None:
    where = written(client, text)
    with pytest.raises(Trouble) as refused:
        config.load()
    assert (refused.value.slug, refused.value.exit) == ("config", Exit.CONFIG)
    assert refused.value.text.startswith(f"{where}: {key} ")


@pytest.mark.parametrize(
    "text",
    ["self = ", "\x00", b"\xff", "a = 1\na = 2", "[" * 5000, "#" * (config.MAX_BYTES + 1)],
    ids=["cut", "nul", "no UTF-8", "twice", "deep", "large"],
)
def test_what_is_no_configuration_is_told_with_its_file(text: str | bytes, client: Client) -> None:
    where = written(client, text)
    with pytest.raises(Trouble) as refused:
        config.load()
    assert refused.value.exit == Exit.CONFIG
    assert where in refused.value.text


@pytest.mark.parametrize("words", [["hosts"], ["list"], ["peek", "apricot:12345678"]])
def test_the_program_says_it_in_one_line(words: list[str], client: Client) -> None:
    where = written(client, 'self = "plum"\ncolour = 1')
    ran = client.rclaude(*words)
    assert (ran.code, ran.out) == (78, "")
    assert ran.err == f"rclaude: -: config: {where}: colour is not known\n"


def test_a_missing_configuration_says_how_to_begin_one(client: Client) -> None:
    client.config.unlink()
    ran = client.rclaude("hosts")
    assert ran.code == 78
    assert ran.err == (
        f'rclaude: -: config: {client.config} is missing: begin it with self = "NAME"\n'
    )


def test_a_configuration_that_cannot_be_read_is_told(client: Client) -> None:
    client.config.unlink()
    client.config.mkdir()
    ran = client.rclaude("hosts")
    assert ran.code == 78
    assert str(client.config) in ran.err
