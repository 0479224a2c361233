"""Profiles transactions and shows gas and coverage beside the lines of open files: the profile without widgets."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.debug.profile import Coverage, GasProfile
from engine.values import CompiledContract, TransactionResult
from ide.editor.line_notes import LineNote

if TYPE_CHECKING:
    from ide.bridge import Request
    from ide.editor.code_editor import CodeEditor
    from ide.panels.workbench import Workbench
    from ide.window import MainWindow

MOST_TRANSACTIONS = 100
"""So many of the newest transactions are looked at for coverage."""


class Profiler(QObject):
    """Holds the profile that is shown and the coverage that was gathered.

    `profiled` carries the transaction and its profile, None for both when there is none; `changed` tells that heat or
    coverage were switched or grew.
    """

    profiled = Signal(object, object)
    changed = Signal()

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window, self._workbench = window, workbench
        self.shows_heat = True
        self.shows_coverage = False
        self.result: TransactionResult | None = None
        self.profile: GasProfile | None = None
        self.coverage = Coverage()
        self.covered_transactions = 0
        self._skipped = 0
        self._asking: Request[GasProfile] | Request[tuple[TransactionResult, ...]] | None = None
        self._waiting: list[TransactionResult] = []
        self._texts: dict[str, str] = {}
        window.editors.opened.connect(self._opened)
        workbench.bridge.engine_changed.connect(self._forget)

    # --- gas -------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether a transaction is being recorded."""
        return self._asking is not None

    def start(self, result: TransactionResult) -> None:
        """Record a transaction again and show where its gas went."""
        engine = self._workbench.engine
        if engine is None or self.is_busy:
            return
        self._workbench.window.status_message("Recording the execution …")
        self._asking = self._workbench.bridge.request(
            engine.profile(result.hash), self, partial(self._take, result), self._failed
        )
        self.changed.emit()

    def _take(self, result: TransactionResult, profile: GasProfile) -> None:
        self._asking = None
        if not profile.lines:
            self._workbench.window.status_message("Nothing was recorded: the transaction ran no contract code.")
            self.changed.emit()
            return
        self.result, self.profile = result, profile
        self._workbench.window.status_message(f"Profiled: {profile.total:,} gas in contracts.")
        self.profiled.emit(result, profile)
        self._ask_texts(profile)
        self.show_notes()

    def _failed(self, error: Exception) -> None:
        self._asking = None
        self._waiting = []
        self.changed.emit()
        self._workbench.bridge.request_failed.emit(error)

    # --- coverage --------------------------------------------------------------------------------

    def gather(self) -> None:
        """Record the newest transactions one after another and show which lines ran in any of them."""
        engine = self._workbench.engine
        if engine is None or self.is_busy:
            return
        self.coverage, self.covered_transactions, self._skipped = Coverage(), 0, 0
        self.shows_coverage = True
        self._asking = self._workbench.bridge.request(
            engine.transactions(0, MOST_TRANSACTIONS), self, self._begin_gathering, self._failed
        )
        self.changed.emit()

    def _begin_gathering(self, results: tuple[TransactionResult, ...]) -> None:
        self._waiting = list(results)
        self._gather_next()

    def _gather_next(self) -> None:
        engine = self._workbench.engine
        self._asking = None
        if engine is None or not self._waiting:
            self.show_notes()
            skipped = f" {self._skipped} could not be recorded." if self._skipped else ""
            text = f"Coverage of {self.covered_transactions} transactions is shown.{skipped}"
            self._workbench.window.status_message(text)
            return
        result = self._waiting.pop()
        self._asking = self._workbench.bridge.request(
            engine.profile(result.hash), self, self._covered, self._not_covered
        )
        self.changed.emit()

    def _covered(self, profile: GasProfile) -> None:
        self.coverage.add(profile)
        self.covered_transactions += 1
        self._ask_texts(profile)
        self._gather_next()

    def _not_covered(self, _error: Exception) -> None:
        self._skipped += 1
        self._gather_next()

    # --- beside the lines ------------------------------------------------------------------------

    def set_heat(self, shown: bool) -> None:
        """Show the profile's gas beside the lines, or not."""
        self.shows_heat = shown
        self.show_notes()

    def set_coverage(self, shown: bool) -> None:
        """Show which lines ran, or not; gathers it if that was not done yet."""
        if shown and not self.covered_transactions:
            self.gather()
            return
        self.shows_coverage = shown
        self.show_notes()

    def show_notes(self) -> None:
        """Bring the gutters of all open files up to date."""
        notes = self._notes()
        for editor in self._window.editors.editors():
            self._show_in(editor, notes)
        self.changed.emit()

    def _opened(self, path: Path) -> None:
        editor = self._window.editor_for(path)
        if editor is not None:
            self._show_in(editor, self._notes())

    def _show_in(self, editor: CodeEditor, notes: dict[str, dict[int, LineNote]]) -> None:
        file = str(editor.path)
        deployed = self._texts.get(file)
        is_same = deployed is None or deployed == editor.text()
        editor.set_line_notes(notes.get(file, {}) if is_same else {})

    def _notes(self) -> dict[str, dict[int, LineNote]]:
        """Return the notes by file and line."""
        notes: defaultdict[str, dict[int, LineNote]] = defaultdict(dict)
        if self.shows_coverage:
            for one in self.coverage.files():
                for line in one.lines:
                    ran = line in one.ran
                    notes[one.file][line] = LineNote(ran=ran, text="This line ran." if ran else "This line never ran.")
        if self.shows_heat and self.profile is not None:
            hottest = max((one.gas for one in self.profile.lines), default=0)
            for gas in self.profile.lines:
                before = notes[gas.file].get(gas.line, LineNote())
                text = f"{gas.gas:,} gas ({gas.gas / max(self.profile.total, 1):.1%}), {gas.hits:,} times"
                if gas.host:
                    text += f", {gas.host:,} of it in host calls"
                heat = gas.gas / hottest if hottest else 0.0
                notes[gas.file][gas.line] = before._replace(heat=heat, text=f"{text}\n{before.text}".strip())
        return notes

    def _ask_texts(self, profile: GasProfile) -> None:
        """Find out what was deployed: a file that was changed since must not show another text's lines."""
        engine = self._workbench.engine
        if engine is None:
            return
        for contract in {one.contract for one in profile.files}:
            known = self._workbench.contracts.get(contract)
            if known is not None and known.file:
                self._workbench.bridge.request(
                    engine.code(contract), self, partial(self._take_text, known.file), lambda _: None
                )

    def _take_text(self, file: str, code: CompiledContract) -> None:
        if len(code.files) == 1:  # a packed contract has a text a module, which its profile names one by one
            self._texts[file] = code.original
            self.show_notes()

    def _forget(self) -> None:
        if self._asking is not None:
            self._asking.drop()
        self._asking, self._waiting, self._texts = None, [], {}
        self.result = self.profile = None
        self.coverage, self.covered_transactions, self.shows_coverage = Coverage(), 0, False
        self.profiled.emit(None, None)
        self.show_notes()
