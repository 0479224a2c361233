"""The job list: a small sign in the status bar, and behind it what runs now, with Cancel."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from ide.tasks.service import Task, TaskService
from ide.theme import icon

SHOWN_AFTER_MS = 600
"""Work that ends sooner is not worth a sign."""


class JobsButton(QToolButton):
    """Shows the title of the oldest job; a click lists all."""

    def __init__(self, tasks: TaskService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._popup: JobsPopup | None = None
        self.setIcon(icon("jobs"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAccessibleName("Running jobs")
        self.setToolTip("Running jobs")
        self.clicked.connect(self._open)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SHOWN_AFTER_MS)
        self._later.timeout.connect(self._show)
        tasks.changed.connect(self._changed)
        self.hide()

    def _visible_tasks(self) -> list[Task]:
        return [task for task in self._tasks.tasks if not task.quiet]

    def _changed(self) -> None:
        if not self._visible_tasks():
            self._later.stop()
            self.hide()
        elif self.isVisible():
            self._show()
        elif not self._later.isActive():
            self._later.start()

    def _show(self) -> None:
        tasks = self._visible_tasks()
        if not tasks:
            return
        first = tasks[0]
        share = f" {first.fraction:.0%}" if first.fraction >= 0 else "…"
        more = f" (+{len(tasks) - 1})" if len(tasks) > 1 else ""
        self.setText(f"{first.title}{share}{more}")
        self.show()

    def _open(self) -> None:
        self._popup = JobsPopup(self._visible_tasks(), self)
        size = self._popup.sizeHint()
        corner = self.mapToGlobal(QPoint(self.width(), 0))
        self._popup.move(corner.x() - size.width(), corner.y() - size.height() - 4)
        self._popup.show()


class JobsPopup(QFrame):
    """The jobs that run, each with its progress and a button to cancel it."""

    def __init__(self, tasks: list[Task], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(10)
        for task in tasks:
            rows.addWidget(_JobRow(task, self))
        if not tasks:
            rows.addWidget(QLabel("Nothing runs now."))


class _JobRow(QWidget):
    def __init__(self, task: Task, popup: QWidget) -> None:
        super().__init__(popup)
        self._task = task
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(f"Progress of {task.title}")
        self._text = QLabel(task.title)
        self._cancel = QPushButton("Cancel")
        self._cancel.setAccessibleName(f"Cancel {task.title}")
        left = QVBoxLayout()
        left.addWidget(self._text)
        left.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(left, 1)
        row.addWidget(self._cancel)
        self._cancel.clicked.connect(self._cancel_task)
        task.progressed.connect(self._progressed)
        task.finished.connect(self._finished)
        self._progressed(task.fraction, task.text)

    def _progressed(self, fraction: float, text: str) -> None:
        self._bar.setRange(0, 0 if fraction < 0 else 1000)
        self._bar.setValue(round(fraction * 1000))
        self._text.setText(f"{self._task.title} — {text}" if text else self._task.title)

    def _cancel_task(self) -> None:
        self._cancel.setEnabled(False)
        self._text.setText(f"{self._task.title} — stopping")
        self._task.cancel()

    def _finished(self) -> None:
        self._cancel.setEnabled(False)
        self._bar.setRange(0, 1)
        self._bar.setValue(1)
