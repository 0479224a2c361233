"""One pane of the state stack: a heading in the layer's colour over a list of rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QListView, QMenu, QVBoxLayout, QWidget

from ide.panels import style
from ide.panels.state.delegate import GLOW_SECONDS, StackDelegate
from ide.panels.state.model import ROW_ROLE, StackModel
from ide.panels.state.rows import StackRow
from ide.panels.widgets import ElidedLabel, EmptyState, Switcher
from ide.theme import themes

_REPAINT_MS = 33


class LayerHeading(QWidget):
    """Name of a layer on its quiet colour, with a note on the right."""

    def __init__(self, title: str, tint: str) -> None:
        super().__init__()
        self._tint = tint
        self._title = QLabel(title)
        self._title.setFont(style.scaled_font(self.font(), 1.0, bold=True))
        self._note = ElidedLabel()
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 8, 2)
        layout.addWidget(self._title)
        layout.addWidget(self._note, 1)
        themes().changed.connect(self._recolour)
        self._recolour()
        self.setFixedHeight(2 * self.fontMetrics().height() + 6)

    def set_note(self, note: str) -> None:
        """Say how much the layer holds."""
        self._note.setText(note)
        self._note.setToolTip(note)

    def add_widget(self, widget: QWidget) -> None:
        """Put a button at the right end."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(widget)

    def _recolour(self) -> None:
        for label, tint in ((self._title, self._tint), (self._note, "text_muted")):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), style.colour(tint))
            label.setPalette(palette)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the quiet background and a line in the layer's colour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.colour(f"{self._tint}_soft"))
        painter.fillRect(0, self.height() - 2, self.width(), 2, style.colour(self._tint))


class PaneList(QListView):
    """The rows; copies them as text with the standard key."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with the standard key; everything else is the list's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        else:
            super().keyPressEvent(event)

    def copy_selection(self) -> None:
        """Put the selected rows' text on the clipboard."""
        rows = sorted(self.selectedIndexes(), key=QModelIndex.row)
        QGuiApplication.clipboard().setText("\n".join(str(index.data()) for index in rows))


class Pane(QWidget):
    """A layer with its rows. `activated` carries the row that was opened by Enter or double click."""

    activated = Signal(object)

    def __init__(self, title: str, tint: str, empty: str, contract_name: Callable[[str], str]) -> None:
        super().__init__()
        self.heading = LayerHeading(title, tint)
        self.model = StackModel(self)
        self.view = PaneList()
        self.view.setModel(self.model)
        self.view.setItemDelegate(StackDelegate(contract_name, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setAccessibleName(title)
        self.view.activated.connect(self._activate)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.switcher = Switcher(self.view, EmptyState(empty))
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.switcher, 1)
        self._glow_until = 0.0
        self._glow_timer = QTimer(self, interval=_REPAINT_MS)
        self._glow_timer.timeout.connect(self._fade)

    def show_rows(self, rows: Sequence[StackRow], note: str) -> None:
        """Show `rows`; those that begin to glow do so."""
        self.model.show(rows)
        self.heading.set_note(note)
        self.switcher.show_view(bool(rows))
        self._glow_until = max((row.glow_from + GLOW_SECONDS for row in rows if row.glow_from), default=0.0)
        if self._glow_until > time.monotonic():
            self._glow_timer.start()

    @property
    def is_glowing(self) -> bool:
        """Whether a row is still fading."""
        return self._glow_timer.isActive()

    def _fade(self) -> None:
        now = time.monotonic()
        index = self.view.indexAt(QPoint(1, 1))
        bottom = self.view.viewport().height()
        while index.isValid() and self.view.visualRect(index).top() < bottom:
            glow_from = self.model.rows[index.row()].glow_from
            if glow_from and glow_from <= now <= glow_from + GLOW_SECONDS + 2 * _REPAINT_MS / 1000:
                self.view.update(index)
            index = index.siblingAtRow(index.row() + 1)
        if now > self._glow_until:
            self.view.viewport().update()
            self._glow_timer.stop()

    def _activate(self, index: QModelIndex) -> None:
        self.activated.emit(index.data(ROW_ROLE))

    def _show_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if index.isValid():
            menu.addAction("Open", lambda: self._activate(index))
        copy = menu.addAction("Copy", self.view.copy_selection)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setEnabled(bool(self.view.selectedIndexes()))
        menu.popup(self.view.viewport().mapToGlobal(at))
