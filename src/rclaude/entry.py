"""Where the programs start. What another host asks is answered without the command line's library."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from rclaude.trouble import Exit, Trouble, complain


def main() -> None:
    """Run rclaude, and exit."""
    run(lambda: _rclaude(sys.argv[1:]))


def run(program: Callable[[], int]) -> NoReturn:
    """Run a program and exit. The one place where errors become lines and exit codes."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup(1) ignores one for us
            signal.signal(number, _stop)
    try:
        code = _code(program)
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    if "rclaude.children" in sys.modules:  # most that other hosts ask start nothing
        from rclaude import children

        children.end_all()
    os._exit(int(code))  # threads may still wait for hosts that nobody waits for


def _code(program: Callable[[], int]) -> int:
    try:
        code = program()
        sys.stdout.flush()
    except Trouble as trouble:
        return complain(trouble)
    except BrokenPipeError:
        return Exit.BUG
    except Exception as problem:
        return complain(Trouble("bug", f"{type(problem).__name__}: {problem}"))
    return code


def _stop(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _rclaude(words: Sequence[str]) -> int:
    if words[:1] == ["@rpc"]:
        from rclaude import far

        return far.serve(words[1] if len(words) == 2 else "")
    if words[:1] == ["@gate"]:
        from rclaude import gate

        return gate.serve(words[1:])
    from rclaude import cli

    return cli.run([*words])
