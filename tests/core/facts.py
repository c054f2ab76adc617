"""For every type of event: any fact of it, and the one whose bytes are pinned."""

from collections.abc import Mapping

from hypothesis import strategies as st

from clare import names
from clare.clock import DAY, HOUR, MINUTE, SECOND, Stamp
from clare.events.fact import Acknowledged, Fact, Retracted
from clare.events.host import HostAdded, HostEdited, HostFields, HostSets
from clare.events.project import ProjectCreated, ProjectEdited, ProjectFields
from clare.events.read import Node
from clare.events.task import (
    TaskClaimed,
    TaskCommented,
    TaskCreated,
    TaskEdited,
    TaskFields,
    TaskReleased,
    TaskSets,
)
from clare.events.text import event_bytes
from clare.events.view import ViewFields, ViewSaved

Sets = dict[str, list[str]]

TASK = "tasks/7qk2m9xw4v0c"
PROJECT = "projects/parser"
VIEW = "views/my-bugs"
HOST = "hosts/plum"
EVENT = "20261120T090412.123Z-0000-plum-k3f9x2m1"
EARLIER = "20261120T085900.001Z-0000-apricot-x2m10p7q"
CLONE = "4v0c7qk2"

TRICKY = [
    "on",
    "no",
    "~",
    "null",
    "1_000",
    "0x1F",
    "12:30",
    "2026-11-20",
    "---",
    "--- a",
    "...",
    "- a",
    "? a",
    "a: b",
    "a:",
    ": a",
    "# a",
    "a # b",
    "a #b",
    "'",
    '"',
    'it\'s "so"',
    "[a, b]",
    "{a: b}",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "| a",
    "> a",
    "%TAG",
    "@a",
    "`a`",
    "\\",
    "\\n",
    " a",
    "a ",
    "a\tb",
    "\ta",
    "<<",
    "=",
    "🎉 ünïcødé 漢字",
    "👩‍💻",
    "\u202eright to left",
    "\ufeffa",
    "a\u00a0b",
    "x" * 500,
    "é🎉: " * 125,
    "word " * 100 + "end",
]
TRICKY_TEXTS = [
    "",
    "\n",
    "\n\n",
    "a\n",
    "a\n\n",
    "a\n\n\n",
    "\na",
    " a\nb",
    "a\n  b\n\n    c",
    "a\n \nb",
    "a \nb ",
    "a\n\tb",
    "---\na: b\n---\n",
    "...\nb",
    "a\n# b",
    "a\r\nb",
    "a\x00b",
    "a\x85b",
    "a\u2028b\nc",
    "\ufffe\uffff",
    "a\n" + "x" * 2_000 + "\nb",
    "'\"\n\\n",
    *TRICKY,
]

_UNICODE = st.characters(exclude_categories=["Cs"])
_ONE_LINE = st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\x00\x85\u2028\u2029")
LINES = st.one_of(
    st.sampled_from(TRICKY), st.text(_ONE_LINE, min_size=1, max_size=40).filter(str.strip)
)
TEXTS = st.one_of(
    st.sampled_from(TRICKY_TEXTS),
    st.text(_UNICODE, max_size=60),
    st.text(st.sampled_from("ab \n\t-:#|\"'"), max_size=30),
)
LABELS = st.one_of(
    st.sampled_from(["on", "1_000", "a:b", "#1", "🎉", "'"]),
    st.from_regex(r"[a-zA-Z0-9.:/+#@!][a-zA-Z0-9.:/+#@!-]{0,20}", fullmatch=True),
)
ACTORS = st.sampled_from(["nat", "claude/7f3a", "n@t", "ñat", "#1", "a:b", "@nat"])
TASK_IDS = st.from_regex(names.TASK_ID, fullmatch=True)
SLUGS = st.from_regex(names.SLUG, fullmatch=True).filter(names.is_slug)
CLONES = st.from_regex(names.CLONE, fullmatch=True)
DAYS = st.sampled_from(["2026-12-01", "2026-12-01T09:30:00Z", "2026-12-01T09:30:00.5Z"])
EVENT_IDS = st.builds(
    "{}-{}-{}".format,
    st.builds(Stamp, st.integers(0, 9_999 * DAY), st.integers(0, 0xFFFF)),
    st.from_regex(names.HOST, fullmatch=True),
    CLONES,
)
SOME_EVENTS = st.lists(EVENT_IDS, min_size=1, max_size=4).map(tuple)
LEASES = st.builds(
    int.__mul__, st.integers(1, 999_999), st.sampled_from([SECOND, MINUTE, HOUR, DAY])
)


