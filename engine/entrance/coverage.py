"""Which lines of contracts ran in scenarios (`main.py run --coverage`): their transactions are recorded once more."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TextIO

from engine.debug.profile import Coverage
from engine.errors import StrataError
from engine.facade import Engine

MOST_TRANSACTIONS = 10_000


class ScenarioCoverage:
    """Gathers what ran on the chains that `open_engine` opened; several threads may do so at once."""

    def __init__(self) -> None:
        self._coverage = Coverage()
        self._lock = threading.Lock()
        self.missing = 0
        """Transactions that could not be recorded."""

    def open_engine(self, *arguments: object, **named: object) -> Engine:
        """Open an engine as `Engine.open` does; when it is closed, what ran in it is added."""
        gather = self._gather

        class CoveredEngine(Engine):
            """An engine that tells what ran before it closes."""

            def close(self) -> None:
                if not self._closed.is_set():
                    gather(self)
                super().close()

        return CoveredEngine.open(*arguments, **named)  # type: ignore[arg-type]

    def _gather(self, engine: Engine) -> None:
        for result in engine.transactions(0, MOST_TRANSACTIONS).result():
            try:
                profile = engine.profile(result.hash).result()
            except StrataError:
                with self._lock:
                    self.missing += 1
                continue
            with self._lock:
                self._coverage.add(profile)

    def report(self, stream: TextIO) -> None:
        """Print a line a file: how much of it ran, and which lines never did."""
        files: dict[str, tuple[set[int], set[int]]] = {}
        for one in self._coverage.files():
            if one.contract.startswith("Contract"):  # what people deployed, whatever id it got
                lines, ran = files.setdefault(one.file, (set(), set()))
                lines.update(one.lines)
                ran.update(one.ran)
        for file, (lines, ran) in sorted(files.items()):
            never = f", never: {ranges(lines - ran)}" if lines - ran else ""
            print(f"{file}: {len(ran)} of {len(lines)} lines ran ({len(ran) / len(lines):.0%}){never}", file=stream)
        if self.missing:
            print(f"{self.missing} transactions could not be recorded", file=stream)


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers as ranges: `3-5, 9`."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)
