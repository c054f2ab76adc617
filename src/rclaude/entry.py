"""Where the program starts. What another host asks is answered without the command line's library."""

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from rclaude.trouble import Exit, Trouble, complain


def main() -> None:
    """Run and exit. The one place where errors become lines and exit codes."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup(1) ignores one for us
            signal.signal(number, _stop)
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except Trouble as trouble:
        code = complain(trouble)
    except BrokenPipeError:
        code = Exit.BUG
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    except Exception as problem:
        code = complain(Trouble("bug", f"{type(problem).__name__}: {problem}"))
    if "rclaude.children" in sys.modules:  # it takes long to load, and most start nothing
        from rclaude import children

        children.end_all()
    os._exit(int(code))  # threads may still wait for hosts that nobody waits for


def _stop(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _run(words: Sequence[str]) -> int:
    if words[:1] == ["@rpc"]:
        from rclaude import far

        return far.serve(words[1] if len(words) == 2 else "")
    if words[:1] == ["@gate"]:
        from rclaude import gate

        return gate.serve(words[1:])
    from rclaude import cli

    return cli.run([*words])
