"""The scenario format as types, and its loader (spec/scenario.md).

Unknown keys and wrong types are errors that name the file and the place in it. Expectations are partial: what
is `UNSET` is not checked, which is not the same as an expected `null`.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from engine.errors import ScenarioError
from engine.values import Abi, AbiMethod, Profile

AbiSource = Abi | tuple[AbiMethod, ...] | str
"""An interface given as an object, as a list of methods, or as the path of an `.abi` file."""

StoredValue = str | int | bool


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything in a scenario file."""


class SourceEntry(Entry, frozen=True):
    """Something with contract text: exactly one of `source` (text), `file` (path), `project` (folder)."""

    source: str | None = None
    file: str | None = None
    project: str | None = None
    abi: AbiSource | None = None
    profile: Profile | None = None


# --- mode call -----------------------------------------------------------------------------------


class BlockContext(Entry, frozen=True):
    """What a called contract sees as `block`."""

    number: int | None = None
    parent_hash: str | None = None
    witness: str | None = None
    time: int | None = None


class TransactionContext(Entry, frozen=True):
    """What a called contract sees as `tx`; `gas_ratio` in hundredths."""

    time: int | None = None
    hash: str | None = None
    expiration: int | None = None
    gas_ratio: int = 100
    auth_list: dict[str, int] | None = None


class CallContext(Entry, frozen=True):
    """The surroundings of directly called methods."""

    publisher: str | None = None
    block: BlockContext | None = None
    tx: TransactionContext | None = None
    signers: tuple[str, ...] = ()


class FurtherContract(SourceEntry, frozen=True, kw_only=True):
    """A contract that the scenario's contract can call."""

    name: str


class CallExpectation(Entry, frozen=True):
    """What a direct call must give (conformance README); `charges` and `error_v8_7` are informative."""

    result: str | UnsetType | None = msgspec.field(name="return", default=UNSET)
    error: str | UnsetType | None = UNSET
    error_kind: Literal["exact", "engine", "out_of_gas"] = "exact"
    error_v8_7: str | None = None
    gas: int | UnsetType = UNSET
    console: tuple[tuple[str, str], ...] | UnsetType = UNSET
    storage: dict[str, str] | UnsetType = UNSET
    ram: tuple[tuple[str, int], ...] | UnsetType = UNSET
    receipts: tuple[tuple[str, str], ...] | UnsetType = UNSET
    events: tuple[tuple[str, str], ...] | UnsetType = UNSET
    charges: tuple[float, ...] | UnsetType = UNSET


class Call(Entry, frozen=True):
    """One direct call of a method."""

    api: str
    args: tuple[Any, ...] = ()
    expect: CallExpectation = CallExpectation()


class CallScenario(SourceEntry, frozen=True, kw_only=True):
    """Direct calls of one contract on one write cache, without transactions."""

    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    mode: Literal["call"] = "call"
    storage: dict[str, StoredValue] = msgspec.field(default_factory=dict)
    gas_limit: int = 10_000_000
    context: CallContext = CallContext()
    contracts: tuple[FurtherContract, ...] = ()
    expect_validate: str | UnsetType | None = UNSET
    expect_compile_error: str | UnsetType | None = UNSET
    calls: tuple[Call, ...] = ()


# --- mode chain ----------------------------------------------------------------------------------


class ChainGenesis(Entry, frozen=True):
    """Block 0: an account's keys are `ram`, `pledge`, `gas`, `key`; every other key is a token and its balance."""

    accounts: dict[str, dict[str, str | int | float]] = msgspec.field(default_factory=dict)
    contracts: str = "default"
    time: Annotated[int, msgspec.Meta(ge=1)] | None = None


class ChainContract(SourceEntry, frozen=True, kw_only=True):
    """A contract to be deployed before the steps, or put into block 0 under `id` with `at_genesis`."""

    name: str
    publisher: str | None = None
    id: str | None = None
    at_genesis: bool = False
    gas_limit: str | int = 4_000_000


