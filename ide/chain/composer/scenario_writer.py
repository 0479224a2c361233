"""Writes transactions as steps of a scenario file (spec/scenario.md) that runs by itself."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

import msgspec

from engine.entrance.scenario_file import load_scenario
from engine.errors import ScenarioError
from engine.values import CompiledContract, DeployedContract, TransactionRequest, TransactionResult
from ide.chain.composer.document import to_entry
from ide.files import write_atomically

SUFFIX = ".scenario.json"


@dataclass(frozen=True, slots=True)
class Step:
    """A transaction, and what came of it if that is known."""

    request: TransactionRequest
    result: TransactionResult | None = None

    def anew(self) -> TransactionRequest:
        """Return the request without what was only true at its time."""
        return msgspec.structs.replace(self.request, time=None, expiration=None)


@dataclass(frozen=True, slots=True)
class UsedContracts:
    """The deployed contracts that steps name, with their texts by id."""

    contracts: Sequence[DeployedContract] = ()
    codes: Mapping[str, CompiledContract] = field(default_factory=dict)


def mentioned(request: TransactionRequest, contracts: Mapping[str, DeployedContract]) -> list[DeployedContract]:
    """Return the deployed contracts that a transaction names, in a call or among its arguments."""
    texts = [text for action in request.actions for text in (action.contract, action.data)]
    return [contract for contract in contracts.values() if any(contract.id in text for text in texts)]


def write_scenario(path: Path, steps: Sequence[Step], used: UsedContracts) -> None:
    """Write a new scenario; it deploys the contracts used and then does the steps.

    Raises:
        StorageError: the file cannot be written.
    """
    names = _names(used.contracts, {})
    document = {
        "name": path.name.removesuffix(SUFFIX).removesuffix(".json"),
        "mode": "chain",
        "contracts": [_contract(contract, names[contract.id], used, path) for contract in used.contracts],
        "steps": [_step(step, names) for step in steps],
    }
    _write(path, document)


def append_to_scenario(path: Path, steps: Sequence[Step], used: UsedContracts) -> None:
    """Add steps, and the contracts that are not there yet, at the end of a scenario.

    Raises:
        ScenarioError: the file is no scenario in mode chain.
        StorageError: it cannot be written.
    """
    scenario = load_scenario(path)
    if scenario.mode != "chain":
        raise ScenarioError(
            "its mode is call, and only scenarios in mode chain have transactions",
            where=str(path),
            advice="Choose another scenario, or save a new one.",
        )
    document = json.loads(path.read_text(encoding="utf-8"))
    present = {contract.name: contract.name for contract in scenario.contracts}
    names = _names(used.contracts, present)
    new = [contract for contract in used.contracts if names[contract.id] not in present]
    document.setdefault("contracts", []).extend(_contract(contract, names[contract.id], used, path) for contract in new)
    document.setdefault("steps", []).extend(_step(step, names) for step in steps)
    _write(path, document)


def _names(contracts: Sequence[DeployedContract], present: Mapping[str, str]) -> dict[str, str]:
    """Return the scenario's name for each contract id: one that is present under its name is meant by that."""
    names: dict[str, str] = {}
    for contract in contracts:
        wanted = re.sub(r"[^\w-]", "_", contract.name) or "contract"
        if not re.match(r"[A-Za-z_]", wanted):
            wanted = f"_{wanted}"
        name, number = wanted, 1
        while name in names.values():
            number += 1
            name = f"{wanted}_{number}"
        names[contract.id] = present.get(name, name)
    return names


def _contract(contract: DeployedContract, name: str, used: UsedContracts, path: Path) -> dict[str, Any]:
    """Return a contract's entry: its file if that is what was deployed, else the deployed text itself."""
    entry: dict[str, Any] = {"name": name, "publisher": contract.owner}
    code = used.codes[contract.id]
    file = Path(contract.file)
    if contract.file and file.is_file() and file.read_text(encoding="utf-8") == code.original:
        entry["file"] = _relative(file.resolve(), path.resolve().parent)
    else:
        entry["source"] = code.original
    entry["abi"] = msgspec.to_builtins(contract.abi)
    if contract.profile != "iost":
        entry["profile"] = str(contract.profile)
    return entry


def _relative(file: Path, folder: Path) -> str:
    """Return a file's path from a folder; the whole path where there is no way (another drive)."""
    try:
        return PurePath(os.path.relpath(file, folder)).as_posix()
    except ValueError:
        return file.as_posix()


def _step(step: Step, names: Mapping[str, str]) -> dict[str, Any]:
    entry = to_entry(step.anew())
    value: dict[str, Any] = {"tx": _named(entry, names)}
    if step.result is not None:
        receipt = step.result.receipt
        value["expect"] = {"status": str(receipt.status)}
        if step.result.succeeded:
            value["expect"]["returns"] = [_named(text, names) for text in receipt.returns]
        elif receipt.message:
            value["expect"]["message_contains"] = _named(_own_words(receipt.message), names)
    return value


def _own_words(message: str) -> str:
    """Return what a failure's message says after the action, which is cut off at a length that ids take part in."""
    return message.rpartition(" error: ")[2]


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """Return a JSON value with every contract id replaced by `$name`."""
    if isinstance(value, str):
        for identity, name in names.items():
            value = value.replace(identity, f"${name}")
        return value
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _named(item, names) for key, item in value.items()}
    return value


def _write(path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False)
    write_atomically(path, f"{text}\n".encode("utf-8", "replace"))
