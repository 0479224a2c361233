"""What waits for a block, against a plain list of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.chain.transaction import LIFETIME, Transaction
from engine.chain.transaction_pool import TransactionPool
from engine.chain.worker_program import QueuedTransaction

TIMES = st.sampled_from([0, 1, LIFETIME // 2, LIFETIME, LIFETIME + 1, 2 * LIFETIME])


def queued(serial: int, time: int, life: int) -> QueuedTransaction:
    transaction = Transaction(
        time=time, expiration=time + life, gas_ratio=100, gas_limit=serial, actions=(), publisher="alice"
    )
    return QueuedTransaction(transaction, transaction.hash_text(), 100)


@given(st.lists(st.one_of(st.tuples(TIMES, TIMES), st.just("take"), TIMES), max_size=30))
def test_what_expires(steps):
    """A pair lets a transaction wait, `take` takes the first out, a number is the time now."""
    pool, waiting = TransactionPool(), []
    for serial, step in enumerate(steps):
        if isinstance(step, tuple):
            waiting.append(queued(serial, *step))
            pool.add(waiting[-1])
        elif step == "take" and waiting:
            pool.remove(waiting.pop(0))
        elif isinstance(step, int):
            expired = [
                one for one in waiting if one.transaction.expiration <= step or step - one.transaction.time > LIFETIME
            ]
            waiting = [one for one in waiting if one not in expired]
            assert {one.hash for one in pool.drop_expired(step)} == {one.hash for one in expired}
        assert len(pool) == len(waiting)
        assert all(pool.get(one.hash) is one.transaction for one in waiting)
