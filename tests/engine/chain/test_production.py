"""Instant, interval and manual production; what waits in the pool (spec/transactions.md §2, §8)."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future

import msgspec
import pytest

from engine.chain.clock import Clock
from engine.chain.development import development_accounts
from engine.chain.pacemaker import Pacemaker
from engine.chain.production import AHEAD, Producer
from engine.chain.transaction import LIFETIME, Transaction
from engine.chain.transaction_pool import MAXIMUM, MAXIMUM_BESIDES_TRANSFERS, TransactionPool
from engine.chain.worker_program import QueuedTransaction
from engine.errors import InvalidInput, RejectedTransaction
from engine.interface import (
    BlockProduced,
    Production,
    ProductionMode,
    ProductionStopped,
    TransactionExecuted,
    TransactionRejected,
)
from engine.values import Action, AmountLimit
from tests.engine.chain.local_worker import LocalChain

START = 1700000000000000000
SECOND = 10**9
KEYS = {name: account.key for name, account in development_accounts().items()}


def transfer(sender="alice", to="bobby", amount="1", *, time=START, memo="", **changes):
    fields = {
        "time": time,
        "expiration": time + LIFETIME,
        "gas_ratio": 100,
        "gas_limit": 50_000_00,
        "actions": (Action("token.iost", "transfer", json.dumps(["iost", sender, to, amount, memo])),),
        "publisher": sender,
        "amount_limit": (AmountLimit("*", "unlimited"),),
    }
    return Transaction(**(fields | changes)).signed([KEYS[sender]])


class Machine:
    """A clock that tests move."""

    def __init__(self):
        self.time = START

    def __call__(self):
        return self.time


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def local(tmp_path, machine):
    local = LocalChain(tmp_path, clock=Clock(machine=machine))
    yield local
    local.close()


@pytest.fixture
def producer(local):
    return Producer(local.chain, local.events.append)


def kinds(local, kind):
    return [event for event in local.events if isinstance(event, kind)]


def rejection(producer, transaction):
    with pytest.raises(RejectedTransaction) as caught:
        producer.receive(transaction)
    return caught.value.what


def test_instant_is_a_block_a_transaction(local, producer):
    transactions = [transfer(memo=str(number)) for number in range(3)]
    for transaction in transactions:
        producer.receive(transaction)
    assert local.chain.head_number == 3
    assert [local.chain.stored(t.hash_text()).result.block_number for t in transactions] == [1, 2, 3]
    assert len(producer.pool) == 0


def test_instant_waits_for_a_transaction_ahead_of_the_clock(local, producer, machine):
    early, late = transfer(time=START + 5 * SECOND), transfer(time=START + 9 * SECOND)
    producer.receive(late)
    producer.receive(early)
    assert producer.beat() == 5
    assert local.chain.head_number == 0
    assert producer.pool.get(early.hash_text()) == early
    machine.time += 6 * SECOND
    assert producer.beat() == 3
    assert local.chain.stored(early.hash_text()).result.succeeded
    assert local.chain.stored(late.hash_text()) is None
    machine.time += 3 * SECOND
    assert producer.beat() is None
    assert local.chain.stored(late.hash_text()).result.succeeded
    assert local.chain.validate(2) is None


def test_instant_does_not_wait_for_a_clock_that_is_a_little_ahead(local, producer):
    transaction = transfer(time=START + AHEAD)
    producer.receive(transaction)
    assert local.chain.stored(transaction.hash_text()).result.time == START + AHEAD
    assert local.chain.validate(1) is None
    another = transfer(time=START + 2 * AHEAD)
    producer.receive(another)
    assert producer.pool.get(another.hash_text()) == another


def test_manual_waits_for_produce(local, producer):
    producer.set_production(Production(ProductionMode.MANUAL))
    transactions = [transfer(memo=str(number)) for number in range(3)]
    for transaction in transactions:
        producer.receive(transaction)
    assert producer.beat() is None
    assert local.chain.head_number == 0
    summary = producer.produce()
    assert set(summary.transactions[1:]) == {transaction.hash_text() for transaction in transactions}
    assert local.chain.validate(1) is None
    executed = [event.result.hash for event in kinds(local, TransactionExecuted) if event.result.block_number]
    assert sorted(executed) == sorted(transaction.hash_text() for transaction in transactions)
    assert len(kinds(local, BlockProduced)[-1].block.transactions) == 4


def test_interval_produces_empty_blocks_too(local, producer):
    producer.set_production(Production(ProductionMode.INTERVAL, seconds=1e-9))
    delay = producer.beat()
    assert delay is not None
    assert local.chain.head_number == 1
    transaction = transfer()
    producer.receive(transaction)
    assert local.chain.stored(transaction.hash_text()) is None
    producer.beat()
    assert local.chain.stored(transaction.hash_text()).result.block_number == 2


def test_interval_does_nothing_before_it_is_due(local, producer):
    producer.set_production(Production(ProductionMode.INTERVAL, seconds=1000))
    producer.receive(transfer())
    assert 0 < producer.beat() <= 1000
    assert local.chain.head_number == 0


@pytest.mark.parametrize("seconds", [0, -1, 3601, float("nan"), float("inf")])
def test_no_interval(producer, seconds):
    with pytest.raises(InvalidInput, match="no interval"):
        producer.set_production(Production(ProductionMode.INTERVAL, seconds))
    assert producer.is_instant


def test_a_block_takes_no_more_than_ten_of_a_publisher(local, producer):
    producer.set_production(Production(ProductionMode.MANUAL))
    for number in range(12):
        producer.receive(transfer(memo=str(number)))
    assert len(producer.produce().transactions) == 11
    assert len(producer.pool) == 2
    assert len(producer.produce().transactions) == 3


def test_production_that_fails_stops(local, producer, monkeypatch):
    producer.set_production(Production(ProductionMode.INTERVAL, seconds=1e-9))
    monkeypatch.setattr(local.chain, "produce", lambda: local.chain.block(77))
    assert producer.beat() is None
    assert producer.production.mode is ProductionMode.MANUAL
    assert "there is no block 77" in kinds(local, ProductionStopped)[0].reason


# --- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [ProductionMode.INSTANT, ProductionMode.MANUAL])
def test_refusals_leave_no_trace(local, producer, mode):
    producer.set_production(Production(mode))
    wrong_key = transfer().signed([KEYS["bobby"]])
    cases = [
        (transfer(gas_limit=4_000_000_00, chain_id=7), "VerifyError invalid chain_id, should be 1024, yours:7"),
        (transfer(gas_limit=10**12), "gas not enough: user alice has "),
        (transfer(time=START + 31 * SECOND), "TimeError: tx.time is too large"),
        (transfer(time=START - LIFETIME - 1), "TimeError: tx.time is expired"),
        (wrong_key, "unauthorized publisher: alice"),
        (transfer(amount="x"), "invalid amount: x"),
        (transfer(signers=("bobby@active",)), "unauthorized signer: bobby@active"),
        (transfer(amount_limit=(AmountLimit("nothing", "1"),)), "token not exists in amountLimit"),
        (transfer(gas_limit=6000_00, memo="x" * 500), "gas limit should be larger, paid: "),
    ]
    for transaction, text in cases:
        assert rejection(producer, transaction).startswith(text)
        told = kinds(local, TransactionRejected)[-1]
        assert told.hash == transaction.hash_text()
        assert told.reason.startswith(text)
    assert local.chain.head_number == 0
    assert len(producer.pool) == 0


def test_gas_is_looked_at_before_the_chain_id(producer):
    assert rejection(producer, transfer(gas_limit=10**12, chain_id=7)).startswith("gas not enough")


def test_duplicates(local, producer):
    transaction = transfer()
    producer.receive(transaction)
    assert rejection(producer, transaction) == "tx exists in chain"
    producer.set_production(Production(ProductionMode.MANUAL))
    other = transfer(memo="other")
    producer.receive(other)
    assert rejection(producer, other) == "tx exists in pending"


def test_what_became_impossible_in_the_pool_is_dropped(local, producer):
    """The first transaction takes back pledges; then the second's gas limit, checked before, is too much."""
    producer.set_production(Production(ProductionMode.MANUAL))
    unpledge = Action("gas.iost", "unpledge", '["alice","alice","990"]')
    first = transfer(actions=(unpledge,), gas_limit=200_000_00, gas_ratio=200)
    second = transfer(actions=(Action("system.iost", "receipt", '["x"]'),), gas_limit=4_000_000_00)
    for transaction in (second, first):
        producer.receive(transaction)
    producer.produce()
    assert local.chain.stored(first.hash_text()).result.block_number == 1
    assert local.chain.stored(second.hash_text()) is None
    assert len(producer.pool) == 0
    (event,) = kinds(local, TransactionRejected)
    assert (event.hash, event.request.publisher) == (second.hash_text(), "alice")
    assert event.reason.startswith("gas not enough: user alice has ")


