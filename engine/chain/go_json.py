"""JSON texts exactly as the reference node's encoder writes and reads them (spec/contract-api.md §10)."""

from __future__ import annotations

import re

from engine.errors import InternalError

_SHORT_FORMS = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029]')
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class NumberLiteral(str):
    """A JSON number that keeps the spelling it had in its text."""

    __slots__ = ()


def go_json(value: object) -> str:
    """Return the JSON text of `value`: no white space, keys sorted by bytes, `<`, `>`, `&` escaped.

    `value` consists of dicts with string keys, lists, tuples, strings, `NumberLiteral`s, integers,
    booleans and None.
    """
    if type(value) is str:  # the most frequent ones first
        return _text(value)
    if type(value) is list or type(value) is tuple:
        return "[" + ",".join([go_json(item) for item in value]) + "]"
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case NumberLiteral() | int():
            return str(value)
        case str():
            return _text(value)
        case dict():
            # The order of code points is that of their bytes in UTF-8.
            return "{" + ",".join([f"{_text(key)}:{go_json(value[key])}" for key in sorted(value)]) + "}"
        case list() | tuple():
            return go_json(list(value))
    raise InternalError(f"{type(value).__name__} has no JSON form")


def well_formed(text: str) -> str:
    """Return `text` with every lone surrogate replaced by U+FFFD, as text that left the engine."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def _text(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"' if _ESCAPED.search(text) else f'"{text}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT_FORMS.get(character) or f"\\u{ord(character):04x}"
