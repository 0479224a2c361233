"""How well a typed text fits a title: prefix, then word starts, then substring, then scattered letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")

_WORD_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]|(?<=[a-z])[A-Z]")


def match_score(query: str, title: str) -> int | None:
    """Return how well `query` fits `title`, the lower the better; None if it does not.

    Letters that are merely scattered over the title fit only if they are close together, so that a long
    list does not fill with noise.
    """
    wanted = query.lower().replace(" ", "")
    text = title.lower()
    if not wanted:
        return 0
    if text.startswith(query.lower()):
        return len(text) - len(wanted)
    starts = "".join(match.group() for match in _WORD_START.finditer(title)).lower()
    if starts.startswith(wanted):
        return 100 + len(text)
    position = text.find(query.lower())
    if position >= 0:
        at_word = position == 0 or not text[position - 1].isalnum()
        return (150 if at_word else 250) + position
    if all(word in text for word in query.lower().split()):
        return 350 + len(text)
    if wanted in starts:
        return 300 + len(text)
    spread = _spread(wanted, text)
    return None if spread is None or spread > 3 * len(wanted) else 500 + 10 * spread


def _spread(wanted: str, text: str) -> int | None:
    """Return over how many characters the letters of `wanted` stretch in order, None if they do not occur."""
    first, position = -1, -1
    for letter in wanted:
        position = text.find(letter, position + 1)
        if position < 0:
            return None
        if first < 0:
            first = position
    return position - first + 1


def best_matches(query: str, items: Iterable[Item], title: Callable[[Item], str], limit: int = 200) -> list[Item]:
    """Return the items that fit, best first; equal ones stay in their order."""
    scored = ((match_score(query, title(item)), index, item) for index, item in enumerate(items))
    fitting = [(score, index, item) for score, index, item in scored if score is not None]
    fitting.sort(key=lambda entry: entry[:2])
    return [item for _, _, item in fitting[:limit]]
