"""What a chain has done: its blocks and executed transactions, from the store and from memory."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Iterator

from engine.chain.block import Block
from engine.chain.records import ExecutionTrace, StoredResult, decode_block, decode_result
from engine.chain.transaction import Transaction
from engine.interface import BlockExecution, Conflict
from engine.state.records import BlockRecord
from engine.state.stack import StateStack
from engine.values import BlockSummary, TransactionResult

KEPT_RESULTS = 2000
_ALONE = ExecutionTrace(worker=0, runs=1)


class ChainHistory:
    """Looks into the chain that `stack` holds; any thread may ask.

    The newest results are kept in memory with the accesses they made; older ones come from the store without.
    """

    def __init__(self, stack: StateStack) -> None:
        self.stack = stack
        self._results: OrderedDict[str, TransactionResult] = OrderedDict()

    def block(self, number: int) -> Block:
        """Return a closed block; raises `InvalidInput` if there is none."""
        return decode_block(self.stack.block(number).body)

    def summary(self, number: int) -> BlockSummary:
        """Return a closed block's summary; raises `InvalidInput` if there is none."""
        return self.summary_of(self.stack.block(number))

    def summaries(self, first: int, count: int) -> tuple[BlockSummary, ...]:
        """Return up to `count` blocks from number `first` upwards."""
        return tuple(map(self.summary_of, self.stack.ledger.chain(first, count)))

    def block_execution(self, number: int) -> BlockExecution:
        """Return how a closed block's transactions were executed; raises `InvalidInput` if there is no such block."""
        record = self.stack.block(number)
        traces = [self._trace(name, record) for name in record.transactions]
        return BlockExecution(
            number=number,
            transactions=record.transactions,
            workers=tuple(trace.worker for trace in traces),
            runs=tuple(trace.runs for trace in traces),
            conflicts=tuple(
                Conflict(name, key, writer)
                for name, trace in zip(record.transactions, traces, strict=True)
                for key, writer in trace.conflicts
            ),
        )

    def head_summary(self) -> BlockSummary:
        """Return the newest closed block's summary."""
        return self.summary(self.head_number)

    @property
    def head_number(self) -> int:
        """The number of the newest closed block, -1 before block 0."""
        head = self.stack.head
        return -1 if head is None else head.number

    def results(self, first: int, count: int) -> tuple[TransactionResult, ...]:
        """Return executed transactions of closed blocks newest first, skipping `first`; base transactions left out."""
        return tuple(itertools.islice(self._newest_results(), first, first + count))

    def result(self, transaction_hash: str) -> TransactionResult | None:
        """Return an executed transaction of this chain."""
        kept = self._results.get(transaction_hash)
        if kept is not None:
            return kept
        stored = self._stored(transaction_hash)
        return None if stored is None else stored.result

    def transaction(self, transaction_hash: str) -> Transaction | None:
        """Return a transaction of a closed block of this chain."""
        stored = self._stored(transaction_hash)
        return None if stored is None else stored.transaction

    def stored(self, transaction_hash: str) -> StoredResult | None:
        """Return a transaction of a closed block of this chain with what it came to."""
        return self._stored(transaction_hash)

    def _remember(self, result: TransactionResult) -> None:
        self._results[result.hash] = result
        if len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)

    def _forget_what_is_gone(self) -> None:
        """After the head has moved: keep the results of what is still on the chain."""
        self._results = OrderedDict(
            (name, result) for name, result in self._results.items() if self._stored(name) is not None
        )

    def _newest_results(self) -> Iterator[TransactionResult]:
        for number in range(self.head_number, 0, -1):
            for transaction_hash in reversed(self.stack.block(number).transactions[1:]):
                result = self.result(transaction_hash)
                if result is not None:
                    yield result

    def _stored(self, transaction_hash: str) -> StoredResult | None:
        found = self.stack.transaction(transaction_hash)
        if found is None or self.stack.ledger.id_at(found[0].number) != found[0].id:
            return None
        return decode_result(found[1])

    def _trace(self, transaction_hash: str, block: BlockRecord) -> ExecutionTrace:
        body = self.stack.ledger.transaction_in(transaction_hash, block.id)
        trace = None if body is None else decode_result(body).trace
        return trace or _ALONE

    def summary_of(self, record: BlockRecord) -> BlockSummary:
        """Return the summary of a stored block."""
        flushed = self.stack.flushed
        return decode_block(record.body).summary(flushed=flushed is not None and record.number <= flushed.number)
