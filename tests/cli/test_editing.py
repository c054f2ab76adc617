"""Writing in the editor: on a real terminal, with an editor that does as it is told."""

import stat
import sys
from pathlib import Path

import pytest

from tests.cli.running import Here, Ran, files_of, plant

SCRIPT = """\
#!/bin/bash
cp "${{@: -1}}" {seen}.$(ls {seen}.* 2>/dev/null | wc -l)
{deed}
"""


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """Where the editor leaves what it saw: `seen.0`, then `seen.1`."""
    return tmp_path / "seen"


def editor(seen: Path, deed: str) -> str:
    """A program that does something to the last file it is given, `$f`."""
    path = seen.parent / "an editor"
    path.write_text(SCRIPT.format(seen=seen, deed=f'f="${{@: -1}}"; {deed}'))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return f"'{path}' --wait"


def typed(seen: Path, text: str) -> str:
    """An editor in which somebody replaces all with a text."""
    (seen.parent / "typed").write_text(text)
    return editor(seen, f"cp {seen.parent}/typed $f")


def drafts(here: Here) -> list[Path]:
    return list((here.folder / ".git/clare").glob("edit-*"))


def edited(here: Here, task: str, program: str, *words: str) -> Ran:
    return here.terminal("edit", task, *words, EDITOR=program, NO_COLOR="1")


def test_add_without_a_title_opens_a_text_that_reads_well(here: Here, seen: Path) -> None:
    here.ok("project", "add", "web")
    program = typed(
        seen,
        "Parse dates\nproject: web\nlabels: parser, urgent\npriority: p1\n"
        "due: 2026-12-01\ndone_when: All\n  of them\n  .\n  are.\n\n# As ISO 8601\n\nOr not.\n",
    )
    ran = here.terminal("add", "-t", "bug", VISUAL=program, EDITOR="false", NO_COLOR="1")
    assert ran.code == 0, ran.out
    (task,) = here.records("list")
    found = here.record("show", str(task["id"]))
    assert found["title"] == "Parse dates"
    assert found["body"] == "# As ISO 8601\n\nOr not."
    assert (found["project"], found["priority"], found["type"]) == ("web", "P1", "bug")
    assert (found["labels"], found["due"]) == (["parser", "urgent"], "2026-12-01")
    assert found["done_when"] == "All\nof them\n\nare."
    shown = Path(f"{seen}.0").read_text()
    assert shown.startswith("\nproject:\ntype: bug\nstatus: open\npriority: P2\nlabels:\n")
    assert "\n# The first line is the title." in shown
    assert drafts(here) == []


def test_a_title_below_the_empty_first_line_is_one_too(here: Here, seen: Path) -> None:
    ran = here.terminal("add", EDITOR=editor(seen, "sed -i '1a Parse dates' $f"))
    assert ran.code == 0, ran.out
    assert [task["title"] for task in here.records("list")] == ["Parse dates"]


def test_an_unchanged_or_empty_text_adds_nothing(here: Here, seen: Path) -> None:
    for deed in ("true", ": >$f", "echo >$f"):
        ran = here.terminal("add", "-l", "x", EDITOR=editor(seen, deed), NO_COLOR="1")
        assert ran.code == 1
        assert ran.out.endswith("clare: nothing added\n  the first line of the text is the title\n")
    assert files_of(here) == []
    assert drafts(here) == []


def test_an_unchanged_or_empty_text_changes_nothing(here: Here, seen: Path) -> None:
    task = here.add(
        "Work", "-m", "a\n\nb\n", "-l", "x", "--link", "http://a b", "--needs", here.add("N")
    )
    before = files_of(here)
    for deed in ("true", ": >$f", "sed -i '2,/^$/{/:/d}' $f", "sed -i '/:/s/$/ /' $f"):
        ran = edited(here, task, editor(seen, deed))
        assert (ran.code, ran.out) == (0, f"{task[:4]} edited: Work  (nothing to change)\n"), deed
    assert files_of(here) == before


def test_only_what_was_changed_in_the_text_is_written(here: Here, seen: Path) -> None:
    need, other = here.add("Need"), here.add("Other")
    task = here.add(
        "Work", "-l", "x", "-l", "y", "-n", need, "--link", "http://a", "-d", "2026-12-01"
    )
    deed = f"""sed -i -e 's/^labels: .*/labels: y z/' -e 's/^needs: .*/needs: {other[:6]}/' \
        -e '/^links/a links: http://b' -e 's/^due: .*/due: due+7d/' -e '/^priority/d' $f"""
    assert edited(here, task, editor(seen, deed)).code == 0
    found = here.record("show", task)
    assert (found["labels"], found["needs"]) == (["y", "z"], [other])
    assert (found["links"], found["due"]) == (["http://a", "http://b"], "2026-12-08")
    assert (
        f"nat edits {task[:4]} (due 2026-12-08, +z, +needs {other[:4]}, +links http://b, -x, "
        f"-needs {need[:4]}): Work"
    ) in here.ok("log", task).splitlines()[0]


