"""A contract run by itself: scenario mode `call` (spec/scenario.md).

No transaction, no fees, no signatures, no rollback: a call works on the state that the calls before it left, also
when they failed. Interfaces are not consulted for the call itself, only for calls between contracts.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TypeAlias

from engine.chain.accounts import AccountAuthority
from engine.chain.arguments import parse_json
from engine.chain.context import BlockContext, TransactionContext
from engine.chain.go_json import go_json
from engine.chain.host import Host
from engine.chain.host_interface import DeployedCode, Invocation
from engine.chain.stored import encode
from engine.errors import ContractException, ContractFailure, InvalidInput
from engine.state.local_cache import local_cache
from engine.values import Abi, ConsoleLine, ContractEvent, Layer, Profile, ReceiptLine, StorageAccess, Value
from engine.vm.interface import Program, ProgramFactory, ScriptFrame, ScriptHost, ScriptOutcome

DEFAULT_GAS_LIMIT = 10_000_000

Execute: TypeAlias = Callable[[ProgramFactory], object]
"""Runs a program in a sandbox (`Sandbox.execute`)."""


class BareContract(Value, frozen=True):
    """A compiled contract under the name by which storage keys and other contracts know it."""

    name: str
    code_key: str
    profile: Profile = Profile.IOST
    abi: Abi = Abi()


class BareContext(Value, frozen=True):
    """What the contract can learn about block and transaction; what is None reads as `null`."""

    publisher: str | None = None
    block_number: int | None = None
    parent_hash: str | None = None
    witness: str | None = None
    block_time: int | None = None
    time: int | None = None
    hash: str | None = None
    expiration: int | None = None
    gas_ratio: int = 100
    auth_list: dict[str, int] | None = None
    signers: tuple[str, ...] = ()


class BareCall(Value, frozen=True):
    """One call: `arguments` is a JSON array text, `state` the stored texts by state key before it."""

    contract: BareContract
    method: str
    arguments: str
    state: dict[str, str]
    others: tuple[BareContract, ...] = ()
    context: BareContext = BareContext()
    gas_limit: int = DEFAULT_GAS_LIMIT


class BareOutcome(Value, frozen=True):
    """How a call ended: `result`, or `error` with its class in `engine.errors`; `state` is what it left.

    `ram` lists `(payer, bytes)` in the order they arose; `line` and `stack` are those of the metered text.
    """

    gas: int
    state: dict[str, str]
    result: str | None = None
    error: str | None = None
    error_class: str = ""
    line: int = 0
    stack: tuple[tuple[str, int, int], ...] = ()
    console: tuple[ConsoleLine, ...] = ()
    ram: tuple[tuple[str, int], ...] = ()
    receipts: tuple[ReceiptLine, ...] = ()
    events: tuple[ContractEvent, ...] = ()
    accesses: tuple[StorageAccess, ...] = ()


def run(execute: Execute, call: BareCall, *, observe: bool = False) -> BareOutcome:
    """Run one call in a sandbox; `observe` records every storage access.

    A failure that destroys the run (time, memory) loses what it wrote.

    Raises:
        InvalidInput: `call.arguments` is not a JSON array.
    """
    arguments = literals(call.arguments)

    def factory() -> tuple[Program, ScriptHost]:
        attempt = _Run(call, arguments, observe=observe)
        return attempt.program(), attempt.host

    try:
        outcome = execute(factory)
    except ContractFailure as failure:
        name = type(failure).__name__
        return BareOutcome(gas=failure.gas, state=call.state, error=failure.text, error_class=name)
    assert isinstance(outcome, BareOutcome)
    return outcome


def literals(arguments: str) -> str:
    """Return a JSON array text as the literals of a call: keys sorted by bytes, numbers as they are written.

    Raises:
        InvalidInput: it is not a JSON array.
    """
    try:
        parsed = parse_json(arguments)
    except (ContractException, RecursionError) as error:
        raise InvalidInput(f"The arguments are not JSON: {error}", advice='Write a list such as ["text", 1].') from None
    if not isinstance(parsed, list):
        raise InvalidInput("The arguments are not a list.", advice='Write a list such as ["text", 1].')
    return go_json(parsed)


def initial_state(values: dict[str, str | int | bool]) -> dict[str, str]:
    """Return the stored texts of values given by full state key, without payers."""
    return {key: encode(value, "") for key, value in values.items()}


class _Run:
    """One attempt at a call."""

    def __init__(self, call: BareCall, arguments: str, *, observe: bool) -> None:
        self._call = call
        self._arguments = arguments
        self._cache = local_cache(_Below(call.state), observe=observe)
        contracts = _Contracts((call.contract, *call.others))
        transaction = _transaction(call.context)
        self.host = Host(transaction, self._cache, contracts, _NoNatives(), AccountAuthority(), checks_consent=False)

    def program(self) -> Generator[ScriptFrame, ScriptOutcome, BareOutcome]:
        call = self._call
        code = _deployed(call.contract)
        return self._outcome((yield from self.host.run_script(code, call.method, self._arguments, call.gas_limit)))

    def _outcome(self, ended: ScriptOutcome) -> BareOutcome:
        host = self.host
        state = self._call.state | self._cache.write_set()
        return BareOutcome(
            gas=ended.gas,
            state={key: text for key, text in sorted(state.items()) if text is not None},
            result=ended.result,
            error=ended.error,
            error_class=ended.error_class,
            line=ended.line,
            stack=ended.stack,
            console=tuple(host.console),
            ram=tuple((charge.payer, charge.bytes) for charge in host.ram),
            receipts=tuple(host.receipts),
            events=tuple(event for event in host.events if event.topic == "CONTRACT_EVENT"),
            accesses=tuple(self._cache.accesses),
        )


class _Below:
    """The state before the call, as a `StateReader`."""

    def __init__(self, state: dict[str, str]) -> None:
        self._state = state

    def read(self, key: str) -> tuple[str | None, Layer]:
        text = self._state.get(key)
        return text, Layer.ABSENT if text is None else Layer.MVCC

    def read_many(self, keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
        return [self.read(key) for key in keys]


class _Contracts:
    """Finds contracts by their names; there are no domain names here."""

    def __init__(self, contracts: Sequence[BareContract]) -> None:
        self._by_name = {contract.name: _deployed(contract) for contract in contracts}

    def find(self, name: str) -> DeployedCode | None:
        return self._by_name.get(name)


class _NoNatives:
    """There are no built-in contracts here."""

    def invoke(self, host: Host, contract: str, method: str, arguments: list[object]) -> Invocation:
        raise ContractException(f"contract {contract} not found")


def _deployed(contract: BareContract) -> DeployedCode:
    return DeployedCode(contract.name, contract.abi, contract.code_key, contract.profile)


def _transaction(context: BareContext) -> TransactionContext:
    return TransactionContext(
        publisher=context.publisher,
        block=BlockContext(context.block_number, context.parent_hash, context.witness, context.block_time),
        hash=context.hash,
        time=context.time,
        expiration=context.expiration,
        gas_ratio=context.gas_ratio,
        auth_list=context.auth_list,
        signers=frozenset(context.signers),
        actions=None,
        amount_limit=None,
    )
