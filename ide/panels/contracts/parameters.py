"""Names of a method's parameters, read from the contract's source for the labels of the call form.

The ABI carries types only. This is a help for the eye: what is not found is shown as "Argument 1".
"""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_KEYWORDS = frozenset({"if", "for", "while", "switch", "catch", "function", "return"})


def parameter_names(source: str, method: str, count: int) -> tuple[str, ...]:
    """Return `count` names for the parameters of `method`, found in `source` or made up."""
    made_up = tuple(f"Argument {number + 1}" for number in range(count))
    if method in _KEYWORDS:
        return made_up
    definition = re.compile(
        rf"(?:^|[\s;}}{{,])(?:async\s+)?{re.escape(method)}\s*(?:[=:]\s*function\s*)?\(([^()]*)\)\s*\{{", re.MULTILINE
    )
    for match in definition.finditer(source):
        names = [_NAME.match(part.strip()) for part in match.group(1).split(",") if part.strip()]
        if len(names) == count and all(names):
            return tuple(name.group() for name in names if name is not None)
    return made_up
