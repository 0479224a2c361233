"""Where the gas of a recorded execution went: by line, by function, by host operation; and which lines ran.

A statement's charges come when it runs, so what is used between two steps belongs to the line of the first. When
a function returns, the rest belongs to the line that called it again; a contract that is called uses gas of its own
frame. What the outermost frames used is therefore the sum over all lines, exactly.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from engine.debug.protocol import Charges
from engine.debug.trace import Trace
from engine.errors import InternalError
from engine.values import Value
from engine.vm.interface import Operation

__all__ = ["Coverage", "FileCoverage", "FunctionGas", "GasProfile", "HostGas", "LineGas", "Mark", "profile"]


class Mark(IntEnum):
    """What a mark stands for; `resources/runtime/sandbox/recorder.js` holds the same numbers (a test compares)."""

    EXIT = 0
    ENTER_FRAME = 1
    LEAVE_FRAME = 2
    ENTER = 3


class LineGas(Value, frozen=True):
    """A line of a contract: how often a step stood on it, its gas without what it called, and its host share."""

    contract: str
    file: str
    line: int
    hits: int
    gas: int
    host: int


class FunctionGas(Value, frozen=True):
    """A function: `own` gas is that of its lines, `total` includes what it called. The name is empty at top level."""

    contract: str
    file: str
    line: int
    name: str
    calls: int
    own: int
    total: int


class HostGas(Value, frozen=True):
    """Host operations of a kind; the gas of calls does not include what the called contracts used."""

    operation: str
    count: int
    gas: int


class FileCoverage(Value, frozen=True):
    """Lines of a contract's file where a statement begins, and those of them that ran."""

    contract: str
    file: str
    lines: tuple[int, ...]
    ran: tuple[int, ...]


class GasProfile(Value, frozen=True):
    """A profile, the most expensive first.

    `total` is the gas of the transaction's scripts: the sum over `lines` and `unattributed`, which is not 0 only if
    the recording was cut off. `host` is part of it.
    """

    total: int
    lines: tuple[LineGas, ...]
    functions: tuple[FunctionGas, ...]
    host: tuple[HostGas, ...]
    files: tuple[FileCoverage, ...]
    unattributed: int = 0


class Coverage:
    """Which lines ran, over several profiles."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], tuple[set[int], set[int]]] = {}

    def add(self, gas_profile: GasProfile) -> None:
        """Add what one execution ran."""
        for one in gas_profile.files:
            lines, ran = self._files.setdefault((one.contract, one.file), (set(), set()))
            lines.update(one.lines)
            ran.update(one.ran)

    def files(self) -> tuple[FileCoverage, ...]:
        """Return the union by file."""
        return tuple(
            FileCoverage(contract, file, tuple(sorted(lines)), tuple(sorted(ran)))
            for (contract, file), (lines, ran) in sorted(self._files.items())
        )


def profile(trace: Trace, charges: Charges, paths: Sequence[str]) -> GasProfile:
    """Attribute a recording's gas; `paths[i]` is the path that people know for `trace.sites[i]`.

    Raises:
        InternalError: marks and steps do not fit together.
    """
    attribution = _Attribution(trace, charges)
    attribution.run()
    return attribution.result(paths)


class _Place(NamedTuple):
    """A function of a contract's file; two versions of a contract are two."""

    code_key: str
    contract: str
    file: str
    function: str


_NOWHERE = -1
"""Row of a frame that has not come to its first step."""


class _Activation:
    """A function that has begun and not ended; `row` is the site it stands on."""

    __slots__ = ("depth", "place", "row", "spent_before")

    def __init__(self, depth: int, row: int, place: _Place, spent_before: int) -> None:
        self.depth, self.row, self.place, self.spent_before = depth, row, place, spent_before


