"""Making much at once, without looking for garbage in between."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bulk() -> Iterator[None]:
    """For reading a whole board: nothing of it is garbage, and looking takes as long as reading.

    Processes that are forked inside do not look either.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
