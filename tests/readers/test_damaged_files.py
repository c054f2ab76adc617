"""Damaged files: imported as far as they say something, or refused in one line; never half of them."""

import os
import random
import shutil
from pathlib import Path

import pytest

from clare.errors import ClareError, Exit
from clare.events.read import read
from clare.events.text import event_bytes
from clare.fleet import Fleet
from clare.services.origin import Source
from clare.services.replica import plan
from clare.store.files import parse
from tests.cli.running import Here
from tests.readers.damage import HOSTILE, damaged
from tests.readers.sources import FORMATS, Format, imported

EVERY = pytest.mark.parametrize("form", FORMATS)


def damage(form: Format, folder: Path, seed: int) -> Path:
    """A copy of the good file, or of the good folder with one bad file in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = form.copy(folder)
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    victim = random.Random(seed).choice(files)
    victim.write_bytes(damaged(victim.read_bytes(), seed))
    return path


def load(form: str, path: Path) -> Source | ClareError:
    """What is read, or the one way in which nothing may be read."""
    try:
        return FORMATS[form].load(path)
    except ClareError as error:
        told = error
    assert told.exit_code in (Exit.REFUSED, Exit.USAGE)
    assert told.message
    assert told.hint
    return told


def check_writable(source: Source) -> None:
    """Every event of an import is one that can be written and read again, whole."""
    for given in plan(Fleet(), source).events:
        data = event_bytes(
            given.fact, event_id=given.id, by=given.by, clone=given.clone, after=given.after
        )
        event = read(parse(data))
        assert (event.id, event.unfit, event.carried) == (given.id, (), ())


@EVERY
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path, form: str) -> None:
    read_, refused = 0, 0
    for seed in range(300):
        path = damage(FORMATS[form], tmp_path / "damaged", seed)
        source = load(form, path)
        if isinstance(source, ClareError):
            refused += 1
        else:
            check_writable(source)
            assert plan(imported(source), source).events == [], f"seed {seed}"
            read_ += 1
    assert read_ > 10
    assert refused > 10 or form == "markdown"


@EVERY
def test_after_a_refusal_the_board_is_what_it_was(here: Here, tmp_path: Path, form: str) -> None:
    here.ok("import", FORMATS[form].command, str(FORMATS[form].data))
    codes = set()
    for seed in range(1000, 1012):
        path = damage(FORMATS[form], tmp_path / "damaged", seed)
        tip = here.git("rev-parse", "fleet")
        ran = here.run("import", FORMATS[form].command, str(path))
        codes.add(ran.code)
        assert ran.code in (0, 1, 2), f"seed {seed}: {ran.err}"
        assert "Traceback" not in ran.out + ran.err
        if ran.code:
            assert here.git("rev-parse", "fleet") == tip
            assert ran.out == ""
            assert len(ran.err.splitlines()) == 2, f"seed {seed}: {ran.err}"
    assert here.record("doctor")["broken"] == 0
    assert 1 in codes or form in ("backlog", "markdown")


@EVERY
def test_a_file_of_nothing_but_something_hostile(tmp_path: Path, form: str) -> None:
    for text in [*HOSTILE, *LONG]:
        path = hostile(tmp_path, form, text)
        source = load(form, path)
        if not isinstance(source, ClareError):
            check_writable(source)


LONG = ["\n" * 300_000, " " * 300_000, "- [ ] a\n" + " " * 300_000, "## " + " " * 300_000 + "x"]
"""What would take for ever if reading took more than one look at each character."""


def hostile(folder: Path, form: str, text: str) -> Path:
    """A file of that form, or a folder with one, that holds the text and little else."""
    data = text.encode("utf-8", "surrogatepass")
    if form != "backlog":
        path = folder / "file"
        path.write_bytes(data)
        return path
    tasks = folder / "backlog" / "tasks"
    tasks.mkdir(parents=True, exist_ok=True)
    (tasks / "task-1.md").write_bytes(
        b"---\nid: %b\ntitle: %b\nassignee: %b\n---\n%b" % (data, data, data, data)
    )
    (tasks / "task-2.md").write_bytes(b"---\nid: x\ntitle: y\n---\n%b" % data)
    (tasks.parent / "config.yml").write_bytes(b"project_name: x%by" % data)
    return tasks.parent


# Folders that are not as they should be.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return FORMATS["backlog"].copy(tmp_path)


def test_links_in_a_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("---\nid: x\ntitle: A secret\n---\n")
    (folder / "tasks" / "link.md").symlink_to(secret)
    (folder / "tasks" / "gone.md").symlink_to(tmp_path / "nowhere")
    (folder / "tasks" / "folder.md").mkdir()
    os.mkfifo(folder / "tasks" / "pipe.md")
    shutil.rmtree(folder / "drafts")
    (folder / "drafts").symlink_to(folder / "completed")
    found = FORMATS["backlog"].load(folder)
    assert found.skipped == 5
    left_out = {note.partition(":")[0] for note in found.notes}
    assert {f"tasks/{name}.md" for name in ("link", "gone", "folder", "pipe")} < left_out
    titles = {row.fields["title"] for row in found.rows}
    assert "A secret" not in titles
    assert len(titles) == 4


def test_names_of_files_that_are_no_text_do_no_harm(folder: Path, here: Here) -> None:
    hostile = os.fsencode(folder) + b"/tasks/\xff\x1b[2J\n.md"
    Path(os.fsdecode(hostile)).write_text("no front matter")
    ran = here.run("import", "backlog", str(folder))
    assert ran.code == 0
    assert "\x1b" not in ran.out + ran.err
    assert len(ran.err.splitlines()) == 2


def test_a_folder_without_tasks_is_told(tmp_path: Path, here: Here) -> None:
    ran = here.run("import", "backlog", str(tmp_path))
    assert (ran.code, ran.out) == (1, "")
    assert "holds no folder tasks" in ran.err


def test_the_place_of_what_is_wrong_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "tasks" / "task-9.md").write_text("---\nid: &a x\ntitle: x\n---\n")
    cases = {
        "backlog": (
            folder,
            r"backlog, tasks/task-9\.md: front matter: line 1: aliases and anchors",
        ),
        "csv": (
            "title,status\nx,open\ny,nowhere\n",
            r"row 3: status: 'nowhere' is not one of idea",
        ),
        "github": ('[\n{"url": "x"},\n', "line 3: not JSON"),
        "github-rest": ('[{"html_url": "x"}]', "issue 1: title: missing"),
        "jsonl": ('\n{"id": "x"}', "line 2: id: must be a task id of 12 characters"),
        "markdown": ("- [ ] a\n- [ ] \ud800", "line 2: not UTF-8"),
        "taskwarrior": (
            '{"uuid": "x", "status": "pending"}',
            "task 1: description: missing",
        ),
    }
    for form, (given, problem) in cases.items():
        path = given if isinstance(given, Path) else tmp_path / form
        if isinstance(given, str):
            path.write_bytes(given.encode("utf-8", "surrogatepass"))
        with pytest.raises(ClareError, match=problem) as refused:
            FORMATS[form].load(path)
        assert refused.value.message.startswith(f"{path}, ")
        assert refused.value.hint == "nothing was imported; mend it, then again"


@pytest.mark.parametrize("form", ["github", "jsonl", "taskwarrior"])
def test_half_a_character_is_refused_wherever_it_stands(tmp_path: Path, form: str) -> None:
    path = FORMATS[form].copy(tmp_path)
    good = path.read_text("utf-8")
    assert FORMATS[form].load(path)
    whole = good.replace("The", "\\ud83c\\udf5e The").replace("Buy", "\\ud83c\\udf5e Buy")
    path.write_text(whole, "utf-8")
    assert len(FORMATS[form].load(path).rows) > 2
    path.write_text(whole.replace("\\udf5e", ""), "utf-8")
    with pytest.raises(ClareError, match="half a character"):
        FORMATS[form].load(path)


def test_a_file_of_another_form_is_not_githubs(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('[{"uuid": "x", "description": "y"}]')
    with pytest.raises(ClareError, match="issue 1: this is not GitHub's form: no url"):
        FORMATS["github"].load(tmp_path / "other.json")
