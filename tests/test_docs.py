"""What the documentation shows is what happens.

Every ```console block of a page runs in order in a world of its own: each prompt is a host with an
empty home, and `git@hub:` stands for a folder. Standard output is a terminal, as for a reader. A
comment `# exit 4` tells the exit code, a line `…` stands for any lines. Ids, times and the like differ
from run to run: ids are followed from `… added: …` on, the rest is made alike before comparing.
"""

import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.publishers import settled
from tests.rclaude.reaching import reached

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = "@docs/generated.txt"
PEOPLE = {"hub": "git", "plum": "nat", "apricot": "ada", "quince": "max"}

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STORIES = [page for page in PAGES if CONSOLE.search(page.read_text("utf-8"))]
PROMPT = re.compile(r"(\w+)\$ (.*)")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
EXIT = re.compile(r"\s+# exit (\d+)$")
ADDED = re.compile(r"^(?:clare: next is )?(\w+)(?: added: |, due )", re.MULTILINE)
B32 = "[0-9a-hjkmnp-tv-z]"
ALIKE: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{4}-([a-z0-9-]+)-" + B32 + "{8}", r"EVENT-\1"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"\b\d+ [smhd] (old|ago|ahead)\b", r"AGE \1"),
    (rf"\b(clone:?\s+){B32}{{8}}\b", r"\1CLONE"),
    (rf"\b{B32}{{8}}, {B32}{{8}}\b", "CLONES"),
    (r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{7,10})\b", "HASH"),
    (r"(?<=\S) {2,}", "  "),
    (r"[ \t]+$", ""),
]


@dataclass
class Step:
    """One command of a page, and what the page says it prints."""

    host: str
    command: str
    expected: str = ""

    @property
    def exit_code(self) -> int:
        found = EXIT.search(self.command)
        return int(found[1]) if found else 0


@dataclass
class World:
    """The hosts of one page, and which of its ids is which one here."""

    root: Path
    ids: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    """What is in the environment of all hosts besides."""

    def run(self, step: Step) -> tuple[int, str]:
        """Run a command where its host stands. Gives the exit code and all that was printed."""
        home = self.home(step.host)
        here = self.folders.setdefault(step.host, str(home))
        command = _replaced(step.command, self.ids)
        script = f"trap 'pwd >{home}/.pwd' EXIT\n{command}\n"
        code, output = on_terminal(["bash", "-c", script], here, self.environment(home))
        self.folders[step.host] = (home / ".pwd").read_text().strip()
        settled(Path(self.folders[step.host]))
        self.learn(step.expected, output)
        return code, output

    def home(self, host: str) -> Path:
        name = PEOPLE[host]
        home = self.root / "home" / name
        if not home.exists():
            home.mkdir(parents=True)
            (home / ".gitconfig").write_text(
                f"[user]\n\tname = {name.title()}\n\temail = {name}@example.invalid\n"
                f"[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[advice]\n\tdetachedHead = false\n"
                f'[url "{self.root}/home/git/"]\n\tinsteadOf = git@hub:\n'
            )
        return home

    def environment(self, home: Path) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PAGER": "cat",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "COLUMNS": "1000",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            **self.more,
        }

    def learn(self, expected: str, output: str) -> None:
        for shown, real in zip(ADDED.findall(expected), ADDED.findall(output), strict=False):
            self.ids[shown] = real

    def alike(self, text: str) -> str:
        """The text without what differs from run to run."""
        for shown in self.ids:
            text = re.sub(rf"\b{shown}{B32}{{{12 - len(shown)}}}\b", f"{shown}-WHOLE", text)
        for pattern, word in ALIKE:
            text = re.sub(pattern, word, text, flags=re.MULTILINE)
        return text.strip("\n")

    def as_shown(self, output: str) -> str:
        """Real output under the names of the page."""
        shown = {real: shown for shown, real in self.ids.items()}
        text = _replaced(output.replace(str(self.root), ""), shown)
        for name in shown.values():
            text = re.sub(rf"\btasks/{B32}{{2}}/{name}", f"tasks/{name[:2]}/{name}", text)
        return text


def _replaced(text: str, names: dict[str, str]) -> str:
    """Every id, short or whole, replaced in one pass; no word that merely begins like one."""
    if not names:
        return text
    ids = rf"\b(?:{'|'.join(names)})(?=(?:{B32}{{8}})?\b)"
    return re.sub(ids, lambda found: names[found[0]], text)


def on_terminal(command: list[str], cwd: str, env: dict[str, str]) -> tuple[int, str]:
    """Run a program whose standard output is a terminal; what it says beside that comes after."""
    ours, theirs = pty.openpty()
    chunks: list[bytes] = []
    reader = threading.Thread(target=lambda: chunks.extend(_read(ours)))
    try:
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
        ) as child:
            os.close(theirs)
            reader.start()
            _, talk = child.communicate(timeout=120)
        reader.join()
    finally:
        os.close(ours)
    text = b"".join(chunks).decode() + talk.decode()
    return child.returncode, text.replace("\r\n", "\n")


