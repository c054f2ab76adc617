"""What a line of a transcript is in the conversation: a prompt, an answer, or neither."""

from collections.abc import Iterator, Sequence

from rclaude.lines import Line, backwards, parsed, part, text

_ASIDE = tuple(
    f'"{key}":{gap}{value}'.encode()
    for key, value in (("isSidechain", "true"), ("type", '"progress"'))
    for gap in ("", " ")
)
_COMMANDS = ("<command-", "<local-command-", "<bash-", "<system-reminder>")
_INTERRUPTED = "[Request interrupted by user"
_NO_MODEL = "<synthetic>"


def newest(data: bytes) -> Iterator[Line]:
    """The turns of the main chain, newest first."""
    for line in backwards(data):
        if (turn := of_line(line)) is not None:
            yield turn


def of_line(line: bytes) -> Line | None:
    """The turn of the main chain that a line is; most others are told without parsing them."""
    if not (b'"assistant"' in line or b'"user"' in line) or any(mark in line for mark in _ASIDE):
        return None
    found = parsed(line)
    if found is None or found.get("isSidechain") is True:
        return None
    return found if text(found, "type") in ("assistant", "user") else None


def blocks(turn: Line) -> Sequence[Line]:
    """What a turn is made of; a plain text is one block."""
    found = part(turn, "message").get("content")
    if isinstance(found, str):
        return [{"type": "text", "text": found}]
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def said(turn: Line) -> str:
    """The text of a turn."""
    found = (text(each, "text") for each in blocks(turn) if each.get("type") == "text")
    return "\n".join(each for each in found if each)


def is_answer(turn: Line) -> bool:
    """Whether a model said this, and not the program in its place."""
    model = text(part(turn, "message"), "model")
    return turn.get("type") == "assistant" and model not in ("", _NO_MODEL)


def is_prompt(turn: Line) -> bool:
    """Whether a person, or who started the session, said this to the agent."""
    words = said(turn).strip()
    return turn.get("type") == "user" and not _is_note(turn) and words != "" and not is_stop(turn)


def is_stop(turn: Line) -> bool:
    """Whether a person interrupted the agent."""
    return turn.get("type") == "user" and said(turn).startswith(_INTERRUPTED)


def state(turn: Line) -> str:
    """What an agent does after this turn; empty if the turn does not tell."""
    if turn.get("type") == "assistant":
        return _after_answer(turn)
    if _is_note(turn) or not blocks(turn):
        return ""
    return "idle" if is_stop(turn) else "busy"


def _after_answer(turn: Line) -> str:
    kinds = [text(each, "type") for each in blocks(turn)]
    reason = part(turn, "message").get("stop_reason")
    if "tool_use" in kinds or reason in ("tool_use", "pause_turn"):
        return "busy"
    if isinstance(reason, str):
        return "idle"
    told = {"text": "idle", "thinking": "busy", "redacted_thinking": "busy"}
    return told.get(kinds[-1], "") if kinds else ""


def _is_note(turn: Line) -> bool:
    """Whether the program wrote this by itself, or it is a command that no model answers."""
    own = turn.get("isMeta") is True or turn.get("isCompactSummary") is True
    return own or said(turn).lstrip().startswith(_COMMANDS)
