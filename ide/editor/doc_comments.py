"""Enter inside a doc comment: it goes on, and one that was just begun is closed and names the method's parameters.

A contract's interface is read off these comments, so that writing one should cost nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ide.editor.symbols import symbols_of

_NAME = re.compile(r"^[A-Za-z_$][\w$]*")
USUAL_TYPE = "string"
"""What a parameter's type is said to be until the author says otherwise."""


class Continuation(NamedTuple):
    """What Enter inserts before and behind where the cursor will be; without the line breaks at either end."""

    before: str
    behind: str = ""


def continue_comment(before: str, after: str, following: str) -> Continuation | None:
    """Return what Enter inserts; None outside a doc comment.

    `before` and `after` are the parts of the line around the cursor, `following` is the next line that is not blank.
    """
    indent = before[: len(before) - len(before.lstrip(" \t"))]
    begun = before.strip()
    if begun.startswith("/**") and "*/" not in before:
        if following.lstrip().startswith("*"):
            return Continuation(f"{indent} * ")
        closes = after.strip() == "*/"
        if after.strip() and not closes:
            return Continuation(f"{indent} * ")
        parameters = "".join(f"\n{indent} * @param {{{USUAL_TYPE}}} {name}" for name in _parameters(following))
        return Continuation(f"{indent} * ", f"{parameters}\n{indent} {'' if closes else '*/'}")
    if begun.startswith("*") and "*/" not in before:
        return Continuation(f"{indent}* ")
    if begun.startswith("*") and begun.endswith("*/") and indent.endswith(" "):
        return Continuation(indent[:-1])
    return None


def _parameters(line: str) -> list[str]:
    symbols = symbols_of(line)
    if not symbols or symbols[0].name in {"init", "constructor"}:
        return []
    parts = symbols[0].detail.strip("()").split(",")
    return [match.group() for part in parts if (match := _NAME.match(part.strip()))]
