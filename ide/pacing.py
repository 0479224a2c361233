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

REST = 4
"""In a burst a change takes at most a part of the time that is one to so many."""

LONGEST_REST_SECONDS = 0.5
"""However long it takes, people see something new after this time."""


class Throttle(QObject):
    """Runs `action` when asked, a few times at once, then every `interval_ms`, however often it is asked.

    What it changes is laid out and painted afterwards: the longer that takes, the longer it rests, so that keys and
    clicks get most of the time.
    """

    def __init__(self, action: Callable[[], object], parent: QObject, interval_ms: int = BURST_MS) -> None:
        super().__init__(parent)
        self._action = action
        self._interval = interval_ms / 1e3
        self._began = self._paid_until = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.run_now)
        self._painted = QTimer(self, singleShot=True, interval=0)
        self._painted.timeout.connect(self._pay)

    def request(self) -> None:
        """Run the action soon."""
        if self._timer.isActive():
            return
        wait = self._wait_ms()
        if wait <= 0:
            self.run_now()
        else:
            self._timer.start(wait)

    def run_now(self) -> None:
        """Run the action, also if it ran a moment ago."""
        self._timer.stop()
        self._began = time.monotonic()
        # Paid before it runs: asked again by the action itself, it is for later.
        self._paid_until = max(self._paid_until, self._began) + self._interval
        self._painted.start()
        self._action()

    def _pay(self) -> None:
        rest = min(REST * (time.monotonic() - self._began), LONGEST_REST_SECONDS)
        self._paid_until += max(rest - self._interval, 0.0)
        if self._timer.isActive():
            self._timer.start(max(self._wait_ms(), 0))

    def _wait_ms(self) -> int:
        return round((self._paid_until - time.monotonic() - (QUICK - 1) * self._interval) * 1e3)

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

    @property
    def is_due(self) -> bool:
        """Whether the widget is behind."""
        return self._is_due

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
