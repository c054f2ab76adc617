"""Writing in the editor: what a person wrote there is saved, comes back to be mended, or is kept."""

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from clare.config import agent_here
from clare.errors import ClareError, Exit, Usage
from clare.services import project_here, tasks
from clare.services.act import Outcome, held_by
from clare.services.finding import sound
from clare.state import SETS
from clare.store import writing
from clare.store.board import Board
from clare.store.texts import new_text
from clare.views import sheet
from clare.views.safe import one_line
from clare.views.sheet import Sheet

Save = Callable[[str], Outcome | None]
"""Saves a text; nothing where there was nothing to save."""


def check_terminal(message: str, hint: str) -> None:
    """Raise Usage where no editor can open, or nobody could type into it."""
    if agent_here() or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(message, hint=hint)


def check_one(names: Sequence[str]) -> None:
    """Raise Usage if several tasks are to be edited in one text."""
    if len(names) > 1:
        raise Usage("the editor takes one task at a time", hint=f"clare edit {names[0]}")


def add(board: Board, given: Sheet) -> Outcome:
    """Add the task that a person writes, who begins with what is given."""
    fleet = board.read()
    writing.check_writable(board, fleet)
    here = "" if "project" in given.fields else project_here.here(fleet)
    shown = sheet.blank(Sheet({"project": here, **given.fields}, given.elements))
    before = sheet.read(sheet.written(shown))

    def save(text: str) -> Outcome | None:
        after = _sheet(text)
        if after == before:
            return None
        changed = {**given.fields, **sheet.apart(before, after).fields}
        fields = {name: value for name, value in changed.items() if value or name == "project"}
        fields.setdefault("project", after.fields.get("project", ""))
        found = {name: after.elements.get(name, before.elements[name]) for name in SETS}
        return tasks.add(board, fields={"title": "", **fields}, **found)

    outcome = _written(board, sheet.written(shown), save)
    if outcome is None:
        raise ClareError("nothing added", hint="the first line of the text is the title")
    return outcome


def edit(board: Board, name: str) -> Outcome:
    """Change a task as a person does in its text; only what they changed is written."""
    fleet = board.read()
    writing.check_writable(board, fleet)
    task = sound(fleet, name)
    shown = sheet.written(sheet.sheet_of(fleet, task))
    before = sheet.read(shown)
    seen = task.entity.fields

    def save(text: str) -> Outcome:
        nonlocal seen
        apart = sheet.apart(before, _sheet(text))
        sets = {"come": apart.come, "gone": apart.gone}
        try:
            return tasks.edit(board, [task.id], fields=apart.fields, **sets, seen=seen)
        except tasks.Overtaken as overtaken:
            seen = overtaken.fields  # it is told on top of the text that opens again
            raise

    return _written(board, shown, save) or save(shown)


def comment(board: Board, names: Sequence[str]) -> Outcome:
    """Say about tasks, or the one that is held, what a person writes."""
    fleet = board.read()
    writing.check_writable(board, fleet)
    meant = names or (held_by(board, fleet),)
    shown = f"\n{sheet.MARK}\n# Say it above this line; an empty text says nothing.\n"

    def save(text: str) -> Outcome:
        return tasks.comment(board, meant, sheet.text_of(text).strip("\n"))

    outcome = _written(board, shown, save)
    if outcome is None:
        raise ClareError("nothing said", hint='write above the line, or say it with -m "…"')
    return outcome


def _sheet(text: str) -> Sheet:
    try:
        return sheet.read(text)
    except ValueError as error:
        raise Usage(str(error)) from None


def _written(board: Board, shown: str, save: Save) -> Outcome | None:
    """Save what a person makes of a text; refused, it opens again with the reason on top.

    Nothing, if it comes back empty. Raises what went wrong, also the same a second time, with the
    file that keeps the text.
    """
    draft = new_text(board.git)
    last, why = shown, ""
    while True:
        text = _edited(draft, last, kept=bool(why))
        if not sheet.text_of(text).strip():
            draft.unlink()
            return None
        with _keeping(draft):
            outcome, problem = _tried(save, text)
        if problem is None:
            draft.unlink()
            return outcome
        if problem.message == why:
            raise _kept(problem, draft)
        why = problem.message
        last = sheet.refused(text, one_line(why))


def _tried(save: Save, text: str) -> tuple[Outcome | None, ClareError | None]:
    """What came of saving, or why it was refused. Raises what opening the text again cannot mend."""
    try:
        return save(text), None
    except ClareError as error:
        if error.exit_code not in (Exit.REFUSED, Exit.USAGE):
            raise
        return None, error


@contextmanager
def _keeping(draft: Path) -> Iterator[None]:
    """Whatever goes wrong inside, the file stays and is told."""
    try:
        yield
    except ClareError as error:
        raise _kept(error, draft) from None
    except BaseException:
        click.echo(f"your text is kept in {draft}", err=True)
        raise


def _kept(error: ClareError, draft: Path) -> ClareError:
    hint = f"{error.hint}; your text is kept in {draft}" if error.hint else _where(draft)
    return ClareError(error.message, hint=hint, exit_code=error.exit_code)


def _where(draft: Path) -> str:
    return f"your text is kept in {draft}"


def _edited(draft: Path, text: str, *, kept: bool) -> str:
    """The text as it comes back from the editor. Raises ClareError; an untouched file then goes."""
    draft.write_bytes(text.encode("utf-8", "replace"))
    began = draft.read_bytes()
    try:
        with _interrupts_for_the_editor():
            click.edit(filename=str(draft))
        if not draft.is_file():
            raise ValueError(f"the editor left no file in {draft}")
        return draft.read_bytes().decode("utf-8-sig")
    except (click.ClickException, ValueError, OSError) as problem:
        said = problem.format_message() if isinstance(problem, click.ClickException) else problem
        error = ClareError(str(said), hint="$VISUAL or $EDITOR names the editor")
        if draft.is_file() and (kept or draft.read_bytes() != began):
            raise _kept(error, draft) from None
        with suppress(OSError):  # a folder with something in it stays
            (draft.rmdir if draft.is_dir() else draft.unlink)()
        raise error from None


@contextmanager
def _interrupts_for_the_editor() -> Iterator[None]:
    """Ctrl-C in the editor is the editor's, as with git."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
