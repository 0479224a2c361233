"""Which lines of contracts ran in scenarios (`main.py run --coverage`): what they do is done and recorded once more."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TextIO

from engine.debug.profile import Coverage
from engine.errors import StrataError
from engine.facade import Engine
from engine.values import CompiledContract

MOST_TRANSACTIONS = 10_000


class ScenarioCoverage:
    """Gathers what ran on the chains that `open_engine` opened, and what direct calls ran (a `CallWatcher`).

    Several threads may do so at once.
    """

    def __init__(self) -> None:
        self._coverage = Coverage()
        self._called: dict[str, tuple[set[int], set[int]]] = {}
        self._lock = threading.Lock()
        self.missing = 0
        """Transactions and calls that could not be recorded."""

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

    def ran(self, contract: CompiledContract, steps: Iterable[int]) -> None:
        """Add the steps of a contract that a direct call ran."""
        ran = set(steps)
        with self._lock:
            for index, site in enumerate(contract.steps):
                if site.file < len(contract.files):  # the others are the packer's own
                    lines, seen = self._called.setdefault(contract.files[site.file], (set(), set()))
                    lines.add(site.line)
                    if index in ran:
                        seen.add(site.line)

    def lost(self) -> None:
        """Count a direct call of which it is not known what ran."""
        with self._lock:
            self.missing += 1

    def report(self, stream: TextIO) -> None:
        """Print a line a file: how much of it ran, and which lines never did."""
        files = {file: (set(lines), set(ran)) for file, (lines, ran) in self._called.items()}
        for one in self._coverage.files():
            if one.contract.startswith("Contract"):  # what people deployed, whatever id it got
                lines, ran = files.setdefault(one.file, (set(), set()))
                lines.update(one.lines)
                ran.update(one.ran)
        for file, (lines, ran) in sorted(files.items()):
            never = f", never: {ranges(lines - ran)}" if lines - ran else ""
            print(f"{file}: {len(ran)} of {len(lines)} lines ran ({len(ran) / len(lines):.0%}){never}", file=stream)
        if self.missing:
            print(f"{self.missing} transactions or calls could not be recorded", file=stream)


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers as ranges: `3-5, 9`."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)
