"""What git shows of a day's work reads as its story."""

from pathlib import Path

from tests.cli.running import Here, board, git, two_hosts

DAY = """\
Nat founds the fleet plum
nat adds project web: The shop
nat adds {parse}: Parse dates
nat adds {show}: Show dates
nat adds {third}: Parse dates too
nat edits {show} (+needs {parse}): Show dates
ada claims {parse} for 2h: Parse dates
ada comments on {parse}: Parse dates
ada edits {parse} (title Parse all dates, priority P0, +urgent, -later): Parse all dates
nat edits {show} (assignee ada): Show dates
ada moves {parse} to review: Parse all dates
nat reopens {parse}: Parse all dates
nat edits {show} (body, due 2026-12-01, done_when): Show dates
ada claims {parse} for 4h: Parse all dates
ada releases {parse}: Parse all dates
ada closes {parse} as done (merged in 1.4): Parse all dates (+1 more)
nat drops {third} (twice): Parse dates too
nat edits {show} (-needs {parse}): Show dates
nat edits {show} (due none): Show dates
nat archives project web: The shop
nat brings back project web: The shop
nat edits {show} (parent {parse}): Show dates
nat adds host plum
ada edits host plum (about the desk, +roles gpu, +loud, -roles builder)
ada edits host plum (about none, -loud)
ada takes back 3 events of host plum
"""


def a_day(plum: Here, apricot: Here) -> dict[str, str]:
    """A day of nat on plum and ada on apricot; the tasks by name."""
    plum.ok("project", "add", "web", "--title", "The shop")
    parse = plum.add("Parse dates", "-P", "web", "-p", "P1", "-l", "later")
    show = plum.add("Show dates", "-m", "On every page.")
    third = plum.add("Parse dates too")
    plum.ok("needs", show, parse)
    apricot.ok("sync")
    apricot.ok("claim", parse, "--lease", "2h")
    apricot.ok("comment", parse, "-m", "The header has no zone.")
    apricot.ok(
        "edit",
        parse,
        "--title",
        "Parse all dates",
        "-p",
        "p0",
        "-l",
        "urgent",
        "--unlabel",
        "later",
    )
    plum.ok("assign", show, "--to", "ada")
    apricot.ok("review")
    plum.ok("sync")
    plum.ok("reopen", parse)
    plum.ok("edit", show, "-m", "Again.", "--done-when", "Seen.", "--due", "2026-12-01")
    apricot.ok("claim", parse)
    apricot.ok("release")
    apricot.ok("done", parse, show, "--reason", "merged in 1.4")
    plum.ok("sync")
    plum.ok("drop", third, "--reason", "twice")
    plum.ok("needs", show, parse, "--rm")
    plum.ok("edit", show, "--due", "")
    plum.ok("project", "archive", "web")
    plum.ok("project", "edit", "web", "--status", "active")
    plum.ok("edit", show, "--parent", parse)
    plum.ok("host", "add", "plum", "-r", "builder")
    apricot.ok("sync")
    apricot.ok(
        *("host", "edit", "plum", "--about", "the desk", "-l", "loud"),
        *("-r", "gpu", "--unrole", "builder"),
    )
    apricot.ok("host", "edit", "plum", "--about", "", "--unlabel", "loud")
    apricot.ok("host", "rm", "plum")
    return {"parse": parse[:4], "show": show[:4], "third": third[:4]}


def test_the_subjects_of_a_day_read_as_its_story(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    names = a_day(plum, apricot)
    subjects = git(hub, "log", "--reverse", "--format=%s", "fleet").splitlines()
    assert subjects == DAY.format(**names).splitlines()


def test_the_log_of_a_task_s_folder_is_its_history(tmp_path: Path, home: Path) -> None:
    here = board(tmp_path)
    task, other = here.add("Parse dates"), here.add("Show dates")
    here.ok("claim", task)
    here.ok("comment", task, other, "-m", "The header has no zone.")
    here.ok("edit", other, "--title", "Show all dates")
    here.ok("done", task)
    folder = f"fleet/tasks/{task[:2]}/{task}"
    told = git(here.folder, "log", "--reverse", "--format=%an: %s", "--", folder)
    assert told.splitlines() == [
        f"Nat: nat adds {task[:4]}: Parse dates",
        f"Nat: nat claims {task[:4]} for 4h: Parse dates",
        f"Nat: nat comments on {task[:4]}: Parse dates (+1 more)",
        f"Nat: nat closes {task[:4]} as done: Parse dates",
    ]
    whole = git(here.folder, "log", "-1", "--format=%b", "--skip=1", "--", folder).splitlines()
    assert whole[:2] == [
        f"nat comments on {task[:4]}: Parse dates",
        f"nat comments on {other[:4]}: Show dates",
    ]
    assert whole[-1].startswith("Clare-Clone: ")


def test_each_commit_is_by_the_git_identity_of_who_ran_it(tmp_path: Path, home: Path) -> None:
    here = board(tmp_path)
    here.run("add", "By an agent", "--as", "claude/7f3a", GIT_AUTHOR_NAME="Ada")
    assert here.git("log", "-1", "--format=%an <%ae> %cn: %s", "refs/heads/fleet").startswith(
        "Ada <nat@example.invalid> Nat: claude/7f3a adds "
    )


def test_a_long_reason_is_shortened_in_the_subject(tmp_path: Path, home: Path) -> None:
    here = board(tmp_path)
    task = here.add("Work")
    here.ok("done", task, "--reason", "why not " * 20)
    subject = here.git("log", "-1", "--format=%s", "refs/heads/fleet")
    assert subject == f"nat closes {task[:4]} as done ({('why not ' * 9)[:71]}…): Work"
