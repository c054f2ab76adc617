"""Which repositories the folder we stand in comes from."""

from pathlib import Path

from clare.repositories import rewritten
from clare.store.git import GitFailed, around

_WANTED = r"^(remote\..*\.(url|pushurl)|url\..*\.(insteadof|pushinsteadof))$"


def addresses(folder: Path) -> list[str]:
    """The addresses of all remotes of the repository around a folder; one git process.

    Each as it is written and as git's `insteadOf` rewrites it. None where there is no repository.
    """
    try:
        listed = around(folder, "config", "--null", "--get-regexp", _WANTED)
    except GitFailed:
        return []
    urls: list[str] = []
    rules: dict[str, str] = {}
    for entry in listed.split("\0"):
        name, _, value = entry.partition("\n")
        if name.startswith("remote."):
            urls.append(value)
        elif name.startswith("url."):
            rules[value] = name.removeprefix("url.").rpartition(".")[0]
    return [*urls, *(rewritten(url, rules) for url in urls)]
