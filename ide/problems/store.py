"""The findings about all files, by who found them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from engine.values import Diagnostic, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


class Problem(NamedTuple):
    """One finding: about which file, found by whom (`compiler`, `deploy`, …)."""

    path: Path
    source: str
    diagnostic: Diagnostic


class ProblemList(QObject):
    """All findings; `changed` carries the file whose findings changed."""

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: dict[tuple[Path, str], tuple[Diagnostic, ...]] = {}

    def set(self, path: Path, source: str, diagnostics: Iterable[Diagnostic]) -> None:
        """Replace what `source` found about a file."""
        new = tuple(diagnostics)
        key = (path.absolute(), source)
        if self._found.get(key, ()) == new:
            return
        if new:
            self._found[key] = new
        else:
            self._found.pop(key, None)
        self.changed.emit(key[0])

    def forget(self, path: Path) -> None:
        """Drop all findings about a file (it was deleted or renamed)."""
        for found_path, source in list(self._found):
            if found_path == path:
                self.set(path, source, ())

    def clear(self) -> None:
        """Drop all findings."""
        for path in {path for path, _ in self._found}:
            self.forget(path)

    def in_file(self, path: Path) -> tuple[Diagnostic, ...]:
        """Return all findings about a file, the worst first, each once."""
        found = (one for (found_path, _), many in self._found.items() if found_path == path for one in many)
        return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER[one.severity]))

    def all(self) -> list[Problem]:
        """Return all findings by file and line."""
        found = (Problem(path, source, one) for (path, source), many in self._found.items() for one in many)
        return sorted(found, key=lambda one: (str(one.path), one.diagnostic.line, one.diagnostic.column))

    def count(self, severity: Severity) -> int:
        """Return how many findings of a severity there are."""
        return sum(one.severity is severity for many in self._found.values() for one in many)
