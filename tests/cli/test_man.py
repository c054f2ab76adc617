"""Man pages: for every command, clean roff, and only ours are ever touched."""

import re
import subprocess
import unicodedata
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.cli.entry import cli
from clare.cli.examples import listed
from clare.cli.manpages import page_of, pages
from clare.errors import EXIT_MEANINGS, Exit
from tests.cli.running import Here
from tests.servers import needs

PAGES = pages(cli)
REQUEST = re.compile(r'\.(?:\\" .*|TH "CLARE.*|SH [A-Z ]+|TP|PP|nf|fi|B .+)')


def rendered(text: str, *, warnings: bool = False) -> str:
    """A page as groff shows it, without overstrikes; what it warns about, where that is asked for."""
    words = [str(needs("groff")), "-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=300n", "-K", "utf8"]
    done = subprocess.run(words, input=text.encode(), capture_output=True, check=True, timeout=60)
    return (done.stderr if warnings else done.stdout).decode()


def test_every_command_has_a_page_with_all_its_options() -> None:
    assert {"clare.1", "clare-add.1", "clare-project-add.1", "clare-task.1"} <= set(PAGES)
    assert not any(name.startswith("clare-task-") for name in PAGES)
    context = click.Context(cli)
    for name in cli.table:
        command = cli.get_command(context, name)
        assert command
        page = PAGES[f"clare-{name}.1"].replace("\\-", "-")
        shown = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
        missing = [option for p in shown for option in p.opts if option not in page]
        assert missing == []


def test_the_exit_codes_are_those_of_the_contract() -> None:
    assert list(EXIT_MEANINGS) == list(Exit)
    for name in ("clare.1", "clare-claim.1"):
        shown = re.findall(r"^\.TP\n\.B (\d+)$", PAGES[name], re.MULTILINE)
        assert shown == [str(int(code)) for code in Exit]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_line_that_roff_takes_for_something_else(name: str) -> None:
    lines = PAGES[name].splitlines()
    assert all(line and line.isascii() for line in lines)
    requests = [line for line in lines if line[0] in ".'"]
    assert requests
    assert [line for line in requests if not REQUEST.fullmatch(line)] == []


@pytest.mark.parametrize("name", ["clare.1", "clare-add.1", "clare-doctor.1", "clare-completion.1"])
def test_groff_has_no_warnings(name: str) -> None:
    assert rendered(PAGES[name], warnings=True) == ""


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]), min_size=1))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    command = click.Command("x", help="x", epilog=listed(f"Example: clare {text}"))
    page = page_of(command, ())
    assert page
    asked = unicodedata.normalize("NFC", " ".join(text.split()))
    assert f"clare {asked}" in rendered(page)


def test_the_pages_come_and_go_and_others_stay(here: Here, home: Path) -> None:
    folder = home / ".local" / "share" / "man" / "man1"
    told = here.ok("man", "install")
    assert told == f"{len(PAGES)} man pages written: {folder}\n"
    assert sorted(path.name for path in folder.iterdir()) == sorted(PAGES)
    (folder / "clare-mine.1").write_text("my own\n")
    gone = folder / "clare-gone.1"
    gone.write_text((folder / "clare.1").read_text())
    here.ok("man", "install")
    assert not gone.exists()
    assert len(here.records("man", "remove")) == len(PAGES)
    assert [path.name for path in folder.iterdir()] == ["clare-mine.1"]
    assert here.ok("man", "remove") == f"0 man pages removed: {folder}\n"


def test_a_page_that_is_not_ours_is_never_written_over(here: Here, tmp_path: Path) -> None:
    (tmp_path / "clare.1").write_text("my own\n")
    ran = here.run("man", "install", "--dir", str(tmp_path))
    assert ran.code == 1
    assert (tmp_path / "clare.1").read_text() == "my own\n"
    assert not (tmp_path / "clare-add.1").exists()


def test_one_page_can_be_looked_at(here: Here) -> None:
    assert here.ok("man", "show", "project", "add") == PAGES["clare-project-add.1"]
    assert here.ok("man", "show") == PAGES["clare.1"]
    ran = here.run("man", "show", "frobnicate")
    assert (ran.code, ran.err) == (
        1,
        "clare: no command frobnicate\n  `clare --help` lists the commands\n",
    )


def test_a_page_opens_with_the_name_of_its_command(here: Here, home: Path) -> None:
    here.ok("man", "install")
    page = home / ".local" / "share" / "man" / "man1" / "clare-add.1"
    lines = rendered(page.read_text()).splitlines()
    assert lines[lines.index("NAME") + 1].strip() == "clare-add - Add a task"
