"""What a `Host` needs from the rest of the chain, and the value types it hands out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import msgspec

from engine.chain.once import once
from engine.errors import ContractFailure
from engine.values import Abi, AbiMethod, Profile, Value

if TYPE_CHECKING:
    from engine.chain.host import Host
    from engine.vm.interface import ScriptFrame, ScriptOutcome

Returns: TypeAlias = "list[object] | None"
"""A call's result list: strings for JavaScript, also integers and booleans for built-in contracts; None for `null`."""

Invocation: TypeAlias = "Generator[ScriptFrame, ScriptOutcome, Returns]"
"""A running call: yields the script frames it needs, returns the result list, raises `ContractFailure`."""


Substitute: TypeAlias = "Callable[[Host, str], Generator[ScriptFrame, ScriptOutcome, str]]"
"""Does a script method's work in Python: takes the host and the arguments' JSON text, returns the result text."""

Substitutes: TypeAlias = "Mapping[tuple[str, str], Substitute]"
"""What stands in for scripts, by contract and method."""

NO_SUBSTITUTES: Substitutes = {}


class Cost(NamedTuple):
    """What something costs: CPU units and net bytes (spec/contract-api.md §16)."""

    cpu: int = 0
    net: int = 0

    @property
    def units(self) -> int:
        """VM gas units: CPU + 10 × net."""
        return self.cpu + 10 * self.net

    def plus(self, other: Cost) -> Cost:
        """Return the sum."""
        return Cost(self.cpu + other.cpu, self.net + other.net)


class RamCharge(NamedTuple):
    """Bytes that `payer` has to pay (negative: gets back)."""

    payer: str
    bytes: int


@dataclass(frozen=True, slots=True)
class GasPrices:
    """Prices of host operations in CPU units; `system.iost/hostSettings` can change them (spec/natives.md §2)."""

    javascript: int = 30000
    put: int = 300
    get: int = 300
    delete: int = 300
    keys: int = 300
    context: int = 10
    event_byte: int = 1
    receipt_byte_net: int = 1
    code_byte: int = 1
    set_code_base: int = 200000
    set_code_byte: int = 70
    operation: int = 10
    refusal: int = 10


class DeployedCode(Value, frozen=True, dict=True):
    """A contract that can be called. `native` ones are run by `NativeContracts`, others by a sandbox."""

    id: str
    abi: Abi
    code_key: str = ""
    profile: Profile = Profile.IOST
    native: bool = False

    def method(self, name: str) -> AbiMethod | None:
        """Return the interface entry called `name`; `init` always exists for the system to call."""
        return self._methods.get(name)

    @once
    def _methods(self) -> dict[str, AbiMethod]:
        first_ones = {entry.name: entry for entry in reversed(self.abi.abi)}
        return {"init": AbiMethod("init")} | first_ones


class Caller(Value, frozen=True):
    """Who entered a frame: an account for an action's entry, else a contract."""

    name: str | None
    is_account: bool


class CallFrame(msgspec.Struct, eq=False):
    """One call on the stack. `height` is 1 for an action's entry; `records` are the calls above, as they were named.

    `authorities` are the contracts that lent their authority on the way here. `cpu` and `net` grow as
    the frame runs; `gas_limit` (units) is the whole action's budget.
    """

    height: int
    caller: Caller
    gas_limit: int
    contract: str = ""
    abi_name: str = ""
    native: bool = False
    profile: Profile = Profile.IOST
    records: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    cpu: int = 0
    net: int = 0
    ram: list[RamCharge] = msgspec.field(default_factory=list)

    @property
    def cost(self) -> Cost:
        """What the frame has cost so far."""
        return Cost(self.cpu, self.net)


class FailureSite(Value, frozen=True):
    """Where a script frame failed: line and column of the metered text (0 if unknown), stack innermost first."""

    contract: str
    code_key: str
    line: int
    column: int
    stack: tuple[tuple[str, int, int], ...] = ()


class ActionOutcome(Value, frozen=True):
    """How an action ended: `returns` if it succeeded, else `failure`; `cost` in both cases.

    `sites` tell where scripts failed, innermost contract first.
    """

    cost: Cost
    returns: Returns = None
    failure: ContractFailure | None = None
    sites: tuple[FailureSite, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the action ended without a failure."""
        return self.failure is None


class StateCache(Protocol):
    """The local cache of a transaction (`engine.state.local_cache.LocalCache`)."""

    contract: str

    def get(self, key: str) -> str | None:
        """Return the stored text of a state key."""
        ...

    def put(self, key: str, text: str) -> None:
        """Set the stored text of a state key."""
        ...

    def delete(self, key: str) -> None:
        """Remove a state key."""
        ...

    def mark(self) -> int:
        """Open a savepoint."""
        ...

    def rollback_to(self, mark: int) -> None:
        """Undo everything since a savepoint."""
        ...

    def commit(self, mark: int) -> None:
        """Close a savepoint and keep its writes."""
        ...


class ContractLookup(Protocol):
    """Finds contracts in the state that the transaction sees."""

    def find(self, name: str) -> DeployedCode | None:
        """Return the contract of an id, or of a domain name that is linked to one."""
        ...


class NativeContracts(Protocol):
    """Runs the built-in contracts written in Python."""

    def invoke(self, host: Host, contract: str, method: str, arguments: list[object]) -> Invocation:
        """Run one method; `arguments` are checked against the interface (`json` ones are `JsonText`)."""
        ...


class Authority(Protocol):
    """Resolves permissions of accounts (spec/transactions.md §5)."""

    def require_auth(self, host: Host, account: str, permission: str) -> tuple[bool, int]:
        """Return whether `account@permission` is granted to this transaction, and the CPU it cost to find out."""
        ...


class EntryChecks(Protocol):
    """Checks around an action's entry call (amount limits, spec/contract-api.md §13); both may charge and raise."""

    def before(self, host: Host, method: AbiMethod) -> None:
        """Called before the entry method runs."""
        ...

    def after(self, host: Host, method: AbiMethod) -> None:
        """Called after it succeeded, before RAM consent is checked."""
        ...
