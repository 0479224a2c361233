"""Notes beside lines: how hot a line is, whether it ran, and what the gutter says about it."""

from __future__ import annotations

from typing import NamedTuple


class LineNote(NamedTuple):
    """What is known about a line: `heat` from 0 to 1, `ran` None if nobody looked, and `text` for its tool tip."""

    heat: float = 0.0
    ran: bool | None = None
    text: str = ""
