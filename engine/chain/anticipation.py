"""Reading ahead: a batch like an earlier one will probably read the same keys, so they are fetched in one trip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from engine.values import Layer

if TYPE_CHECKING:
    from engine.chain.transaction import Transaction
    from engine.state.interface import StateReader

MOST_SHAPES = 500
MOST_KEYS = 400
_PUBLISHER = "\0"
"""Stands in remembered keys for the publisher's name, so that they serve for other publishers, too."""

Answer = tuple[str | None, Layer]


class Anticipation:
    """Remembers which keys batches read, by what their transactions call."""

    def __init__(self) -> None:
        self._keys: dict[tuple[object, ...], list[str]] = {}

    def state(self, reader: StateReader, transactions: Sequence[Transaction]) -> AnticipatingState:
        """Return a view of `reader` for one batch; tell `learn` when that has ended."""
        known = self._keys.get(_shape(transactions), ())
        publisher = _publisher(transactions)
        return AnticipatingState(reader, [key.replace(_PUBLISHER, publisher) for key in known])

    def learn(self, state: AnticipatingState, transactions: Sequence[Transaction]) -> None:
        """Remember what a batch has read."""
        publisher = _publisher(transactions)
        if len(self._keys) >= MOST_SHAPES:
            self._keys.clear()
        keys = (key.replace(publisher, _PUBLISHER) for key in state.asked) if publisher else state.asked
        self._keys[_shape(transactions)] = list(keys)[:MOST_KEYS]


class AnticipatingState:
    """Implements `StateReader`; the state below must not change during its life."""

    def __init__(self, reader: StateReader, expected: Iterable[str]) -> None:
        self.asked: dict[str, None] = {}
        """The keys that were read, in order."""
        self._reader = reader
        self._expected = expected
        self._answers: dict[str, Answer] = {}

    def read(self, key: str) -> Answer:
        """Return a stored text; see `StateReader`."""
        return self.read_many([key])[0]

    def read_many(self, keys: Sequence[str]) -> list[Answer]:
        """Return stored texts; see `StateReader`."""
        missing = [key for key in keys if key not in self._answers]
        if missing:
            wanted = list(dict.fromkeys((*missing, *self._expected)))
            self._expected = ()
            self._answers.update(zip(wanted, self._reader.read_many(wanted), strict=True))
        self.asked.update(dict.fromkeys(keys))
        return [self._answers[key] for key in keys]


def _shape(transactions: Sequence[Transaction]) -> tuple[object, ...]:
    return tuple(
        tuple((action.contract, action.action_name) for action in transaction.actions) for transaction in transactions
    )


def _publisher(transactions: Sequence[Transaction]) -> str:
    return transactions[-1].publisher if transactions else ""
