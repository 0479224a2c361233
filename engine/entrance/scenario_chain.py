"""Runs scenarios of mode `chain`: a chain of its own in a temporary folder, through the engine's facade."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from engine.entrance.contract_source import ContractSource, read_source
from engine.entrance.project import NO_LIMITS, limits_for
from engine.entrance.scenario_file import ChainContract, ChainScenario, step
from engine.entrance.scenario_outcome import Comparison, StepOutcome
from engine.entrance.scenario_steps import observed, perform, title
from engine.errors import ScenarioError, StrataError
from engine.facade import DeployRequest, DeployResult, Engine, Genesis, GenesisAccount, GenesisContract
from engine.values import Abi

Answer = TypeVar("Answer")

_NAME = re.compile(r"\$([A-Za-z_][\w-]*)")
_NATURAL = re.compile(r"[0-9]{1,18}")
_ACCOUNT_KEYS = ("ram", "pledge", "gas", "key")


class StepTimeout(Exception):
    """A step took longer than it may; the scenario ends there."""


def run_chain_scenario(
    scenario: ChainScenario, path: Path, *, timeout: float, open_engine: Callable[..., Engine]
) -> list[StepOutcome]:
    """Run a scenario on a new chain, within the bounds that its project sets; `timeout` is in seconds a step.

    Raises:
        InvalidInput: the project's settings cannot be used.
        ScenarioError: it names files, checkpoints or contracts that do not exist.
    """
    with tempfile.TemporaryDirectory(prefix="strata-scenario-", ignore_cleanup_errors=True) as folder:
        limits = limits_for(path)
        engine = open_engine(Path(folder), genesis=_genesis(scenario, path))
        try:
            if limits != NO_LIMITS:
                engine.configure_vm(limits.applied(engine.vm_settings)).result()
            return _ChainRun(scenario, path, engine, timeout).run()
        finally:
            engine.close()


def _genesis(scenario: ChainScenario, path: Path) -> Genesis:
    contracts = tuple(
        _genesis_contract(contract, read_source(contract, path, scenario.profile))
        for contract in scenario.contracts
        if contract.at_genesis
    )
    builtin = scenario.genesis.contracts
    if builtin not in ("default", "none"):
        builtin = str((path.parent / builtin).resolve())
    accounts = {name: _genesis_account(name, values) for name, values in scenario.genesis.accounts.items()}
    return Genesis(accounts=accounts, builtin=builtin, contracts=contracts, time=scenario.genesis.time)


def _genesis_contract(contract: ChainContract, source: ContractSource) -> GenesisContract:
    return GenesisContract(
        id=contract.id or contract.name,
        source=source.text,
        owner=contract.publisher or "admin",
        file=source.file,
        profile=source.profile,
        abi=source.abi,
    )


def _genesis_account(name: str, values: dict[str, str | int | float]) -> GenesisAccount:
    known = {key: str(values[key]) for key in _ACCOUNT_KEYS if key in values}
    ram = known.get("ram")
    if ram is not None and not _NATURAL.fullmatch(ram):
        raise ScenarioError(f"{ram!r} is no number of bytes", where=f"genesis.accounts.{name}.ram")
    return GenesisAccount(
        balances={token: str(amount) for token, amount in values.items() if token not in _ACCOUNT_KEYS},
        ram=None if ram is None else int(ram),
        pledge=known.get("pledge"),
        gas=known.get("gas"),
        key=known.get("key"),
    )


class _ChainRun:
    """One run: knows the engine, the contracts' ids and the outcomes so far."""

    def __init__(self, scenario: ChainScenario, path: Path, engine: Engine, timeout: float) -> None:
        self._scenario, self._path, self._engine, self._timeout = scenario, path, engine, timeout
        self._ids = {entry.name: entry.id for entry in scenario.contracts if entry.id is not None}
        self._outcomes: list[StepOutcome] = []

    def run(self) -> list[StepOutcome]:
        try:
            if all(self._deploy(contract) for contract in self._scenario.contracts if not contract.at_genesis):
                for index, value in enumerate(self._scenario.steps):
                    self._outcomes.append(self._run_step(index, value))
        except StepTimeout:
            self._engine.cancel()
        return self._outcomes

    # --- set-up --------------------------------------------------------------------------------

    def _deploy(self, contract: ChainContract) -> bool:
        what = f"deploy {contract.name}"
        differences: tuple[str, ...] = ()
        got: dict[str, Any] = {}
        try:
            result = self._wait(self._deployment(contract))
        except TimeoutError:
            self._stop(-1, what)
        except ScenarioError:
            raise
        except StrataError as error:
            differences = (f"{type(error).__name__}: {error}",)
        else:
            got = observed(result.transaction)
            if result.contract is None:
                differences = (f"deployment failed: {result.transaction.receipt.message}",)
            else:
                self._ids[contract.name] = result.contract.id
                what += f" → {result.contract.id}"
        self._outcomes.append(StepOutcome(-1, what, got, differences))
        return not differences

    def _deployment(self, contract: ChainContract) -> Future[DeployResult]:
        source = read_source(contract, self._path, self._scenario.profile)
        request = DeployRequest(
            name=contract.name,
            source=source.text,
            publisher=contract.publisher or "",
            file=source.file,
            profile=source.profile,
            abi=source.abi or self._packed_interface(source),
            gas_limit=str(contract.gas_limit),
        )
        return self._engine.deploy(request)

    def _packed_interface(self, source: ContractSource) -> Abi | None:
        """Read the interface off the entry module of a packed project: packing loses its doc comments."""
        if source.pack is None:
            return None
        return self._wait(
            self._engine.check(source.pack.origin().entry_source, file=source.file, profile=source.profile)
        ).abi

    def _named(self, value: Any) -> Any:
        """Return a JSON value with `$name` replaced by the contract's id in every text."""
        if isinstance(value, str):
            return _NAME.sub(lambda match: self._ids.get(match[1], match[0]), value)
        if isinstance(value, list):
            return [self._named(item) for item in value]
        if isinstance(value, dict):
            return {self._named(key): self._named(item) for key, item in value.items()}
        return value

    # --- steps ---------------------------------------------------------------------------------

    def _run_step(self, index: int, value: dict[str, Any]) -> StepOutcome:
        where = f"{self._path}: $.steps[{index}]"
        what = title(step(value, where))
        entry = step(self._named(value), where)
        comparison = Comparison()
        got: dict[str, Any] = {}
        try:
            got = perform(entry, self._engine, self._wait, comparison)
        except StrataError as error:
            comparison.differences.append(f"{type(error).__name__}: {error}")
        except TimeoutError:
            self._stop(index, what)
        return StepOutcome(index, what, got, tuple(comparison.differences))

    def _wait(self, future: Future[Answer], /) -> Answer:
        return future.result(self._timeout)

    def _stop(self, index: int, what: str) -> NoReturn:
        """End the scenario at a step that takes too long."""
        late = f"took longer than {self._timeout:g} s; the steps after it were not run"
        self._outcomes.append(StepOutcome(index, what, {}, (late,)))
        raise StepTimeout
