"""Everything that `clare doctor` knows: what each kind of trouble means and what to do about it.

The table is the one place for these texts: the command prints them, the documentation shows them.
"""

from dataclasses import dataclass

from clare.errors import Exit

BROKEN = "broken"
NOTE = "note"
AREAS = ("machine", "git", "hub", "board", "cache")
"""Where to look, in the order in which it is looked."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of trouble. `exit_code` is what it makes the doctor exit with; a note has none."""

    name: str
    area: str
    means: str
    do: str
    exit_code: Exit | None = None
    fixable: bool = False

    @property
    def level(self) -> str:
        return NOTE if self.exit_code is None else BROKEN


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing found, and where. `remedy` is what to do where more is known than of its kind."""

    trouble: Trouble
    where: str
    problem: str
    remedy: str = ""

    @property
    def level(self) -> str:
        return self.trouble.level

    @property
    def do(self) -> str:
        return self.remedy or self.trouble.do


def _machine(name: str, means: str, do: str, *, broken: bool = False) -> Trouble:
    return Trouble(name, "machine", means, do, Exit.REFUSED if broken else None)


def _git(
    name: str, means: str, do: str, *, exit_code: Exit | None = None, fixable: bool = False
) -> Trouble:
    return Trouble(name, "git", means, do, exit_code, fixable)


def _hub(
    name: str, means: str, do: str, *, exit_code: Exit | None = None, fixable: bool = False
) -> Trouble:
    return Trouble(name, "hub", means, do, exit_code, fixable)


def _board(name: str, means: str, do: str, *, broken: bool = False) -> Trouble:
    return Trouble(name, "board", means, do, Exit.UNREADABLE if broken else None)


GIT_MISSING = _machine(
    "git-missing",
    "nothing works without git",
    "install git 2.38 or newer, and see that it is on $PATH",
    broken=True,
)
GIT_OLD = _machine(
    "git-old",
    "an older git lacks what keeps writes safe and merges alike",
    "install git 2.38 or newer",
    broken=True,
)
CONFIG_BAD = _machine(
    "config-bad",
    "every command refuses to guess what the configuration means",
    "mend the line that is named, or remove it",
    broken=True,
)
FOLDER_CLOSED = _machine(
    "folder-closed",
    "what belongs there cannot be written: settings, or the report of a bug",
    "make it a folder that you may write to",
)
DISK_FULL = _machine(
    "disk-full",
    "soon a write will fail; it fails as a whole, so nothing is half-written",
    "make room on that disk",
)
CLOCK_BEHIND = _machine(
    "clock-behind",
    "several other clones are ahead of this clock by more than 5 minutes: it is probably this "
    "clock that is wrong, and leases look longer than they are",
    "set the clock, or let it be set (NTP)",
)
CLOCK_AHEAD = _machine(
    "clock-ahead",
    "others who had seen an event of this clone wrote more than 5 minutes before it: this "
    "clock was ahead, and claims of others look lapsed too early here",
    "set the clock, or let it be set (NTP)",
)
NOBODY = _machine(
    "nobody",
    "without an actor nothing can be written",
    "say who you are: export CLARE_ACTOR=NAME, or --as NAME",
    broken=True,
)
AGENT_NAMELESS = _machine(
    "agent-nameless",
    "this is an agent's shell, and nothing tells this agent from the others; it cannot claim",
    "give each agent a name of its own: export CLARE_ACTOR=claude/7f3a",
)
HOST_SHARED = _machine(
    "host-shared",
    "several clones write under one host's name; harmless for two folders of one machine, "
    "misleading for two machines",
    "in the clone of one of two machines: clare init . --host ANOTHER-NAME",
)

NO_IDENTITY = _git(
    "no-identity",
    "a commit needs an author, so nothing can be written",
    'git config --global user.name "Your Name" && git config --global user.email you@example.org',
    exit_code=Exit.REFUSED,
)
FOREIGN_OWNER = _git(
    "foreign-owner",
    "the repository belongs to another user, and git refuses to work there",
    "if you trust it: git config --global --add safe.directory FOLDER",
    exit_code=Exit.REFUSED,
)
CLARE_FOLDER_CLOSED = _git(
    "clare-folder-closed",
    "what this clone knows of itself lies there; without it nothing can be written",
    "make it a folder that you may write to",
    exit_code=Exit.REFUSED,
)
SHALLOW = _git(
    "shallow",
    "the older history is missing here: logs end early, and a sync may take the hub for rewound",
    "git fetch --unshallow",
)
ATTRIBUTES = _git(
    "attributes",
    "without its line git may change the bytes of events on their way to disk and back",
    "write `* text eol=lf -filter -ident -working-tree-encoding` to fleet/.gitattributes on the "
    "board's branch, and commit it",
)
CRLF = _git(
    "crlf",
    "the settings of git have changed line ends; a file that is committed so cannot be read",
    "mend fleet/.gitattributes; then, with nothing of yours uncommitted in fleet/, "
    "`rm -r fleet && git checkout HEAD -- fleet`",
)
LOCK_LEFT = _git(
    "lock-left",
    "git locks a file while it writes; a lock that stays makes every later write fail",
    "when no git and no editor of a commit message is at work there, remove the file",
)
OWN_LOCK_LEFT = _git(
    "own-lock-left",
    "a killed command of Clare has left it; what it locks cannot be written",
    "clare doctor --fix",
    fixable=True,
)
OBJECTS_MISSING = _git(
    "objects-missing",
    "the repository has lost a part of the board's history",
    "every other clone has it: `clare join URL` into a new folder, or `git fetch --refetch`",
    exit_code=Exit.UNREADABLE,
)
REBASED = _git(
    "rebased",
    "nothing is written while a rebase of the board is open: an abort would put it back",
    "git rebase --continue, or git rebase --abort",
    exit_code=Exit.REFUSED,
)
UNFINISHED = _git(
    "unfinished",
    "something that you began with git is still open where the board is checked out",
    "finish it or give it up: `git status` there says how",
)
JOURNAL_LEFT = _git(
    "journal-left",
    "a command was killed while the board moved; nothing is lost, and the next command finishes it",
    "clare doctor --fix, or any other command",
    fixable=True,
)
BEHIND = _git(
    "behind",
    "the branch has events that the files there do not show yet",
    "end what is at work in that working tree; the next command brings the files",
)
SENT_WAITS = _git(
    "sent-waits",
    "another host sent events while the board was checked out here, and they are not taken in yet",
    "see to what stands in their way; the next command tries again",
)
CANDIDATES_LEFT = _git(
    "candidates-left",
    "killed commands have left commits on which no branch stands; they only take room",
    "clare doctor --fix",
    fixable=True,
)
UPKEEP_FAILED = _git(
    "upkeep-failed",
    "what many small writes leave is packed in the background; that failed, and git gets slower",
    "clare doctor --fix",
    fixable=True,
)

SEVERAL_NO_HUB = _hub(
    "several-no-hub",
    "several hosts claim tasks and no hub decides: two may take the same task",
    "clare init . --hub URL",
)
PASSWORD = _hub(
    "password",
    "fleet.yaml is published, and with it the password in the hub's address",
    "change that password; then `clare init . --hub URL` with an address without it",
    exit_code=Exit.UNREADABLE,
)
UNREACHABLE = _hub(
    "unreachable",
    "writes are saved here and wait; claims cannot be taken",
    "see to the network, the address or your key; `clare sync` tries again",
    exit_code=Exit.UNPUBLISHED,
)
REWOUND = _hub(
    "rewound",
    "somebody pushed by force, or restored a backup; nothing is published until that is settled",
    "push back what the hub had, or forget it: `clare sync` prints both commands",
    exit_code=Exit.UNREADABLE,
)
OTHER_HUB = _hub(
    "other-hub",
    "the fleet has moved, and this clone does not know it yet",
    "clare sync",
)
NOT_OURS = _hub(
    "not-ours",
    "what lies at the hub is not this board, so nothing can be exchanged with it",
    "check the address in fleet/fleet.yaml; `clare init . --hub URL` names another",
    exit_code=Exit.UNREADABLE,
)
REFUSES = _hub(
    "refuses",
    "the hub answers, but does not take what waits here",
    "ask whoever runs it for the right to push",
    exit_code=Exit.UNPUBLISHED,
)
UNPUBLISHED = _hub(
    "unpublished",
    "others do not see it yet, though more than a minute has passed",
    "clare sync, or clare doctor --fix",
    fixable=True,
)
PUBLISH_FAILED = _hub(
    "publish-failed",
    "publishing in the background did not work the last time",
    "clare sync, or clare doctor --fix; either says why it fails",
    fixable=True,
)

UNREADABLE = _board(
    "unreadable",
    "the file is kept, but what it says is not known; commands about that task exit with 5",
    "mend it with git, or accept it with --acknowledge FILE",
    broken=True,
)
UNFIT = _board(
    "unfit",
    "this part is left out, the rest counts",
    "write it anew with a command, then accept the file with --acknowledge FILE",
    broken=True,
)
TEMPLATE = _board(
    "template-unreadable",
    "`clare add --template` refuses this one; nothing else rests on it",
    "mend the file with git, or remove it",
    broken=True,
)
NEVER_PUBLISHED = _board(
    "never-published",
    "a commit here is not of a kind that Clare publishes, and holds back all that wait",
    "drop that commit, or push it with git",
    broken=True,
)
NEWER = _board(
    "newer",
    "a newer Clare wrote it; it is kept, and what is known of it counts",
    "install a newer Clare",
)
FORMAT_NEWER = _board(
    "format-newer",
    "the board can be read, but not written",
    "install a newer Clare",
)
STAMPED_AHEAD = _board(
    "stamped-ahead",
    "whoever wrote it has a wrong clock, or this machine has; other clocks do not follow it",
    "compare the clocks of the two machines; the event stays as it is",
)
NAMES_MISSING = _board(
    "names-missing",
    "an event had seen another that is not here: it counts as absent",
    "`clare sync` if it may still come; else nothing",
)
NO_CREATION = _board(
    "no-creation",
    "its creation was undone, or has not arrived yet; it is not listed",
    "`clare sync` if it may still come; else nothing",
)
CONTESTED = _board(
    "contested",
    "two have written the field without having seen each other; the last one shows",
    "write the value that is meant: clare edit TASK …",
)
CIRCLE_OF_NEEDS = _board(
    "circle-of-needs",
    "these tasks wait for each other and never become ready",
    "take one need away: clare needs TASK OTHER --rm",
)
CIRCLE_OF_PARENTS = _board(
    "circle-of-parents",
    "a task cannot be a part of itself",
    'give one of them another parent: clare edit TASK --parent ""',
)
NEED_MISSING = _board(
    "need-missing",
    "it waits for a task that is not on this board; that does not block it",
    "`clare sync` if it may still come; else clare needs TASK OTHER --rm",
)
PARENT_MISSING = _board(
    "parent-missing",
    "it is a part of a task that is not on this board",
    '`clare sync` if it may still come; else clare edit TASK --parent ""',
)
PROJECT_MISSING = _board(
    "project-missing",
    "it belongs to a project that is not on this board",
    "clare project add PROJECT, or clare edit TASK -P ANOTHER",
)

DRAFTS_LEFT = Trouble(
    "drafts-left",
    "cache",
    "a killed command has left temporary files; they only take room",
    "clare doctor --fix",
    fixable=True,
)
STRANGE_FILE = Trouble(
    "strange-file",
    "cache",
    "this Clare does not know it; a newer one may have made it, or somebody by mistake",
    "leave it to the newer Clare, or remove it",
)
CACHE_WRONG = Trouble(
    "cache-wrong",
    "cache",
    "what is kept beside the log to answer at once is not what the log says; the log is right",
    "clare doctor --fix",
    fixable=True,
)

TROUBLES = tuple(found for found in list(globals().values()) if isinstance(found, Trouble))
"""All of them, in the order above."""
