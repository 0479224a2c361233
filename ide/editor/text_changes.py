"""What differs between two texts, as the fewest replaced stretches worth looking for."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

MOST_LINES = 3_000
"""Larger differing parts are replaced as one: comparing their lines would take longer than people wait."""


class Change(NamedTuple):
    """Code points `start` to `end` of the old text are replaced by `text`."""

    start: int
    end: int
    text: str


def text_changes(old: str, new: str) -> list[Change]:
    """Return what makes `new` of `old`, last place first, so that each can be done where it says."""
    whole = _narrowed(Change(0, len(old), new), old)
    if whole is None:
        return []
    start = old.rfind("\n", 0, whole.start) + 1
    before = old[start : whole.end].splitlines(keepends=True)
    after = (old[start : whole.start] + whole.text).splitlines(keepends=True)
    if max(len(before), len(after)) > MOST_LINES:
        return [whole]
    changes = []
    offsets = [start]
    for line in before:
        offsets.append(offsets[-1] + len(line))
    for kind, first, last, new_first, new_last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            change = _narrowed(Change(offsets[first], offsets[last], "".join(after[new_first:new_last])), old)
            if change is not None:
                changes.append(change)
    return changes[::-1]


def _narrowed(change: Change, old: str) -> Change | None:
    """Return the change without what both its sides begin and end with; None if nothing is left."""
    before = old[change.start : change.end]
    if before == change.text:
        return None
    head = _common_prefix(before, change.text)
    tail = _common_suffix(before, change.text, head)
    return Change(change.start + head, change.end - tail, change.text[head : len(change.text) - tail])


def _common_prefix(first: str, second: str) -> int:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[:middle] == second[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(first: str, second: str, prefix: int) -> int:
    low, high = 0, min(len(first), len(second)) - prefix
    while low < high:
        middle = (low + high + 1) // 2
        if first[len(first) - middle :] == second[len(second) - middle :]:
            low = middle
        else:
            high = middle - 1
    return low
