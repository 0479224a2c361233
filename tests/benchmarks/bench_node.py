"""The local node: transfers a second over HTTP and through the facade, latency, signature checks."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.chain.development import development_accounts
from engine.chain.encoding import sha3
from engine.chain.keys import Algorithm, KeyPair, Signature
from engine.chain.transaction import LIFETIME, Transaction
from engine.facade import BlockProduced, Engine, Production, ProductionMode
from engine.values import Action, AmountLimit, TransactionRequest
from tests.benchmarks.harness import Figure, benchmark, spread, times

TRANSFERS = 400
SENDERS = ("alice", "bobby", "carol", "david", "ellen", "frank", "grace", "henry")
CONNECTIONS = 4
_KEYS = {name: account.key for name, account in development_accounts().items()}


@contextlib.contextmanager
def served() -> Iterator[tuple[Engine, str]]:
    """An engine with its node, and the node's `host:port`."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder))
        try:
            yield engine, engine.start_node(port=0).result(30).removeprefix("http://")
        finally:
            engine.close()


def transfer_action(sender: str, memo: str) -> Action:
    """Return a transfer of 1 iost."""
    return Action("token.iost", "transfer", json.dumps(["iost", sender, "julia", "1", memo], separators=(",", ":")))


def signed_bodies(count: int) -> list[bytes]:
    """Return bodies of sendTx for different transfers, signed now."""
    now = time.time_ns()
    bodies = []
    for number in range(count):
        sender = SENDERS[number % len(SENDERS)]
        transaction = Transaction(
            time=now - number,
            expiration=now + LIFETIME,
            gas_ratio=100,
            gas_limit=50_000_00,
            actions=(transfer_action(sender, ""),),
            publisher=sender,
            amount_limit=(AmountLimit("iost", "1"),),
        ).signed([_KEYS[sender]])
        bodies.append(json.dumps(body_of(transaction)).encode())
    return bodies


def body_of(transaction: Transaction) -> dict[str, object]:
    """Return a transaction as the SDK sends it."""
    (signature,) = transaction.publisher_signatures
    return {
        "time": transaction.time,
        "expiration": transaction.expiration,
        "gasRatio": transaction.gas_ratio / 100,
        "gasLimit": transaction.gas_limit / 100,
        "chain_id": transaction.chain_id,
        "actions": [{"contract": a.contract, "actionName": a.action_name, "data": a.data} for a in transaction.actions],
        "amount_limit": [{"token": limit.token, "value": limit.val} for limit in transaction.amount_limit],
        "publisher": transaction.publisher,
        "publisher_sigs": [
            {
                "algorithm": "ED25519",
                "signature": base64.b64encode(signature.signature).decode(),
                "public_key": base64.b64encode(signature.public_key).decode(),
            }
        ],
    }


def post_all(address: str, bodies: Sequence[bytes]) -> list[float]:
    """Send bodies one after another on one connection; return each one's duration in microseconds."""
    connection = http.client.HTTPConnection(address, timeout=60)
    taken = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", "/sendTx", body)
        answer = connection.getresponse()
        text = answer.read()
        taken.append((time.perf_counter() - start) * 1e6)
        assert answer.status == 200, text
    connection.close()
    return taken


def post_at_once(address: str, bodies: Sequence[bytes]) -> float:
    """Send bodies over several connections; return the seconds until all are answered."""
    threads = [
        threading.Thread(target=post_all, args=(address, bodies[first::CONNECTIONS])) for first in range(CONNECTIONS)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


@benchmark("node")
def node_figures() -> Iterator[Figure]:
    """Transfers through the node and through the facade, committed to disk before they are answered."""
    with served() as (engine, address):
        post_all(address, signed_bodies(20))
        one = spread(post_all(address, signed_bodies(TRANSFERS)))
        yield Figure("transfer over HTTP, a block each, p50", one.p50 / 1e3, "ms")
        yield Figure("transfer over HTTP, a block each, p99", one.p99 / 1e3, "ms")
        taken = post_at_once(address, signed_bodies(TRANSFERS))
        yield Figure(f"transfers over HTTP, {CONNECTIONS} connections, a block each", TRANSFERS / taken, "1/s")
        asking = http.client.HTTPConnection(address, timeout=60)

        def ask() -> None:
            asking.request("GET", "/getTokenBalance/julia/iost/1")
            asking.getresponse().read()

        yield Figure("balance over HTTP, p50", times(ask, 300).p50 / 1e3, "ms")
        asking.close()
        requests = [
            TransactionRequest("alice", (transfer_action("alice", str(number)),), gas_limit="50000")
            for number in range(TRANSFERS)
        ]
        start = time.perf_counter()
        for future in [engine.transact(request) for request in requests]:
            assert future.result(60).succeeded
        yield Figure("transfers through the facade, a block each", TRANSFERS / (time.perf_counter() - start), "1/s")
        engine.set_production(Production(ProductionMode.MANUAL)).result(30)
        yield Figure("transfers over HTTP, 49 a block", batched(engine, address), "1/s", note="with producing")


def batched(engine: Engine, address: str) -> float:
    """Fill the pool over HTTP and empty it by blocks; return transfers a second."""
    waiting = TRANSFERS
    emptied = threading.Event()

    def count(event: object) -> None:
        nonlocal waiting
        if isinstance(event, BlockProduced):
            waiting -= len(event.block.transactions) - 1
            if waiting <= 0:
                emptied.set()

    unsubscribe = engine.subscribe(count)
    bodies = signed_bodies(TRANSFERS)
    start = time.perf_counter()
    post_at_once(address, bodies)
    while not emptied.is_set():
        engine.produce().result(60)
    unsubscribe()
    return TRANSFERS / (time.perf_counter() - start)


@benchmark("signatures")
def signature_figures() -> Iterator[Figure]:
    """Checking and making signatures, on one core."""
    digest = sha3(b"benchmark")
    pairs = {
        "ed25519": KeyPair.from_phrase("benchmark"),
        "secp256k1": KeyPair.from_secret_text("4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi", Algorithm.SECP256K1),
    }
    for name, pair in pairs.items():
        signature: Signature = pair.sign(digest)
        assert signature.verifies(digest)
        checking = times(lambda signature=signature: signature.verifies(digest), 500)
        signing = times(lambda pair=pair: pair.sign(digest), 300)
        yield Figure(f"{name} checks", 1e6 / checking.p50, "1/s", note=f"{checking.p50:.0f} µs each")
        yield Figure(f"{name} signatures", 1e6 / signing.p50, "1/s", note=f"{signing.p50:.0f} µs each")