class _Frame:
    """A frame that runs: gas is known up to `reached`; frames it called used `called` since then.

    What a function uses between its beginning and its first step belongs to that step: `entering` is what the run had
    spent when it began, None inside it; `gas` and `host` wait for the step.
    """

    __slots__ = ("activations", "base", "called", "entering", "gas", "host", "reached")

    def __init__(self, base: float, spent: int) -> None:
        self.base = self.reached = base
        self.called = 0.0
        self.entering: int | None = spent
        self.gas = self.host = 0
        self.activations: list[_Activation] = []

    @property
    def row(self) -> int:
        """The site that the frame stands on."""
        return self.activations[-1].row if self.activations else _NOWHERE


class _Attribution:
    """Goes through steps and marks in order and keeps the accounts."""

    def __init__(self, trace: Trace, charges: Charges) -> None:
        self._trace, self._charges = trace, charges
        self._places = [_Place(s.code_key, s.contract, s.file, s.site.function) for s in trace.sites]
        self._kinds, self._prices = _integers(charges.kinds), _doubles(charges.gas)
        self._frame_gas = iter(_doubles(charges.frame_gas))
        self._answered = 0
        self._gas: Counter[int] = Counter()
        self._host: Counter[int] = Counter()
        self._hits: Counter[int] = Counter()
        self._calls: Counter[_Place] = Counter()
        self._total: Counter[_Place] = Counter()
        self._running: Counter[_Place] = Counter()
        self._spent = 0
        self._frames: list[_Frame] = []

    def run(self) -> None:
        trace, charges = self._trace, self._charges
        steps, kinds = _integers(charges.mark_steps), _integers(charges.mark_kinds)
        operations, gas = _integers(charges.mark_operations), _doubles(charges.mark_gas)
        position = 0
        for mark in range(len(steps)):
            for index in range(position, min(steps[mark], len(trace))):
                self._step(index)
            position = max(position, steps[mark])
            self._answer(operations[mark])
            self._mark(Mark(kinds[mark] & 3), kinds[mark] >> 2, gas[mark])
        for index in range(position, len(trace)):
            self._step(index)
        while self._frames:  # the recording was cut off
            self._close_activations(self._frames.pop(), 0)

    def result(self, paths: Sequence[str]) -> GasProfile:
        return GasProfile(
            total=self._charges.total,
            lines=tuple(sorted(self._lines(paths), key=lambda one: (-one.gas, one.contract, one.file, one.line))),
            functions=tuple(sorted(self._functions(paths), key=lambda one: (-one.own, -one.total, one.name))),
            host=tuple(sorted(self._operations(), key=lambda one: (-one.gas, -one.count, one.operation))),
            files=tuple(self._files(paths)),
            unattributed=self._charges.total - self._spent,
        )

    # --- going through -----------------------------------------------------------------------------

    def _step(self, index: int) -> None:
        trace = self._trace
        if not self._frames:
            raise InternalError("a recorded step stands outside of every frame")
        row, depth = trace.site_of[index], trace.depth_of[index]
        self._answer(trace.operations_of[index])
        frame = self._frames[-1]
        self._advance(frame, trace.gas_of[index])
        self._hits[row] += 1
        place = self._places[row]
        top = frame.activations[-1] if frame.activations else None
        if top is not None and top.depth == depth and top.place == place:
            top.row = row
        else:
            self._close_activations(frame, depth)
            begun = self._spent if frame.entering is None else frame.entering
            frame.activations.append(_Activation(depth, row, place, begun))
            self._calls[place] += 1
            self._running[place] += 1
        self._enter_done(frame)

    def _mark(self, kind: Mark, depth: int, gas: float) -> None:
        if kind is Mark.ENTER_FRAME:
            if self._frames:
                self._advance(self._frames[-1], gas)
            self._frames.append(_Frame(gas, self._spent))
            return
        if not self._frames:
            raise InternalError("a recorded function stands outside of every frame")
        frame = self._frames[-1]
        if kind is Mark.LEAVE_FRAME:
            self._leave(frame)
            return
        self._advance(frame, gas)
        self._enter_done(frame)
        if kind is Mark.ENTER:
            frame.entering = self._spent
        else:
            self._close_activations(frame, depth)

    def _leave(self, frame: _Frame) -> None:
        used = next(self._frame_gas, None)
        if used is None:
            raise InternalError("a recorded frame ends without an outcome")
        self._advance(frame, frame.base + used)
        self._enter_done(frame)
        self._close_activations(self._frames.pop(), 0)
        if self._frames:
            self._frames[-1].called += used

    def _advance(self, frame: _Frame, gas: float) -> None:
        """Give what was used up to here to the line that stands; what called frames used is theirs."""
        own = round(gas - frame.reached - frame.called)
        frame.reached, frame.called = gas, 0.0
        self._spent += own
        if frame.entering is None:
            self._gas[frame.row] += own
        else:
            frame.gas += own

    def _answer(self, operations: int) -> None:
        """Give the host operations that were made up to here to the line that stands."""
        if operations <= self._answered or not self._frames:
            return
        gas = round(sum(self._prices[self._answered : operations]))
        frame = self._frames[-1]
        if frame.entering is None:
            self._host[frame.row] += gas
        else:
            frame.host += gas
        self._answered = operations

    def _enter_done(self, frame: _Frame) -> None:
        """Give what waited for a first step to the line that stands now."""
        if frame.entering is not None:
            self._gas[frame.row] += frame.gas
            self._host[frame.row] += frame.host
            frame.entering, frame.gas, frame.host = None, 0, 0

    def _close_activations(self, frame: _Frame, depth: int) -> None:
        while frame.activations and frame.activations[-1].depth >= depth:
            done = frame.activations.pop()
            self._running[done.place] -= 1
            if self._running[done.place] == 0:  # of a recursion only the outermost counts
                self._total[done.place] += self._spent - done.spent_before

    # --- summing up --------------------------------------------------------------------------------

    def _lines(self, paths: Sequence[str]) -> Iterator[LineGas]:
        rows: dict[tuple[str, str, int], list[int]] = {}
        for row in {*self._gas, *self._hits, *self._host}:
            key = ("", "", 0)
            if row != _NOWHERE:
                place = self._trace.sites[row]
                key = (place.contract, paths[row], place.site.line)
            sums = rows.setdefault(key, [0, 0, 0])
            for i, counter in enumerate((self._hits, self._gas, self._host)):
                sums[i] += counter[row]
        for (contract, file, line), (hits, gas, host) in rows.items():
            if contract or gas or host:
                yield LineGas(contract, file, line, hits, gas, host)

    def _functions(self, paths: Sequence[str]) -> Iterator[FunctionGas]:
        own: Counter[_Place] = Counter()
        for row, gas in self._gas.items():
            if row != _NOWHERE:
                own[self._places[row]] += gas
        first = {place: row for row, place in reversed(list(enumerate(self._places))) if place in self._calls}
        for place, row in first.items():
            line = min(s.site.line for s, other in zip(self._trace.sites, self._places, strict=True) if other == place)
            yield FunctionGas(
                contract=place.contract,
                file=paths[row],
                line=line,
                name=place.function,
                calls=self._calls[place],
                own=own[place],
                total=self._total[place],
            )

    def _operations(self) -> Iterator[HostGas]:
        count: Counter[int] = Counter(self._kinds)
        gas: Counter[int] = Counter()
        for kind, price in zip(self._kinds, self._prices, strict=True):
            gas[kind] += round(price)
        for kind in count:
            yield HostGas(Operation(kind).name.lower(), count[kind], gas[kind])

    def _files(self, paths: Sequence[str]) -> Iterator[FileCoverage]:
        lines: dict[tuple[str, str], tuple[set[int], set[int]]] = {}
        for row, place in enumerate(self._trace.sites):
            known, ran = lines.setdefault((place.contract, paths[row]), (set(), set()))
            known.add(place.site.line)
            if self._hits[row]:
                ran.add(place.site.line)
        for (contract, file), (known, ran) in sorted(lines.items()):
            yield FileCoverage(contract, file, tuple(sorted(known)), tuple(sorted(ran)))


def _integers(column: bytes) -> array[int]:
    numbers = array("i")
    numbers.frombytes(column)
    return numbers


def _doubles(column: bytes) -> array[float]:
    numbers = array("d")
    numbers.frombytes(column)
    return numbers
