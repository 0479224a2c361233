"""Filling blocks: beginning one, committing executed transactions to it, closing it, making it durable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from engine.chain.block import Block
from engine.chain.clock import Clock
from engine.chain.context import BlockContext
from engine.chain.contracts import record_key
from engine.chain.development import PRODUCER_SECRET
from engine.chain.encoding import base58_bytes, base58_text
from engine.chain.execution import Executions
from engine.chain.executor import Execution, Mode
from engine.chain.history import ChainHistory
from engine.chain.keys import KeyPair
from engine.chain.open_block import OpenBlock
from engine.chain.receipt import gas_text
from engine.chain.records import (
    ChainSettings,
    ExecutionTrace,
    StoredResult,
    decode_block,
    encode_record,
    encode_serial,
)
from engine.chain.transaction import DEFAULT_CHAIN_ID, Transaction
from engine.chain.wallet import Wallet, request_of
from engine.chain.worker_program import Batch, QueuedTransaction
from engine.errors import InternalError, RunCancelled, WorkerCrashed
from engine.interface import BlockFlushed, BlockProduced, EngineEvent, TransactionExecuted
from engine.state.interface import StateReader
from engine.state.records import StoredTransaction
from engine.state.stack import StateStack
from engine.values import (
    Action,
    BlockSummary,
    ContractEvent,
    TransactionRequest,
    TransactionResult,
)

SETTINGS, SERIAL = "chain", "chain-serial"
"""Names of the chain's settings in the store, and of the newest serial number, which changes with every block."""
BASE_GAS_LIMIT = 100_000_000
_BASE_ATTEMPTS = 3
_NO_FAULT_OF_ITS_OWN = {WorkerCrashed.__name__, RunCancelled.__name__}
Listener = Callable[[EngineEvent], None]


@dataclass(frozen=True, slots=True)
class ChainOptions:
    """How a chain runs: `unflushed_blocks` stay in MVCC; `time_limit` is in seconds a transaction.

    Many transactions at once are executed on up to `lanes` workers.

    The reference's limit is 0.2 s. Here it is ten times that, because a desktop's clock is noisier than a server's
    and gas ends whatever is meant to be ended.
    """

    chain_id: int = DEFAULT_CHAIN_ID
    unflushed_blocks: int = 0
    time_limit: float = 2.0
    lanes: int = 1


@dataclass(slots=True)
class Head:
    """The newest closed block, as the next one needs it."""

    number: int
    hash: bytes
    time: int
    witness: str
    gas_usage: str = field(default="0")


