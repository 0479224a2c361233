"""Answers the host operations of scripts: unpacks arguments, calls the host, packs the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from engine.chain import host_crypto
from engine.chain.go_json import go_json, well_formed
from engine.chain.stored import FixedPoint, StoredValue, to_contract
from engine.errors import ContractException, ContractFailure
from engine.vm.interface import HostReply, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.chain.host import Host

Result: TypeAlias = "str | bool | None"


class ScriptOperations:
    """The table of operations of one host."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._handlers = self._table()

    def answer(self, operation: Operation, arguments: Sequence[str | None]) -> HostReply:
        """Answer one operation; its price is what it charged to the running frame."""
        frame = self._host.frame
        before = frame.cpu
        required, optional, handler = self._handlers[operation]
        texts = [well_formed(argument) if argument is not None else "" for argument in arguments]
        if not required <= len(texts) <= required + optional or None in arguments[:required]:
            return HostReply(error=f"{operation.name} invalid argument")
        try:
            result = handler(*texts)
        except ContractFailure as failure:
            return HostReply(gas=frame.cpu - before, error=failure.text)
        return HostReply(result, gas=frame.cpu - before)

    def _table(self) -> dict[Operation, tuple[int, int, Callable[..., Result]]]:
        host = self._host
        return {
            Operation.STORAGE_PUT: (2, 1, host.put),
            Operation.STORAGE_GET: (1, 0, self._get),
            Operation.STORAGE_HAS: (1, 0, host.has),
            Operation.STORAGE_DEL: (1, 0, host.delete),
            Operation.MAP_PUT: (3, 1, host.map_put),
            Operation.MAP_GET: (2, 0, self._map_get),
            Operation.MAP_HAS: (2, 0, host.map_has),
            Operation.MAP_DEL: (2, 0, host.map_delete),
            Operation.MAP_KEYS: (1, 0, lambda key: go_json(host.map_keys(key))),
            Operation.MAP_LEN: (1, 0, lambda key: str(len(host.map_keys(key)))),
            Operation.GLOBAL_GET: (2, 0, lambda contract, key: _text(host.get(key, contract=contract))),
            Operation.GLOBAL_HAS: (2, 0, lambda contract, key: host.has(key, contract=contract)),
            Operation.GLOBAL_MAP_GET: (3, 0, self._global_map_get),
            Operation.GLOBAL_MAP_HAS: (3, 0, lambda contract, key, field: host.map_has(key, field, contract=contract)),
            Operation.GLOBAL_MAP_KEYS: (2, 0, lambda contract, key: go_json(host.map_keys(key, contract=contract))),
            Operation.GLOBAL_MAP_LEN: (2, 0, lambda contract, key: str(len(host.map_keys(key, contract=contract)))),
            Operation.BLOCK_INFO: (0, 0, host.block_info),
            Operation.TX_INFO: (0, 0, host.transaction_info),
            Operation.CONTEXT_INFO: (0, 0, host.context_info),
            Operation.REQUIRE_AUTH: (2, 0, host.require_auth),
            Operation.RECEIPT: (1, 0, host.receipt),
            Operation.EVENT: (1, 0, host.event),
            Operation.CONSOLE: (2, 0, host.print),
            Operation.SHA3: (1, 0, lambda text: self._priced(host_crypto.sha3_text(text))),
            Operation.SHA3_HEX: (1, 0, lambda text: self._priced(host_crypto.sha3_hex(text))),
            Operation.RIPEMD160_HEX: (1, 0, lambda text: self._priced(host_crypto.ripemd160_hex(text))),
            Operation.VERIFY: (4, 0, self._verify),
        }

    def _get(self, key: str) -> Result:
        value = self._host.get(key)
        if isinstance(value, FixedPoint):
            raise ContractException("invalid db value type")
        return _text(value)

    def _map_get(self, key: str, field: str) -> Result:
        return _text(self._host.map_get(key, field))

    def _global_map_get(self, contract: str, key: str, field: str) -> Result:
        return _text(self._host.map_get(key, field, contract=contract))

    def _verify(self, algorithm: str, message: str, signature: str, public_key: str) -> Result:
        holds, price = host_crypto.verify(algorithm, message, signature, public_key)
        self._host.charge(price)
        return "1" if holds else "0"

    def _priced(self, answer: tuple[str, int]) -> Result:
        self._host.charge(answer[1])
        return answer[0]


def _text(value: StoredValue | None) -> str | None:
    return None if value is None else to_contract(value) or ""
