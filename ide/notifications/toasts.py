"""Toasts at the bottom right of the window: they never take the focus and go away by themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ide.theme import IconLabel, icon

SHOWN_AT_ONCE = 3
WIDTH = 470
"""Of a toast, in pixels; room for four buttons."""
LOG_LENGTH = 200
INFORMATION_MS = 5000
ERROR_MS = 12000


@dataclass(frozen=True)
class Notice:
    """What is said: `severity` is info, success, warning or error; `actions` are offered as buttons.

    A notice with the `key` of one that is shown takes its place; a `lasting` one waits for an answer.
    """

    severity: str
    text: str
    key: str = ""
    actions: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    lasting: bool = False


class Toast(QWidget):
    """One notice on screen; `done` when it was dismissed or its time was up."""

    done = Signal()

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setObjectName("Toast")
        self.setProperty("severity", notice.severity)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(notice.text)
        head, _, rest = notice.text.partition("\n")
        columns = QHBoxLayout(self)
        columns.setContentsMargins(12, 10, 8, 10)
        columns.setSpacing(10)
        sign = IconLabel(notice.severity, notice.severity, 18)
        columns.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        rows = QVBoxLayout()
        rows.setSpacing(4)
        for name, text in (("ToastHead", head), ("ToastBody", rest)):
            if text:
                label = QLabel(text)
                label.setObjectName(name)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                rows.addWidget(label)
        buttons = QHBoxLayout()
        for title, action in notice.actions.items():
            button = QPushButton(title)
            button.clicked.connect(lambda _checked=False, action=action: action())
            button.clicked.connect(self.done)
            buttons.addWidget(button)
        if notice.severity == "error":
            copy = QPushButton("Copy details")
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(notice.text))
            buttons.addWidget(copy)
        if buttons.count():
            buttons.addStretch(1)
            rows.addLayout(buttons)
        rows.addStretch(1)
        columns.addLayout(rows, 1)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setAccessibleName("Dismiss")
        close.clicked.connect(self.done)
        columns.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ERROR_MS if notice.severity == "error" else INFORMATION_MS)
        self._timer.timeout.connect(self._time_up)
        if not notice.lasting:
            self._timer.start()

    def _time_up(self) -> None:
        # Nobody has seen it while the window is inactive or the mouse rests on it.
        if self.underMouse() or not self.window().isActiveWindow():
            self._timer.start()
        else:
            self.done.emit()


class Notifications(QObject):
    """Shows notices over a window and remembers them (`log`, newest last)."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._toasts: list[Toast] = []
        self.log: deque[Notice] = deque(maxlen=LOG_LENGTH)
        window.installEventFilter(self)

    def show(self, notice: Notice) -> None:
        """Show a notice."""
        self.log.append(notice)
        for toast in list(self._toasts):
            if toast.notice == notice or (notice.key and toast.notice.key == notice.key):
                self._remove(toast)
        while len(self._toasts) >= SHOWN_AT_ONCE:
            self._remove(self._toasts[0])
        toast = Toast(notice, self._window)
        toast.done.connect(lambda: self._remove(toast))
        self._toasts.append(toast)
        toast.show()
        self._arrange()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, notice.text))

    def information(self, text: str, key: str = "") -> None:
        """Say something worth knowing."""
        self.show(Notice("info", text, key))

    def success(self, text: str, key: str = "") -> None:
        """Say that something worked."""
        self.show(Notice("success", text, key))

    def warning(self, text: str, key: str = "") -> None:
        """Say that something needs attention."""
        self.show(Notice("warning", text, key))

    def error(self, text: str, key: str = "") -> None:
        """Say that something did not work."""
        self.show(Notice("error", text, key))

    def visible(self) -> list[Notice]:
        """Return the notices on screen, the oldest first."""
        return [toast.notice for toast in self._toasts]

    def dismiss_all(self) -> None:
        """Take all notices off the screen."""
        for toast in list(self._toasts):
            self._remove(toast)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at events of the watched widget."""
        if event.type() is QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        margin = 16
        width = min(WIDTH, self._window.width() - 2 * margin)
        bottom = self._window.height() - margin - 24
        for toast in reversed(self._toasts):
            toast.setFixedWidth(width)
            height = toast.heightForWidth(width) if toast.hasHeightForWidth() else toast.sizeHint().height()
            toast.resize(width, height)
            toast.move(self._window.width() - width - margin, bottom - height)
            bottom -= height + 8
            toast.raise_()
