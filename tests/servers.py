"""Real git servers on loopback: each on a free port of its own, ended by pid."""

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

LOOPBACK = "127.0.0.1"
START_SECONDS = 20.0
STARTS = 5
FOLDERS = ("/usr/sbin", "/usr/lib/git-core", "/usr/libexec/git-core")


def needs(program: str) -> Path:
    """Find the program, else skip; where everything must run, fail."""
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS]))
    if found is None:
        reason = f"needs {program}, which is not installed"
        if os.environ.get("CLARE_TESTS_REQUIRE"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(found)


def with_login(url: str, user: str, password: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


@contextmanager
def git_daemon(base: Path) -> Iterator[str]:
    """Serve every repository under `base` by git://, pushes included; gives the base URL."""
    # The program itself, not `git daemon`, whose pid would be that of a wrapper.
    command = [str(needs("git-daemon")), "--enable=receive-pack", "--export-all", "--reuseaddr"]
    command += [f"--listen={LOOPBACK}", f"--base-path={base}", "--informative-errors"]
    with _served(lambda port, _: [*command, f"--port={port}", str(base)]) as port:
        yield f"git://{LOOPBACK}:{port}"


LIGHTTPD = """\
server.modules = ("mod_auth", "mod_authn_file", "mod_alias", "mod_setenv", "mod_cgi")
server.bind = "{bind}"
server.port = {port}
server.document-root = "{state}"
server.upload-dirs = ("{state}")
alias.url = ("/git" => "{backend}")
cgi.assign = ("" => "")
setenv.set-environment = (
    "GIT_PROJECT_ROOT" => "{base}", "GIT_HTTP_EXPORT_ALL" => "1", "GIT_CONFIG_NOSYSTEM" => "1",
    "HOME" => "{state}", "PATH" => "{path}"
)
auth.backend = "plain"
auth.backend.plain.userfile = "{state}/users"
auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
"""


@contextmanager
def http_git(base: Path, user: str, password: str) -> Iterator[str]:
    """Serve every repository under `base` by http, for that user alone; gives the base URL.

    The URL is without user and password: see `with_login`.
    """
    lighttpd, backend = needs("lighttpd"), needs("git-http-backend")

    def command(port: int, state: Path) -> list[str]:
        (state / "users").write_text(f"{user}:{password}\n")
        config = LIGHTTPD.format(
            bind=LOOPBACK,
            port=port,
            state=state,
            backend=backend,
            base=base,
            path=os.environ["PATH"],
        )
        (state / "lighttpd.conf").write_text(config)
        return [str(lighttpd), "-D", "-f", str(state / "lighttpd.conf")]

    with _served(command) as port:
        yield f"http://{LOOPBACK}:{port}/git"


@dataclass(frozen=True, kw_only=True)
class SshHost:
    """A host reached by ssh; `env` is what git needs in its environment to get there."""

    base: Path
    env: dict[str, str]

    def url(self, path: str) -> str:
        return f"ssh://far{self.base / path}"


SSHD_CONFIG = """\
ListenAddress {address}
Port {port}
HostKey {state}/host_key
AuthorizedKeysFile {state}/authorized_keys
PidFile {state}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
PermitUserRC no
MaxSessions 100
MaxStartups 100:30:200
Subsystem sftp internal-sftp
SetEnv {env}
"""

SSH_CONFIG = """\
Host {name}
HostName {address}
Port {port}
User {user}
HostKeyAlias {name}
IdentityFile {key}
IdentitiesOnly yes
IdentityAgent none
UserKnownHostsFile {known_hosts}
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
BatchMode yes
"""


@contextmanager
def sshd(base: Path) -> Iterator[SshHost]:
    """Serve what lies under `base` by ssh, with keys made for this server alone."""
    ssh = needs("ssh")
    with tempfile.TemporaryDirectory(prefix="clare-ssh-") as folder:
        state = Path(folder)
        make_key(state / "host_key")
        make_key(state / "client_key")
        (state / "authorized_keys").write_bytes((state / "client_key.pub").read_bytes())
        (state / "known_hosts").write_text(f"far {(state / 'host_key.pub').read_text()}")
        env = {"HOME": folder, "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        with ssh_server(state, LOOPBACK, env) as port:
            config = ssh_config("far", LOOPBACK, port, state / "client_key", state / "known_hosts")
            (state / "ssh_config").write_text(config)
            client = shlex.join([str(ssh), "-F", str(state / "ssh_config")])
            yield SshHost(base=base, env={"GIT_SSH_COMMAND": client})


@contextmanager
def ssh_server(state: Path, address: str, env: Mapping[str, str]) -> Iterator[int]:
    """Serve by ssh with the `host_key` and the `authorized_keys` that lie in a folder; the port."""
    server = needs("sshd")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists, and a boot empties /run
    told = " ".join(f'"{name}={value}"' for name, value in env.items())

    def command(port: int, _: Path) -> list[str]:
        config = SSHD_CONFIG.format(address=address, port=port, state=state, env=told)
        (state / "sshd_config").write_text(config)
        return [str(server), "-D", "-e", "-f", str(state / "sshd_config")]

    with _served(command, address) as port:
        yield port


def ssh_config(name: str, address: str, port: int, key: Path, known_hosts: Path) -> str:
    """What a client's configuration says of one host."""
    user = pwd.getpwuid(os.getuid()).pw_name
    return SSH_CONFIG.format(
        name=name, address=address, port=port, user=user, key=key, known_hosts=known_hosts
    )


def make_key(path: Path) -> None:
    make: list[str | Path] = [needs("ssh-keygen"), "-q", "-t", "ed25519", "-N", ""]
    subprocess.run([*make, "-C", path.name, "-f", path], check=True, stdin=subprocess.DEVNULL)


@contextmanager
def _served(command: Callable[[int, Path], list[str]], address: str = LOOPBACK) -> Iterator[int]:
    """Run the server that `command(port, state folder)` names until the block ends."""
    with tempfile.TemporaryDirectory(prefix="clare-server-", ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "log"
        for _ in range(STARTS):  # between finding a free port and using it another may take it
            port = _free_port(address)
            with log.open("wb") as output:
                server = subprocess.Popen(
                    command(port, Path(folder)),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            try:
                if _answers(server, address, port):
                    yield port
                    return
            finally:
                _end(server)
        raise RuntimeError(f"{server.args!r} does not start:\n{log.read_text()}")


def _free_port(address: str) -> int:
    with socket.create_server((address, 0)) as free:
        return int(free.getsockname()[1])


def _answers(server: subprocess.Popen[bytes], address: str, port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return True
    return False


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
