"""Transactions that come in through the node: refusals, modes of production, what the window hears of them."""

from __future__ import annotations

import queue
import threading
import time

import msgspec
import pytest

from engine.chain.keys import Algorithm, KeyPair, Signature
from engine.chain.transaction import LIFETIME
from engine.facade import (
    BlockProduced,
    Engine,
    Genesis,
    Production,
    ProductionMode,
    TransactionExecuted,
    TransactionReceived,
)
from engine.values import Action, AmountLimit, TransactionRequest
from tests.engine.entrance.http.client import KEYS, Client, Node, message, signed

SECOND = 10**9


@pytest.fixture
def quiet(tmp_path):
    """A node of its own, without JavaScript built-ins, that produces blocks when it is told to."""
    engine = Engine.open(tmp_path, genesis=Genesis(builtin="none"))
    engine.set_production(Production(ProductionMode.MANUAL)).result(30)
    node = Node(engine)
    yield node
    node.close()
    engine.close()


def transfer(sender="alice", to="bobby", amount="1", **changes):
    return signed(sender, "token.iost", "transfer", "iost", sender, to, amount, "", **changes)


def test_the_window_hears_of_transactions_from_outside(node):
    heard = queue.SimpleQueue()
    wanted = (TransactionReceived, TransactionExecuted, BlockProduced)
    unsubscribe = node.engine.subscribe(lambda event: heard.put(event) if isinstance(event, wanted) else None)
    identity = node.send(transfer())
    received, executed, produced = (heard.get(timeout=10) for _ in range(3))
    unsubscribe()
    assert received == TransactionReceived(identity)
    assert isinstance(executed, TransactionExecuted)
    assert (executed.result.hash, executed.result.request.publisher) == (identity, "alice")
    assert isinstance(produced, BlockProduced)
    assert produced.block.transactions[1] == identity


def test_the_window_can_debug_a_transaction_from_outside(node):
    source = "class A { init() {} f() { const n = 1; return n + 1; } }\nmodule.exports = A;\n"
    code = {"info": {"lang": "javascript", "version": "1.0.0", "abi": [{"name": "f", "args": []}]}, "code": source}
    receipt = node.call("alice", "system.iost", "setCode", msgspec.json.encode(code).decode())
    contract = f"Contract{receipt['tx_hash']}"
    called = node.call("bobby", contract, "f")
    session = node.engine.debug(called["tx_hash"]).result(60)
    assert session.step_count > 1
    session.close()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"chain_id": 1020}, "VerifyError invalid chain_id, should be 1024, yours:1020"),
        ({"delay": 1}, "VerifyError invalid delay time"),
        ({"gas_limit": 5000_00}, "VerifyError gas limit illegal, should in [6000, 4000000]"),
        ({"gas_ratio": 99}, "VerifyError gas ratio illegal, should in [1, 100]"),
        ({"gas_ratio": 10001}, "VerifyError gas ratio illegal, should in [1, 100]"),
        ({"gas_limit": 10**15}, "gas not enough: user alice has "),
        ({"publisher": "nobody00", "key": KEYS["alice"]}, "gas not enough: user nobody00 has 0 < 1000000"),
        ({"publisher": "ünïcode", "key": KEYS["alice"]}, "gas not enough: user ünïcode has 0 < 1000000"),
        ({"key": KEYS["bobby"]}, "unauthorized publisher: alice"),
        ({"signers": ("bobby@active",)}, "unauthorized signer: bobby@active"),
        ({"signers": ("bobby",)}, "illegal signer: bobby"),
        ({"amount_limit": (AmountLimit("none", "1"),)}, 'token not exists in amountLimit, token:"none"  val:"1"'),
        ({"amount_limit": (AmountLimit("iost", "1"),) * 2}, "duplicated token in amountLimit: iost"),
        ({"amount_limit": (AmountLimit("iost", "1e9"),)}, "abnormal char in amount"),
        ({"actions": (Action("a", "b", "{"),)}, "invalid json array: "),
        ({"actions": (Action("a", "b", "x" * 70_000),)}, "invalid json array: "),
        (
            {"actions": (Action("a", "b", f'["{"x" * 70_000}"]'),)},
            "VerifyError tx size illegal, should <= 65536, got 7",
        ),
    ],
)
def test_refusals(node, changes, text):
    transaction = signed(changes.pop("publisher", "alice"), "system.iost", "receipt", "x", **changes)
    assert node.refusal(transaction).startswith(text)
    assert node.failure(f"/getTxByHash/{transaction.hash_text()}") == (2, "tx not found")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("9" * 30, "invalid amount: "),
        ("-1", "invalid amount: -1"),
        ("1.123456789", "invalid decimal: 1.123456789"),
        ("1e3", "invalid amount: 1e3"),
        ("٣", "invalid amount: ٣"),
        ("", "invalid amount: "),
    ],
)
def test_absurd_amounts(node, amount, text):
    assert node.refusal(transfer(amount=amount)).startswith(text)


def test_times(node):
    now = time.time_ns()
    assert node.refusal(transfer(time=now - LIFETIME - SECOND)).startswith("TimeError: tx.time is expired")
    assert node.refusal(transfer(expiration=now - 1)).startswith("TimeError: tx.time is expired")
    assert node.refusal(transfer(time=now + 100 * SECOND)).startswith("TimeError: tx.time is too large")
    assert node.refusal(transfer(time=now + 20 * SECOND, expiration=now + 10 * SECOND)) == (
        "VerifyError invalid time and expiration"
    )


