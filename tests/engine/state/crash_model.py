"""What crash tests do to a database, and the plain model of what it must hold afterwards.

Operation `index` follows from the seed, the index and the model alone, so that parent and child agree on it
without talking. Run as a script, this is the child: it applies operations until it is killed and reports each.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from engine.state.records import StoredTransaction
from engine.state.retention import prune
from engine.state.stack import StateStack
from engine.state.store import Store

SHARED_KEYS = 40


class ModelBlock:
    """A block with its whole state."""

    def __init__(self, number, block_hash, parent, state):
        self.number, self.hash, self.parent, self.state = number, block_hash, parent, state

    def path(self):
        block, found = self, []
        while block is not None:
            found.append(block)
            block = block.parent
        return found[::-1]


class Model:
    """Every block as a full copy; `apply` does the same to a stack, if one is given."""

    def __init__(self, seed: int):
        self.seed = seed
        self.head = None
        self.blocks = []
        self.checkpoints = {}
        self.oldest = 0

    def apply(self, index: int, stack: StateStack | None = None) -> None:
        choice = random.Random(self.seed * 1_000_003 + index)
        kind = choice.random()
        if self.head is None or kind < 0.5:
            self._produce(index, choice, stack)
        elif kind < 0.7:
            through = choice.choice([None, choice.randint(0, self.head.number)])
            if stack:
                stack.flush(through)
        elif kind < 0.85:
            self.head = choice.choice(self.blocks)
            if stack:
                stack.move_head(self.head.hash)
        elif kind < 0.95:
            name, block = choice.choice(["one", "two", "three"]), choice.choice(self.blocks)
            self.checkpoints[name] = block
            if stack:
                stack.set_checkpoint(name, point=block.hash)
        else:
            self._prune(choice.randint(0, self.head.number), stack)

    def expected(self) -> dict:
        """What must be visible."""
        return {
            "head": None if self.head is None else self.head.hash,
            "checkpoints": {name: block.hash for name, block in self.checkpoints.items()},
            "oldest": self.oldest,
            "states": {block.hash: block.state for block in self.blocks},
        }

    def _produce(self, index, choice, stack):
        number = 0 if self.head is None else self.head.number + 1
        state = {} if self.head is None else dict(self.head.state)
        batches = []
        for position in range(choice.randint(1, 4)):
            keys = [f"b-X-{choice.randrange(SHARED_KEYS)}" for _ in range(choice.randint(0, 60))]
            writes = {key: choice.choice([None, f"s{index}@alice", f"i{position}@bobby"]) for key in keys}
            batches.append((f"t{index}-{position}", writes))
            state = {key: text for key, text in {**state, **writes}.items() if text is not None}
        self.head = ModelBlock(number, f"block-{index}", self.head, state)
        self.blocks.append(self.head)
        if stack:
            for name, writes in batches:
                stack.commit(name, writes)
            transactions = [StoredTransaction(name, b"body" * 50) for name, _ in batches]
            stack.close_block(number, self.head.hash, body=b"x" * 300, transactions=transactions)

    def _prune(self, keep_from, stack):
        chain = set(self.head.path())

        def attached(block):
            return max(below.number for below in block.path() if below in chain)

        limits = [keep_from, *(attached(block) for block in self.checkpoints.values())]
        self.oldest = max(self.oldest, min(limits), 0)
        self.blocks = [block for block in self.blocks if attached(block) >= self.oldest]
        if stack:
            stack.flush()
            prune(stack, keep_from)


def visible(stack: StateStack, blocks) -> dict:
    """What a database shows of the things in `Model.expected`, for the blocks with these hashes."""
    return {
        "head": None if stack.head is None else stack.head.hash,
        "checkpoints": {checkpoint.name: checkpoint.hash for checkpoint in stack.ledger.checkpoints()},
        "oldest": stack.ledger.oldest() or 0,
        "states": {
            block: {entry.key: entry.value for entry in stack.checkout(block).entries()}
            for block in blocks
            if stack.ledger.id_of(block) is not None
        },
    }


class DoomedStore(Store):
    """A store whose process ends just after a write: at the border between two batches, where a crash hurts most."""

    writes_left = 0

    def write(self, batch, *, relaxed=False):
        super().write(batch, relaxed=relaxed)
        DoomedStore.writes_left -= 1
        if DoomedStore.writes_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Apply operations from `first` on, printing the index of each when it is acknowledged.

    The process ends itself after `writes` batches; with 0 it waits for being killed.
    """
    directory, seed, first, writes = Path(sys.argv[1]), *map(int, sys.argv[2:])
    model = Model(seed)
    for index in range(first):
        model.apply(index)
    stack = StateStack(DoomedStore.open(directory))
    DoomedStore.writes_left = writes
    for index in range(first, 10**9):
        model.apply(index, stack)
        sys.stdout.write(f"{index}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
