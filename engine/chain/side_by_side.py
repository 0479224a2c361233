"""Executing transactions of one block on several workers at once, with the outcome of one by one.

The transactions run side by side on the same state, and are handed out in the block's order. One that has read what a
transaction before it then changed is run again, together with all others of which that is known already. Those that
will probably meet are put on one worker, in order: by what earlier ones like them touched, in later rounds by
what they themselves touched. A transaction is right if it read what it would have read by itself, whoever ran it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

import msgspec

from engine.chain.execution import known_texts
from engine.chain.executor import Execution
from engine.chain.lanes import Touched, guess, shared_out
from engine.chain.worker_program import Batch, QueuedTransaction

if TYPE_CHECKING:
    from engine.chain.anticipation import Foreseen
    from engine.chain.execution import Executions
    from engine.state.interface import StateReader

ENGINE_LOAD = 0.4
"""What the engine has to do besides for every transaction, in executions of one: its own lane gets so much less."""
ENGINE = 0
"""The lane that is no worker: transactions that run no JavaScript, executed by the engine itself."""


class FoundRun(msgspec.Struct):
    """The newest run of a transaction: on `state`, under `over`, what it saw of others' writes upon that."""

    execution: Execution
    state: StateReader
    over: dict[str, str | None]
    lane: int


class _Job(msgspec.Struct):
    """Transactions, by index, that follow each other on one lane; `answer` is None where the engine does them."""

    indices: list[int]
    batch: Batch
    state: StateReader
    lane: int
    answer: Future[bytes] | None


