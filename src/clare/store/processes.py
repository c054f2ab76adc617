"""Running git to its end, or reading what it prints as it comes."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from clare.store.git import GitFailed, GitTimeout, environment, is_somewhere


def run_process(
    command: Sequence[str],
    *,
    given: bytes = b"",
    extra: Mapping[str, str] | None = None,
    timeout: float | None = None,
    hold: int | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program; with a deadline it gets a process group of its own, ended as a whole."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(extra),
        cwd=_cwd(),
        pass_fds=() if hold is None else (hold,),
        start_new_session=timeout is not None and not os.isatty(2),
    )
    try:
        out, err = child.communicate(given, timeout=timeout)
    except subprocess.TimeoutExpired:
        _end(child)
        raise GitTimeout(f"no answer within {timeout:.0f} s") from None
    except BaseException:
        _end(child)
        raise
    return subprocess.CompletedProcess(command, child.returncode, out, err)


@contextmanager
def streamed(command: Sequence[str], what: str, *, given: bytes) -> Iterator[IO[bytes]]:
    """The output of a command as it comes. Raises GitFailed if it ends in any but the good way."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        cwd=_cwd(),
    ) as child:
        feeder = threading.Thread(target=_feed, args=(child, given), daemon=True)
        feeder.start()
        try:
            yield _output(child)
        except BaseException:
            child.kill()
            raise
        finally:
            feeder.join()
    if child.returncode:
        raise GitFailed(what, child.returncode, "it ended before its last answer")


def _cwd() -> str | None:
    """Where git runs: here, or where that was removed, which git does not stand, at the root."""
    return None if is_somewhere() else "/"


def _feed(child: subprocess.Popen[bytes], given: bytes) -> None:
    """Write what a command reads; one that ended early is told by its exit code."""
    with suppress(BrokenPipeError):
        if child.stdin:
            with child.stdin as pipe:
                pipe.write(given)


def _output(child: subprocess.Popen[bytes]) -> IO[bytes]:
    if child.stdout is None:
        raise GitFailed("", 0, "no output")
    return child.stdout


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        if os.getpgid(child.pid) == child.pid:
            os.killpg(child.pid, signal.SIGTERM)
        child.terminate()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
