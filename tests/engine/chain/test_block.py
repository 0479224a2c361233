"""Blocks: Merkle roots, head hash, and finding any change by executing again (spec/transactions.md §8, vm.md §6)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chain.block import merkle_root, receipts_root, transactions_root
from engine.chain.encoding import sha3
from engine.chain.receipt import centi_gas, gas_text, receipt_hash
from engine.chain.transaction import Transaction
from engine.values import Action, AmountLimit, ReceiptLine, Status, TransactionReceipt, TransactionRequest
from tests.engine.chain.local_worker import LocalChain


def test_merkle_roots_of_few_leaves():
    a, b, c = b"a" * 32, b"b" * 32, b"c" * 32
    assert merkle_root([]) == b""
    assert merkle_root([a]) == sha3(a + a)
    assert merkle_root([a, b]) == sha3(a + b)
    assert merkle_root([a, b, c]) == sha3(sha3(a + b) + sha3(c + c))


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20, unique=True), st.data())
def test_every_leaf_counts(leaves, data):
    changed = list(leaves)
    changed[data.draw(st.integers(0, len(leaves) - 1))] = bytes(33)
    assert merkle_root(leaves) != merkle_root(changed)


@given(st.integers(0, 10**15))
def test_gas_texts(amount):
    assert centi_gas(gas_text(amount)) == amount


def test_receipt_hash_covers_every_field():
    receipt = TransactionReceipt("2wV6", Status.SUCCESS, "", "1.5", {"a": 1}, ("[]",), (ReceiptLine("f", "c"),))
    changes = (
        {"tx_hash": "2wV7"},
        {"status": Status.TIMEOUT},
        {"message": "m"},
        {"gas_usage": "1.51"},
        {"ram_usage": {"a": 2}},
        {"ram_usage": {"b": 1}},
        {"returns": ("[1]",)},
        {"receipts": (ReceiptLine("g", "c"),)},
        {"receipts": ()},
    )
    hashes = {receipt_hash(msgspec.structs.replace(receipt, **change)) for change in changes}
    assert len(hashes | {receipt_hash(receipt)}) == len(changes) + 1


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    local = LocalChain(tmp_path_factory.mktemp("chain"))
    for amount in ("1", "99999999"):
        action = Action("token.iost", "transfer", f'["iost","alice","bobby","{amount}",""]')
        local.chain.transact(TransactionRequest("alice", (action,)), close=False)
    local.chain.produce()
    yield local
    local.close()


def replace(block, **changes):
    """Change a block's content and sign it again, as a producer that cheats would."""
    changed = msgspec.structs.replace(block, **changes)
    head = msgspec.structs.replace(
        changed.head,
        tx_merkle_hash=transactions_root(changed.transactions),
        tx_receipt_merkle_hash=receipts_root(changed.receipts),
    )
    return signed(msgspec.structs.replace(changed, head=head))


def signed(block):
    from engine.chain.development import PRODUCER_SECRET
    from engine.chain.keys import KeyPair

    key = KeyPair.from_secret_text(PRODUCER_SECRET)
    return msgspec.structs.replace(block, signature=key.sign(block.head.hash()))


def test_recorded_blocks_are_valid(local):
    block = local.chain.block(1)
    assert [receipt.status for receipt in block.receipts] == [Status.SUCCESS, Status.SUCCESS, Status.RUNTIME_ERROR]
    assert local.chain.validate(1) is None
    assert local.chain.validate(replace(block)) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 2),
        ("parent_hash", bytes(32)),
        ("tx_merkle_hash", bytes(32)),
        ("tx_receipt_merkle_hash", bytes(32)),
        ("number", 2),
        ("witness", "x"),
        ("time", 1),
        ("info", b"{ }"),
    ],
)
def test_a_changed_head_is_found(local, field, value):
    block = local.chain.block(1)
    if field != "number":
        changed = msgspec.structs.replace(block, head=msgspec.structs.replace(block.head, **{field: value}))
        assert local.chain.validate(changed) is not None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"gas_usage": "1"}, "gas usage is recorded as 1, executing gives"),
        ({"status": Status.TIMEOUT}, "status is recorded as TIMEOUT"),
        ({"returns": ("[1]",)}, "returns is recorded as"),
        ({"receipts": ()}, "receipts is recorded as"),
        ({"ram_usage": {"alice": 1}}, "ram usage is recorded as"),
        ({"message": "m"}, "message is recorded as m"),
    ],
)
def test_a_changed_receipt_is_found(local, changes, text):
    block = local.chain.block(1)
    receipts = (block.receipts[0], msgspec.structs.replace(block.receipts[1], **changes), block.receipts[2])
    assert local.chain.validate(replace(block, receipts=receipts)).startswith(f"transaction 1: {text}")


