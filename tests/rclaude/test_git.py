"""Plain git clones, fetches and pushes through rclaude, and reaches what is listed alone."""

import subprocess
from pathlib import Path

import pytest

from tests.rclaude.client import Client
from tests.rclaude.farm import PROGRAM, Host
from tests.rclaude.repositories import URL, committed, done

ODD = "a b;touch ~$(x)'\".git"
HELPER = PROGRAM.with_name("git-remote-rclaude")


def exchange(client: Client, url: str) -> None:
    """Two clones of one hub; the second one fetches what the first one pushed."""
    plum, quince = client.cloned(url, "first"), client.cloned(url, "second")
    pushed = committed(client, plum, "one")
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    done(client, "-C", quince, "fetch", "-q")
    assert done(client, "-C", quince, "rev-parse", "origin/main") == pushed
    assert done(client, "-C", client.cloned(url, "third"), "rev-parse", "HEAD") == pushed


@pytest.fixture(autouse=True)
def hub(apricot: Host, client: Client) -> Path:
    """An empty fleet.git on apricot."""
    repository = apricot.repository()
    client.run("rm", "-rf", repository)
    return apricot.repository()


def test_git_clones_pushes_and_fetches(client: Client) -> None:
    exchange(client, URL)


@pytest.mark.parametrize("slashes", ["/", "//"])
def test_a_repository_is_reached_by_its_whole_path(slashes: str, client: Client, hub: Path) -> None:
    client.configure({"apricot": {"repos": [str(hub)]}})
    exchange(client, f"rclaude://apricot{slashes}{str(hub).lstrip('/')}")


def test_a_path_with_everything_that_a_shell_acts_on_is_carried_intact(
    client: Client, apricot: Host
) -> None:
    client.configure({"apricot": {"repos": [f"~/{ODD}"]}})
    client.run("rm", "-rf", apricot.home / ODD)
    apricot.repository(ODD)
    exchange(client, f"rclaude://apricot/~/{ODD}")
    assert {path.name for path in apricot.home.iterdir()} >= {ODD}


def test_the_own_host_is_reached_without_ssh(client: Client) -> None:
    client.configure({"plum": {"repos": ["~/own hub.git"]}})
    done(client, "init", "-q", "--bare", client.home / "own hub.git")
    exchange(client, "rclaude://plum/~/own hub.git")
    assert not client.sockets.exists()


def test_git_speaks_version_2_where_it_asks_for_it(client: Client) -> None:
    plum = client.cloned(URL)
    committed(client, plum, "one")
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    asked = {"GIT_PROTOCOL": "version=2", "GIT_TRACE_PACKET": "1"}
    ran = client.git("ls-remote", URL, **asked)
    assert ran.code == 0
    assert "< version 2" in ran.err
    assert "refs/heads/main" in ran.out
    ran = client.git("clone", "-q", URL, client.folder / "second", **asked)
    assert (ran.code, "< version 2" in ran.err) == (0, True)


def test_an_archive_is_made_there(client: Client, hub: Path) -> None:
    plum = client.cloned(URL)
    committed(client, plum, "one")
    done(client, "-C", plum, "push", "-q", "origin", "HEAD:main")
    ran = client.git("archive", f"--remote={URL}", "--format=tar", "main")
    assert ran.code == 0
    assert ran.out.startswith("pax_global_header")


