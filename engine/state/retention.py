"""Dropping old history: how far back one can go, and the space that costs.

What is dropped first becomes unreachable (one small write), then is deleted a block at a time, so that this can
be stopped or crash anywhere and be taken up again. Block bodies and transactions of the chain are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InvalidInput
from engine.state.application import forget_history
from engine.state.columns import ColumnName
from engine.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.state.records import BlockRecord
    from engine.state.stack import StateStack

__all__ = ["PruneReport", "apply_retention", "prune", "set_retention"]

_COMPACTED = (ColumnName.HISTORY, ColumnName.CHANGES, ColumnName.BLOCKS)


class PruneReport(Value, frozen=True):
    """What `prune` did. `held_by` names the checkpoint that kept more than was asked for, if one did."""

    oldest: int | None
    blocks: int
    branches: int
    held_by: str = ""


def set_retention(stack: StateStack, blocks: int | None) -> None:
    """Keep this many blocks below the head reachable (`apply_retention` acts on it); None keeps all.

    Raises:
        InvalidInput: a negative number.
    """
    if blocks is not None and blocks < 0:
        raise InvalidInput(f"{blocks} blocks cannot be kept", advice="Give 0 or more, or nothing to keep all.")
    batch = stack.store.batch()
    stack.ledger.set_retention(batch, blocks)
    stack.store.write(batch)


def apply_retention(stack: StateStack, progress: Callable[[int, int], None] | None = None) -> PruneReport:
    """Drop what the retention setting no longer keeps."""
    kept = stack.ledger.retention()
    if kept is None or stack.head is None:
        return PruneReport(stack.ledger.oldest(), 0, 0)
    return prune(stack, stack.head.number - kept, progress)


def prune(stack: StateStack, keep_from: int, progress: Callable[[int, int], None] | None = None) -> PruneReport:
    """Drop the history below block `keep_from` and the branches that leave the chain there; compact.

    Never goes beyond the newest flushed block or the oldest checkpoint.
    """
    ledger = stack.ledger
    with stack.lock:
        oldest, held_by = _limit(stack, keep_from)
        if oldest is not None and oldest > (ledger.oldest() or 0):
            batch = stack.store.batch()
            ledger.set_oldest(batch, oldest)
            stack.store.write(batch)
    oldest = ledger.oldest()
    if oldest is None:
        return PruneReport(None, 0, 0, held_by)
    swept = ledger.swept()
    numbers = range(0 if swept is None else swept + 1, oldest + 1)
    steps = len(numbers) + 1 + len(_COMPACTED)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, steps)

    dropped = 0
    for number in numbers:
        dropped += _sweep(stack, number)
        step()
    branches = _drop_branches(stack, oldest)
    step()
    for name in _COMPACTED:
        stack.store.columns[name].compact()
        step()
    return PruneReport(oldest, dropped, branches, held_by)


def _limit(stack: StateStack, keep_from: int) -> tuple[int | None, str]:
    if stack.flushed is None:
        return None, ""
    limit, held_by = min(keep_from, stack.flushed.number), ""
    for checkpoint in stack.ledger.checkpoints():
        attached = _attached(stack, stack.ledger.block(checkpoint.block))
        if attached < limit:
            limit, held_by = attached, checkpoint.name
    return (limit if limit > 0 else None), held_by


def _attached(stack: StateStack, block: BlockRecord) -> int:
    """Return the number of the block where the branch of `block` leaves the chain (its own if it is on it)."""
    while stack.ledger.id_at(block.number) != block.id and block.parent is not None:
        block = stack.ledger.block(block.parent)
    return block.number


def _sweep(stack: StateStack, number: int) -> int:
    with stack.lock:
        batch = stack.store.batch()
        stack.ledger.set_swept(batch, number)
        identity = stack.ledger.id_at(number)
        present = identity is not None and stack.ledger.has_changes(identity)
        if identity is not None and present:
            forget_history(batch, number, stack.ledger.changes(identity).old)
            stack.ledger.forget_changes(batch, identity)
        stack.store.write(batch, relaxed=True)
        return int(present)


def _drop_branches(stack: StateStack, oldest: int) -> int:
    with stack.lock:
        attached: dict[int, int] = {}
        batch = stack.store.batch()
        dropped = 0
        for block in stack.ledger.all_blocks():  # parents come first
            if stack.ledger.id_at(block.number) == block.id:
                attached[block.id] = block.number
                continue
            attached[block.id] = attached.get(-1 if block.parent is None else block.parent, -1)
            if attached[block.id] < oldest:
                stack.ledger.forget_block(batch, block)
                dropped += 1
        stack.store.write(batch, relaxed=True)
        return dropped
