"""The host of one transaction: what contracts, scripts and built-in ones alike, can ask of the chain.

A `Host` lives as long as its transaction and is used by one thread. Scripts reach it through
`engine.vm.interface.ScriptHost` (`operate`, `call`); built-in contracts written in Python use its other methods
directly. Every method charges its price to the frame that is running (spec/gas.md §7); a script's frame
counts its own gas, so that what it was charged here is replaced by the script's total when it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import errors
from engine.chain.arguments import argument_literals, parse_arguments
from engine.chain.context import TransactionContext, is_contract_id
from engine.chain.go_json import go_json, well_formed
from engine.chain.host_interface import (
    NO_SUBSTITUTES,
    ActionOutcome,
    Authority,
    Caller,
    CallFrame,
    ContractLookup,
    Cost,
    DeployedCode,
    EntryChecks,
    FailureSite,
    GasPrices,
    Invocation,
    NativeContracts,
    RamCharge,
    Returns,
    StateCache,
    Substitutes,
)
from engine.chain.host_scripts import answer
from engine.chain.host_storage import HostStorage
from engine.errors import ContractException, ContractFailure, InternalError, OutOfGas
from engine.values import ConsoleLine, ContractEvent, Profile, ReceiptLine
from engine.vm.interface import HostReply, NestedCall, Operation, ScriptFrame, ScriptOutcome

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from engine.values import AbiMethod

MAX_STACK_HEIGHT = 5
MAX_CONSOLE_CHARACTERS = 1_000_000
"""What a transaction may print; contracts cannot tell that the rest is dropped. Printing is nearly free of gas."""


class Host(HostStorage):
    """Serves the contracts of one transaction; implements `ScriptHost`.

    `ram`, `receipts`, `events` and `console` collect what the transaction did, in order; the caller drops
    them if it fails. `checks_consent` demands that whoever pays RAM has signed (always on the chain;
    off when a contract is run by itself). `substitutes` do the work of scripts whose gas nobody pays.
    """

    def __init__(
        self,
        transaction: TransactionContext,
        cache: StateCache,
        contracts: ContractLookup,
        natives: NativeContracts,
        authority: Authority,
        *,
        prices: GasPrices | None = None,
        entry_checks: EntryChecks | None = None,
        checks_consent: bool = True,
        substitutes: Substitutes = NO_SUBSTITUTES,
    ) -> None:
        super().__init__(cache, prices or GasPrices())
        self.transaction = transaction
        self.receipts: list[ReceiptLine] = []
        self.events: list[ContractEvent] = []
        self.console: list[ConsoleLine] = []
        self._contracts = contracts
        self._natives = natives
        self._authority = authority
        self._entry_checks = entry_checks
        self._checks_consent = checks_consent
        self._substitutes = substitutes
        self._budget = 0
        """What the running action may use; contracts see it as the transaction's gas limit."""
        self._console_left = MAX_CONSOLE_CHARACTERS
        self._sites: list[FailureSite] = []

    # --- actions ---------------------------------------------------------------------------------

    def run_action(
        self, contract: str, method: str, data: str, gas_limit: int
    ) -> Generator[ScriptFrame, ScriptOutcome, ActionOutcome]:
        """Run one action's entry call with a budget of `gas_limit` units; contract failures are in the outcome."""
        frame = CallFrame(height=1, caller=Caller(self.transaction.publisher, is_account=True), gas_limit=gas_limit)
        self._budget = gas_limit
        self._sites.clear()
        try:
            returns = yield from self._enter(frame, contract, method, data)
        except ContractFailure as failure:
            return ActionOutcome(frame.cost, failure=failure, sites=tuple(self._sites))
        return ActionOutcome(frame.cost, returns)

    def run_script(
        self, code: DeployedCode, method: str, arguments: str, gas_limit: int
    ) -> Generator[ScriptFrame, ScriptOutcome, ScriptOutcome]:
        """Run one method of a script by itself, without its interface, its fare and any check around it.

        `arguments` are the literals' JSON array text.
        """
        frame = CallFrame(height=1, caller=Caller(self.transaction.publisher, is_account=True), gas_limit=gas_limit)
        self._budget = gas_limit
        frame.contract, frame.abi_name, frame.profile = code.id, method, code.profile
        self._become(frame)
        return (yield self._script_frame(frame, code, method, arguments))

    # --- for built-in contracts ------------------------------------------------------------------

    def charge(self, cpu: int, net: int = 0) -> None:
        """Charge the frame that is running.

        Raises:
            OutOfGas: the action's budget is exceeded (built-in contracts; a script's sandbox watches its own).
        """
        frame = self.frame
        frame.cpu += cpu
        frame.net += net
        if frame.native and frame.cpu + 10 * frame.net > frame.gas_limit:
            raise OutOfGas("out of gas", gas=frame.cost.units)

    def charge_steps(self, count: int = 1) -> None:
        """Charge `count` plain operations of a built-in contract (10 each)."""
        self.charge(self.prices.operation * count)

    def call_contract(self, contract: str, method: str, data: str, *, lend_authority: bool = False) -> Invocation:
        """Call another contract; `data` is the JSON text of the argument list.

        With `lend_authority` the calling contract's own authority is valid in the whole subtree. The callee's
        cost is charged to the calling frame.

        Raises:
            ContractFailure: the callee failed or could not be called.
        """
        caller = self.frame
        frame = self._callee_frame(caller, contract, method, lend_authority=lend_authority)
        try:
            returns = yield from self._nested(frame, contract, method, data)
        finally:
            self._become(caller)
            caller.cpu += frame.cpu
            caller.net += frame.net
        return returns

    def require_auth(self, identity: str, permission: str) -> bool:
        """Return whether `identity@permission` is granted to the frame that is running."""
        granted, price = self._is_granted(identity, permission)
        self.charge(price)
        return granted

    def receipt(self, content: str) -> None:
        """Leave a receipt in the name of the running method."""
        self.charge(0, self.prices.receipt_byte_net * len(content.encode()))
        frame = self.frame
        self.receipts.append(ReceiptLine(f"{frame.contract}/{frame.abi_name}", content))
        self.events.append(self._event("CONTRACT_RECEIPT", content))

    def event(self, content: str) -> None:
        """Post an event; it is delivered when the transaction is committed."""
        self.charge(self.prices.event_byte * len(content.encode()))
        self.events.append(self._event("CONTRACT_EVENT", content))

    def print(self, level: str, text: str) -> None:
        """Print a line to the contract's console; free, and silently dropped after a note when too much was printed."""
        if self._console_left < 0:
            return
        self._console_left -= len(text) + 1
        if self._console_left < 0:
            level, text = "Warn", f"more than {MAX_CONSOLE_CHARACTERS:,} characters were printed; the rest is not kept"
        self.console.append(ConsoleLine(level, text, self.frame.contract))

    def block_info(self) -> str:
        """Return the JSON text about the block."""
        self.charge(self.prices.context)
        return self.transaction.block.json()

    def transaction_info(self) -> str:
        """Return the JSON text about the transaction."""
        self.charge(self.prices.context)
        return self.transaction.json(self._budget)

    def context_info(self) -> str:
        """Return the JSON text about the running frame."""
        self.charge(self.prices.context)
        frame = self.frame
        caller = f'{{"name":{go_json(frame.caller.name)},"is_account":{go_json(frame.caller.is_account)}}}'
        return (
            f'{{"abi_name":{go_json(frame.abi_name)},"caller":{caller},'
            f'"contract_name":{go_json(frame.contract)},"publisher":{go_json(self.transaction.publisher)}}}'
        )

    # --- for scripts (ScriptHost) ----------------------------------------------------------------

    def operate(self, operation: Operation, arguments: Sequence[str | None]) -> HostReply:
        """Answer a script's host operation; see `ScriptHost.operate`."""
        return answer(self, operation, arguments)

    def call(self, contract: str, api: str, arguments: str, *, lend_authority: bool, gas_used: int) -> NestedCall:
        """Run a script's call of another contract; only CPU is charged to it (spec/contract-api.md §16).

        A script of profile `modern` can catch the failure, so what the callee wrote is undone for it.
        """
        caller = self.frame
        savepoint = self._savepoint() if caller.profile is Profile.MODERN else None
        contract, api, arguments = well_formed(contract), well_formed(api), well_formed(arguments)
        frame: CallFrame | None = None
        try:
            frame = self._callee_frame(caller, contract, api, lend_authority=lend_authority)
            reply = HostReply(go_json((yield from self._nested(frame, contract, api, arguments))))
        except ContractFailure as failure:
            if savepoint:
                self._roll_back(savepoint)
            reply = HostReply(error=failure.text)
            if isinstance(failure, OutOfGas) and frame is not None:
                frame.cpu = max(frame.cpu, caller.gas_limit + 1)
        else:
            if savepoint:
                self._keep(savepoint)
        finally:  # also when the calling script is gone: its stack overflowed
            self._become(caller)
        reply.gas = frame.cpu if frame else 0
        return reply

    # --- the stack -------------------------------------------------------------------------------

    def _callee_frame(self, caller: CallFrame, contract: str, method: str, *, lend_authority: bool) -> CallFrame:
        record = f"{contract}-{method}"
        if record in caller.records:
            raise ContractException("re-entering")
        lent = frozenset({caller.contract}) if lend_authority else frozenset()
        return CallFrame(
            height=caller.height + 1,
            caller=Caller(caller.contract, is_account=False),
            gas_limit=caller.gas_limit,
            records=caller.records | {record},
            authorities=caller.authorities | lent,
        )

    def _nested(self, frame: CallFrame, contract: str, method: str, data: str) -> Invocation:
        frame.cpu += self.prices.operation * (frame.height - 1)
        if frame.height > MAX_STACK_HEIGHT:
            raise ContractException(f"stack height exceed. actual {frame.height}")
        return (yield from self._enter(frame, contract, method, data))

    def _enter(self, frame: CallFrame, contract: str, method: str, data: str) -> Invocation:
        code, entry, arguments = self._prepare(frame, contract, method, data)
        frame.contract, frame.abi_name, frame.native, frame.profile = code.id, method, code.native, code.profile
        self._become(frame)
        checks = self._entry_checks if frame.height == 1 else None
        if not code.native:
            self.charge(self.prices.javascript)
        if checks:
            checks.before(self, entry)
        if code.native:
            returns = yield from self._natives.invoke(self, code.id, method, arguments)
        else:
            returns = yield from self._run_script(frame, code, method, arguments)
        self._become(frame)
        if checks:
            checks.after(self, entry)
        if self._checks_consent:
            self._check_consent(frame)
        return returns

    def _prepare(
        self, frame: CallFrame, contract: str, method: str, data: str
    ) -> tuple[DeployedCode, AbiMethod, list[object]]:
        if method == "init" and frame.caller.name not in {"system.iost", ""}:
            frame.cpu += self.prices.refusal
            raise ContractException("prepare contract: cannot call 'init' manually")
        try:
            code = self._contracts.find(contract)
            if code is None:
                raise ContractException(f"contract {contract} not found")
            entry = code.method(method)
            if entry is None:
                raise ContractException(f"abi {method} not found")
            return code, entry, parse_arguments(entry, data)
        except ContractException as failure:
            frame.cpu += self.prices.get
            raise ContractException(f"prepare contract: {failure.text}") from None

    def _run_script(self, frame: CallFrame, code: DeployedCode, method: str, arguments: list[object]) -> Invocation:
        substitute = self._substitutes.get((code.id, method))
        if substitute is not None:
            return [(yield from substitute(self, argument_literals(arguments)))]
        before = frame.cost
        outcome = yield self._script_frame(frame, code, method, argument_literals(arguments))
        frame.cpu, frame.net = before.cpu + outcome.gas, before.net
        if outcome.result is not None:
            return [well_formed(outcome.result)]
        self._sites.append(FailureSite(code.id, code.code_key, outcome.line, outcome.column, outcome.stack))
        raise _failure(outcome)

    def _script_frame(self, frame: CallFrame, code: DeployedCode, method: str, arguments: str) -> ScriptFrame:
        return ScriptFrame(
            contract=code.id,
            code_key=code.code_key,
            profile=code.profile,
            method=method,
            arguments=arguments,
            gas_limit=frame.gas_limit,
            block=self.transaction.block.json(),
            transaction=self.transaction.json(self._budget),
        )

    def _become(self, frame: CallFrame) -> None:
        self.frame = frame
        self.cache.contract = frame.contract

    # --- authority -------------------------------------------------------------------------------

    def _is_granted(self, identity: str, permission: str) -> tuple[bool, int]:
        if self.transaction.block.number == 0:
            return True, 0
        if is_contract_id(identity):
            return identity in self.frame.authorities, self.prices.operation
        return self._authority.require_auth(self, identity, permission)

    def _check_consent(self, frame: CallFrame) -> None:
        payers = {charge.payer for charge in frame.ram if charge.bytes > 0} - {frame.contract}
        for payer in sorted(payers):
            granted, _ = self._is_granted(payer, "active")
            if not granted:
                raise ContractException(f"pay ram failed. no permission. need {payer}@active")

    # --- savepoints ------------------------------------------------------------------------------

    def _savepoint(self) -> tuple[int, ...]:
        lengths = (len(self.ram), len(self.receipts), len(self.events), len(self._sites))
        return (self.cache.mark(), *lengths)

    def _roll_back(self, savepoint: tuple[int, ...]) -> None:
        mark, ram, receipts, events, sites = savepoint
        self.cache.rollback_to(mark)
        del self.ram[ram:], self.receipts[receipts:], self.events[events:], self._sites[sites:]

    def _keep(self, savepoint: tuple[int, ...]) -> None:
        self.cache.commit(savepoint[0])

    def _event(self, topic: str, data: str) -> ContractEvent:
        return ContractEvent(topic, self.frame.contract, data, self.transaction.block.time or 0)


def _failure(outcome: ScriptOutcome) -> ContractFailure:
    kind = getattr(errors, outcome.error_class or "ContractException", None)
    if not (isinstance(kind, type) and issubclass(kind, ContractFailure)):
        raise InternalError(f"a script ended with {outcome.error_class!r}, which is no contract failure")
    return kind(outcome.error or "", gas=outcome.gas)


__all__ = ["MAX_STACK_HEIGHT", "Cost", "Host", "RamCharge", "Returns"]
