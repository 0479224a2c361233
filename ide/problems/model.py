"""The problems as a table, filtered in the source."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.values import Severity
from ide.problems.store import Problem, ProblemList
from ide.theme import icon

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Message", "File", "Line", "Found by")
_ICONS = {Severity.ERROR: ("error", "error"), Severity.WARNING: ("warning", "warning"), Severity.HINT: ("hint", "info")}


class ProblemModel(QAbstractTableModel):
    """Problems that contain all words of `filter`, in message, code or file name."""

    def __init__(self, problems: ProblemList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems = problems
        self._filter = ""
        self._rows: list[Problem] = problems.all()
        problems.changed.connect(self._reload)

    @property
    def rows(self) -> list[Problem]:
        """The problems that are shown, in order."""
        return self._rows

    def set_filter(self, text: str) -> None:
        """Show only problems with all of these words."""
        self._filter = text
        self._reload()

    def _reload(self) -> None:
        words = self._filter.lower().split()

        def fits(problem: Problem) -> bool:
            one = problem.diagnostic
            text = f"{one.message} {one.code} {one.severity} {problem.path.name} {problem.source}".lower()
            return all(word in text for word in words)

        self.beginResetModel()
        self._rows = [problem for problem in self._problems.all() if fits(problem)]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one role of an item."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        problem = self._rows[index.row()]
        one = problem.diagnostic
        if role == Qt.ItemDataRole.DisplayRole:
            return (f"{one.message}  [{one.code}]", problem.path.name, str(one.line or ""), problem.source)[
                index.column()
            ]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return icon(*_ICONS[one.severity])
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{one.message}\n{problem.path}:{one.line}:{one.column + 1}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{one.severity}: {one.message}, {problem.path.name} line {one.line}"
        return None


def problem_place(problem: Problem) -> tuple[Path, int, int]:
    """Return where a problem is: path, line from 1, UTF-16 column."""
    return problem.path, problem.diagnostic.line, problem.diagnostic.column
