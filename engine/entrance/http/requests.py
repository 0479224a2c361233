"""What the node is asked, and how it is read (spec/rpc.md §1, §3.1): JSON whatever the content type says.

Names may be in snake_case or camelCase, `null` is absent, unknown fields are ignored, 64-bit integers come as numbers
or texts and keep every digit, enums come as names or numbers, bytes in either base64 alphabet.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec

from engine.chain.go_json import well_formed
from engine.chain.keys import Algorithm, Signature
from engine.chain.transaction import Transaction
from engine.entrance.http.failure import bad_argument
from engine.values import Action, AmountLimit, Value

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
UInt32 = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]

TOPICS = ("CONTRACT_RECEIPT", "CONTRACT_EVENT")
_ALGORITHMS = {"UNKNOWN": 0, "SECP256K1": int(Algorithm.SECP256K1), "ED25519": int(Algorithm.ED25519)}
_CAPITAL = re.compile("(?<=[a-z0-9])[A-Z]")
_TRUE, _FALSE = (
    frozenset({"1", "t", "T", "TRUE", "true", "True"}),
    frozenset({"0", "f", "F", "FALSE", "false", "False"}),
)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_OUT_OF_RANGE = -(2**63)
"""What converting a double that does not fit gives on the reference's machines."""

Message = TypeVar("Message", bound=Value)


# --- messages --------------------------------------------------------------------------------------


class ActionRequest(Value, frozen=True):
    """One contract call."""

    contract: str = ""
    action_name: str = ""
    data: str = ""


class LimitRequest(Value, frozen=True):
    """A bound on a token."""

    token: str = ""
    value: str = ""


class SignatureRequest(Value, frozen=True):
    """A signature; key and signature in base64."""

    algorithm: str | int = 0
    signature: str = ""
    public_key: str = ""


class TransactionMessageRequest(Value, frozen=True):
    """Body of sendTx and execTx."""

    time: Int64 = 0
    expiration: Int64 = 0
    gas_ratio: float = 0.0
    gas_limit: float = 0.0
    delay: Int64 = 0
    chain_id: UInt32 = 0
    actions: tuple[ActionRequest, ...] = ()
    amount_limit: tuple[LimitRequest, ...] = ()
    signers: tuple[str, ...] = ()
    signatures: tuple[SignatureRequest, ...] = ()
    publisher: str = ""
    publisher_sigs: tuple[SignatureRequest, ...] = ()

    def transaction(self) -> Transaction:
        """Return the signed transaction.

        Raises:
            RequestFailure: a signature cannot be read.
        """
        return Transaction(
            time=self.time,
            expiration=self.expiration,
            gas_ratio=_hundredths(self.gas_ratio),
            gas_limit=_hundredths(self.gas_limit),
            actions=tuple(Action(action.contract, action.action_name, action.data) for action in self.actions),
            publisher=self.publisher,
            delay=self.delay,
            chain_id=self.chain_id,
            signers=self.signers,
            amount_limit=tuple(AmountLimit(limit.token, limit.value) for limit in self.amount_limit),
            signatures=tuple(map(_signature, self.signatures)),
            publisher_signatures=tuple(map(_signature, self.publisher_sigs)),
        )


class HeaderRangeRequest(Value, frozen=True):
    """Body of getBlockHeaderByRange: [start, end)."""

    start: Int64 = 0
    end: Int64 = 0


class StorageRequest(Value, frozen=True):
    """Body of getContractStorage."""

    id: str = ""
    key: str = ""
    field: str = ""
    by_longest_chain: bool = False


class KeyField(Value, frozen=True):
    """One entry of a batch."""

    key: str = ""
    field: str = ""


class StorageBatchRequest(Value, frozen=True):
    """Body of getBatchContractStorage."""

    id: str = ""
    key_fields: tuple[KeyField, ...] = ()
    by_longest_chain: bool = False


class StorageFieldsRequest(Value, frozen=True):
    """Body of getContractStorageFields."""

    id: str = ""
    key: str = ""
    by_longest_chain: bool = False


class StorageListRequest(Value, frozen=True, rename={"start": "from", "end": "to"}):
    """Body of listContractStorage: keys in [start, end) that begin with `prefix`."""

    id: str = ""
    start: str = ""
    end: str = ""
    prefix: str = ""
    storage_type: str | int = 0
    limit: Int64 = 0
    by_longest_chain: bool = False


class BlockTransactionsRequest(Value, frozen=True):
    """Body of getBlockTxsByContract; both ends are included."""

    from_block: Int64 = 0
    to_block: Int64 = 0
    contract: str = ""
    action_name: str = ""


