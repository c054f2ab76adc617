"""`python -m tests.soak.agent CLONE`: an agent that takes what is ready until nothing is left."""

import json
import subprocess
import sys

from clare.errors import Exit
from tests.soak.agents import CLARE, SECONDS

GO_ON = (Exit.DONE, Exit.HELD, Exit.UNPUBLISHED, Exit.NOTHING)
"""How a command may end without the agent giving up; UNPUBLISHED: the hub was too busy to answer."""


def main(clone: str) -> None:
    """Take and do until no task is unfinished. Raises AssertionError if a command ends otherwise."""
    while True:
        code, out = clare(clone, "next", "--claim", "--json")
        if code == Exit.DONE:
            task = json.loads(out)["id"]
            while clare(clone, "done", task)[0] != Exit.DONE:
                pass
        elif clare(clone, "wait", "--ready", "--timeout", "6s")[0] == Exit.NOTHING and (
            json.loads(clare(clone, "list", "--json")[1]) == []
        ):
            return


def clare(clone: str, *words: str) -> tuple[int, str]:
    """Run a command. Its exit code, and what it printed."""
    done = subprocess.run(
        [*CLARE, *words], cwd=clone, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode in GO_ON, f"{words}: exit {done.returncode}\n{done.stderr}"
    return done.returncode, done.stdout


if __name__ == "__main__":
    main(sys.argv[1])
