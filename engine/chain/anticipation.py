"""Foreseeing what a transaction will touch: one like an earlier one will probably touch the same keys.

What is foreseen is sent along with a job, so that a worker need not ask for it, and tells which transactions of a block
will probably meet. It is a guess: a key too many costs a read, a key too few a question or a second run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from engine.chain.executor import Execution
    from engine.chain.transaction import Transaction

MOST_SHAPES = 500
MOST_KEYS = 800
MOST_NAMES = 9
LEAST_NAME = 3
_MARKS = [f"\0{number}" for number in range(MOST_NAMES)]
"""Stand for names that are in the transaction, so that what is learnt serves for other names, too."""
_BETWEEN = "\1"

_arguments_decoder = msgspec.json.Decoder()


class Foreseen(NamedTuple):
    """State keys that a transaction will probably read and write."""

    reads: list[str]
    writes: list[str]


class _Pattern(NamedTuple):
    """Keys of one kind of call as one format text: the names that stand in them are its fields."""

    template: str

    @classmethod
    def of(cls, keys: Iterable[str], names: list[str]) -> _Pattern:
        text = _BETWEEN.join(list(keys)[:MOST_KEYS])
        for mark, name in zip(_MARKS, names, strict=False):
            text = text.replace(name, mark)
        text = text.replace("{", "{{").replace("}", "}}")
        for number, mark in enumerate(_MARKS):
            text = text.replace(mark, f"{{{number}}}")
        return cls(text)

    def keys(self, names: list[str]) -> list[str]:
        return self.template.format(*names, *_MARKS[len(names) :]).split(_BETWEEN) if self.template else []


class Anticipation:
    """Remembers which keys transactions touched, by what they call and the names in their arguments."""

    def __init__(self) -> None:
        self._patterns: dict[tuple[tuple[str, str], ...], tuple[_Pattern, _Pattern]] = {}

    def foresee(self, transaction: Transaction) -> Foreseen | None:
        """Return what a transaction will probably touch; None if nothing like it was seen."""
        patterns = self._patterns.get(_shape(transaction))
        if patterns is None:
            return None
        names = _names(transaction)
        reads, writes = patterns
        return Foreseen(reads.keys(names), writes.keys(names))

    def correct(self, foreseen: Foreseen | None, transaction: Transaction, execution: Execution) -> None:
        """Remember what a transaction has touched if that was foreseen wrongly: too much would keep workers idle."""
        if foreseen is None or (execution.failure is None and set(foreseen.writes) != execution.write_set.keys()):
            self.learn(transaction, execution.reads, execution.write_set)

    def learn(self, transaction: Transaction, reads: Iterable[str], writes: Iterable[str]) -> None:
        """Remember what a transaction has touched."""
        if len(self._patterns) >= MOST_SHAPES:
            self._patterns.clear()
        names = _names(transaction)
        self._patterns[_shape(transaction)] = (_Pattern.of(reads, names), _Pattern.of(writes, names))


def _shape(transaction: Transaction) -> tuple[tuple[str, str], ...]:
    return tuple((action.contract, action.action_name) for action in transaction.actions)


def _names(transaction: Transaction) -> list[str]:
    """Return the publisher and the texts among the arguments, each once."""
    names = {transaction.publisher: None}
    for action in transaction.actions:
        try:
            arguments = _arguments_decoder.decode(action.data)
        except (msgspec.MsgspecError, RecursionError):
            continue
        if isinstance(arguments, list):
            names.update((text, None) for text in arguments if isinstance(text, str) and len(text) >= LEAST_NAME)
    return list(names)[:MOST_NAMES]
