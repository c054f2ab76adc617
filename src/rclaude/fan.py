"""Asking several hosts at once, and telling of each in the order of the configuration."""

import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from rclaude.config import Host
from rclaude.rows import Reply, Trailer
from rclaude.trouble import OK, Exit, Trouble, complain

AT_ONCE = 8
"""Hosts asked at the same time."""

Ask = Callable[[Host], Reply]


def ask_all(hosts: Sequence[Host], ask: Ask) -> list[Reply]:
    """What each host answers, or how it failed, in the order of the hosts."""
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(len(hosts)):
        waiting.put(number)
    found: dict[int, Reply] = {}
    bugs: list[Exception] = []

    def work() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except Empty:
                return
            try:
                found[number] = _timed(hosts[number], ask)
            except Exception as bug:
                bugs.append(bug)

    if len(hosts) == 1:
        work()
    else:
        threads = [threading.Thread(target=work, daemon=True) for _ in hosts[:AT_ONCE]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if bugs:
        raise bugs[0]
    return [found[number] for number in range(len(hosts))]


def _timed(host: Host, ask: Ask) -> Reply:
    """What a host answers, with the milliseconds that it took from here."""
    started = time.monotonic()
    try:
        reply = ask(host)
    except Trouble as trouble:
        reply = Reply([], Trailer(host.name, trouble.slug, 0, trouble.text))
    ms = int((time.monotonic() - started) * 1000)
    return reply._replace(trailer=reply.trailer._replace(host=host.name, ms=ms))


def code_of(replies: Sequence[Reply]) -> Exit:
    """Tell of the hosts that failed; the exit code, of one host asked alone its own."""
    failed = [
        Trouble(status, message, host=host)
        for host, status, _, message in (reply.trailer for reply in replies)
        if status != OK
    ]
    for trouble in failed:
        complain(trouble)
    if not failed:
        return Exit.DONE
    return failed[0].exit if len(replies) == 1 else Exit.SOME