class TransactionEntry(Entry, frozen=True):
    """A transaction: actions are `[contract, api, arguments]` with a list or raw JSON text as arguments."""

    publisher: str
    actions: tuple[tuple[str, str, list[Any] | str], ...]
    signers: tuple[str, ...] = ()
    gas_limit: str | int | float = "1000000"
    gas_ratio: str | int | float = "1"
    amount_limit: tuple[tuple[str, str], ...] = (("*", "unlimited"),)
    delay: int = 0
    expiration: int | None = None
    time: int | None = None
    block: bool = True


class TransactionExpectation(Entry, frozen=True):
    """What a transaction must give; `events` are texts, or `[contract, text]`."""

    status: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    message_contains: str | UnsetType = UNSET
    returns: tuple[str, ...] | UnsetType = UNSET
    gas_usage: str | int | float | UnsetType = UNSET
    ram_usage: dict[str, int] | UnsetType = UNSET
    receipts: tuple[tuple[str, str], ...] | UnsetType = UNSET
    events: tuple[str | tuple[str, str], ...] | UnsetType = UNSET
    console: tuple[tuple[str, str], ...] | UnsetType = UNSET
    error: str | UnsetType | None = UNSET


class TransactionStep(Entry, frozen=True):
    """Send a transaction."""

    tx: TransactionEntry
    expect: TransactionExpectation = TransactionExpectation()
    block: bool = True


class BlocksStep(Entry, frozen=True):
    """Produce blocks."""

    blocks: Annotated[int, msgspec.Meta(ge=1)]


class AdvanceStep(Entry, frozen=True):
    """Move the chain's clock: a number and `ns`, `us`, `ms`, `s`, `m`, `h` or `d`."""

    advance: Annotated[str, msgspec.Meta(pattern=r"^\d+(\.\d+)?(ns|us|ms|s|m|h|d)$")]


class CheckpointStep(Entry, frozen=True):
    """Name the current state."""

    checkpoint: str


class RestoreStep(Entry, frozen=True):
    """Go back to a named state."""

    restore: str


class StorageStep(Entry, frozen=True):
    """Compare a stored value: `[contract, key]` or `[contract, key, field]`."""

    storage: Annotated[tuple[str, ...], msgspec.Meta(min_length=2, max_length=3)]
    expect: str | None


class BalanceStep(Entry, frozen=True):
    """Compare a token balance: `[account, token]`."""

    balance: tuple[str, str]
    expect: str | int | float


class GasStep(Entry, frozen=True):
    """Compare an account's gas."""

    gas: str
    expect: str | int | float | UnsetType = UNSET
    expect_min: str | int | float | UnsetType = UNSET
    expect_max: str | int | float | UnsetType = UNSET


class RamExpectation(Entry, frozen=True):
    """An account's RAM in bytes."""

    used: int | UnsetType = UNSET
    available: int | UnsetType = UNSET


class RamStep(Entry, frozen=True):
    """Compare an account's RAM."""

    ram: str
    expect: RamExpectation


class ValidateStep(Entry, frozen=True):
    """Execute a block again and compare: `head` or a number."""

    validate_block: Literal["head"] | Annotated[int, msgspec.Meta(ge=0)]
    expect: bool = True


Step = (
    TransactionStep
    | BlocksStep
    | AdvanceStep
    | CheckpointStep
    | RestoreStep
    | StorageStep
    | BalanceStep
    | GasStep
    | RamStep
    | ValidateStep
)

STEP_KINDS: dict[str, type[Step]] = {
    "tx": TransactionStep,
    "blocks": BlocksStep,
    "advance": AdvanceStep,
    "checkpoint": CheckpointStep,
    "restore": RestoreStep,
    "storage": StorageStep,
    "balance": BalanceStep,
    "gas": GasStep,
    "ram": RamStep,
    "validate_block": ValidateStep,
}


class ChainScenario(Entry, frozen=True, kw_only=True):
    """Transactions on a chain of its own; `steps` are still JSON values, `step` turns one into its type."""

    name: str
    mode: Literal["chain"]
    description: str = ""
    tags: tuple[str, ...] = ()
    profile: Profile | None = None
    genesis: ChainGenesis = ChainGenesis()
    contracts: tuple[ChainContract, ...] = ()
    steps: tuple[dict[str, Any], ...] = ()


