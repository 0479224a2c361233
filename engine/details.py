"""Value types of a close look at a chain (`engine.explorer`): blocks, accounts, permissions, checkpoints."""

from __future__ import annotations

from engine.interface import BlockExecution
from engine.values import BlockSummary, TransactionResult, Value


class BlockDetails(Value, frozen=True):
    """A closed block with its transactions' outcomes, the base transaction first; `size` is in bytes.

    `execution` tells what ran side by side, if it was asked for.
    """

    summary: BlockSummary
    results: tuple[TransactionResult, ...]
    size: int = 0
    execution: BlockExecution | None = None


class BlockPage(Value, frozen=True):
    """Blocks newest first; the next page is `before` this number, None if there is none."""

    blocks: tuple[BlockDetails, ...]
    before: int | None


class FrozenAmount(Value, frozen=True):
    """Tokens that cannot be moved until a time (nanoseconds)."""

    amount: str
    until: int


class TokenHolding(Value, frozen=True):
    """What an account has of a token: a decimal, and what is frozen besides."""

    token: str
    amount: str
    frozen: tuple[FrozenAmount, ...] = ()


class GasHolding(Value, frozen=True):
    """An account's gas: what is there, the most there can be, what is pledged, growth a second; `pledges` by user."""

    available: str
    limit: str
    pledged: str
    growth: str
    pledges: dict[str, str]


class PermissionItem(Value, frozen=True):
    """A key, or `account@permission`, with its weight."""

    id: str
    is_key: bool
    weight: int


class AccountPermission(Value, frozen=True):
    """Who may act: items and groups whose weights reach `threshold`."""

    name: str
    threshold: int
    items: tuple[PermissionItem, ...]
    groups: tuple[str, ...] = ()


class AccountGroup(Value, frozen=True):
    """Items that a permission can name together."""

    name: str
    items: tuple[PermissionItem, ...]


class AccountDetails(Value, frozen=True):
    """Everything an account or contract has; `key` is the id of the key the engine signs with, empty if none."""

    name: str
    tokens: tuple[TokenHolding, ...]
    gas: GasHolding
    ram_available: int
    ram_used: int
    permissions: tuple[AccountPermission, ...]
    groups: tuple[AccountGroup, ...] = ()
    key: str = ""


class CheckpointDetails(Value, frozen=True):
    """A named state; `created` is in nanoseconds, `is_on_chain` False if the head was moved to another branch."""

    name: str
    number: int
    hash: str
    created: int
    is_on_chain: bool
