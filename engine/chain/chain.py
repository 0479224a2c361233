"""The chain: takes transactions, has them executed, closes blocks, keeps them (spec/transactions.md §8, spec/vm.md §5).

A `Chain` is used by one thread at a time; only `serve` and `cancel` of its parts may be called from others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from engine.chain.accounts import account_key, named_keys, parse_account
from engine.chain.admission import check_actions, encoded, verify
from engine.chain.block import Block
from engine.chain.block_production import SERIAL, SETTINGS, BlockProduction, ChainOptions, Head, Listener, queue
from engine.chain.builtin_contracts import built_in_sources
from engine.chain.bulk import Between, Bulk, Entry, Outcome
from engine.chain.clock import Clock
from engine.chain.development import PRODUCER
from engine.chain.edit import EDIT, edit_writes
from engine.chain.encoding import base58_text
from engine.chain.execution import Executions
from engine.chain.executor import Execution, Mode
from engine.chain.genesis import (
    GENESIS_TIME,
    GenesisStep,
    account_keys,
    default_step,
    development_step,
    native_step,
    replacing_sources,
)
from engine.chain.genesis_cache import GenesisCache
from engine.chain.keys import KeyPair
from engine.chain.open_block import OpenBlock
from engine.chain.records import (
    ChainSettings,
    decode_serial,
    decode_settings,
)
from engine.chain.transaction import Transaction
from engine.chain.validation import block_difference
from engine.chain.wallet import Wallet
from engine.chain.worker_program import Batch, QueuedTransaction
from engine.errors import InternalError, InvalidInput, RejectedTransaction
from engine.interface import Genesis, HeadMoved
from engine.state.interface import StateReader
from engine.state.stack import StateStack
from engine.values import (
    BlockSummary,
    StateEdit,
    TransactionRequest,
    TransactionResult,
)

__all__ = ["ACCOUNT_LIST", "GENESIS", "Chain", "ChainOptions"]

GENESIS = "genesis"
"""Name of what is written to block 0 without a transaction."""
ACCOUNT_LIST = "m-auth.iost-auth"
VALIDATION_TIME_LIMIT = 10.0


class Chain(BlockProduction):
    """One private chain over a state stack."""

    def __init__(
        self,
        stack: StateStack,
        executions: Executions,
        listener: Listener,
        *,
        options: ChainOptions | None = None,
        clock: Clock | None = None,
        genesis: Genesis | None = None,
        genesis_cache: GenesisCache | None = None,
        is_observed: Callable[[], bool] = lambda: True,
    ) -> None:
        """Continue the chain in `stack`, or begin one with `genesis`.

        While it `is_observed` every access of a transaction is recorded, and `listener` is told of everything.
        A new chain's clock is `clock`; by default it stands where `genesis` says, or follows the machine's.

        Raises:
            InvalidInput: `genesis` cannot be used.
        """
        super().__init__(stack, executions, listener, options=options or ChainOptions(), is_observed=is_observed)
        if stack.head is None:
            begun = genesis or Genesis()
            self.clock = clock or Clock(begun.time)
            self.wallet = Wallet(account_keys(begun), self.options.chain_id, self._key_ids)
            self._serial = 0
            self._create(begun, genesis_cache)
        else:
            settings = self._load_settings()
            self.clock = Clock(settings.clock_start, offset=settings.clock_offset)
            self.wallet = Wallet(settings.keys, self.options.chain_id, self._key_ids)
            self._serial = max(settings.serial, decode_serial(stack.ledger.setting(SERIAL)))
            self._head = self._read_head()

    # --- transactions ----------------------------------------------------------------------------

    def transact(self, request: TransactionRequest, *, close: bool = True) -> TransactionResult:
        """Sign a request with known keys and execute it; `close` the block with it, or leave that open.

        Raises:
            RejectedTransaction: it cannot enter a block; nothing has changed.
        """
        return self.submit(self.sign(request), close=close, request=request)

    def submit(
        self, transaction: Transaction, *, close: bool = True, request: TransactionRequest | None = None
    ) -> TransactionResult:
        """Execute a signed transaction in the open block, or a new one; see `transact`.

        `request` is what it was signed for here; one from outside has none, and its signatures are checked.
        """
        queued = encoded(transaction)
        self.require_admitted(queued, request)
        return self.enter(queued, close=close, request=request)

    def enter(
        self, queued: QueuedTransaction, *, close: bool = True, request: TransactionRequest | None = None
    ) -> TransactionResult:
        """Execute a transaction that was admitted, in the open block or a new one; see `submit`."""
        started = time.perf_counter_ns()
        if not self.has_room(queued.transaction):
            self.produce()
        is_new = self._open is None
        try:
            execution = self._execute(queued)
            if execution.rejection is not None:
                raise RejectedTransaction(execution.rejection)
        except BaseException:
            if is_new:
                self.drop_open_block()
            raise
        result = self.accept(queued, execution, request, duration=time.perf_counter_ns() - started)
        if close:
            self._close()
        else:
            self._announce(result)
        return result

    def _execute(self, queued: QueuedTransaction) -> Execution:
        """Execute a transaction in the open block; in a new one beside the base transaction, which it seldom meets."""
        if self._open is not None:
            return self._executions.execute(self.batch(self._open, (queued,)))[0]
        block = self._new_block(not_before=queued.transaction.time)
        batch = self.batch(block, (queued,))
        if self._executions.is_local(batch):
            self._execute_base(block)
            return self._executions.execute(batch)[0]

        def begin() -> None:
            base = self._base(block)
            executions = self._executions.execute_here(self.batch(block, (base,)))
            if executions is not None:
                self._begin(block, base, executions[0])

        (execution,) = self._executions.execute_beside(batch, begin)
        if self._open is None:
            self._execute_base(block)
        changed = block.entries[0][1].write_set.keys()
        if changed.isdisjoint(execution.reads) and changed.isdisjoint(execution.write_set):
            return execution
        return self._executions.execute(batch)[0]

    def submit_many(self, transactions: Sequence[Transaction], *, close: bool = True) -> tuple[Outcome, ...]:
        """Execute signed transactions as `submit` would one after the other, but side by side where that is the same.

        In the place of one that cannot enter a block stands why. `close` closes the last block, too.
        """
        return self._enter_many([Entry(transaction=transaction) for transaction in transactions], close=close)

    def transact_many(
        self, requests: Sequence[TransactionRequest], *, close: bool = True, between: Between | None = None
    ) -> tuple[Outcome, ...]:
        """Sign requests with known keys and execute them; see `submit_many`.

        `between` is told how far this has come whenever others may use the chain.
        """
        return self._enter_many([Entry(request=request) for request in requests], close=close, between=between)

    def _enter_many(self, entries: list[Entry], *, close: bool, between: Between | None = None) -> tuple[Outcome, ...]:
        outcomes = Bulk(self, self._executions, self.options.lanes).enter(entries, between)
        if close and self._open is not None:
            self.produce()
        return outcomes

    def sign(self, request: TransactionRequest) -> Transaction:
        """Return a request signed with known keys, for the open block or the next one; see `transact`."""
        self._serial += 1
        time = self._open.time if self._open is not None else self._next_time()
        return self.wallet.sign(request, time=time, serial=self._serial)

    def _key_ids(self, account: str) -> tuple[str, ...]:
        stored = self._reader().read(account_key(account))[0]
        return named_keys(parse_account(stored)) if stored else ()

    def query(self, request: TransactionRequest) -> TransactionResult:
        """Execute a request on the newest state as in the next block, and keep nothing.

        Raises:
            RejectedTransaction: it could not enter a block.
        """
        self._serial += 1
        return self.dry_run(self.wallet.sign(request, time=self.clock.now(), serial=self._serial), request)

    def signed_for(self, request: TransactionRequest, *, time: int) -> QueuedTransaction:
        """Sign a request as for a block at `time` (nanoseconds), for a run that is not kept."""
        self._serial += 1
        return queue(self.wallet.sign(request, time=time, serial=self._serial))

    def batch_of(self, request: TransactionRequest) -> Batch:
        """Return the batch that would run a request in the open block, or in the next one."""
        block = self._open or self._new_block()
        return Batch(
            number=block.number,
            parent_hash=block.parent_text,
            witness=block.witness,
            time=block.time,
            transactions=(self.signed_for(request, time=block.time),),
        )

    def dry_run(self, transaction: Transaction, request: TransactionRequest | None = None) -> TransactionResult:
        """Execute a transaction, whose signatures are not verified, on the newest state and keep nothing.

        Raises:
            RejectedTransaction: it could not enter a block.
        """
        block = self._new_block()
        queued = queue(transaction)
        started = time.perf_counter_ns()
        batch = msgspec.structs.replace(self.batch(block, (queued,)), witness="")
        (execution,) = self._executions.execute(batch)
        if execution.rejection is not None:
            raise RejectedTransaction(execution.rejection)
        index = block.add(queued, execution)
        return self._result(block, index, request, duration=time.perf_counter_ns() - started)

    def edit(self, edit: StateEdit) -> BlockSummary:
        """Change an entry by hand, in a block of its own that says so; the open block is closed first.

        Raises:
            InvalidInput: the entry cannot be that, or its payer has not enough RAM; nothing has changed.
        """
        if self._open is not None:
            self.produce()
        block = self._new_block()
        writes = edit_writes(self._reader(), edit, block.time)
        self._execute_base(block)
        self.stack.commit(EDIT, writes)
        block.edits.append(edit)
        return self.produce()

    def import_key(self, account: str, key: KeyPair) -> None:
        """Sign for `account` with `key` from now on."""
        self.wallet.add(account, key)
        self._save_settings()

    # --- moving ----------------------------------------------------------------------------------

    def advance(self, nanoseconds: int) -> int:
        """Move the clock forward and return its time."""
        now = self.clock.advance(nanoseconds)
        self._save_settings()
        return now

    def checkpoint(self, name: str) -> int:
        """Name the head's state and return its block number; the open block is closed first."""
        if self._open is not None:
            self.produce()
        return self.stack.set_checkpoint(name, note=str(self.clock.offset)).number

    def restore(self, point: str | int) -> int:
        """Make a checkpoint, or a block by number or hash, the head; what the open block holds is dropped.

        Raises:
            InvalidInput: there is none.
        """
        self.stack.block(point)
        if self._open is not None:
            self.drop_open_block()
        self.stack.move_head(point)
        self._head = self._read_head()
        self._set_clock_back(point)
        self._forget_what_is_gone()
        self._listener(HeadMoved(self._head.number))
        return self._head.number

    def catch_up(self) -> int:
        """Let the chain of a read-only view follow the one that is written elsewhere; returns the head's number."""
        before = self.stack.head
        self.stack.refresh()
        self._head = self._read_head()
        if self.stack.head != before:
            self._forget_what_is_gone()
            self._listener(HeadMoved(self._head.number))
        return self._head.number

    def _set_clock_back(self, point: str | int) -> None:
        """Let a standing clock show what it showed at a checkpoint, at any other block that block's time."""
        if self.clock.start is None:
            return
        checkpoint = self.stack.ledger.checkpoint(point) if isinstance(point, str) else None
        noted = checkpoint is not None and checkpoint.note.lstrip("-").isdigit()
        offset = int(checkpoint.note) if checkpoint and noted else self._head.time - self.clock.start
        self.clock = Clock(self.clock.start, offset=offset)
        self._save_settings()

    def validate(self, block: Block | int) -> str | None:
        """Execute a block again on the state below it; return the first difference, None if there is none.

        Raises:
            InvalidInput: there is no such block, or it is block 0.
        """
        checked = self.block(block) if isinstance(block, int) else block
        number = checked.head.number
        if number < 1:
            raise InvalidInput("block 0 is not validated", advice="Choose a later block.")
        parent = self.block(number - 1)
        state = self.stack.checkout(number - 1)
        below = Head(number - 1, parent.head.hash(), parent.head.time, parent.head.witness, parent.gas_usage())

        def execute(block: Block) -> Sequence[Execution]:
            first, *others = block.transactions
            queued = (queue(first, Mode.SYSTEM), *map(queue, others))
            batch = Batch(
                number=number,
                parent_hash=base58_text(block.head.parent_hash),
                witness=block.head.witness,
                time=block.head.time,
                transactions=queued,
                observe=False,
                time_limit=VALIDATION_TIME_LIMIT,
            )
            return self._executions.execute(batch, state)

        base = self._base_transaction(state, below, checked.head.time)
        return block_difference(checked, parent, base=base, witness=self._witness.id, execute=execute)

    def replay(self, transaction_hash: str) -> tuple[Batch, StateReader]:
        """Return the batch that executes a transaction of this chain again, as its last, and the state it stands on.

        Raises:
            InvalidInput: there is no such transaction in a block after block 0.
        """
        result = self.result(transaction_hash)
        if result is None or result.block_number < 1:
            raise InvalidInput(f"there is no transaction {transaction_hash}", advice="Choose one of the list.")
        if self._open is not None and result.block_number == self._open.number:
            queued = tuple(queued for queued, _ in self._open.entries)
            block_time, witness, parent_hash = self._open.time, self._open.witness, self._open.parent_text
        else:
            block = self.block(result.block_number)
            first, *others = block.transactions
            queued = (queue(first, Mode.SYSTEM), *map(queue, others))
            block_time, witness = block.head.time, block.head.witness
            parent_hash = base58_text(block.head.parent_hash)
        batch = Batch(
            number=result.block_number,
            parent_hash=parent_hash,
            witness=witness,
            time=block_time,
            transactions=queued[: result.index + 1],
            observe=True,
        )
        return batch, self.stack.checkout(result.block_number - 1)

    # --- genesis and settings ----------------------------------------------------------------------

    def _create(self, genesis: Genesis, cache: GenesisCache | None) -> None:
        time = GENESIS_TIME if self.clock.start is None else self.clock.start
        block = OpenBlock(number=0, time=time, parent_hash=b"", witness=self._witness)
        if genesis.builtin == "none":
            step = native_step()
        else:
            sources = built_in_sources(None if genesis.builtin == "default" else Path(genesis.builtin))
            step = default_step(sources | replacing_sources(genesis))
        self._execute_step(block, step, 0, cache)
        known = self._reader().read(ACCOUNT_LIST)[0] or ""
        self._execute_step(block, development_step(genesis, time, known), 1, None)
        self._open = block
        self._head = Head(-1, b"", 0, PRODUCER)
        self.produce()

    def _execute_step(self, block: OpenBlock, step: GenesisStep, serial: int, cache: GenesisCache | None) -> None:
        if step.before:
            self.stack.commit(GENESIS, step.before)
        queued = queue(step.transaction(block.time, self.options.chain_id, serial=serial), Mode.SYSTEM)
        batch = msgspec.structs.replace(self.batch(block, (queued,)), time_limit=VALIDATION_TIME_LIMIT, observe=False)

        def execute() -> Execution:
            return self._executions.execute(batch)[0]

        execution = cache.execution(queued.transaction, block.time, execute) if cache else execute()
        if execution.failure is not None:
            raise InvalidInput(
                f"block 0 cannot be made: {execution.receipt.message}",
                advice="Check the accounts and contracts that the chain is to begin with.",
            )
        self._add(block, queued, execution, None)
        if step.after:
            self.stack.commit(GENESIS, step.after)

    def _load_settings(self) -> ChainSettings:
        data = self.stack.ledger.setting(SETTINGS)
        if data is None:
            raise InternalError("the chain has no settings")
        return decode_settings(data)

    # --- parts -----------------------------------------------------------------------------------

    def require_admitted(
        self, queued: QueuedTransaction, request: TransactionRequest | None, *, verified: bool = False
    ) -> None:
        """Check a transaction before it is executed; `request` is what it was signed for here.

        The signatures of what was signed here are not looked at; of one that was `verified` before, only what time
        changes is.

        Raises:
            RejectedTransaction: it may not be executed.
        """
        transaction = queued.transaction
        if not verified:
            check_actions(transaction)
        now = self._open.time if self._open else self.clock.now()
        verify(
            transaction,
            size=queued.size,
            now=max(now, self._head.time),
            chain_id=self.options.chain_id,
            signed_here=verified or request is not None,
        )
        if self._open is not None and self._open.holds(queued.hash):
            raise RejectedTransaction("tx exists in pending")
        if request is not None and request.time is None and request.expiration is None:
            return  # a serial number of ours makes it different from every other
        if self._stored(queued.hash) is not None:
            raise RejectedTransaction("tx exists in chain")
