"""Another course of the chain, in memory: a call that comes earlier, and what later transactions make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.chain.edit import EDIT, edit_writes
from engine.chain.worker_program import Batch, QueuedTransaction
from engine.state.fork import Fork
from engine.timeline.values import OtherOutcome, StateDifference, WhatIf
from engine.values import StateChange, Status, TransactionReceipt, TransactionRequest, TransactionResult

if TYPE_CHECKING:
    from engine.chain.chain import Chain
    from engine.chain.execution import Executions
    from engine.chain.executor import Execution

__all__ = ["what_if"]

MOST_BLOCKS = 500
MOST_CHANGES = 2000


def what_if(
    chain: Chain, executions: Executions, request: TransactionRequest, number: int, *, moved: str = ""
) -> WhatIf:
    """Run a call as the first of block `number` + 1, then at most `MOST_BLOCKS` blocks on top; nothing is kept.

    `moved` is the hash of a transaction that is left out where it really was: the call is the same one, earlier.

    Raises:
        InvalidInput: there is no such block, its history was dropped, or the request cannot be signed.
    """
    fork = Fork(chain.stack, number)
    number = fork.origin.number
    until = min(chain.head_number, number + MOST_BLOCKS)
    course = _Course(chain, executions, fork, moved)
    if number < chain.head_number:
        for later in range(number + 1, until + 1):
            course.run_block(later, request if later == number + 1 else None)
    else:
        course.run_call(request)
    call = course.call
    return WhatIf(
        number=number,
        until=until,
        request=request,
        outcome=_result(call[0], call[1], call[2], request),
        refused=call[1].rejection or "",
        replayed=course.replayed,
        others=tuple(course.others),
        difference=_difference(chain, fork, number, until),
    )


class _Course:
    """Runs blocks on a fork and compares with what they came to."""

    call: tuple[QueuedTransaction, Execution, Batch]

    def __init__(self, chain: Chain, executions: Executions, fork: Fork, moved: str) -> None:
        self.replayed = 0
        self.others: list[OtherOutcome] = []
        self._chain, self._executions, self._fork, self._moved = chain, executions, fork, moved

    def run_call(self, request: TransactionRequest) -> None:
        """Run the call in a block that nobody has produced yet."""
        batch = self._chain.batch_of(request)
        self._run(batch, batch.transactions[0])

    def run_block(self, number: int, request: TransactionRequest | None) -> None:
        """Run a block of the chain again, after its base transaction with the call first if there is one."""
        chain = self._chain
        batch, _ = chain.replay(chain.stack.block(number).transactions[-1])
        base, *others = batch.transactions
        queued = None if request is None else chain.signed_for(request, time=batch.time)
        kept = [other for other in others if other.hash != self._moved]
        order = (base, *kept) if queued is None else (base, queued, *kept)
        self._run(msgspec.structs.replace(batch, transactions=order, observe=queued is not None, stops=False), queued)
        for edit in chain.block(number).edits:
            self._fork.commit(EDIT, edit_writes(self._fork.reader(), edit, batch.time))

    def _run(self, batch: Batch, call: QueuedTransaction | None) -> None:
        executions = self._executions.execute(batch, self._fork.reader())
        for queued, execution in zip(batch.transactions, executions, strict=True):
            if execution.rejection is None:
                self._fork.commit(queued.hash, execution.write_set)
            if queued is call:
                self.call = queued, execution, batch
                continue
            recorded = self._chain.result(queued.hash)
            self.replayed += 1
            if recorded is not None:
                difference = execution.rejection or _outcome_difference(recorded.receipt, execution.receipt)
                if difference:
                    self.others.append(OtherOutcome(recorded, difference))


def _outcome_difference(recorded: TransactionReceipt, found: TransactionReceipt) -> str:
    """Return how a transaction would come out otherwise, in words; empty if it would not."""
    if recorded.status is not found.status:
        return "would succeed" if found.status is Status.SUCCESS else f"would fail: {found.message}"
    if found.status is Status.SUCCESS and recorded.returns != found.returns:
        return f"would return {', '.join(found.returns)} instead of {', '.join(recorded.returns)}"
    if recorded.receipts != found.receipts:
        return "would leave other receipts"
    if recorded.gas_usage != found.gas_usage:
        return f"would use {found.gas_usage} gas instead of {recorded.gas_usage}"
    if recorded.ram_usage != found.ram_usage:
        return "would use RAM otherwise"
    return ""


def _difference(chain: Chain, fork: Fork, number: int, until: int) -> StateDifference:
    """Return what is otherwise in the fork than after block `until`."""
    real = {change.key: change for change in chain.stack.diff(number, until)}
    other = {change.key: change for change in fork.changes()}
    changes = []
    for key in sorted(real.keys() | other.keys()):
        start = (real.get(key) or other[key]).old
        old = real[key].new if key in real else start
        new = other[key].new if key in other else start
        if old != new:
            changes.append(StateChange(key, old, new))
    return StateDifference(tuple(changes[:MOST_CHANGES]), truncated=len(changes) > MOST_CHANGES)


def _result(
    queued: QueuedTransaction, execution: Execution, batch: Batch, request: TransactionRequest
) -> TransactionResult:
    return TransactionResult(
        hash=queued.hash,
        request=request,
        receipt=execution.receipt,
        block_number=batch.number,
        index=batch.transactions.index(queued),
        time=batch.time,
        console=execution.console,
        events=execution.events,
        accesses=execution.accesses,
        failure=execution.failure,
        runs=execution.runs,
    )
