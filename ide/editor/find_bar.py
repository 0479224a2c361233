"""Find and replace inside one editor: incremental, all hits marked, errors of the expression said in place."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTextEdit, QToolButton, QWidget

from ide.editor.columns import from_utf16, utf16_length
from ide.editor.decorations import DecorationLayer
from ide.editor.replacement import expand
from ide.theme import icon, theme, themes

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor

MOST_HITS = 10_000
"""More hits than these are counted as "10,000+"."""


class FindBar(QWidget):
    """The bar under the text. Enter and Shift+Enter go to the next and previous hit, Esc returns to the text."""

    def __init__(self, editor: CodeEditor, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("FindBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._editor = editor
        self._hits: list[tuple[int, int]] = []
        self._error = ""
        self._search_later = QTimer(self)
        self._search_later.setSingleShot(True)
        self._search_later.setInterval(60)
        self._search_later.timeout.connect(self._search)
        self._build()
        editor.document().contentsChanged.connect(self._text_changed)
        editor.updateRequest.connect(self._scrolled)
        themes().changed.connect(self._decorate)
        self.hide()

    def open(self, *, replace: bool = False) -> None:
        """Show the bar, seeded with the selection, and give it the focus."""
        selected = self._editor.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self.needle.setText(re.escape(selected) if self.regex.isChecked() else selected)
        self._show_replace(replace or self._replace_row.isVisible())
        self.show()
        self._search()
        self.needle.setFocus()
        self.needle.selectAll()

    def close_bar(self) -> None:
        """Hide the bar and go back to the text."""
        self.hide()
        self._editor.decorations.clear(DecorationLayer.SEARCH)
        self._editor.setFocus()

    def go(self, step: int) -> None:
        """Select the next (+1) or previous (-1) hit, around the end of the text."""
        self._search_now_if_pending()
        if not self._hits:
            return
        cursor = self._editor.textCursor()
        starts = [start for start, _ in self._hits]
        if step > 0:
            index = bisect_left(starts, cursor.selectionEnd())
            if cursor.hasSelection() is False and self._current() >= 0:
                index = self._current() + 1
        else:
            index = bisect_left(starts, cursor.selectionStart()) - 1
        self._select(index % len(self._hits))

    def replace_one(self) -> None:
        """Replace the selected hit and go to the next; select one first if none is."""
        self._search_now_if_pending()
        current = self._current()
        if current < 0:
            self.go(1)
            return
        start, end = self._hits[current]
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        replacement = self._replacement(cursor.selectedText().replace("\u2029", "\n"))
        cursor.insertText(replacement)
        self._editor.setTextCursor(cursor)
        self._search()
        self.go(1)

    def replace_all(self) -> int:
        """Replace every hit as one step of undo; returns how many."""
        self._search()
        pattern = self._pattern()
        if pattern is None or not self._hits:
            return 0
        text = self._editor.text()
        replacement = self.replacement.text()
        new, count = pattern.subn(
            partial(expand, replacement) if self.regex.isChecked() else lambda _: replacement, text
        )
        self._editor.replace_text(new)
        self._search()
        self.count.setText(f"{count} replaced")
        return count

    # --- parts -----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.needle = QLineEdit()
        self.needle.setPlaceholderText("Find")
        self.needle.setAccessibleName("Find")
        self.needle.setClearButtonEnabled(True)
        self.replacement = QLineEdit()
        self.replacement.setPlaceholderText("Replace with")
        self.replacement.setAccessibleName("Replace with")
        self.count = QLabel("")
        self.count.setObjectName("FindCount")
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("10,000 of 10,000+"))
        self.case = self._toggle("match-case", "Match case (Alt+C)", "Alt+C")
        self.word = self._toggle("match-word", "Match whole words (Alt+W)", "Alt+W")
        self.regex = self._toggle("match-regex", "Use a regular expression (Alt+R)", "Alt+R")
        previous = self._button("arrow-up", "Previous hit (Shift+Enter)")
        following = self._button("arrow-down", "Next hit (Enter)")
        close = self._button("close", "Close (Esc)")
        self._expand = self._button("chevron-right", "Show replace (Ctrl+H)")
        self._replace_row = QWidget()
        replace_buttons = QHBoxLayout(self._replace_row)
        replace_buttons.setContentsMargins(0, 0, 0, 0)
        self.replace_button = QPushButton("Replace")
        self.replace_all_button = QPushButton("Replace all")
        replace_buttons.addWidget(self.replace_button)
        replace_buttons.addWidget(self.replace_all_button)
        replace_buttons.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        grid.addWidget(self._expand, 0, 0)
        grid.addWidget(self.needle, 0, 1)
        options = QHBoxLayout()
        options.setSpacing(2)
        for button in (self.case, self.word, self.regex):
            options.addWidget(button)
        options.addSpacing(8)
        options.addWidget(self.count)
        options.addWidget(previous)
        options.addWidget(following)
        options.addStretch(1)
        options.addWidget(close)
        grid.addLayout(options, 0, 2)
        grid.addWidget(self.replacement, 1, 1)
        grid.addWidget(self._replace_row, 1, 2)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 4)
        self._show_replace(False)
        for field in (self.needle, self.replacement):
            field.installEventFilter(self)
        self.needle.textChanged.connect(self._search_later.start)
        for button in (self.case, self.word, self.regex):
            button.toggled.connect(self._search)
        previous.clicked.connect(lambda: self.go(-1))
        following.clicked.connect(lambda: self.go(1))
        close.clicked.connect(self.close_bar)
        self._expand.clicked.connect(lambda: self._show_replace(not self._replace_row.isVisible()))
        self.replace_button.clicked.connect(self.replace_one)
        self.replace_all_button.clicked.connect(self.replace_all)

    def _button(self, name: str, title: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(title)
        button.setAccessibleName(title.partition(" (")[0])
        button.setAutoRaise(True)
        return button

    def _toggle(self, name: str, title: str, key: str) -> QToolButton:
        button = self._button(name, title)
        button.setCheckable(True)
        button.setShortcut(key)
        return button

    def _show_replace(self, shown: bool) -> None:
        self.replacement.setVisible(shown)
        self._replace_row.setVisible(shown)
        self._expand.setIcon(icon("chevron-down" if shown else "chevron-right"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at events of the watched widget."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if watched is self.replacement:
                    self.replace_one()
                else:
                    self.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
        return super().eventFilter(watched, event)

    # --- searching -------------------------------------------------------------------------------

    def _pattern(self) -> re.Pattern[str] | None:
        text = self.needle.text()
        if not text:
            return None
        expression = text if self.regex.isChecked() else re.escape(text)
        if self.word.isChecked():
            expression = rf"\b(?:{expression})\b"
        flags = re.MULTILINE | (re.NOFLAG if self.case.isChecked() else re.IGNORECASE)
        try:
            return re.compile(expression, flags)
        except re.error as error:
            self._fail(str(error))
            return None

    def _fail(self, text: str) -> None:
        self._error = text
        self.count.setText(text)
        self.count.setToolTip(text)
        self.needle.setProperty("invalid", True)
        self._restyle()

    def _search(self) -> None:
        self._search_later.stop()
        self._error = ""
        pattern = self._pattern()
        self._hits = []
        if pattern is not None:
            text = self._editor.text()
            plain = text.isascii()
            done, units = 0, 0
            for match in pattern.finditer(text):
                start, end = match.span()
                if start == end:
                    continue
                if plain:
                    self._hits.append((start, end))
                else:
                    units += utf16_length(text[done:start])
                    length = utf16_length(match.group())
                    self._hits.append((units, units + length))
                    units, done = units + length, end
                if len(self._hits) >= MOST_HITS:
                    break
        if not self._error:
            self.needle.setProperty("invalid", bool(self.needle.text()) and not self._hits)
            self._restyle()
        self._decorate()

    def _search_now_if_pending(self) -> None:
        if self._search_later.isActive():
            self._search()

    def _current(self) -> int:
        cursor = self._editor.textCursor()
        selection = (cursor.selectionStart(), cursor.selectionEnd())
        index = bisect_left(self._hits, selection)
        return index if index < len(self._hits) and self._hits[index] == selection else -1

    def _select(self, index: int) -> None:
        start, end = self._hits[index]
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()
        self._decorate()

    def _replacement(self, found: str) -> str:
        pattern = self._pattern()
        match = pattern.fullmatch(found) if self.regex.isChecked() and pattern is not None else None
        return expand(self.replacement.text(), match) if match else self.replacement.text()

    def _text_changed(self) -> None:
        if self.isVisible():
            self._search_later.start()

    def _scrolled(self, _area: object, scrolled: int) -> None:
        if scrolled and self.isVisible():
            self._decorate()

    def _decorate(self) -> None:
        if not self.isVisible():
            return
        first, last = self._editor.visible_blocks()
        document = self._editor.document()
        begin = document.findBlockByNumber(first).position()
        last_block = document.findBlockByNumber(last)
        end = last_block.position() + last_block.length() if last_block.isValid() else document.characterCount()
        current = self._current()
        selections = []
        for index in range(bisect_left(self._hits, (begin, 0)), len(self._hits)):
            start, stop = self._hits[index]
            if start > end:
                break
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(document)
            cursor.setPosition(min(start, document.characterCount() - 1))
            cursor.setPosition(min(stop, document.characterCount() - 1), QTextCursor.MoveMode.KeepAnchor)
            shade = QTextCharFormat()
            shade.setBackground(theme().search_current if index == current else theme().search_match)
            selection.cursor, selection.format = cursor, shade
            selections.append(selection)
        self._editor.decorations.set(DecorationLayer.SEARCH, selections)
        self._show_count(current)

    def _show_count(self, current: int) -> None:
        if self._error:
            return
        total = f"{len(self._hits):,}" + ("+" if len(self._hits) >= MOST_HITS else "")
        if not self.needle.text():
            text = ""
        elif not self._hits:
            text = "No results"
        else:
            text = f"{current + 1:,} of {total}" if current >= 0 else f"{total} results"
        self.count.setText(text)
        self.count.setToolTip("")

    def _restyle(self) -> None:
        self.needle.style().unpolish(self.needle)
        self.needle.style().polish(self.needle)


def word_under_cursor(editor: CodeEditor) -> str:
    """Return the selection, or else the word around the cursor."""
    cursor = editor.textCursor()
    if cursor.hasSelection():
        return cursor.selectedText()
    text = cursor.block().text()
    column = from_utf16(text, cursor.positionInBlock())
    for match in re.finditer(r"[\w$]+", text):
        if match.start() <= column <= match.end():
            return match.group()
    return ""
