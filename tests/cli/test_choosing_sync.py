"""Whether writes are published by themselves: what is said nearest counts."""

import pytest

from clare.config import Chosen, choose_sync, path
from clare.errors import Usage


def test_what_is_said_nearest_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"sync": "manual"}
    assert choose_sync({}) == Chosen("auto", "the default")
    assert choose_sync({}, shared="manual") == Chosen("manual", "fleet.yaml")
    assert choose_sync(settings, shared="auto") == Chosen("manual", str(path()))
    monkeypatch.setenv("CLARE_SYNC", "auto")
    assert choose_sync(settings, shared="manual") == Chosen("auto", "$CLARE_SYNC")
    assert choose_sync(settings, given="manual") == Chosen("manual", "the command line")


def test_a_word_that_means_neither_is_told_with_where_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Usage, match=r"^fleet.yaml: sync: 'on' is not auto or manual$"):
        choose_sync({}, shared="on")
    monkeypatch.setenv("CLARE_SYNC", "on")
    with pytest.raises(Usage, match=r"^\$CLARE_SYNC: sync: 'on' is not auto or manual$"):
        choose_sync({})
