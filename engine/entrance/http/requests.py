"""What the node is asked (spec/rpc.md §1, §3.1): messages in bodies, which `message_reader` reads, and paths."""

from __future__ import annotations

import json
import math
import re
from typing import Annotated

from engine.chain.keys import Signature
from engine.chain.transaction import Transaction
from engine.entrance.http.failure import bad_argument
from engine.entrance.http.message_reader import Enum, Int64, UInt32
from engine.values import Action, AmountLimit, Value

TOPICS = ("CONTRACT_RECEIPT", "CONTRACT_EVENT")
_ALGORITHMS = ("UNKNOWN", "SECP256K1", "ED25519")
_STORAGE_TYPES = ("KV", "MAP")
Topic = Annotated[int, Enum("rpcpb.Event_Topic", TOPICS)]
AlgorithmNumber = Annotated[int, Enum("rpcpb.Signature_Algorithm", _ALGORITHMS)]
StorageType = Annotated[int, Enum("rpcpb.ListContractStorageRequest_StorageType", _STORAGE_TYPES)]
_TRUE, _FALSE = (
    frozenset({"1", "t", "T", "TRUE", "true", "True"}),
    frozenset({"0", "f", "F", "FALSE", "false", "False"}),
)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_OUT_OF_RANGE = -(2**63)
"""What converting a double that does not fit gives on the reference's machines."""


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
    """A signature; in JSON, key and signature are base64."""

    algorithm: AlgorithmNumber = 0
    signature: bytes = b""
    public_key: bytes = b""


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
        """Return the signed transaction; raises `RequestFailure` for an algorithm that no signature can name."""
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
    storage_type: StorageType = 0
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

    topics: tuple[Topic, ...] = ()
    filter: SubscribeFilter = SubscribeFilter()

    def topic_names(self) -> frozenset[str]:
        """Return the topics by name; numbers that are none are nobody's topic."""
        return frozenset(TOPICS[topic] for topic in self.topics if 0 <= topic < len(TOPICS))


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


def storage_type(value: int) -> str:
    """Return `KV` or `MAP`; raises `RequestFailure` for another storage type."""
    if not 0 <= value < len(_STORAGE_TYPES):
        raise bad_argument(f"unknown value {value} for enum rpcpb.ListContractStorageRequest_StorageType")
    return _STORAGE_TYPES[value]


def _hundredths(value: float) -> int:
    product = value * 100
    return int(product) if math.isfinite(product) and abs(product) < 2**63 else _OUT_OF_RANGE


def _signature(request: SignatureRequest) -> Signature:
    if not 0 <= request.algorithm <= 255:
        raise bad_argument(f"unknown value {request.algorithm} for enum rpcpb.Signature_Algorithm")
    return Signature(request.algorithm, request.signature, request.public_key)
