"""Entering many transactions at once: filling blocks with what fits, and executing that side by side.

The outcome is that of entering them one by one, blocks included: what a block takes depends on what the
transactions before have used, so that a wave of transactions that turns out not to fit is cut, and goes on in the next
block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from engine.chain.block import MAXIMUM_GAS, MAXIMUM_PER_PUBLISHER, MAXIMUM_TRANSACTIONS
from engine.chain.receipt import centi_gas
from engine.chain.records import ExecutionTrace
from engine.chain.side_by_side import SideBySide
from engine.chain.transaction import Transaction
from engine.chain.worker_program import QueuedTransaction
from engine.errors import InvalidInput, RejectedTransaction, RunCancelled
from engine.values import TransactionRequest, TransactionResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.chain.chain import Chain
    from engine.chain.execution import Executions
    from engine.chain.executor import Execution

Between: TypeAlias = "Callable[[int, int], None]"
Outcome: TypeAlias = TransactionResult | RejectedTransaction
"""What became of a transaction that was entered with others."""


class Entry(msgspec.Struct):
    """A transaction on its way: signed already, or a request that will be."""

    request: TransactionRequest | None = None
    transaction: Transaction | None = None
    queued: QueuedTransaction | None = None
    problem: RejectedTransaction | None = None
    outcome: Outcome | None = None


class Bulk:
    """Enters transactions into the blocks of `chain`, on up to `lanes` workers."""

    def __init__(self, chain: Chain, executions: Executions, lanes: int) -> None:
        self._chain = chain
        self._executions = executions
        self._lanes = lanes
        self._stopped = False
        self._usage: dict[tuple[tuple[str, str], ...], int] = {}
        """What transactions have used, in hundredths of gas, by what they call: how many will fit."""

    def enter(self, entries: Sequence[Entry], between: Between | None = None) -> tuple[Outcome, ...]:
        """Enter transactions in order; the last block stays open.

        `between` is told how far this has come whenever others may use the chain.
        """
        position = 0
        while position < len(entries) and not self._stopped:
            if between is not None:
                between(position, len(entries))
            wave, end = self._wave(entries, position)
            position = self._execute(wave, entries, end) if wave else end
        for entry in entries[position:]:
            entry.outcome = RejectedTransaction("the run was stopped before it")
        return tuple(entry.outcome for entry in entries if entry.outcome is not None)

    # --- filling blocks ------------------------------------------------------------------------------

    def _wave(self, entries: Sequence[Entry], start: int) -> tuple[list[tuple[int, Entry]], int]:
        """Return the entries from `start` on that will fit into the open block, and where the next wave starts.

        The block is begun, and a full one closed, as the first of them demands.
        """
        wave: list[tuple[int, Entry]] = []
        names: set[str] = set()
        usage = 0
        for position in range(start, len(entries)):
            entry = entries[position]
            try:
                queued = self._admitted(entry)
            except RejectedTransaction as rejection:
                entry.outcome = rejection
                continue
            transaction = queued.transaction
            if not wave:
                if not self._chain.has_room(transaction):
                    self._chain.produce()
                block = self._chain.open_block(transaction)
                publishers = block.publishers.copy()
            elif (
                queued.hash in names
                or len(block.entries) + len(wave) >= MAXIMUM_TRANSACTIONS
                or publishers[transaction.publisher] >= MAXIMUM_PER_PUBLISHER
                or block.gas + usage + transaction.gas_limit > MAXIMUM_GAS
                or transaction.time > block.time
            ):
                return wave, position
            wave.append((position, entry))
            names.add(queued.hash)
            publishers[transaction.publisher] += 1
            usage += self._usage.get(_calls(transaction), 0)
        return wave, len(entries)

    def _admitted(self, entry: Entry) -> QueuedTransaction:
        """Sign and check; what was signed or checked in an earlier wave is not again, but for what time changes."""
        self._prepare(entry)
        if entry.problem is not None:
            raise entry.problem
        assert entry.transaction is not None
        entry.queued = self._chain.admitted(entry.transaction, entry.request, verified=entry.queued is not None)
        return entry.queued

    def _prepare(self, entry: Entry) -> None:
        """Sign a request and encode it, if that was not done."""
        if entry.transaction is not None or entry.problem is not None or entry.request is None:
            return
        try:
            entry.transaction = self._chain.sign(entry.request)
            entry.transaction.hash_text()
        except RejectedTransaction as rejection:
            entry.problem = rejection
        except InvalidInput as problem:
            entry.problem = RejectedTransaction(problem.what, where=problem.where, advice=problem.advice)

    # --- executing -----------------------------------------------------------------------------------

    def _execute(self, wave: Sequence[tuple[int, Entry]], entries: Sequence[Entry], end: int) -> int:
        """Execute a wave and commit it as far as it fits; returns where the next one starts.

        While the workers are busy, what will be in the next wave is signed.
        """
        chain = self._chain
        queued = [entry.queued for _, entry in wave if entry.queued is not None]
        block = chain.open_block(queued[0].transaction)
        running = SideBySide(self._executions, chain.batch(block), queued, chain.stack.reader, self._lanes)
        for entry in entries[end : end + MAXIMUM_TRANSACTIONS]:
            self._prepare(entry)
        for index, (position, entry) in enumerate(wave):
            transaction = queued[index].transaction
            if not chain.has_room(transaction):
                chain.produce()
                return position
            execution = running.execution(index)
            if execution.rejection is not None:
                entry.outcome = RejectedTransaction(execution.rejection)
                if len(block.entries) == 1:  # only the base transaction: the block was begun for this one
                    chain.drop_open_block()
                    return position + 1
                continue
            trace = ExecutionTrace(running.lane(index), running.runs[index], tuple(running.conflicts[index]))
            entry.outcome = chain.accept(queued[index], execution, entry.request, trace=trace)
            running.committed(index)
            self._stopped = self._stopped or _is_stopped(execution)
            self._usage[_calls(transaction)] = centi_gas(execution.receipt.gas_usage)
        return end


def _is_stopped(execution: Execution) -> bool:
    return execution.failure is not None and execution.failure.error == RunCancelled.__name__


def _calls(transaction: Transaction) -> tuple[tuple[str, str], ...]:
    return tuple((action.contract, action.action_name) for action in transaction.actions)
