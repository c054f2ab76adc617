"""One host that is reached by ssh, for tests that are about something else."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.rclaude import processes
from tests.servers import LOOPBACK, make_key, needs, ssh_config, ssh_server


@contextmanager
def reached(name: str, folder: Path, far: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Serve a host whose programs find `far` in their environment.

    Gives what whoever reaches it needs in theirs.
    """
    make_key(folder / "host_key")
    make_key(folder / "key")
    (folder / "authorized_keys").write_bytes((folder / "key.pub").read_bytes())
    known = folder / "known_hosts"
    known.write_text(f"{name} {(folder / 'host_key.pub').read_text()}")
    program, config = folder / "bin" / "ssh", folder / "ssh_config"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {needs("ssh")} -F {config} "$@"\n')
    program.chmod(0o755)
    with (
        tempfile.TemporaryDirectory(prefix="rc-", dir="/tmp") as sockets,
        ssh_server(folder, LOOPBACK, far) as port,
    ):
        config.write_text(ssh_config(name, LOOPBACK, port, folder / "key", known))
        try:
            yield {"XDG_RUNTIME_DIR": sockets, "PATH": f"{program.parent}:{far['PATH']}"}
        finally:
            processes.end(*processes.marked(f"{sockets}/"))
