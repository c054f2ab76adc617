"""What may be addressed, and what is refused before anything starts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rclaude import names
from rclaude.config import is_path
from rclaude.remote import parse
from rclaude.trouble import Exit, Trouble

HOSTILE = (
    *("", " ", "a b", "a;b", "a'b", 'a"b', "$(touch x)", "`x`", "a\nb", "a\n", "-oProxyCommand=x"),
    *("--", "..", "a..b", ".a", "a.", "nat@a", "a:22", "a/b", "*", "=a", "%h", "é", "a\x00", "~"),
)


@pytest.mark.parametrize("text", ["plum", "a", "A1", "plum-2", "a_b", "plum.example.org", "9"])
def test_a_name_of_plain_labels_is_a_host(text: str) -> None:
    assert names.check_host(text) == text


@pytest.mark.parametrize("text", [*HOSTILE, "a" * 254])
def test_anything_else_is_no_host(text: str) -> None:
    with pytest.raises(Trouble) as refused:
        names.check_host(text)
    assert (refused.value.slug, refused.value.exit) == ("name", Exit.USAGE)


@given(st.text())
def test_no_text_passes_for_a_host_that_a_shell_or_ssh_takes_otherwise(text: str) -> None:
    if names.is_host(text):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
        assert ".." not in text


@pytest.mark.parametrize("text", ["7f3ac0de", "7f3ac0de-1234", "web", "a-b_c", "A" * 64])
def test_an_id_or_a_tmux_name_is_a_session(text: str) -> None:
    assert names.target(f"plum:{text}") == ("plum", text)


@pytest.mark.parametrize("text", [*HOSTILE, "a.b", "A" * 65])
def test_anything_else_is_no_session(text: str) -> None:
    with pytest.raises(Trouble) as refused:
        names.target(f"plum:{text}")
    assert refused.value.exit == Exit.USAGE


@pytest.mark.parametrize("text", ["plum", "", ":", "plum:", ":web", "nat@plum:web", "plum:1:2"])
def test_a_target_is_a_host_and_a_session(text: str) -> None:
    with pytest.raises(Trouble) as refused:
        names.target(text)
    assert refused.value.exit == Exit.USAGE


@pytest.mark.parametrize("text", ["/a", "~/a", "/a b;c", "~/$(x)", "/a/-b", "/…", "/a..b"])
def test_a_whole_path_may_hold_anything_that_is_shown(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize("text", ["", "a", "./a", "/a/../b", "~/..", "~nat/a", "/a\n", "/\u202ea"])
def test_a_path_that_is_not_whole_or_hides_something_is_none(text: str) -> None:
    assert not is_path(text)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("rclaude://apricot/~/fleet.git", "apricot", "~/fleet.git"),
        ("rclaude://apricot/srv/fleet.git", "apricot", "/srv/fleet.git"),
        ("rclaude://apricot//srv/fleet.git", "apricot", "/srv/fleet.git"),
        ("rclaude://apricot/srv/a b;c.git", "apricot", "/srv/a b;c.git"),
    ],
)
def test_a_url_names_a_host_and_a_whole_path(url: str, host: str, path: str) -> None:
    assert parse(url) == (host, path)


@pytest.mark.parametrize(
    "url",
    [
        *("", "apricot", "ssh://apricot/x", "rclaude://apricot", "rclaude:///x"),
        *("rclaude://nat@apricot/x", "rclaude://nat:secret@apricot/x", "rclaude://apricot:22/x"),
        *("rclaude://apricot/x?y", "rclaude://apricot/x#y", "rclaude://-o/x"),
    ],
)
def test_a_url_with_a_user_a_port_or_a_query_is_refused(url: str) -> None:
    with pytest.raises(Trouble) as refused:
        parse(url)
    assert refused.value.exit == Exit.USAGE
