"""All built-in contracts written in Python, by id and version."""

from __future__ import annotations

from engine.chain.block_duties import BlockDuties
from engine.chain.compile_request import ContractCompiler
from engine.chain.contracts import StateContracts
from engine.chain.host import Host
from engine.chain.host_interface import DeployedCode, Invocation, StateCache
from engine.chain.natives import domain, gas, system, token, token721
from engine.chain.natives.method import NativeContract
from engine.errors import ContractException

GENESIS_VERSIONS = (token.CONTRACT, token721.CONTRACT, gas.CONTRACT, domain.CONTRACT_WITHOUT_METHODS)
"""The versions that the default genesis deploys, in its order."""


class BuiltInContracts:
    """Implements `NativeContracts`."""

    def __init__(self, compiler: ContractCompiler) -> None:
        self._by_version: dict[tuple[str, str], NativeContract] = {
            (contract.id, contract.version): contract for contract in (*GENESIS_VERSIONS, domain.CONTRACT)
        }
        self._system = system.SystemContract(compiler, self._by_version).contract()
        self._by_version[self._system.id, self._system.version] = self._system
        self.duties = BlockDuties()
        self.system = DeployedCode(id=self._system.id, abi=self._system.abi(), native=True)

    def invoke(self, host: Host, contract: str, method: str, arguments: list[object]) -> Invocation:
        """Run one method of the version that the state says is deployed."""
        if contract == system.ID:
            native = self._system
        else:
            record = StateContracts(host.cache).record(contract)
            version = record.version if record else ""
            found = self._by_version.get((contract, version))
            if found is None or method not in found.methods:
                host.charge(host.prices.refusal)
                raise ContractException(f"invalid contract version: {contract} {version}")
            native = found
        return (yield from native.invoke(host, method, arguments))


class BuiltInLookup(StateContracts):
    """Finds contracts in the state; system.iost exists without having been deployed."""

    def __init__(self, cache: StateCache, natives: BuiltInContracts) -> None:
        super().__init__(cache)
        self._system = natives.system

    def find(self, name: str) -> DeployedCode | None:
        """Return the contract of an id, or of a domain name that is linked to one."""
        return self._system if name == system.ID else super().find(name)
