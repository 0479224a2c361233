"""The contracts of a chain as people know them: deploying one, and telling what is deployed under which name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.chain.contract_source import ContractInfo, ContractSource, write_contract
from engine.chain.contracts import record_key
from engine.chain.inspection import Inspection
from engine.interface import DeployRequest, DeployResult
from engine.values import Abi, Action, CompiledContract, DeployedContract, TransactionRequest

if TYPE_CHECKING:
    from engine.assembly import Assembly
    from engine.chain.deployment_news import DeploymentNews

__all__ = ["ContractBook"]


class ContractBook:
    """Reads and adds to the contracts of an open chain; `deploy` belongs to the thread that changes the chain."""

    def __init__(self, parts: Assembly, news: DeploymentNews) -> None:
        self._parts = parts
        self._news = news

    def inspection(self) -> Inspection:
        """Return the newest state to be looked at, at the chain's time."""
        return Inspection(self._parts.stack.reader(), self._parts.chain.clock.now())

    def deploy(self, request: DeployRequest) -> DeployResult:
        """Compile and deploy; raises `CompileError`, else the outcome says whether `init` succeeded."""
        compiled = self._parts.compiler.compile(
            request.source, file=request.file, profile=request.profile, abi=request.abi
        )
        info = ContractInfo(compiled.abi.lang, compiled.abi.version, compiled.abi.abi)
        contract = ContractSource(info=info, code=request.source, profile=request.profile)
        deployment = TransactionRequest(
            publisher=request.publisher,
            actions=(Action("system.iost", "setCode", json.dumps([write_contract(contract)], ensure_ascii=False)),),
            gas_limit=request.gas_limit,
        )
        with self._news.held():
            result = self._parts.chain.transact(deployment, close=self._parts.producer.is_instant)
            if not result.succeeded:
                return DeployResult(result, None)
            identity = f"Contract{result.hash}"
            self._parts.put_note(identity, name=request.name, file=request.file)
            key = record_key(identity)
            self._news.found(key, self._parts.stack.reader().read(key)[0] or "")
        return DeployResult(result, self.deployed(identity))

    def contracts(self) -> tuple[DeployedContract, ...]:
        """Return the contracts people deployed, oldest first."""
        inspection = self.inspection()
        names = dict.fromkeys([record.id for record in inspection.contracts("Contract")] + list(self._parts.notes()))
        return tuple(self.deployed(name) for name in names if inspection.has_contract(name))

    def deployed(self, identity: str) -> DeployedContract:
        """Return what is known of a deployed contract; raises `InvalidInput` if there is none."""
        inspection = self.inspection()
        record = inspection.contract(identity)
        note = self._parts.notes().get(identity)
        return DeployedContract(
            id=identity,
            name=note.name if note else identity,
            owner=inspection.owner(identity),
            abi=Abi(lang=record.language, version=record.version, abi=record.abi),
            profile=record.profile,
            code_key=record.code_key,
            file=note.file if note else "",
            block_number=record.block_number,
        )

    def code(self, contract: str) -> CompiledContract:
        """Return what a deployed contract runs; raises `InvalidInput` if there is none."""
        return self._parts.compilation.load(self.inspection().contract(contract).code_key)
