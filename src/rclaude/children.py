"""The processes that ask hosts: read until they end or their time is up, and none outlives us."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

from rclaude.trouble import Trouble

LARGEST = 64 * 1024 * 1024
"""Bytes that are read of what one process prints."""

_CHUNK = 64 * 1024

_running: set[int] = set()


class Child:
    """A process in a group of its own, which ends with the block; `code` is None while it runs."""

    def __init__(self, words: Sequence[str]) -> None:
        self.out = bytearray()
        self.err = bytearray()
        self.code: int | None = None
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise Trouble("missing", f"{words[0]}: {error.strerror}") from None
        _running.add(self._process.pid)
        assert self._process.stdout, "it was asked for"
        assert self._process.stderr, "it was asked for"
        self.streams = {
            self._process.stdout.fileno(): self.out,
            self._process.stderr.fileno(): self.err,
        }
        """What still may be read, and where it goes."""

    @property
    def too_long(self) -> bool:
        """Whether it printed more than is read."""
        return len(self.out) + len(self.err) > LARGEST

    def read(self, stream: int) -> None:
        """Read what there is on a stream."""
        data = os.read(stream, _CHUNK)
        self.streams[stream] += data
        if not data:
            del self.streams[stream]

    def has_ended(self, deadline: float) -> bool:
        """Whether it said all it had to say, and was gone by then."""
        if not self.streams:
            with suppress(subprocess.TimeoutExpired):
                self.code = self._process.wait(max(0, deadline - time.monotonic()))
        return self.code is not None

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            _end(self._process.pid)
            self._process.wait()
        _running.discard(self._process.pid)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()


def first_done(children: Sequence[Child], deadline: float) -> Child | None:
    """The first that ended, or printed more than is read; None if none did by then."""
    with selectors.DefaultSelector() as selector:
        for child in children:
            for stream in child.streams:
                selector.register(stream, selectors.EVENT_READ, child)
        while True:
            for child in children:
                if child.too_long or child.has_ended(deadline):
                    return child
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                return None
            for key, _ in ready:
                child = key.data
                child.read(key.fd)
                if key.fd not in child.streams:
                    selector.unregister(key.fd)


def end_all() -> None:
    """End those that still run."""
    for pid in tuple(_running):
        _end(pid)


def _end(pid: int) -> None:
    """End a process with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
