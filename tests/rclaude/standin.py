"""A stand-in for the agent: in a real terminal it behaves like one, and it writes what one writes.

It takes `--session-id SID`, `--resume SID` and `--model M`. The environment says how it behaves:
`STANDIN_LOG` is where each submission goes, as a line of JSON; `STANDIN_MODE` is one of

- `slow`: it draws and registers only once the file `STANDIN_GO` is there;
- `swallow`: the first Enter does nothing;
- `dialog`: it waits at a question, until a key is pressed;
- `crash`: the first submission ends it in the middle of a line of the transcript;
- `shell`: what it was started in is a shell once it ends, which the submission `/exit` does.
"""

import json
import os
import signal
import sys
import termios
import time
import tty
import uuid
from pathlib import Path

from tests.rclaude.tree import Line, answer, data, prompt, says, stamp, started

PASTE, PASTED = b"\x1b[200~", b"\x1b[201~"
PROMPT = "> "


class Agent:
    """One session: its files, and what stands in its input."""

    def __init__(self, sid: str, model: str, mode: str) -> None:
        self.sid, self.model, self.mode = sid, model, mode
        self.base = Path(os.environ.get("CLAUDE_CONFIG_DIR") or Path.home() / ".claude")
        slug = "".join(char if char.isalnum() else "-" for char in str(Path.cwd()))
        self.transcript = self.base / "projects" / slug / f"{sid}.jsonl"
        self.entry = self.base / "sessions" / f"{os.getpid()}.json"
        self.draft = b""
        self.swallows = mode == "swallow"

    def register(self, status: str, waiting: str = "") -> None:
        """Tell the registry, in one step, what this session is doing."""
        now = int(time.time() * 1000)
        told = {
            "pid": os.getpid(),
            "procStart": started(os.getpid()),
            "sessionId": self.sid,
            "cwd": str(Path.cwd()),
            "kind": "interactive",
            "version": "2.1.139",
            "name": self.transcript.parent.name,
            "status": status,
            "statusUpdatedAt": now,
            "updatedAt": now,
            **({"waitingFor": waiting} if waiting else {}),
        }
        self.entry.parent.mkdir(parents=True, exist_ok=True)
        half = self.entry.with_suffix(".half")
        half.write_text(json.dumps(told))
        half.replace(self.entry)

    def write(self, *lines: Line, cut: int | None = None) -> None:
        """Append to the transcript; `cut` writes only so many bytes."""
        own = [{**each, "sessionId": self.sid, "cwd": str(Path.cwd())} for each in lines]
        self.transcript.parent.mkdir(parents=True, exist_ok=True)
        with self.transcript.open("ab") as file:
            file.write(data(own)[:cut])

    def submit(self) -> None:
        """Take what stands in the input, and answer it."""
        words, self.draft = self.draft.decode("utf-8", "replace"), b""
        if log := os.environ.get("STANDIN_LOG"):
            with Path(log).open("a") as file:
                file.write(json.dumps({"at": stamp(time.time()), "text": words}) + "\n")
        show(f"\r\n{words}\r\n")
        if words == "/exit":
            self.leave()
        self.register("busy")
        self.write(prompt(words))
        reply = answer(says(f"I heard: {words}"), model=self.model, name=f"msg_{uuid.uuid4().hex}")
        if self.mode == "crash":
            self.write(reply, cut=60)
            os.kill(os.getpid(), signal.SIGKILL)
        self.write(reply)
        show(f"I heard: {words}\r\n{PROMPT}")
        self.register("idle")

    def leave(self) -> None:
        self.entry.unlink(missing_ok=True)
        sys.exit(0)

    def take(self, typed: bytes) -> None:
        """Take one key, or one paste as a whole."""
        if (
            self.mode == "dialog"
            and self.entry.exists()
            and b'"waiting"' in self.entry.read_bytes()
        ):
            self.register("idle")
            show(f"\r\n{PROMPT}")
        elif typed.startswith(PASTE):
            self.draft += typed.removeprefix(PASTE).removesuffix(PASTED).replace(b"\r", b"\n")
        elif typed == b"\r" and self.swallows:
            self.swallows = False
        elif typed == b"\r" and self.draft:
            self.submit()
        elif typed == b"\x03":
            self.leave()
        elif typed == b"\x7f":
            self.draft = self.draft[:-1]
        elif typed >= b" ":
            self.draft += typed
            show(typed.decode("utf-8", "replace"))


def show(text: str) -> None:
    os.write(1, text.encode())


def keys(typed: bytes) -> tuple[list[bytes], bytes]:
    """Whole keys and pastes, and what is still to be completed."""
    found: list[bytes] = []
    while typed:
        if typed.startswith(PASTE):
            end = typed.find(PASTED)
            if end < 0:
                break
            length = end + len(PASTED)
        elif len(typed) < len(PASTE) and PASTE.startswith(typed):
            break
        else:
            length = 1
        found.append(typed[:length])
        typed = typed[length:]
    return found, typed


def run(agent: Agent) -> None:
    """Be the agent until the terminal closes."""
    if agent.mode == "slow":
        while not Path(os.environ["STANDIN_GO"]).exists():
            time.sleep(0.01)
    usual = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        show("\x1b[?2004hStand-in agent\r\n" + PROMPT)
        if agent.mode == "dialog":
            show("Do you trust this folder? 1. Yes 2. No")
            agent.register("waiting", "permission prompt")
        else:
            agent.register("idle")
        rest = b""
        while typed := os.read(0, 65536):
            whole, rest = keys(rest + typed)
            for each in whole:
                agent.take(each)
    finally:
        show("\x1b[?2004l")
        termios.tcsetattr(0, termios.TCSANOW, usual)


def main(words: list[str]) -> None:
    options = dict(zip(words[::2], words[1::2], strict=False))
    sid = options.get("--session-id") or options.get("--resume") or str(uuid.uuid4())
    mode = os.environ.get("STANDIN_MODE", "")
    if mode == "shell" and (child := os.fork()):
        os.waitpid(child, 0)
        os.execvp("sh", ["sh"])
    run(Agent(sid, options.get("--model", "claude-opus-4-7"), mode))


if __name__ == "__main__":
    main(sys.argv[1:])
