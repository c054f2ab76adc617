"""The groups of commands below `clare`: a noun each."""

from clare.cli.entry import TASK_COMMANDS
from clare.cli.lazy import LazyGroup
from clare.cli.options import common

PROJECT_COMMANDS = {
    "add": ("clare.cli.projects:add", "Add a project."),
    "list": ("clare.cli.projects:list_projects", "List projects."),
    "show": ("clare.cli.projects:show", "Show a project and its unfinished tasks."),
    "edit": ("clare.cli.projects:edit", "Change a project."),
    "archive": ("clare.cli.projects:archive", "Put a project away; its tasks stay."),
}
VIEW_COMMANDS = {
    "save": ("clare.cli.views:save", "Save a query under a name, for `clare list @NAME`."),
    "list": ("clare.cli.views:list_views", "List saved views."),
    "show": ("clare.cli.views:show", "Show what a view stands for."),
    "rm": ("clare.cli.views:remove", "Take a view away; its history stays."),
}
HOST_COMMANDS = {
    "add": ("clare.cli.hosts:add", "Add a host."),
    "list": ("clare.cli.hosts:list_hosts", "List hosts."),
    "show": ("clare.cli.hosts:show", "Show a host."),
    "edit": ("clare.cli.hosts:edit", "Change a host."),
    "rm": ("clare.cli.hosts:remove", "Take a host off the board; its history stays."),
}
CONFIG_COMMANDS = {
    "get": ("clare.cli.settings:get", "Print one setting as it acts here."),
    "set": ("clare.cli.settings:set_", "Set something on this machine, or for all clones."),
    "unset": ("clare.cli.settings:unset", "Take a setting away."),
    "list": ("clare.cli.settings:list_", "Every setting, its value, and where that comes from."),
    "path": ("clare.cli.settings:path", "Where this machine's configuration lies."),
}
IMPORT_COMMANDS = {
    "backlog": ("clare.cli.imports:backlog", "Import the tasks of a Backlog.md folder."),
    "beads": ("clare.cli.imports:beads", "Import issues that beads exported as JSON lines."),
    "csv": (
        "clare.cli.imports:table",
        "Import a table of tasks; its columns are called as the fields of a task.",
    ),
    "github": (
        "clare.cli.imports:github",
        "Import GitHub's issues, from `gh issue list --json …` or its REST interface.",
    ),
    "jsonl": ("clare.cli.imports:jsonl", "Import what `clare export --jsonl` wrote."),
    "markdown": (
        "clare.cli.imports:markdown",
        "Import a TODO list in Markdown: `- [ ] text`, `- [x] text`.",
    ),
    "taskwarrior": (
        "clare.cli.imports:taskwarrior",
        "Import tasks that taskwarrior exported.",
    ),
}
AGENT_COMMANDS = {
    "install": (
        "clare.cli.agents:install",
        "Write a section about Clare into AGENTS.md, or bring it up to date.",
    ),
    "remove": ("clare.cli.agents:remove", "Take the section about Clare out of AGENTS.md again."),
}
MAN_COMMANDS = {
    "show": (
        "clare.cli.manual:show",
        "Print the man page of a command, in the language of man pages.",
    ),
    "install": (
        "clare.cli.manual:install",
        "Write the man pages of all commands, for `man clare` and `man clare-add`.",
    ),
    "remove": (
        "clare.cli.manual:remove",
        "Remove the man pages that `clare man install` has written.",
    ),
}
TEMPLATE_COMMANDS = {
    "list": ("clare.cli.templates:list_templates", "List the templates of the board."),
    "show": ("clare.cli.templates:show", "Show a template as it is written."),
}

task = common(LazyGroup("task", TASK_COMMANDS, help="Tasks: the same commands as without `task`."))
project = common(LazyGroup("project", PROJECT_COMMANDS, help="Projects: what tasks belong to."))
view = common(LazyGroup("view", VIEW_COMMANDS, help="Saved views: queries with a name."))
host = common(
    LazyGroup("host", HOST_COMMANDS, help="Hosts: the fleet's machines, and what each is for.")
)
template = common(
    LazyGroup("template", TEMPLATE_COMMANDS, help="Templates: what `add --template` begins with.")
)
config = common(
    LazyGroup("config", CONFIG_COMMANDS, help="Settings, of this machine and of the fleet.")
)
imports = common(LazyGroup("import", IMPORT_COMMANDS, help="Bring tasks in from other trackers."))
agents = common(LazyGroup("agents", AGENT_COMMANDS, help="The section about Clare in AGENTS.md."))
hooks = common(
    LazyGroup(
        "hooks",
        {"agents": ("clare.cli.groups:agents", "The section about Clare in AGENTS.md.")},
        help="Tell other programs about Clare, and stop telling them.",
    )
)
man = common(LazyGroup("man", MAN_COMMANDS, help="The man pages of these commands."))
