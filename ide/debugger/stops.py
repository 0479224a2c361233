"""Where a recorded execution stops, and what logpoints write: breakpoints looked up in the recording.

Finding the steps of a line is arithmetic; whether a condition holds there is asked of the replay, one step after the
other, so that the window stays free and whoever moves on meanwhile ends the search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.facade import Variable
from ide.bridge import EngineBridge, Request, describe_error
from ide.editor.line_marks import Breakpoint

if TYPE_CHECKING:
    from engine.facade import DebugSession

Place = tuple[str, int]
"""A file as steps name it, and a line."""

MOST_MESSAGES = 500
"""A recording's logpoints write so many messages at most."""

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class StopSearch:
    """Looks for the next or previous step at one of `stops` whose condition holds.

    `done` gets the position, whether one stops there (else it is an end of the recording), and what is wrong with a
    condition that could not be evaluated: there one stops, so that it is seen.
    """

    def __init__(
        self,
        session: DebugSession,
        bridge: EngineBridge,
        receiver: QObject,
        stops: Mapping[Place, Breakpoint],
        *,
        backwards: bool,
        done: Callable[[int, bool, str], None],
    ) -> None:
        self._session = session
        self._bridge = bridge
        self._receiver = receiver
        self._stops = stops
        self._backwards = backwards
        self._done = done
        self._request: Request[Variable] | None = None

    def begin(self, position: int, *, here: bool = False) -> None:
        """Look from `position` on, with `here` also at it."""
        if here and self._at(position) is not None:
            self._examine(position)
        else:
            self._next(position)

    def drop(self) -> None:
        """Give up; nothing is told any more."""
        if self._request is not None:
            self._request.drop()
            self._request = None

    def _at(self, position: int) -> Breakpoint | None:
        step = self._session.step(position)
        return self._stops.get((step.file, step.line))

    def _next(self, position: int) -> None:
        move = self._session.back_to if self._backwards else self._session.forward_to
        found = move(position, frozenset(self._stops))
        if found == position or self._at(found) is None:
            self._done(found, False, "")
        else:
            self._examine(found)

    def _examine(self, position: int) -> None:
        stop = self._at(position)
        assert stop is not None, "only stops are examined"
        if not stop.condition:
            self._done(position, True, "")
            return

        def take(value: Variable) -> None:
            if value.text == "true":
                self._done(position, True, "")
            else:
                self._next(position)

        def fail(error: Exception) -> None:
            self._done(position, True, f"The condition {stop.condition} cannot be evaluated: {describe_error(error)}")

        future = self._session.evaluate(position, 0, f"!!({stop.condition})", passing=True)
        self._request = self._bridge.request(future, self._receiver, take, fail)


class LogReader:
    """Writes what the logpoints of a recording say, in order: `write` gets each message with its position."""

    def __init__(
        self,
        session: DebugSession,
        bridge: EngineBridge,
        receiver: QObject,
        points: Mapping[Place, Breakpoint],
        write: Callable[[int, str], None],
    ) -> None:
        self._session = session
        self._bridge = bridge
        self._receiver = receiver
        self._points = points
        self._write = write
        self._written = 0
        self._search = StopSearch(session, bridge, receiver, points, backwards=False, done=self._reached)
        self._request: Request[Variable] | None = None

    def begin(self) -> None:
        """Read from the first step on."""
        if self._points:
            self._search.begin(0, here=True)

    def drop(self) -> None:
        """Give up."""
        self._search.drop()
        if self._request is not None:
            self._request.drop()
            self._request = None

    def _reached(self, position: int, found: bool, problem: str) -> None:
        if not found:
            return
        if self._written >= MOST_MESSAGES:
            self._write(position, f"… no more than {MOST_MESSAGES} messages are written.")
            return
        self._written += 1
        step = self._session.step(position)
        message = self._points[step.file, step.line].message
        if problem:
            self._finish(position, problem)
        else:
            self._fill(position, _PLACEHOLDER.split(message), 1)

    def _fill(self, position: int, parts: list[str], place: int) -> None:
        """Replace the expressions, which are every second part, by their values, one after the other."""
        if place >= len(parts):
            self._finish(position, "".join(parts))
            return

        def put(text: str) -> None:
            parts[place] = text
            self._fill(position, parts, place + 2)

        future = self._session.evaluate(position, 0, parts[place], passing=True)
        self._request = self._bridge.request(
            future,
            self._receiver,
            lambda value: put(value.text),
            lambda error: put(f"‹{describe_error(error)}›"),
        )

    def _finish(self, position: int, text: str) -> None:
        self._write(position, text)
        self._search.begin(position)
