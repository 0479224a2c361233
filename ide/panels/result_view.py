"""A transaction's outcome as a readable page: status, returned value, gas, RAM, console, events, failure.

Everything a contract produced is escaped: a contract cannot put links or markup into the window.
"""

from __future__ import annotations

import json
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from PySide6.QtCore import QUrl
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from engine.values import SourceLocation, TransactionResult
from ide.chain.explanation import explain, outcome_words
from ide.panels import style
from ide.panels.readable import byte_size, clock_time, group_digits, shorten
from ide.panels.widgets import make_plain
from ide.panels.workbench import Workbench
from ide.theme import default_code_family, themes

_LONGEST_BLOCK = 20_000
"""Longer texts are cut; the full one is in the clipboard menu."""


class ResultView(QTextBrowser):
    """Shows one `TransactionResult`; its links open the editor."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._shown: tuple[TransactionResult, bool] | None = None
        self._is_stale = False
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Result of the transaction")
        make_plain(self)
        self.document().setDocumentMargin(10)
        self.anchorClicked.connect(self._follow_link)
        themes().changed.connect(self._repaint)
        workbench.source_lines.arrived.connect(self._line_arrived)

    def show_result(self, result: TransactionResult | None, *, kept: bool = True) -> None:
        """Show `result`; `kept` is False for a dry run."""
        self._shown = None if result is None else (result, kept)
        self._repaint()

    def show_note(self, title: str, text: str) -> None:
        """Show something that is neither a result nor a problem."""
        self._shown, self._is_stale = None, False
        self.setHtml(_page(_heading(title, "info") + f"<p>{escape(text)}</p>"))

    def show_problem(self, title: str, text: str) -> None:
        """Show why there is no result (refused before it ran)."""
        self._shown, self._is_stale = None, False
        self.setHtml(_page(_heading(title, "error") + _block(text, "error")))

    def showEvent(self, event: QShowEvent) -> None:
        """Write the page that was not written while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self._repaint()

    def _repaint(self) -> None:
        self._is_stale = not self.isVisible()
        if self._is_stale:
            return
        if self._shown is None:
            self.clear()
            return
        result, kept = self._shown
        self.setHtml(result_page(result, self._workbench, kept=kept))

    def _line_arrived(self) -> None:
        if self._shown is not None and not self._shown[0].succeeded:
            self._repaint()

    def _follow_link(self, url: QUrl) -> None:
        parts = urlsplit(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.scheme == "source":
            self._workbench.show_source(
                SourceLocation(
                    fields.get("contract", ""),
                    fields.get("file", ""),
                    int(fields.get("line", "1")),
                    int(fields.get("column", "0")),
                )
            )


def result_page(result: TransactionResult, workbench: Workbench, *, kept: bool) -> str:
    """Return the outcome as HTML in the colours of the theme in force."""
    receipt = result.receipt
    parts = [_heading(outcome_words(result), "success" if result.succeeded else "error")]
    parts.append(f"<p><code>{escape(workbench.describe_request(result.request, result.hash))}</code></p>")
    parts.append(_facts(result, kept=kept))
    if not result.succeeded:
        parts.append(_failure(result, workbench))
    for number, returned in enumerate(receipt.returns):
        title = "Returned" if len(receipt.returns) == 1 else f"Returned by action {number + 1}"
        text = _readable_return(returned)
        parts.append(_section(title) + (_block(text) if text else _quiet("nothing")))
    if result.console:
        lines = "\n".join(line.text for line in result.console)
        parts.append(_section("Console") + _block(lines))
    if result.events:
        rows = [(workbench.contract_name(event.contract), event.data) for event in result.events]
        parts.append(_section("Events") + _table(rows))
    if receipt.receipts:
        parts.append(_section("Receipts") + _table(_receipts(result, workbench)))
    if receipt.ram_usage:
        rows = [
            (workbench.contract_name(payer), ("+" if used > 0 else "") + byte_size(used))
            for payer, used in receipt.ram_usage.items()
        ]
        parts.append(_section("RAM") + _table(rows))
    parts.append(_section("Hash") + f"<p><code>{escape(result.hash)}</code></p>")
    return _page("".join(parts))


def _receipts(result: TransactionResult, workbench: Workbench) -> list[tuple[str, str]]:
    rows = []
    for line in result.receipt.receipts:
        contract, slash, method = line.func_name.rpartition("/")
        rows.append((f"{workbench.contract_name(contract)}{slash}{method}", line.content))
    return rows


def _facts(result: TransactionResult, *, kept: bool) -> str:
    place = f"block {result.block_number}" if kept else "dry run, nothing kept"
    facts = [
        f"<b>{group_digits(result.receipt.gas_usage)}</b> gas of {group_digits(result.request.gas_limit)}",
        place,
        f"by {escape(result.request.publisher)}",
        clock_time(result.time),
        f"{result.duration_us / 1000:.2f} ms",
    ]
    if not result.succeeded:
        # What a front end gets to see.
        facts.append(f"status {result.receipt.status}")
    return f'<p style="color:{_hex("text_muted")}">{" &nbsp;·&nbsp; ".join(facts)}</p>'


def _failure(result: TransactionResult, workbench: Workbench) -> str:
    failure = result.failure
    text = failure.text if failure is not None and failure.text else result.receipt.message
    parts = [_block(text or "No reason was given.", "error")]
    frames = failure.stack or ((failure.location,) if failure.location else ()) if failure is not None else ()
    if failure is not None and failure.location is not None and failure.location not in frames:
        frames = (failure.location, *frames)
    for place in frames[:1]:
        line = workbench.source_lines.line(place)
        parts.append(f"<p>at {source_link(place, workbench)}</p>" + (_block(line) if line else ""))
    explanation = explain(result, workbench.contract_name)
    if explanation is not None:
        parts += [
            f"<p>{escape(explanation.happened)} {escape(explanation.why)}</p>",
            f"<p><b>What to do:</b> {escape(explanation.advice)}</p>",
        ]
    if len(frames) > 1:
        parts.append(_section("Called from"))
        parts += [f"<p>{source_link(place, workbench)}</p>" for place in frames[1:]]
    return "".join(parts)


def source_link(place: SourceLocation, workbench: Workbench) -> str:
    """Return a link that opens the editor at `place`."""
    query = urlencode(
        {"contract": place.contract, "file": place.file, "line": str(place.line), "column": str(place.column)}
    )
    path = workbench.source_path(place.contract, place.file)
    file = path.name if path is not None else place.file or workbench.contract_name(place.contract)
    return f'<a href="source:?{query}">{escape(file)}, line {place.line}</a>'


def _readable_return(returned: str) -> str:
    """Return a result without the list around it, indented if it is JSON."""
    try:
        values = json.loads(returned)
    except ValueError:
        return returned
    if not (isinstance(values, list) and len(values) == 1):
        return json.dumps(values, indent=2, ensure_ascii=False)
    value = values[0]
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            return value
        return json.dumps(inner, indent=2, ensure_ascii=False) if isinstance(inner, dict | list) else value
    return json.dumps(value, indent=2, ensure_ascii=False)


def _page(body: str) -> str:
    sheet = (
        f"body {{ color: {_hex('text')}; }} a {{ color: {_hex('info')}; }} p {{ margin: 3px 0; }}"
        f" td {{ padding: 1px 10px 1px 0; }}"
    )
    return f"<html><head><style>{sheet}</style></head><body>{body}</body></html>"


def _heading(title: str, tint: str) -> str:
    return f'<p style="color:{_hex(tint)}; font-size:large; font-weight:600">{escape(title)}</p>'


def _section(title: str) -> str:
    return f'<p style="color:{_hex("text_muted")}; margin-top:8px"><b>{escape(title)}</b></p>'


def _quiet(text: str) -> str:
    return f'<p style="color:{_hex("text_disabled")}">{escape(text)}</p>'


def _block(text: str, tint: str = "") -> str:
    shown = text if len(text) <= _LONGEST_BLOCK else f"{text[:_LONGEST_BLOCK]}\n… {len(text):,} characters in all"
    background = _hex(f"{tint}_soft") if tint else _hex("window")
    family = default_code_family()
    return (
        f'<table width="100%" cellpadding="6"><tr><td style="background-color:{background}; white-space:pre-wrap; '
        f"font-family:'{family}'\">{escape(shown)}</td></tr></table>"
    )


def _table(rows: list[tuple[str, str]]) -> str:
    quiet = f'style="color:{_hex("text_muted")}; white-space:nowrap"'
    cells = "".join(
        f"<tr><td {quiet}>{escape(left)}</td><td><code>{escape(shorten(right, 400))}</code></td></tr>"
        for left, right in rows
    )
    return f"<table>{cells}</table>"


def _hex(name: str) -> str:
    return style.colour(name).name()
