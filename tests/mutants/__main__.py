"""`python -m tests.mutants [NAME…]`: a test that cannot fail proves nothing; these show that they can.

Each mutant is made in a copy of the sources. It counts as caught when every test it names fails.
`--quick` takes those whose tests start no git.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants import catalogue, surroundings, writing
from tests.mutants.catalogue import Mutant

ROOT = Path(__file__).resolve().parents[2]
PURE = ("tests/core/", "tests/views/")
AT_ONCE = 1 + (os.cpu_count() or 1)


def main(wanted: list[str]) -> int:
    """Run the mutants, print a line each. Returns 1 if one survived."""
    known = (*catalogue.MUTANTS, *surroundings.MUTANTS, *writing.MUTANTS)
    if wanted == ["--quick"]:
        chosen = [mutant for mutant in known if all(test.startswith(PURE) for test in mutant.tests)]
    else:
        chosen = [mutant for mutant in known if not wanted or mutant.name in wanted]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        problems = list(pool.map(_hunt, chosen))
    for mutant, problem in zip(chosen, problems, strict=True):
        print(f"{'caught  ' if not problem else 'SURVIVED'}  {mutant.name}{problem}")
    survived = sum(map(bool, problems))
    print(f"{len(chosen) - survived} mutants caught, {survived} survived")
    return 1 if survived or not chosen else 0


def _hunt(mutant: Mutant) -> str:
    """Empty if every named test fails on the mutant; else what happened instead."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        for change in mutant.changes:
            path = source / "clare" / change.file
            text = path.read_text("utf-8")
            if text.count(change.old) != 1:
                return f": {change.file} has {text.count(change.old)} × {change.old!r}"
            path.write_text(text.replace(change.old, change.new), "utf-8")
        return _run(mutant, source)


def _run(mutant: Mutant, source: Path) -> str:
    options = ["-q", "-n0", "-p", "no:cacheprovider", "--tb=no", "--no-header"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *mutant.tests],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(source),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_PROFILE": "mutants",
        },
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|errors?)", done.stdout)}
    if done.returncode == 1 and counts.get("failed") and set(counts) == {"failed"}:
        return ""
    return f": expected only failures, got exit {done.returncode}, {counts or done.stdout[-300:]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
