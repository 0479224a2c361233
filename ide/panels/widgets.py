"""Small widgets that several panels use: empty states, headings, buttons made from commands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ide.panels import style
from ide.theme import icon


class EmptyState(QWidget):
    """One sentence what a panel is, and the one action that fills it."""

    def __init__(self, sentence: str, action: QAction | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel(sentence)
        self._label.setWordWrap(True)
        self._label.setProperty("muted", True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addStretch(1)
        layout.addWidget(self._label)
        if action is not None:
            button = ActionButton(action)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(button)
            row.addStretch(1)
            layout.addSpacing(8)
            layout.addLayout(row)
        layout.addStretch(1)

    def set_sentence(self, sentence: str) -> None:
        """Say something else (loading, failed, nothing found)."""
        self._label.setText(sentence)


class Switcher(QWidget):
    """Shows either a view or, while it has nothing to show, its empty state."""

    def __init__(self, view: QWidget, empty: EmptyState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = empty
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(view)

    def show_view(self, filled: bool) -> None:
        """Show the view if it is `filled`."""
        self._stack.setCurrentIndex(1 if filled else 0)


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where there is no room for all of it."""

    def minimumSizeHint(self) -> QSize:
        """Return the height of a line and hardly any width."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), shown)


class ActionButton(QPushButton):
    """A push button that is a command: same text, tool tip, icon and enabled state as its action."""

    def __init__(self, action: QAction, *, text: str = "", primary: bool = False) -> None:
        super().__init__()
        self._action, self._own_text, self._is_primary = action, text, primary
        self.setProperty("primary", primary)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._own_text or self._action.text())
        if not self._is_primary:
            self.setIcon(self._action.icon())
        self.setToolTip(self._action.toolTip())
        self.setStatusTip(self._action.statusTip())
        self.setAccessibleName(self._action.text())
        self.setEnabled(self._action.isEnabled())


class ActionToolButton(QToolButton):
    """A flat icon button that is a command; takes the keyboard focus."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(action.text())


def tool_button(icon_name: str, name: str, clicked: Callable[[], object]) -> QToolButton:
    """Return a flat icon button for something that is not a command of its own."""
    button = QToolButton()
    button.setIcon(icon(icon_name))
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.clicked.connect(clicked)
    return button


class FilterBox(QLineEdit):
    """A filter that tells `filter_changed` when typing rests, and `entered` before it begins; Esc empties it."""

    filter_changed = Signal(str)
    entered = Signal()

    def __init__(self, placeholder: str, name: str, *, rest_ms: int = 150) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        self._timer = QTimer(self, singleShot=True, interval=rest_ms)
        self._timer.timeout.connect(self._tell)
        self.textChanged.connect(self._timer.start)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that typing may begin; not when a window that comes to the front chose this box."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self.entered.emit()

    def _tell(self) -> None:
        self.filter_changed.emit(self.text().strip())


class SectionTitle(QLabel):
    """A small heading over a part of a dock."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFont(style.scaled_font(self.font(), 0.9, bold=True))
        self.setContentsMargins(8, 4, 8, 2)
        self.setProperty("muted", True)


def make_plain(widget: QWidget) -> None:
    """Let a text widget fill its panel: without a frame, on the panel's own background."""
    widget.setStyleSheet("border: none; border-radius: 0; background: transparent;")


class FlatTable(QTableView):
    """A list of rows with columns that stays quick with many rows, and copies rows as text with the standard key."""

    def __init__(self, name: str, *, with_header: bool = True) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        columns = self.horizontalHeader()
        columns.setVisible(with_header)
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.set_row_height(self.fontMetrics().height() + 8)

    def set_row_height(self, pixels: int) -> None:
        """Make all rows so high."""
        self.verticalHeader().setDefaultSectionSize(pixels)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected rows' text."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            columns = range(self.model().columnCount())
            lines = ("\t".join(str(self.model().index(row, column).data()) for column in columns) for row in rows)
            QGuiApplication.clipboard().setText("\n".join(lines))
        else:
            super().keyPressEvent(event)
