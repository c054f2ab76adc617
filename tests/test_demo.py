"""The demo tells the truth: one winner, one contested field, equal digests."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clare.errors import ClareError
from clare.services.demo import PEOPLE, Ran, Stage, tell


def run_demo(tmp_path: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return subprocess.run(
        [sys.executable, "-m", "clare", "demo", *options],
        env={**os.environ, "TMPDIR": str(scratch), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def digest_of(board: Path) -> str:
    command = [sys.executable, "-m", "clare", "--fleet", str(board), "digest"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_demo_has_one_winner_and_ends_with_equal_digests(tmp_path: Path, home: Path) -> None:
    before = files_below(home)
    done = run_demo(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(re.findall(r"^(?:plum|apricot)\$ clare claim ", done.stdout, re.MULTILINE)) == 2
    assert done.stdout.count("(exit 4)") == 1
    assert "priority is contested" in done.stdout
    (folder,) = (tmp_path / "scratch").iterdir()
    assert f"cd {folder}/plum/orchard" in done.stdout
    assert digest_of(folder / "plum" / "orchard") == digest_of(folder / "apricot" / "orchard")
    assert files_below(home) == before


def test_the_demo_hears_nothing_of_the_users_boards_agents_and_git(tmp_path: Path) -> None:
    done = run_demo(
        tmp_path,
        "--json",
        CLARE_FLEET="/nowhere",
        CLARE_HOST="NO HOST",
        CLARE_ACTOR="nobody in particular",
        CLAUDECODE="1",
        GIT_DIR="/nowhere",
        GIT_AUTHOR_NAME="Somebody Else",
    )
    assert done.returncode == 0, done.stderr
    assert "Somebody" not in done.stdout
    assert "nat adds" in done.stdout


def pretended(codes: tuple[int, int]) -> list[Ran]:
    hosts = zip(PEOPLE, codes, strict=True)
    return [Ran(host, ("clare", "claim"), f"from {host}\n", code) for host, code in hosts]


@pytest.mark.parametrize("codes", [(0, 0), (4, 4), (0, 1)])
def test_the_demo_fails_unless_one_claim_wins_and_the_other_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codes: tuple[int, int]
) -> None:
    def race(stage: Stage, *words: str) -> list[Ran]:
        return pretended(codes)

    monkeypatch.setattr(Stage, "race", race)
    with pytest.raises(ClareError, match="one winner"):
        list(tell(tmp_path / "stage"))


def test_the_demo_fails_when_the_digests_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Stage.race

    def race(stage: Stage, *words: str) -> list[Ran]:
        return pretended((0, 0)) if "digest" in words else honest(stage, *words)

    monkeypatch.setattr(Stage, "race", race)
    with pytest.raises(ClareError, match="digests differ"):
        list(tell(tmp_path / "stage"))


def test_a_command_of_the_demo_that_fails_ends_it_with_its_words(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with pytest.raises(ClareError, match="there is no fleet here"):
        stage.run("plum", "clare", "ready")
