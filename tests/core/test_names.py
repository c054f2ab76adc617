"""What may be a name, where its files lie, and what is refused whatever it tries."""

import re
import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare import names

TASK = "7qk2m9xw4v0c"
EVENT = "20261120T090412.123Z-0000-plum-k3f9x2m1"
HOSTILE = [
    "",
    ".",
    "..",
    "../../etc",
    "a/b",
    "/a",
    "-rf",
    "a b",
    "a\n",
    "a\x00",
    "a\x1b[2J",
    "Parser",
    "pärser",
    "a.yaml",
    "a\\b",
    "x" * 49,
    "\u202egnp",
]
KEYS = st.one_of(
    st.from_regex(names.TASK_ID, fullmatch=True).map(names.task_key),
    st.from_regex(names.SLUG, fullmatch=True).filter(names.is_slug).map(names.project_key),
    st.from_regex(r"sprints/[a-z][a-z0-9]{0,9}9", fullmatch=True),
)


@given(st.integers(0, 2**60 - 1))
def test_a_number_in_base32_is_a_task_id_and_sorts_like_the_number(number: int) -> None:
    text = names.base32(number, names.TASK_ID_LENGTH)
    assert names.TASK_ID.fullmatch(text)
    assert sum(names.ALPHABET.index(c) << 5 * n for n, c in enumerate(reversed(text))) == number


def test_a_derived_name_follows_from_its_parts_and_their_borders() -> None:
    assert names.derived("beads", "a-1", length=12) == names.derived("beads", "a-1", length=12)
    assert names.derived("ab", "c", length=12) != names.derived("a", "bc", length=12)
    assert names.derived("beads", "a-1", length=12) == "y2gztx1mvak2"
    assert len(names.derived("\udcff", length=8)) == 8


@pytest.mark.parametrize(
    "typed", ["7qk2", "7QK2", " 7qk2 ", "7qk2m9xw4voc", "7QK2M9XW4VOC", "7qk2m9xw4v0c"]
)
def test_a_task_id_may_be_typed_in_any_case_with_letters_for_the_digits(typed: str) -> None:
    assert TASK.startswith(names.typed_id(typed))


def test_i_and_l_are_typed_for_one_and_o_for_nought() -> None:
    assert names.typed_id("OIL oil") == "011 011"


def test_an_event_id_is_a_moment_a_host_and_a_random_end() -> None:
    assert names.is_event_id(EVENT)
    assert names.host_of(EVENT) == "plum"
    assert names.host_of("20261120T090412.123Z-0000-red-plum-2-k3f9x2m1") == "red-plum-2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        EVENT[:-1],
        EVENT + "0",
        EVENT + "\n",
        EVENT.replace("plum", "Plum"),
        EVENT.replace("plum", ""),
        EVENT.replace("plum", "p" * 33),
        EVENT.replace("plum", "../plum"),
        EVENT.replace("k3f9x2m1", "k3f9x2mu"),
        EVENT.replace("1120", "1320"),
        EVENT.replace("1120", "0230"),
    ],
)
def test_what_is_no_event_id_is_refused(text: str) -> None:
    assert not names.is_event_id(text)


def test_what_is_no_event_id_has_no_host() -> None:
    assert names.host_of("plum") == ""


@pytest.mark.parametrize("slug", ["parser", "a", "0", "a-b-", "x" * 48, "con-1", "com", "lpt10"])
def test_a_slug_names_a_project(slug: str) -> None:
    assert names.is_slug(slug)
    assert names.is_key(names.project_key(slug))


@pytest.mark.parametrize("slug", [*HOSTILE, "con", "aux", "nul", "prn", "com1", "lpt9", "com0"])
def test_a_slug_that_some_file_system_or_shell_takes_otherwise_is_refused(slug: str) -> None:
    assert not names.is_slug(slug)
    assert not names.is_key(names.project_key(slug))
    assert not names.is_key(names.task_key(slug))


@given(st.from_regex(names.HOST, fullmatch=True))
def test_a_host_on_the_board_has_a_name_for_event_ids_and_a_folder(name: str) -> None:
    assert names.is_host(name) == names.is_key(names.host_key(name))
    if names.is_host(name):
        assert names.key_of_folder(f"fleet/hosts/{name}") == names.host_key(name)


