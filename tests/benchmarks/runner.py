"""Runs commands one after the other and tells what each took: a small process of its own.

Linux counts what a program's memory was before it became that program: whoever starts a command to
measure its memory has to be small. So this imports little, and `Runner` talks to it in lines of JSON.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Took:
    """One run: wall time and CPU time in ms, the largest process in MB, and how it ended."""

    ms: float
    cpu: float
    mb: float
    code: int


class Runner:
    """The other side: starts the small process and asks it for runs."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.said = folder / "said"
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
        )

    def __enter__(self) -> "Runner":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def run(
        self,
        command: Sequence[str],
        *,
        given: Path | None = None,
        out: Path = Path(os.devnull),
        path: str = "",
    ) -> Took:
        """Run a command with its output in a file; `path` stands before $PATH."""
        assert self.process.stdin
        assert self.process.stdout
        line = [list(command), str(given or os.devnull), str(out), str(self.said), path]
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        took = Took(*json.loads(self.process.stdout.readline()))
        said = self.said.read_text("utf-8", "replace")
        assert took.code == 0, f"{' '.join(command)} ended with {took.code}: {said}"
        return took


def serve() -> None:
    """Answer each line on standard input with one on standard output."""
    for line in iter(sys.stdin.buffer.readline, b""):
        command, given, out, said, path = json.loads(line)
        print(json.dumps(_measured(command, given, (out, said), path)), flush=True)


def _measured(command: list[str], given: str, out: tuple[str, str], path: str) -> list[float]:
    found = os.environ["PATH"]
    environment = {**os.environ, "PATH": f"{path}:{found}" if path else found}
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = (
        (os.POSIX_SPAWN_OPEN, 0, given, os.O_RDONLY, 0),
        *((os.POSIX_SPAWN_OPEN, number, name, flags, 0o666) for number, name in enumerate(out, 1)),
    )
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, environment, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - start
    cpu = usage.ru_utime + usage.ru_stime
    return [took * 1000, cpu * 1000, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]


if __name__ == "__main__":
    serve()
