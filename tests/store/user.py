"""A user at work in the folder of a board."""

from pathlib import Path

from tests.store.boards import Site, status, user_git


def write(site: Site, name: str, text: str) -> Path:
    path = site.top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def user_at_work(site: Site) -> str:
    """Files of every kind, and what `git status` says of them."""
    for name in ("both", "edited", "gone", "moved"):
        write(site, name, "old\n")
    write(site, "notes/deep/down", "old\n")
    user_git(site.top, "add", ".")
    user_git(site.top, "commit", "-q", "-m", "mine")
    write(site, "both", "staged\n")
    write(site, "staged", "staged\n")
    user_git(site.top, "add", "both", "staged")
    write(site, "both", "edited\n")
    write(site, "edited", "edited\n")
    write(site, "untracked", "untracked\n")
    write(site, "intended", "intended\n")
    user_git(site.top, "add", "--intent-to-add", "intended")
    (site.top / "gone").unlink()
    user_git(site.top, "mv", "moved", "renamed")
    return status(site)


def deleted_events(site: Site, rev: str = "HEAD") -> str:
    return user_git(
        site.top, "log", "--format=", "--name-only", "--no-renames", "--diff-filter=DM", rev, "--",
        "fleet/tasks", "fleet/projects",
    )  # fmt: skip