def _read(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # Linux says so when the last writer is gone, others return nothing
            return
        if not chunk:
            return
        yield chunk


def steps_of(text: str) -> Iterator[Step]:
    """The commands of all console blocks; lines that begin with `> ` continue one."""
    for block in CONSOLE.findall(text):
        step: Step | None = None
        for line in block.splitlines():
            prompt = PROMPT.fullmatch(line)
            if prompt and prompt[1] in PEOPLE:
                if step:
                    yield step
                step = Step(prompt[1], prompt[2])
            elif step and line.startswith("> ") and not step.expected:
                step.command += "\n" + line[2:]
            elif step:
                step.expected += line + "\n"
        if step:
            yield step


def fits(expected: str, actual: str) -> bool:
    """Whether the output is the expected one; a line `…` stands for any lines, also none."""
    lines = [".*" if line.strip() == "…" else re.escape(line) for line in expected.split("\n")]
    pattern = "\n".join(lines).replace("\n.*", "(?:\n.*)*").replace(".*\n", "(?:.*\n)*")
    return bool(re.fullmatch(pattern, actual))


@pytest.mark.parametrize("page", STORIES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_do_what_it_shows(page: Path, tmp_path: Path) -> None:
    world = World((tmp_path / "world").resolve())
    text = page.read_text("utf-8")
    far = world.environment(world.home("apricot"))
    with ExitStack() as stack:
        if "rclaude" in text:
            world.more = stack.enter_context(reached("apricot", tmp_path, far))
        for step in steps_of(text):
            code, output = world.run(step)
            expected, actual = world.alike(step.expected), world.alike(world.as_shown(output))
            told = f"{step.host}$ {step.command}\n{output}"
            assert code == step.exit_code, told
            assert fits(expected, actual), f"{told}\n--- expected\n{expected}\n--- actual\n{actual}"


def test_the_readme_begins_with_the_two_commands_of_a_fresh_machine() -> None:
    first = re.search(
        r"^```\w*\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert first
    assert first[1].splitlines() == [
        "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/clare demo",
        ".venv/bin/pytest",
    ]


def test_the_working_day_of_the_readme_shows_what_a_fleet_does_all_day() -> None:
    commands = "\n".join(step.command for step in steps_of((ROOT / "README.md").read_text("utf-8")))
    words = "init|project add|add|join|ready|next --claim|comment|done|show|sync|log|doctor"
    for word in words.split("|"):
        assert f"clare {word}" in commands


def test_generated_pages_are_current() -> None:
    command = [sys.executable, "-m", "cogapp", "--check", GENERATED]
    environment = {**os.environ, "COLUMNS": "40"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"run `cog -r {GENERATED}`\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    "page",
    [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_into_a_page_lead_to_a_heading(page: Path) -> None:
    links = re.findall(r"\]\(([^):#]*)#([^)]+)\)", page.read_text("utf-8"))
    missing = [
        f"{where}#{name}"
        for where, name in links
        if name not in headings(page.parent / where if where else page)
    ]
    assert missing == []


def headings(page: Path) -> set[str]:
    """The names under which a forge knows a page's headings."""
    lines = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_every_page_is_linked_from_the_manual_and_the_manual_from_the_readme() -> None:
    manual = ROOT / "docs" / "README.md"
    linked = {(manual.parent / link).resolve() for link in LINK.findall(manual.read_text("utf-8"))}
    pages = {page.resolve() for page in PAGES} - {manual.resolve(), (ROOT / "README.md").resolve()}
    assert pages - linked == set()
    assert "docs/README.md" in LINK.findall((ROOT / "README.md").read_text("utf-8"))


def test_an_elided_line_stands_for_any_lines() -> None:
    assert fits("one\n…\nfour", "one\ntwo\nthree\nfour")
    assert fits("one\n…", "one")
    assert fits("one\n…", "one\ntwo")
    assert not fits("one\n…\nfour", "one\ntwo\nthree")
    assert not fits("one", "one\ntwo")


def test_ids_times_and_hashes_are_made_alike_and_nothing_else(tmp_path: Path) -> None:
    world = World(tmp_path, ids={"7qk2": "x3f9"})
    shown = world.as_shown(
        "x3f9m9xw4v0c at 2026-11-20T09:04:12Z, 5 s old in tasks/x3/x3f9m9xw4v0c\n"
    )
    assert shown.startswith("7qk2m9xw4v0c at ")
    assert world.alike(shown) == "7qk2-WHOLE at TIME, AGE old in tasks/7q/7qk2-WHOLE"
    assert world.alike("nat holds 7qk2: Take  orders") == "nat holds 7qk2: Take  orders"
