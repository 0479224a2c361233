"""State stack: a state machine with restarts and moves of the head, against full copies of the state per block."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.errors import InvalidInput
from engine.state.fork import Fork
from engine.state.records import StoredTransaction
from engine.state.retention import prune
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.state.verify import verify_store
from engine.values import Layer, StateChange

KEYS = st.sampled_from(["b-X-a", "b-X-b", "b-X", "b-X\x00", "b-X\x00\x01", "m-X-m", "m-X-m-f", "ŝ한"])
TEXTS = st.sampled_from(["s1@alice", "i2@bobby", "", "s🦊@carol"])
WRITES = st.dictionaries(KEYS, st.none() | TEXTS, max_size=4)

State = dict[str, str]


def applied(state: State, writes) -> State:
    return {key: text for key, text in {**state, **writes}.items() if text is not None}


class Twin:
    """A block of the twin's tree: its whole state, and who wrote what in it."""

    def __init__(self, number, block_hash, parent, state, log):
        self.number, self.hash, self.parent, self.state, self.log = number, block_hash, parent, state, log

    def path(self):
        below = self.parent.path() if self.parent else []
        return [*below, self]


def listed(view) -> State:
    return {entry.key: entry.value for entry in view.entries()}


class StateStackMachine(RuleBasedStateMachine):
    """Blocks form a tree; every block of it can be looked at, compared, and made the head again."""

    def __init__(self):
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="strata-state-"))
        self.open()
        self.head: Twin | None = None
        self.blocks: list[Twin] = []
        self.log: list[tuple[str, dict]] = []
        self.state: State = {}
        self.checkpoints: dict[str, Twin] = {}
        self.held = []
        self.flushed = -1
        self.oldest = 0
        self.count = 0

    def open(self):
        self.store = Store.open(self.directory)
        self.stack = StateStack(self.store)

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.directory)

    @rule(writes=WRITES, stale=st.booleans(), data=st.data())
    def commit(self, writes, stale, data):
        self.count += 1
        reads = {key: self.state.get(key) for key in data.draw(st.sets(KEYS, max_size=3))}
        if stale and reads:
            key = data.draw(st.sampled_from(sorted(reads)))
            assert self.stack.commit("stale", writes, {**reads, key: "never stored"}) == (key,)
            return
        name = f"t{self.count}"
        assert self.stack.commit(name, writes, reads) == ()
        self.log.append((name, writes))
        self.state = applied(self.state, writes)

    @rule()
    def discard(self):
        self.stack.discard_block()
        self.log, self.state = [], self.head.state if self.head else {}

    @rule(flush=st.booleans())
    def close_block(self, flush):
        number = self.head.number + 1 if self.head else 0
        self.count += 1
        block = Twin(number, f"h{self.count}", self.head, self.state, self.log)
        transactions = [StoredTransaction(name, name.encode()) for name, _ in self.log]
        changes = self.stack.close_block(
            number,
            block.hash,
            body=b"body",
            transactions=transactions,
            settings={"last": block.hash.encode()},
            flush=flush,
        )
        assert self.stack.ledger.setting("last") == block.hash.encode()
        if flush:
            self.flushed = number
            assert self.stack.flushed == self.stack.head
        before = self.head.state if self.head else {}
        assert changes == tuple(
            StateChange(key, before.get(key), self.state.get(key))
            for key in sorted({*before, *self.state})
            if before.get(key) != self.state.get(key)
        )
        self.head, self.log = block, []
        self.blocks.append(block)

    @precondition(lambda self: self.head)
    @rule(data=st.data())
    def flush(self, data):
        through = data.draw(st.none() | st.integers(0, self.head.number))
        self.stack.flush(through)
        self.flushed = max(self.flushed, self.head.number if through is None else through)

    @precondition(lambda self: self.blocks and not self.log)
    @rule(data=st.data())
    def move_head(self, data):
        block = data.draw(st.sampled_from(self.blocks))
        common = [ours for ours in self.head.path() if ours in block.path()][-1]
        self.stack.move_head(block.hash)
        self.flushed = min(self.flushed, common.number)
        self.head, self.state = block, block.state
        self.held = [held for held in self.held if held[2]]

    def attached(self, block: Twin) -> int:
        return [ours for ours in self.head.path() if ours in block.path()][-1].number

    @precondition(lambda self: self.head)
    @rule(data=st.data())
    def prune(self, data):
        keep_from = data.draw(st.integers(0, self.head.number))
        limits = [keep_from, self.flushed, *(self.attached(block) for block in self.checkpoints.values())]
        self.oldest = max(self.oldest, *([min(limits)] if self.flushed >= 0 else []), 0)
        steps = []
        report = prune(self.stack, keep_from, lambda done, total: steps.append((done, total)))
        assert (report.oldest or 0) == self.oldest
        assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
        assert all(total == len(steps) for _, total in steps)
        kept = [block for block in self.blocks if self.attached(block) >= self.oldest]
        for block in self.blocks:
            if block not in kept:
                assert block in self.head.path() or self.stack.ledger.id_of(block.hash) is None
                with pytest.raises(InvalidInput):
                    self.stack.checkout(block.hash)
        self.blocks = kept
        self.held = [held for held in self.held if held[2]]

    @rule()
    def verify(self):
        if not self.log:
            assert verify_store(self.store).problems == ()

    @rule()
    def restart(self):
        self.store.close()
        self.open()
        self.log, self.state, self.held = [], self.head.state if self.head else {}, []

    @precondition(lambda self: self.head)
    @rule(name=st.sampled_from(["one", "two", "drei ŝ"]), data=st.data())
    def checkpoint(self, name, data):
        block = data.draw(st.sampled_from(self.blocks))
        self.stack.set_checkpoint(name, point=block.hash)
        self.checkpoints[name] = block

    @precondition(lambda self: self.checkpoints)
    @rule(data=st.data())
    def look_at_checkpoint(self, data):
        name = data.draw(st.sampled_from(sorted(self.checkpoints)))
        assert self.stack.block(name).hash == self.checkpoints[name].hash
        assert listed(self.stack.checkout(name)) == self.checkpoints[name].state
        assert {c.name for c in self.stack.ledger.checkpoints()} == set(self.checkpoints)

    @rule()
    def hold_head(self):
        self.held.append((self.stack.reader(), dict(self.state), True))

    @precondition(lambda self: self.blocks)
    @rule(data=st.data())
    def look_anywhere(self, data):
        block = data.draw(st.sampled_from(self.blocks))
        view = self.stack.checkout(block.hash)
        assert listed(view) == block.state
        key = data.draw(KEYS)
        assert view.read(key)[0] == block.state.get(key)
        # A view of an old height lasts until the head is moved; a view of the head for ever.
        self.held.append((view, block.state, False))

    @precondition(lambda self: self.blocks)
    @rule(data=st.data())
    def diff(self, data):
        old, new = data.draw(st.sampled_from(self.blocks)), data.draw(st.sampled_from(self.blocks))
        expected = [
            StateChange(key, old.state.get(key), new.state.get(key))
            for key in sorted({*old.state, *new.state})
            if old.state.get(key) != new.state.get(key)
        ]
        assert list(self.stack.diff(old.hash, new.hash)) == expected
        assert list(self.stack.diff(old.hash, new.hash, contains="🦊")) == [
            change for change in expected if "🦊" in f"{change.key}{change.old}{change.new}"
        ]

    @rule(key=KEYS)
    def history(self, key):
        expected = []
        text = None
        for block in self.head.path() if self.head else []:
            for index, (name, writes) in enumerate(block.log):
                if key in writes and self.oldest and block.number <= self.oldest:
                    text = writes[key]  # dropped
                elif key in writes:
                    expected.append((block.number, name, index, text, writes[key]))
                    text = writes[key]
        for index, (name, writes) in enumerate(self.log):
            if key in writes:
                expected.append((None, name, index, text, writes[key]))
                text = writes[key]
        found = [(v.block_number, v.transaction, v.index, v.old, v.new) for v in self.stack.key_history(key)]
        assert found == expected[::-1]
        assert len(self.stack.key_history(key, count=1)) == min(1, len(expected))

    @precondition(lambda self: self.blocks)
    @rule(writes=WRITES, data=st.data())
    def fork(self, writes, data):
        block = data.draw(st.sampled_from(self.blocks))
        fork = Fork(self.stack, block.hash)
        fork.commit("what if", writes)
        after = applied(block.state, writes)
        assert fork.changes() == tuple(
            StateChange(key, block.state.get(key), after.get(key))
            for key in sorted(writes)
            if block.state.get(key) != after.get(key)
        )

    @rule(
        prefix=st.sampled_from(["", "b-X", "m-", "zz"]),
        contains=st.sampled_from(["", "s1", "🦊", "-m"]),
        data=st.data(),
    )
    def pages(self, prefix, contains, data):
        wanted = {
            key: text
            for key, text in sorted(self.state.items())
            if key.startswith(prefix) and (contains in key or contains in text)
        }
        view, after, found = self.stack.reader(), "", {}
        while True:
            page = view.search(prefix=prefix, contains=contains, after=after, count=2, examine=3)
            found |= {entry.key: entry.value for entry in page.entries}
            if page.resume is None:
                break
            after = page.resume
        assert found == wanted
        count = data.draw(st.integers(0, 3))
        assert [entry.key for entry in view.entries(prefix=prefix, count=count)] == sorted(
            key for key in self.state if key.startswith(prefix)
        )[:count]

    @invariant()
    def agrees(self):
        view = self.stack.reader()
        assert listed(view) == self.state
        flushed_blocks = [b for b in (self.head.path() if self.head else []) if b.number <= self.flushed]
        below = flushed_blocks[-1].state if flushed_blocks else {}
        assert {e.key: e.value for e in view.layer_entries(Layer.ROCKSDB)} == below
        above = {e.key: e.value for e in view.layer_entries(Layer.MVCC)}
        assert applied(below, above) == self.state
        for key in ("b-X-a", "b-X\x00", "ŝ한", "none"):
            layer = Layer.MVCC if key in above else Layer.ROCKSDB if key in below else Layer.ABSENT
            assert view.read(key) == (self.state.get(key), layer)
        assert (self.stack.head.hash if self.stack.head else None) == (self.head.hash if self.head else None)
        for held, state, _ in self.held[-4:]:
            assert listed(held) == state


TestStateStackMachine = StateStackMachine.TestCase
TestStateStackMachine.settings = settings(max_examples=30, stateful_step_count=50, deadline=None)
