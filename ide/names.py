"""Names in the editor, by meaning and not by look: going to a definition, all references, and renaming.

The engine's parser says what the name at the cursor stands for. Where it cannot (the text does not parse just now, or
the name comes from another file), definitions are still found by the look of their lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor

from engine.errors import CompileError
from engine.values import Occurrence, Occurrences
from ide import dialogs
from ide.actions.conditions import in_editor, needs_editor, needs_writable_editor
from ide.bridge import EngineBridge, Request
from ide.commands import Command, Menu, Scope
from ide.editor.code_editor import CodeEditor
from ide.editor.columns import from_utf16
from ide.editor.definition import find_definition
from ide.editor.find_bar import word_under_cursor
from ide.panels.commands import NO_ENGINE
from ide.project.files import project_files
from ide.search.searcher import LONGEST_LINE, Hit, Query, search_text

if TYPE_CHECKING:
    from ide.window import MainWindow

_NAME = re.compile(r"#?[A-Za-z_$][\w$]*")
_RESERVED = frozenset(
    re.findall(
        r"\w+",
        "arguments await break case catch class const continue debugger default delete do else enum eval export "
        "extends false finally for function if implements import in instanceof interface let new null package private "
        "protected public return static super switch this throw true try typeof var void while with yield",
    )
)


_SEEN_ELSEWHERE = frozenset({"member", "class", "function"})
"""Kinds of names that other files may use."""


class ShowReferences(Protocol):
    """Shows the places of a name."""

    def __call__(self, name: str, path: Path, places: list[Hit], *, elsewhere: bool) -> object:
        """Show places in a file, and `elsewhere` in the project where the word stands."""


class NameTools(QObject):
    """The commands about the name at the cursor; one question to the engine at a time."""

    def __init__(self, window: MainWindow, bridge: EngineBridge, show_references: ShowReferences) -> None:
        super().__init__(window)
        self._show_references = show_references
        self._window = window
        self._bridge = bridge
        self._asked: Request[Occurrences | None] | None = None
        window.editors.definition_requested.connect(partial(window.commands.run, "go.definition"))
        window.commands.register(
            Command(
                "go.definition",
                "Go to Definition",
                "Go",
                in_editor(window, self.go_to_definition),
                ("F12",),
                tip="Show where the name at the cursor is declared; a click with Ctrl held does the same",
                disabled_reason=needs_editor(window),
                menu=Menu.GO,
                group=10,
                scope=Scope.EDITOR,
            ),
            Command(
                "go.references",
                "Find All References",
                "Go",
                in_editor(window, self.find_references),
                ("Shift+F12",),
                tip="List every place of the name at the cursor in the panel Search",
                disabled_reason=self._cannot_ask,
                menu=Menu.GO,
                group=10,
                scope=Scope.EDITOR,
            ),
            Command(
                "edit.rename",
                "Rename Symbol…",
                "Edit",
                in_editor(window, self.rename),
                ("F2",),
                "rename",
                tip="Give the name at the cursor another one, in all its places in this file",
                disabled_reason=self._cannot_rename,
                menu=Menu.CODE,
                group=10,
                scope=Scope.EDITOR,
            ),
        )

    # --- definition ------------------------------------------------------------------------------

    def go_to_definition(self, editor: CodeEditor) -> None:
        """Show where the name at the cursor is declared, here or in another file of the project."""

        def take(found: Occurrences | None) -> None:
            declared = [place for place in found.places if place.declares] if found is not None else []
            if declared:
                self._window.open_file(editor.path, declared[0].line, declared[0].column)
            else:
                self._go_by_look(editor)

        if not self._ask(editor, take, lambda _: self._go_by_look(editor)):
            self._go_by_look(editor)

    def _go_by_look(self, editor: CodeEditor) -> None:
        name = word_under_cursor(editor)
        others = project_files(self._window.project) if self._window.project is not None else ()
        found = find_definition(name, editor.path, editor.text(), others) if name else None
        if found is None:
            self._window.status_message(f"No definition of “{name}” was found in the project.")
        else:
            self._window.open_file(found[0], found[1].line)

    # --- references ------------------------------------------------------------------------------

    def _cannot_ask(self) -> str:
        return needs_editor(self._window)() or ("" if self._bridge.engine is not None else NO_ENGINE)

    def find_references(self, editor: CodeEditor) -> None:
        """List where the name at the cursor stands: in this file by meaning, in others by its look."""
        word = word_under_cursor(editor)
        is_name = bool(_NAME.fullmatch(word))

        def take(found: Occurrences | None) -> None:
            if found is not None:
                places = [_hit(editor, place) for place in found.places]
                elsewhere = found.kind in _SEEN_ELSEWHERE
                self._show_references(found.name, editor.path, places, elsewhere=elsewhere)
            elif is_name:
                self._show_by_look(editor, word)
            else:
                self._window.status_message("There is no name at the cursor.")

        def fail(error: Exception) -> None:
            if not isinstance(error, CompileError):
                raise error
            if is_name:
                self._show_by_look(editor, word)

        self._ask(editor, take, fail)

    def _show_by_look(self, editor: CodeEditor, word: str) -> None:
        pattern = Query(word, match_case=True, whole_word=True).pattern()
        self._show_references(word, editor.path, list(search_text(pattern, editor.text())), elsewhere=True)

    # --- renaming --------------------------------------------------------------------------------

    def _cannot_rename(self) -> str:
        return needs_writable_editor(self._window)() or ("" if self._bridge.engine is not None else NO_ENGINE)

    def rename(self, editor: CodeEditor) -> None:
        """Ask for another name for what stands at the cursor, and write it in all its places, as one step of undo."""
        word = word_under_cursor(editor)

        def take(found: Occurrences | None) -> None:
            if found is None:
                what = f"“{word}” is not declared in this file" if word else "There is no name at the cursor"
                self._window.status_message(f"{what}; only names that are can be renamed.")
            else:
                self._rename(editor, found)

        def fail(error: Exception) -> None:
            if not isinstance(error, CompileError):
                raise error
            self._window.status_message(f"Correct the text first, it does not parse: {error.what}")

        self._ask(editor, take, fail)

    def _rename(self, editor: CodeEditor, found: Occurrences) -> None:
        count = len(found.places)
        question = f"New name for {found.name}, in {count} place{'' if count == 1 else 's'} of this file:"
        revision = editor.document().revision()
        new = dialogs.ask_text(self._window, "Rename", question, found.name)
        if not new or new == found.name:
            return
        if problem := _problem_of(new, found):
            self._window.status_message(f"{found.name} was not renamed: {problem}.")
        elif editor.document().revision() != revision:
            self._window.status_message(f"{found.name} was not renamed: the text has changed meanwhile.")
        else:
            write_name(editor, found, new)
            rest = " Its interface (.abi) and other files still say the old name." if _is_public(found) else ""
            self._window.status_message(f"{found.name} is now {new}.{rest}")

    # --- inside ----------------------------------------------------------------------------------

    def _ask(
        self,
        editor: CodeEditor,
        success: Callable[[Occurrences | None], None],
        failure: Callable[[Exception], None],
    ) -> bool:
        """Ask what stands at the cursor; False without an engine. An answer about an older text is dropped."""
        engine = self._bridge.engine
        if engine is None:
            return False
        if self._asked is not None:
            self._asked.drop()
        cursor, revision = editor.textCursor(), editor.document().revision()

        def take(found: Occurrences | None) -> None:
            if editor.document().revision() == revision:
                success(found)

        start = cursor.selectionStart() - cursor.document().findBlock(cursor.selectionStart()).position()
        line = cursor.document().findBlock(cursor.selectionStart()).blockNumber() + 1
        future = engine.occurrences(editor.text(), file=str(editor.path), line=line, column=start)
        self._asked = self._bridge.request(future, editor, take, failure)
        return True


def _hit(editor: CodeEditor, place: Occurrence) -> Hit:
    text = editor.document().findBlockByNumber(place.line - 1).text()
    start, end = from_utf16(text, place.column), from_utf16(text, place.end_column)
    blanks = len(text) - len(text.lstrip())
    length = place.end_column - place.column
    return Hit(place.line, place.column, length, text[blanks : end + LONGEST_LINE], start - blanks, end - blanks)


def _problem_of(name: str, found: Occurrences) -> str:
    if not _NAME.fullmatch(name) or name.startswith("#") is not found.name.startswith("#"):
        return f"“{name}” is not a name"
    if name in _RESERVED and found.kind != "member":
        return f"{name} is a word of the language"
    return f"{name} means something else in this file already" if name in found.taken else ""


def _is_public(found: Occurrences) -> bool:
    return found.kind == "member" and not found.name.startswith(("_", "#"))


def write_name(editor: CodeEditor, found: Occurrences, name: str) -> None:
    """Write another name in all places of one, as one step of undo; what is short for `name: name` is written out."""
    document = editor.document()
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for place in reversed(found.places):
        start = document.findBlockByNumber(place.line - 1).position()
        cursor.setPosition(start + place.column)
        cursor.setPosition(start + place.end_column, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(f"{found.name}: {name}" if place.shorthand else name)
    cursor.endEditBlock()
