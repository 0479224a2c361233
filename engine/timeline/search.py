"""Searching a state of any size in short pieces: a query's words, and the entries that match it.

A piece ends when enough was found or its time is over, so that the caller can show what there is and stop
asking. Entries whose key or field *begins* with what is looked for are found first, by going from map to map.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.timeline.values import SearchPage, StateQuery
from engine.values import StateEntry

if TYPE_CHECKING:
    from engine.state.view import StateView

__all__ = ["matcher", "prepare", "search"]

PIECE_SECONDS = 0.02
EXAMINE = 4000
MAPS = 300
"""So many contracts and maps are visited for entries that begin with what is looked for."""
_START = "\x00"
"""Goes on with the first key of all: no key of an entry sorts below it."""
_NOWHERE = "\x00\x00"
"""A text to look for that is hardly anywhere."""
_HIGHEST = "\U0010ffff"
_KINDS = ("b-", "m-")


def search(view: StateView, query: StateQuery, *, after: str = "", count: int = 200) -> SearchPage:
    """Return entries that match, in the order of their keys; with `after` empty those that begin so come first.

    Later pages repeat entries of that first one: what was found by its beginning comes again in its place.
    """
    matches = matcher(query)
    needle = _needle(query)
    found: list[StateEntry] = []
    deadline = time.monotonic() + PIECE_SECONDS
    if not after:
        found = [
            entry for entry in _beginning_so(view, query, count, deadline) if matches(entry.key, entry.value or "")
        ]
        if found:
            return SearchPage(tuple(found), _START, len(found))
    examined = len(found)
    for prefix in _prefixes(query):
        if after and after > prefix and not after.startswith(prefix):
            continue
        position: str | None = after if after.startswith(prefix) else ""
        while position is not None:
            page = view.search(prefix=prefix, contains=needle, after=position, count=EXAMINE, examine=EXAMINE)
            examined += EXAMINE if page.resume is not None else len(page.entries)
            for entry in page.entries:
                if matches(entry.key, entry.value or ""):
                    found.append(entry)
                    if len(found) >= count:
                        return SearchPage(tuple(found), entry.key, examined)
            position = page.resume
            if position is not None and time.monotonic() > deadline:
                return SearchPage(tuple(found), position, examined)
        after = ""
    return SearchPage(tuple(found), None, examined)


def prepare(view: StateView, after: str = "") -> str | None:
    """Read for a short while what searches will look through; return where to go on, None when all was read."""
    deadline = time.monotonic() + PIECE_SECONDS
    position: str | None = after
    while position is not None and time.monotonic() < deadline:
        position = view.search(contains=_NOWHERE, after=position, count=EXAMINE, examine=EXAMINE).resume
    return position


def matcher(query: StateQuery) -> Callable[[str, str], bool]:
    """Return what tells whether an entry (state key, stored text) matches."""
    wanted_contracts = query.contracts
    plain = not (query.key or query.field or query.value or query.payer or query.types) and wanted_contracts is None

    def matches(state_key: str, text: str) -> bool:
        if not all(word in state_key or word in text for word in query.anywhere):
            return False
        if plain:
            return True
        parts = state_key.split("-", 3) if state_key.startswith("m-") else state_key.split("-", 2)
        if wanted_contracts is not None and not parts[1].startswith(wanted_contracts):
            return False
        if query.types and text[:1] not in query.types:
            return False
        key = parts[2] if len(parts) > 2 else ""
        field = parts[3] if len(parts) > 3 else ""
        if query.key not in key or query.field not in field or (query.field and not field):
            return False
        if query.value or query.payer:
            body, _, payer = text[1:].rpartition("@")
            return query.value in body and query.payer in payer
        return True

    return matches


def _needle(query: StateQuery) -> str:
    """Return the longest text that every hit has in its key or stored text; empty if there is none."""
    return max((*query.anywhere, query.key, query.field, query.value, query.payer), key=len)


def _prefixes(query: StateQuery) -> tuple[str, ...]:
    """Return what the keys of hits begin with, in order."""
    if query.contracts is None:
        return _KINDS
    begins = sorted(set(query.contracts))
    apart = [one for one in begins if not any(one != other and one.startswith(other) for other in begins)]
    return tuple(kind + contract for kind in _KINDS for contract in apart)


def _beginning_so(view: StateView, query: StateQuery, count: int, deadline: float) -> Iterator[StateEntry]:
    """Yield entries whose key or field begins with what is looked for, of as many maps as there is time for."""
    word = query.field or query.key or (query.anywhere[0] if query.anywhere else "")
    if not word:
        return
    left = count
    for prefix in _beginnings(view, query):
        for entry in view.entries(prefix=prefix + word, count=left):
            yield entry
            left -= 1
        if left <= 0 or time.monotonic() > deadline:
            return


def _beginnings(view: StateView, query: StateQuery) -> Iterator[str]:
    """Yield what the keys of each contract's entries, maps, and each map's fields begin with."""
    visits = 0
    for kind in _prefixes(query):
        after = ""
        while visits < MAPS:
            visits += 1
            entries = view.entries(prefix=kind, after=after, count=1)
            if not entries:
                break
            key = entries[0].key
            parts = key.split("-", 3)
            of_contract = f"{parts[0]}-{parts[1]}-"
            if after < of_contract:
                yield of_contract
            if parts[0] == "b":
                after = of_contract + _HIGHEST
            elif len(parts) == 4:
                of_map = f"{of_contract}{parts[2]}-"
                yield of_map
                after = of_map + _HIGHEST
            else:
                after = key
