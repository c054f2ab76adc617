"""What another host asks, and what git starts, loads little: each waits for it."""

import sys
from pathlib import Path

import pytest

from rclaude import rpc
from rclaude.config import Host
from rclaude.rpc import Request
from tests.rclaude.client import Client
from tests.rclaude.farm import PROGRAM

NEVER = {"clare", "click", "pydantic", "git", "yaml", "asyncio", "dataclasses", "pathlib"}
SLOW = {"concurrent", "inspect", "logging", "subprocess", "socket", "tempfile", "tomllib"}
FAR = {"far", "rpc", "rows", "config", "names", "git", "trouble", "entry"}
SPY = """\
import os, sys

def note(event, args):
    if event in ("os.exec", "os.posix_spawn") and args[0] in ("git", b"git", "ssh", b"ssh"):
        print(*sys.modules, file=sys.stderr)
    elif event == "os.exec" and os.path.basename(os.fsdecode(args[0])) == "git":
        print(*sys.modules, file=sys.stderr)

sys.addaudithook(note)
"""


def loaded(client: Client, *words: str | Path) -> set[str]:
    """The modules that were loaded when a program was about to become, or to start, another."""
    folder = client.folder / "spy"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(SPY)
    ran = client.run(*words, PYTHONPATH=str(folder))
    return set(ran.err.splitlines()[0].split())


def roots(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules}


def own(modules: set[str]) -> set[str]:
    return {name.removeprefix("rclaude.") for name in modules if name.startswith("rclaude.")}


@pytest.fixture
def fleet(client: Client) -> Path:
    repository = client.home / "fleet.git"
    client.git("init", "-q", "--bare", repository)
    client.configure({"plum": {"repos": ["~/fleet.git"]}})
    return repository


def test_the_far_end_of_git_loads_little(client: Client, fleet: Path) -> None:
    takes = {"service": "git-upload-pack", "path": "~/fleet.git", "protocol": ""}
    request = Request("exec", Host("plum", repos=("~/fleet.git",)), takes)
    modules = loaded(client, PROGRAM, "@rpc", rpc.token(request))
    assert own(modules) == FAR
    assert not roots(modules) & (NEVER | SLOW)


def test_the_near_end_of_git_loads_little(client: Client, fleet: Path) -> None:
    script = (
        "import sys; sys.argv[1:] = ['o', 'rclaude://apricot/~/fleet.git']; import rclaude.remote;"
    )
    feed = "import os; r, w = os.pipe(); os.write(w, b'connect git-upload-pack\\n'); os.dup2(r, 0);"
    modules = loaded(
        client, sys.executable, "-c", f"{feed} os.close(w); {script}rclaude.remote.main()"
    )
    assert own(modules) == {
        *("remote", "carry", "config", "names", "trouble", "git", "rpc", "ssh", "masters"),
        *("entry", "children"),
    }
    assert not roots(modules) & (NEVER | SLOW - {"tomllib", "socket"})


def test_the_far_end_of_a_list_loads_no_library(client: Client) -> None:
    token = rpc.token(Request("list", Host("plum"), {"since": "60", "usage": ""}))
    script = f"import sys; sys.argv[1:] = ['@rpc', {token!r}]; from rclaude import far;"
    ending = "far.serve(sys.argv[2]); print(*sys.modules, file=sys.stderr)"
    ran = client.run(sys.executable, "-c", script + ending)
    assert ran.code == 0
    assert not roots(set(ran.err.split())) & NEVER
