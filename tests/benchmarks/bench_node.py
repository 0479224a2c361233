"""The local node: transfers a second over HTTP and through the facade, latency, signature checks."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.chain.development import development_accounts
from engine.chain.encoding import sha3
from engine.chain.gas_ledger import LIMIT, STOCK, TOTAL_PLEDGE, UPDATE_TIME, entry_key
from engine.chain.genesis import account_entry, simple_account
from engine.chain.keys import Algorithm, KeyPair, Signature
from engine.chain.stored import FixedPoint, encode
from engine.chain.transaction import LIFETIME, Transaction
from engine.facade import BlockProduced, Engine, Production, ProductionMode
from engine.values import Action, AmountLimit, TransactionRequest
from tests.benchmarks.harness import Figure, benchmark, spread, times

TRANSFERS = 400
SENDERS = ("alice", "bobby", "carol", "david", "ellen", "frank", "grace", "henry")
CONNECTIONS = 4
ACCOUNTS_A_BLOCK = 10_000
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
    senders = [SENDERS[number % len(SENDERS)] for number in range(count)]
    return [signed_body(now - number, sender, transfer_action(sender, "")) for number, sender in enumerate(senders)]


def signed_body(time: int, sender: str, action: Action) -> bytes:
    """Return the body of sendTx for a transaction of one action."""
    transaction = Transaction(
        time=time,
        expiration=time + LIFETIME,
        gas_ratio=100,
        gas_limit=50_000_00,
        actions=(action,),
        publisher=sender,
        amount_limit=(AmountLimit("iost", "unlimited"),),
    )
    return json.dumps(body_of(transaction.signed([_KEYS[sender]]))).encode()


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


@benchmark("accounts")
def account_figures() -> Iterator[Figure]:
    """What transfers and looking at accounts cost as the chain has more and more accounts."""
    sizes = [10**power for power in range(3, 7) if 10**power <= int(os.environ.get("STRATA_BENCH_ACCOUNTS", "100000"))]
    with served() as (engine, address):
        made = 0
        for size in sizes:
            while made < size:
                add_accounts(engine, range(made, min(size, made + ACCOUNTS_A_BLOCK)))
                made = min(size, made + ACCOUNTS_A_BLOCK)
            sent = spread(post_all(address, signed_bodies(200)))
            yield Figure(f"{size:,} accounts: transfer over HTTP, p50", sent.p50 / 1e3, "ms")
            connection = http.client.HTTPConnection(address, timeout=60)
            picked = iter(random.Random(size).choices(range(size), k=400))

            def look(picked: Iterator[int] = picked, connection: http.client.HTTPConnection = connection) -> None:
                connection.request("GET", f"/getAccount/{account_name(next(picked))}/1")
                answer = connection.getresponse()
                assert answer.status == 200, answer.read()
                answer.read()

            yield Figure(f"{size:,} accounts: getAccount, p50", times(look, 300).p50 / 1e3, "ms")
            connection.close()


def account_name(number: int) -> str:
    """Return the name of an account that was only made to be there."""
    return f"user{number:07}"


def add_accounts(engine: Engine, numbers: range) -> None:
    """Write accounts with balances and pledges into the state, as a block of their own."""
    parts = engine._parts
    writes: dict[str, str | None] = {}
    for number in numbers:
        name = account_name(number)
        key, record = account_entry(simple_account(name, "0", "0", "admin"))
        writes[key] = record
        writes[f"m-token.iost-TB{name}-iost"] = encode(10**10, "token.iost")
        writes[entry_key(name, TOTAL_PLEDGE)] = encode(FixedPoint(10 * 10**8, 8), "gas.iost")
        writes[entry_key(name, LIMIT)] = encode(FixedPoint(3_000_000_00, 2), "gas.iost")
        writes[entry_key(name, STOCK)] = encode(FixedPoint(1_000_000_00, 2), "gas.iost")
        writes[entry_key(name, UPDATE_TIME)] = encode(time.time_ns(), "gas.iost")
    parts.stack.commit("accounts", writes)
    engine.produce().result(300)