def optional(one: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), one)


FIELDS: dict[str, st.SearchStrategy[str]] = {
    "title": LINES,
    "project": optional(SLUGS),
    "body": TEXTS,
    "type": LABELS,
    "status": st.sampled_from(["idea", "open", "review", "done", "dropped"]),
    "priority": st.sampled_from(["P0", "P1", "P2", "P3", "P4"]),
    "pinned": st.sampled_from(["true", "false"]),
    "parent": optional(TASK_IDS),
    "assignee": optional(ACTORS),
    "due": optional(DAYS),
    "defer_until": optional(DAYS),
    "repeat": optional(st.sampled_from(["day", "2 weeks", "month on 31"])),
    "done_when": TEXTS,
    "close_reason": TEXTS,
}
ELEMENTS: dict[str, st.SearchStrategy[str]] = {
    "labels": LABELS,
    "needs": TASK_IDS,
    "links": LINES,
}
PROJECT_FIELDS: dict[str, st.SearchStrategy[str]] = {
    "repo": optional(LINES),
    "title": LINES,
    "body": TEXTS,
    "status": st.sampled_from(["active", "archived"]),
}

VIEW_FIELDS: dict[str, st.SearchStrategy[str]] = {"query": TEXTS, "columns": optional(LINES)}
HOST_FIELDS: dict[str, st.SearchStrategy[str]] = {"about": optional(LINES)}
HOST_ELEMENTS: dict[str, st.SearchStrategy[str]] = {"roles": LABELS, "labels": LABELS}


def some_of(elements: Mapping[str, st.SearchStrategy[str]]) -> st.SearchStrategy[Sets]:
    """Some of these sets, with a few elements each."""
    return st.fixed_dictionaries(
        {}, optional={name: st.lists(one, min_size=1, max_size=3) for name, one in elements.items()}
    )


TASK_FIELDS = st.fixed_dictionaries({}, optional=FIELDS).map(TaskFields.model_validate)
TASK_SETS = some_of(ELEMENTS).map(TaskSets.model_validate)
ABOUT_PROJECTS = st.fixed_dictionaries({}, optional=PROJECT_FIELDS).map(
    ProjectFields.model_validate
)
ABOUT_VIEWS = st.fixed_dictionaries({}, optional=VIEW_FIELDS).map(ViewFields.model_validate)
ABOUT_HOSTS = st.fixed_dictionaries({}, optional=HOST_FIELDS).map(HostFields.model_validate)
HOST_SETS = some_of(HOST_ELEMENTS).map(HostSets.model_validate)
TASKS = TASK_IDS.map(names.task_key)
PROJECTS = SLUGS.map(names.project_key)
VIEWS = SLUGS.map(names.view_key)
HOSTS = st.from_regex(names.HOST, fullmatch=True).filter(names.is_host).map(names.host_key)
ANYTHING = st.one_of(TASKS, PROJECTS, HOSTS, st.just("sprints/one"))

