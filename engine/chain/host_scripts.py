"""Answers the host operations of scripts: unpacks arguments, calls the host, packs the reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from engine.chain import host_crypto
from engine.chain.go_json import go_json, well_formed
from engine.chain.stored import FixedPoint, StoredValue, to_contract
from engine.errors import ContractException, ContractFailure
from engine.vm.interface import HostReply, Operation

if TYPE_CHECKING:
    from engine.chain.host import Host

Result: TypeAlias = str | bool | None
Handler: TypeAlias = "Callable[..., Result]"
"""Takes the host and the operation's texts."""


def answer(host: Host, operation: Operation, arguments: Sequence[str | None]) -> HostReply:
    """Answer one operation; its price is what it charged to the running frame."""
    frame = host.frame
    before = frame.cpu
    required, optional, handler = _HANDLERS[operation]
    if not required <= len(arguments) <= required + optional or None in arguments[:required]:
        return HostReply(error=f"{operation.name} invalid argument")
    try:
        result = handler(host, *["" if argument is None else well_formed(argument) for argument in arguments])
    except ContractFailure as failure:
        return HostReply(gas=frame.cpu - before, error=failure.text)
    return HostReply(result, gas=frame.cpu - before)


def _get(host: Host, key: str) -> Result:
    value = host.get(key)
    if isinstance(value, FixedPoint):
        raise ContractException("invalid db value type")
    return _text(value)


def _verify(host: Host, algorithm: str, message: str, signature: str, public_key: str) -> Result:
    holds, price = host_crypto.verify(algorithm, message, signature, public_key)
    host.charge(price)
    return "1" if holds else "0"


def _hashing(function: Callable[[str], tuple[str, int]]) -> Handler:
    def handle(host: Host, text: str) -> Result:
        result, price = function(text)
        host.charge(price)
        return result

    return handle


def _text(value: StoredValue | None) -> str | None:
    return None if value is None else to_contract(value) or ""


_HANDLERS: dict[Operation, tuple[int, int, Handler]] = {
    Operation.STORAGE_PUT: (2, 1, lambda host, *texts: host.put(*texts)),
    Operation.STORAGE_GET: (1, 0, _get),
    Operation.STORAGE_HAS: (1, 0, lambda host, key: host.has(key)),
    Operation.STORAGE_DEL: (1, 0, lambda host, key: host.delete(key)),
    Operation.MAP_PUT: (3, 1, lambda host, *texts: host.map_put(*texts)),
    Operation.MAP_GET: (2, 0, lambda host, key, field: _text(host.map_get(key, field))),
    Operation.MAP_HAS: (2, 0, lambda host, key, field: host.map_has(key, field)),
    Operation.MAP_DEL: (2, 0, lambda host, key, field: host.map_delete(key, field)),
    Operation.MAP_KEYS: (1, 0, lambda host, key: go_json(host.map_keys(key))),
    Operation.MAP_LEN: (1, 0, lambda host, key: str(len(host.map_keys(key)))),
    Operation.GLOBAL_GET: (2, 0, lambda host, contract, key: _text(host.get(key, contract=contract))),
    Operation.GLOBAL_HAS: (2, 0, lambda host, contract, key: host.has(key, contract=contract)),
    Operation.GLOBAL_MAP_GET: (3, 0, lambda host, owner, key, field: _text(host.map_get(key, field, contract=owner))),
    Operation.GLOBAL_MAP_HAS: (3, 0, lambda host, contract, key, field: host.map_has(key, field, contract=contract)),
    Operation.GLOBAL_MAP_KEYS: (2, 0, lambda host, contract, key: go_json(host.map_keys(key, contract=contract))),
    Operation.GLOBAL_MAP_LEN: (2, 0, lambda host, contract, key: str(len(host.map_keys(key, contract=contract)))),
    Operation.BLOCK_INFO: (0, 0, lambda host: host.block_info()),
    Operation.TX_INFO: (0, 0, lambda host: host.transaction_info()),
    Operation.CONTEXT_INFO: (0, 0, lambda host: host.context_info()),
    Operation.REQUIRE_AUTH: (2, 0, lambda host, identity, permission: host.require_auth(identity, permission)),
    Operation.RECEIPT: (1, 0, lambda host, content: host.receipt(content)),
    Operation.EVENT: (1, 0, lambda host, content: host.event(content)),
    Operation.CONSOLE: (2, 0, lambda host, level, text: host.print(level, text)),
    Operation.SHA3: (1, 0, _hashing(host_crypto.sha3_text)),
    Operation.SHA3_HEX: (1, 0, _hashing(host_crypto.sha3_hex)),
    Operation.RIPEMD160_HEX: (1, 0, _hashing(host_crypto.ripemd160_hex)),
    Operation.VERIFY: (4, 0, _verify),
}
