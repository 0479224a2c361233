"""Executing what will be in the next blocks before they are begun, where that does not have to know them.

Transactions that run no JavaScript see of their block its number and its time, not the hash of the parent. Which
transactions the next blocks will take is foreseen; workers execute those of several blocks in one job while the blocks
before are closed. What comes of it is a guess: it counts if the block turns out to be that one, and nothing that the
transaction read was written otherwise (`SideBySide` looks). So a wrong guess costs time, no more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.chain.execution import known_texts
from engine.chain.lanes import guess, shared_out
from engine.chain.side_by_side import FoundRun
from engine.chain.worker_program import Batch, QueuedTransaction
from engine.errors import StrataError
from engine.state.local_cache import PendingWrites

if TYPE_CHECKING:
    from engine.chain.anticipation import Foreseen
    from engine.chain.execution import Executions
    from engine.chain.open_block import OpenBlock
    from engine.state.interface import StateReader


REBASE = 16
"""After so many stretches a newer state is stood on: reading an old one gets slower with every block since."""


class ForeseenBlock(NamedTuple):
    """A block that will probably be, with transactions it will take; `time` in nanoseconds."""

    number: int
    time: int
    transactions: list[QueuedTransaction]


class _Guess(msgspec.Struct):
    """What a transaction came to in a block of this number and time."""

    number: int
    time: int
    run: FoundRun


class _Job(msgspec.Struct):
    """What one worker executes, `lane` counts from 1."""

    lane: int
    batch: Batch
    foreseen: dict[str, Foreseen | None]
    answer: Future[bytes]


class RunAhead:
    """Executes blocks to come on top of `state`, on up to `lanes` workers; close it.

    `template` is a batch whose settings all jobs have. `start` stretch after stretch of blocks, and `finish` each
    before the next one.
    """

    def __init__(self, executions: Executions, template: Batch, state: StateReader, lanes: int) -> None:
        self.written: dict[str, tuple[str | None, str]] = {}
        """What was committed since, by key, with the hash of the transaction that wrote it."""
        self._executions = executions
        self._template = msgspec.structs.replace(template, transactions=(), stops=False, plain=True)
        self._lanes = lanes
        self._seen: dict[str, str | None] = {}
        """What the transactions of the stretches before have written, as far as it was guessed."""
        self._guesses: dict[str, _Guess] = {}
        self._jobs: list[_Job] = []
        self._stretches = 0
        self._identity = 0
        self._stand_on(state)

    def _stand_on(self, state: StateReader) -> None:
        self._executions.release(self._identity)
        self._state = state
        self._pending = PendingWrites(state)
        self._identity = self._executions.register(self._pending)

    def start(self, blocks: Sequence[ForeseenBlock]) -> None:
        """Have the transactions of some blocks executed."""
        transactions = [queued for block in blocks for queued in block.transactions]
        foreseen = [self._executions.anticipation.foresee(queued.transaction) for queued in transactions]
        touched = [guess(one, queued.transaction.publisher) for one, queued in zip(foreseen, transactions, strict=True)]
        shares = shared_out(touched, [0.0] * self._lanes)
        for lane, share in enumerate(shares, start=1):
            if share:
                chosen = {transactions[position].hash: foreseen[position] for position in share}
                known = known_texts(chosen.values(), self._pending)
                first, *following = self._batches(blocks, chosen)
                batch = msgspec.structs.replace(first, state=self._identity, known=known, following=tuple(following))
                self._jobs.append(_Job(lane, batch, chosen, self._executions.start(batch)))

    def _batches(self, blocks: Iterable[ForeseenBlock], chosen: Container[str]) -> list[Batch]:
        batches = []
        for block in blocks:
            transactions = tuple(queued for queued in block.transactions if queued.hash in chosen)
            if transactions:
                batches.append(
                    msgspec.structs.replace(
                        self._template, number=block.number, time=block.time, transactions=transactions
                    )
                )
        return batches

    def finish(self, newest: StateReader) -> None:
        """Wait for what was started; everything before it is in the state `newest`, as it was guessed.

        Raises:
            RunCancelled: somebody stopped it.
        """
        jobs, self._jobs = self._jobs, []
        written: dict[str, str | None] = {}
        before = self._seen
        anticipation = self._executions.anticipation
        for job in jobs:
            executions = iter(self._executions.finish_plain(job.answer))
            over: dict[str, str | None] = {}
            for batch in (job.batch, *job.batch.following):
                for queued, execution in zip(batch.transactions, executions, strict=False):
                    seen = {
                        key: over[key] if key in over else before[key]
                        for key in execution.reads
                        if key in over or key in before
                    }
                    run = FoundRun(execution, self._state, seen, job.lane)
                    self._guesses[queued.hash] = _Guess(batch.number, batch.time, run)
                    over.update(execution.write_set)
                    if execution.rejection is None:
                        anticipation.correct(job.foreseen[queued.hash], queued.transaction, execution)
            written.update(over)
        before.update(written)
        self._stretches += 1
        if self._stretches % REBASE == 0:
            self._stand_on(newest)
        self._pending.apply(written)
        self._pending.settle()

    def begun(self, block: OpenBlock) -> None:
        """Take note of what a block's base transaction has written."""
        base, execution = block.entries[0]
        self.written.update((key, (text, base.hash)) for key, text in execution.write_set.items())

    def found(self, block: OpenBlock, transactions: Iterable[QueuedTransaction]) -> list[FoundRun | None]:
        """Return what was found out about transactions if they are in `block`, and forget it."""
        found: list[FoundRun | None] = []
        for queued in transactions:
            guessed = self._guesses.pop(queued.hash, None)
            fits = guessed is not None and (guessed.number, guessed.time) == (block.number, block.time)
            found.append(guessed.run if guessed is not None and fits else None)
        return found

    def close(self) -> None:
        """Wait for the workers; what they have found out is not asked for."""
        for job in self._jobs:
            with contextlib.suppress(StrataError):
                job.answer.result()
        self._executions.release(self._identity)
