"""What `docs/day.md` says about what is typed: counted from the commands that stand there."""

import re
from dataclasses import dataclass

from tests.test_docs import ROOT, steps_of

PAGE = (ROOT / "docs" / "day.md").read_text("utf-8")
SCENARIO = re.compile(r"^## (\d)\. (.+?)\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
OTHER = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"\| (\d)\. (.+?) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|")


@dataclass(frozen=True)
class Count:
    """Characters that are typed, and commands that are run."""

    characters: int
    processes: int


def counted(commands: list[str]) -> Count:
    return Count(sum(map(len, commands)), len(commands))


def scenarios() -> dict[str, tuple[Count, Count]]:
    """For each scenario what is typed here, and in bd.

    The commands of ours are those of the console block right before the ones of bd.
    """
    found = {}
    for number, name, text in SCENARIO.findall(PAGE):
        before, theirs = OTHER.split(text)[0], OTHER.findall(text)
        assert len(theirs) == 1, name
        block = before[before.rindex("```console") :]
        ours = [step.command for step in steps_of(block)]
        assert all(command.startswith("clare ") for command in ours), name
        other = theirs[0].splitlines()
        assert all(command.startswith("bd ") for command in other), name
        found[f"{number}. {name}"] = counted(ours), counted(other)
    return found


def test_the_table_says_what_the_commands_count() -> None:
    told = {
        f"{number}. {name}": (Count(int(a), int(b)), Count(int(c), int(d)))
        for number, name, a, b, c, d in ROW.findall(PAGE)
    }
    assert told == scenarios()
    assert len(told) == 6


def test_no_scenario_takes_more_typing_or_more_processes_than_in_bd() -> None:
    for name, (ours, theirs) in scenarios().items():
        assert ours.characters <= theirs.characters, name
        assert ours.processes <= theirs.processes, name
