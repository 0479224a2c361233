"""The code editor: a `QPlainTextEdit` with gutter, highlighting, decorations and an editor's keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextCursor,
    QTextDocument,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

from engine.values import Diagnostic, Severity, TextEdit
from ide.editor.brackets import bracket_marks
from ide.editor.columns import utf16_length
from ide.editor.cursors import Cursors
from ide.editor.decorations import DecorationLayer, Decorations, full_line
from ide.editor.diagnostics import DiagnosticMarks
from ide.editor.document_layout import EditorLayout
from ide.editor.folding import Folding
from ide.editor.guides import paint_indent_guides
from ide.editor.gutter import Gutter
from ide.editor.highlighter import LONGEST_LINE, Highlighter
from ide.editor.indentation import TAB_WIDTH, detect_indent
from ide.editor.keys import KeyHandler
from ide.editor.line_marks import Breakpoint, LineMarks
from ide.editor.line_notes import LineNote
from ide.editor.text_changes import text_changes
from ide.editor.text_file import TextFile
from ide.theme import theme, themes

MARGIN_ROWS = 4
"""A place that is gone to is put in the middle if it is closer to the edge than this."""


class CodeEditor(QPlainTextEdit):
    """Edits one file.

    Signals: `breakpoints_changed` when a breakpoint was set, removed or moved with its text;
    `zoom_requested` with +1 or -1 when the wheel is turned with Ctrl held; `gutter_menu_requested` with the place on
    the screen where the menu about the line with the cursor is wanted; `definition_requested` when the name with the
    cursor was clicked with Ctrl held.
    """

    breakpoints_changed = Signal()
    zoom_requested = Signal(int)
    gutter_menu_requested = Signal(object)
    definition_requested = Signal()

    def __init__(self, file: TextFile, font: QFont, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self.unsaved_name = False
        self.setObjectName("CodeEditor")
        self.setAccessibleName(f"Text of {file.path.name}")
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setCenterOnScroll(False)
        self.setMouseTracking(True)
        self.decorations = Decorations(self)
        self.setFont(font)
        document = QTextDocument(self)
        document.setDefaultFont(font)
        document.setDocumentLayout(EditorLayout(document))
        document.setPlainText(file.text)
        self.setDocument(document)
        self.document().setModified(False)
        self.indent = detect_indent(file.text)
        self.has_long_lines = any(len(line) > LONGEST_LINE for line in file.text.split("\n"))
        self._set_wrapping(self.has_long_lines)
        self.lossless = self.text() == file.text
        self._breakpoints = LineMarks(self.document())
        self._last_breakpoints: tuple[Breakpoint, ...] = ()
        self.execution_line: int | None = None
        self.line_notes: Mapping[int, LineNote] = {}
        self._current_line = 0
        self._diagnostics = DiagnosticMarks(self)
        self._highlighter = (
            Highlighter(self.document(), self.visible_blocks) if file.path.suffix in JAVASCRIPT_SUFFIXES else None
        )
        self.folding = Folding(self)
        self.cursors = Cursors(self)
        self._keys = KeyHandler(self)
        self._gutter = Gutter(self)
        self._place_gutter()
        self.blockCountChanged.connect(self._place_gutter)
        self.blockCountChanged.connect(self._forget_line_notes)
        self.updateRequest.connect(self._update_requested)
        self.cursorPositionChanged.connect(self._cursor_moved)
        self.document().contentsChange.connect(self._edited)
        themes().changed.connect(self._theme_changed)
        self._theme_changed()

    # --- text ------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The file that is edited."""
        return self.file.path

    @property
    def highlighter(self) -> Highlighter | None:
        """Who colours the text; None for files that are not JavaScript."""
        return self._highlighter

    def text(self) -> str:
        """Return the text with `\\n` line ends, every other character as it is (`toPlainText` changes some)."""
        return self.document().toRawText().replace("\u2029", "\n")

    def replace_text(self, text: str) -> None:
        """Replace the text as one step that can be undone; cursor and marks stay where the text did not change."""
        old = self.text()
        changes = text_changes(old, text)
        if not changes:
            return
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for change in changes:
            cursor.setPosition(utf16_length(old[: change.start]))
            cursor.setPosition(utf16_length(old[: change.end]), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(change.text)
        cursor.endEditBlock()

    def go_to(self, line: int, column: int = 0) -> None:
        """Put the cursor at a line from 1 and a column in UTF-16 units and show it in the middle."""
        block = self.document().findBlockByNumber(min(max(line, 1), self.blockCount()) - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(max(column, 0), block.length() - 1))
        self.cursors.clear()
        self.setTextCursor(cursor)
        rows = self.visible_blocks()
        if not rows[0] + MARGIN_ROWS <= block.blockNumber() <= rows[1] - MARGIN_ROWS:
            self.centerCursor()

    def select(self, line: int, column: int, length: int) -> None:
        """Select `length` UTF-16 units at a line from 1 and a column, and show them."""
        self.go_to(line, column)
        cursor = self.textCursor()
        end = min(cursor.position() + length, self.document().characterCount() - 1)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def apply_edit(self, edit: TextEdit) -> None:
        """Replace a range as one step of undo."""
        document = self.document()
        positions = []
        for line, column in ((edit.line, edit.column), (edit.end_line, edit.end_column)):
            block = document.findBlockByNumber(min(max(line, 1), document.blockCount()) - 1)
            positions.append(block.position() + min(max(column, 0), block.length() - 1))
        cursor = QTextCursor(document)
        cursor.setPosition(positions[0])
        cursor.setPosition(positions[1], QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(edit.text)

    def set_code_font(self, font: QFont) -> None:
        """Use another font for text and gutter."""
        self.setFont(font)
        self._set_tab_stop()
        self._place_gutter()

    @property
    def tab_moves_focus(self) -> bool:
        """Whether Tab leaves the editor instead of indenting."""
        return self._keys.tab_moves_focus

    def toggle_tab_moves_focus(self) -> None:
        """Let Tab leave the editor, or indent again."""
        self._keys.tab_moves_focus = not self._keys.tab_moves_focus
        self.setTabChangesFocus(self._keys.tab_moves_focus)

    # --- breakpoints and execution ---------------------------------------------------------------

    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """Return the breakpoints in order."""
        return self._last_breakpoints

    def breakpoint_lines(self) -> tuple[int, ...]:
        """Return the lines with a breakpoint, from 1."""
        return tuple(one.line for one in self._last_breakpoints)

    def breakpoint_at(self, line: int | None = None) -> Breakpoint | None:
        """Return the breakpoint of a line, by default the one with the cursor."""
        wanted = line or self.textCursor().blockNumber() + 1
        return next((one for one in self._last_breakpoints if one.line == wanted), None)

    def set_breakpoints(self, breakpoints: Iterable[Breakpoint]) -> None:
        """Replace all breakpoints."""
        self._breakpoints.set(breakpoints)
        self._breakpoints_moved()

    def put_breakpoint(self, breakpoint_: Breakpoint) -> None:
        """Set a breakpoint in place of the one that its line has."""
        others = [one for one in self._last_breakpoints if one.line != breakpoint_.line]
        self.set_breakpoints([*others, breakpoint_])

    def toggle_breakpoint(self, line: int | None = None) -> None:
        """Set or remove the breakpoint of a line, by default the one with the cursor."""
        place = line or self.textCursor().blockNumber() + 1
        if self.breakpoint_at(place) is None:
            self.put_breakpoint(Breakpoint(place))
        else:
            self.set_breakpoints(one for one in self._last_breakpoints if one.line != place)

    def set_execution_line(self, line: int | None) -> None:
        """Mark the line that the debugger stands on and show it; None takes the mark away."""
        self.execution_line = line
        if line is not None:
            self.go_to(line)
        self._decorate_execution_line()
        self._gutter.update()

    # --- notes beside lines ----------------------------------------------------------------------

    def set_line_notes(self, notes: Mapping[int, LineNote]) -> None:
        """Show notes in the gutter, by line from 1; they go when lines are added or removed."""
        self.line_notes = dict(notes)
        self._gutter.update()

    def _forget_line_notes(self) -> None:
        if self.line_notes:
            self.set_line_notes({})

    # --- diagnostics -----------------------------------------------------------------------------

    def set_diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Underline findings about this text in place of the present ones."""
        self._diagnostics.set(tuple(diagnostics))
        self._gutter.update()

    def severity_of_line(self, line: int) -> Severity | None:
        """Return the worst finding in a line."""
        return self._diagnostics.severity_of_line(line)

    def folding_changed(self) -> None:
        """Draw what was folded or unfolded."""
        self._show_visible()
        self.viewport().update()
        self._gutter.update()

    # --- geometry --------------------------------------------------------------------------------

    def visible_blocks(self) -> tuple[int, int]:
        """Return the numbers of the first and last block on screen, from 0."""
        first = self.firstVisibleBlock()
        rows = self.viewport().height() // max(self.fontMetrics().lineSpacing(), 1)
        if self.folding.active:
            last = self.document().findBlockByLineNumber(first.firstLineNumber() + rows + 1)
            return max(first.blockNumber(), 0), last.blockNumber() if last.isValid() else self.blockCount()
        return max(first.blockNumber(), 0), max(first.blockNumber(), 0) + rows + 1

    def visible_rows(self, area: QRect) -> Iterator[tuple[int, QRect]]:
        """Yield each line (from 1) that intersects `area`, with its rectangle over the whole width."""
        block = self.firstVisibleBlock()
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        top, height, width = box.top(), box.height(), self.width()
        if not block.isValid():
            return
        if not self._wrapped and not self.folding.active:
            # All lines are equally high: go straight to the first one.
            skipped = max(int((area.top() - top) // height), 0)
            number = block.blockNumber() + skipped
            count = self.blockCount()
            top += skipped * height
            while number < count and top <= area.bottom():
                yield number + 1, QRect(0, round(top), width, round(height))
                number, top = number + 1, top + height
            return
        while block.isValid() and top <= area.bottom():
            height = self.blockBoundingRect(block).height()
            if top + height >= area.top():
                yield block.blockNumber() + 1, QRect(0, round(top), width, round(height))
            top += height
            # Over what is folded: hidden lines have no number of their own there.
            block = self.document().findBlockByLineNumber(block.firstLineNumber() + block.lineCount())

    def line_at(self, y: int) -> int:
        """Return the line (from 1) at a height of the viewport, 0 below the last."""
        for line, row in self.visible_rows(QRect(0, y, 1, 1)):
            if row.top() <= y <= row.bottom():
                return line
        return 0

    # --- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type a key at every cursor."""
        if not (self.cursors.active and self.cursors.handle(event)):
            self.type_key(event)

    def type_key(self, event: QKeyEvent) -> None:
        """Type a key at the main cursor alone: the key handler has it first."""
        if not self._keys.handle(event):
            super().keyPressEvent(event)

    def undo(self) -> None:
        """Take the last change back; the main cursor goes where it was."""
        self.cursors.clear()
        super().undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.cursors.clear()
        super().redo()

    def copy(self) -> None:
        """Put what is selected on the clipboard."""
        if self.cursors.active:
            self.cursors.copy()
        else:
            super().copy()

    def cut(self) -> None:
        """Move what is selected to the clipboard."""
        if self.cursors.active:
            self.cursors.cut()
        else:
            super().cut()

    def paste(self) -> None:
        """Insert the clipboard."""
        if self.cursors.active:
            self.cursors.paste()
        else:
            super().paste()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom while Ctrl is held, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if steps := event.angleDelta().y():
                self.zoom_requested.emit(1 if steps > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what depends on the size in place."""
        super().resizeEvent(event)
        if self.execution_line is not None:
            self.ensureCursorVisible()
        self._place_gutter()
        self._show_visible()

    def showEvent(self, event: QShowEvent) -> None:
        """Prepare what is seen."""
        super().showEvent(event)
        self._show_visible()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text with its guides below and the dots of folded lines above."""
        paint_indent_guides(self, event.rect())
        super().paintEvent(event)
        if self.folding.active or self.cursors.active:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.folding.paint(painter, event.rect())
            self.cursors.paint(painter)
            painter.end()

    def event(self, event: QEvent) -> bool:
        """Answer requests for a tool tip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tool_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the definition of what is clicked with Ctrl held.

        With Alt held another cursor is put there; a line whose dots are clicked is unfolded.
        """
        left = event.button() is Qt.MouseButton.LeftButton
        if left and self.folding.active and (line := self.folding.line_of_dots(event.position().toPoint())):
            self.folding.unfold(line)
            return
        if left and event.modifiers() == Qt.KeyboardModifier.AltModifier and not self.isReadOnly():
            self.cursors.toggle_at(event.position().toPoint())
            return
        if left:
            self.cursors.clear()
        super().mousePressEvent(event)
        if left and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.definition_requested.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if not event.buttons() and QToolTip.isVisible():
            self._show_tool_tip(event.position().toPoint() + self.viewport().pos(), event.globalPosition().toPoint())
        super().mouseMoveEvent(event)

    # --- inside ----------------------------------------------------------------------------------

    def _set_wrapping(self, wrap: bool) -> None:
        self._wrapped = wrap
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth if wrap else QPlainTextEdit.LineWrapMode.NoWrap)
        self._set_tab_stop()

    def _set_tab_stop(self) -> None:
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * TAB_WIDTH)

    def _show_visible(self) -> None:
        if self._highlighter is not None:
            self._highlighter.show()
        self._diagnostics.show_visible()

    def _breakpoints_moved(self) -> None:
        breakpoints = self._breakpoints.all()
        if breakpoints != self._last_breakpoints:
            self._last_breakpoints = breakpoints
            self._gutter.update()
            self.breakpoints_changed.emit()

    def _place_gutter(self) -> None:
        width = self._gutter.preferred_width()
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        box = self.contentsRect()
        self._gutter.setGeometry(QRect(box.left(), box.top(), width, box.height()))

    def _update_requested(self, area: QRect, scrolled: int) -> None:
        if scrolled:
            self._gutter.scroll(0, scrolled)
            self._show_visible()
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _edited(self, _position: int, _removed: int, _added: int) -> None:
        self._diagnostics.text_changed()
        self.folding.text_changed()
        if self._last_breakpoints:
            self._breakpoints_moved()

    def _cursor_moved(self) -> None:
        block = self.textCursor().block()
        if not block.isVisible():
            self.folding.reveal(block)
            self.ensureCursorVisible()
        line = block.blockNumber()
        if line != self._current_line:
            self._gutter.update()
            self._current_line = line
            self._decorate_current_line()
        self._decorate_brackets()

    def _theme_changed(self) -> None:
        colours = theme()
        palette = self.palette()
        palette.setColor(palette.ColorRole.Base, colours.editor)
        palette.setColor(palette.ColorRole.Text, colours.text)
        self.setPalette(palette)
        self._decorate_current_line()
        self._decorate_brackets()
        self._decorate_execution_line()
        self._diagnostics.redraw()
        self._gutter.update()

    def _decorate_current_line(self) -> None:
        self.decorations.set(DecorationLayer.CURRENT_LINE, [full_line(self.textCursor().block(), theme().current_line)])

    def _decorate_execution_line(self) -> None:
        if self.execution_line is None:
            self.decorations.clear(DecorationLayer.EXECUTION_LINE)
            return
        block = self.document().findBlockByNumber(self.execution_line - 1)
        self.decorations.set(DecorationLayer.EXECUTION_LINE, [full_line(block, theme().execution_line)])

    def _decorate_brackets(self) -> None:
        self.decorations.set(DecorationLayer.BRACKETS, bracket_marks(self))

    def _show_tool_tip(self, position: QPoint, global_position: QPoint) -> None:
        cursor = self.cursorForPosition(position - self.viewport().pos())
        text = self._diagnostics.text_at(cursor.position())
        if text:
            QToolTip.showText(global_position, text, self)
        else:
            QToolTip.hideText()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(self.fontMetrics().horizontalAdvance("0") * 90, self.fontMetrics().lineSpacing() * 30)


JAVASCRIPT_SUFFIXES = frozenset({".js", ".mjs", ".cjs", ".ts", ".jsx", ".json", ".abi"})
