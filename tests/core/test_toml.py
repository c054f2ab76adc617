"""One value of a TOML text changes, and nothing else."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.toml import CannotChange, line_of, quoted, statements, with_value, without

TEXT = """\
# mine
host = "plum"  # the laptop
  actor='nat'

# where things are
[projects]
shop = "/srv/shop" # here
"""

values = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.sampled_from([("host",), ("actor",), ("sync",), ("projects", "shop"), ("projects", "x")])
pieces = st.lists(
    st.sampled_from(
        [
            "# a comment = 1",
            "",
            'b = """\nhost = 1\n"""',
            "c = [\n1, # host = 2\n2]",
            "d.e = 1",
            "f = 'x'",
        ]
    ),
    unique=True,
)
tables = st.sampled_from(["", '[projects]\nshop = "y"', "[projects]", '[other]\nhost = "z"'])
texts = st.builds(lambda top, table: "\n".join([*top, table]), pieces, tables)


@given(texts, keys, values)
def test_only_the_one_value_changes(text: str, key: tuple[str, ...], value: str) -> None:
    changed = with_value(text, key, value)
    found: object = tomllib.loads(changed)
    for step in key:
        assert isinstance(found, dict)
        found = found[step]
    assert found == value
    kept = [line for line in text.split("\n") if line and not line.startswith("shop")]
    assert [line for line in changed.split("\n") if line in kept] == kept


@given(texts, keys, values)
def test_setting_twice_is_setting_once_and_unsetting_takes_it_back(
    text: str, key: tuple[str, ...], value: str
) -> None:
    once = with_value(text, key, value)
    assert with_value(once, key, value) == once
    gone = tomllib.loads(without(once, key))
    assert tomllib.loads(without(with_value(once, key, "other"), key)) == gone


@given(values)
def test_any_text_is_quoted(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


@given(texts)
def test_every_line_belongs_to_one_statement_or_is_empty(text: str) -> None:
    lines = text.split("\n")
    told = {
        said.line + n: line
        for said in statements(text)
        for n, line in enumerate(said.text.split("\n"))
    }
    assert told == {n: line for n, line in enumerate(lines, 1) if n in told}
    assert not any(line.strip() for n, line in enumerate(lines, 1) if n not in told)


def test_comments_order_and_spelling_stay() -> None:
    assert with_value(TEXT, ("host",), "ap#ple") == TEXT.replace('"plum"', '"ap#ple"')
    assert with_value(TEXT, ("actor",), "ada") == TEXT.replace("='nat'", '= "ada"')
    assert with_value(TEXT, ("projects", "shop"), "/x") == TEXT.replace("/srv/shop", "/x")
    assert with_value(TEXT, ("sync",), "auto") == TEXT.replace(
        "'nat'\n", "'nat'\nsync = \"auto\"\n"
    )
    assert with_value(TEXT, ("projects", "x"), "/x") == TEXT + 'x = "/x"\n'
    assert without(TEXT, ("host",)) == TEXT.replace('host = "plum"  # the laptop\n', "")


def test_new_keys_find_their_place() -> None:
    assert with_value("", ("host",), "plum") == 'host = "plum"\n'
    assert with_value("", ("projects", "x"), "/x") == '[projects]\nx = "/x"\n'
    assert with_value("a = 1", ("host",), "plum") == 'a = 1\nhost = "plum"\n'
    assert with_value("[projects]\n", ("host",), "plum") == 'host = "plum"\n[projects]\n'
    assert with_value("a = 1\n", ("projects", "x"), "/x") == 'a = 1\n\n[projects]\nx = "/x"\n'
    assert with_value("[projects]\n[other]\n", ("projects", "x"), "/x") == (
        '[projects]\nx = "/x"\n[other]\n'
    )


def test_line_ends_of_windows_stay() -> None:
    text = 'host = "plum"\r\n# end\r\n'
    assert with_value(text, ("host",), "x") == 'host = "x"\r\n# end\r\n'
    assert with_value(text, ("sync",), "auto") == 'host = "plum"\r\nsync = "auto"\r\n# end\r\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('projects = {shop = "/x"}\n', ("projects", "x")),
        ("projects = 1\n", ("projects", "x")),
        ("[[projects]]\n", ("projects", "x")),
        ("projects = {}\n", ("projects", "shop")),
    ],
)
def test_an_unusual_text_is_left_alone(text: str, key: tuple[str, ...]) -> None:
    with pytest.raises(CannotChange):
        with_value(text, key, "/y")
    with pytest.raises(CannotChange):
        without(text, key)


def test_lines_are_told_exactly() -> None:
    text = '# host\na = """\nhost = 1\n"""\n\n[projects]\nshop = "x"\n"we b" = "y"\n'
    text += "[other.inner]\nz = 1\n"
    assert line_of(text, ("a",)) == 2
    assert line_of(text, ("projects",)) == 6
    assert line_of(text, ("projects", "shop")) == 7
    assert line_of(text, ("projects", "we b")) == 8
    assert line_of(text, ("other",)) == 9
    assert line_of(text, ("other", "inner", "z")) == 10
    assert line_of(text, ("gone",)) == 1
