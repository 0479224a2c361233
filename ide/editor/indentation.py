"""How a text is indented: found out from the text, so that new lines look like the old ones."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

USUAL = "  "
TAB_WIDTH = 4
"""How many blanks a tab is as wide as."""

_LOOKED_AT = 500
_LEADING = re.compile(r"^[ \t]*(?=[^\s*])", re.MULTILINE)


def detect_indent(text: str) -> str:
    """Return one level of indentation: a tab, or 2 to 8 blanks."""
    leading = [match.group() for match in _LEADING.finditer(text[:100_000])][:_LOOKED_AT]
    tabs = sum(one.startswith("\t") for one in leading)
    blanks = [len(one) for one in leading if not one.startswith("\t")]
    if tabs > sum(width > 0 for width in blanks):
        return "\t"
    steps = Counter(after - before for before, after in pairwise(blanks) if 2 <= after - before <= 8)
    return " " * steps.most_common(1)[0][0] if steps else USUAL
