"""Bringing views up to date at the pace of people: at once after a rest, a few times a second in a burst, never unseen.

Events of the engine come in thousands a second. What they mean is taken in when they come; what is drawn of it is
drawn by a `Refresh`, in a turn of the event loop of its own, so that keys and clicks get their turn in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

BURST_MS = 120
"""While one change follows the other a view is brought up to date this often, in milliseconds."""

QUICK = 4
"""So many changes are followed at once before the pace is kept: what people do one by one is seen without delay."""


class Throttle(QObject):
    """Runs `action` when asked, a few times at once, then every `interval_ms`, however often it is asked.

    Under load an action takes longer; it then rests at least as long as it took, so that others get their turn.
    """

    def __init__(self, action: Callable[[], object], parent: QObject, interval_ms: int = BURST_MS) -> None:
        super().__init__(parent)
        self._action = action
        self._interval = interval_ms / 1e3
        self._paid_until = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.run_now)

    def request(self) -> None:
        """Run the action soon."""
        if self._timer.isActive():
            return
        wait = self._paid_until - time.monotonic() - (QUICK - 1) * self._interval
        if wait <= 0:
            self.run_now()
        else:
            self._timer.start(round(wait * 1e3) + 1)

    def run_now(self) -> None:
        """Run the action, also if it ran a moment ago."""
        self._timer.stop()
        begin = time.monotonic()
        # Paid before it runs: asked again by the action itself, it is for later.
        self._paid_until = max(self._paid_until, begin) + self._interval
        self._action()
        self._paid_until += max(2 * (time.monotonic() - begin) - self._interval, 0.0)

    def cancel(self) -> None:
        """Forget what was asked for."""
        self._timer.stop()


class Refresh(QObject):
    """A `Throttle` that waits while `widget` is not seen and runs when it is shown again."""

    def __init__(self, widget: QWidget, action: Callable[[], object], interval_ms: int = BURST_MS) -> None:
        super().__init__(widget)
        self._widget = widget
        self._action = action
        self._is_due = False
        self._throttle = Throttle(self._bring, self, interval_ms)
        widget.installEventFilter(self)

    def request(self) -> None:
        """Bring the widget up to date soon, or when somebody looks."""
        self._is_due = True
        if self._widget.isVisible():
            self._throttle.request()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch up when the widget is shown."""
        if event.type() is QEvent.Type.Show and self._is_due:
            self._throttle.run_now()
        return super().eventFilter(watched, event)

    def _bring(self) -> None:
        if self._widget.isVisible():
            self._is_due = False
            self._action()
