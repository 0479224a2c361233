"""What `system.iost/setCode` is given: a contract as JSON or as base64 of the reference's encoding."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator

import msgspec

from engine.errors import ContractException
from engine.values import AbiMethod, AmountLimit, Profile, Value


class ContractInfo(Value, frozen=True):
    """Language, version and interface of a contract to be deployed."""

    lang: str = ""
    version: str = ""
    abi: tuple[AbiMethod, ...] = ()


class ContractSource(Value, frozen=True):
    """A contract to be deployed. `profile` is an addition of ours; the reference ignores it."""

    id: str = ""
    info: ContractInfo | None = None
    code: str = ""
    profile: Profile = Profile.IOST


class _JsonLimit(Value, frozen=True):
    token: str = ""
    val: str = ""


class _JsonMethod(Value, rename={"amount_limit": "amountLimit"}, frozen=True):
    name: str = ""
    args: tuple[str, ...] | None = None
    amount_limit: tuple[_JsonLimit, ...] | None = None


class _JsonInfo(Value, frozen=True):
    lang: str = ""
    version: str = ""
    abi: tuple[_JsonMethod, ...] | None = None


class _JsonContract(Value, frozen=True):
    ID: str = ""
    id: str = ""
    info: _JsonInfo | None = None
    code: str = ""
    profile: Profile = Profile.IOST


def read_contract(text: str) -> ContractSource:
    """Return the contract in `setCode`'s argument.

    Raises:
        ContractException: it is neither form.
    """
    if not text:
        raise ContractException("contract text is empty")
    return _from_json(text) if text[0] == "{" else _from_base64(text)


def write_contract(source: ContractSource) -> str:
    """Return the JSON form, the one deployments from the window use."""
    info = source.info or ContractInfo()
    abi = [
        {"name": method.name, "args": list(method.args)}
        | (
            {"amountLimit": [{"token": a.token, "val": a.val} for a in method.amount_limit]}
            if method.amount_limit
            else {}
        )
        for method in info.abi
    ]
    contract: dict[str, object] = {"ID": source.id} if source.id else {}
    contract["info"] = {"lang": info.lang, "version": info.version, "abi": abi}
    contract["code"] = source.code
    if source.profile is not Profile.IOST:
        contract["profile"] = source.profile.value
    return json.dumps(contract, separators=(",", ":"), ensure_ascii=False)


def _from_json(text: str) -> ContractSource:
    try:
        parsed = msgspec.json.decode(text, type=_JsonContract)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ContractException(f"invalid contract: {error}") from None
    info = parsed.info
    return ContractSource(
        id=parsed.ID or parsed.id,
        info=ContractInfo(info.lang, info.version, tuple(map(_method, info.abi or ()))) if info else None,
        code=parsed.code,
        profile=parsed.profile,
    )


def _method(method: _JsonMethod) -> AbiMethod:
    limits = tuple(AmountLimit(limit.token, limit.val) for limit in method.amount_limit or ())
    return AbiMethod(method.name, tuple(method.args or ()), limits)


# --- the reference's encoding (protocol buffers) ---------------------------------------------------


def encode_contract(source: ContractSource) -> bytes:
    """Return the reference's encoding (Contract 1 ID, 2 info, 3 code)."""
    info = source.info
    encoded = _text(1, source.id)
    if info is not None:
        methods = b"".join(_bytes(3, _encoded_method(method)) for method in info.abi)
        encoded += _bytes(2, _text(1, info.lang) + _text(2, info.version) + methods)
    return encoded + _text(3, source.code)


def _encoded_method(method: AbiMethod) -> bytes:
    arguments = b"".join(_bytes(2, argument.encode()) for argument in method.args)
    limits = b"".join(_bytes(3, _text(1, limit.token) + _text(2, limit.val)) for limit in method.amount_limit)
    return _text(1, method.name) + arguments + limits


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode()) if text else b""


def _bytes(field: int, content: bytes) -> bytes:
    length, prefix = len(content), bytearray([field << 3 | 2])
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + content


def _from_base64(text: str) -> ContractSource:
    try:
        return _decoded_contract(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise ContractException("illegal base64 data in contract") from None
    except (ValueError, IndexError):
        raise ContractException("proto: cannot parse invalid wire-format data") from None


def _decoded_contract(data: bytes) -> ContractSource:
    texts = {1: "", 3: ""}
    info: ContractInfo | None = None
    for field, content in _fields(data):
        if field in texts:
            texts[field] = content.decode()
        elif field == 2:
            info = _decoded_info(content)
    return ContractSource(id=texts[1], info=info, code=texts[3])


def _decoded_info(data: bytes) -> ContractInfo:
    texts = {1: "", 2: ""}
    methods: list[AbiMethod] = []
    for field, content in _fields(data):
        if field in texts:
            texts[field] = content.decode()
        elif field == 3:
            methods.append(_decoded_method(content))
    return ContractInfo(texts[1], texts[2], tuple(methods))


def _decoded_method(data: bytes) -> AbiMethod:
    name, arguments, limits = "", [], []
    for field, content in _fields(data):
        if field == 1:
            name = content.decode()
        elif field == 2:
            arguments.append(content.decode())
        elif field == 3:
            parts = dict(_fields(content))
            limits.append(AmountLimit(parts.get(1, b"").decode(), parts.get(2, b"").decode()))
    return AbiMethod(name, tuple(arguments), tuple(limits))


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (number, content) of every length-delimited field; others are skipped.

    Raises:
        ValueError, IndexError: the data is damaged.
    """
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        kind = tag & 7
        if kind == 0:
            _, position = _varint(data, position)
            continue
        if kind == 2:
            length, position = _varint(data, position)
        else:
            length = {1: 8, 5: 4}.get(kind, -1)
        if length < 0 or position + length > len(data):
            raise ValueError("damaged field")
        if kind == 2:
            yield tag >> 3, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("number too long")
