"""The state stack: local cache, MVCC and RocksDB side by side, and what falls from one into the next.

The panes update by themselves: a transaction's reads and writes appear in the local cache, its block's changes
in MVCC, and after the flush in RocksDB. A failed transaction shows its writes struck out, and
nothing below moves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.facade import BlockFlushed, BlockProduced, EngineEvent, HeadMoved, TransactionExecuted
from engine.values import Layer, StateEntry, TransactionResult
from ide.bridge import Request
from ide.pacing import Refresh
from ide.panels.banner import Banner
from ide.panels.readable import group_digits
from ide.panels.state.flow import FlowArrow
from ide.panels.state.pane import Pane
from ide.panels.state.rows import Fate, FlushedList, StackRow, VersionList, access_rows, written_keys
from ide.panels.widgets import ActionToolButton, tool_button
from ide.panels.workbench import Workbench

COMMIT_DELAY_SECONDS = 0.25
FLUSH_DELAY_SECONDS = 0.8
"""Glows follow each other, so that the eye can follow a value on its way down."""

LOADED_ENTRIES = 200
MOST_UNTAKEN = 4_000
"""So many events wait for somebody to look."""


class StateStackPanel(QWidget):
    """Three panes with arrows between them."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._versions = VersionList()
        self._flushed = FlushedList()
        self._loading: list[Request[tuple[StateEntry, ...]]] = []
        self._reached: int | None = None
        self._loaded_contracts: set[str] = set()
        self._written: set[str] = set()
        self._lower = Refresh(self, self._catch_up)
        self._local = Refresh(self, self._show_selected)
        self._glows = False
        self._untaken: list[EngineEvent] = []
        self._is_behind = False
        name = workbench.contract_name
        self.local = Pane(
            "Local cache",
            "layer_local",
            "What the last transaction reads and writes, in order. Call a method to fill it.",
            name,
        )
        self.mvcc = Pane(
            "MVCC", "layer_mvcc", "What committed blocks hold that are not flushed yet. Nothing is waiting now.", name
        )
        self.rocksdb = Pane(
            "RocksDB", "layer_rocksdb", "What blocks leave on disk when they are flushed. The next one fills it.", name
        )
        self.commit_arrow, self.flush_arrow = FlowArrow(), FlowArrow()
        self.banner = Banner()
        self.banner.setWordWrap(True)
        self.local.body.insertWidget(1, self.banner)
        self.local.heading.add_widget(ActionToolButton(workbench.window.commands.action("state.books")))
        self.mvcc.heading.add_widget(tool_button("clear", "Dismiss rows that were flushed", self._dismiss_versions))
        self.rocksdb.heading.add_widget(tool_button("clear", "Dismiss marks of recent changes", self._dismiss_flushed))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget, stretch in (
            (self.local, 5),
            (self.commit_arrow, 0),
            (self.mvcc, 4),
            (self.flush_arrow, 0),
            (self.rocksdb, 5),
        ):
            layout.addWidget(widget, stretch)
        self.local.activated.connect(self._open_access)
        self.mvcc.activated.connect(self._open_key)
        self.rocksdb.activated.connect(self._open_key)
        workbench.transaction_selected.connect(self._show_transaction)
        workbench.accesses_reached.connect(self._show_reached)
        workbench.contracts_changed.connect(self._load_contracts)
        workbench.books_toggled.connect(self._books_toggled)
        workbench.bridge.engine_changed.connect(self._reload)
        workbench.bridge.events.connect(self._take_events)
        self._rest()
        self._reload()

    @property
    def is_due(self) -> bool:
        """Whether something has happened that is not shown yet."""
        return self._lower.is_due or self._local.is_due

    # --- following the engine --------------------------------------------------------------------

    def _reload(self) -> None:
        """Ask what the lower layers hold; what was shown before belongs to another state."""
        for request in self._loading:
            request.drop()
        self._loading.clear()
        self._untaken.clear()
        self._is_behind = False
        self._versions, self._flushed = VersionList(), FlushedList()
        self._loaded_contracts.clear()
        self._load(Layer.MVCC, "", self._take_versions)
        self._load_contracts()
        self._lower.request()

    def _load_contracts(self) -> None:
        """Ask what RocksDB holds of the contracts that people deployed (of all, while the books are shown)."""
        wanted = set(self._workbench.contracts)
        prefixes = [f"{kind}-{name}-" for name in sorted(wanted - self._loaded_contracts) for kind in ("b", "m")]
        if self._workbench.shows_books and "" not in self._loaded_contracts:
            prefixes.append("")
            self._loaded_contracts.add("")
        self._loaded_contracts |= wanted
        for prefix in prefixes:
            self._load(Layer.ROCKSDB, prefix, self._take_flushed)

    def _load(self, layer: Layer, prefix: str, take: Callable[[tuple[StateEntry, ...]], None]) -> None:
        engine = self._workbench.engine
        if engine is not None:
            future = engine.layer_entries(layer, prefix=prefix, count=LOADED_ENTRIES)
            self._loading = [request for request in self._loading if request.is_pending]
            self._loading.append(self._workbench.bridge.request(future, self, take))

    def _take_versions(self, entries: tuple[StateEntry, ...]) -> None:
        if not self._versions.rows:
            self._versions.load(entries)
        self._lower.request()

    def _take_flushed(self, entries: tuple[StateEntry, ...]) -> None:
        self._flushed.load(entries)
        self._lower.request()

    def _take_events(self, events: Sequence[EngineEvent]) -> None:
        self._untaken += events
        if len(self._untaken) > MOST_UNTAKEN:
            # Nobody looks: what the layers hold is read again when somebody does.
            self._untaken.clear()
            self._is_behind = True
        self._lower.request()

    def _catch_up(self) -> None:
        if self._is_behind:
            self._reload()
        events, self._untaken = self._untaken, []
        self._follow(events)
        self._show_lower()

    def _follow(self, events: Sequence[EngineEvent]) -> None:
        now = time.monotonic()
        flushed: int | None = None
        for event in events:
            match event:
                case TransactionExecuted(result=result):
                    self._written |= written_keys(result)
                case BlockProduced():
                    written, self._written = self._written, set()
                    if self._versions.add_block(event, written, now + COMMIT_DELAY_SECONDS):
                        self.commit_arrow.set_text(f"committed\nblock {event.block.number}", "layer_mvcc", broken=False)
                        self.commit_arrow.play()
                case BlockFlushed(number=number):
                    flushed = number
                    if self._versions.is_crowded:
                        self._flush(flushed, now)
                case HeadMoved(number=number):
                    flushed = None
                    self._reload()
                    self.commit_arrow.set_text(f"head moved\nto block {number}", "info", broken=False)
        if flushed is not None:
            self._flush(flushed, now)

    def _flush(self, number: int, now: float) -> None:
        moved = self._versions.flush(number)
        self._flushed.flush(moved, now + FLUSH_DELAY_SECONDS)
        if any(not row.is_book for row in moved):
            self.flush_arrow.set_text(f"flushed\nblock {number}", "layer_rocksdb", broken=False)
            self.flush_arrow.play(delay_ms=int(COMMIT_DELAY_SECONDS * 1000))

    def _show_lower(self) -> None:
        versions = self._visible(self._versions.rows)
        held = sum(row.fate is Fate.HELD for row in versions)
        self.mvcc.show_rows(versions, f"{group_digits(held)} held" if versions else "")
        flushed = self._visible(self._flushed.rows)
        changed = len(self._visible(self._flushed.recent))
        note = f"{group_digits(len(flushed))} keys"
        self.rocksdb.show_rows(flushed, (f"{changed} changed · {note}" if changed else note) if flushed else "")

    def _visible(self, rows: Sequence[StackRow]) -> list[StackRow]:
        return [row for row in rows if self._workbench.shows_books or not row.is_book]

    def _books_toggled(self) -> None:
        self._load_contracts()
        self._show_lower()
        self._show_local(self._workbench.selected, glow=False)

    # --- the selected transaction ----------------------------------------------------------------

    def _show_reached(self, reached: int | None) -> None:
        self._reached = reached
        self._show_local(self._workbench.selected, glow=False)
        passed = sum(row.fate is not Fate.AHEAD for row in self.local.model.rows)
        if reached and passed:
            self.local.view.scrollTo(self.local.model.index(passed - 1))

    def _show_transaction(self, result: TransactionResult | None) -> None:
        self._reached = None
        self._glows = True
        self._local.request()
        if result is None:
            self._rest()
        elif not self._workbench.selected_is_kept:
            self.commit_arrow.set_text("dry run:\nnothing kept", "info", broken=True)
        elif not result.succeeded:
            self.commit_arrow.set_text("thrown\naway", "error", broken=True)
            self.commit_arrow.play()
        else:
            self.commit_arrow.set_text(f"committed\nblock {result.block_number}", "layer_mvcc", broken=False)

    def _show_selected(self) -> None:
        glows, self._glows = self._glows, False
        self._show_local(self._workbench.selected, glow=glows)

    def _show_local(self, result: TransactionResult | None, *, glow: bool) -> None:
        if result is None:
            self.local.show_rows([], "")
            self.banner.hide()
            return
        kept = self._workbench.selected_is_kept
        accesses = access_rows(result, kept=kept, reached=self._reached, glow_from=time.monotonic() if glow else 0.0)
        rows = self._visible(accesses)
        writes = sum(row.is_change for row in rows)
        method = result.request.actions[0].action_name if result.request.actions else ""
        self.local.show_rows(rows, f"{method}: {len(rows) - writes} read · {writes} written")
        self.local.switcher.empty.set_sentence("This transaction neither read nor wrote contract storage.")
        if self._reached is not None:
            passed = sum(row.fate is not Fate.AHEAD for row in rows)
            self.banner.say(f"As of this step: {passed} of {len(rows)}", "info")
        elif not kept:
            self.banner.say("Dry run: nothing below changed", "info")
        elif not result.succeeded:
            paid = any(row.is_change and row.fate is Fate.HELD for row in accesses)
            self.banner.say(f"Rolled back: nothing below changed{' but the fee' if paid else ''}", "error")
        else:
            self.banner.hide()

    def _rest(self) -> None:
        self.commit_arrow.set_text("commit", "text_muted", broken=False)
        self.flush_arrow.set_text("flush", "text_muted", broken=False)

    # --- what people do --------------------------------------------------------------------------

    def _dismiss_versions(self) -> None:
        self._versions.dismiss()
        self._show_lower()

    def _dismiss_flushed(self) -> None:
        self._flushed.dismiss()
        self._show_lower()

    def _open_access(self, row: StackRow) -> None:
        if self._reached is not None:
            self._workbench.access_requested.emit(row.order)
        else:
            self._open_key(row)

    def _open_key(self, row: StackRow) -> None:
        if row.fate is not Fate.THROWN_AWAY:
            self._workbench.key_requested.emit(row.key)
