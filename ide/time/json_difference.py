"""Which members of two JSON values differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ide.panels.storage.json_tree import parse_json

MOST = 500
"""So many members are told at most."""


class _Absent:
    """Stands for a member that is not there."""


_ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member by its path (`owner.name`, `list[3]`) with its values as JSON, None where it is absent."""

    path: str
    old: str | None
    new: str | None


def member_changes(old: str | None, new: str | None) -> tuple[MemberChange, ...]:
    """Return the members that differ between two texts; nothing unless both are JSON objects or arrays."""
    before, after = parse_json(old or ""), parse_json(new or "")
    if before is None or after is None:
        return ()
    found = []
    for change in _differences("", before, after):
        found.append(change)
        if len(found) == MOST:
            break
    return tuple(found)


def _differences(path: str, old: object, new: object) -> Iterator[MemberChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            member = f"{path}.{name}" if path else str(name)
            yield from _differences(member, old.get(name, _ABSENT), new.get(name, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for number in range(max(len(old), len(new))):
            one = old[number] if number < len(old) else _ABSENT
            other = new[number] if number < len(new) else _ABSENT
            yield from _differences(f"{path}[{number}]", one, other)
    elif type(old) is not type(new) or old != new:
        yield MemberChange(path, _text(old), _text(new))


def _text(value: object) -> str | None:
    return None if value is _ABSENT else json.dumps(value, ensure_ascii=False)
