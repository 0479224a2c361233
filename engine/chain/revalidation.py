"""Executing many blocks of a chain again, one after the other, until one is not what was recorded."""

from __future__ import annotations

from collections.abc import Callable

from engine.chain.chain import Chain
from engine.errors import InvalidInput, RunCancelled
from engine.interface import BlockValidation

__all__ = ["validate_blocks"]


def validate_blocks(
    chain: Chain, first: int, last: int | None, *, between: Callable[[int, int], None], is_stopped: Callable[[], bool]
) -> BlockValidation:
    """Validate blocks `first` to `last`, the head by default; `between` is told how far this has come.

    Raises:
        InvalidInput: there are no such blocks, or no longer: others may use the chain between two blocks.
        RunCancelled: `is_stopped`.
    """
    end = chain.head_number if last is None else last
    if not 1 <= first <= end <= chain.head_number:
        raise InvalidInput(
            f"there are no blocks {first} to {end} to validate", advice=f"Choose from 1 to {chain.head_number}."
        )
    total = end - first + 1
    for done in range(total):
        between(done, total)
        if is_stopped():
            raise RunCancelled("the validation was stopped")
        difference = chain.validate(first + done)
        if difference is not None:
            return BlockValidation(done, first + done, difference)
    return BlockValidation(total)
