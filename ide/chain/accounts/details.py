"""An account as a readable page: tokens, gas, RAM, permissions and keys."""

from __future__ import annotations

from html import escape

from engine.details import AccountDetails, AccountPermission, PermissionItem, TokenHolding
from ide.chain.production import time_text
from ide.panels import style
from ide.panels.readable import byte_size, group_digits


def account_page(account: AccountDetails) -> str:
    """Return an account as HTML in the colours of the theme in force."""
    parts = [f'<p style="font-size:large; font-weight:600">{escape(account.name)}</p>', _section("Tokens")]
    parts.append(_table([row for holding in account.tokens for row in _holding(holding)]))
    gas = account.gas
    parts.append(_section("Gas"))
    rows = [
        ("available", f"{group_digits(gas.available)} of at most {group_digits(gas.limit)}"),
        ("grows by", f"{group_digits(gas.growth)} a second, from {group_digits(gas.pledged)} IOST pledged for it"),
    ]
    rows += [(f"pledges for {user}", f"{group_digits(amount)} IOST") for user, amount in gas.pledges.items()]
    parts.append(_table([(name, escape(value)) for name, value in rows]))
    parts.append(_section("RAM"))
    parts.append(
        _table([("left", escape(byte_size(account.ram_available))), ("used", escape(byte_size(account.ram_used)))])
    )
    if account.permissions:
        parts.append(_section("Permissions"))
        parts.append(
            _table([(permission.name, _permission(permission, account)) for permission in account.permissions])
        )
    if account.groups:
        parts.append(_section("Groups"))
        parts.append(_table([(group.name, _items(group.items, account)) for group in account.groups]))
    parts.append(_section("Signing"))
    if account.key:
        parts.append(f"<p>Strata signs with <code>{escape(account.key)}</code></p>")
    else:
        parts.append(f'<p style="color:{_hex("text_muted")}">Strata has no key of it and cannot sign for it.</p>')
    sheet = f"body {{ color: {_hex('text')}; }} p {{ margin: 3px 0; }} td {{ padding: 1px 10px 1px 0; }}"
    return f"<html><head><style>{sheet}</style></head><body>{''.join(parts)}</body></html>"


def _holding(holding: TokenHolding) -> list[tuple[str, str]]:
    rows = [(holding.token, f"<b>{group_digits(holding.amount)}</b>")]
    rows += [("", f"{group_digits(frozen.amount)} frozen until {time_text(frozen.until)}") for frozen in holding.frozen]
    return rows


def _permission(permission: AccountPermission, account: AccountDetails) -> str:
    lines = [f"needs weight {permission.threshold} of"]
    if permission.items:
        lines.append(_items(permission.items, account))
    lines += [f"group {escape(group)}" for group in permission.groups]
    return "<br>".join(lines)


def _items(items: tuple[PermissionItem, ...], account: AccountDetails) -> str:
    lines = []
    for item in items:
        known = " (known here)" if item.is_key and item.id == account.key else ""
        lines.append(f"<code>{escape(item.id)}</code> weight {item.weight}{known}")
    return "<br>".join(lines) or "nobody yet"


def _section(title: str) -> str:
    return f'<p style="color:{_hex("text_muted")}; margin-top:8px"><b>{escape(title)}</b></p>'


def _table(rows: list[tuple[str, str]]) -> str:
    quiet = f'style="color:{_hex("text_muted")}; white-space:nowrap"'
    return (
        f"<table>{''.join(f'<tr><td {quiet}>{escape(name)}</td><td>{value}</td></tr>' for name, value in rows)}</table>"
    )


def _hex(name: str) -> str:
    return style.colour(name).name()
