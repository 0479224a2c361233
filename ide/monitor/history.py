"""The load of the last minutes, as samples."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from engine.facade import VmLoad

SPAN_SECONDS = 300.0
"""So far the history goes back."""

GAP_SECONDS = 3.0
"""Between samples farther apart nobody looked: what was there is not known."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The load at `moment` (seconds of a steady clock); `busy` is the mean since the sample before, in workers."""

    moment: float
    workers: int
    busy: float
    waiting: int
    memory_bytes: int


class LoadHistory:
    """Samples of the last five minutes, oldest first."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque()
        self._last: tuple[float, float] | None = None

    def add(self, load: VmLoad, moment: float) -> Sample:
        """Add what was seen at `moment`, and forget what is too old."""
        busy = float(load.busy)
        if self._last is not None and 0 < moment - self._last[0] <= GAP_SECONDS:
            busy = max(0.0, load.busy_seconds - self._last[1]) / (moment - self._last[0])
        self._last = (moment, load.busy_seconds)
        # Workers that ended since the sample before may have been busy too.
        sample = Sample(moment, load.workers + load.spares, busy, load.waiting, load.memory_bytes)
        self._samples.append(sample)
        while self._samples[0].moment < moment - SPAN_SECONDS:
            self._samples.popleft()
        return sample

    def clear(self) -> None:
        """Forget everything: another chain is open."""
        self._samples.clear()
        self._last = None

    @property
    def last(self) -> Sample | None:
        """The newest sample."""
        return self._samples[-1] if self._samples else None

    def stretches(self) -> list[list[Sample]]:
        """Return the samples in stretches without a gap."""
        found: list[list[Sample]] = []
        for sample in self._samples:
            if not found or sample.moment - found[-1][-1].moment > GAP_SECONDS:
                found.append([])
            found[-1].append(sample)
        return found