@pytest.mark.parametrize(
    ("url", "code", "slug"),
    [
        ("rclaude://apricot/~/other.git", 77, "refused"),
        ("rclaude://apricot/~/fleet.git/hooks", 77, "refused"),
        ("rclaude://apricot/etc", 77, "refused"),
        ("rclaude://apricot/~/../fleet.git", 64, "name"),
        ("rclaude://apricot/~/x/../fleet.git", 64, "name"),
        ("rclaude://apricot/~/fleet.git\x1b[31m", 64, "name"),
        ("rclaude://apricot/~/fleet.git\n", 64, "name"),
        ("rclaude://nat@apricot/~/fleet.git", 64, "name"),
        ("rclaude://apricot:22/~/fleet.git", 64, "name"),
        ("rclaude://-oProxyCommand=x/~/fleet.git", 64, "name"),
        ("rclaude://apricot/~/fleet.git?x=1", 64, "name"),
        ("rclaude://nobody/~/fleet.git", 66, "no-host"),
        ("rclaude://plum/~/fleet.git", 77, "refused"),
        ("rclaude:apricot", 64, "usage"),
    ],
)
def test_another_url_is_refused_in_one_line_before_ssh_starts(
    url: str, code: int, slug: str, client: Client
) -> None:
    with subprocess.Popen(
        [HELPER, "origin", url],
        env=client.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as helper:
        out, err = helper.communicate("capabilities\nconnect git-upload-pack\n", timeout=30)
    assert helper.returncode == code
    assert f": {slug}: " in err
    assert err.count("\n") == 1
    assert out in ("", "connect\n\n")
    assert not client.sockets.exists()
    assert client.git("ls-remote", url).code == 128


@pytest.mark.parametrize("service", ["git-shell", "sh", "", "git-upload-pack;id", "-x"])
def test_another_service_is_refused(service: str, client: Client) -> None:
    ran = client.rclaude("exec", "apricot", "--", service, "~/fleet.git")
    assert (ran.code, ran.out) == (77, "")
    assert ran.err.startswith("rclaude: apricot: refused: ")


@pytest.mark.parametrize("url", [URL, "rclaude://plum/~/fleet.git"])
def test_a_repository_that_is_listed_but_not_there_is_told(
    url: str, client: Client, hub: Path
) -> None:
    client.configure({"plum": {"repos": ["~/fleet.git"]}})
    client.run("rm", "-rf", hub)
    ran = client.git("ls-remote", url)
    assert ran.code == 128
    assert "no-repository: there is no ~/fleet.git" in ran.err
    host = url.split("/")[2]
    assert client.rclaude("exec", host, "--", "git-upload-pack", "~/fleet.git").code == 66


def test_a_host_without_rclaude_is_told_to_git(client: Client) -> None:
    client.configure({"apricot": {"rclaude": "/no/such/rclaude"}})
    assert "apricot: missing: /no/such/rclaude" in client.git("ls-remote", URL).err
    assert client.rclaude("exec", "apricot", "git-upload-pack", "~/fleet.git").code == 127


def test_a_host_without_git_is_told_of_once(client: Client, apricot: Host, tmp_path: Path) -> None:
    """That rclaude was found is plain: it is rclaude that says so."""
    empty = tmp_path / "empty"
    empty.mkdir()
    program = apricot.program(f'PATH={empty} exec {PROGRAM} "$@"', "gitless")
    client.configure({"apricot": {"rclaude": str(program)}})
    ran = client.rclaude("exec", "apricot", "git-upload-pack", "~/fleet.git")
    assert (ran.code, ran.out) == (127, "")
    assert ran.err == "rclaude: apricot: missing: git: No such file or directory\n"


def test_a_host_that_is_not_reached_is_told_to_git(client: Client) -> None:
    client.known_hosts.write_text("")
    ran = client.git("ls-remote", URL)
    assert ran.code == 128
    assert "Host key verification failed" in ran.err
    assert "rclaude: apricot: host-key: " in ran.err
    assert client.rclaude("exec", "apricot", "git-upload-pack", "~/fleet.git").code == 69


@pytest.mark.parametrize("host", ["plum", "apricot"])
def test_no_byte_behind_the_commands_is_swallowed(host: str, client: Client, hub: Path) -> None:
    """The commands to the helper and the first bytes for the service come in one write."""
    client.configure({"plum": {"repos": [str(hub)]}, "apricot": {"repos": [str(hub)]}})
    written = b"capabilities\nconnect git-upload-pack\n0000"
    ran = subprocess.run(
        [HELPER, "origin", f"rclaude://{host}{hub}"],
        input=written,
        capture_output=True,
        env=client.environment(),
        timeout=30,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    begun = b"connect\n\n\n"
    assert ran.stdout.startswith(begun)
    assert ran.stdout.removeprefix(begun).endswith(b"0000")


def test_variables_of_git_here_do_not_lead_the_service_elsewhere(
    client: Client,
) -> None:
    client.configure({"plum": {"repos": ["~/own.git"]}})
    done(client, "init", "-q", "--bare", client.home / "own.git")
    clone = client.cloned("rclaude://plum/~/own.git")
    pushed = committed(client, clone, "one")
    words = ["push", "-q", "rclaude://plum/~/own.git", f"{pushed}:refs/heads/main"]
    env = {"GIT_DIR": str(clone / ".git"), "GIT_NAMESPACE": "x", "GIT_WORK_TREE": "/"}
    assert client.git(*words, **env).code == 0
    assert done(client, "-C", client.home / "own.git", "rev-parse", "main") == pushed


def test_a_helper_whose_git_goes_away_ends(client: Client) -> None:
    ran = client.run(HELPER, "origin", URL)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
