"""The functions, methods and classes of a JavaScript text, for going to one by name."""

from __future__ import annotations

import re
from typing import NamedTuple

_CLASS = re.compile(r"^\s*(?:export\s+(?:default\s+)?)?class\s+([\w$]+)")
_FUNCTION = re.compile(r"^\s*(?:export\s+(?:default\s+)?)?(?:async\s+)?function\s*\*?\s*([\w$]+)\s*\(([^)]*)")
_ASSIGNED = re.compile(r"^\s*(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s+)?(?:function\b|\(?[\w$,\s]*\)?\s*=>)")
_METHOD = re.compile(r"^\s+(?:static\s+)?(?:async\s+)?\*?\s*((?:get\s+|set\s+)?[\w$#]+)\s*\(([^)]*)\)\s*\{")
_NOT_METHODS = frozenset({"if", "for", "while", "switch", "catch", "function", "return", "with"})


class Symbol(NamedTuple):
    """A named piece of a file; `line` from 1, `kind` is class, function or method."""

    name: str
    kind: str
    detail: str
    line: int


def symbols_of(text: str) -> list[Symbol]:
    """Return the symbols in order; found by the look of a line, so that it works on text that does not parse."""
    found: list[Symbol] = []
    for number, line in enumerate(text.split("\n"), 1):
        if match := _CLASS.match(line):
            found.append(Symbol(match[1], "class", "", number))
        elif match := _FUNCTION.match(line):
            found.append(Symbol(match[1], "function", f"({match[2].strip()})", number))
        elif match := _ASSIGNED.match(line):
            found.append(Symbol(match[1], "function", "", number))
        elif (match := _METHOD.match(line)) and match[1] not in _NOT_METHODS:
            found.append(Symbol(match[1], "method", f"({match[2].strip()})", number))
    return found
