"""The text that is on the chain, for stepping through a contract whose file was changed since, or is not here.

A text that differs from the file is written beside the window's other state and shown from there, read-only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePath

from PySide6.QtCore import QObject, Signal

from engine.values import CompiledContract
from ide.files import write_atomically
from ide.panels.workbench import Workbench

ENTRY = "contract.js"
"""What the chain calls a contract's own file."""

_SCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".json")


@dataclass(frozen=True, slots=True)
class ShownSource:
    """Where a contract's file is shown from; `is_copy` tells that it is the deployed text, not the file.

    `has_file` tells whether the project has such a file at all: the contracts of the chain itself have none.
    """

    path: Path
    is_copy: bool = False
    has_file: bool = True


class DeployedSources(QObject):
    """Finds the text to show for a step's file. `changed` tells that one became known."""

    changed = Signal()

    def __init__(self, workbench: Workbench, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._folder = folder
        self._codes: dict[str, CompiledContract | None] = {}
        self._shown: dict[tuple[str, str], ShownSource | None] = {}

    def forget(self) -> None:
        """Look at everything anew: files may have changed."""
        self._codes.clear()
        self._shown.clear()

    def find(self, contract: str, file: str) -> ShownSource | None:
        """Return where to show a file of a contract from, None if that is not known (yet)."""
        if (contract, file) in self._shown:
            return self._shown[contract, file]
        path = self._workbench.source_path(contract, file)
        if contract not in self._codes:
            self._codes[contract] = None
            self._ask(contract)
        code = self._codes[contract]
        if code is None:
            return ShownSource(path) if path is not None else None
        known = self._workbench.contracts.get(contract)
        text = _text_of(code, known.file if known is not None and known.file else contract, file)
        found = self._choose(path, text, file, code.key)
        self._shown[contract, file] = found
        return found

    def copies(self) -> dict[str, str]:
        """Return the copies that are shown: their path → the file as steps name it."""
        return {
            str(shown.path): file for (_, file), shown in self._shown.items() if shown is not None and shown.is_copy
        }

    def _ask(self, contract: str) -> None:
        engine = self._workbench.engine
        if engine is not None:
            bridge = self._workbench.bridge
            bridge.request(engine.code(contract), self, lambda code: self._take(contract, code), self._unknown)

    def _take(self, contract: str, code: CompiledContract) -> None:
        self._codes[contract] = code
        self.changed.emit()

    def _unknown(self, _error: Exception) -> None:
        # A contract without code of its own (a built-in one) is never stepped through; its file stands as it is.
        self.changed.emit()

    def _choose(self, path: Path | None, text: str | None, file: str, key: str) -> ShownSource | None:
        if path is not None and (text is None or self._workbench.window.text_of(path) == text):
            return ShownSource(path)
        if text is None:
            return None
        name = PurePath(file).name or ENTRY
        if not name.endswith(_SCRIPT_SUFFIXES):
            name += ".js"  # A built-in contract's file is called as the contract, `ram.iost`.
        copy = self._folder / key[:16] / name
        if not copy.is_file() or copy.read_text(encoding="utf-8") != text:
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(copy, text.encode("utf-8", "replace"))
        return ShownSource(copy, is_copy=True, has_file=path is not None)


def _text_of(code: CompiledContract, entry: str, file: str) -> str | None:
    """Return the deployed text of a file as steps name it; `entry` is the path of the contract's own file."""
    for name, source in zip(code.files, code.sources, strict=False):
        path = entry if name in (ENTRY, entry) else os.path.normpath(PurePath(entry).parent / name)
        if file in (path, name):
            return source
    return code.original if not code.sources and file in (entry, ENTRY) else None
