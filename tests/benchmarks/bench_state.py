"""The state stack against plain rocksdict, sqlite3 and lmdb; blocks, moves in time, searches, growth.

STRATA_BENCH_KEYS sets the number of keys (default 1,000,000), STRATA_BENCH_GROWTH up to how many growth is measured.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import lmdb
from rocksdict import Cache, Rdict, WriteBatch

from engine.state.columns import BLOCK_CACHE_BYTES, ColumnName, database_options
from engine.state.interface import StateReader
from engine.state.local_cache import LocalCache, ObservedCache
from engine.state.stack import StateStack
from engine.state.store import Durability, Store
from tests.benchmarks.harness import Figure, benchmark, times

KEYS = int(os.environ.get("STRATA_BENCH_KEYS", "1000000"))
MOST_GROWN = int(os.environ.get("STRATA_BENCH_GROWTH", "1000000"))
READS = 200_000
BLOCK = 10_000
PAGE = 200


def key_of(index: int) -> str:
    """Return a state key like a contract's: a thousand contracts, each with its own keys."""
    return f"b-Contract{index % 1000:04}-account{index:08}"


def text_of(index: int) -> str:
    """Return a stored text of a few dozen bytes."""
    return f'j{{"balance":"{index * 37}","owner":"user{index}"}}@user{index % 100}'


