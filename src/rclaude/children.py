"""The programs that are started: read until they end or their time is up, and none outlives us."""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType

from rclaude.trouble import Trouble

LARGEST = 64 * 1024 * 1024
"""Bytes that are read of what one program prints."""

GRACE = 1.0
"""Seconds that git has to tidy up when it is stopped."""

_CHUNK = 64 * 1024
_SOON = 0.001
_LATER = 0.1
"""Seconds between two looks whether a program has ended, right after it said something and later."""

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_running: set[int] = set()
_starting = threading.RLock()
"""Held from before a program is started until it is known as running."""

Hear = Callable[[bytes], object]


class Child:
    """A program in a group of its own, which ends with the block; `code` is there once it ended.

    What it prints is kept. If somebody hears its errors, our own input and output are its own, it
    is given a moment when it is stopped, and what it leaves behind when it is done goes on.
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        hears: Hear | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.out = bytearray()
        self.err = bytearray()
        self.code: int | None = None
        self._is_ours = hears is not None
        heard = {2: hears} if hears else {1: self.out.extend, 2: self.err.extend}
        pipes = {number: os.pipe() for number in heard}
        try:
            self._pid = _spawned(words, pipes, environment or os.environ)
        except OSError as error:
            for end, _ in pipes.values():
                os.close(end)
            raise Trouble("missing", f"{words[0]}: {error.strerror}") from None
        finally:
            for _, end in pipes.values():
                os.close(end)
        self.streams: dict[int, Hear] = {pipes[number][0]: hear for number, hear in heard.items()}
        """What still may be read, and who hears it."""
        for stream in self.streams:
            os.set_blocking(stream, False)

    @property
    def too_long(self) -> bool:
        """Whether it printed more than is read."""
        return len(self.out) + len(self.err) > LARGEST

    def read(self, stream: int) -> bool:
        """Read what there is on a stream; whether there was anything."""
        try:
            data = os.read(stream, _CHUNK)
        except BlockingIOError:
            return False
        if data:
            self.streams[stream](data)
        else:
            del self.streams[stream]
            os.close(stream)
        return bool(data)

    def has_ended(self) -> bool:
        """Whether it ended; all that it said is read then, whoever else may still hold its streams."""
        if self.code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._ended(status)
        return self.code is not None

    def _ended(self, status: int) -> None:
        self.code = os.waitstatus_to_exitcode(status)
        _running.discard(self._pid)
        if not self._is_ours:
            _end(self._pid)
        for stream in tuple(self.streams):
            while not self.too_long and self.read(stream):
                pass

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.code is None and self._is_ours:
            _end(self._pid, signal.SIGTERM)
            first_done([self], time.monotonic() + GRACE)
        if self.code is None:
            _end(self._pid)
            os.waitpid(self._pid, 0)
            _running.discard(self._pid)
        for stream in self.streams:
            os.close(stream)


def _spawned(
    words: Sequence[str], pipes: Mapping[int, tuple[int, int]], environment: Mapping[str, str]
) -> int:
    """Start a program with pipes as its streams of these numbers; its pid. Raises OSError."""
    actions: list[tuple[int, int, int] | tuple[int, int, str, int, int]] = [
        (os.POSIX_SPAWN_DUP2, end, number) for number, (_, end) in pipes.items()
    ]
    if 1 in pipes:
        actions.append((os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0))
    with _starting, _unstopped() as mask:
        pid = os.posix_spawnp(
            words[0],
            [*words],
            environment,
            file_actions=actions,
            setsid=True,
            setsigmask=mask,
            setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),  # Python ignores these, programs should not
        )
        _running.add(pid)
    return pid


@contextmanager
def _unstopped() -> Iterator[set[int]]:
    """Nothing stops us within the block; gives the mask of signals that was there before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield {int(number) for number in before}
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def first_done(children: Sequence[Child], deadline: float) -> Child | None:
    """The first that ended, or printed more than is read; None if none did by then."""
    pause = _SOON
    while True:
        for child in children:
            if child.too_long or child.has_ended():
                return child
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        pause = _SOON if _heard(children, min(left, pause)) else min(2 * pause, _LATER)


def _heard(children: Sequence[Child], within: float) -> bool:
    """Read what any of them says, or wait for so many seconds; whether one said anything, or stopped."""
    open_ = {stream: child for child in children for stream in child.streams}
    waiting = select.poll()
    for stream in open_:
        waiting.register(stream, select.POLLIN)
    ready = [stream for stream, _ in waiting.poll(max(1, within * 1000))]
    for stream in ready:
        open_[stream].read(stream)
    return bool(ready)


def all_done(commands: Sequence[Sequence[str]], within: float) -> list[Child | None]:
    """What became of programs that ran at once, for so many seconds; None of one that is not there."""
    deadline = time.monotonic() + within
    found: list[Child | None] = []
    with ExitStack() as started:
        for words in commands:
            try:
                found.append(started.enter_context(Child(words)))
            except Trouble:
                found.append(None)
        left = [child for child in found if child]
        while left and (done := first_done(left, deadline)):
            left.remove(done)
    return found


def end_all() -> None:
    """End those that still run. No other is started afterwards: we are about to end too."""
    _starting.acquire()
    for pid in tuple(_running):
        _end(pid)


def _end(pid: int, number: int = signal.SIGKILL) -> None:
    """End a program with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(pid, number)
