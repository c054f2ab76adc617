"""Ways to make a machine, a repository, a hub or a board ail, each by the trouble's name."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from clare.clock import DAY, HOUR
from tests.cli import ailing_board as on
from tests.cli.planting import CLONE, event, event_id, folder
from tests.cli.running import Here, board, git, hub_of, plant
from tests.cli.wards import Ward, aged

OTHER_CLONE = "7qk2m9xw"


def git_missing(ward: Ward) -> Here:
    (ward.root / "empty").mkdir()
    return ward.with_env(PATH=str(ward.root / "empty"))


def git_old(ward: Ward) -> Here:
    real = shutil.which("git")
    fake = ward.root / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\nfor word; do [ "$word" = --version ] && echo "git version 2.37.1" && exit; done\n'
        f'exec {real} "$@"\n'
    )
    fake.chmod(0o755)
    return ward.with_env(PATH=f"{fake.parent}:{os.environ['PATH']}")


def config_bad(ward: Ward) -> Here:
    where = ward.home / ".config" / "clare" / "config.toml"
    where.parent.mkdir(exist_ok=True)
    where.write_text('actor = "nat"\nshape = "round"\n')
    return ward.plum


def folder_closed(ward: Ward) -> Here:
    (ward.home / ".local").write_text("a file")
    return ward.plum


def disk_full(ward: Ward) -> Here:
    usage = shutil.disk_usage(ward.root)._replace(free=5 * 2**20)
    ward.patch.setattr(shutil, "disk_usage", lambda _: usage)
    return ward.plum


def clock_behind(ward: Ward) -> Here:
    for number, clone in enumerate((CLONE, OTHER_CLONE), 1):
        one = event_id(number, ahead=DAY)
        text = event(ward.task, one, "comment: x\n", "task.commented").replace(CLONE, clone)
        plant(ward.plum, {f"{folder(ward.task)}/{one}.yaml": text})
    return ward.plum


def clock_ahead(ward: Ward) -> Here:
    return ward.write(f"after:\n- {ward.created}\nset:\n  type: bug\n", ahead=-HOUR)


def nobody(ward: Ward) -> Here:
    (ward.home / ".gitconfig").write_text("")
    who = {f"GIT_{role}_NAME": "Nat" for role in ("AUTHOR", "COMMITTER")}
    mail = {f"GIT_{role}_EMAIL": "nat@example.invalid" for role in ("AUTHOR", "COMMITTER")}
    return Here(ward.plum.folder, {**who, **mail})


def agent_nameless(ward: Ward) -> Here:
    return Here(ward.plum.folder, {"CLAUDECODE": "1"})


def host_shared(ward: Ward) -> Here:
    ward.write("comment: x\n", type_="task.commented", number=1)
    one = event_id(2)
    text = event(ward.task, one, "comment: x\n", "task.commented").replace(CLONE, OTHER_CLONE)
    plant(ward.plum, {f"{folder(ward.task)}/{one}.yaml": text})
    return ward.plum


def no_identity(ward: Ward) -> Here:
    (ward.home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    return ward.plum


def foreign_owner(ward: Ward) -> Here:
    return ward.with_env(GIT_TEST_ASSUME_DIFFERENT_OWNER="1")


def clare_folder_closed(ward: Ward) -> Here:
    shutil.rmtree(ward.clare)
    ward.clare.write_text("a file")
    return ward.plum


def shallow(ward: Ward) -> Here:
    git(ward.root, "clone", "-q", "--depth", "1", "-b", "fleet", f"file://{ward.hub}", "short")
    here = Here(ward.root / "short", {"CLARE_ACTOR": "nat"})
    here.ok("where")  # which gives the clone its identity
    return here


def attributes(ward: Ward) -> Here:
    ward.plum.git("rm", "-q", "fleet/.gitattributes")
    ward.plum.git("commit", "-q", "-m", "tidy up")
    return ward.plum


def crlf(ward: Ward) -> Here:
    attributes(ward)
    ward.plum.git("config", "core.autocrlf", "true")
    ward.plum.git("rm", "-r", "-q", "--cached", "fleet")
    ward.plum.git("reset", "-q", "--hard")
    return ward.plum


def lock_left(ward: Ward) -> Here:
    aged(ward.git_dir / "packed-refs.lock", 300)
    return ward.plum


def own_lock_left(ward: Ward) -> Here:
    aged(ward.git_dir / "refs" / "clare" / "hub" / "old" / "fleet.lock", 7200)
    return ward.plum


def objects_missing(ward: Ward) -> Here:
    tree = ward.plum.git("rev-parse", "fleet~1^{tree}")
    packs = [
        path.rename(ward.root / path.name) for path in ward.git_dir.glob("objects/pack/*.pack")
    ]
    for path in ward.git_dir.glob("objects/pack/*"):
        path.unlink()
    for path in packs:
        git(ward.plum.folder, "unpack-objects", "-q", given=path.read_bytes())
    (ward.git_dir / "objects" / tree[:2] / tree[2:]).unlink()
    return ward.plum


def rebased(ward: Ward) -> Here:
    (ward.git_dir / "rebase-merge").mkdir()
    (ward.git_dir / "rebase-merge" / "head-name").write_text("refs/heads/fleet\n")
    return ward.plum


def unfinished(ward: Ward) -> Here:
    (ward.git_dir / "MERGE_HEAD").write_text(ward.plum.git("rev-parse", "fleet~1") + "\n")
    return ward.plum


def journal_left(ward: Ward) -> Here:
    """A write was killed after the branch had moved, and before the files were there."""
    ward.plum.git("read-tree", "-u", "--reset", "fleet~1")
    _journal(ward, 2**22 + 1)
    return ward.plum


def _journal(ward: Ward, pid: int) -> Path:
    old, new = ward.plum.git("rev-parse", "fleet~1", "fleet").split()
    trees = [{"top": str(ward.plum.folder), "git_dir": str(ward.git_dir)}]
    move = {"pid": pid, "ref": "refs/heads/fleet", "old": old, "new": new, "worktrees": trees}
    path = ward.clare / "journal" / "0123456789abcdef.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(move))
    return path


def behind(ward: Ward) -> Here:
    """A write of a process that lives: this one."""
    descriptor = os.open(_journal(ward, os.getpid()), os.O_RDWR)
    ward.open_files.append(descriptor)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return ward.plum


def sent_waits(ward: Ward) -> Here:
    """Another host sent a board that has no history in common with this one."""
    apart = board(ward.root, "apart", CLARE_ACTOR="lee")
    ward.plum.git("fetch", "-q", str(apart.folder), "fleet:refs/clare/from/lee/4v0c7qk2/fleet")
    return ward.plum


def candidates_left(ward: Ward) -> Here:
    ward.plum.git("update-ref", "refs/clare/new/0123456789abcdef", "fleet")
    aged(ward.git_dir / "refs" / "clare" / "new" / "0123456789abcdef", 7200)
    return ward.plum


def upkeep_failed(ward: Ward) -> Here:
    said = {"packs": 30, "loose": 0, "problem": "git pack-objects: no space left on device"}
    (ward.git_dir / "clare" / "upkeep.json").write_text(json.dumps(said))
    return ward.plum


def several_no_hub(ward: Ward) -> Here:
    one = board(ward.root, "alone", CLARE_ACTOR="nat")
    tasks = one.add("One"), one.add("Two")
    Here(ward.root, {}).ok("join", "alone", "guest", "--host", "guest")
    guest = Here(ward.root / "guest", {"CLARE_ACTOR": "ada"})
    guest.ok("claim", tasks[0])
    one.git("pull", "-q", "--no-rebase", str(guest.folder), "fleet")
    one.ok("claim", tasks[1])
    return one


def _name_hub(ward: Ward, url: str) -> Here:
    plant(ward.plum, {"fleet/fleet.yaml": f"format: 1\nname: plum\nhub: {url}\n"})
    return ward.plum


def password(ward: Ward) -> Here:
    return _name_hub(ward, "http://nat:swordfish@127.0.0.1:1/hub.git")


def unreachable(ward: Ward) -> Here:
    ward.hub.rename(ward.root / "away.git")
    return ward.plum


def rewound(ward: Ward) -> Here:
    git(ward.hub, "update-ref", "refs/heads/fleet", "fleet~1")
    return ward.plum


def other_hub(ward: Ward) -> Here:
    git(ward.root, "init", "-q", "--bare", "new.git")
    ward.apricot.ok("sync")
    ward.apricot.ok("init", ".", "--hub", str(ward.root / "new.git"))
    return ward.plum


def not_ours(ward: Ward) -> Here:
    (ward.root / "elsewhere").mkdir()
    other = hub_of(ward.root / "elsewhere")
    board(ward.root, "pears", "--hub", str(other))
    return _name_hub(ward, str(other))


def refuses(ward: Ward) -> Here:
    """The far end of ssh lets everybody read and nobody write."""
    far = ward.root / "far-end"
    far.write_text(
        '#!/bin/bash\ncase "$*" in\n*receive-pack*) echo "ERROR: not for nat." >&2; exit 1 ;;\nesac\n'
        'exec sh -c "${!#}"\n'
    )
    far.chmod(0o755)
    _name_hub(ward, f"git@hub:{ward.hub}")
    return ward.with_env(GIT_SSH_COMMAND=str(far), GIT_SSH_VARIANT="simple")


def unpublished(ward: Ward) -> Here:
    return ward.write(f"after:\n- {ward.created}\nset:\n  type: bug\n")


def publish_failed(ward: Ward) -> Here:
    (ward.clare / "publish.said").write_text(
        '{"problem": "the hub does not answer", "hint": "", "notes": []}'
    )
    return ward.plum


def drafts_left(ward: Ward) -> Here:
    aged(ward.clare / "clone.0badcafe", 7200, "{")
    aged(ward.clare / "journal" / "0badcafe.index", 7200)
    return ward.plum


def cache_wrong(ward: Ward) -> Here:
    ward.plum.ok("list")
    kept = ward.clare / "cache" / "base"
    kept.write_bytes(kept.read_bytes()[:-5] + b"wrong")
    return ward.plum


def strange_file(ward: Ward) -> Here:
    (ward.clare / "notes.txt").write_text("mine\n")
    return ward.plum


AILMENTS: dict[str, Callable[[Ward], Here]] = {
    make.__name__.replace("_", "-"): make
    for make in (
        *(git_missing, git_old, config_bad, folder_closed, disk_full, clock_behind, clock_ahead),
        *(nobody, agent_nameless, host_shared, no_identity, foreign_owner, clare_folder_closed),
        *(shallow, attributes, crlf, lock_left, own_lock_left, objects_missing, rebased),
        *(
            unfinished,
            journal_left,
            behind,
            sent_waits,
            candidates_left,
            upkeep_failed,
            several_no_hub,
            password,
        ),
        *(unreachable, rewound, other_hub, not_ours, refuses, unpublished, publish_failed),
        *(on.unreadable, on.unfit, on.template_unreadable, on.never_published, on.newer),
        *(on.format_newer, on.stamped_ahead, on.names_missing, on.no_creation, on.contested),
        *(on.circle_of_needs, on.circle_of_parents, on.need_missing, on.parent_missing),
        *(on.project_missing, drafts_left, cache_wrong, strange_file),
    )
}
