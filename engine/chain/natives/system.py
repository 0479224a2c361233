"""system.iost 1.0.0: deploying and updating contracts, and settings of the chain (spec/natives.md §2).

Charges stand in the reference's order: a deployment that fails has paid for the steps before.
"""

from __future__ import annotations

from engine.chain.amount_limits import check_amount_limits
from engine.chain.compile_request import CompileReply, CompileRequest, ContractCompiler
from engine.chain.contract_source import ContractInfo, ContractSource, encode_contract, read_contract
from engine.chain.contracts import (
    NATIVE_LANGUAGE,
    SCRIPT_LANGUAGE,
    ContractRecord,
    StateContracts,
    encoded_size,
    record_key,
    source_key,
)
from engine.chain.host import Host
from engine.chain.host_interface import Invocation, RamCharge, Returns
from engine.chain.natives.method import ADMIN, COMMON, NativeContract, NativeMethod, publisher
from engine.chain.prices import read_prices
from engine.chain.stored import encode
from engine.errors import ContractException, InternalError
from engine.values import Abi, AbiMethod

ID = "system.iost"
MAXIMUM_CODE_BYTES = 49_152
_INIT = AbiMethod("init")


class SystemContract:
    """The methods of system.iost; `compiler` compiles, `natives` finds built-in versions by (id, version)."""

    def __init__(self, compiler: ContractCompiler, natives: dict[tuple[str, str], NativeContract]) -> None:
        self._compiler = compiler
        self._natives = natives

    def contract(self) -> NativeContract:
        """Return the contract's description."""
        text = "string"
        methods = {
            "requireAuth": NativeMethod((text, text), self.require_auth),
            "receipt": NativeMethod((text,), self.receipt),
            "setCode": NativeMethod((text,), self.set_code),
            "updateCode": NativeMethod((text, text), self.update_code),
            "initSetCode": NativeMethod((text, text), self.initial_set_code),
            "updateNativeCode": NativeMethod((text, text, text), self.update_native_code),
            "cancelDelaytx": NativeMethod((text,), self.cancel_delayed_transaction),
            "hostSettings": NativeMethod((text,), self.host_settings),
            "can_update": COMMON["can_update"],
        }
        return NativeContract(id=ID, version="1.0.0", methods=methods)

    def require_auth(self, host: Host, account: str, permission: str) -> Returns:
        """Return whether `account@permission` is granted."""
        return [host.require_auth(account, permission)]

    def receipt(self, host: Host, content: str) -> Returns:
        """Leave a receipt."""
        host.receipt(content)
        return []

    def set_code(self, host: Host, text: str) -> Invocation:
        """Deploy a contract, owned by the publisher; returns its id."""
        source = _read(host, text)
        host.charge(host.prices.context)
        contract = f"Contract{host.transaction.hash or ''}"
        self._charge_code(host, source)
        owner = publisher(host)
        yield from self._deploy(host, contract, source, owner)
        host.map_put("contract_owner", contract, owner, owner)
        return [contract]

    def initial_set_code(self, host: Host, contract: str, text: str) -> Invocation:
        """Deploy a contract under a chosen id, in block 0 only."""
        if host.transaction.block.number != 0:
            raise ContractException("initSetCode in normal block")
        source = _read(host, text)
        yield from self._deploy(host, contract, source, ADMIN)
        host.map_put("contract_owner", contract, ADMIN)
        return [contract]

    def update_code(self, host: Host, text: str, data: str) -> Invocation:
        """Replace a contract's code if its `can_update` agrees to `data`."""
        host.charge_steps()
        if host.frame.height != 1:
            raise ContractException("can't call UpdateCode from other contract")
        source = _read(host, text)
        self._charge_code(host, source)
        yield from self._update(host, source, data)
        return []

    def update_native_code(self, host: Host, contract: str, version: str, text: str) -> Invocation:
        """Switch a built-in contract to another built-in version, or replace a contract's code, as administrator."""
        if not host.require_auth(ADMIN, "system"):
            raise ContractException("update native code need admin@system permission")
        host.charge_steps()
        if version:
            native = self._natives.get((contract, version))
            if native is None:
                raise ContractException("invalid contractID or version")
            info = ContractInfo(NATIVE_LANGUAGE, version, native.abi().abi)
            source = ContractSource(id=contract, info=info, code="codes")
        else:
            source = _read(host, text)
        yield from self._update(host, source, "")
        return []

    def cancel_delayed_transaction(self, host: Host, _hash: str) -> Returns:
        """Fail: there are no delayed transactions."""
        host.charge(host.prices.get)
        raise ContractException("delaytx not exists")

    def host_settings(self, host: Host, text: str) -> Returns:
        """Set prices from the next block on."""
        if not host.require_auth(ADMIN, "system"):
            raise ContractException("set host settings need admin@system permission")
        read_prices(text)
        host.map_put("settings", "host", text)
        return None

    # --- parts -----------------------------------------------------------------------------------

    def _charge_code(self, host: Host, source: ContractSource) -> None:
        host.charge(host.prices.set_code_base + host.prices.set_code_byte * len(source.code.encode()))

    def _deploy(self, host: Host, contract: str, source: ContractSource, owner: str) -> Invocation:
        info, reply = self._compiled(host, contract, source)
        record = self._record(host, contract, source, info, reply)
        with_init = (*info.abi, _INIT)
        size = encoded_size(contract, info.lang, info.version, with_init, reply.compiled_bytes)
        _charge_code_ram(host, owner, size)
        if StateContracts(host.cache).record(contract) is not None:
            raise ContractException("contract exists")
        self._store(host, record, source)
        if info.lang == NATIVE_LANGUAGE and (contract, info.version) not in self._natives:
            raise ContractException(f"invalid contract name: {contract} {info.version}")
        yield from host.call_contract(contract, "init", "[]")
        return None

    def _update(self, host: Host, source: ContractSource, data: str) -> Invocation:
        _verify(host, source)
        old = StateContracts(host.cache).record(source.id)
        if old is None:
            host.charge(host.prices.get)
            raise ContractException("contract not exists")
        if not any(method.name == "can_update" for method in old.abi):
            host.charge(host.prices.get)
            raise ContractException("update refused")
        try:
            returned = yield from host.call_contract(source.id, "can_update", f'["{data}"]')
        except ContractException as failure:
            raise ContractException(f"call can_update: {failure.text}") from None
        if not returned or returned[0] != "true":
            raise ContractException("update refused")
        info, reply = self._compiled(host, source.id, source)
        record = self._record(host, source.id, source, info, reply)
        self._store(host, record, source)
        _charge_code_ram(host, publisher(host), record.encoded_size - old.encoded_size)
        return None

    def _compiled(self, host: Host, contract: str, source: ContractSource) -> tuple[ContractInfo, CompileReply]:
        """Validate and compile; returns the interface and the outcome, which is a success."""
        info = _verify(host, source)
        reply = CompileReply()
        if info.lang == SCRIPT_LANGUAGE:
            abi = Abi(lang=info.lang, version=info.version, abi=info.abi)
            reply = self._compiler.compile(CompileRequest(source.code, abi, source.profile))
        identified = ContractSource(id=contract, info=info, code=source.code)
        host.charge(host.prices.code_byte * len(encode_contract(identified)))
        if info.lang not in {SCRIPT_LANGUAGE, NATIVE_LANGUAGE}:
            raise ContractException("vm unsupported")
        if reply.validate_error is not None:
            raise ContractException(reply.validate_error)
        for method in info.abi:
            host.charge_steps(len(method.amount_limit))
            check_amount_limits(host.cache, method.amount_limit)
        host.charge(host.prices.code_byte * len(source.code.encode()))
        if reply.compile_error is not None:
            raise ContractException(reply.compile_error)
        return info, reply

    def _record(
        self, host: Host, contract: str, source: ContractSource, info: ContractInfo, reply: CompileReply
    ) -> ContractRecord:
        return ContractRecord(
            id=contract,
            language=info.lang,
            version=info.version,
            abi=info.abi,
            code_key=reply.code_key,
            profile=source.profile,
            encoded_size=encoded_size(contract, info.lang, info.version, info.abi, reply.compiled_bytes),
            block_number=host.transaction.block.number or 0,
        )

    def _store(self, host: Host, record: ContractRecord, source: ContractSource) -> None:
        host.cache.put(record_key(record.id), record.text())
        if record.language == SCRIPT_LANGUAGE:
            host.cache.put(source_key(record.id), encode(source.code, ""))


class _NoCompiler:
    def compile(self, request: CompileRequest) -> CompileReply:
        raise InternalError("a contract was compiled while its interface was asked for")


def interface() -> Abi:
    """Return the interface, which stands in no state."""
    return SystemContract(_NoCompiler(), {}).contract().abi()


def _read(host: Host, text: str) -> ContractSource:
    try:
        return read_contract(text)
    except ContractException:
        host.charge(host.prices.refusal)
        raise


def _verify(host: Host, source: ContractSource) -> ContractInfo:
    problem = ""
    if len(source.code.encode()) > MAXIMUM_CODE_BYTES:
        problem = "code size invalid"
    elif source.info is None:
        problem = "invalid code info"
    if problem or source.info is None:
        host.charge(host.prices.refusal)
        raise ContractException(problem)
    return source.info


def _charge_code_ram(host: Host, payer: str, size: int) -> None:
    """Charge the RAM of code, unless a contract deploys: then nobody pays (spec/natives.md §2)."""
    if host.frame.height == 1:
        charge = RamCharge(payer, size)
        host.ram.append(charge)
        host.frame.ram.append(charge)
