"""Waiting a moment of random length, so that those who wait do not all come back at once."""

import os
import time


def pause(least: float, most: float) -> None:
    """Sleep for so many seconds at least and at most."""
    time.sleep(least + (most - least) * int.from_bytes(os.urandom(2)) / 0xFFFF)
