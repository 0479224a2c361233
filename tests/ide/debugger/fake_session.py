"""A recorded execution made by hand: `transfer` of the token contract (tests/ide/panels/token.js) calling `_credit`."""

from __future__ import annotations

from array import array
from concurrent.futures import Future
from typing import Any

from engine.debug.trace import Trace, TraceSite
from engine.facade import StackFrame, StepView, TraceStep, Variable
from engine.values import StepSite, TransactionResult

# line, function, depth, accesses before it
STEPS = (
    (20, "transfer", 1, 0),
    (23, "transfer", 1, 1),
    (24, "transfer", 1, 2),
    (27, "transfer", 1, 2),
    (28, "transfer", 1, 3),
    (38, "_credit", 2, 3),
    (39, "_credit", 2, 4),
    (29, "transfer", 1, 5),
    (30, "transfer", 1, 5),
    (31, "transfer", 1, 6),
    (32, "transfer", 1, 7),
    (33, "transfer", 1, 7),
    (34, "transfer", 1, 7),
)


def answered(value: object) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future


class FakeSession:
    """Moves with the engine's own arithmetic; `views` counts the replays that were asked for."""

    def __init__(self, result: TransactionResult, file: str = "/projects/token/token.js") -> None:
        self.result = result
        self.step_count = len(STEPS)
        self.truncated = False
        self.first = 0
        self.contract = result.request.actions[0].contract
        self.views: list[int] = []
        self.evaluated: list[tuple[int, int, str]] = []
        self.answers: dict[str, Future[Any]] = {}
        self.is_closed = False
        self._file = file
        sites = [
            TraceSite(self.contract, "k1", file, StepSite(0, line, 4, line, 20, function, -1))
            for line, function, _, _ in STEPS
        ]
        count = range(len(STEPS))
        self._trace = Trace(
            sites,
            array("i", count),
            array("i", (step[2] for step in STEPS)),
            array("d", (100.0 * number for number in count)),
            array("i", (step[3] for step in STEPS)),
        )

    def step(self, index: int) -> TraceStep:
        line, function, depth, accesses = STEPS[index]
        return TraceStep(self.contract, self._file, line, 4, line, 20, function, depth, 100 * index, accesses)

    def into(self, position: int) -> int:
        return self._trace.into(position)

    def over(self, position: int) -> int:
        return self._trace.over(position)

    def out(self, position: int) -> int:
        return self._trace.out(position)

    def back_into(self, position: int) -> int:
        return self._trace.back_into(position)

    def back_over(self, position: int) -> int:
        return self._trace.back_over(position)

    def back_out(self, position: int) -> int:
        return self._trace.back_out(position)

    def forward_to(self, position: int, stops: frozenset[tuple[str, int]]) -> int:
        return self._trace.forward_to(position, stops)

    def back_to(self, position: int, stops: frozenset[tuple[str, int]]) -> int:
        return self._trace.back_to(position, stops)

    def stop_line(self, file: str, line: int) -> int:
        return min((step[0] for step in STEPS if step[0] >= line), default=line) if file == self._file else line

    def view(self, position: int) -> Future[StepView]:
        self.views.append(position)
        frames = tuple(
            StackFrame(self.contract, STEPS[place][1], self._file, STEPS[place][0], STEPS[place][2])
            for place in self._trace.stack(position)
        )
        thrown = "Error: memo is too long" if not self.result.succeeded and position == len(STEPS) - 1 else None
        return answered(StepView(position, self.step(position), frames, self._variables(position), thrown))

    def _variables(self, position: int) -> tuple[Variable, ...]:
        return (
            Variable("amount", "number", "58"),
            Variable("from", "string", '"alice"'),
            Variable("to", "string", '"dave"'),
            Variable("balance", "number", "158" if position > 1 else "undefined"),
            Variable("step", "number", str(position)),
            Variable("config", "object", "{symbol: 'gold', …}", (Variable("symbol", "string", "'gold'"),)),
        )

    def variables(self, position: int, frame: int) -> Future[tuple[Variable, ...]]:
        return answered((Variable("frame", "number", str(frame)),) if frame else self._variables(position))

    def evaluate(self, position: int, frame: int, expression: str, *, passing: bool = False) -> Future[Variable]:
        self.evaluated.append((position, frame, expression))
        if expression in self.answers:
            return self.answers[expression]
        return answered(Variable(expression, "number", str(position * 2)))

    def close(self) -> None:
        self.is_closed = True
