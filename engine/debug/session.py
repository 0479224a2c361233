"""A recorded execution as the window looks at it: `DebugSession`."""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import PurePath

from engine.debug.debugger import Debugger, Replay
from engine.debug.profile import GasProfile, profile
from engine.debug.protocol import Charges, EvaluateCommand, Finding, VariablesCommand
from engine.debug.trace import Trace
from engine.errors import InvalidInput
from engine.interface import StackFrame, StepView, TraceStep, Variable
from engine.values import TransactionResult

__all__ = ["DebugSession"]

KEPT_VIEWS = 500
NO_CHARGES = Charges()


class DebugSession:
    """A recorded execution that can be looked at, at any step. Close it when it is no longer shown.

    All movements are arithmetic on the recorded trace and immediate; `view` replays and takes time. `position`
    runs from 0 to `step_count - 1`.
    """

    def __init__(
        self,
        debugger: Debugger,
        result: TransactionResult,
        trace: Trace,
        batch: bytes,
        charges: Charges = NO_CHARGES,
        *,
        path_of: Callable[[str, str], str],
        released: Callable[[], None],
    ) -> None:
        """Make a session of a recording.

        `path_of` turns a contract's id and file name into the path that people know; `released` is called at the end.
        """
        self.result = result
        self.step_count = len(trace)
        self.truncated = trace.truncated
        self._debugger, self._trace, self._batch, self._charges = debugger, trace, batch, charges
        self._paths = [path_of(place.contract, place.file) for place in trace.sites]
        self._lines: dict[str, list[int]] = {}
        for file, number in sorted({(file, row.site.line) for file, row in zip(self._paths, trace.sites, strict=True)}):
            self._lines.setdefault(file, []).append(number)
        self._trace_of_paths = _named_sites(trace, self._paths)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="debug-session")
        self._released = released
        self._replay: Replay | None = None
        self._touched = self._passing = False
        self._views: OrderedDict[tuple[int, int], tuple[Variable, ...]] = OrderedDict()
        self._closed = threading.Event()

    @property
    def first(self) -> int:
        """The first step inside the method that was called, past the contract's top-level code."""
        entry = self.result.request.actions[0].action_name if self.result.request.actions else ""
        sites = self._trace.sites
        for position, site in enumerate(self._trace.site_of):
            if sites[site].site.function.rpartition(".")[2] == entry:
                return position
        return 0

    def step(self, index: int) -> TraceStep:
        """Return step `index`; immediate."""
        trace = self._trace
        row = trace.site_of[index]
        place, site = trace.sites[row], trace.sites[row].site
        return TraceStep(
            contract=place.contract,
            file=self._paths[row],
            line=site.line,
            column=site.column,
            end_line=site.end_line,
            end_column=site.end_column,
            function=site.function,
            depth=trace.depth_of[index],
            gas=int(trace.gas_of[index]),
            accesses=trace.accesses_of[index],
        )

    def into(self, position: int) -> int:
        """Return the position of the next step, wherever it is."""
        return self._trace.into(position)

    def over(self, position: int) -> int:
        """Return the next step at this depth or above."""
        return self._trace.over(position)

    def out(self, position: int) -> int:
        """Return the first step after the current frame has returned."""
        return self._trace.out(position)

    def back_into(self, position: int) -> int:
        """Return the previous step, wherever it is."""
        return self._trace.back_into(position)

    def back_over(self, position: int) -> int:
        """Return the previous step at this depth or above."""
        return self._trace.back_over(position)

    def back_out(self, position: int) -> int:
        """Return the step of the caller that entered the current frame."""
        return self._trace.back_out(position)

    def forward_to(self, position: int, stops: frozenset[tuple[str, int]]) -> int:
        """Return the next position on one of `stops` (file, line), or the last step."""
        return self._trace_of_paths.forward_to(position, stops)

    def back_to(self, position: int, stops: frozenset[tuple[str, int]]) -> int:
        """Return the previous position on one of `stops`, or the first step."""
        return self._trace_of_paths.back_to(position, stops)

    def stop_line(self, file: str, line: int) -> int:
        """Return where a breakpoint at a line stops: at the next line with a statement, as at a method's first."""
        lines = self._lines.get(file, [])
        place = bisect_left(lines, line)
        return lines[place] if place < len(lines) else line

    def view(self, position: int) -> Future[StepView]:
        """Replay to `position` and return variables and stack there."""
        return self._worker.submit(self._view, position)

    def variables(self, position: int, frame: int) -> Future[tuple[Variable, ...]]:
        """Return the variables of stack frame `frame` (0 = innermost) at `position`, as `view` does for frame 0."""
        return self._worker.submit(self._variables, position, frame)

    def evaluate(self, position: int, frame: int, expression: str, *, passing: bool = False) -> Future[Variable]:
        """Evaluate an expression in the scope of stack frame `frame` (0 = innermost) at `position`.

        What it changes is gone when another step is looked at. `passing` is for conditions asked at one step after the
        other: what they change stays until something else is asked, so that the replay need not begin anew each time.
        The future raises `InvalidInput` with the error's text
        if the expression throws.
        """
        return self._worker.submit(self._evaluate, position, frame, expression, passing)

    def profile(self) -> Future[GasProfile]:
        """Return where the recording's gas went."""
        return self._worker.submit(profile, self._trace, self._charges, self._paths)

    def close(self) -> None:
        """End the replaying sandbox."""
        if not self._closed.is_set():
            self._closed.set()
            self._worker.submit(self._end)
            self._worker.shutdown(wait=False)

    # --- on the session's thread -------------------------------------------------------------------

    def _view(self, position: int) -> StepView:
        frames = self._trace.stack(position)
        stack = tuple(self._frame(index) for index in frames)
        is_last = position == self.step_count - 1
        failure = self.result.failure
        return StepView(
            index=position,
            step=self.step(position),
            stack=stack,
            variables=self._variables(position, 0),
            thrown=failure.text if failure is not None and is_last else None,
        )

    def _frame(self, index: int) -> StackFrame:
        step = self.step(index)
        return StackFrame(step.contract, step.function, step.file, step.line, step.depth)

    def _variables(self, position: int, frame: int) -> tuple[Variable, ...]:
        known = self._views.get((position, frame))
        if known is not None and not self._touched:
            self._views.move_to_end((position, frame))
            return known
        frames = self._trace.stack(position)
        if not 0 <= frame < len(frames):
            raise InvalidInput(f"there is no stack frame {frame} at this step", advice="Choose one of the call stack.")
        names = self._trace.site(frames[frame]).variables()
        finding = self._standing_at(position).ask(VariablesCommand(frame, names))
        variables = _found(finding).variables
        if not self._touched:
            self._views[position, frame] = variables
            if len(self._views) > KEPT_VIEWS:
                self._views.popitem(last=False)
        return variables

    def _evaluate(self, position: int, frame: int, expression: str, passing: bool) -> Variable:
        replay = self._standing_at(position, passing=passing)
        self._touched, self._passing = True, passing
        value = _found(replay.ask(EvaluateCommand(frame, expression))).value
        assert value is not None, "an answer without an error has a value"
        return value

    def _standing_at(self, position: int, *, passing: bool = False) -> Replay:
        """Return a replay that stands at `position`; what an expression changed elsewhere is undone."""
        replay = self._replay
        goes_on = passing or not self._passing
        if replay is not None and replay.position == position and goes_on:
            return replay
        touched = self._touched and not (passing and self._passing)
        if replay is not None and not touched and replay.position < position:
            try:
                replay.run_to(position)
            except Exception:
                self._drop_replay()
                raise
            return replay
        self._drop_replay()
        self._touched = self._passing = False
        self._replay = replay = self._debugger.replay(self._batch, position)
        try:
            replay.wait()
        except Exception:
            self._drop_replay()
            raise
        return replay

    def _end(self) -> None:
        self._drop_replay()
        self._released()

    def _drop_replay(self) -> None:
        replay, self._replay = self._replay, None
        if replay is not None:
            replay.close()


def _found(finding: Finding) -> Finding:
    if finding.error is not None:
        raise InvalidInput(finding.error)
    return finding


def _named_sites(trace: Trace, paths: list[str]) -> Trace:
    """Return the same trace with its sites under the names that breakpoints use."""
    sites = [
        type(site)(site.contract, site.code_key, path, site.site) for site, path in zip(trace.sites, paths, strict=True)
    ]
    return Trace(sites, trace.site_of, trace.depth_of, trace.gas_of, trace.accesses_of, truncated=trace.truncated)


def source_path(contract_file: str, file: str) -> str:
    """Return the path of a contract's source file; `file` is relative to the entry's folder, empty for the entry."""
    if not file or not contract_file or PurePath(file).is_absolute():
        return file or contract_file
    return os.path.normpath(PurePath(contract_file).parent / file)
