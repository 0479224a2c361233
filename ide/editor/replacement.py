"""Replacement texts of regular expressions, written as JavaScript does."""

from __future__ import annotations

import re

_GROUP = re.compile(r"\$(\d+|&|\$)|\\([nt\\])|(\\)")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


def expand(replacement: str, match: re.Match[str]) -> str:
    """Return `replacement` with `$1`, `$&`, `$$`, `\\n` and `\\t` filled in; unknown groups stay."""

    def filled(part: re.Match[str]) -> str:
        group, escape = part.group(1), part.group(2)
        if escape is not None:
            return _ESCAPES[escape]
        if group is None:
            return part.group()
        if group == "$":
            return "$"
        number = 0 if group == "&" else int(group)
        return (match.group(number) or "") if number <= match.re.groups else part.group()

    return _GROUP.sub(filled, replacement)
