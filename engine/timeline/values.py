"""Value types of the timeline: what is asked, what is answered."""

from __future__ import annotations

from engine.values import (
    SourceLocation,
    StateChange,
    StateEdit,
    StateEntry,
    TransactionRequest,
    TransactionResult,
    Value,
)

Point = int | str | None
"""A moment of the chain: after a block by number, hash or name of a checkpoint; None is now, with the open block."""


class StateQuery(Value, frozen=True):
    """What is searched for; every part that is given must be found, upper and lower case matter.

    `anywhere` texts may be in key, field, value or payer. The id of the entry's contract must begin with one of
    `contracts`; None is any. `types` are type letters (spec/vm.md §4.1), of which one must be the value's.
    """

    anywhere: tuple[str, ...] = ()
    key: str = ""
    field: str = ""
    value: str = ""
    payer: str = ""
    types: str = ""
    contracts: tuple[str, ...] | None = None


class SearchPage(Value, frozen=True):
    """Some entries found, in order; `resume` goes on after them, None if all was searched.

    `examined` keys were looked at for this page.
    """

    entries: tuple[StateEntry, ...]
    resume: str | None
    examined: int


class StateDifference(Value, frozen=True):
    """The keys that differ between two states, in order; `truncated` if there are more."""

    changes: tuple[StateChange, ...]
    truncated: bool = False


class Author(Value, frozen=True):
    """Who wrote: a transaction that is known, a block edited by hand, or genesis. Exactly one is given."""

    transaction: TransactionResult | None = None
    edit: StateEdit | None = None
    is_genesis: bool = False


class KeyWrite(Value, frozen=True):
    """One value that a key had: written in block `block_number` (None: the open one) at `time` by `author`."""

    block_number: int | None
    time: int
    author: Author
    old: str | None
    new: str | None


class KeyHistory(Value, frozen=True):
    """The values a key had, newest first; `truncated` if there are more."""

    key: str
    writes: tuple[KeyWrite, ...]
    truncated: bool = False


class WriteSite(Value, frozen=True):
    """Where a transaction wrote a key: its access number and, if a contract's line made it, that place."""

    access: int
    location: SourceLocation | None


class NamedState(Value, frozen=True):
    """A checkpoint: the state after a block, which may lie on a branch that was left. `created` is in ns."""

    name: str
    number: int
    hash: str
    created: int
    is_on_chain: bool


class LeftBranch(Value, frozen=True):
    """The newest block of a branch that was left by going back; going there again undoes that. `left` is in ns."""

    number: int
    hash: str
    left: int
    leaves_at: int


class Retention(Value, frozen=True):
    """How many blocks below the head stay reachable (None: all), and the oldest that is."""

    blocks: int | None
    oldest: int


class OtherOutcome(Value, frozen=True):
    """A later transaction that would have come out otherwise; `difference` says how, in words."""

    transaction: TransactionResult
    difference: str


class WhatIf(Value, frozen=True):
    """What a call would have done after block `number`, and what that would have meant for what came later.

    `replayed` later transactions ran again on top, up to block `until`. `changes` are the keys that would be
    different then: `old` as they are, `new` as they would be.
    """

    number: int
    until: int
    request: TransactionRequest
    outcome: TransactionResult
    refused: str
    replayed: int
    others: tuple[OtherOutcome, ...]
    difference: StateDifference
