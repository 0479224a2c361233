"""When blocks are produced, and what time it is on the chain: the settings, and who asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from engine.facade import (
    BlockProduced,
    Engine,
    EngineEvent,
    HeadMoved,
    Production,
    ProductionMode,
    ProductionStopped,
    TransactionExecuted,
)
from engine.values import BlockSummary
from ide.bridge import EngineBridge
from ide.pacing import Throttle
from ide.panels.readable import group_digits

SECOND = 1_000_000_000
_STEP = re.compile(r"\+?\s*(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)?")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}

Result = TypeVar("Result")

MODES = {
    ProductionMode.INSTANT: ("Instant Blocks", "A block with every transaction"),
    ProductionMode.INTERVAL: (
        "Blocks by the Clock",
        "A block every so many seconds, empty ones too, as a network does",
    ),
    ProductionMode.MANUAL: ("Blocks by Hand", "Transactions wait in the open block until you produce it"),
}


class TimeProblem(ValueError):
    """A text that is no time; says what to type."""


class ProductionControl(QObject):
    """Sets how blocks are produced, produces them, and moves the clock. `changed` tells that something did."""

    changed = Signal()
    """Mode, clock, or the number of waiting transactions changed."""

    chosen = Signal(object)
    """Somebody chose how blocks are produced (`Production`), and it is in force."""

    stopped = Signal(str)
    """Blocks are no longer produced by the clock; the text says why."""

    produced = Signal(object)
    """A block was produced because somebody asked for it (`BlockSummary`)."""

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._waiting: set[str] = set()
        self._seconds = Production().seconds
        self._head = 0
        self._head_time = 0
        self._soon = Throttle(self.changed.emit, self)
        bridge.engine_changed.connect(self._engine_changed)
        bridge.events.connect(self._take_events)

    @property
    def engine(self) -> Engine | None:
        """The engine, or None until it is open."""
        return self._bridge.engine

    @property
    def mode(self) -> ProductionMode:
        """How blocks are produced."""
        return self.engine.production.mode if self.engine is not None else ProductionMode.INSTANT

    @property
    def seconds(self) -> float:
        """The time between blocks by the clock."""
        return self._seconds

    @property
    def waiting(self) -> int:
        """How many transactions wait in the open block."""
        return len(self._waiting)

    @property
    def now(self) -> int | None:
        """The chain's time in nanoseconds, None without an engine."""
        return self.engine.now if self.engine is not None else None

    # --- changing --------------------------------------------------------------------------------

    def set_interval(self, seconds: float) -> None:
        """Produce blocks by the clock, with so many seconds between them."""
        self._seconds = seconds
        self.set_mode(ProductionMode.INTERVAL)

    def set_mode(self, mode: ProductionMode) -> None:
        """Produce blocks like this from now on."""
        production = Production(mode, self._seconds)
        self._put_in_force(production, lambda: self.chosen.emit(production))

    def restore(self, production: Production) -> None:
        """Produce blocks as was chosen before."""
        self._seconds = production.seconds
        if self.engine is not None and self.engine.production != production:
            self._put_in_force(production, lambda: None)

    def _put_in_force(self, production: Production, done: Callable[[], None]) -> None:
        if self.engine is None:
            return

        def changed(_: None) -> None:
            done()
            self.changed.emit()

        self._ask(self.engine.set_production(production), changed)

    def produce(self) -> None:
        """Close the open block, or produce an empty one."""
        if self.engine is not None:
            self._ask(self.engine.produce(), self._produced)

    def advance(self, nanoseconds: int) -> None:
        """Move the chain's clock."""
        if self.engine is not None:
            self._ask(self.engine.advance(nanoseconds), lambda _: self.changed.emit())

    def set_time(self, moment: int) -> None:
        """Set the chain's clock; the head block's time is the earliest.

        Raises:
            TimeProblem: blocks would go back in time.
        """
        engine = self.engine
        if engine is None:
            return
        if moment < self._head_time:
            raise TimeProblem(
                f"The newest block is of {time_text(self._head_time)}; time cannot go back behind it. "
                "Go back to an earlier block or checkpoint instead."
            )
        self.advance(moment - engine.now)

    def _ask(self, future: Future[Result], success: Callable[[Result], object]) -> None:
        def done(result: Result) -> None:
            success(result)

        self._bridge.request(future, self, done)

    def _produced(self, block: BlockSummary) -> None:
        self.produced.emit(block)

    # --- following -------------------------------------------------------------------------------

    def _engine_changed(self) -> None:
        self._waiting.clear()
        self._head = self._head_time = 0
        if self.engine is not None:
            self._ask(self.engine.head(), self._take_head)
        self.changed.emit()

    def _take_head(self, block: BlockSummary) -> None:
        self._head, self._head_time = block.number, block.time
        self._soon.request()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            match event:
                case TransactionExecuted(result=result):
                    self._waiting.add(result.hash)
                case BlockProduced(block=block):
                    self._waiting.difference_update(block.transactions)
                    self._head, self._head_time = block.number, block.time
                case HeadMoved():
                    self._waiting.clear()
                    if self.engine is not None:
                        self._ask(self.engine.head(), self._take_head)
                case ProductionStopped(reason=reason):
                    self.stopped.emit(reason)
                case _:
                    continue
            self._soon.request()


def mode_text(control: ProductionControl) -> str:
    """Return how blocks are produced, for the status bar."""
    match control.mode:
        case ProductionMode.INSTANT:
            return "Instant blocks"
        case ProductionMode.INTERVAL:
            return f"Block every {control.seconds:g} s"
        case ProductionMode.MANUAL:
            count = control.waiting
            return f"By hand, {group_digits(count)} waiting" if count else "Blocks by hand"


def time_text(nanoseconds: int) -> str:
    """Write a chain time as date and time of day, UTC."""
    return f"{datetime.fromtimestamp(nanoseconds // SECOND, UTC):%Y-%m-%d %H:%M:%S}"


def read_step(text: str) -> int:
    """Return the nanoseconds in `90`, `5m`, `3 h`, `7d`; raises `TimeProblem`."""
    found = _STEP.fullmatch(text.strip())
    if found is None:
        raise TimeProblem("Write a time such as 30s, 5m, 3h or 7d.")
    return round(float(found[1]) * _UNITS[found[2] or "s"] * SECOND)


def read_moment(text: str) -> int:
    """Return the nanoseconds of a moment such as `2030-01-31 12:00:00` (UTC); raises `TimeProblem`."""
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix("UTC").strip()).replace(tzinfo=UTC)
    except ValueError:
        raise TimeProblem("Write a moment such as 2030-01-31 12:00:00 (UTC).") from None
    return int(moment.timestamp()) * SECOND


def read_seconds(text: str) -> float:
    """Return the seconds between blocks; raises `TimeProblem`."""
    try:
        seconds = float(text.strip().removesuffix("s").strip())
    except ValueError:
        seconds = 0
    if not 0.01 <= seconds <= 3600:
        raise TimeProblem("Write seconds from 0.01 to 3600, for example 0.5.")
    return seconds
