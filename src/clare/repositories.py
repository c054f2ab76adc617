"""Addresses of repositories: which of them mean the same one."""

import re

_SCP = re.compile(r"(?:[^@/:]+@)?(\[[^\]]+\]|[^@/:]+):(?!//)(.+)")
_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://(?:[^@/]*@)?(\[[^\]]+\]|[^/:]*)(?::\d*)?/(.*)", re.IGNORECASE
)


def same_as(url: str) -> str:
    """What is the same for all addresses of one repository: `host/path`; empty for a folder's.

    `git@host:a/b.git`, `ssh://git@host/a/b` and `https://host/a/b` mean the same.
    """
    found = _URL.fullmatch(url.strip()) or _SCP.fullmatch(url.strip())
    if not found or not found[1]:
        return ""
    path = re.sub(r"/+", "/", found[2]).strip("/").removesuffix(".git").rstrip("/")
    return f"{found[1].lower()}/{path}" if path else ""


def rewritten(url: str, rules: dict[str, str]) -> str:
    """The address as git's `url.BASE.insteadOf PREFIX` rewrites it; `rules` map prefixes to bases."""
    fitting = [prefix for prefix in rules if prefix and url.startswith(prefix)]
    longest = max(fitting, key=len, default="")
    return rules[longest] + url[len(longest) :] if longest else url
