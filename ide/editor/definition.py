"""Where a name is defined: in this file, else in another file of the project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.errors import UserError
from ide.editor.symbols import Symbol, symbols_of
from ide.editor.text_file import read_text_file

SUFFIXES = frozenset({".js", ".mjs", ".cjs", ".ts"})


def find_definition(name: str, path: Path, text: str, others: Iterable[Path]) -> tuple[Path, Symbol] | None:
    """Return the first definition of `name`, looking into `text` first and then into `others`."""
    for symbol in symbols_of(text):
        if symbol.name == name:
            return path, symbol
    for other in others:
        if other == path or other.suffix not in SUFFIXES:
            continue
        try:
            content = read_text_file(other).text
        except UserError:
            continue
        for symbol in symbols_of(content):
            if symbol.name == name:
                return other, symbol
    return None
