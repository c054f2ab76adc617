"""Every example that a help text shows runs as it stands there.

All run in one world, which is put back before each: a board with the tasks 7qk2 and 9xw4 on plum, and
`git@hub:fleet.git` as a folder. What an example takes for granted beside that is in `BEFORE`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

from clare.cli.entry import cli
from clare.cli.examples import examples_of
from clare.cli.lazy import LazyGroup
from tests.publishers import settled
from tests.rclaude.reaching import reached

DATA = Path(__file__).parents[1] / "data"
ELSEWHERE = "mkdir ../elsewhere; cd ../elsewhere"
NEW_HUB = "rm -rf ~/hub/fleet.git; git init --quiet --bare ~/hub/fleet.git"
CONFIGURE = "mkdir -p ~/.config/rclaude; printf '%b'"
PROGRAM = Path(sys.executable).with_name("rclaude")
REACHED = "\\n".join(
    ['self = "plum"', "[hosts.apricot]", f'rclaude = "{PROGRAM}"', 'repos = ["~/fleet.git"]']
)
BEFORE = {
    "clare wait 7qk2": "clare done 7qk2",
    "clare release 7qk2 -m 'The zones are still missing.'": "clare claim 7qk2",
    "clare reopen 7qk2 -m 'It came back.'": "clare drop 7qk2",
    "clare init": ELSEWHERE,
    "clare init fleet --host plum --hub git@hub:fleet.git": f"{ELSEWHERE}; {NEW_HUB}",
    "clare join git@hub:fleet.git --host apricot": ELSEWHERE,
    "clare doctor --acknowledge notes.yaml": "echo '[' >fleet/tasks/7q/7qk2m9xw4v0c/notes.yaml; "
    "git add fleet; git commit --quiet -m 'a mistake'",
    "clare host edit plum -r gpu --unrole builder --about 'in the rack'": "clare host add plum",
    "clare host list --probe": f"{CONFIGURE} 'self = \"plum\"' >~/.config/rclaude/hosts.toml",
    "clare sync apricot": f"{CONFIGURE} '{REACHED}' >~/.config/rclaude/hosts.toml",
    "clare export -o board.jsonl": "rm board.jsonl",
    "clare config unset sync": "clare config set sync manual",
    "clare hooks agents remove": "clare hooks agents install",
    "clare man remove": "clare man install",
    "clare completion fish | source": "source() { cat; }",  # a shell of its own has it read this
}
"""What has to happen before an example makes sense."""

BY_SSH = {"clare sync apricot"}
"""What goes to another host."""

ENDLESS = {"clare sync --watch"}
"""What goes on until it is interrupted, which exits with 130."""

TASKS = (
    {"id": "7qk2m9xw4v0c", "title": "Parse dates", "labels": ["parser"], "project": "web"},
    {"id": "9xw4v0c7qk2m", "title": "Parse zones", "labels": ["later"], "type": "bug"},
)
PROGRAMS = {
    "bd": f"cat {DATA}/beads.jsonl",
    "gh": f"cat {DATA}/github-rest.json",
    "man": "cat",
    "task": f"cat {DATA}/taskwarrior.json",
}
"""Programs of others, with what they print."""

FILES = {
    "TODO.md": DATA / "todo.md",
    "backlog": DATA / "backlog",
    "board.jsonl": DATA / "board.jsonl",
    "issues.jsonl": DATA / "beads.jsonl",
    "issues.json": DATA / "github.json",
    "plan.csv": DATA / "plan.csv",
}
PLAN = """\
- &lexer Write the lexer
- title: Write the parser
  needs: *lexer
- task: 7qk2
  due: 2026-12-01
