"""The command line that reaches another host, and what its end means when it is ssh that failed."""

import re

from rclaude import masters, rpc
from rclaude.config import Host
from rclaude.rpc import Request
from rclaude.trouble import Trouble

_OPTIONS = (
    "BatchMode=yes",
    "ConnectTimeout=5",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=2",
    "RemoteCommand=none",
    "ForwardAgent=no",
    "ClearAllForwardings=yes",
)
ITSELF = 255
"""What ssh exits with when it is ssh that failed: the far end never does."""

NO_PROGRAM = (126, 127)
"""What a shell exits with where the program is not to be had."""


def command(host: Host, request: Request, *, folder: str) -> list[str]:
    """The command line that asks a host; without a `folder` for its socket there is no master."""
    shared = (
        ("ControlMaster=auto", f"ControlPath={folder}/%C", "ControlPersist=60")
        if folder
        else ("ControlMaster=no", "ControlPath=none")
    )
    options = [word for option in (*_OPTIONS, *shared) for word in ("-o", option)]
    asked = f"exec {host.rclaude} @rpc {rpc.token(request)}"
    return ["ssh", "-T", *options, "--", host.ssh, asked]


def control_folder() -> str:
    """The folder of the control sockets, without stuck ones; empty if there is none."""
    folder = masters.folder()
    if folder:
        masters.forget_stuck(folder)
    return folder


_AUTH = r"Permission denied|Too many authentication failures|no mutual signature"
_KEY = r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|No .* host key"


def itself(host: Host, err: str) -> Trouble:
    """What ssh says of its own failure."""
    slug = (
        "host-key" if re.search(_KEY, err) else "auth" if re.search(_AUTH, err) else "unreachable"
    )
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return Trouble(slug, lines[-1] if lines else "ssh failed", host=host.name)


def missing(host: Host) -> Trouble:
    """The error for a host without the program."""
    return Trouble("missing", f"{host.rclaude} is not there, or cannot be run", host=host.name)
