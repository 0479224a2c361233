"""The Problems panel, going from problem to problem, and the counts in the status bar."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.values import Severity
from ide.commands import Command, Menu
from ide.problems.model import ProblemModel, problem_place
from ide.theme import icon

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor
    from ide.window import MainWindow


class ProblemsPanel(QWidget):
    """A click shows the place and keeps the focus here; Enter goes to the editor."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.model = ProblemModel(window.problems, self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by words, such as “error token.js”")
        self.filter.setAccessibleName("Filter problems")
        self.filter.setClearButtonEnabled(True)
        self.fix = QPushButton("Fix")
        self.fix.setEnabled(False)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Problems")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        width = self.fontMetrics().horizontalAdvance("0")
        for column, characters in ((1, 22), (2, 7), (3, 12)):
            header.resizeSection(column, width * characters)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._empty = QLabel("No problems were found. Errors and warnings of the files you edit or deploy appear here.")
        self._empty.setObjectName("Hint")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        top = QHBoxLayout()
        top.setContentsMargins(8, 6, 8, 6)
        top.setSpacing(8)
        top.addWidget(self.filter, 1)
        top.addWidget(self.fix)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top)
        rows.addWidget(self._stack, 1)
        self.setFocusProxy(self.table)
        self.filter.textChanged.connect(self.model.set_filter)
        self.table.clicked.connect(partial(self._show, focus=False))
        self.table.activated.connect(partial(self._show, focus=True))
        self.table.selectionModel().currentRowChanged.connect(self._selected)
        self.fix.clicked.connect(self.apply_fix)
        self.model.modelReset.connect(self._changed)
        window.commands.register(
            Command(
                "problems.next",
                "Next Problem",
                "Go",
                partial(self.step, 1),
                ("F8",),
                disabled_reason=self._none,
                menu=Menu.GO,
                group=40,
            ),
            Command(
                "problems.previous",
                "Previous Problem",
                "Go",
                partial(self.step, -1),
                ("Shift+F8",),
                disabled_reason=self._none,
                menu=Menu.GO,
                group=40,
            ),
            Command(
                "problems.fix",
                "Fix Problem",
                "Edit",
                self.apply_fix,
                ("Ctrl+.",),
                "success",
                disabled_reason=self._cannot_fix,
                menu=Menu.EDIT,
                group=60,
            ),
        )
        window.editors.cursor_moved.connect(self._offer_fix)
        self._changed()

    def step(self, direction: int) -> None:
        """Go to the next (+1) or previous (-1) problem after the cursor, around the end."""
        rows = self.model.rows
        if not rows:
            return
        editor = self._window.current_editor()
        if editor is None:
            row = 0 if direction > 0 else len(rows) - 1
        else:
            cursor = editor.textCursor()
            here = (str(editor.path), cursor.blockNumber() + 1, cursor.positionInBlock())
            places = [(str(path), line, column) for path, line, column in map(problem_place, rows)]
            if direction > 0:
                row = next((i for i, place in enumerate(places) if place > here), 0)
            else:
                row = next((i for i in range(len(places) - 1, -1, -1) if places[i] < here), len(places) - 1)
        self.table.selectRow(row)
        self._window.open_file(*problem_place(rows[row]))
        self._window.status_message(rows[row].diagnostic.message)

    def apply_fix(self) -> None:
        """Do what the selected problem proposes."""
        row = self._fixable_row()
        if row is None:
            return
        problem = self.model.rows[row]
        editor = self._window.open_file(*problem_place(problem))
        if editor is not None and problem.diagnostic.fix is not None:
            editor.apply_edit(problem.diagnostic.fix)

    def _fixable_row(self) -> int | None:
        """Return the problem to fix: while one types the one at the cursor, else the selected one."""
        editor = self._window.current_editor()
        if editor is None or not editor.hasFocus():
            rows, row = self.model.rows, self.table.currentIndex().row()
            if 0 <= row < len(rows) and rows[row].diagnostic.fix is not None:
                return row
        return None if editor is None else self._fixable_at(editor)

    def _fixable_at(self, editor: CodeEditor) -> int | None:
        cursor = editor.textCursor()
        line, column = cursor.blockNumber() + 1, cursor.positionInBlock()
        found = [
            (abs(one.diagnostic.column - column), i)
            for i, one in enumerate(self.model.rows)
            if one.path == editor.path and one.diagnostic.fix and one.diagnostic.line == line
        ]
        return min(found)[1] if found else None

    def _offer_fix(self) -> None:
        """A key works only while its action is enabled, and no command is asked again for a cursor that moves."""
        self._window.commands.action("problems.fix").setEnabled(self._fixable_row() is not None)

    def _none(self) -> str:
        return "" if self.model.rows else "There are no problems"

    def _cannot_fix(self) -> str:
        return "" if self._fixable_row() is not None else "There is no fix for a problem here"

    def _show(self, index: QModelIndex, *, focus: bool) -> None:
        if index.row() < len(self.model.rows):
            self._window.open_file(*problem_place(self.model.rows[index.row()]), focus=focus)

    def _selected(self) -> None:
        row = self.table.currentIndex().row()
        rows = self.model.rows
        fix = rows[row].diagnostic.fix if 0 <= row < len(rows) else None
        self.fix.setEnabled(fix is not None)
        self.fix.setText(rows[row].diagnostic.fix_title or "Fix" if fix is not None else "Fix")
        self._window.commands.refresh()

    def _changed(self) -> None:
        self._empty.setText(
            "No problem fits the filter."
            if self.filter.text()
            else "No problems were found. Errors and warnings of the files you edit or deploy appear here."
        )
        self._stack.setCurrentIndex(1 if self.model.rows else 0)
        self._window.commands.refresh()


class ProblemCounts(QToolButton):
    """How many errors and warnings there are; a click opens the panel."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._problems = window.problems
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(partial(window.show_dock, "problems"))
        window.problems.changed.connect(self._count)
        self._count()

    def _count(self) -> None:
        errors, warnings = self._problems.count(Severity.ERROR), self._problems.count(Severity.WARNING)
        worst = "error" if errors else "warning" if warnings else "success"
        self.setIcon(icon(worst, worst if errors or warnings else "text_muted"))
        parts = [f"{errors} error{'s' * (errors != 1)}"] if errors else []
        parts += [f"{warnings} warning{'s' * (warnings != 1)}"] if warnings else []
        text = ", ".join(parts) or "No problems"
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip("Show problems")
