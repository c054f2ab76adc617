"""Every `clare …` that a page, a hint or a help text speaks of is a command with such options."""

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest

from clare.cli.asking import QueryCommand, shielded
from clare.cli.entry import cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
SOURCES = sorted((ROOT / "src" / "clare").rglob("*.py"))

SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
BARE = re.compile(r"(?:^|[;:,] |or )(clare [a-z][^`;]*?)(?=  |;|$)")
ENDS = re.compile(r"\s(?:\||&&|\|\||;|>+|<+|#)|[;|)]|, or ")
PLACE = re.compile(r"[A-Z][A-Z-]*|[A-Z]+…|\.\.\.|…")


def spans(text: str) -> Iterator[str]:
    """What stands between backticks and speaks of a command."""
    return (" ".join(span.split()) for span in SPAN.findall(text) if "clare " in span)


def spoken_in(page: Path) -> set[str]:
    """The commands between backticks, and those of shell blocks."""
    text = page.read_text("utf-8").replace("\\|", "|")
    found = set(spans(FENCED.sub("", text)))
    lines = "\n".join(SHELL.findall(text)).replace("\\\n", " ").splitlines()
    return found | {line for line in lines if "clare " in line}


def spoken_by(source: Path) -> set[str]:
    """The commands in the texts of a module: between backticks, or a hint that is a command."""
    found: set[str] = set()
    for text in texts(ast.parse(source.read_text("utf-8"))):
        found.update(spans(text))
        for line in text.splitlines():
            found.update(BARE.findall(line.strip()))
    return found


def texts(tree: ast.AST) -> Iterator[str]:
    """All texts of a module; what is put into one stands as PLACE."""
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside.update(node.values)
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "PLACE"
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            yield node.value


def problem(spoken: str) -> str:
    """What is wrong with the commands of a line; nothing if each can be typed."""
    for part in re.split(r"(?<![\w/.-])(?=clare )", spoken):
        if part.startswith("clare "):
            wrong = _problem(ENDS.split(part, maxsplit=1)[0])
            if wrong:
                return wrong
    return ""


def _problem(line: str) -> str:
    try:
        words = shlex.split(re.sub(r"(?<=\w)[.,:]+$", "", line.strip()))[1:]
    except ValueError as error:
        return f"{line}: {error}"
    command: click.Command = cli
    context = click.Context(cli, info_name="clare")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if PLACE.fullmatch(words[0]):
            return ""
        inner = command.get_command(context, words[0])
        if inner is None:
            return f"{line}: there is no command {words[0]}"
        command, context = inner, click.Context(inner, parent=context, info_name=words.pop(0))
    return _options_problem(line, command, context, words)


def _options_problem(
    line: str, command: click.Command, context: click.Context, words: Sequence[str]
) -> str:
    given = shielded(words) if isinstance(command, QueryCommand) else list(words)
    try:
        _, rest, _ = command.make_parser(context).parse_args(list(given))
    except click.BadOptionUsage as error:
        last = given and error.option_name == given[-1]  # it is spoken of without its value
        return "" if last else f"{line}: {error.format_message()}"
    except click.UsageError as error:
        return f"{line}: {error.format_message()}"
    if set(rest) - {"…"} and not isinstance(command, click.Group):
        return f"{line}: too many words: {rest}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_that_a_page_speaks_of_can_be_typed(page: Path) -> None:
    assert [wrong for each in sorted(spoken_in(page)) if (wrong := problem(each))] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_that_hints_and_help_speak_of_can_be_typed(source: Path) -> None:
    assert [wrong for each in sorted(spoken_by(source)) if (wrong := problem(each))] == []


def test_enough_is_looked_at() -> None:
    assert len(set().union(*map(spoken_in, PAGES))) > 80
    assert len(set().union(*map(spoken_by, SOURCES))) > 120


@pytest.mark.parametrize(
    "spoken",
    [
        "clare frobnicate",
        "clare list --frobnicate",
        "clare project frobnicate",
        "bd export | clare import bids -",
        "clare where now",
        "clare edit TASK --titel T",
    ],
)
def test_what_cannot_be_typed_is_found(spoken: str) -> None:
    assert problem(spoken)


@pytest.mark.parametrize(
    "spoken",
    [
        "clare",
        "clare COMMAND --help",
        "clare list label:a -label:b 'due:<3d' -n 3",
        "clare edit TASK …",
        "clare add --every week",
        "clare done && clare ready; clare log | head",
        "echo x | clare apply -",
    ],
)
def test_what_can_be_typed_is_not_found(spoken: str) -> None:
    assert problem(spoken) == ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_shell_blocks_of_a_page_are_shell(page: Path) -> None:
    for block in SHELL.findall(page.read_text("utf-8")):
        done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), block
