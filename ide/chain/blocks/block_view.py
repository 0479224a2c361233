"""A block as a readable page: what it holds, how full it is, and what came of its transactions."""

from __future__ import annotations

from html import escape

from engine.details import BlockDetails
from engine.values import TransactionResult
from ide.panels import style
from ide.panels.readable import byte_size, group_digits, read_key, shorten
from ide.panels.workbench import Workbench

BLOCK_GAS = 8_000_000
"""The most gas a block can hold (spec/transactions.md §8)."""


def block_page(block: BlockDetails, workbench: Workbench) -> str:
    """Return a block as HTML in the colours of the theme in force; `block:` and `transaction:` links lead on."""
    summary = block.summary
    own = block.results if summary.number == 0 else block.results[1:]
    parts = [
        f'<p style="font-size:large; font-weight:600">Block {group_digits(summary.number)}</p>',
        f'<p style="color:{_hex("text_muted")}">{" &nbsp;·&nbsp; ".join(_facts(block, len(own)))}</p>',
    ]
    if own:
        parts.append(_title(f"Transaction{'' if len(own) == 1 else 's'} in order"))
        parts.append(f"<table>{''.join(_transaction(result, workbench) for result in own)}</table>")
        parts += _execution(block, workbench)
    else:
        parts.append("<p>It holds only its own base transaction, which every block begins with.</p>")
    rows = [
        ("Hash", f"<code>{escape(summary.hash)}</code>"),
        ("Parent", _parent(block)),
        ("Witness", f"<code>{escape(summary.witness)}</code>"),
        ("Kept", "in RocksDB" if summary.flushed else "in MVCC and the write-ahead log"),
    ]
    parts.append(_title("Block"))
    parts.append(f"<table>{''.join(_row(name, value) for name, value in rows)}</table>")
    sheet = (
        f"body {{ color: {_hex('text')}; }} a {{ color: {_hex('info')}; }} p {{ margin: 3px 0; }}"
        f" td {{ padding: 1px 10px 1px 0; }}"
    )
    return f"<html><head><style>{sheet}</style></head><body>{''.join(parts)}</body></html>"


def _facts(block: BlockDetails, count: int) -> list[str]:
    used = float(block.summary.gas_usage)
    return [
        f"<b>{group_digits(block.summary.gas_usage)}</b> of {group_digits(BLOCK_GAS)} gas ({used / BLOCK_GAS:.1%})",
        f"{group_digits(count)} transaction{'' if count == 1 else 's'}",
        byte_size(block.size),
        moment(block.summary.time),
    ]


def moment(nanoseconds: int) -> str:
    """Write a chain time (nanoseconds since the epoch) as date and time of day, UTC."""
    from datetime import UTC, datetime

    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{rest // 1_000_000:03d} UTC"


def _execution(block: BlockDetails, workbench: Workbench) -> list[str]:
    """Return which transactions ran side by side, and which were run again and why; nothing for a single one."""
    execution = block.execution
    if execution is None or len(execution.transactions) < 3:
        return []
    # The base transaction comes first and runs alone.
    workers, runs = execution.workers[1:], execution.runs[1:]
    lanes = sorted(set(workers))
    again = sum(count > 1 for count in runs)
    side_by_side = f"on {len(lanes)} workers side by side" if len(lanes) > 1 else "one after the other"
    parts = [_title(f"Executed {side_by_side}, {again or 'none'} run again")]
    if len(lanes) > 1 or again:
        rows = "".join(_lane_row(*row, lanes, block, workbench) for row in _rows(block))
        parts.append(f"<table>{_lane_titles(lanes)}{rows}</table>")
    for conflict in execution.conflicts:
        key = read_key(conflict.key)
        place = f"{workbench.contract_name(key.contract)} · {key.label}" if key.contract else key.label
        parts.append(
            f"<p>{_link(conflict.transaction, block, workbench)} was run again: it had read "
            f"<code>{escape(place)}</code>, which {_link(conflict.writer, block, workbench)} changed.</p>"
        )
    return parts


def _rows(block: BlockDetails) -> list[tuple[str, int, int]]:
    execution = block.execution
    if execution is None:
        return []
    return list(zip(execution.transactions, execution.workers, execution.runs, strict=True))[1:]


def _lane_titles(lanes: list[int]) -> str:
    quiet = f'style="color:{_hex("text_muted")}"'
    cells = "".join(f"<td {quiet}>{f'worker {lane}' if lane else 'engine'}</td>" for lane in lanes)
    return f"<tr><td></td>{cells}</tr>"


def _lane_row(name: str, worker: int, runs: int, lanes: list[int], block: BlockDetails, workbench: Workbench) -> str:
    tint = _hex("warning_soft" if runs > 1 else "success_soft")
    text = f"{runs} runs" if runs > 1 else "1 run"
    cells = "".join(
        f'<td align="center" style="background-color:{tint}">{text}</td>' if lane == worker else "<td></td>"
        for lane in lanes
    )
    return f"<tr><td>{_link(name, block, workbench)}</td>{cells}</tr>"


def _link(transaction_hash: str, block: BlockDetails, workbench: Workbench) -> str:
    """Return a link to a transaction of the block, by its place and call."""
    for place, result in enumerate(block.results):
        if result.hash == transaction_hash:
            call = shorten(workbench.describe_request(result.request, result.hash), 40)
            return f'<a href="transaction:{transaction_hash}">{place}. {escape(call)}</a>'
    return f"<code>{escape(transaction_hash[:10])}…</code>"


def _parent(block: BlockDetails) -> str:
    if block.summary.number == 0:
        return "none"
    return f'<a href="block:{block.summary.number - 1}">block {group_digits(block.summary.number - 1)}</a>'


def _transaction(result: TransactionResult, workbench: Workbench) -> str:
    tint = "success" if result.succeeded else "error"
    call = escape(shorten(workbench.describe_request(result.request, result.hash), 90))
    return (
        f'<tr><td style="color:{_hex(tint)}">{"ok" if result.succeeded else "failed"}</td>'
        f'<td><a href="transaction:{result.hash}"><code>{call}</code></a></td>'
        f'<td align="right">{group_digits(result.receipt.gas_usage)}</td>'
        f"<td>{escape(result.request.publisher)}</td></tr>"
    )


def _row(name: str, value: str) -> str:
    return f'<tr><td style="color:{_hex("text_muted")}; white-space:nowrap">{name}</td><td>{value}</td></tr>'


def _title(text: str) -> str:
    return f'<p style="color:{_hex("text_muted")}; margin-top:8px"><b>{escape(text)}</b></p>'


def _hex(name: str) -> str:
    return style.colour(name).name()
