"""What lets bash, zsh and fish complete commands: click's protocol, with words as people type them.

Bash breaks words at `:`, `=` and `@`, so its script hands over the line as it stands and takes away
again what bash keeps. Fish's script keeps commas in descriptions.
"""

import os

import click
from click.shell_completion import (
    BashComplete,
    FishComplete,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from clare.cli.options import Session, common

VARIABLE = "_CLARE_COMPLETE"

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line=${COMP_LINE:0:COMP_POINT} entry value char
    local word=${line##*[[:space:]]}
    local rest=$word
    for char in : = @; do
        [[ $COMP_WORDBREAKS == *"$char"* ]] && rest=${rest##*"$char"}
    done
    local kept=${word%%"$rest"}
    COMPREPLY=()
    while read -r entry; do
        value=${entry#*,}
        case ${entry%%%%,*} in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("${value#"$kept"}") ;;
        esac
    done < <(COMP_LINE=$line %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null ||
    complete -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Bash, with the words between blanks."""

    source_template = _BASH

    def source(self) -> str:
        """The script, without asking the bash that is installed for its version."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """The whole words before the cursor, and the one that is being typed."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        if not words or line[-1:].isspace():
            return words, ""
        return words[:-1], words[-1]


class Fish(FishComplete):
    """Fish, with descriptions that may hold commas."""

    source_template = FishComplete.source_template.replace(
        'string split ","', 'string split -m 1 ","'
    )


add_completion_class(Bash, "bash")
add_completion_class(Fish, "fish")


@common
@click.command(epilog='Examples: eval "$(clare completion bash)"; clare completion fish | source')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_obj
def completion(session: Session, shell: str) -> None:
    """What lets the shell complete commands.

    Also tasks with their titles, projects, labels, actors and the like. For bash, in ~/.bashrc:
    eval "$(clare completion bash)"; zsh likewise, in ~/.zshrc; for fish, in
    ~/.config/fish/config.fish: clare completion fish | source
    """
    found = get_completion_class(shell)
    if found:
        root = click.get_current_context().find_root().command
        script = found(root, {}, "clare", VARIABLE).source()
        if session.as_json:
            session.data({"shell": shell, "script": script})
        else:
            click.echo(script, nl=False)