def temporary() -> Path:
    """Return a folder that is removed at exit."""
    folder = Path(tempfile.mkdtemp(prefix="strata-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def fill(stack: StateStack, count: int, block: int = BLOCK) -> float:
    """Produce blocks that write `count` keys and flush each; return the processor seconds it took."""
    start = time.thread_time()
    for first in range(0, count, block):
        stack.commit(
            f"fill{first}", {key_of(index): text_of(index) for index in range(first, min(first + block, count))}
        )
        number = 0 if stack.head is None else stack.head.number + 1
        stack.close_block(number, f"fill{first}")
        stack.flush()
    return time.thread_time() - start


def put_rows(store: Store, count: int) -> None:
    """Put keys into the state column in their order, as flushed blocks would have left them."""
    for contract in range(min(1000, count)):
        indexes = range(contract, count, 1000)
        batch = store.batch()
        batch.put_all(
            ColumnName.STATE,
            (key_of(index).encode() for index in indexes),
            (text_of(index).encode() for index in indexes),
        )
        store.write(batch)


@functools.cache
def filled() -> tuple[StateStack, float]:
    """Return a stack with all keys, flushed and compacted, and how long filling took."""
    stack = StateStack(Store.open(temporary() / "chain"))
    seconds = fill(stack, KEYS)
    for column in stack.store.columns.values():
        column.compact()
    return stack, seconds


def rate(work: Callable[[int], object], count: int) -> float:
    """Call `work` with random key numbers; return calls a second of this thread's processor time."""
    numbers = [random.Random(11).randrange(KEYS) for _ in range(count)]
    start = time.thread_time()
    for number in numbers:
        work(number)
    return count / (time.thread_time() - start)


def best(measure: Callable[[], float], rounds: int = 3) -> float:
    """Return the highest of some rates: what the machine does when left alone."""
    return max(measure() for _ in range(rounds))


@benchmark("state-reads")
def reads() -> Iterator[Figure]:
    """Random reads a second through each layer and of the plain databases, same keys, decoded to text."""
    stack, _ = filled()
    stack.store.columns[ColumnName.STATE].compact()  # as the plain one will be
    folder = temporary()
    keys = [key_of(index) for index in range(KEYS)]

    plain = Rdict(str(folder / "rocksdict"), database_options(Cache(BLOCK_CACHE_BYTES)))
    for first in range(0, KEYS, 1000):
        batch = WriteBatch(raw_mode=True)
        for index in range(first, min(first + 1000, KEYS)):
            batch.put(keys[index].encode(), text_of(index).encode())
        plain.write(batch)
    plain.flush()
    plain.compact_range(None, None)
    view = stack.reader()

    def turn() -> tuple[float, float]:
        return rate(lambda n: plain.get(keys[n].encode()).decode(), READS), rate(lambda n: view.read(keys[n]), READS)

    base, layered = map(max, zip(*(turn() for _ in range(5)), strict=True))
    yield Figure("plain rocksdict, tuned alike", base, "reads/s")
    yield Figure("view, answered by RocksDB", layered, "reads/s", "≥ 80 % of plain", f"{layered / base:.0%} of plain")

    held = {keys[n]: text_of(n) for n in range(0, KEYS, max(1, KEYS // 20_000))}
    stack.commit("held", held)
    names = list(held)
    view = stack.reader()
    yield Figure(
        "view, answered by MVCC",
        best(lambda: rate(lambda n: view.read(names[n % len(names)]), READS)),
        "reads/s",
        "≥ 1,000,000",
    )
    cache = LocalCache(view)
    for name in names:
        cache.get(name)
    yield Figure(
        "local cache, read before",
        best(lambda: rate(lambda n: cache.get(names[n % len(names)]), READS)),
        "reads/s",
        "≥ 1,000,000",
    )
    for name in names:
        cache.put(name, "s1@alice")
    yield Figure(
        "local cache, own write",
        best(lambda: rate(lambda n: cache.get(names[n % len(names)]), READS)),
        "reads/s",
        "≥ 1,000,000",
    )
    stack.discard_block()

    connection = sqlite3.connect(folder / "sqlite")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE state (key TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID")
    connection.executemany("INSERT INTO state VALUES (?, ?)", ((keys[n], text_of(n)) for n in range(KEYS)))
    connection.commit()
    select = "SELECT text FROM state WHERE key = ?"
    yield Figure(
        "sqlite3",
        best(lambda: rate(lambda n: connection.execute(select, (keys[n],)).fetchone()[0], READS), 2),
        "reads/s",
    )
    connection.close()

    environment = lmdb.open(str(folder / "lmdb"), map_size=4 << 30, sync=False)
    with environment.begin(write=True) as transaction:
        for index in range(KEYS):
            transaction.put(keys[index].encode(), text_of(index).encode())
    with environment.begin() as transaction:
        yield Figure(
            "lmdb, one transaction",
            best(lambda: rate(lambda n: transaction.get(keys[n].encode()).decode(), READS), 2),
            "reads/s",
        )
    environment.close()
    plain.close()


@benchmark("state-writes")
def writes() -> Iterator[Figure]:
    """Keys written in a second of processor time: plain batches against whole blocks, in turn.

    A block also reads old values and keeps the log of changes and the history.
    """
    folder = temporary()
    count = KEYS // 4

    def plain(*, in_order: bool) -> float:
        database = Rdict(str(temporary() / "rocksdict"), database_options(Cache(BLOCK_CACHE_BYTES)))
        start = time.thread_time()
        for first in range(0, count, BLOCK):
            rows = [(key_of(index), text_of(index)) for index in range(first, min(first + BLOCK, count))]
            batch = WriteBatch(raw_mode=True)
            for key, text in sorted(rows) if in_order else rows:
                batch.put(key.encode(), text.encode())
            database.write(batch)
        taken = time.thread_time() - start
        database.close()
        return count / taken

    def layered() -> float:
        with Store.open(temporary() / "chain") as store:
            return count / fill(StateStack(store), count)

    rates = [(plain(in_order=False), plain(in_order=True), layered()) for _ in range(4)]
    base, ordered, stacked = (max(column) for column in zip(*rates, strict=True))
    yield Figure("plain rocksdict, batches of 10,000", base, "keys/s")
    yield Figure("plain rocksdict, the same in the order of keys", ordered, "keys/s")
    yield Figure(
        "stack, blocks of 10,000, flushed", stacked, "keys/s", "≥ 80 % of plain", f"{stacked / base:.0%} of plain"
    )
    for durability in Durability:
        with Store.open(folder / durability.value, durability=durability) as store:
            yield from block_costs(StateStack(store), durability.value)


def block_costs(stack: StateStack, label: str) -> Iterator[Figure]:
    """Time the steps of a block of 50 transactions with 20 writes each."""
    fill(stack, 10_000)
    choice = random.Random(3)
    counter = itertools.count(1)

    def commit() -> None:
        for _ in range(50):
            stack.commit(f"t{next(counter)}", {key_of(choice.randrange(10_000)): "s1@alice" for _ in range(20)})

    taken: dict[str, list[float]] = {"commit": [], "close": [], "flush": []}
    for _ in range(60):
        marks = [time.perf_counter()]
        commit()
        marks.append(time.perf_counter())
        stack.close_block(stack.head.number + 1, f"h{next(counter)}")
        marks.append(time.perf_counter())
        stack.flush()
        marks.append(time.perf_counter())
        for name, first, last in zip(taken, marks, marks[1:], strict=False):
            taken[name].append((last - first) * 1e3)
    for name, values in taken.items():
        yield Figure(f"block of 50 × 20 writes, {name}, {label}", sorted(values)[len(values) // 2], "ms")


@benchmark("state-time")
def moves() -> Iterator[Figure]:
    """Looking at and going to old heights of a chain with many keys."""
    stack, _ = filled()
    old = stack.head.number // 2
    yield Figure("checkpoint, make", times(lambda: stack.set_checkpoint("here"), 200).p50, "µs")
    yield Figure("checkout of an old height", times(lambda: stack.checkout(old), 200).p50, "µs")
    view = stack.checkout(old)
    yield Figure("read at an old height", 1e6 / best(lambda: rate(lambda n: view.read(key_of(n)), 20_000)), "µs")
    yield Figure("first page at an old height", times(lambda: view.entries(count=PAGE), 50).p50 / 1e3, "ms")
    head = stack.head
    counter = itertools.count()

    def small_block() -> None:
        stack.commit(f"s{next(counter)}", {key_of(next(counter)): "s1@alice"})
        stack.close_block(stack.head.number + 1, f"small{next(counter)}")
        stack.flush()

    for _ in range(100):
        small_block()
    top = stack.head

    def there_and_back() -> None:
        stack.move_head(top.number - 100)
        stack.move_head(top)
        stack.flush()

    yield Figure("head 100 blocks back and forward", times(there_and_back, 10).p50 / 1e3, "ms")
    yield Figure("history of a key", times(lambda: stack.key_history(key_of(7)), 20).p50 / 1e3, "ms")
    stack.move_head(head)


@benchmark("state-search")
def searches() -> Iterator[Figure]:
    """Search and comparison over all keys, and the pages a window asks for."""
    stack, _ = filled()
    view = stack.reader()
    yield Figure(
        "page of 200 anywhere", times(lambda: view.entries(after=key_of(KEYS // 2), count=PAGE), 50).p50 / 1e3, "ms"
    )
    rare, common = f"user{KEYS - 3}", "account"
    yield Figure(
        "filter, first 200 of a common text",
        times(lambda: view.entries(contains=common, count=PAGE), 20).p99 / 1e3,
        "ms",
        "≤ 100",
    )
    yield Figure(
        "filter in slices, longest slice of 20,000 keys",
        times(lambda: view.search(contains="nowhere", after=key_of(500), count=PAGE, examine=20_000), 20).p99 / 1e3,
        "ms",
        "≤ 100",
    )
    start = time.perf_counter()
    found = view.entries(contains=rare, count=PAGE)
    taken = time.perf_counter() - start
    yield Figure(
        f"search of {KEYS:,} keys to the end", taken, "s", note=f"{len(found)} found, {KEYS / taken:,.0f} keys/s"
    )
    start = time.perf_counter()
    changes = stack.diff(stack.head.number // 2, stack.head.number)
    taken = time.perf_counter() - start
    yield Figure(f"difference of two heights, {len(changes):,} keys", taken, "s")
    last = stack.head.number
    yield Figure(
        "difference of neighbouring blocks of 10,000 keys", times(lambda: stack.diff(last - 1, last), 5).p50 / 1e3, "ms"
    )


@benchmark("state-growth")
def growth() -> Iterator[Figure]:
    """How the cost of the same work grows with the number of keys, in processor time; up to STRATA_BENCH_GROWTH."""
    sizes = [size for size in (10**3, 10**4, 10**5, 10**6, 10**7) if size <= MOST_GROWN]
    for size in sizes:
        stack = StateStack(Store.open(temporary() / "chain"))
        put_rows(stack.store, size)
        stack.close_block(0, "first", flush=True)
        stack.store.columns[ColumnName.STATE].compact()  # else RocksDB's own background work is what is measured
        view = stack.reader()
        choice = random.Random(5)
        names = [key_of(choice.randrange(size)) for _ in range(20_000)]
        for heat in ("cold", "warm"):
            start = time.thread_time()
            for name in names:
                view.read(name)
            yield Figure(
                f"read, {heat} block cache, {size:,} keys", (time.thread_time() - start) / len(names) * 1e6, "µs"
            )
        counter = itertools.count()

        def block(stack: StateStack = stack, names: list[str] = names, counter: itertools.count = counter) -> None:
            index = next(counter)
            stack.commit(f"g{index}", dict.fromkeys(names[index * 20 : index * 20 + 20], "s1@alice"))
            stack.close_block(stack.head.number + 1, f"g{index}")
            stack.flush()

        yield Figure(f"block of 20 writes, {size:,} keys", times(block, 200).p50, "µs")
        view = stack.reader()
        yield Figure(f"page of 200, {size:,} keys", times(lambda view=view: view.entries(count=PAGE), 50).p50, "µs")
        stack.store.close()


class _PlainCache:
    """The local cache of a transaction without savepoints, as it would be if nobody could ever listen."""

    def __init__(self, reader: StateReader) -> None:
        self.read_set: dict[str, str | None] = {}
        self._reader = reader
        self._seen: dict[str, str | None] = {}
        self._writes: dict[str, str | None] = {}
        self._journal: list[tuple[str, str | None]] = []
        self._marks: list[int] = []

    def get(self, key: str) -> str | None:
        """Return the stored text of `key`."""
        if key in self._seen:
            return self._seen[key]
        text = self._seen[key] = self.read_set[key] = self._reader.read(key)[0]
        return text

    def put(self, key: str, text: str) -> None:
        """Set the stored text of `key`."""
        if self._marks:
            self._journal.append((key, self._writes.get(key)))
        self._seen[key] = self._writes[key] = text

    def write_set(self) -> dict[str, str | None]:
        """Return what was written."""
        return dict(self._writes)


@benchmark("state-observation")
def observation() -> Iterator[Figure]:
    """What the stream of accesses costs a transaction of 10 reads and 5 writes: unheard, and heard."""
    stack, _ = filled()
    view = stack.reader()
    names = [key_of(index * 7) for index in range(10)]

    def transaction(make: Callable[[], LocalCache | _PlainCache]) -> None:
        cache = make()
        for name in names:
            cache.get(name)
        for name in names[:5]:
            cache.put(name, "s1@alice")
        cache.write_set()

    makers: dict[str, Callable[[], LocalCache | _PlainCache]] = {
        "without the possibility": lambda: _PlainCache(view),
        "nobody listens": lambda: LocalCache(view),
        "observed": lambda: ObservedCache(view),
    }
    least = dict.fromkeys(makers, float("inf"))
    for _ in range(15):  # in turn, so that noise meets all alike
        for name, make in makers.items():
            least[name] = min(least[name], times(functools.partial(transaction, make), 2000).p50)
    base = least["without the possibility"]
    for name, taken in least.items():
        goal = "≤ +2 %" if name == "nobody listens" else ""
        yield Figure(f"15 accesses, {name}", taken, "µs", goal, f"{taken / base - 1:+.1%}")


@atexit.register
def _close() -> None:
    if filled.cache_info().currsize:
        with suppress(OSError):
            filled()[0].store.close()