def test_what_expires_in_the_pool_is_told(local, producer, machine):
    producer.set_production(Production(ProductionMode.MANUAL))
    transaction = transfer(expiration=START + 10 * SECOND)
    producer.receive(transaction)
    machine.time += 10 * SECOND
    producer.beat()
    (event,) = kinds(local, TransactionRejected)
    assert (event.hash, len(producer.pool)) == (transaction.hash_text(), 0)
    assert "expired" in event.reason


# --- the pool ----------------------------------------------------------------------------------------


def queued(transaction):
    return QueuedTransaction(transaction, transaction.hash_text(), len(transaction.full_bytes()))


def test_order_of_the_pool():
    pool = TransactionPool()
    other = (Action("system.iost", "receipt", '["x"]'),)
    wanted = [
        transfer(amount="1", time=START + 5),
        transfer(amount="10", gas_ratio=200),
        transfer(amount="20", gas_ratio=100, time=START + 1),
        transfer(amount="30", gas_ratio=100, time=START + 2),
        transfer(actions=other, gas_ratio=300),
        *sorted(
            (transfer(actions=other, gas_limit=limit) for limit in (10_000_00, 20_000_00)),
            key=lambda transaction: transaction.hash(),
            reverse=True,
        ),
        transfer(actions=other, time=START + 1),
    ]
    for transaction in sorted(wanted, key=lambda transaction: transaction.hash()):
        pool.add(queued(transaction))
    assert [entry.transaction for entry in pool.executable(START + 5)] == wanted
    assert len(pool.executable(START + 4)) == len(wanted) - 1
    assert pool.earliest() == START