class SubscribeFilter(Value, frozen=True):
    """Whose events are wanted, empty for all."""

    contract_id: str = ""


class SubscribeRequest(Value, frozen=True):
    """Body of subscribe."""

    topics: tuple[str | int, ...] = ()
    filter: SubscribeFilter = SubscribeFilter()

    def topic_names(self) -> frozenset[str]:
        """Return the topics by name; raises `RequestFailure` for an unknown one."""
        return frozenset(TOPICS[_enum(topic, TOPICS, "rpcpb.Event_Topic")] for topic in self.topics)


# --- bodies ----------------------------------------------------------------------------------------


def read_body(body: bytes, kind: type[Message]) -> Message:
    """Return the message in a request's body; an empty body is an empty message.

    Raises:
        RequestFailure: it is no JSON object, or a field has the wrong type.
    """
    if not body.strip():
        return kind()
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise bad_argument("invalid UTF-8") from None
    try:
        value = _normalised(json.loads(text, parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        raise bad_argument(_syntax_message(text, error)) from None
    except (ValueError, RecursionError) as error:
        raise bad_argument(str(error)) from None
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise bad_argument(f"json: {error}") from None


def _normalised(value: object) -> object:
    match value:
        case dict():
            return {_snake_case(name): _normalised(item) for name, item in value.items() if item is not None}
        case list():
            return [_normalised(item) for item in value]
        case str():
            if well_formed(value) != value:
                raise ValueError("invalid UTF-8")
    return value


@lru_cache(maxsize=512)
def _snake_case(name: str) -> str:
    return _CAPITAL.sub(lambda capital: f"_{capital.group().lower()}", name)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"invalid character '{name[0]}' looking for beginning of value")


def _syntax_message(text: str, error: json.JSONDecodeError) -> str:
    """Return what the reference says of a JSON text that is malformed."""
    if error.pos >= len(text) or error.msg.startswith("Unterminated"):
        return "unexpected EOF"
    where = "after top-level value" if error.msg == "Extra data" else "looking for beginning of value"
    return f"invalid character '{text[error.pos]}' {where}"


# --- path parameters -------------------------------------------------------------------------------


def read_boolean(text: str, name: str) -> bool:
    """Return a boolean path parameter; raises `RequestFailure`."""
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise _mismatch(name, "strconv.ParseBool", text, "invalid syntax")


def read_integer(text: str, name: str) -> int:
    """Return a 64-bit integer path parameter; raises `RequestFailure`."""
    if len(text) > 100 or not _INTEGER.fullmatch(text):
        raise _mismatch(name, "strconv.ParseInt", text, "invalid syntax")
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise _mismatch(name, "strconv.ParseInt", text, "value out of range")
    return number


def _mismatch(name: str, function: str, text: str, problem: str) -> Exception:
    shown = json.dumps(text, ensure_ascii=False)
    return bad_argument(f"type mismatch, parameter: {name}, error: {function}: parsing {shown}: {problem}")


# --- parts -----------------------------------------------------------------------------------------


def storage_type(value: str | int) -> str:
    """Return `KV` or `MAP`; raises `RequestFailure` for another storage type."""
    kinds = ("KV", "MAP")
    return kinds[_enum(value, kinds, "rpcpb.ListContractStorageRequest_StorageType")]


def _enum(value: str | int, names: tuple[str, ...], kind: str) -> int:
    if isinstance(value, int) and 0 <= value < len(names):
        return value
    if isinstance(value, str) and value in names:
        return names.index(value)
    raise bad_argument(f"unknown value {json.dumps(value)} for enum {kind}")


def _hundredths(value: float) -> int:
    product = value * 100
    return int(product) if math.isfinite(product) and abs(product) < 2**63 else _OUT_OF_RANGE


def _signature(request: SignatureRequest) -> Signature:
    algorithm = request.algorithm
    if isinstance(algorithm, str):
        if algorithm not in _ALGORITHMS:
            raise bad_argument(f"unknown value {json.dumps(algorithm)} for enum rpcpb.Signature_Algorithm")
        algorithm = _ALGORITHMS[algorithm]
    if not 0 <= algorithm <= 255:
        raise bad_argument(f"unknown value {algorithm} for enum rpcpb.Signature_Algorithm")
    return Signature(algorithm, _bytes(request.signature), _bytes(request.public_key))


def _bytes(text: str) -> bytes:
    standard = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise bad_argument(f"illegal base64 data in {json.dumps(text[:40], ensure_ascii=False)}") from None
