"""Columns: Qt, V8 and acorn count UTF-16 units, Python counts code points.

The only place that converts between them. An index inside a surrogate pair counts as the pair's start.
"""

from __future__ import annotations


def utf16_length(text: str) -> int:
    """Return how many UTF-16 units `text` has."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def to_utf16(text: str, index: int) -> int:
    """Return the UTF-16 column of code point `index` in `text`; an index past the end counts as the end."""
    return utf16_length(text[:index])


def from_utf16(text: str, column: int) -> int:
    """Return the code point index at UTF-16 `column` of `text`; a column past the end counts as the end."""
    if text.isascii():
        return min(column, len(text))
    units = 0
    for index, character in enumerate(text):
        width = 2 if character > "\uffff" else 1
        if units + width > column:
            return index
        units += width
    return len(text)
