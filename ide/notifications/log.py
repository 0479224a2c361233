"""What was said lately, for those who looked away."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from ide.notifications.toasts import Notifications
from ide.theme import icon


class NoticesButton(QToolButton):
    """A bell in the status bar; a click lists the notices, the newest first."""

    def __init__(self, notifications: Notifications, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notifications = notifications
        self.setIcon(icon("bell"))
        self.setAutoRaise(True)
        self.setToolTip("Show what was said lately")
        self.setAccessibleName("Notifications")
        self.clicked.connect(self.open)

    def open(self) -> NoticesPopup:
        """Show the list above the button."""
        popup = NoticesPopup(self._notifications, self)
        corner = self.mapToGlobal(QPoint(self.width(), 0))
        popup.move(corner.x() - popup.width(), corner.y() - popup.height() - 4)
        popup.show()
        return popup


class NoticesPopup(QFrame):
    """The list; Esc or a click elsewhere closes it."""

    def __init__(self, notifications: Notifications, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.list = QListWidget()
        self.list.setAccessibleName("Notifications")
        self.list.setWordWrap(True)
        for notice in reversed(notifications.log):
            self.list.addItem(QListWidgetItem(icon(notice.severity, notice.severity), notice.text))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 6, 6, 6)
        if notifications.log:
            rows.addWidget(self.list)
        else:
            nothing = QLabel("Nothing was said yet.")
            nothing.setMargin(10)
            rows.addWidget(nothing)
        metrics = self.fontMetrics()
        self.resize(metrics.horizontalAdvance("0") * 60, metrics.height() * (20 if notifications.log else 4))
