"""What the reference says of a JSON text that is malformed: the words of Go's decoder (spec/contract-api.md §10)."""

from __future__ import annotations

import json
import re

__all__ = ["END", "syntax_error"]

END = "unexpected EOF"
_WHITE_SPACE = re.compile(r"[ \t\r\n]*")
_OUTSIDE_TEXTS = re.compile(r"""[\[\]{}]|"(?:[^"\\]|\\.)*"?""", re.DOTALL)
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_SHORT_FORMS = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_NOT_HEXADECIMAL = re.compile(r"[^0-9A-Fa-f]")


def syntax_error(text: str, error: json.JSONDecodeError) -> str:
    """Return Go's reason for what Python's decoder found wrong with the first value of a text.

    Bytes that are no UTF-8 may stand in the text as surrogates (`surrogateescape`).
    """
    position, what = error.pos, error.msg
    if what.startswith("Unterminated"):
        return END
    if what.startswith("Invalid control"):
        return _at(text, position, "in string literal")
    if what.startswith("Invalid \\escape"):
        return _at(text, position + 1, "in string escape code")
    if what.startswith("Invalid \\u"):
        start = text.rindex("u", 0, position + 2) + 1
        wrong = _NOT_HEXADECIMAL.search(text, start)
        return _at(text, len(text) if wrong is None else wrong.start(), "in \\u hexadecimal character escape")
    trailing_comma = what.startswith("Illegal trailing comma")
    # Python 3.13 and newer point to the comma, older ones and Go behind it.
    position = _skip(text, position + trailing_comma)
    if what.startswith("Expecting property name") or (trailing_comma and text[position : position + 1] == "}"):
        return _at(text, position, "looking for beginning of object key string")
    if what.startswith("Expecting ':'"):
        return _at(text, position, "after object key")
    if what.startswith("Expecting ','"):
        return _number_error(text, position) or _at(text, position, f"after {_container(text, position)}")
    return _value_error(text, position)


def _value_error(text: str, position: int) -> str:
    """Tell what is wrong where a value should begin."""
    literal = _LITERALS.get(text[position : position + 1])
    if literal is not None:
        for index, expected in enumerate(literal):
            if text[position + index : position + index + 1] != expected:
                return _at(text, position + index, f"in literal {literal} (expecting '{expected}')")
    if text[position : position + 1] == "-":
        return _at(text, position + 1, "in numeric literal")
    return _at(text, position, "looking for beginning of value")


def _number_error(text: str, position: int) -> str:
    """Tell what is wrong behind the whole part of a number that Python's decoder takes for all of it."""
    if position and text[position - 1].isdigit():
        if text[position : position + 1] == ".":
            return _at(text, position + 1, "after decimal point in numeric literal")
        if text[position : position + 1] in {"e", "E"}:
            after = position + 1 + (text[position + 1 : position + 2] in {"+", "-"})
            return _at(text, after, "in exponent of numeric literal")
    return ""


def _container(text: str, position: int) -> str:
    """Tell what should go on at a position: an array or an object."""
    opened: list[str] = []
    for match in _OUTSIDE_TEXTS.finditer(text, 0, position):
        if match[0] in {"[", "{"}:
            opened.append(match[0])
        elif match[0] in {"]", "}"}:
            opened.pop()
    return "array element" if opened and opened[-1] == "[" else "object key:value pair"


def _skip(text: str, position: int) -> int:
    match = _WHITE_SPACE.match(text, position)
    return position if match is None else match.end()


def _at(text: str, position: int, where: str) -> str:
    return f"invalid character {_quoted(text[position])} {where}" if position < len(text) else END


def _quoted(character: str) -> str:
    """Write a character as Go does, which sees only the first byte of it."""
    byte = chr(character.encode("utf-8", "surrogateescape" if "\udc80" <= character <= "\udcff" else "replace")[0])
    if byte == "'":
        return "'\\''"
    if byte == '"':
        return "'\"'"
    if byte == "\\":
        return "'\\\\'"
    shown = _SHORT_FORMS.get(byte)
    if shown is None:
        shown = byte if byte.isprintable() else f"\\x{ord(byte):02x}" if byte < "\x80" else f"\\u{ord(byte):04x}"
    return f"'{shown}'"