"""


@dataclass(frozen=True)
class Shell:
    """A folder, and an environment in which `clare` is on the path."""

    root: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def board(self) -> Path:
        return self.root / "board"

    @property
    def env(self) -> dict[str, str]:
        path = (str(self.root / "bin"), str(Path(sys.executable).parent), os.environ["PATH"])
        return {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.root),
            "GIT_CONFIG_NOSYSTEM": "1",
            "CLARE_ACTOR": "nat",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            **self.more,
        }

    def start(self, command: str, folder: Path | None = None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["bash", "-c", f"set -eo pipefail\n{command}"],
            cwd=folder or self.board,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ok(self, command: str, folder: Path | None = None) -> str:
        """What a command prints that must succeed."""
        with self.start(command, folder) as child:
            output, _ = child.communicate(timeout=120)
        assert child.returncode == 0, f"{command}: exit {child.returncode}\n{output}"
        settled(self.board)
        return output


def commands(group: LazyGroup, path: str) -> Iterator[tuple[str, click.Command]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command
        if isinstance(command, LazyGroup):
            if name != "task":  # whose commands are documented without it
                yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


EXAMPLES = [example for _, each in commands(cli, "clare") for example in examples_of(each)]


def build(root: Path) -> Shell:
    """The world in which the examples are at home."""
    shell = Shell(root)
    for name, script in PROGRAMS.items():
        path = root / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    (root / ".gitconfig").write_text(
        "[user]\n\tname = Nat\n\temail = nat@example.invalid\n[gc]\n\tauto = 0\n"
        f'[maintenance]\n\tauto = false\n[url "{root}/hub/"]\n\tinsteadOf = git@hub:\n'
    )
    (root / "tasks.jsonl").write_text("".join(f"{json.dumps(task)}\n" for task in TASKS))
    shell.ok(f"mkdir hub; {NEW_HUB}; clare init board --host plum --hub git@hub:fleet.git", root)
    shell.ok("clare project add web")
    shell.ok("clare import jsonl ../tasks.jsonl")
    shell.ok("clare view save mine is:mine; clare view save bugs type:bug")
    shell.ok("clare host add apricot")
    (shell.board / "fleet" / "templates").mkdir()
    (shell.board / "fleet" / "templates" / "release.yaml").write_text("title: Release\n")
    shell.ok("git add fleet; git commit --quiet -m 'a template'; clare sync")
    for name, source in FILES.items():
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, shell.board / name)
    (shell.board / "week.yaml").write_text(PLAN)
    (shell.board / "export").write_text("#!/bin/sh\ncat week.yaml\n")
    (shell.board / "export").chmod(0o755)
    return shell


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = (tmp_path_factory.mktemp("examples") / "world").resolve()
    root.mkdir()
    build(root)
    shutil.copytree(root, root.with_name("kept"), symlinks=True)
    return root


@pytest.fixture
def shell(built: Path) -> Shell:
    """The world as it was built, in the same place: so it is the same clone."""
    shutil.rmtree(built)
    shutil.copytree(built.with_name("kept"), built, symlinks=True)
    return Shell(built)


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each not in ENDLESS | BY_SSH])
def test_every_example_of_a_help_text_runs(shell: Shell, example: str) -> None:
    shell.ok(f"{BEFORE.get(example, ':')}\n{example}")


@pytest.mark.parametrize("example", sorted(BY_SSH))
def test_every_example_that_goes_to_another_host_runs(
    shell: Shell, tmp_path: Path, example: str
) -> None:
    home = tmp_path / "apricot"
    home.mkdir()
    subprocess.run(["git", "init", "-q", "--bare", home / "fleet.git"], check=True)
    far = {"HOME": str(home), "PATH": shell.env["PATH"]}
    with reached("apricot", tmp_path, far) as more:
        Shell(shell.root, more).ok(f"{BEFORE[example]}\n{example}")


@pytest.mark.parametrize("example", sorted(ENDLESS))
def test_what_goes_on_and_on_works_until_it_is_interrupted(shell: Shell, example: str) -> None:
    with shell.start(f"clare add --no-sync 'Waits here'\nexec {example}") as child:
        assert child.stdout
        lines = [child.stdout.readline() for _ in range(2)]
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=60)
    assert lines[1] == "received 0 events, published 1 commit\n"
    assert child.returncode == 130


def test_what_is_prepared_is_prepared_for_an_example_that_there_is() -> None:
    assert set(BEFORE) | ENDLESS <= set(EXAMPLES)


def test_no_command_is_without_an_example() -> None:
    assert [path for path, command in commands(cli, "clare") if not examples_of(command)] == []
    assert len(EXAMPLES) > 60
