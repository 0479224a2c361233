"""Validation: blocks are executed again and compared, transactions are checked without being executed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from engine.entrance.door import Errand
from engine.errors import RejectedTransaction
from engine.front.open_chain import OpenChain
from engine.interface import BlockValidation
from engine.values import TransactionRequest

if TYPE_CHECKING:
    from engine.chain.transaction import Transaction

__all__ = ["Validating"]


class Validating(OpenChain):
    """Requests of their own kind at the door: what somebody waits for at the window passes blocks to validate."""

    def __init__(self) -> None:
        super().__init__()
        self._stopping = threading.Event()

    def validate_block(self, number: int) -> Future[str | None]:
        """Execute a block again; return the first difference from what was recorded, None if there is none."""
        return self._execute(lambda: self._parts.chain.validate(number), Errand.BULK)

    def validate_blocks(
        self, first: int = 1, last: int | None = None, *, progress: Callable[[int, int], None] | None = None
    ) -> Future[BlockValidation]:
        """Execute blocks again, up to the head by default, until one differs from what was recorded.

        `progress` is told on an engine thread how many of how many are done; `Engine.cancel` stops it.

        Raises:
            InvalidInput: there are no such blocks.
            RunCancelled: it was stopped.
        """

        def between(done: int, total: int) -> None:
            if progress is not None:
                progress(done, total)
            self._door.let_pass(done, total)

        def validate() -> BlockValidation:
            from engine.chain.revalidation import validate_blocks

            self._stopping.clear()
            return validate_blocks(self._parts.chain, first, last, between=between, is_stopped=self._stopping.is_set)

        return self._execute(validate, Errand.BULK)

    def validate_transaction(self, request: TransactionRequest) -> Future[str | None]:
        """Sign a transaction and check it without executing it: fields, size, times, gas, signatures, permissions.

        Returns why it cannot enter a block, in the chain's words, None if it can.
        """
        return self._checked(lambda: self._parts.chain.sign(request))

    def validate_signed(self, body: bytes) -> Future[str | None]:
        """Check a transaction that was signed elsewhere, given as the body of a sendTx request (spec/rpc.md §3.1).

        Returns what `validate_transaction` does; raises `UserError` for a body that is none.
        """

        def read() -> Transaction:
            from engine.entrance.http.message_reader import read_message
            from engine.entrance.http.requests import TransactionMessageRequest

            return read_message(body, TransactionMessageRequest).transaction()

        return self._checked(read)

    def _checked(self, transaction: Callable[[], Transaction]) -> Future[str | None]:
        def check() -> str | None:
            try:
                self._parts.producer.check(transaction())
            except RejectedTransaction as rejection:
                return rejection.what
            return None

        return self._execute(check, Errand.INTERACTIVE)
