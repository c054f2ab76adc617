"""Transcripts and registry entries of the real shape, and a large tree of them.

`python -m tests.rclaude.tree FOLDER` writes 500 sessions with 2 GB of transcripts in all, whose ends
are full of real lines; then `CLAUDE_CONFIG_DIR=FOLDER rclaude list` is what to measure.
"""

import json
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

Line = dict[str, object]
SESSIONS = 500
BYTES = 2 << 30


def sid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def stamp(moment: float) -> str:
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def turn(
    kind: str, message: Mapping[str, object], moment: float | None = None, **more: object
) -> Line:
    """A line of a conversation."""
    usual: Line = {
        "parentUuid": None,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/srv/work",
        "sessionId": sid(1),
        "version": "2.1.139",
        "gitBranch": "main",
        "type": kind,
        "message": message,
        "timestamp": stamp(time.time() if moment is None else moment),
    }
    return {**usual, **more}


def prompt(text: str, moment: float | None = None, **more: object) -> Line:
    return turn("user", {"role": "user", "content": text}, moment, **more)


def result(text: str, moment: float | None = None, **more: object) -> Line:
    block = {"type": "tool_result", "tool_use_id": "toolu_1", "content": text}
    return turn("user", {"role": "user", "content": [block]}, moment, **more)


def answer(
    *blocks: Mapping[str, object],
    reason: str | None = "end_turn",
    usage: object = None,
    model: str = "claude-opus-4-7",
    name: str = "msg_1",
    moment: float | None = None,
    **more: object,
) -> Line:
    message = {
        "model": model,
        "id": name,
        "type": "message",
        "role": "assistant",
        "content": list(blocks),
        "stop_reason": reason,
        "usage": tokens() if usage is None else usage,
    }
    return turn("assistant", message, moment, **more)


def says(text: str) -> Line:
    return {"type": "text", "text": text}


def calls(name: str) -> Line:
    return {"type": "tool_use", "id": "toolu_1", "name": name, "input": {"command": "make"}}


def tokens(fresh: int = 3, written: int = 20, read: int = 400, out: int = 5) -> Line:
    return {
        "input_tokens": fresh,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "output_tokens": out,
        "service_tier": "standard",
    }


def data(lines: Iterable[Line]) -> bytes:
    """Lines as the agent writes them: without a space between what belongs together."""
    compact = (json.dumps(each, separators=(",", ":")) for each in lines)
    return "".join(f"{each}\n" for each in compact).encode()


def transcript(
    base: Path, name: str, content: Iterable[Line] | bytes, slug: str = "-srv-work"
) -> Path:
    """Write the transcript of a session below the folder of the agent."""
    path = base / "projects" / slug / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else data(content))
    return path


def entry(base: Path, pid: int, **fields: object) -> Path:
    """Write an entry of the registry."""
    path = base / "sessions" / f"{pid}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"pid": pid, **fields}))
    return path


def started(pid: int) -> str:
    """When a process started, as the agent notes it: the ticks of /proc."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def work(turns: int, moment: float) -> list[Line]:
    """A conversation about as long and as varied as real ones are."""
    found: list[Line] = []
    for number in range(turns):
        at = moment + number
        aside = number % 3 == 2
        found += [
            answer(
                {
                    "type": "thinking",
                    "thinking": "Let me look at what the tests say. " * 9,
                    "signature": "c2ln" * 80,
                },
                calls("Bash"),
                says("I run them again."),
                reason="tool_use",
                name=f"msg_{number}",
                moment=at,
                isSidechain=aside,
            ),
            result("tests/test_one.py . . . . 12 passed\n" * 20, at, isSidechain=aside),
        ]
    return found


def large(base: Path, sessions: int = SESSIONS, whole: int = BYTES) -> None:
    """Write many sessions of the same size in all; their ends are dense with lines."""
    now = time.time()
    for number in range(1, sessions + 1):
        moment = now - number
        dense = data(work(420, moment - 1000)) + data([answer(says("Done."), moment=moment)])
        opening = data([prompt(f"Make number {number} work.", moment - 2000)])
        times = max(1, (whole // sessions - len(opening)) // len(dense))
        transcript(base, sid(number), opening + dense * times, f"-srv-work-{number % 20}")


if __name__ == "__main__":
    large(Path(sys.argv[1]))
