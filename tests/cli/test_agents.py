"""The section in AGENTS.md: in once, out to the byte, and nothing else is touched."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clare.errors import ClareError
from clare.services import agents
from clare.views.prime import MANUAL
from tests.cli.running import Here

BEGIN, END = b"<!-- clare: begin -->\n", b"<!-- clare: end -->\n"
PARTS = st.sampled_from(
    [b"\n", b"\r\n", b"\r", b" ", b"# Agents", b"\xff", b"a", BEGIN, END, b"<!--"]
)
FILES = st.one_of(st.none(), st.binary(max_size=40), st.lists(PARTS, max_size=8).map(b"".join))


@given(FILES)
@example(None)
@example(b"")
@example(b"\n")
@example(b"no line end")
@example(b"a\r\nb\r\n")
@example(b"a\r\nb")
def test_install_then_remove_gives_the_same_bytes(old: bytes | None) -> None:
    if old is not None and b"<!-- clare:" in old:
        return
    new = agents.with_section(old, MANUAL)
    assert new.startswith(old or b"")
    assert agents.without_section(new) == old


@given(FILES, st.text(max_size=30))
def test_installing_twice_is_installing_once(old: bytes | None, other: str) -> None:
    try:
        once = agents.with_section(old, other)
    except ClareError:
        return
    if b"<!-- clare:" in other.encode("utf-8", "replace"):
        return
    assert agents.with_section(once, other) == once
    assert agents.with_section(once, MANUAL) == agents.with_section(old, MANUAL)


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_what_is_written_around_the_section_stays(before: bytes, after: bytes) -> None:
    if b"<!-- clare:" in before + after:
        return
    new = agents.with_section(before, "one") + after
    assert agents.with_section(new, "two").endswith(after)
    left = agents.without_section(new)
    assert left is not None
    assert left.startswith(before)
    assert left.endswith(after)
    assert b"clare" not in left.replace(before, b"").replace(after, b"")


@pytest.mark.parametrize(
    "content", [BEGIN, END, END + BEGIN, BEGIN + BEGIN + END, 2 * (BEGIN + END)]
)
def test_marks_that_do_not_fit_are_refused_and_the_file_stays(
    tmp_path: Path, home: Path, content: bytes
) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_bytes(content)
    here = Here(tmp_path, {})
    for word in ("install", "remove"):
        ran = here.run("hooks", "agents", word)
        assert (ran.code, ran.err.count("\n")) == (1, 2)
        assert file.read_bytes() == content


def test_it_comes_and_goes_with_the_commands(tmp_path: Path, home: Path) -> None:
    here = Here(tmp_path, {})
    file = tmp_path / "AGENTS.md"
    assert here.ok("hooks", "agents", "install") == "AGENTS.md: section installed\n"
    assert MANUAL.encode() in file.read_bytes()
    assert here.ok("hooks", "agents", "install") == "AGENTS.md: nothing to change\n"
    assert here.ok("hooks", "agents", "remove") == "AGENTS.md: section removed\n"
    assert not file.exists()
    assert here.record("hooks", "agents", "remove") == {"file": "AGENTS.md", "changed": False}
    file.write_text("# Agents\n")
    here.ok("hooks", "agents", "install")
    assert file.read_text() == (
        f"# Agents\n\n<!-- clare: begin -->\n{MANUAL.rstrip()}\n<!-- clare: end -->\n"
    )


def test_lines_of_windows_stay_lines_of_windows(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_bytes(b"# Agents\r\n")
    Here(tmp_path, {}).ok("hooks", "agents", "install")
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n")


def test_an_older_section_is_brought_up_to_date(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_bytes(b"one\n\n" + BEGIN + b"old words\n" + END + b"two\n")
    here = Here(tmp_path, {})
    assert here.record("hooks", "agents", "install")["changed"] is True
    assert b"old words" not in file.read_bytes()
    here.ok("hooks", "agents", "remove")
    assert file.read_bytes() == b"one\ntwo\n"


def test_a_link_is_followed_and_stays_a_link_and_rights_stay(tmp_path: Path, home: Path) -> None:
    real = tmp_path / "docs" / "agents.md"
    real.parent.mkdir()
    real.write_text("# Agents\n")
    real.chmod(0o640)
    link = tmp_path / "AGENTS.md"
    link.symlink_to("docs/agents.md")
    here = Here(tmp_path, {})
    here.ok("hooks", "agents", "install")
    assert link.is_symlink()
    assert MANUAL in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640
    here.ok("hooks", "agents", "remove")
    assert real.read_text() == "# Agents\n"
    assert sorted(os.listdir(real.parent)) == ["agents.md"]


@pytest.mark.parametrize("place", ["/proc/self/x", "x" * 300])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, home: Path, place: str) -> None:
    ran = Here(tmp_path, {}).run("hooks", "agents", "install", place)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[0].startswith(f"clare: {place}: ")
    assert ran.err.count("\n") == 2


def test_what_is_no_file_of_text_is_refused(tmp_path: Path, home: Path) -> None:
    here = Here(tmp_path, {})
    (tmp_path / "folder").mkdir()
    (tmp_path / "wide").write_text("wide", "utf-16")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("folder", "wide", "dangling", "gone/AGENTS.md"):
        for word in ("install", "remove"):
            ran = here.run("hooks", "agents", word, name)
            assert (ran.code, ran.err.count("\n")) == ((1, 2) if ran.code else (0, 0)), ran
        assert here.run("hooks", "agents", "install", name).code == 1
    assert (tmp_path / "wide").read_text("utf-16") == "wide"
