"""`git-remote-rclaude`: what git starts for `rclaude://HOST/PATH` (gitremote-helpers(7))."""

import os
import sys

from rclaude import config, entry
from rclaude.carry import carrier
from rclaude.names import check_host
from rclaude.trouble import Exit, Trouble

SCHEME = "rclaude://"


def main() -> None:
    """Speak with git, until it wants to be connected."""
    entry.run(lambda: serve(sys.argv[2] if len(sys.argv) > 2 else ""))


def serve(url: str) -> int:
    """Answer git's commands; the exit code. Raises Trouble."""
    name, path = parse(url)
    hosts = config.load()
    host = hosts.host(name)
    while True:
        words = _line().split(" ")
        if words == ["capabilities"]:
            os.write(1, b"connect\n\n")
        elif words[0] == "connect" and len(words) == 2:
            connect = carrier(host, words[1], path, here=name == hosts.self)
            os.write(1, b"\n")
            return connect()
        elif words == [""]:
            return Exit.DONE
        else:
            raise Trouble("usage", f"git asked for {words[0]!r}", host=name)


def parse(url: str) -> tuple[str, str]:
    """The host and the path of a URL: `rclaude://apricot/~/fleet.git`. Raises Trouble."""
    host, slash, path = url.removeprefix(SCHEME).partition("/")
    if not url.startswith(SCHEME) or not slash:
        raise Trouble("usage", f"{url!r} is no {SCHEME}HOST/PATH")
    check_host(host)
    if "?" in path or "#" in path:
        raise Trouble("name", f"{url!r} asks for more than a path", host=host)
    return host, path if path.startswith("~/") else f"/{path.lstrip('/')}"


def _line() -> str:
    """A line from git, byte by byte: what follows it is not ours to read."""
    found = bytearray()
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        found += byte
    return found.decode("utf-8", "replace")
