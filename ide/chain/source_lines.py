"""Lines of deployed contracts, for showing the one that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.values import CompiledContract, SourceLocation

if TYPE_CHECKING:
    from ide.panels.workbench import Workbench


class SourceLines(QObject):
    """Asks the engine for a contract's text when a line of it is first wanted; `arrived` tells that it is there."""

    arrived = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        self._codes: dict[str, CompiledContract | None] = {}
        workbench.bridge.engine_changed.connect(self._codes.clear)
        workbench.contracts_changed.connect(self._codes.clear)

    def line(self, place: SourceLocation) -> str:
        """Return a line as it was deployed; empty if it is not known, or not yet."""
        if place.contract not in self._codes:
            self._codes[place.contract] = None
            self._ask(place.contract)
        code = self._codes[place.contract]
        if code is None:
            return ""
        lines = _text(code, place.file).splitlines()
        return lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""

    def _ask(self, contract: str) -> None:
        engine = self._workbench.engine
        if engine is None:
            return
        request = self._workbench.bridge.request
        request(engine.code(contract), self, lambda code: self._take(contract, code), self._unknown)

    def _take(self, contract: str, code: CompiledContract) -> None:
        self._codes[contract] = code
        self.arrived.emit()

    def _unknown(self, _error: Exception) -> None:
        # A built-in contract in Python, or one that is gone with its block: there is no line to show.
        self.arrived.emit()


def _text(code: CompiledContract, file: str) -> str:
    for name, source in zip(code.files, code.sources, strict=False):
        if file in (name, "") or file.endswith(f"/{name}"):
            return source
    return code.original
