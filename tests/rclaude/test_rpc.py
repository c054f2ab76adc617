"""The word that crosses to another host: it carries everything, and no word breaks the far end."""

import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rclaude import rpc
from rclaude.config import Host
from rclaude.rpc import Request
from rclaude.trouble import Trouble
from tests.rclaude.client import Client

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
PATHS = st.lists(TEXTS).map(tuple)
HOSTS = st.builds(
    lambda name, claude, socket, roots, repos: Host(
        name, claude=claude, tmux_socket=socket, roots=roots, repos=repos
    ),
    *(TEXTS, TEXTS, TEXTS, PATHS, PATHS),
)
"""Hosts as they cross: how they are reached stays here."""


def word(told: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


GOOD = {
    "contract": 1,
    "verb": "list",
    "host": {"name": "plum", "claude": "", "tmux_socket": "", "roots": [], "repos": []},
    "takes": {},
}


@given(TEXTS, HOSTS, st.dictionaries(TEXTS, TEXTS))
def test_a_request_arrives_as_it_was_sent(verb: str, host: Host, takes: dict[str, str]) -> None:
    request = Request(verb, host, takes)
    assert rpc.read(rpc.token(request)) == request


@given(TEXTS, HOSTS)
def test_a_word_has_nothing_in_it_that_a_shell_acts_on(verb: str, host: Host) -> None:
    assert re.fullmatch("[A-Za-z0-9_=-]+", rpc.token(Request(verb, host, {verb: verb})))


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_no_word_raises_anything_but_trouble(token: str) -> None:
    with pytest.raises(Trouble):
        rpc.read(token)


@given(st.sampled_from(["contract", "verb", "host", "takes", "within", "more"]), JSON)
def test_no_value_in_a_word_raises_anything_but_trouble(key: str, value: object) -> None:
    try:
        request = rpc.read(word({**GOOD, key: value}))
    except Trouble:
        return
    assert isinstance(request.verb, str)
    assert all(isinstance(text, str) for text in (*request.host.repos, *request.takes.values()))


@given(st.sampled_from(["name", "claude", "tmux_socket", "roots", "repos"]), JSON)
def test_no_value_of_the_host_raises_anything_but_trouble(key: str, value: object) -> None:
    host = {"name": "", "claude": "", "tmux_socket": "", "roots": [], "repos": [], key: value}
    try:
        request = rpc.read(word({**GOOD, "host": host}))
    except Trouble:
        return
    assert isinstance(request.host.name, str)
    assert all(isinstance(text, str) for text in request.host.roots)


@pytest.mark.parametrize(
    ("token", "slug"),
    [
        ("", "malformed"),
        ("!", "malformed"),
        ("A", "malformed"),
        (word([]), "malformed"),
        (word({**GOOD, "takes": {"since": 1}}), "malformed"),
        (word({**GOOD, "host": {**GOOD, "repos": "abc"}}), "malformed"),
        (word("a" * rpc.LARGEST), "malformed"),
        (base64.urlsafe_b64encode(b"[" * 40_000).decode(), "malformed"),
        (base64.urlsafe_b64encode(b"9" * 9_000).decode(), "malformed"),
        *((word({**GOOD, "within": each}), "malformed") for each in (0, -1, 61, "9", None)),
        (word({**GOOD, "contract": 2}), "contract"),
        (word({**GOOD, "verb": "no\nsuch"}), "contract"),
    ],
)
def test_the_far_end_says_no_in_rows(token: str, slug: str, client: Client) -> None:
    ran = client.rclaude("@rpc", token)
    assert (ran.code, ran.err) == (65, "")
    assert [*ran.hosts.values()] == [slug]


def test_the_far_end_takes_one_word_alone(client: Client) -> None:
    for words in ([], [word(GOOD), word(GOOD)]):
        assert client.rclaude("@rpc", *words).code == 65
