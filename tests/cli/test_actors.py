"""Who acts: every rung of the ladder, from the command line down to git's name."""

from pathlib import Path

import pytest

from tests.cli.running import Here

LADDER = [
    ("--as", "by-option"),
    ("$CLARE_ACTOR", "by-variable"),
    ("the agent session in the environment", "claude/7f3a90b1"),
    ("config.toml", "by-file"),
    ("git's user.name", "nat"),
]


@pytest.mark.parametrize("rung", range(len(LADDER)))
def test_each_rung_counts_where_those_above_are_missing(here: Here, home: Path, rung: int) -> None:
    path = home / ".config/clare/config.toml"
    path.parent.mkdir()
    if rung <= 3:
        path.write_text('actor = "by-file"\n')
    words = ["--as", "by-option"] if rung <= 0 else []
    env = {"CLARE_ACTOR": "by-variable"} if rung <= 1 else {}
    session = {"CLAUDE_CODE_SESSION_ID": "7f3a90b1-2c3d"} if rung <= 2 else {}
    actor = here.run("where", "--json", *words, **env, **session).record["actor"]
    why, name = LADDER[rung]
    assert isinstance(actor, dict)
    assert actor["value"] == name
    assert str(actor["why"]).endswith(why)


@pytest.mark.parametrize(
    ("env", "name"),
    [
        ({"CLAUDE_CODE_SESSION_ID": "7f3a90b1-2c3d"}, "claude/7f3a90b1"),
        ({"CLAUDE_SESSION_ID": "7f3a90b1-2c3d"}, "claude/7f3a90b1"),
        ({"CODEX_THREAD_ID": "019b0000-0000-7000-8000-00007f3a90b1"}, "codex/7f3a90b1"),
    ],
)
def test_an_agent_s_session_names_it(here: Here, env: dict[str, str], name: str) -> None:
    task = here.add("Work")
    assert here.run("claim", task, **env).out.startswith(f"{name} holds {task[:4]} until ")


@pytest.mark.parametrize(
    ("mark", "kind"),
    [
        ("CLAUDECODE", "claude"),
        ("CODEX_SANDBOX", "codex"),
        ("CURSOR_AGENT", "cursor"),
        ("GEMINI_CLI", "gemini"),
    ],
)
def test_a_nameless_agent_takes_nothing_and_is_told_the_line_to_export(
    here: Here, home: Path, mark: str, kind: str
) -> None:
    task = here.add("Work")
    for configured in ("", 'actor = "ada"\n'):
        path = home / ".config/clare/config.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(configured)
        for words in (["claim", task], ["next", "--claim"]):
            ran = here.run(*words, **{mark: "1"})
            assert (ran.code, ran.out) == (1, "")
            first, line = ran.err.splitlines()
            assert first.startswith("clare: this is an agent's shell")
            assert line.startswith(f"  export CLARE_ACTOR={kind}/")
    named = {"CLARE_ACTOR": line.partition("=")[2]}
    assert here.run("claim", task, **{mark: "1"}, **named).code == 0


def test_a_name_that_cannot_be_one_is_told_with_where_it_comes_from(here: Here) -> None:
    ran = here.run("list", CLARE_ACTOR="a b")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "clare: $CLARE_ACTOR: 'a b' cannot name an actor",
    )
    assert here.run("list", CLAUDE_CODE_SESSION_ID="\x1b[31m").code == 2
