"""Views stay whole while the engine's thread commits, flushes and moves the head."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.engine.state.workload import listed

ACCOUNTS = [f"b-token-{index}" for index in range(30)]
TOTAL = 100 * len(ACCOUNTS)
ROUNDS = 800


def balance(view, account):
    return int(view.read(account)[0][1:])


def test_readers_never_see_half_a_transaction(stack):
    choice = random.Random(7)
    stack.commit("genesis", dict.fromkeys(ACCOUNTS, "i100"))
    stack.close_block(0, "0")
    finished = threading.Event()

    def read():
        looks = 0
        while not finished.is_set() or looks < 5:
            view = stack.reader()
            assert sum(balance(view, account) for account in ACCOUNTS) == TOTAL
            assert sum(int(text[1:]) for text in listed(view).values()) == TOTAL
            assert sum(balance(view, account) for account in ACCOUNTS) == TOTAL
            looks += 1
        return looks

    def write():
        try:
            for step in range(ROUNDS):
                for position in range(3):
                    view = stack.reader()
                    source, target = choice.sample(ACCOUNTS, 2)
                    amount = choice.randint(0, balance(view, source))
                    writes = {
                        source: f"i{balance(view, source) - amount}",
                        target: f"i{balance(view, target) + amount}",
                    }
                    stack.commit(f"{step}-{position}", writes)
                stack.close_block(stack.head.number + 1, f"block {step}")
                if step % 3 == 0:
                    stack.flush()
                if step % 10 == 9:
                    stack.move_head(stack.head.number - choice.randint(0, 5))
        finally:
            finished.set()

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _ in range(2)]
        threads.submit(write).result()
        assert all(reader.result() >= 5 for reader in readers)
