"""Writing down every program that Python starts, by an audit hook that no program can take off."""

import json
from dataclasses import dataclass
from pathlib import Path

SPY = """\
import json, os, sys

def heard(event, args):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
        tell(event, args[0], [os.fsdecode(word) for word in args[1]])
    elif event in ("os.system", "os.fork", "os.forkpty", "pty.spawn", "os.spawn"):
        tell(event, event, [str(word) for word in args])

def tell(event, program, words):
    log = os.open(os.environ["SPY_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    line = json.dumps([event, os.fsdecode(program), sys.argv[0], words])
    os.write(log, (line + chr(10)).encode())
    os.close(log)

sys.addaudithook(heard)
"""


@dataclass(frozen=True, slots=True)
class Start:
    """A program that was started: how, which, by whom, and with which words."""

    event: str
    program: str
    who: str
    words: tuple[str, ...]


class Spy:
    """What was started by the programs that have found `env` in their environment."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(SPY)
        self._log = folder / "log"
        self.env = {"PYTHONPATH": str(folder), "SPY_LOG": str(self._log)}

    def starts(self) -> list[Start]:
        """All starts so far."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        told = (json.loads(line) for line in lines)
        return [
            Start(event, Path(program).name, Path(who).name, tuple(words))
            for event, program, who, words in told
        ]

    def heard(self) -> set[tuple[str, str]]:
        """Who started what, by the names of the programs."""
        return {(start.who, start.program) for start in self.starts()}

    def events(self) -> set[str]:
        """The ways in which something was started."""
        return {start.event for start in self.starts()}
