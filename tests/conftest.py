"""Every test starts from an empty home, a pinned git identity and a bare environment."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "ci",
    max_examples=50,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(  # where a failure is expected, nobody reads the smallest example of it
    "mutants", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

KEPT = {"CLARE_TESTS_REQUIRE"}
AGENTS = ("CLAUDE", "CODEX_", "CURSOR_", "GEMINI_")
DROPPED = (*AGENTS, "CLARE_", "EDITOR", "GIT_", "PYTHONUNBUFFERED", "VISUAL", "XDG_")
GITCONFIG = """\
[user]
	name = Nat
	email = nat@example.invalid
[init]
	defaultBranch = main
[maintenance]
	auto = false
[gc]
	auto = 0
[protocol "file"]
	allow = always
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in set(os.environ) - KEPT:
        if name.startswith(DROPPED):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    (home / ".config").mkdir(parents=True)
    (home / ".gitconfig").write_text(GITCONFIG)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return home
