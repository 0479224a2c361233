"""Which contracts can be called: the deployed ones by the names people gave them, and the chain's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.values import AbiMethod, DeployedContract
from ide.chain.composer.builtin_parameters import PARAMETERS
from ide.panels.contracts.parameters import parameter_names
from ide.panels.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Method:
    """A method with names for its parameters."""

    abi: AbiMethod
    parameters: tuple[str, ...]


class Catalogue(QObject):
    """Knows contracts and methods; `changed` tells that there are others."""

    changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._built_in: tuple[DeployedContract, ...] = ()
        workbench.contracts_changed.connect(self.changed)
        workbench.bridge.engine_changed.connect(self._ask)
        self._ask()

    def contracts(self) -> list[DeployedContract]:
        """Return the deployed contracts, newest first, then the built-in ones."""
        return [*reversed(self._workbench.contracts.values()), *self._built_in]

    def find(self, name: str) -> DeployedContract | None:
        """Return a contract by its id or name; the newest of that name."""
        contracts = self.contracts()
        by_id = next((contract for contract in contracts if contract.id == name), None)
        return by_id or next((contract for contract in contracts if contract.name == name), None)

    def title(self, contract: DeployedContract) -> str:
        """Return how a contract is listed: by its name, with a piece of its id where names repeat."""
        same = sum(other.name == contract.name for other in self._workbench.contracts.values())
        if not contract.name:
            return contract.id
        return f"{contract.name} ({contract.id[8:14]}…)" if same > 1 else contract.name

    def methods(self, contract: DeployedContract) -> list[Method]:
        """Return the methods that can be called."""
        source = self._workbench.window.text_of(Path(contract.file)) if contract.file else None
        return [Method(method, _names(contract.id, method, source or "")) for method in contract.abi.abi]

    def _ask(self) -> None:
        engine = self._workbench.engine
        if engine is None:
            self._built_in = ()
            self.changed.emit()
            return
        self._workbench.bridge.request(engine.explorer().built_in_contracts(), self, self._take)

    def _take(self, contracts: tuple[DeployedContract, ...]) -> None:
        self._built_in = contracts
        self.changed.emit()


def _names(contract: str, method: AbiMethod, source: str) -> tuple[str, ...]:
    known = PARAMETERS.get((contract, method.name), ())
    if len(known) == len(method.args):
        return known
    return parameter_names(source, method.name, len(method.args))