def test_pool_keeps_room_for_transfers():
    pool = TransactionPool()
    entry = queued(transfer())
    for number in range(MAXIMUM_BESIDES_TRANSFERS):
        pool.add(msgspec.structs.replace(entry, hash=str(number)))
    pool.require_room(transfer())
    with pytest.raises(RejectedTransaction, match="txpool is full"):
        pool.require_room(transfer(memo="x" * 80))
    for number in range(MAXIMUM_BESIDES_TRANSFERS, MAXIMUM):
        pool.add(msgspec.structs.replace(entry, hash=str(number)))
    with pytest.raises(RejectedTransaction, match="txpool is full"):
        pool.require_room(transfer())


# --- the pacemaker -----------------------------------------------------------------------------------


def test_pacemaker_beats_when_woken_and_when_something_is_due():
    beats: list[threading.Event] = [threading.Event() for _ in range(4)]
    delays = iter([0.0, 0.0, None, None])
    counted = iter(beats)

    def beat():
        future: Future[float | None] = Future()
        future.set_result(next(delays))
        next(counted).set()
        return future

    pacemaker = Pacemaker(beat)
    pacemaker.wake()
    assert beats[2].wait(10)
    assert not beats[3].is_set()
    pacemaker.wake()
    assert beats[3].wait(10)
    pacemaker.close()
    pacemaker.wake()


def test_pacemaker_ends_with_the_engine():
    def beat():
        raise RuntimeError("cannot schedule new futures after shutdown")

    pacemaker = Pacemaker(beat)
    pacemaker.wake()
    pacemaker.close()


def test_instant_production_closes_the_open_block(local, producer):
    producer.set_production(Production(ProductionMode.MANUAL))
    local.chain.submit(transfer(), close=False)
    assert local.chain.has_open_block
    producer.set_production(Production(ProductionMode.INSTANT))
    assert not local.chain.has_open_block
    assert len(local.chain.head_summary().transactions) == 2