def test_how_a_task_repeats_is_written_as_on_the_command_line(here: Here, seen: Path) -> None:
    task = here.add("Water", "-d", "2026-12-01", "--every", "week")
    assert (
        edited(here, task, editor(seen, "sed -i 's/^repeat: week$/repeat: 2 Weeks/' $f")).code == 0
    )
    assert here.record("show", task)["repeat"] == "2 weeks"
    assert edited(here, task, editor(seen, "sed -i 's/^repeat:.*/repeat:/' $f")).code == 0
    assert here.record("show", task)["repeat"] is None
    typed_wrong = (
        "sed -i -e '/^#/!s/^repeat: often/repeat: day/' -e 's/^repeat:$/repeat: often/' $f"
    )
    assert edited(here, task, editor(seen, typed_wrong)).code == 0
    assert here.record("show", task)["repeat"] == "day"
    assert "# not saved: repeat: must be day, weekday, " in Path(f"{seen}.3").read_text()


def test_what_somebody_else_wrote_meanwhile_stays(here: Here, seen: Path) -> None:
    task = here.add("Work", "-l", "x")
    deed = f"""{PROGRAM} edit {task} --as ada --title Theirs -p P0 -l theirs >/dev/null
        sed -i -e 's/^type: .*/type: bug/' -e 's/^labels: .*/labels: mine/' $f"""
    assert edited(here, task, editor(seen, deed)).code == 0
    found = here.record("show", task)
    assert (found["title"], found["priority"], found["type"]) == ("Theirs", "P0", "bug")
    assert found["labels"] == ["mine", "theirs"]


def test_a_field_that_both_changed_opens_again_with_what_the_other_wrote(
    here: Here, seen: Path
) -> None:
    task = here.add("Work", "-m", "Ours")
    deed = f"""[ -e {seen}.1 ] || {PROGRAM} edit {task} --as ada --title Theirs -m x >/dev/null
        sed -i -e '/was changed meanwhile/!s/^Work$/Mine/' $f"""
    ran = edited(here, task, editor(seen, deed))
    assert ran.code == 0, ran.out
    assert "title was changed meanwhile by ada: Theirs" in Path(f"{seen}.1").read_text()
    found = here.record("show", task)
    assert (found["title"], found["body"]) == ("Mine", "x")
    assert len(files_of(here)) == 3


PROGRAM = f"{sys.executable} -m clare"


def test_a_refused_text_comes_back_and_can_be_mended(here: Here, seen: Path) -> None:
    task = here.add("Work")
    deed = "sed -i -e 's/^due: soon/due: 2026-12-01/' -e 's/^due:$/due: soon/' $f"
    ran = edited(here, task, editor(seen, deed))
    assert ran.code == 0, ran.out
    assert here.record("show", task)["due"] == "2026-12-01"
    again = Path(f"{seen}.1").read_text().splitlines()
    assert again[0] == "# not saved: due: 'soon' is no day; write it as 2026-12-01, friday or +3d"
    assert again[1] == "Work"
    assert drafts(here) == []


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("sed -i 's/^due:.*/due: soon/' $f", "due: 'soon' is no day"),
        ("sed -i 's/^priority:.*/prio: P1/' $f", "there is no field prio; did you mean priority?"),
        (
            "sed -i 's/^due:.*/what?/' $f",
            "'what?' is no field; the body begins after an empty line",
        ),
        ("sed -i 's/^due:.*/type: bug/' $f", "type is there twice"),
        ("sed -i '1s/.*//' $f", "title: must be one line with something in it"),
        ("sed -i 's/^parent:.*/parent: zzzz/' $f", "no task zzzz"),
        ("sed -i 's/^status:.*/status:/' $f", "status: "),
    ],
)
def test_what_stays_refused_is_kept_in_a_file(here: Here, seen: Path, deed: str, why: str) -> None:
    task = here.add("Work")
    ran = edited(here, task, editor(seen, f"sed -i '$a my words' $f; {deed}"))
    assert ran.code in (1, 2)
    assert f"clare: {why}" in ran.out
    (draft,) = drafts(here)
    assert f"your text is kept in {draft}" in ran.out
    assert "my words" in draft.read_text()
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert here.record("show", task)["title"] == "Work"


def test_an_editor_that_fails_changes_nothing_and_loses_nothing(here: Here, seen: Path) -> None:
    task = here.add("Work")
    for program in ("false", "/no/such/editor", "'unbalanced"):
        ran = edited(here, task, program)
        assert ran.code == 1
        assert "  $VISUAL or $EDITOR names the editor\n" in ran.out
        assert drafts(here) == []
    ran = edited(here, task, editor(seen, "sed -i '1s/.*/New/' $f; exit 3"))
    (draft,) = drafts(here)
    assert f"your text is kept in {draft}" in ran.out
    assert draft.read_text().startswith("New\n")
    assert here.record("show", task)["title"] == "Work"


