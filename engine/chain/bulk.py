"""Entering many transactions at once: filling blocks with what fits, and executing that side by side.

The outcome is that of entering them one by one, blocks included: what a block takes depends on what the
transactions before have used, so that a wave of transactions that turns out not to fit is cut, and goes on in the next
block.
"""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from engine.chain.admission import encoded
from engine.chain.block import MAXIMUM_GAS, MAXIMUM_PER_PUBLISHER, MAXIMUM_TRANSACTIONS
from engine.chain.execution import is_local
from engine.chain.receipt import centi_gas
from engine.chain.records import ExecutionTrace
from engine.chain.run_ahead import ForeseenBlock, RunAhead
from engine.chain.side_by_side import SideBySide
from engine.chain.transaction import Transaction
from engine.chain.worker_program import QueuedTransaction
from engine.errors import InvalidInput, RejectedTransaction, RunCancelled
from engine.values import TransactionRequest, TransactionResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.chain.chain import Chain
    from engine.chain.execution import Executions
    from engine.chain.executor import Execution
    from engine.chain.open_block import OpenBlock

Between: TypeAlias = "Callable[[int, int], None]"
Outcome: TypeAlias = TransactionResult | RejectedTransaction
"""What became of a transaction that was entered with others."""

STRETCH = 4
"""How many blocks are executed ahead at once."""
LEAST_BLOCKS = 2
"""For fewer blocks nobody looks ahead; the first ones, for which nothing can be done meanwhile, are no more."""
SELDOM = 50
"""How many times more objects are made before the garbage collector looks for some in cycles."""
MOST_WRONG = 3
"""After so many wrong guesses no more are made for the same transactions."""


class Entry(msgspec.Struct):
    """A transaction on its way: signed already, or a request that will be."""

    request: TransactionRequest | None = None
    transaction: Transaction | None = None
    queued: QueuedTransaction | None = None
    verified: bool = False
    problem: RejectedTransaction | None = None
    outcome: Outcome | None = None


class _Room(msgspec.Struct):
    """What a block has taken or will probably take; `gas` in hundredths, `time` in nanoseconds."""

    number: int
    time: int
    count: int = 1
    gas: int = 0
    publishers: Counter[str] = msgspec.field(default_factory=Counter)

    @classmethod
    def of(cls, block: OpenBlock) -> _Room:
        return cls(block.number, block.time, len(block.entries), block.gas, block.publishers.copy())

    def takes(self, transaction: Transaction) -> bool:
        return (
            self.count < MAXIMUM_TRANSACTIONS
            and self.publishers[transaction.publisher] < MAXIMUM_PER_PUBLISHER
            and self.gas + transaction.gas_limit <= MAXIMUM_GAS
            and transaction.time <= self.time
        )

    def take(self, transaction: Transaction, gas: int) -> None:
        self.count += 1
        self.gas += gas
        self.publishers[transaction.publisher] += 1


