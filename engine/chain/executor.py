"""Executing one transaction: checks, actions, settlement, receipt (spec/transactions.md §4, §6, §7; spec/vm.md §8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec

from engine.chain import amounts, gas_ledger, settlement
from engine.chain.accounts import AccountAuthority
from engine.chain.amount_limits import AmountLimits
from engine.chain.context import BlockContext, TransactionContext
from engine.chain.go_json import go_json
from engine.chain.host import Host
from engine.chain.host_interface import NO_SUBSTITUTES, ActionOutcome, FailureSite
from engine.chain.natives.registry import BuiltInContracts, BuiltInLookup
from engine.chain.prices import current_prices
from engine.chain.prologue import prepaid_units
from engine.chain.receipt import gas_text
from engine.chain.transaction import Transaction
from engine.errors import ContractFailure, InsufficientAssets, OutOfGas, RejectedTransaction
from engine.state.interface import StateReader
from engine.state.local_cache import local_cache
from engine.values import (
    Action,
    ConsoleLine,
    ContractEvent,
    FailureDetail,
    ReceiptLine,
    SourceLocation,
    Status,
    StorageAccess,
    TransactionReceipt,
    Value,
)
from engine.vm.interface import Program

DESCRIPTION_LENGTH = 100
OUTSIDE_ACTIONS = -1
"""`StorageAccess.action` of accesses before the first and after the last action (checks and settlement)."""


class Mode(Enum):
    """How much of the rules applies: `SYSTEM` (genesis, base transaction) is neither checked nor charged."""

    NORMAL = "normal"
    SYSTEM = "system"


class Execution(Value, array_like=True, frozen=True):
    """What executing a transaction came to.

    With `rejection` it may not enter a block, and nothing else counts. `write_set` is what has to be committed
    (None deletes a key), for a failed transaction only its gas; it depends on the texts of the keys in `reads`.
    """

    receipt: TransactionReceipt
    rejection: str | None = None
    failure: FailureDetail | None = None
    console: tuple[ConsoleLine, ...] = ()
    events: tuple[ContractEvent, ...] = ()
    accesses: tuple[StorageAccess, ...] = ()
    reads: tuple[str, ...] = ()
    write_set: dict[str, str | None] = msgspec.field(default_factory=dict)
    runs: int = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """The action that failed, and how."""

    action: Action
    error: ContractFailure
    sites: tuple[FailureSite, ...] = ()


LocateSites = Callable[[Sequence[FailureSite]], tuple[SourceLocation, ...]]
"""Turns places in metered text into places in the author's source, innermost first."""


