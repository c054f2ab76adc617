"""Whether other hosts have sent something, told at the price of a look at git's own files."""

import os

from clare.store.git import Git

FROM = "refs/clare/from"
"""Below it each clone that has sent something has a folder of its host's name and one of its own."""


def have_come(git: Git) -> bool:
    """Whether something was sent, told by git's own files."""
    if any(files for _, _, files in os.walk(git.inside(FROM))):
        return True
    try:
        with open(git.inside("packed-refs"), "rb") as file:
            return f" {FROM}/".encode() in file.read()
    except FileNotFoundError:
        return False