def test_signatures(node):
    good = transfer()
    (signature,) = good.publisher_signatures
    broken = bytes([signature.signature[0] ^ 1]) + signature.signature[1:]
    for signatures, text in (
        ((), "VerifyError publisher empty error"),
        ((msgspec.structs.replace(signature, signature=broken),), "VerifyError publisher error"),
        ((msgspec.structs.replace(signature, signature=broken[:63]),), "VerifyError publisher error"),
        ((msgspec.structs.replace(signature, public_key=b""),), "VerifyError publisher error"),
        ((msgspec.structs.replace(signature, algorithm=1),), "VerifyError publisher error"),
        ((signature, msgspec.structs.replace(signature, signature=broken)), "VerifyError publisher error"),
    ):
        assert node.refusal(msgspec.structs.replace(good, publisher_signatures=signatures)) == text
    tampered = msgspec.structs.replace(good, gas_limit=good.gas_limit + 1)
    assert node.refusal(tampered) == "VerifyError publisher error"
    stranger = Signature(Algorithm.ED25519, bytes(64), KeyPair.from_phrase("x").public_key)
    assert node.refusal(msgspec.structs.replace(good, signatures=(stranger,))) == "VerifyError signer error"


def test_a_transaction_enters_once(node):
    transaction = transfer()
    node.send(transaction)
    assert node.refusal(transaction) == "tx exists in chain"


def test_a_transaction_ahead_of_the_clock_waits_for_its_time(node):
    produced = threading.Event()
    unsubscribe = node.engine.subscribe(lambda event: produced.set() if isinstance(event, BlockProduced) else None)
    transaction = transfer(time=time.time_ns() + 5 * SECOND)
    identity = node.send(transaction)
    answer = node.get(f"/getTxByHash/{identity}")
    assert (answer["status"], answer["block_number"]) == ("PENDING", "-1")
    assert produced.wait(60)
    unsubscribe()
    number = int(node.get(f"/getTxByHash/{identity}")["block_number"])
    assert node.engine.validate_block(number).result(30) is None


def test_receipts_only_from_blocks(quiet):
    transaction = transfer()
    identity = quiet.send(transaction)
    assert quiet.refusal(transaction) == "tx exists in pending"
    answer = quiet.get(f"/getTxByHash/{identity}")
    assert (answer["status"], answer["block_number"], answer["transaction"]["tx_receipt"]) == ("PENDING", "-1", None)
    assert quiet.failure(f"/getTxReceiptByTxHash/{identity}") == (2, "failed to Get the receipt: not found")
    assert quiet.get("/getNodeInfo")["tx_pool_size"] == "1"
    block = quiet.engine.produce().result(30)
    assert quiet.get(f"/getTxReceiptByTxHash/{identity}")["status_code"] == "SUCCESS"
    assert quiet.get(f"/getTxByHash/{identity}")["block_number"] == str(block.number)
    assert quiet.get("/getNodeInfo")["tx_pool_size"] == "0"


def test_the_windows_transactions_wait_for_the_block_too(quiet):
    request = TransactionRequest("alice", (Action("system.iost", "receipt", '["x"]'),))
    result = quiet.engine.transact(request).result(30)
    assert quiet.failure(f"/getTxReceiptByTxHash/{result.hash}") == (2, "failed to Get the receipt: not found")
    quiet.engine.produce().result(30)
    assert quiet.get(f"/getTxReceiptByTxHash/{result.hash}")["status_code"] == "SUCCESS"


def test_blocks_by_the_clock(quiet):
    blocks = queue.SimpleQueue()
    quiet.engine.subscribe(lambda event: blocks.put(event.block) if isinstance(event, BlockProduced) else None)
    quiet.engine.set_production(Production(ProductionMode.INTERVAL, 0.05)).result(30)
    assert len(blocks.get(timeout=10).transactions) == 1
    identity = quiet.send(transfer())
    while identity not in blocks.get(timeout=10).transactions:
        pass
    assert quiet.get(f"/getTxReceiptByTxHash/{identity}")["status_code"] == "SUCCESS"
    assert quiet.engine.production == Production(ProductionMode.INTERVAL, 0.05)


def test_many_clients_at_once(node):
    """Transactions of several connections all get in, each once."""
    before = node.get("/getTokenBalance/julia/iost/1")["balance"]
    failures = []

    def client(sender):
        connection = Client(node.address)
        try:
            for _ in range(10):
                connection.send(transfer(sender, "julia"))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(name,)) for name in ("alice", "bobby", "henry", "irene")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert node.get("/getTokenBalance/julia/iost/1")["balance"] == before + 40


def test_restart_keeps_the_chain(tmp_path):
    engine = Engine.open(tmp_path, genesis=Genesis(builtin="none"))
    node = Node(engine)
    identity = node.send(transfer())
    node.close()
    engine.close()
    engine = Engine.open(tmp_path)
    node = Node(engine)
    assert node.get(f"/getTxReceiptByTxHash/{identity}")["status_code"] == "SUCCESS"
    node.close()
    engine.close()


def test_names_of_both_spellings(node):
    transaction = transfer()
    spelled = message(transaction)
    spelled["publisher_sigs"] = spelled.pop("publisherSigs")
    spelled["amount_limit"] = spelled.pop("amountLimit")
    assert node.post("/sendTx", spelled)["hash"] == transaction.hash_text()
