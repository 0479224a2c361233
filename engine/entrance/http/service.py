"""What the chain answers to the node's clients: each question goes to the thread that may answer it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from engine.chain.chain import Chain
from engine.chain.compilation import Compilation
from engine.chain.production import Producer
from engine.chain.transaction import Transaction
from engine.entrance.http.chain_queries import ChainQueries
from engine.entrance.http.messages import ChainInfo, ReceiptMessage, SendAnswer
from engine.entrance.http.shapes import receipt_message
from engine.entrance.http.state_queries import StateQueries
from engine.interface import BlockProduced, EngineEvent
from engine.values import BlockSummary, ContractEvent

Answer = TypeVar("Answer")


class Runner(Protocol):
    """Runs work on a thread of the engine's."""

    def __call__(self, work: Callable[[], Answer], /) -> Future[Answer]:
        """Return a future of what `work` returns."""
        ...


class NodeService:
    """Answers over an open engine; futures raise `RequestFailure` and `RejectedTransaction`.

    `read` runs work beside the chain, `change` on its thread; `received` is told of transactions that come in, by
    hash; `wake` has what is due by the clock looked at.
    """

    def __init__(
        self,
        chain: Chain,
        producer: Producer,
        compilation: Compilation,
        *,
        read: Runner,
        change: Runner,
        subscribe: Callable[[Callable[[EngineEvent], None]], Callable[[], None]],
        received: Callable[[str], None],
        wake: Callable[[], None],
    ) -> None:
        self._chain = chain
        self._producer = producer
        self._compilation = compilation
        self._read = read
        self._change = change
        self._subscribe = subscribe
        self._received = received
        self._wake = wake
        self._queries = ChainQueries(chain, producer.pool)
        self._head: tuple[int, BlockSummary] | None = None

    def ask_chain(self, work: Callable[[ChainQueries], Answer]) -> Future[Answer]:
        """Have a question about blocks and transactions answered."""
        return self._read(lambda: work(self._queries))

    def ask_state(self, work: Callable[[StateQueries], Answer]) -> Future[Answer]:
        """Have a question about the state after the head block answered, which is irreversible too."""
        return self._read(lambda: work(self._state()))

    def chain_info(self) -> Future[ChainInfo]:
        """Answer getChainInfo."""
        return self._read(lambda: self._queries.chain_info(self._state()))

    def send(self, transaction: Transaction) -> Future[SendAnswer]:
        """Take a transaction in; see `Producer.receive`."""

        def receive() -> SendAnswer:
            self._received(transaction.hash_text())
            self._producer.receive(transaction)
            if self._producer.is_instant and len(self._producer.pool):  # by the clock, a block is due in any case
                self._wake()
            return SendAnswer(transaction.hash_text())

        return self._change(receive)

    def execute(self, transaction: Transaction) -> Future[ReceiptMessage]:
        """Execute a transaction, whatever its signatures, and keep nothing."""
        return self._change(lambda: receipt_message(self._chain.dry_run(transaction).receipt))

    def follow(self, listener: Callable[[tuple[ContractEvent, ...]], None]) -> Callable[[], None]:
        """Deliver the events of every block to `listener` on an engine thread; the result ends that."""

        def pass_on(event: EngineEvent) -> None:
            if isinstance(event, BlockProduced):
                results = map(self._chain.result, event.block.transactions)
                events = tuple(event for result in results if result for event in result.events)
                if events:
                    listener(events)

        return self._subscribe(pass_on)

    def _state(self) -> StateQueries:
        chain = self._chain
        record = chain.stack.block(chain.head_number)
        if self._head is None or self._head[0] != record.id:
            self._head = record.id, chain.summary_of(record)
        return StateQueries(chain.stack.checkout(record), self._head[1], self._compilation.load)
