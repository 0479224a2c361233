"""Where one stands in a recorded execution, and how one moves: the debugger without widgets.

Moving is arithmetic on the recording and immediate. Looking inside (variables, stack) replays and takes time, so it
is asked for only when the position rests; an answer that comes after one has moved on is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import InternalError
from engine.facade import StepView, TraceStep, Variable
from engine.values import TransactionResult
from ide.bridge import Request
from ide.debugger.deployed import DeployedSources
from ide.debugger.landmarks import step_of_access
from ide.debugger.stops import LogReader, StopSearch
from ide.editor.line_marks import Breakpoint
from ide.panels.workbench import Workbench

if TYPE_CHECKING:
    from engine.facade import DebugSession

REST_MS = 100
"""How long the slider must rest before variables are asked for, in milliseconds."""


class Motion(StrEnum):
    """The ways to move; each has its mirror image."""

    CONTINUE = "continue"
    OVER = "over"
    INTO = "into"
    OUT = "out"
    REVERSE = "reverse"
    BACK_OVER = "back_over"
    BACK_INTO = "back_into"
    BACK_OUT = "back_out"

    @property
    def is_backwards(self) -> bool:
        """Whether it leads towards the first step."""
        return self in (Motion.REVERSE, Motion.BACK_OVER, Motion.BACK_INTO, Motion.BACK_OUT)


def _target(session: DebugSession, position: int, motion: Motion) -> int:
    match motion:
        case Motion.OVER:
            return session.over(position)
        case Motion.INTO:
            return session.into(position)
        case Motion.OUT:
            return session.out(position)
        case Motion.BACK_OVER:
            return session.back_over(position)
        case Motion.BACK_INTO:
            return session.back_into(position)
        case Motion.BACK_OUT:
            return session.back_out(position)
        case Motion.CONTINUE | Motion.REVERSE:
            raise InternalError("breakpoints are looked for, not computed")


class DebugController(QObject):
    """Owns the `DebugSession` that is looked at."""

    session_changed = Signal()
    """A session began or ended."""

    position_changed = Signal(object)
    """The position (int) moved; `step` is cheap to read."""

    view_changed = Signal(object)
    """What is inside at the position: `StepView`, or None while it is being found out."""

    frame_changed = Signal(object, object)
    """Another frame of the stack was chosen: the `StackFrame` and its `tuple[Variable, ...]`."""

    logged = Signal(object, str)
    """A logpoint wrote something: the position (int) and the message."""

    source_changed = Signal(object)
    """What is shown of the step's file: `ShownSource`, None if its text is not known."""

    def __init__(self, workbench: Workbench, copies: Path, parent: QObject) -> None:
        """`copies` is the folder for deployed texts that differ from their files."""
        super().__init__(parent)
        self._workbench = workbench
        self._deployed = DeployedSources(workbench, copies, self)
        self._deployed.changed.connect(self._show_place)
        self._session: DebugSession | None = None
        self._opening: Request[DebugSession] | None = None
        self._viewing: Request[StepView] | None = None
        self._asking_frame: Request[tuple[Variable, ...]] | None = None
        self._search: StopSearch | None = None
        self._logs: LogReader | None = None
        self._position = 0
        self._view: StepView | None = None
        self._frame = 0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask_view)
        workbench.debug_requested.connect(self.start)
        workbench.access_requested.connect(self.go_to_access)
        workbench.bridge.engine_changed.connect(self.stop)

    # --- the session -----------------------------------------------------------------------------

    @property
    def session(self) -> DebugSession | None:
        """The recording that is looked at."""
        return self._session

    @property
    def is_opening(self) -> bool:
        """Whether an execution is being recorded."""
        return self._opening is not None

    @property
    def position(self) -> int:
        """The step one stands before, from 0."""
        return self._position

    @property
    def last(self) -> int:
        """The last position."""
        return self._session.step_count - 1 if self._session is not None else 0

    @property
    def step(self) -> TraceStep | None:
        """The step at the position; immediate."""
        return self._session.step(self._position) if self._session is not None else None

    @property
    def view(self) -> StepView | None:
        """What is inside at the position, if it is known already."""
        return self._view

    @property
    def frame(self) -> int:
        """The chosen frame of the stack, 0 is the innermost."""
        return self._frame

    def start(self, result: TransactionResult) -> None:
        """Record an executed transaction again and stop at a breakpoint, else at its failure, else at the beginning."""
        engine = self._workbench.engine
        if engine is None:
            return
        self.stop()
        self._deployed.forget()
        self._workbench.follow(False)
        self._workbench.select(result)
        self._workbench.window.status_message("Recording the execution …")
        self._opening = self._workbench.bridge.request(engine.debug(result.hash), self, self._opened, self._not_opened)
        self.session_changed.emit()

    def stop(self) -> None:
        """End the session and forget the recording."""
        if self._opening is not None:
            self._opening.drop()
            self._opening = None
        self._drop_view()
        self._drop_search()
        if self._logs is not None:
            self._logs.drop()
            self._logs = None
        session, self._session = self._session, None
        if session is None:
            return
        session.close()
        self._workbench.window.hide_execution()
        self._workbench.accesses_reached.emit(None)
        self._workbench.follow(True)
        self.session_changed.emit()

    def restart(self) -> None:
        """Go to where the session began."""
        if self._session is not None:
            self._look(0, backwards=False, here=True, without=self._without_stop)

    def _opened(self, session: DebugSession) -> None:
        self._opening = None
        if not session.step_count:
            session.close()
            self._workbench.window.status_message("Nothing was recorded: the transaction ran no contract code.")
            self.session_changed.emit()
            return
        self._session = session
        cut = " The rest was too long to record." if session.truncated else ""
        self._workbench.window.status_message(f"Recorded {session.step_count:,} steps.{cut}")
        self.session_changed.emit()
        self._position = -1
        self.restart()
        self._logs = LogReader(session, self._workbench.bridge, self, self._stops(logs=True), self.logged.emit)
        self._logs.begin()

    def _not_opened(self, error: Exception) -> None:
        self._opening = None
        self.session_changed.emit()
        self._workbench.bridge.request_failed.emit(error)

    def _without_stop(self, _end: int) -> None:
        """Begin where no breakpoint stops: at the failure, else at the first statement of the call."""
        assert self._session is not None, "there is no beginning without a session"
        self.move(self._session.first if self._session.result.succeeded else self.last)

    def _stops(self, *, logs: bool = False) -> dict[tuple[str, int], Breakpoint]:
        """Return where breakpoints stop (or log), by the files that steps name: those of a copy are its file's."""
        assert self._session is not None, "breakpoints are those of a session"
        copies = self._deployed.copies()
        stops = {}
        for path, one in self._workbench.window.breakpoints():
            file = copies.get(path, path)
            if bool(one.message) is logs:
                stops[file, self._session.stop_line(file, one.line)] = one
        return stops

    def _look(self, position: int, *, backwards: bool, here: bool, without: Callable[[int], None]) -> None:
        """Go to the next breakpoint whose condition holds; `without` is told the end of the recording if none does."""
        session = self._session
        assert session is not None, "breakpoints are looked for in a session"
        self._drop_search()

        def done(found: int, stops: bool, problem: str) -> None:
            self._search = None
            if problem:
                self._workbench.window.status_message(problem)
            if stops:
                self.move(found)
            else:
                without(found)

        self._search = search = StopSearch(
            session, self._workbench.bridge, self, self._stops(), backwards=backwards, done=done
        )
        search.begin(position, here=here)
        if self._search is not None:
            self._workbench.window.status_message("Looking for a step where the breakpoint's condition holds …")

    def _drop_search(self) -> None:
        if self._search is not None:
            self._search.drop()
            self._search = None

    # --- moving ----------------------------------------------------------------------------------

    def move(self, position: int, *, resting: bool = True) -> None:
        """Stand before step `position`; `resting` False (a drag) asks for variables only after a pause."""
        session = self._session
        if session is None:
            return
        self._drop_search()
        position = max(0, min(position, self.last))
        if position == self._position and self._view is not None:
            return
        self._position = position
        self._drop_view()
        self._frame = 0
        step = session.step(position)
        self.position_changed.emit(position)
        self._show_place()
        self._workbench.accesses_reached.emit(step.accesses)
        if resting:
            self._ask_view()
        else:
            self._rest.start()

    def _show_place(self) -> None:
        step = self.step
        if step is not None:
            self._show_line(step.contract, step.file, step.line)

    def _show_line(self, contract: str, file: str, line: int) -> None:
        shown = self._deployed.find(contract, file)
        if shown is None:
            self._workbench.window.hide_execution()
        else:
            self._workbench.window.show_execution(shown.path, line, read_only=shown.is_copy)
        self.source_changed.emit(shown)

    def go(self, motion: Motion) -> None:
        """Move as `motion` says."""
        if self._session is None:
            return
        if motion in (Motion.CONTINUE, Motion.REVERSE):
            self._look(self._position, backwards=motion.is_backwards, here=False, without=self.move)
        else:
            self.move(_target(self._session, self._position, motion))

    def cannot_go(self, motion: Motion) -> str:
        """Return why a motion is impossible now, an empty string if it is possible."""
        if self._session is None:
            return "Nothing is being debugged."
        if motion.is_backwards:
            return "This is the first step." if self._position == 0 else ""
        return "This is the last step." if self._position == self.last else ""

    def go_to_access(self, number: int) -> None:
        """Go to the step that made a storage access."""
        if self._session is not None:
            self.move(step_of_access(self._session, number))

    def run_to(self, file: str, line: int) -> bool:
        """Go to the next time a line runs, else to the last time before; False if it never does."""
        session = self._session
        if session is None:
            return False
        stops = frozenset({(self._deployed.copies().get(file, file), line)})
        for motion in (session.forward_to, session.back_to):
            position = motion(self._position, stops)
            step = session.step(position)
            if (step.file, step.line) in stops:
                self.move(position)
                return True
        return False

    def choose_frame(self, frame: int) -> None:
        """Look at another frame of the stack: its line is shown, expressions are evaluated in it."""
        view = self._view
        if view is None or not 0 <= frame < len(view.stack):
            return
        self._frame = frame
        place = view.stack[frame]
        self._show_line(place.contract, place.file, place.line)
        if self._asking_frame is not None:
            self._asking_frame.drop()
        if self._session is not None:
            future = self._session.variables(self._position, frame)
            self._asking_frame = self._workbench.bridge.request(
                future, self, lambda variables: self.frame_changed.emit(place, variables)
            )

    # --- looking inside --------------------------------------------------------------------------

    def _ask_view(self) -> None:
        self._rest.stop()
        if self._session is None:
            return
        future = self._session.view(self._position)
        self._viewing = self._workbench.bridge.request(future, self, self._take_view)

    def _take_view(self, view: StepView) -> None:
        self._viewing = None
        self._view = view
        self.view_changed.emit(view)

    def _drop_view(self) -> None:
        self._rest.stop()
        if self._viewing is not None:
            self._viewing.drop()
            self._viewing = None
        if self._asking_frame is not None:
            self._asking_frame.drop()
            self._asking_frame = None
        if self._view is not None:
            self._view = None
            self.view_changed.emit(None)

    def evaluate(
        self,
        expression: str,
        receiver: QObject,
        success: Callable[[Variable], None],
        failure: Callable[[Exception], None],
    ) -> Request[Variable] | None:
        """Evaluate an expression in the chosen frame; None if there is no session."""
        if self._session is None:
            return None
        future = self._session.evaluate(self._position, self._frame, expression)
        return self._workbench.bridge.request(future, receiver, success, failure)
