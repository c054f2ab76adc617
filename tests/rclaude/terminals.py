"""Real tmux servers, each on a socket below a short folder of its own, with stand-in agents in them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rclaude import rows
from rclaude.rows import Row
from tests.servers import needs

ROOT = Path(__file__).parents[2]
LONGEST = 20.0


def until(holds: Callable[[], bool], what: str) -> None:
    """Return when something holds."""
    deadline = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < deadline, f"never came about: {what}"
        time.sleep(0.01)


class Server:
    """A tmux server: `rclaude` is the private one, `default` the other."""

    def __init__(self, folder: Path, socket: str) -> None:
        self.folder, self.socket = folder, socket
        self._tmux = str(needs("tmux"))

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [self._tmux, "-u", "-L", self.socket, "-f", os.devnull, *words],
            env={**os.environ, "TMUX_TMPDIR": str(self.folder)},
            capture_output=True,
            check=True,
            timeout=LONGEST,
        )
        return done.stdout.decode().rstrip("\n")

    def start(self, name: str, *words: str, cwd: Path | None = None, **environment: str) -> str:
        """Start a program in a session of its own; the id of its pane."""
        settings = [part for each in environment.items() for part in ("-e", "=".join(each))]
        size = ("-x", "120", "-y", "30", "-c", str(cwd or Path.cwd()))
        return self.run(
            *("new-session", "-d", "-P", "-F", "#{pane_id}", "-s", name, *size, *settings, *words)
        )

    def agent(self, name: str, sid: str, cwd: Path | None = None, **environment: str) -> str:
        """Start a stand-in agent; the id of its pane."""
        words = (sys.executable, "-m", "tests.rclaude.standin", "--session-id", sid)
        return self.start(name, *words, cwd=cwd, PYTHONPATH=str(ROOT), **environment)

    def type(self, pane: str, text: str) -> None:
        """Type a line, and Enter."""
        self.run("send-keys", "-t", pane, "-l", text)
        self.run("send-keys", "-t", pane, "Enter")

    def keep_dead_panes(self) -> None:
        """Let panes stay when their programs end."""
        self.start("keeper", "cat")
        self.run("set-option", "-g", "remain-on-exit", "on")

    @property
    def pid(self) -> int:
        return int(self.run("display-message", "-p", "#{pid}"))


@contextmanager
def tmux_servers() -> Iterator[tuple[Server, Server]]:
    """The private server and the default one, which start with their first sessions."""
    folder = Path(tempfile.mkdtemp(prefix="tmux-", dir="/tmp"))
    before = os.environ.get("TMUX_TMPDIR")
    os.environ["TMUX_TMPDIR"] = str(folder)
    servers = Server(folder, "rclaude"), Server(folder, "default")
    try:
        yield servers
    finally:
        for server in servers:
            with suppress(subprocess.CalledProcessError):
                server.run("kill-server")
        if before is None:
            del os.environ["TMUX_TMPDIR"]
        else:
            os.environ["TMUX_TMPDIR"] = before
        shutil.rmtree(folder)


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Stop a process for a while, as if its machine hung."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def configured(home: Path, *lines: str) -> None:
    """Make this host known as plum."""
    folder = home / ".config" / "rclaude"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hosts.toml").write_text("\n".join(['self = "plum"', *lines]))


def rclaude(*words: str, code: int = 0) -> tuple[bytes, str]:
    """Run rclaude as a process; what it prints, and what it complains of."""
    done = subprocess.run(
        [sys.executable, "-m", "rclaude", *words],
        capture_output=True,
        timeout=LONGEST,
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout, done.stderr.decode()


def listed(*words: str) -> list[Row]:
    """The rows of `rclaude list`."""
    out, _ = rclaude("list", *words)
    return list(rows.parse(out, "sessions", "plum").rows)


def peeked(*words: str) -> list[str]:
    """The lines of `rclaude peek`."""
    out, _ = rclaude("peek", *words)
    return [row["text"] for row in rows.parse(out, "peek", "plum").rows]
