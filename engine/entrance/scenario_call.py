"""Runs scenarios of mode `call`: direct calls of one contract on one write cache (conformance README)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Protocol

from engine.chain.bare import BareCall, BareContext, BareContract, BareOutcome, initial_state
from engine.entrance.contract_source import ContractSource, read_source
from engine.entrance.scenario_file import Call, CallContext, CallExpectation, CallScenario, SourceEntry
from engine.entrance.scenario_outcome import Comparison, StepOutcome, as_json
from engine.entrance.scenario_steps import DESTROYED
from engine.errors import CompileError, ContractFailure
from engine.values import Abi, CompiledContract, Profile

_ENGINE_ERROR = re.compile(r"(?:Uncaught exception: )?(\w*Error)\b")


class CallSandbox(Protocol):
    """Compiles contracts and runs direct calls in a sandbox of its own process."""

    def validate(self, source: str, abi: Abi) -> str | None:
        """Return the reference's error text of interface validation, None if it is accepted."""
        ...

    def compile(self, source: ContractSource) -> CompiledContract:
        """Compile and remember a contract; raises `CompileError`."""
        ...

    def run(self, call: BareCall) -> BareOutcome:
        """Run a call; raises `WorkerCrashed` or `DeadlineExceeded` if its process dies or hangs."""
        ...


def run_call_scenario(scenario: CallScenario, path: Path, sandbox: CallSandbox) -> list[StepOutcome]:
    """Run a scenario.

    Raises:
        ScenarioError: it names files that do not exist.
    """
    outcomes: list[StepOutcome] = []
    source = read_source(scenario, path, None)
    if source.profile is Profile.IOST:
        outcomes += _validation(scenario, source, sandbox)
    compiled, failures = _compilation(scenario, source, sandbox)
    outcomes += failures
    if compiled is None:
        return outcomes
    contract = BareContract(scenario.name, compiled.key, source.profile, source.abi or compiled.abi)
    others = tuple(_further(entry, entry.name, path, sandbox) for entry in scenario.contracts)
    state = initial_state(scenario.storage)
    for index, entry in enumerate(scenario.calls):
        call = BareCall(
            contract=contract,
            method=entry.api,
            arguments=json.dumps(entry.args, separators=(",", ":")),
            state=state,
            others=others,
            context=_context(scenario.context),
            gas_limit=scenario.gas_limit,
        )
        state, step = _step(index, entry, call, sandbox)
        outcomes.append(step)
    return outcomes


def _validation(scenario: CallScenario, source: ContractSource, sandbox: CallSandbox) -> list[StepOutcome]:
    if not isinstance(scenario.expect_validate, str | None):
        return []
    got = sandbox.validate(source.text, source.abi or Abi())
    return _expected_text("validate", scenario.expect_validate, got)


def _compilation(
    scenario: CallScenario, source: ContractSource, sandbox: CallSandbox
) -> tuple[CompiledContract | None, list[StepOutcome]]:
    expected = scenario.expect_compile_error
    got: str | None = None
    compiled = None
    try:
        compiled = sandbox.compile(source)
    except CompileError as error:
        got = error.what
    return compiled, _expected_text("compile", expected if isinstance(expected, str | None) else None, got)


def _expected_text(what: str, expected: str | None, got: str | None) -> list[StepOutcome]:
    """Return a set-up step if there is something to tell: an error, expected or not."""
    comparison = Comparison()
    comparison.equal(f"{what} error", expected, got)
    if got is None and not comparison.differences:
        return []
    return [StepOutcome(-1, what, {f"{what}_error": got}, tuple(comparison.differences))]


def _further(entry: SourceEntry, name: str, path: Path, sandbox: CallSandbox) -> BareContract:
    source = read_source(entry, path, None)
    compiled = sandbox.compile(source)
    return BareContract(name, compiled.key, source.profile, source.abi or compiled.abi)


def _context(context: CallContext) -> BareContext:
    block, tx = context.block, context.tx
    return BareContext(
        publisher=context.publisher,
        block_number=block.number if block else None,
        parent_hash=block.parent_hash if block else None,
        witness=block.witness if block else None,
        block_time=block.time if block else None,
        time=tx.time if tx else None,
        hash=tx.hash if tx else None,
        expiration=tx.expiration if tx else None,
        gas_ratio=tx.gas_ratio if tx else 100,
        auth_list=tx.auth_list if tx else None,
        signers=context.signers,
    )


def _step(index: int, entry: Call, call: BareCall, sandbox: CallSandbox) -> tuple[dict[str, str], StepOutcome]:
    """Make a call; return the state it left and what came of it. A dead or hanging sandbox is always a difference."""
    comparison = Comparison()
    try:
        outcome = sandbox.run(call)
    except ContractFailure as failure:
        outcome = BareOutcome(failure.gas, call.state, error=failure.text, error_class=type(failure).__name__)
    if outcome.error_class in DESTROYED:
        comparison.differences.append(f"{outcome.error_class}: {outcome.error}")
    got = _observed(outcome)
    _compare(entry.expect, got, comparison)
    return outcome.state, StepOutcome(
        index, f"{entry.api}({as_json(entry.args)[1:-1]})", got, tuple(comparison.differences)
    )


def _observed(outcome: BareOutcome) -> dict[str, Any]:
    return {
        "return": outcome.result,
        "error": outcome.error,
        "gas": outcome.gas,
        "console": [[line.level, line.text] for line in outcome.console],
        "storage": outcome.state,
        "ram": [list(charge) for charge in outcome.ram],
        "receipts": [[line.func_name, line.content] for line in outcome.receipts],
        "events": [[event.contract, event.data] for event in outcome.events],
    }


def _compare(expect: CallExpectation, got: dict[str, Any], comparison: Comparison) -> None:
    comparison.equal("return", expect.result, got["return"])
    if expect.error_kind == "engine" and isinstance(expect.error, str):
        comparison.equal("error class", engine_error_class(expect.error), engine_error_class(got["error"] or ""))
    else:
        comparison.equal("error", expect.error, got["error"])
    if expect.error_kind != "out_of_gas":
        comparison.equal("gas", expect.gas, got["gas"])
    for name in ("console", "storage", "ram", "receipts", "events"):
        comparison.equal(name, getattr(expect, name), got[name])


def engine_error_class(text: str) -> str:
    """Return the class of an error of the JavaScript engine, whose wording differs between its versions."""
    match = _ENGINE_ERROR.match(text)
    return match[1] if match else text