class Bulk:
    """Enters transactions into the blocks of `chain`, on up to `lanes` workers."""

    def __init__(self, chain: Chain, executions: Executions, lanes: int) -> None:
        self._chain = chain
        self._executions = executions
        self._lanes = lanes
        self._stopped = False
        self._usage: dict[tuple[tuple[str, str], ...], int] = {}
        """What transactions have used, in hundredths of gas, by what they call: how many will fit."""
        self._ahead: RunAhead | None = None
        self._wrong = 0
        self._guessed = self._looked = 0
        """Up to which entry transactions were given to `RunAhead`, and up to which it has finished."""
        self._room = _Room(0, 0)
        """The last block that was foreseen."""
        self._times: dict[int, int] = {}

    def enter(self, entries: Sequence[Entry], between: Between | None = None) -> tuple[Outcome, ...]:
        """Enter transactions in order; the last block stays open.

        `between` is told how far this has come whenever others may use the chain.
        """
        position = 0
        try:
            with _seldom_collecting():
                while position < len(entries) and not self._stopped:
                    if between is not None:
                        self._let_others(between, position, len(entries))
                    wave, end = self._wave(entries, position)
                    position = self._execute(wave, entries, end) if wave else end
        finally:
            self._stop_looking()
        for entry in entries[position:]:
            entry.outcome = RejectedTransaction("the run was stopped before it")
        return tuple(entry.outcome for entry in entries if entry.outcome is not None)

    def _let_others(self, between: Between, position: int, total: int) -> None:
        before = self._chain.stack.reader()
        between(position, total)
        if self._chain.stack.reader() is not before:
            self._stop_looking()

    # --- filling blocks ------------------------------------------------------------------------------

    def _wave(self, entries: Sequence[Entry], start: int) -> tuple[list[tuple[int, Entry]], int]:
        """Return the entries from `start` on that will fit into the open block, and where the next wave starts.

        The block is begun, and a full one closed, as the first of them demands.
        """
        wave: list[tuple[int, Entry]] = []
        names: set[str] = set()
        for position in range(start, len(entries)):
            entry = entries[position]
            try:
                queued = self._admitted(entry)
            except RejectedTransaction as rejection:
                entry.outcome = rejection
                continue
            transaction = queued.transaction
            if not wave:
                room = _Room.of(self._block_for(transaction))
            elif queued.hash in names or not room.takes(transaction):
                return wave, position
            wave.append((position, entry))
            names.add(queued.hash)
            room.take(transaction, self._usage.get(_calls(transaction), 0))
        return wave, len(entries)

    def _block_for(self, transaction: Transaction) -> OpenBlock:
        """Return the open block if it takes a transaction, else a new one."""
        chain = self._chain
        if not chain.has_room(transaction):
            chain.produce()
        if chain.has_open_block:
            return chain.open_block(transaction)
        block = chain.open_block(transaction, at=self._times.get(chain.head_number + 1))
        if self._ahead is not None:
            self._ahead.begun(block)
        return block

    def _admitted(self, entry: Entry) -> QueuedTransaction:
        """Sign and check; what was signed or checked in an earlier wave is not again, but for what time changes."""
        self._prepare(entry)
        if entry.problem is not None:
            raise entry.problem
        assert entry.queued is not None
        self._chain.require_admitted(entry.queued, entry.request, verified=entry.verified)
        entry.verified = True
        return entry.queued

    def _prepare(self, entry: Entry) -> None:
        """Sign a request and encode it, if that was not done."""
        if entry.queued is not None or entry.problem is not None:
            return
        try:
            if entry.transaction is None and entry.request is not None:
                entry.transaction = self._chain.sign(entry.request)
            if entry.transaction is not None:
                entry.queued = encoded(entry.transaction)
        except RejectedTransaction as rejection:
            entry.problem = rejection
        except InvalidInput as problem:
            entry.problem = RejectedTransaction(problem.what, where=problem.where, advice=problem.advice)

    # --- looking ahead -------------------------------------------------------------------------------

    def _look_ahead(self, entries: Sequence[Entry], position: int, block: OpenBlock) -> None:
        """See to it that the transactions from `position` on, in `block`, are executed, and the next ones started.

        Nothing is done where JavaScript runs.
        """
        if position < self._looked:
            return
        if self._ahead is None or self._guessed <= position:
            self._stop_looking()
            template = self._chain.batch(block)
            if self._wrong > MOST_WRONG or (template.observe and self._chain.options.unflushed_blocks):
                return  # workers could not tell which layer answers a read
            self._room = _Room.of(block)
            blocks, end = self._foresee(entries, position, LEAST_BLOCKS)
            if len(blocks) < LEAST_BLOCKS:
                return
            self._ahead = RunAhead(self._executions, template, self._chain.stack.reader(), self._lanes)
            self._start_looking(blocks, end)
        try:
            self._ahead.finish(self._chain.stack.reader())
        except RunCancelled:
            self._stopped = True
            return
        self._looked = self._guessed
        self._start_looking(*self._foresee(entries, self._guessed, STRETCH))

    def _start_looking(self, blocks: list[ForeseenBlock], end: int) -> None:
        if self._ahead is not None and blocks:
            self._ahead.start(blocks)
            self._guessed = end
            self._times.update((block.number, block.time) for block in blocks)

    def _foresee(self, entries: Sequence[Entry], start: int, most: int) -> tuple[list[ForeseenBlock], int]:
        """Return blocks that the entries from `start` on will probably fill, and where what follows starts.

        They are `most` at most, and end before a transaction that runs JavaScript.
        """
        room = self._room
        blocks: list[ForeseenBlock] = []
        for position in range(start, len(entries)):
            entry = entries[position]
            self._prepare(entry)
            queued = entry.queued
            if queued is None:
                continue
            transaction = queued.transaction
            if not room.takes(transaction):
                if len(blocks) == most:
                    return blocks, position
                time = max(self._chain.clock.now(), room.time + 1, transaction.time)
                room = self._room = _Room(room.number + 1, time)
            if not is_local(queued):
                return blocks, position
            if not blocks or blocks[-1].number != room.number:
                blocks.append(ForeseenBlock(room.number, room.time, []))
            blocks[-1].transactions.append(queued)
            room.take(transaction, self._usage.get(_calls(transaction), 0))
        return blocks, len(entries)

    def _stop_looking(self) -> None:
        if self._ahead is not None:
            self._ahead.close()
            self._ahead = None
        self._guessed = self._looked = 0
        self._times.clear()

    # --- executing -----------------------------------------------------------------------------------

    def _execute(self, wave: Sequence[tuple[int, Entry]], entries: Sequence[Entry], end: int) -> int:
        """Execute a wave and commit it as far as it fits; returns where the next one starts.

        While the workers are busy, what will be in the next wave is signed.
        """
        chain = self._chain
        queued = [entry.queued for _, entry in wave if entry.queued is not None]
        block = chain.open_block(queued[0].transaction)
        self._look_ahead(entries, wave[0][0], block)
        if self._stopped:
            self._drop_if_empty(block)
            return wave[0][0]
        running = self._running(block, queued)
        next_one = max(end, self._guessed)
        for entry in entries[next_one : next_one + MAXIMUM_TRANSACTIONS]:
            self._prepare(entry)
        for index, (position, entry) in enumerate(wave):
            transaction = queued[index].transaction
            if not chain.has_room(transaction):
                chain.produce()
                return position
            execution = running.execution(index)
            if execution.rejection is not None:
                entry.outcome = RejectedTransaction(execution.rejection)
                if self._drop_if_empty(block):
                    return position + 1
                continue
            trace = ExecutionTrace(running.lane(index), running.runs[index], tuple(running.conflicts[index]))
            entry.outcome = chain.accept(queued[index], execution, entry.request, trace=trace)
            running.committed(index)
            self._stopped = self._stopped or _is_stopped(execution)
            self._usage[_calls(transaction)] = centi_gas(execution.receipt.gas_usage)
        if self._ahead is not None and not running.went_as_found(sum(p < self._guessed for p, _ in wave)):
            self._wrong += 1
            self._stop_looking()
        return end

    def _drop_if_empty(self, block: OpenBlock) -> bool:
        """Forget the open block if there is only the base transaction: it was begun for nothing."""
        is_empty = len(block.entries) == 1
        if is_empty:
            self._chain.drop_open_block()
        return is_empty

    def _running(self, block: OpenBlock, queued: Sequence[QueuedTransaction]) -> SideBySide:
        batch, newest, ahead = self._chain.batch(block), self._chain.stack.reader, self._ahead
        if ahead is None:
            return SideBySide(self._executions, batch, queued, newest, self._lanes)
        found = ahead.found(block, queued)
        return SideBySide(self._executions, batch, queued, newest, self._lanes, found=found, written=ahead.written)


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Let the garbage collector look seldom: what a bulk makes is kept, and would be gone through again and again."""
    often, *others = gc.get_threshold()
    gc.set_threshold(often * SELDOM, *others)
    try:
        yield
    finally:
        gc.set_threshold(often, *others)


def _is_stopped(execution: Execution) -> bool:
    return execution.failure is not None and execution.failure.error == RunCancelled.__name__


def _calls(transaction: Transaction) -> tuple[tuple[str, str], ...]:
    return tuple((action.contract, action.action_name) for action in transaction.actions)