class TransactionRun:
    """Implements `ProgramFactory` for one transaction; every call starts it from the beginning.

    `hash_text` and `size` are those of the transaction's full encoding; the program's value is an `Execution`.
    """

    def __init__(
        self,
        transaction: Transaction,
        block: BlockContext,
        *,
        hash_text: str,
        size: int,
        reader: StateReader,
        natives: BuiltInContracts,
        locate: LocateSites,
        mode: Mode = Mode.NORMAL,
        observe: bool = False,
    ) -> None:
        self._transaction = transaction
        self._block = block
        self._hash_text = hash_text
        self._size = size
        self._reader = reader
        self._natives = natives
        self._locate = locate
        self._mode = mode
        self._observe = observe
        self._substitutes = natives.duties.substitutes(reader, block) if mode is Mode.SYSTEM else NO_SUBSTITUTES
        self._runs = 0
        self._action = transaction.actions[0] if transaction.actions else Action("", "", "[]")

    def __call__(self) -> tuple[Program, Host]:
        """Return a new program and the host that serves its scripts."""
        self._runs += 1
        self._cache = local_cache(self._reader, observe=self._observe)
        self._start = self._cache.mark()
        self._host = self._new_host()
        return self._program(), self._host

    def interrupted(self, error: ContractFailure) -> Execution:
        """Return what a run that was destroyed from outside (time, memory, crash, cancel) comes to.

        The failing action is charged the whole budget; the transaction's checks have been passed.
        """
        if not self._runs:
            self()
        return self._failed(Failure(self._action, error), self._budget())

    # --- the program -----------------------------------------------------------------------------

    def _new_host(self) -> Host:
        transaction = self._transaction
        return Host(
            transaction_context(transaction, self._block, self._hash_text),
            self._cache,
            BuiltInLookup(self._cache, self._natives),
            self._natives,
            AccountAuthority(),
            prices=current_prices(self._cache),
            entry_checks=AmountLimits(transaction.amount_limit),
            substitutes=self._substitutes,
        )

    def _program(self) -> Program:
        self._cache.action = OUTSIDE_ACTIONS
        paid = 10 * self._size
        if self._mode is Mode.NORMAL:
            try:
                paid = prepaid_units(self._cache, self._transaction, self._host.transaction, self._size)
            except RejectedTransaction as rejection:
                return self._execution(self._receipt(Status.UNKNOWN_ERROR), rejection=rejection.what)
        returns: list[str] = []
        for index, action in enumerate(self._transaction.actions):
            self._action, self._cache.action = action, index
            budget = self._budget() - paid
            outcome = yield from self._host.run_action(action.contract, action.action_name, action.data, budget)
            text = go_json(outcome.returns) if outcome.succeeded else ""
            units = outcome.cost.units + 10 * len(text.encode())
            error = self._verdict(outcome, units, paid, budget)
            if isinstance(error, OutOfGas) or (error and error.status == Status.TIMEOUT):
                units = budget
            paid += units
            if error:
                return self._failed(Failure(action, error, outcome.sites), paid)
            returns.append(text)
        return self._succeeded(paid, returns)

    def _verdict(self, outcome: ActionOutcome, units: int, paid: int, budget: int) -> ContractFailure | None:
        if isinstance(outcome.failure, OutOfGas) or units > budget or self._lacks_gas(paid + budget):
            return OutOfGas("out of gas", gas=units)
        return outcome.failure

    def _lacks_gas(self, units: int) -> bool:
        """Return whether an action lowered the publisher's gas below what the transaction may still cost."""
        if self._mode is Mode.SYSTEM:
            return False
        gas = gas_ledger.gas_at(self._cache, self._transaction.publisher, self._block.time or 0)
        return amounts.rescale(gas, 2).value // self._transaction.gas_ratio < units

    def _budget(self) -> int:
        return self._transaction.gas_limit // self._transaction.gas_ratio

    # --- endings ---------------------------------------------------------------------------------

    def _succeeded(self, paid: int, returns: list[str]) -> Execution:
        usage = settlement.ram_usage(self._host.ram)
        self._cache.action, self._cache.contract = OUTSIDE_ACTIONS, ""
        if self._mode is Mode.NORMAL:
            try:
                settlement.settle(
                    self._cache, self._transaction.publisher, self._centi_gas(paid), usage, self._block.time or 0
                )
            except InsufficientAssets as shortage:
                return self._failed(Failure(self._action, shortage), paid)
        self._cache.commit(self._start)
        receipt = self._receipt(
            Status.SUCCESS, paid=paid, ram_usage=usage, returns=tuple(returns), receipts=tuple(self._host.receipts)
        )
        return self._execution(receipt, events=tuple(self._host.events))

    def _failed(self, failure: Failure, paid: int) -> Execution:
        self._cache.rollback_to(self._start)
        self._cache.action, self._cache.contract = OUTSIDE_ACTIONS, ""
        if self._mode is Mode.NORMAL:
            settlement.settle(
                self._cache, self._transaction.publisher, self._centi_gas(paid), {}, self._block.time or 0
            )
        error = failure.error
        stack = self._locate(failure.sites)
        detail = FailureDetail(type(error).__name__, error.text, stack[0] if stack else None, stack)
        receipt = self._receipt(Status(error.status), message=_message(failure), paid=paid)
        return self._execution(receipt, failure=detail)

    def _centi_gas(self, units: int) -> int:
        return units * self._transaction.gas_ratio

    def _receipt(
        self,
        status: Status,
        *,
        message: str = "",
        paid: int = 0,
        ram_usage: dict[str, int] | None = None,
        returns: tuple[str, ...] = (),
        receipts: tuple[ReceiptLine, ...] = (),
    ) -> TransactionReceipt:
        gas = self._centi_gas(paid) if self._mode is Mode.NORMAL else 0
        return TransactionReceipt(
            tx_hash=self._hash_text,
            status=status,
            message=message,
            gas_usage=gas_text(gas),
            ram_usage=(ram_usage or {}) if self._mode is Mode.NORMAL else {},
            returns=returns,
            receipts=receipts,
        )

    def _execution(
        self,
        receipt: TransactionReceipt,
        *,
        rejection: str | None = None,
        failure: FailureDetail | None = None,
        events: tuple[ContractEvent, ...] = (),
    ) -> Execution:
        return Execution(
            receipt=receipt,
            rejection=rejection,
            failure=failure,
            console=tuple(self._host.console),
            events=events,
            accesses=tuple(self._cache.accesses),
            reads=tuple(self._cache.read_set),
            write_set={} if rejection else self._cache.write_set(),
            runs=self._runs,
        )


def transaction_context(transaction: Transaction, block: BlockContext, hash_text: str) -> TransactionContext:
    """Return a transaction as contracts see it in `block`."""
    return TransactionContext(
        publisher=transaction.publisher,
        block=block,
        hash=hash_text,
        time=transaction.time,
        expiration=transaction.expiration,
        gas_ratio=transaction.gas_ratio,
        auth_list=transaction.key_levels(),
        signers=frozenset(transaction.signers),
        actions=transaction.actions,
        amount_limit=transaction.amount_limit,
    )


def _message(failure: Failure) -> str:
    """Return the status message of a failure (spec/contract-api.md §17)."""
    error = failure.error
    if isinstance(error, OutOfGas):
        return "out of gas"
    if isinstance(error, InsufficientAssets):
        return f"balance not enough after executing actions: {error.text}"
    action = failure.action
    description = f"Action{{Contract: {action.contract}, ActionName: {action.action_name}, Data: {action.data}}}\n"
    if len(description) > DESCRIPTION_LENGTH:
        description = description[:DESCRIPTION_LENGTH] + "..."
    text = "execution killed" if error.status == Status.TIMEOUT else error.text
    return f"running action {description} error: {text}"
