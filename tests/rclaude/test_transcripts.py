"""What transcripts tell: state, title, model, tokens, from the end of files that may be damaged."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rclaude import files, lines, transcripts, turns
from rclaude.transcripts import NEAR, REACHES, Told
from rclaude.usage import spent
from tests.rclaude.tree import (
    Line,
    answer,
    calls,
    data,
    large,
    prompt,
    result,
    says,
    sid,
    tokens,
    transcript,
    turn,
    work,
)

NOON = 1_790_000_000.0
MEGABYTE = 1 << 20


@pytest.fixture
def base(home: Path) -> Path:
    return home / ".claude"


@pytest.fixture
def told(base: Path) -> Callable[[Iterable[Line] | bytes], Told]:
    return lambda content: transcripts.read(str(transcript(base, sid(1), content)))


Tell = Callable[[Iterable[Line] | bytes], Told]


def test_only_files_named_by_a_session_id_are_sessions(base: Path) -> None:
    path = transcript(base, sid(1), [prompt("hello")])
    for other in (f"{sid(1)}/subagents/agent-1.jsonl", f"{sid(1)}/subagents/{sid(9)}.jsonl"):
        (path.parent / other).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / other).write_text("{}\n")
    for other in ("memory", "tool-results"):
        (path.parent / other).mkdir()
        (path.parent / other / f"{sid(8)}.jsonl").write_text("{}\n")
    for name in ("agent-7f3a.jsonl", f"{sid(7)}.json", f"{sid(6).upper()}x.jsonl", "x.jsonl"):
        (path.parent / name).write_text("{}\n")
    (path.parent / f"{sid(2)}.jsonl").symlink_to(path)
    os.mkfifo(path.parent / f"{sid(3)}.jsonl")
    (path.parent / f"{sid(4)}.jsonl").mkdir()
    assert list(transcripts.found()) == [sid(1)]


def test_of_a_session_in_two_folders_the_newer_file_counts(base: Path) -> None:
    old, new = (transcript(base, sid(1), [prompt("hello")], slug) for slug in ("-b", "-a"))
    os.utime(old, (NOON, NOON))
    os.utime(new, (NOON + 1, NOON + 1))
    assert transcripts.found()[sid(1)].path == str(new)


STATES: dict[str, tuple[str, list[Line]]] = {
    "an unanswered tool call": ("busy", [prompt("go"), answer(calls("Bash"), reason="tool_use")]),
    "a tool call on a line that has no reason": ("busy", [answer(calls("Bash"), reason=None)]),
    "a tool call, and a note of the program": (
        "busy",
        [answer(calls("Bash"), reason="tool_use"), prompt("by the way", isMeta=True)],
    ),
    "a result without an answer": ("busy", [answer(calls("Bash")), result("12 passed")]),
    "a prompt without an answer": ("busy", [answer(says("done")), prompt("and now this")]),
    "a thought": ("busy", [answer({"type": "thinking", "thinking": "hm"}, reason=None)]),
    "the end of a turn": ("idle", [prompt("go"), answer(says("done"))]),
    "a text that has no reason": ("idle", [prompt("go"), answer(says("done"), reason=None)]),
    "an end and what a subagent still does": (
        "idle",
        [answer(says("done")), answer(calls("Bash"), reason="tool_use", isSidechain=True)],
    ),
    "an interruption": ("idle", [prompt("go"), prompt("[Request interrupted by user]")]),
    "a command that no model answers": (
        "idle",
        [answer(says("done")), prompt("<command-name>/model</command-name>")],
    ),
    "an error in place of an answer": (
        "idle",
        [answer(says("API Error"), model="<synthetic>", reason="stop_sequence")],
    ),
    "nothing": ("", []),
    "no turn": ("", [{"type": "summary", "summary": "Old"}]),
    "a turn without anything": ("", [turn("user", {}), turn("assistant", {"content": 5})]),
}


@pytest.mark.parametrize("name", STATES)
def test_the_last_turn_of_the_main_chain_tells_the_state(name: str, told: Tell) -> None:
    state, content = STATES[name]
    assert told(content).state == state


def test_the_state_is_as_old_as_the_turn_that_tells_it_and_activity_as_the_last_line(
    told: Tell,
) -> None:
    found = told(
        [
            prompt("go", NOON),
            answer(says("done"), moment=NOON + 1.25),
            result("a subagent's", NOON + 5, isSidechain=True),
            {"type": "custom-title", "customTitle": "Mine"},
        ]
    )
    assert (found.state_at, found.activity) == ("2026-09-21T14:13:21.250Z", NOON + 5)


TITLES: dict[str, tuple[str, list[Line]]] = {
    "first prompt": ("Mend it", [prompt("Caveat", isMeta=True), prompt("Mend it"), prompt("More")]),
    "no command": ("Mend it", [prompt("<command-name>/clear</command-name>"), prompt("Mend it")]),
    "summary": ("Parser", [{"type": "summary", "summary": "Parser"}, prompt("Mend it")]),
    "ai-title": (
        "Mend the parser",
        [{"type": "ai-title", "aiTitle": "Mend the parser"}, {"type": "summary", "summary": "Old"}],
    ),
    "agent-name": (
        "mender",
        [{"type": "agent-name", "agentName": "mender"}, {"type": "ai-title", "aiTitle": "Parser"}],
    ),
    "custom-title": (
        "Mine",
        [{"type": "custom-title", "customTitle": "Mine"}, {"type": "agent-name", "agentName": "x"}],
    ),
    "the newest": (
        "New",
        [
            {"type": "custom-title", "customTitle": "Old"},
            {"type": "custom-title", "customTitle": "New"},
            {"type": "custom-title", "customTitle": 5},
        ],
    ),
    "a title that was taken away": (
        "Parser",
        [{"type": "ai-title", "aiTitle": "Parser"}, {"type": "custom-title", "customTitle": ""}],
    ),
    "one line": ("Mend it now", [prompt("  Mend\n\tit\r\n now ")]),
    "not long": ("x" * 200, [prompt("x" * 5000)]),
    "words of another line": (
        "go",
        [prompt("go"), answer(says('"type":"custom-title" I write'))],
    ),
}


@pytest.mark.parametrize("name", TITLES)
def test_the_title_is_the_newest_of_the_kind_that_counts_most(name: str, told: Tell) -> None:
    title, content = TITLES[name]
    assert told(content).title == title


def test_a_title_that_stands_only_in_the_beginning_of_a_long_file_is_found(told: Tell) -> None:
    assert told(data([prompt("Mend it", NOON)]) + data(work(400, NOON))).title == "Mend it"


@pytest.mark.parametrize(
    ("first", "last", "title"),
    [
        (
            {"type": "custom-title", "customTitle": "Mine"},
            {"type": "summary", "summary": "x"},
            "Mine",
        ),
        (
            {"type": "summary", "summary": "x"},
            {"type": "custom-title", "customTitle": "Mine"},
            "Mine",
        ),
        ({"type": "ai-title", "aiTitle": "Old"}, {"type": "ai-title", "aiTitle": "New"}, "New"),
        (
            {"type": "custom-title", "customTitle": "Mine"},
            {"type": "custom-title", "customTitle": ""},
            "Mend it",
        ),
    ],
)
def test_the_kind_of_a_title_counts_more_than_its_place_in_a_long_file(
    first: Line, last: Line, title: str, told: Tell
) -> None:
    assert told([first, prompt("Mend it", NOON), *work(400, NOON), last]).title == title


def test_model_and_context_are_those_of_the_last_answer_of_the_main_chain(told: Tell) -> None:
    found = told(
        [
            answer(says("one"), usage=tokens(1, 20, 300, 4000), model="claude-old"),
            answer(says("two"), usage=tokens(2, 30, 400, 5000), model="claude-new"),
            answer(says("three"), model="claude-small", isSidechain=True),
            answer(says("API Error"), usage=tokens(0, 0, 0, 0), model="<synthetic>"),
        ]
    )
    assert (found.model, found.ctx) == ("claude-new", "5432")


def test_folder_branch_and_version_are_the_newest_of_the_main_chain(told: Tell) -> None:
    found = told(
        [
            prompt("go", cwd="/old", gitBranch="main", version="1.0.0"),
            answer(says("done"), cwd="/new", gitBranch="topic", version="2.0.0"),
            answer(says("aside"), cwd="/aside", isSidechain=True),
        ]
    )
    assert (found.cwd, found.branch, found.version) == ("/new", "topic", "2.0.0")


def test_wrong_types_are_unknown(told: Tell) -> None:
    wrong = answer(says("done"), usage={"input_tokens": "12", "output_tokens": True, "x": 1e999})
    found = told([{**wrong, "cwd": 5, "gitBranch": ["x"], "version": None, "timestamp": {}}])
    assert found == Told(state="idle", model="claude-opus-4-7", ctx="0")


DAMAGE = {
    "a line that is cut": b'{"type":"assistant","message":{"role":"assi',
    "NUL bytes": b"\0" * 5000 + b"\n",
    "no UTF-8": b'{"type":"user","message":{"content":"\xff\xfe"}}\n',
    "deep nesting": b'{"type":"user","message":' + b"[" * 9000 + b"]" * 9000 + b"}\n",
    "no object": b'["user"]\n"assistant"\n7\nnull\n',
    "a number too long": b'{"type":"user","n":' + b"9" * 5000 + b"}\n",
    "nothing but line ends": b"\n\r\n\n",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_line_is_skipped_and_the_session_kept(name: str, told: Tell) -> None:
    whole = data([prompt("Mend it"), answer(says("done"))])
    found = told(whole + DAMAGE[name])
    assert (found.title, found.state, found.model) == ("Mend it", "idle", "claude-opus-4-7")
    assert told(DAMAGE[name].rstrip(b"\n") + b"\n" + whole) == found


@pytest.mark.parametrize("length", [NEAR - 10, NEAR, 3 * NEAR, MEGABYTE - 9000])
def test_what_lies_before_a_long_last_line_is_found(length: int, told: Tell) -> None:
    found = told([prompt("Mend it"), answer(says("done")), result("x" * length)])
    assert (found.title, found.state, found.model) == ("Mend it", "busy", "claude-opus-4-7")


def test_a_last_line_longer_than_all_that_is_read_leaves_the_rest(told: Tell) -> None:
    found = told([prompt("Mend it"), answer(says("done")), result("x" * 2 * MEGABYTE)])
    assert (found.title, found.cwd, found.state, found.model) == ("Mend it", "/srv/work", "", "")


def test_a_sparse_file_of_two_gigabytes_is_read_like_any_other(base: Path) -> None:
    path = transcript(base, sid(1), [prompt("Mend it")])
    os.truncate(path, 2 << 30)
    with path.open("ab") as file:
        file.write(b"\n" + data([answer(says("done"))]))
    found = transcripts.read(str(path))
    assert (found.title, found.state, found.ctx) == ("Mend it", "idle", "428")


def test_a_file_that_ends_in_nothing_but_zero_bytes_keeps_its_beginning(base: Path) -> None:
    path = transcript(base, sid(1), [prompt("Mend it"), answer(says("done"))])
    os.truncate(path, 2 << 30)
    found = transcripts.read(str(path))
    assert (found.title, found.cwd, found.state) == ("Mend it", "/srv/work", "")


def test_links_pipes_folders_and_what_vanished_tell_nothing(base: Path) -> None:
    path = transcript(base, sid(1), [prompt("Mend it")])
    (path.parent / "link").symlink_to(path)
    os.mkfifo(path.parent / "pipe")
    for name in ("link", "pipe", "missing", "."):
        assert transcripts.read(str(path.parent / name)) == Told()


@given(content=st.binary(max_size=300), after=st.binary(max_size=300))
def test_no_bytes_make_reading_fail(base: Path, content: bytes, after: bytes) -> None:
    whole = data([prompt("Mend it"), answer(says("done"))])
    for each in (content, content + b"\n" + whole + after):
        path = str(transcript(base, sid(1), each))
        assert len(transcripts.read(path)) == len(Told._fields)
        assert set(spent(path)) == {"tok_in", "tok_cache_write", "tok_cache_read", "tok_out"}


KEYS = [
    *("type", "message", "content", "model", "usage", "stop_reason", "timestamp", "cwd", "text"),
    *("isSidechain", "isMeta", "id", "input_tokens", "customTitle", "summary", "name"),
]
VALUES = st.sampled_from(["user", "assistant", "custom-title", "summary", "text", "tool_use", ""])
JSON = st.recursive(
    VALUES | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)
LINES = st.lists(st.dictionaries(st.sampled_from(KEYS), JSON), max_size=5)


@given(found=LINES)
def test_no_types_make_reading_fail(base: Path, found: list[dict[str, object]]) -> None:
    path = transcript(base, sid(1), "".join(f"{json.dumps(each)}\n" for each in found).encode())
    told = transcripts.read(str(path))
    assert told.state in ("", "busy", "idle")
    assert all(isinstance(each, str) for each in (told.title, told.cwd, told.model, told.ctx))
    assert all(each.isdecimal() for each in spent(str(path)).values())


@given(pieces=st.lists(st.binary(max_size=6).filter(lambda each: b"\n" not in each)))
def test_backwards_are_the_lines_that_forwards_are(pieces: list[bytes]) -> None:
    whole = b"\n".join(pieces)
    assert list(lines.backwards(whole)) == [each for each in whole.split(b"\n") if each][::-1]


def test_a_message_counts_once_at_its_largest_over_all_files_of_a_session(base: Path) -> None:
    path = transcript(
        base,
        sid(1),
        [
            prompt("go"),
            answer(says("a"), name="m1", usage=tokens(1, 10, 100, 1)),
            answer(says("b"), name="m1", usage=tokens(1, 10, 100, 7)),
            answer(says("b"), name="m1", usage=tokens(1, 10, 100, 3)),
            answer(says("c"), name="m2", usage=tokens(2, 20, 200, 8), isSidechain=True),
            result("done", toolUseResult={"usage": tokens(1000, 1000, 1000, 1000)}),
        ],
    )
    below = path.parent / sid(1) / "subagents" / "workflow"
    below.mkdir(parents=True)
    aside = [
        answer(says("c"), name="m2", usage=tokens(2, 20, 200, 9)),
        answer(says("d"), name="m3", usage=tokens(3, 30, 300, 10)),
    ]
    (below.parent / "agent-1.jsonl").write_bytes(data(aside))
    (below / "agent-2.jsonl").write_bytes(data(aside) + b'{"type":"assistant","mess')
    assert spent(str(path)) == {
        "tok_in": "6",
        "tok_cache_write": "60",
        "tok_cache_read": "600",
        "tok_out": "26",
    }


def test_whole_files_are_read_line_by_line_but_for_lines_no_memory_should_hold(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_PIECE", 64)
    monkeypatch.setattr(files, "_LONGEST", 1000)
    path = transcript(base, sid(1), b"one\n" + b"x" * 2000 + b"\ntwo\n\n" + b"y" * 200 + b"\nlast")
    with files.opened(str(path)) as file:
        assert file
        assert list(files.lines(file)) == [b"one", b"two", b"", b"y" * 200, b"last"]


def test_a_dense_session_takes_two_reads_and_few_parsed_lines(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large(base, sessions=3, whole=3 << 20)
    work = {"bytes": 0, "parsed": 0}
    read, parse = os.pread, lines.parsed

    def reading(descriptor: int, length: int, start: int) -> bytes:
        found = read(descriptor, length, start)
        work["bytes"] += len(found)
        return found

    def parsing(line: bytes) -> lines.Line | None:
        work["parsed"] += 1
        return parse(line)

    monkeypatch.setattr(os, "pread", reading)
    monkeypatch.setattr(lines, "parsed", parsing)
    monkeypatch.setattr(turns, "parsed", parsing)
    told = [transcripts.read(each.path) for each in transcripts.found().values()]
    assert [each.state for each in told] == ["idle"] * 3
    assert work["bytes"] <= 3 * 2 * NEAR
    assert work["parsed"] <= 3 * 4


def test_at_most_the_largest_reach_is_read_of_the_end(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = transcript(base, sid(1), [prompt("go"), result("x" * 4 * MEGABYTE)])
    lengths: list[int] = []
    read = os.pread

    def reading(descriptor: int, length: int, start: int) -> bytes:
        lengths.append(length)
        return read(descriptor, length, start)

    monkeypatch.setattr(os, "pread", reading)
    assert transcripts.read(str(path)).title == "go"
    assert lengths == [*REACHES, NEAR]
