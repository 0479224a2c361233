"""The command palette: one box for commands (`>`), files, symbols (`@`) and lines (`:`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ide.commands.matching import best_matches
from ide.theme import icon_pixmap, theme

Index = QModelIndex | QPersistentModelIndex

ROWS = 12
"""How many entries are shown without scrolling."""


@dataclass(frozen=True)
class PaletteItem:
    """An entry: what it says, and what choosing it does; `reason` tells why it cannot be chosen now."""

    title: str
    run: Callable[[], object]
    detail: str = ""
    key: str = ""
    icon: str = ""
    reason: str = ""
    checked: bool = False


@dataclass(frozen=True)
class PaletteMode:
    """One kind of thing to find: the prefix that selects it, and where its entries come from.

    `items` is asked once when the mode is entered and then ranked by what is typed; `answer` is asked
    at each change instead, with the text after the prefix.
    """

    prefix: str
    placeholder: str
    items: Callable[[], Sequence[PaletteItem]] | None = None
    answer: Callable[[str], Sequence[PaletteItem]] | None = None


class _ItemModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.items: Sequence[PaletteItem] = ()

    def show(self, items: Sequence[PaletteItem]) -> None:
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the number of rows."""
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return " — ".join(text for text in (item.title, item.detail, item.key, item.reason) if text)
        return None


class _ItemDelegate(QStyledItemDelegate):
    """Draws icon, title, dimmed detail, and the key (or the reason why not) at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint."""
        model = index.model()
        if not isinstance(model, _ItemModel):
            return
        item = model.items[index.row()]
        rect: QRect = option.rect
        selected = bool(option.state & option.state.State_Selected)
        colours = theme()
        painter.save()
        if selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selection)
            painter.drawRoundedRect(rect.adjusted(4, 0, -4, 0), 5, 5)
        metrics: QFontMetrics = option.fontMetrics
        side = metrics.height()
        x = rect.left() + 14
        sign = "success" if item.checked else item.icon
        if sign:
            colour = "text_disabled" if item.reason else "text_muted"
            pixmap = icon_pixmap(sign, colour, side, painter.device().devicePixelRatioF())
            painter.drawPixmap(x, rect.center().y() - side // 2 + 1, pixmap)
        x += side + 10
        right = rect.right() - 16
        tail = item.reason or item.key
        if tail:
            painter.setPen(colours.text_muted)
            # Text is elided that is exactly as wide as its advance says.
            width = min(metrics.horizontalAdvance(tail) + 2, rect.width() // 2)
            shown = metrics.elidedText(tail, Qt.TextElideMode.ElideRight, width)
            box = QRect(right - width, rect.top(), width, rect.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
            right -= width + 14
        painter.setPen(colours.text_disabled if item.reason else colours.text)
        title = metrics.elidedText(item.title, Qt.TextElideMode.ElideRight, right - x)
        box = QRect(x, rect.top(), right - x, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, title)
        x += metrics.horizontalAdvance(title) + 10
        if item.detail and right - x > 40:
            painter.setPen(colours.text_muted)
            detail = metrics.elidedText(item.detail, Qt.TextElideMode.ElideMiddle, right - x)
            painter.drawText(QRect(x, rect.top(), right - x, rect.height()), Qt.AlignmentFlag.AlignVCenter, detail)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the preferred size."""
        metrics: QFontMetrics = option.fontMetrics
        return QSize(0, metrics.height() + 12)


class CommandPalette(QWidget):
    """The box at the top of the window. It closes on Esc, on a choice, and when it loses the focus."""

    def __init__(self, window: QWidget, modes: Sequence[PaletteMode]) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("CommandPalette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._modes = sorted(modes, key=lambda mode: -len(mode.prefix))
        self._mode: PaletteMode | None = None
        self._entries: Sequence[PaletteItem] = ()
        self._return_to: QWidget | None = None
        self.box = QLineEdit()
        self.box.setAccessibleName("Command palette")
        self._model = _ItemModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_ItemDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName("Results")
        self._nothing = QLabel("Nothing fits")
        self._nothing.setObjectName("Hint")
        self._nothing.setMargin(10)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        rows.addWidget(self.box)
        rows.addWidget(self._list)
        rows.addWidget(self._nothing)
        self.box.textChanged.connect(self._update)
        self.box.installEventFilter(self)
        self._list.clicked.connect(self._clicked)
        self.hide()

    def open(self, text: str = "") -> None:
        """Show the box with `text` in it; what had the focus gets it back afterwards."""
        if not self.isVisible():
            self._return_to = self._window.focusWidget()
        self._mode = None
        self.box.setText(text)
        self._update()
        self.show()
        self.raise_()
        self.box.setFocus()
        self.box.setCursorPosition(len(text))

    def dismiss(self) -> None:
        """Hide the box and give the focus back."""
        if not self.isVisible():
            return
        returned, self._return_to = self._return_to, None
        self.hide()
        if returned is not None:
            returned.setFocus()

    def items(self) -> Sequence[PaletteItem]:
        """Return the entries that are shown, best first."""
        return self._model.items

    def choose(self) -> None:
        """Do what the selected entry says; a disabled one stays and says why."""
        row = self._list.currentIndex().row()
        if not 0 <= row < len(self._model.items):
            return
        item = self._model.items[row]
        if item.reason:
            return
        self.dismiss()
        item.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at events of the watched widget."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() is QEvent.Type.FocusOut and self.isVisible() and QApplication.activePopupWidget() is None:
            self._return_to = None
            self.hide()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Put the box at the top of the window, in the middle."""
        window = self._window
        width = min(max(window.width() // 2, 560), window.width() - 40)
        row = self._list.sizeHintForRow(0) if self._model.items else 0
        height = row * min(len(self._model.items), ROWS) + 4
        self._list.setFixedHeight(height)
        self._list.setVisible(bool(self._model.items))
        self._nothing.setVisible(not self._model.items)
        self.setGeometry((window.width() - width) // 2, 44, width, 0)
        self.adjustSize()
        self.resize(width, self.sizeHint().height())

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        elif event.key() in steps and self._model.items:
            step = steps[Qt.Key(event.key())]
            row = self._list.currentIndex().row() + step
            count = len(self._model.items)
            row = row % count if abs(step) == 1 else min(max(row, 0), count - 1)
            self._list.setCurrentIndex(self._model.index(row))
        else:
            return False
        return True

    def _update(self) -> None:
        text = self.box.text()
        mode = next(mode for mode in self._modes if text.startswith(mode.prefix))
        if mode is not self._mode:
            self._mode = mode
            self._entries = mode.items() if mode.items is not None else ()
            self.box.setPlaceholderText(mode.placeholder)
        query = text[len(mode.prefix) :].strip()
        if mode.answer is not None:
            self._model.show(mode.answer(query))
        else:
            self._model.show(best_matches(query, self._entries, lambda item: item.title))
        if self._model.items:
            self._list.setCurrentIndex(self._model.index(0))
        self.place()

    def _clicked(self, index: QModelIndex) -> None:
        self._list.setCurrentIndex(index)
        self.choose()