class BlockProduction(ChainHistory):
    """The open block of a chain over a state stack, and the head below it.

    While it `is_observed` every access of a transaction is recorded, and `listener` is told of everything.
    """

    clock: Clock
    wallet: Wallet
    _serial: int
    _head: Head

    def __init__(
        self,
        stack: StateStack,
        executions: Executions,
        listener: Listener,
        *,
        options: ChainOptions,
        is_observed: Callable[[], bool],
    ) -> None:
        """Stand on `stack` without a block that is open."""
        super().__init__(stack)
        self.options = options
        self._executions = executions
        self._listener = listener
        self._is_observed = is_observed
        self._witness = KeyPair.from_secret_text(PRODUCER_SECRET)
        self._open: OpenBlock | None = None
        self._announced: set[str] = set()
        """Transactions of the open block whose execution was told of."""

    @property
    def has_open_block(self) -> bool:
        """Whether transactions wait in a block that is not closed."""
        return self._open is not None

    def has_room(self, transaction: Transaction) -> bool:
        """Return whether a transaction can enter the open block; a block that is not open yet takes any."""
        return self._open is None or self._open.has_room(transaction)

    def next_block(self) -> BlockContext:
        """Return what contracts would see of the open block, or of one that is opened now."""
        block = self._open or self._new_block()
        return BlockContext(block.number, block.parent_text, block.witness, block.time)

    def open_block(self, transaction: Transaction, *, at: int | None = None) -> OpenBlock:
        """Return the open block; if there is none, one is begun to which `transaction` draws the time.

        It is begun `at` a time that was foreseen (nanoseconds), by default now.
        """
        if self._open is None:
            self._execute_base(self._new_block(not_before=transaction.time, at=at))
        assert self._open is not None
        return self._open

    def drop_open_block(self) -> None:
        """Forget the open block and what it holds."""
        self.stack.discard_block()
        self._open = None
        self._announced.clear()

    def batch(self, block: OpenBlock, transactions: tuple[QueuedTransaction, ...] = ()) -> Batch:
        """Return what executes transactions in `block`."""
        return Batch(
            number=block.number,
            parent_hash=block.parent_text,
            witness=block.witness if block.number else "0",
            time=block.time,
            transactions=transactions,
            observe=self._is_observed(),
            time_limit=self.options.time_limit,
        )

    def accept(
        self,
        queued: QueuedTransaction,
        execution: Execution,
        request: TransactionRequest | None,
        *,
        trace: ExecutionTrace | None = None,
        duration: int = 0,
    ) -> TransactionResult:
        """Commit an executed transaction to the open block; `duration` is in nanoseconds."""
        if self._open is None:
            raise InternalError("a transaction was accepted without a block")
        result = self._add(self._open, queued, execution, request, trace=trace, duration=duration)
        self._remember(result)
        return result

    def produce(self) -> BlockSummary:
        """Close the open block, one with only the base transaction if there is none, and make it durable."""
        return self._close().summary(flushed=False)

    def _close(self) -> Block:
        block = self._open or self._new_block()
        if self._open is None:
            self._execute_base(block)
        closed = block.close()
        block_hash = closed.head.hash()
        flush = self.options.unflushed_blocks == 0
        observed = self._is_observed()
        changes = self.stack.close_block(
            block.number,
            base58_text(block_hash),
            body=encode_record(closed),
            transactions=block.records,
            settings=self._settings_of(block),
            flush=flush,
            listing=observed,
        )
        self._open = None
        self._head = Head(block.number, block_hash, block.time, closed.head.witness, gas_text(block.gas))
        if observed:
            for result in block.results[1:]:
                if result.hash not in self._announced:
                    self._listener(TransactionExecuted(result))
            self._listener(BlockProduced(closed.summary(flushed=False), changes))
        self._announced.clear()
        if flush:
            self._listener(BlockFlushed(block.number))
        else:
            self._flush()
        return closed

    def _new_block(self, *, not_before: int = 0, at: int | None = None) -> OpenBlock:
        """Return a block at the clock's time; a transaction from a clock ahead of ours draws it to its own time."""
        parent = self._head
        time = max(self._next_time() if at is None else at, parent.time + 1, not_before)
        return OpenBlock(number=parent.number + 1, time=time, parent_hash=parent.hash, witness=self._witness)

    def _next_time(self) -> int:
        """Return the time of a block that is begun now, in nanoseconds."""
        return max(self.clock.now(), self._head.time + 1)

    def _execute_base(self, block: OpenBlock) -> None:
        base = self._base(block)
        for _ in range(_BASE_ATTEMPTS):
            (execution,) = self._executions.execute(self.batch(block, (base,)))
            # That its worker was killed or stopped says nothing about it, and no block can do without this transaction.
            if execution.failure is None or execution.failure.error not in _NO_FAULT_OF_ITS_OWN:
                break
        self._begin(block, base, execution)

    def _begin(self, block: OpenBlock, base: QueuedTransaction, execution: Execution) -> None:
        if execution.failure is not None:
            raise InternalError(f"the base transaction failed: {execution.receipt.message}")
        self._add(block, base, execution, None)
        self._open = block

    def _base(self, block: OpenBlock) -> QueuedTransaction:
        return queue(self._base_transaction(self._reader(), self._head, block.time), Mode.SYSTEM)

    def _base_transaction(self, state: StateReader, parent: Head, time: int) -> Transaction:
        """Return the system transaction that every block begins with; it does nothing without base.iost."""
        actions: tuple[Action, ...] = ()
        if state.read(record_key("base.iost"))[0] is not None:
            data = f'[{{"parent":["{parent.witness}", "{parent.gas_usage}", false]}}]'
            actions = (Action("base.iost", "exec", data),)
        return Transaction(
            time=time,
            expiration=0,
            gas_ratio=100,
            gas_limit=BASE_GAS_LIMIT,
            actions=actions,
            publisher="base.iost",
            chain_id=self.options.chain_id,
        )

    def _add(
        self,
        block: OpenBlock,
        queued: QueuedTransaction,
        execution: Execution,
        request: TransactionRequest | None,
        *,
        trace: ExecutionTrace | None = None,
        duration: int = 0,
    ) -> TransactionResult:
        """Commit an executed transaction, and write down what will be kept of it with the block."""
        self.stack.commit(queued.hash, execution.write_set)
        index = block.add(queued, execution)
        result = self._result(block, index, request, duration=duration)
        block.results.append(result)
        block.records.append(_record(queued, result, trace))
        return result

    def _announce(self, result: TransactionResult) -> None:
        self._announced.add(result.hash)
        self._listener(TransactionExecuted(result))

    def _result(
        self, block: OpenBlock, index: int, request: TransactionRequest | None, *, duration: int = 0
    ) -> TransactionResult:
        queued, execution = block.entries[index]
        return TransactionResult(
            hash=queued.hash,
            request=request or request_of(queued.transaction),
            receipt=execution.receipt,
            block_number=block.number,
            index=index,
            time=block.time,
            console=execution.console,
            events=tuple(_timed(event, block.time) for event in execution.events),
            accesses=execution.accesses,
            failure=execution.failure,
            duration_us=duration // 1000,
            runs=execution.runs,
        )

    def _flush(self) -> None:
        through = self._head.number - self.options.unflushed_blocks
        for number in self.stack.flush(through):
            self._listener(BlockFlushed(number))

    def _settings_of(self, block: OpenBlock) -> dict[str, bytes]:
        """Return the settings that are stored with a block: all with the first, then what grows with every block."""
        settings = {SERIAL: encode_serial(self._serial)}
        return settings if block.number else settings | {SETTINGS: self._encoded_settings()}

    def _save_settings(self) -> None:
        self.stack.put_setting(SETTINGS, self._encoded_settings())

    def _encoded_settings(self) -> bytes:
        return encode_record(
            ChainSettings(self.options.chain_id, self.clock.start, self.clock.offset, self._serial, self.wallet.keys())
        )

    def _read_head(self) -> Head:
        record = self.stack.head
        if record is None:
            raise InternalError("the chain has no head")
        block = decode_block(record.body)
        return Head(record.number, base58_bytes(record.hash), block.head.time, block.head.witness, block.gas_usage())

    def _reader(self) -> StateReader:
        return self.stack.reader()


def queue(transaction: Transaction, mode: Mode = Mode.NORMAL) -> QueuedTransaction:
    """Return a transaction with its hash and size, as batches hold it."""
    return QueuedTransaction(transaction, transaction.hash_text(), len(transaction.full_bytes()), mode)


def _timed(event: ContractEvent, time: int) -> ContractEvent:
    return event if event.time else msgspec.structs.replace(event, time=time)


def _record(queued: QueuedTransaction, result: TransactionResult, trace: ExecutionTrace | None) -> StoredTransaction:
    request = request_of(queued.transaction)
    kept = msgspec.structs.replace(result, accesses=(), request=request, duration_us=0)
    return StoredTransaction(queued.hash, encode_record(StoredResult(queued.transaction, kept, trace)))
