"""The filter's language: words that occur anywhere, and `key:`, `field:`, `value:`, `payer:`, `type:`, `contract:`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from engine.timeline.values import StateQuery

TYPES = {
    "text": "s",
    "string": "s",
    "number": "i",
    "integer": "i",
    "boolean": "b",
    "bool": "b",
    "json": "j",
    "decimal": "f",
    "null": "n",
}
"""Type letters by the names that people use."""

HELP = (
    "Words are looked for in keys and values; upper and lower case matter.\n"
    "key:   in the key          field:     in a map's field\n"
    "value: in the value        payer:     in who pays for the RAM\n"
    "type:  text number boolean json decimal\n"
    "contract: name or id       “two words” in quotes are one"
)

_NAMES = ("key", "field", "value", "payer", "type", "contract")
_PART = re.compile(rf'(?:({"|".join(_NAMES)}):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)


def parse_query(text: str, contracts: Mapping[str, str]) -> StateQuery | None:
    """Return what a filter text asks for, None if it is empty; `contracts` are people's names by id.

    A type that is still being typed stands for all that begin so.
    """
    query = StateQuery()
    words: list[str] = []
    asked = False
    for found in _PART.finditer(text):
        name, word = (found[1] or "").lower(), found[3] if found[2] is None else found[2]
        if not word or (not name and word.endswith(":") and word[:-1].lower() in _NAMES):
            continue
        asked = True
        match name:
            case "":
                words.append(word)
            case "type":
                letters = {letter for known, letter in TYPES.items() if known.startswith(word.lower())}
                query = msgspec.structs.replace(query, types="".join(sorted(letters)) or "?")
            case "contract":
                ids = tuple(identity for identity, known in contracts.items() if known.lower().startswith(word.lower()))
                query = msgspec.structs.replace(query, contracts=(*ids, word))
            case _:
                query = msgspec.structs.replace(query, **{name: word})
    return msgspec.structs.replace(query, anywhere=tuple(words)) if asked else None