def test_an_interrupt_in_the_editor_is_the_editor_s(here: Here, seen: Path) -> None:
    task = here.add("Work")
    program = editor(seen, "kill -INT $PPID; sleep 0.1; sed -i '1s/.*/New/' $f")
    assert edited(here, task, program).out == f"{task[:4]} edited: New\n"


def test_a_text_that_is_no_text_is_kept(here: Here, seen: Path) -> None:
    task = here.add("Work")
    ran = edited(here, task, editor(seen, r"printf '\377' >>$f"))
    assert ran.code == 1
    assert len(drafts(here)) == 1
    drafts(here)[0].unlink()
    assert edited(here, task, editor(seen, "rm $f")).code == 1
    assert drafts(here) == []


@pytest.mark.parametrize(
    "deed", ["mkdir $f", "mkfifo $f", "ln -s /dev/zero $f", "mkdir -p $f/mine"]
)
def test_what_is_no_file_in_the_place_of_the_text_is_told(
    here: Here, seen: Path, deed: str
) -> None:
    task = here.add("Work")
    ran = edited(here, task, editor(seen, f"rm $f; {deed}"))
    first, second = ran.out.splitlines()
    assert (ran.code, second) == (1, "  $VISUAL or $EDITOR names the editor")
    assert first.startswith(f"clare: the editor left no file in {here.folder}/.git/clare/edit-")
    assert [[mine.name for mine in draft.iterdir()] for draft in drafts(here)] == (
        [["mine"]] if "mine" in deed else []
    )


def test_a_byte_order_mark_is_no_part_of_the_title(here: Here, seen: Path) -> None:
    task = here.add("Work")
    mark = r"sed -i '1s/^/\xef\xbb\xbf/' $f"
    assert "nothing to change" in edited(here, task, editor(seen, mark)).out
    assert edited(here, task, editor(seen, f"sed -i '1s/.*/New/' $f; {mark}")).code == 0
    assert here.record("show", task)["title"] == "New"


def test_the_editor_takes_one_task(here: Here, seen: Path) -> None:
    tasks = [here.add("A"), here.add("B")]
    ran = here.terminal("edit", *tasks, EDITOR="false")
    assert ran.code == 2
    assert ran.out.startswith("clare: the editor takes one task at a time\n")


def test_comment_without_a_message_opens_the_editor(here: Here, seen: Path) -> None:
    tasks = [here.add("A"), here.add("B")]
    program = editor(seen, "sed -i '1s/^/The header\\n# has no zone./' $f")
    assert here.terminal("comment", *tasks, EDITOR=program).code == 0
    for task in tasks:
        said = here.record("show", task)["comments"]
        assert isinstance(said, list)
        assert [one["text"] for one in said] == ["The header\n# has no zone."]
    ran = here.terminal("comment", tasks[0], EDITOR="true", NO_COLOR="1")
    assert ran.code == 1
    assert ran.out.startswith("clare: nothing said\n")
    assert drafts(here) == []


def test_without_a_terminal_no_editor_opens(here: Here) -> None:
    task = here.add("Work")
    for words, hint in (
        (["add"], 'clare add "TITLE"'),
        (["edit", task], "`clare edit --help` lists what can be"),
        (["comment", task], 'say it with -m "…"'),
    ):
        ran = here.program(*words, EDITOR="false")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.splitlines()[1] == f"  {hint}"


def test_in_an_agent_s_shell_no_editor_opens(here: Here, seen: Path) -> None:
    task = here.add("Work")
    for words in (["add"], ["edit", task], ["comment", task]):
        ran = here.terminal(*words, EDITOR=editor(seen, "true"), CLAUDECODE="1")
        assert ran.code == 2
    assert not Path(f"{seen}.0").exists()


def test_where_nothing_can_be_written_no_editor_opens(here: Here, seen: Path) -> None:
    task = here.add("Work")
    plant(here, {"fleet/fleet.yaml": "format: 99\nname: board\n"})
    for words in (["add"], ["edit", task], ["comment", task]):
        ran = here.terminal(*words, EDITOR=editor(seen, "true"), NO_COLOR="1")
        assert ran.code == 1
        assert ran.out.startswith("clare: this fleet has format 99")
    assert not Path(f"{seen}.0").exists()


def test_a_body_may_look_like_anything(here: Here, seen: Path) -> None:
    body = (
        "due: x\n# not saved: y\n# ------------------------ >8 ------------------------\nz\r\n  end"
    )
    task = here.add("Work", "-m", body)
    assert "nothing to change" in edited(here, task, "true").out
    assert edited(here, task, editor(seen, "sed -i '1s/.*/New/' $f")).code == 0
    found = here.record("show", task)
    assert (found["title"], found["body"]) == ("New", body)
