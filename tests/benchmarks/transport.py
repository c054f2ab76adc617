"""`python -m tests.benchmarks transport`: the transport over real ssh hosts on loopback.

Eight hosts with a home each, all on this machine, so that their work is done by the same processors.
"""

import json
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.benchmarks import news
from tests.benchmarks.boards import REF, kept_board
from tests.benchmarks.figures import measure, table
from tests.benchmarks.rows import CLICK, Budget, Row
from tests.benchmarks.runner import Runner
from tests.rclaude.client import Client, a_client
from tests.rclaude.farm import PROGRAM, Farm, a_farm

NAMES = ("apricot", "quince", "medlar", "damson", "cherry", "hazel", "walnut", "rowan")
SSH = "floor: `ssh apricot true` over a live master"
PLAIN = "floor: `git fetch` of 1,000 new events by plain ssh, same master"
PLAIN_NONE = "floor: `git fetch` of nothing new by plain ssh, same master"
SESSIONS = 500
BYTES = 4_300_000
"""Of each transcript: together a little over 2 GB."""


def compared(events: int, *, runs: int) -> str:
    """Measure the transport, with a board of so many events to fetch from."""
    with ExitStack() as stack:
        farm = stack.enter_context(a_farm(*NAMES))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rclaude-measured-")))
        home = folder / "home"
        (home / ".config").mkdir(parents=True)
        env = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "CLARE_ACTOR": "nat"}
        os.environ.update(env)  # before the client, which takes what it finds
        client = stack.enter_context(a_client(farm, folder, home))
        rows = [*_rows(client, farm, folder, events, runs)]
        with Runner(client.environment(env), folder) as runner:
            found = table(measure(rows, runner, folder, runs=runs))
            return f"{found}\n\n{_together(client, runs)}"


def _rows(client: Client, farm: Farm, folder: Path, events: int, runs: int) -> Iterator[Row]:
    program = str(PROGRAM)
    one = [program, "list", "--host", "apricot"]
    yield Row(CLICK, lambda: ["python3", "-c", "import click"])
    master = ["-o", "ControlMaster=auto", "-o", f"ControlPath={client.sockets}/%C"]
    yield Row(SSH, lambda: ["ssh", *master, "apricot", "true"])
    yield Row("`rclaude list --host apricot` over a live master", lambda: one, Budget(ms=150))
    client.run(*one)
    transcripts(folder / "claude", SESSIONS, BYTES)
    here = ["env", f"CLAUDE_CONFIG_DIR={folder / 'claude'}", program, "list", "--host", "plum"]
    name = f"`rclaude list` of {SESSIONS} sessions with 2 GB of transcripts"
    yield Row(name, lambda: here, Budget(ms=1000))
    yield from _fetches(client, farm, folder, events, runs)


def _fetches(client: Client, farm: Farm, folder: Path, events: int, runs: int) -> Iterator[Row]:
    """Fetching the same news into two clones, in turn: by plain ssh, and by rclaude."""
    kept, far = kept_board(events), farm["apricot"].home / "fleet.git"
    subprocess.run(["git", "clone", "-q", "--bare", kept.git_dir, far], check=True)
    clones = {kind: folder / f"{kind}.git" for kind in ("plain", "ours")}
    for path in clones.values():
        subprocess.run(["git", "clone", "-q", "--bare", far, path], check=True)
    batches = iter(news.write(far, kept.targets, number=runs + 2, size=1000, seed=7))
    master = f"ssh -o ControlMaster=auto -o ControlPath={client.sockets}/%C"
    addresses = {"plain": f"ssh://apricot{far}", "ours": "rclaude://apricot/~/fleet.git"}

    def fetch(kind: str) -> list[str]:
        words = ["git", "-C", str(clones[kind]), "-c", f"core.sshCommand={master}", "fetch", "-q"]
        return [*words, addresses[kind], f"+{REF}:refs/hub/fleet"]

    def arrive() -> None:
        subprocess.run(["git", "-C", far, "update-ref", REF, next(batches)], check=True)

    yield Row(PLAIN, lambda: fetch("plain"), prepare=arrive)
    news_budget = Budget(base=PLAIN, times=1.5)
    yield Row("`git fetch` of 1,000 new events by `rclaude://`", lambda: fetch("ours"), news_budget)
    yield Row(PLAIN_NONE, lambda: fetch("plain"))
    none_budget = Budget(base=PLAIN_NONE, times=1.5)
    yield Row("`git fetch` of nothing new by `rclaude://`", lambda: fetch("ours"), none_budget)


def _together(client: Client, runs: int) -> str:
    """Eight hosts at once, held against the slowest of them in the same run."""
    client.rclaude("list")
    took: list[tuple[float, float]] = []
    for _ in range(runs):
        listed = client.rclaude("list")
        assert listed.code == 0, listed.err
        took.append((listed.seconds * 1000, float(max(_ms(listed.out).values()))))
    whole, slowest = (median(each) for each in zip(*took, strict=True))
    holds = "yes" if all(all_ <= 1.3 * one + 300 for all_, one in took) else "**no**"
    return (
        f"`rclaude list` over {len(NAMES)} hosts and this one: {whole:.0f} ms, the slowest of them "
        f"{slowest:.0f} ms; at most 1.3 × that and 300 ms more in each run: {holds}"
    )


def _ms(out: str) -> Mapping[str, int]:
    cells = (line.split("\t") for line in out.splitlines() if line.startswith("#host"))
    return {each[1]: int(each[3]) for each in cells}


def transcripts(folder: Path, number: int, size: int) -> None:
    """Write so many transcripts of so many bytes each, dense to their ends, in twenty projects."""
    dice = random.Random(20261120)
    for place in range(number):
        project = folder / "projects" / f"-home-nat-Code-{place % 20}"
        project.mkdir(parents=True, exist_ok=True)
        sid = f"{dice.getrandbits(32):08x}-{dice.getrandbits(16):04x}-4000-8000-{place:012x}"
        begin, work, end = (_lines(sid, place, part) for part in ("begin", "work", "end"))
        whole = begin + work * ((size - len(begin) - len(end)) // len(work)) + end
        (project / f"{sid}.jsonl").write_bytes(whole)


def _lines(sid: str, place: int, part: str) -> bytes:
    common = {"sessionId": sid, "cwd": f"/home/nat/Code/{place % 20}", "gitBranch": "main"}
    known = {**common, "version": "2.0.14", "isSidechain": False, "timestamp": _AT}
    user = {**known, "type": "user", "message": {"role": "user", "content": f"Mend part {place}"}}
    tool = [
        {"type": "tool_use", "id": f"toolu_{place}", "name": "Bash", "input": {"command": "ls"}}
    ]
    busy = {**known, "type": "assistant", "message": _message(place, tool, "tool_use")}
    back = [{"type": "tool_result", "tool_use_id": f"toolu_{place}", "content": "x" * 900}]
    result = {**known, "type": "user", "message": {"role": "user", "content": back}}
    said = [{"type": "text", "text": "Done: all tests pass."}]
    done = {**known, "type": "assistant", "message": _message(place, said, "end_turn")}
    lines: Mapping[str, Sequence[object]] = {"begin": [user], "work": [busy, result], "end": [done]}
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines[part])


_AT = "2026-11-20T09:04:12.123Z"


def _message(place: int, content: Sequence[object], stop: str) -> dict[str, object]:
    usage = {"input_tokens": 4, "cache_read_input_tokens": 21_000, "output_tokens": 180}
    head = {"id": f"msg_{place}", "role": "assistant", "model": "claude-opus-4-5"}
    return {**head, "content": content, "stop_reason": stop, "usage": usage}