def test_messages_of_failures_may_differ(local):
    block = local.chain.block(1)
    receipts = (*block.receipts[:2], msgspec.structs.replace(block.receipts[2], message="in other words"))
    assert local.chain.validate(replace(block, receipts=receipts)) is None


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda base, first, second: (first, second), "base transaction is not the expected one"),
        (lambda base, first, second: (base, first, first), "a transaction occurs twice"),
        (lambda base, first, second: (base, first), "3 receipts for 2 transactions"),
        (
            lambda base, first, second: (base, msgspec.structs.replace(first, publisher="bobby"), second),
            "transaction 1: unauthorized publisher: bobby",
        ),
        (
            lambda base, first, second: (base, msgspec.structs.replace(first, gas_limit=700_000), second),
            "transaction 1: publisher error",
        ),
        (
            lambda base, first, second: (base, msgspec.structs.replace(first, publisher_signatures=()), second),
            "transaction 1: publisher empty error",
        ),
        (lambda base, first, second: (base, msgspec.structs.replace(first, delay=1), second), "transaction 1: delayed"),
    ],
)
def test_changed_transactions_are_found(local, change, text):
    block = local.chain.block(1)
    assert local.chain.validate(replace(block, transactions=change(*block.transactions))) == text


CHANGED = {
    "time": 1,
    "expiration": 1,
    "gas_ratio": 1,
    "gas_limit": 100,
    "delay": 1,
    "chain_id": 1,
    "actions": (Action("token.iost", "transfer", '["iost","alice","carol","1",""]'),),
    "publisher": "bobby",
    "signers": ("alice@active",),
    "amount_limit": (AmountLimit("iost", "1"),),
    "signatures": None,
    "publisher_signatures": None,
}


def test_every_field_of_transactions_has_a_change():
    assert set(CHANGED) == set(Transaction.__struct_fields__)


@pytest.mark.parametrize("index", [1, 2])
@pytest.mark.parametrize("field", CHANGED)
def test_every_changed_field_is_found(local, index, field):
    """Whoever does not hold the publisher's key can change nothing, even if the producer helps."""
    block = local.chain.block(1)
    transaction = block.transactions[index]
    value = CHANGED[field]
    if value is None:
        value = block.transactions[3 - index].publisher_signatures
    elif isinstance(value, int):
        value += getattr(transaction, field)
    changed = msgspec.structs.replace(transaction, **{field: value})
    transactions = (*block.transactions[:index], changed, *block.transactions[index + 1 :])
    receipts = tuple(
        msgspec.structs.replace(receipt, tx_hash=each.hash_text())
        for each, receipt in zip(transactions, block.receipts, strict=True)
    )
    assert local.chain.validate(replace(block, transactions=transactions, receipts=receipts)) is not None


@pytest.mark.parametrize("order", [(1, 0, 2), (1, 2), (0, 1), (0,)])
def test_a_block_begins_with_its_base_transaction(local, order):
    block = local.chain.block(1)
    changed = {name: tuple(getattr(block, name)[index] for index in order) for name in ("transactions", "receipts")}
    difference = local.chain.validate(replace(block, **changed))
    assert (difference is None) is (order[0] == 0)