STRATEGIES: dict[str, st.SearchStrategy[Fact]] = {
    "event.retracted": st.builds(Retracted, entity=ANYTHING, retracts=SOME_EVENTS),
    "file.acknowledged": st.builds(
        Acknowledged,
        entity=ANYTHING,
        files=st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    ),
    "host.added": st.builds(HostAdded, entity=HOSTS, set=ABOUT_HOSTS, add=HOST_SETS),
    "host.edited": st.builds(
        HostEdited, entity=HOSTS, set=ABOUT_HOSTS, add=HOST_SETS, remove=HOST_SETS
    ),
    "project.created": st.builds(ProjectCreated, entity=PROJECTS, set=ABOUT_PROJECTS),
    "project.edited": st.builds(ProjectEdited, entity=PROJECTS, set=ABOUT_PROJECTS),
    "task.created": st.builds(TaskCreated, entity=TASKS, set=TASK_FIELDS, add=TASK_SETS),
    "task.edited": st.builds(
        TaskEdited, entity=TASKS, set=TASK_FIELDS, add=TASK_SETS, remove=TASK_SETS
    ),
    "task.commented": st.builds(TaskCommented, entity=TASKS, text=TEXTS),
    "task.claimed": st.builds(TaskClaimed, entity=TASKS, lease=LEASES, hub=st.booleans()),
    "task.released": st.builds(TaskReleased, entity=TASKS, ends=SOME_EVENTS),
    "view.saved": st.builds(ViewSaved, entity=VIEWS, set=ABOUT_VIEWS),
}
"""Any fact of each type. A new type needs its line here, and one below."""

PINNED: dict[str, Fact] = {
    "event.retracted": Retracted(entity=PROJECT, retracts=(EARLIER,)),
    "file.acknowledged": Acknowledged(entity=TASK, files=(f"{EARLIER}.yaml@0f3a9c1d",)),
    "host.added": HostAdded(
        entity=HOST,
        set=HostFields(about="Under the desk: the one with 2 GPUs"),
        add=HostSets(roles=("builder", "gpu"), labels=("loud", "on")),
    ),
    "host.edited": HostEdited(
        entity=HOST,
        set=HostFields(about=""),
        add=HostSets(roles=("hub",)),
        remove=HostSets(roles=("gpu",), labels=("loud",)),
    ),
    "project.created": ProjectCreated(
        entity=PROJECT, set=ProjectFields(title="The parser", body="Reads.\n\nAnd writes.\n")
    ),
    "project.edited": ProjectEdited(
        entity=PROJECT, set=ProjectFields(status="archived", repo="git@hub:orchard/parser.git")
    ),
    "task.created": TaskCreated(
        entity=TASK,
        set=TaskFields(
            title='Say "no": a ünïcødé 🎉 --- title # with all',
            project="parser",
            body="One line.\n\n  - indented: yes\n\ttabbed\n",
            type="bug",
            status="idea",
            priority="P1",
            pinned="true",
            parent="9xw4v0c7qk2m",
            assignee="claude/7f3a",
            due="2026-12-01",
            defer_until="2026-11-30T09:30:00Z",
            done_when=" leading space\nand a second line",
            close_reason="",
        ),
        add=TaskSets(
            labels=("parser", "on", "1_000"),
            needs=("9xw4v0c7qk2m",),
            links=("https://example.org/?a=b#c",),
        ),
    ),
    "task.edited": TaskEdited(
        entity=TASK,
        set=TaskFields(status="review", priority="P1"),
        add=TaskSets(labels=("parser",)),
        remove=TaskSets(needs=("9xw4v0c7qk2m",)),
    ),
    "task.commented": TaskCommented(entity=TASK, text="Ends with two\n\n"),
    "task.claimed": TaskClaimed(entity=TASK, lease=4 * HOUR, hub=True),
    "task.released": TaskReleased(entity=TASK, ends=(EARLIER,)),
    "view.saved": ViewSaved(
        entity=VIEW,
        set=ViewFields(
            query='type:bug "exact words" -label:wip sort:due', columns="short,title,labels"
        ),
    ),
}
"""The facts whose files lie in `tests/golden/events`."""

ENVELOPE: dict[str, Node] = {
    "id": EVENT,
    "type": "task.edited",
    "by": "nat",
    "clone": CLONE,
    "entity": TASK,
}
"""What every event file starts with."""


def mapping(**body: Node) -> dict[str, Node]:
    return {**ENVELOPE, **body}


def written(fact: Fact) -> bytes:
    return event_bytes(fact, event_id=EVENT, by="nat", clone=CLONE, after=[EARLIER])