Scenario = CallScenario | ChainScenario

Kind = TypeVar("Kind")


# --- loading -------------------------------------------------------------------------------------


class _Mode(msgspec.Struct):
    mode: str = "call"


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario file.

    Raises:
        ScenarioError: it cannot be read, is not JSON, or does not follow the format; `where` is file and place.
    """
    value = _read(path)
    mode = _convert(value, _Mode, f"{path}: $").mode
    kinds: dict[str, type[Scenario]] = {"call": CallScenario, "chain": ChainScenario}
    if mode not in kinds:
        raise ScenarioError(f"unknown mode {mode!r}", where=f"{path}: $.mode", advice="The modes are call and chain.")
    scenario = _convert(value, kinds[mode], f"{path}: $")
    if isinstance(scenario, ChainScenario):
        for index, value in enumerate(scenario.steps):
            step(value, f"{path}: $.steps[{index}]")
        for index, contract in enumerate(scenario.contracts):
            _check_source(contract, f"{path}: $.contracts[{index}]")
            _check_deployment(contract, f"{path}: $.contracts[{index}]")
        _check_names(scenario.contracts, str(path))
    else:
        _check_source(scenario, str(path))
        for index, further in enumerate(scenario.contracts):
            _check_source(further, f"{path}: $.contracts[{index}]")
    return scenario


def step(value: dict[str, Any], where: str) -> Step:
    """Turn a step's JSON value into its type; raises `ScenarioError` naming the place."""
    kinds = [key for key in value if key in STEP_KINDS]
    if len(kinds) != 1:
        found = " and ".join(kinds) if kinds else ", ".join(value) or "nothing"
        advice = f"One of these names a step: {', '.join(STEP_KINDS)}."
        raise ScenarioError(f"a step has exactly one kind, this has {found}", where=where, advice=advice)
    return _convert(value, STEP_KINDS[kinds[0]], where)


def _read(path: Path) -> Any:
    """Return the file's JSON value; Python's own decoder also takes lone surrogates, which some tests are about."""
    try:
        return json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ScenarioError(f"cannot be read ({error.strerror})", where=str(path)) from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ScenarioError(f"is not JSON: {error}", where=str(path)) from error


def _convert(value: Any, kind: type[Kind], where: str) -> Kind:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _misfit(error, where) from error


def _misfit(error: msgspec.ValidationError, where: str) -> ScenarioError:
    """Return the error of JSON that does not follow the format; msgspec tells the place at the end of its text."""
    what, _, place = str(error).partition(" - at `$")
    return ScenarioError(
        what[:1].lower() + what[1:],
        where=where + place.rstrip("`"),
        advice="The format is described in resources/help/scenarios.md.",
    )


def _check_source(entry: SourceEntry, where: str) -> None:
    given = [key for key in ("source", "file", "project") if getattr(entry, key) is not None]
    if len(given) != 1:
        found = " and ".join(given) if given else "none of them"
        raise ScenarioError(f"exactly one of source, file and project is needed, here is {found}", where=where)


def _check_names(contracts: tuple[ChainContract, ...], where: str) -> None:
    """Raise `ScenarioError` if `$name` would not say which contract is meant, or an id is given twice."""
    for kind in ("name", "id"):
        given = [getattr(contract, kind) for contract in contracts if getattr(contract, kind) is not None]
        twice = [value for value, count in Counter(given).items() if count > 1]
        if twice:
            raise ScenarioError(f"more than one contract has the {kind} {twice[0]!r}", where=f"{where}: $.contracts")


def _check_deployment(contract: ChainContract, where: str) -> None:
    if contract.at_genesis != (contract.id is not None):
        raise ScenarioError("`id` and `at_genesis` belong together", where=where)
    if contract.publisher is None and not contract.at_genesis:
        raise ScenarioError("`publisher` says who deploys the contract, and is missing", where=where)