@pytest.mark.parametrize("name", [*HOSTILE, "con", "lpt9", "Plum", "plum.lan", "a" * 33])
def test_a_name_that_is_no_short_one_is_no_host(name: str) -> None:
    assert not names.is_host(name)


@pytest.mark.parametrize("actor", ["nat", "claude/7f3a", "n@t", "Nat.Smith", "ñat", "x" * 100])
def test_an_actor_is_one_visible_word(actor: str) -> None:
    assert names.is_actor(actor)


@pytest.mark.parametrize(
    "actor",
    ["", "-nat", "nat smith", "nat\n", "\tnat", "n\u00a0t", "n\x1b[2Jt", "n\u202et", "x" * 101],
)
def test_an_actor_with_spaces_controls_or_a_leading_dash_is_refused(actor: str) -> None:
    assert not names.is_actor(actor)


@pytest.mark.parametrize("text", ["\x00", "\x7f", "\u200b", "\u2028", "\u2029", "\ud800", "\x1b"])
def test_hidden_characters_are_not_plain(text: str) -> None:
    assert not names.is_plain(f"a{text}b")
    assert names.is_plain("a b ünïcødé 🎉")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "tasks",
        "tasks/",
        f"/{TASK}",
        f"Tasks/{TASK}",
        f"tasks/{TASK}/x",
        f"tasks/{TASK.upper()}",
        "tasks/parser",
        "../projects/parser",
        "con/parser",
        "-x/parser",
        "x" * 33 + "/parser",
        "projects//parser",
    ],
)
def test_what_is_no_key_is_refused(key: str) -> None:
    assert not names.is_key(key)


def test_files_lie_where_the_design_says() -> None:
    assert names.folder(f"tasks/{TASK}") == f"fleet/tasks/7q/{TASK}"
    assert names.folder("projects/parser") == "fleet/projects/parser"
    assert names.event_path("sprints/one", EVENT) == f"fleet/sprints/one/{EVENT}.yaml"


@given(KEYS)
def test_a_folder_leads_back_to_its_entity(key: str) -> None:
    assert names.is_key(key)
    assert names.key_of_folder(names.folder(key)) == key


@pytest.mark.parametrize(
    "path",
    [
        "",
        "fleet",
        "fleet/tasks",
        f"fleet/tasks/{TASK}",
        f"fleet/tasks/9x/{TASK}",
        f"board/tasks/7q/{TASK}",
        f"fleet/tasks/7q/{TASK}/",
        f"fleet/tasks/7q/x/{TASK}",
        "fleet/projects/a/b",
        "fleet/projects/..",
        "fleet/../projects/a",
        f"/fleet/tasks/7q/{TASK}",
        "fleet/projects/con",
    ],
)
def test_a_path_that_is_no_entitys_folder_leads_nowhere(path: str) -> None:
    assert names.key_of_folder(path) is None


@given(st.text())
def test_whatever_is_accepted_is_safe_in_a_path(text: str) -> None:
    for key in (text, f"projects/{text}", f"tasks/{text}", f"{text}/parser"):
        if names.is_key(key):
            assert re.fullmatch(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*", key)
            assert names.key_of_folder(names.folder(key)) == key


@given(
    st.builds(
        "{:04}{:02}{:02}T{:02}{:02}{:02}.123Z-0000-plum-k3f9x2m1".format,
        st.sampled_from([0, 1, 1900, 2000, 2026, 2028, 9999]),
        st.integers(0, 13),
        st.sampled_from([0, 1, 28, 29, 30, 31, 32]),
        st.sampled_from([0, 9, 19, 20, 23, 24, 25, 30]),
        st.sampled_from([0, 59, 60]),
        st.sampled_from([0, 59, 60, 61]),
    )
)
def test_an_event_id_stands_on_a_moment_that_there_is(text: str) -> None:
    try:
        datetime.strptime(text[:19] + "000", "%Y%m%dT%H%M%S.%f")
        real = text[13:15] < "60"  # strptime takes leap seconds
    except ValueError:
        real = False
    assert names.is_event_id(text) == real


@given(st.text(max_size=3))
def test_a_plain_text_has_no_character_that_cannot_be_seen(text: str) -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert names.is_plain(text) == all(unicodedata.category(char) not in hidden for char in text)