class SideBySide:
    """Runs `transactions` of one block; `block` is a batch that describes it, `lanes` the number of workers.

    Ask for `execution` of each index in order, and tell `committed` if it was committed, before the next.
    """

    def __init__(
        self,
        executions: Executions,
        block: Batch,
        transactions: Sequence[QueuedTransaction],
        newest: Callable[[], StateReader],
        lanes: int,
        *,
        found: Sequence[FoundRun | None] = (),
        written: dict[str, tuple[str | None, str]] | None = None,
    ) -> None:
        """Start the first round; `found` are runs that were made ahead, by index.

        `written` is what was committed since the state that those stand on, by key, with the hash of who wrote it.
        """
        self.runs = [0 if run is None else 1 for run in found] or [0] * len(transactions)
        """How often each was run."""
        self.conflicts: list[list[tuple[str, str]]] = [[] for _ in transactions]
        """For each, the keys on which it was overtaken, with the hash of the transaction that wrote them."""
        self._executions = executions
        self._block = block
        self._transactions = transactions
        self._newest = newest
        self._lanes = max(1, lanes)
        self._found = list(found) or [None] * len(transactions)
        self._given = sum(run is not None for run in self._found)
        self._written = {} if written is None else written
        self._jobs = self._start([index for index, run in enumerate(self._found) if run is None])

    def lane(self, index: int) -> int:
        """Return where a transaction was run last: a worker's lane from 1, or `ENGINE`."""
        run = self._found[index]
        return ENGINE if run is None else run.lane

    def execution(self, index: int) -> Execution:
        """Return what executing a transaction comes to after all before it were committed, or left out."""
        while True:
            self._finish()
            run = self._found[index]
            assert run is not None
            key = self._overtaken(run)
            if key is None:
                return run.execution
            self._jobs = self._start(self._stale(index))

    def committed(self, index: int) -> None:
        """Note that a transaction's writes are in the newest state now."""
        run = self._found[index]
        assert run is not None
        name = self._transactions[index].hash
        for key, text in run.execution.write_set.items():
            self._written[key] = (text, name)

    def went_as_found(self, count: int) -> bool:
        """Return whether the first `count` runs were found ahead, and were right."""
        return count <= self._given and max(self.runs[:count], default=1) == 1

    # --- rounds ------------------------------------------------------------------------------------

    def _start(self, indices: Iterable[int]) -> list[_Job]:
        """Give transactions to the lanes; those of the engine itself are run when the workers have theirs."""
        state = self._newest()
        jobs: list[_Job] = []
        for lane, chosen in enumerate(self._shares(list(indices)), start=1):
            if not chosen:
                continue
            queued = tuple(self._transactions[index] for index in chosen)
            batch = msgspec.structs.replace(self._block, transactions=queued, stops=False)
            answer = None
            if lane > 1 or not self._executions.is_local(batch):
                batch = msgspec.structs.replace(batch, known=known_texts(map(self._foreseen, chosen), state))
                answer = self._executions.start(batch)
            jobs.append(_Job(chosen, batch, state, lane if answer else ENGINE, answer))
        return jobs

    def _finish(self) -> None:
        """Wait for the jobs of a round."""
        jobs, self._jobs = self._jobs, []
        for job in sorted(jobs, key=lambda job: job.answer is not None):
            if job.answer is None:
                executions = self._executions.execute(job.batch, job.state)
            else:
                executions = self._executions.finish(job.batch, job.state, job.answer)
            over: dict[str, str | None] = {}
            for index, execution in zip(job.indices, executions, strict=True):
                seen = {key: over[key] for key in execution.reads if key in over} if over else {}
                self._found[index] = FoundRun(execution, job.state, seen, job.lane)
                self.runs[index] += 1
                over.update(execution.write_set)
                if self._lanes > 1 and execution.rejection is None:
                    transaction = self._transactions[index].transaction
                    self._executions.anticipation.correct(self._foreseen(index), transaction, execution)

    def _overtaken(self, run: FoundRun) -> str | None:
        """Return a key that a run would read otherwise now, None if there is none."""
        for key in run.execution.reads:
            if key in self._written:
                seen = run.over[key] if key in run.over else run.state.read(key)[0]
                if seen != self._written[key][0]:
                    return key
            elif key in run.over and run.over[key] != run.state.read(key)[0]:
                return key
        return None

    def _stale(self, first: int) -> list[int]:
        """Return `first` and those after it that will have to run again, too; note why."""
        stale = []
        changing: dict[str, str] = {}
        for index in range(first, len(self._transactions)):
            run = self._found[index]
            assert run is not None
            key = self._overtaken(run)
            writer = self._written[key][1] if key in self._written else ""
            if key is None:
                key = next((key for key in run.execution.reads if key in changing), None)
                writer = changing[key] if key is not None else ""
            if key is not None:
                self.conflicts[index].append((key, writer or self._predecessor(index, key)))
                stale.append(index)
                changing.update(dict.fromkeys(run.execution.write_set, self._transactions[index].hash))
        return stale

    def _predecessor(self, index: int, key: str) -> str:
        """Return the transaction whose write of `key`, since undone, was seen."""
        for before in range(index - 1, -1, -1):
            run = self._found[before]
            if run is not None and key in run.execution.write_set:
                return self._transactions[before].hash
        return ""

    # --- who runs what -------------------------------------------------------------------------------

    def _shares(self, indices: list[int]) -> list[list[int]]:
        """Distribute transactions over the lanes; those that will probably meet stay together, in order."""
        if self._lanes == 1:
            return [indices]
        load = [0.0] * min(self._lanes, len(indices))
        if load and self._executions.is_local(msgspec.structs.replace(self._block, transactions=self._transactions)):
            load[0] = ENGINE_LOAD * len(indices)
        shares = shared_out([self._touched(index) for index in indices], load)
        return [[indices[position] for position in share] for share in shares]

    def _touched(self, index: int) -> Touched:
        """Return what a transaction read and wrote, else what it will probably read and write."""
        run = self._found[index]
        if run is not None:
            return run.execution.reads, run.execution.write_set
        return guess(self._foreseen(index), self._transactions[index].transaction.publisher)

    def _foreseen(self, index: int) -> Foreseen | None:
        return self._executions.anticipation.foresee(self._transactions[index].transaction)
