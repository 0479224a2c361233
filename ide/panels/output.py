"""The output dock: what contracts print, events and receipts, in the order they come."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from engine.facade import BlockFlushed, BlockProduced, ContractDeployed, EngineEvent, HeadMoved, TransactionExecuted
from engine.values import TransactionResult
from ide.panels import style
from ide.panels.readable import clock_time, group_digits, shorten
from ide.panels.widgets import EmptyState, Switcher, make_plain, tool_button
from ide.panels.workbench import Workbench
from ide.theme import themes

KEPT_LINES = 5000
_LONGEST_LINE = 1000
_WORD_WIDTH = 9
_LEVELS = {"error": "error", "fatal": "error", "warn": "warning", "warning": "warning"}


class OutputPanel(QWidget):
    """A log; follows the end unless one has scrolled up."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._lines: list[tuple[str, str, str]] = []
        self.text = QTextBrowser()
        self.text.setFont(style.code_font(self.font()))
        make_plain(self.text)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Output of contracts")
        self.text.document().setMaximumBlockCount(KEPT_LINES)
        self.switcher = Switcher(
            self.text,
            EmptyState("What contracts print, and their events and receipts, appears here as transactions run."),
        )
        side = QVBoxLayout()
        side.setContentsMargins(2, 2, 2, 2)
        side.addWidget(tool_button("clear", "Clear the output", self.clear))
        side.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(side)
        layout.addWidget(self.switcher, 1)
        workbench.bridge.events.connect(self._take_events)
        themes().changed.connect(self._repaint)

    def clear(self) -> None:
        """Throw the lines away."""
        self._lines.clear()
        self.text.clear()
        self.switcher.show_view(False)

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        fresh: list[tuple[str, str, str]] = []
        for event in events:
            match event:
                case TransactionExecuted(result=result):
                    fresh += self._lines_of(result)
                case ContractDeployed(contract=contract):
                    fresh.append(("deployed", f"{contract.name} as {contract.id}", "info"))
                case BlockProduced(block=block) if block.transactions:
                    fresh.append(
                        ("block", f"#{block.number}, {_count(len(block.transactions), 'transaction')}", "text_muted")
                    )
                case BlockFlushed(number=number):
                    fresh.append(("flushed", f"up to block #{number}", "text_muted"))
                case HeadMoved(number=number):
                    fresh.append(("head", f"moved to block #{number}", "warning"))
        if not fresh:
            return
        self._lines = [*self._lines, *fresh][-KEPT_LINES:]
        self._append(fresh[-KEPT_LINES:])

    def _lines_of(self, result: TransactionResult) -> list[tuple[str, str, str]]:
        calls = self._workbench.describe_request(result.request, result.hash)
        gas = group_digits(result.receipt.gas_usage)
        name = self._workbench.contract_name
        lines = [(name(line.contract), line.text, _LEVELS.get(line.level, "text")) for line in result.console]
        for event in result.events:
            word = "event" if event.topic == "CONTRACT_EVENT" else "receipt"
            lines.append((word, f"{name(event.contract)}: {event.data}", "info"))
        outcome = "ok" if result.succeeded else str(result.receipt.status)
        lines.append(
            (outcome, f"{clock_time(result.time)} {calls}  ({gas} gas)", "success" if result.succeeded else "error")
        )
        if not result.succeeded:
            lines.append(("why", shorten(result.receipt.message or "no message", 400), "error"))
        return lines

    def _append(self, lines: list[tuple[str, str, str]]) -> None:
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        self.text.append("<br>".join(_html(*line) for line in lines))
        self.switcher.show_view(True)
        if at_end:
            bar.setValue(bar.maximum())

    def _repaint(self) -> None:
        self.text.clear()
        if self._lines:
            self._append(self._lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _html(word: str, text: str, tint: str) -> str:
    shown = text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"
    body = escape(shown).replace("\n", "<br>")
    quiet, strong = style.colour("text_muted").name(), style.colour(tint).name()
    padded = escape(f"{word:<{_WORD_WIDTH}}").replace(" ", "&nbsp;")
    return f'<span style="color:{quiet}">{padded} </span><span style="color:{strong}">{body}</span>'
