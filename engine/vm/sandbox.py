"""Runs programs: their Python on whichever thread has the turn, their JavaScript in realms.

The sandbox keeps a stack of *levels*, one a generator: the program, the nested call its contract made, the nested call
of that one, and so on. A level that yields a frame waits while a realm runs it. Whoever has the *turn* may touch the
stack: the thread of a realm that is answering a request of its JavaScript, or the caller of `run` before and after. So
an ordinary run costs no change of thread; only a contract that needs another realm passes the turn on.

The caller of `run` meanwhile keeps watch over time and memory. What ends a run from outside is an *abort*: its reason
is set once, every realm that takes part is terminated, and when all have ended the reason is raised in the task.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

import msgspec

from engine.errors import DeadlineExceeded, InternalError, MemoryExceeded, RunCancelled, StackExceeded
from engine.values import CompiledContract, Profile, Value
from engine.vm.bridge import Control, Reply, ReplyKind, Request
from engine.vm.check_mode import checked
from engine.vm.interface import (
    NestedCall,
    Operation,
    Program,
    ProgramFactory,
    Run,
    ScriptFrame,
    ScriptHost,
    ScriptOutcome,
)
from engine.vm.isolate import DEBUG_FLAGS, RUN_FLAGS, IsolateError, IsolateOutOfMemory, IsolateTerminated
from engine.vm.memory import resident_bytes
from engine.vm.outcome import outcome_of, reply_to
from engine.vm.realm import LoadFailure, Realm
from engine.vm.realm_set import RealmSet
from engine.vm.run_clock import RunClock
from engine.vm.runtime_bundle import runtime_script

__all__ = ["Sandbox", "SandboxLimits", "SandboxStuck"]

Result = TypeVar("Result")
DebugHost = Callable[[int, Sequence[str | None]], str | None]

_NEVER = float("inf")
_FIRST_DEBUG, _LAST_DEBUG = 100, 119
_TICK_SECONDS = 0.02
_IDLE_TICKS = 50
_UNWIND_SECONDS = 0.5
_BLAMED_SHARE = 4
"""A run ends for memory only if it took at least one such part of the limit itself: others may use the process, too."""
_OPERATIONS = {int(operation): operation for operation in Operation}
_CALLS = (Operation.CALL, Operation.CALL_WITH_AUTH)
_LEAVE = Reply(ReplyKind.LEAVE)


class SandboxLimits(Value, frozen=True):
    """Bounds of every run: seconds of wall clock, bytes of one isolate's heap, bytes of the whole process."""

    time_limit: float = 0.2
    heap_bytes: int = 128_000_000
    process_bytes: int = 768_000_000


class SandboxStuck(InternalError):
    """V8 does not react to its termination: the process has to end. `reason` is why the run was ended."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(f"the sandbox could not be stopped: {reason}")
        self.reason = reason


class _Level(msgspec.Struct, eq=False):
    """A generator of the stack; `caller` is the realm whose frame made this call, `realm` where its own frame runs.

    `depth` is the number of that realm's frames that are on the stack, this one included.
    """

    generator: Program | NestedCall
    caller: Realm | None
    realm: Realm | None = None
    frame: ScriptFrame | None = None
    depth: int = 0


class _Restart(Exception):
    """Abort reason: code must be loaded into a realm that is busy, then the program is run from its beginning."""


_CONDEMNING = (DeadlineExceeded, MemoryExceeded, RunCancelled, InternalError)
"""Reasons after which realms are not trusted any more: JavaScript may have been cut off anywhere."""


class Sandbox:
    """Runs programs, one after the other; see `engine/vm/interface.py` for what a program is."""

    def __init__(
        self,
        load_code: Callable[[str], CompiledContract],
        *,
        limits: SandboxLimits | None = None,
        stepping: bool = False,
        debug: DebugHost | None = None,
        script: Callable[[Profile], str] = runtime_script,
        image: Callable[[Profile], bytes | None] | None = None,
        check: bool = False,
    ) -> None:
        """Create a sandbox; realms are made when they are first needed, or by `warm`.

        `load_code` returns a compiled contract by its key. With `stepping`, stepping variants are run and the
        recorder's operations (100–119) go to `debug`. `script` gives the script that a profile's realms boot with,
        `image` a startup snapshot of it for realms that are neither open nor stepping. With `check` every run is
        repeated in fresh realms (`engine.vm.check_mode`).
        """
        self._load_code = load_code
        self._limits = limits or SandboxLimits()
        self._stepping = stepping
        self._debug = debug
        self._script, self._image = script, image
        self._check = check
        self._realms = RealmSet(self._new_realm)
        self._serving: Realm | None = None
        self._signals: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._levels: list[_Level] = []
        self._host: ScriptHost | None = None
        self._task: Generator[Run, object, object] | None = None
        self._run: Run | None = None
        self._first_frame = False
        self._overflowed = False
        self._late: tuple[object, Exception | None] | None = None
        """How the program ended whose abort came too late."""
        self._repeat = False
        self._runs_of_realms = 0
        """Programs that have run since the realms in use were made."""
        self._used_before = 0
        """Bytes that the process used when the run in progress began."""
        self._missing: CompiledContract | None = None
        self._finished = False
        self._result: object = None
        self._task_failure: BaseException | None = None
        self._clock = RunClock()
        self._watch_asleep = False
        self.runs = 0

    # --- public ------------------------------------------------------------------------------------

    def execute(self, factory: ProgramFactory, *, time_limit: float | None = None) -> object:
        """Run one program and return its value.

        Raises what the program raises, and `DeadlineExceeded`, `MemoryExceeded`, `RunCancelled`; `SandboxStuck` if the
        process has to be given up.
        """

        def single() -> Generator[Run, object, object]:
            return (yield Run(factory, time_limit))

        return self.run(single())

    def run(self, task: Generator[Run, object, Result]) -> Result:
        """Drive a task: run every program it yields, send it the value, and return what the task returns."""
        if self._task is not None:
            raise InternalError("the sandbox is busy")
        self._task = self._checked(task) if self._check else task
        self._finished = False
        self._serving = None
        try:
            self._pass_on(self._advance(None))
            while not self._finished:
                self._watch()
        finally:
            self._task = None
        result, self._result = self._result, None
        failure, self._task_failure = self._task_failure, None
        if failure is not None:
            raise failure
        return result  # type: ignore[return-value]  # the task's own type

    def _checked(self, task: Generator[Run, object, Result]) -> Generator[Run, object, Result]:
        return checked(task, time_limit=self._limits.time_limit, overflowed=lambda: self._overflowed)

    def cancel(self) -> None:
        """End the run that is in progress with `RunCancelled`; from any thread."""
        self._abort(RunCancelled("the run was stopped"))

    def warm(self, profile: Profile, contracts: Sequence[CompiledContract] = ()) -> None:
        """Make a profile's realm and load contracts into it ahead of their first run; not while one is in progress."""
        realm = self._realms.main(profile)
        for contract in contracts:
            # What may change built-in objects never runs in this realm.
            if contract.profile is profile and not contract.open_intrinsics and contract.key not in realm.loaded:
                realm.load(contract)

    def loaded(self) -> tuple[str, ...]:
        """Keys of the contracts that are loaded."""
        return self._realms.loaded()

    def close(self) -> None:
        """Free all isolates."""
        self._realms.close()

    # --- realms ------------------------------------------------------------------------------------

    def _new_realm(self, profile: Profile, is_open: bool) -> Realm:
        imaged = self._image is not None and not is_open and not self._stepping
        return Realm(
            self._script(profile),
            flags=DEBUG_FLAGS if self._stepping else RUN_FLAGS,
            heap_limit=self._limits.heap_bytes,
            serve=self._serve,
            stepping=self._stepping,
            is_open=is_open,
            image=self._image(profile) if imaged and self._image is not None else None,
        )

    @property
    def _is_fresh(self) -> bool:
        """Whether the run in progress has realms of its own."""
        return self._run is not None and self._run.fresh

    def _place(self, frame: ScriptFrame) -> Realm:
        """Return the realm for a frame, with its code loaded; raises `_Restart` if that must wait."""
        known = self._realms.holding(frame.code_key, frame.profile, fresh=self._is_fresh)
        if known is not None:
            return known
        with self._clock.stopped():  # a contract does not pay for the making of its sandbox
            return self._prepare(self._load_code(frame.code_key), frame.profile)

    def _prepare(self, contract: CompiledContract, profile: Profile) -> Realm:
        """Load a contract into a realm that may run it, a new one if need be."""
        realm = self._realms.suited(contract, profile, fresh=self._is_fresh)
        if realm.looping:
            self._missing = contract
            raise _Restart
        realm.load(contract)
        return realm

    # --- the stack: only for whoever has the turn ----------------------------------------------------

    def _advance(
        self, outcome: ScriptOutcome | None, error: Exception | None = None, value: object = None
    ) -> tuple[Realm | None, Reply]:
        """Let the innermost level go on; returns who has the next turn, and with which reply.

        Between programs it lets the task go on; `error` or `value` is how the last program ended. None has the turn
        when the caller of `run` has to act.
        """
        while True:
            try:
                if not self._levels and not self._start_next(value, error):
                    return None, _LEAVE
                level = self._levels[-1]
                level.realm = level.frame = None
                frame = level.generator.send(outcome)  # type: ignore[arg-type]  # None starts a generator
                realm = self._place(frame)
            except StopIteration as stop:
                level = self._levels.pop()
                if self._levels:
                    return level.caller, reply_to(stop.value)
                value, error, outcome = stop.value, None, None
            except Exception as failure:
                if len(self._levels) > 1 or isinstance(failure, _Restart):
                    self._abort(failure)
                    return None, _LEAVE
                while self._levels:
                    self._levels.pop().generator.close()
                value, error, outcome = None, failure, None
            else:
                loaded = realm.loaded[frame.code_key]
                if not isinstance(loaded, LoadFailure):
                    level.realm, level.frame = realm, frame
                    level.depth = sum(level.realm is realm for level in self._levels)
                    return realm, self._frame_reply(frame, loaded)
                text = f"Uncaught exception: {loaded.text}"
                outcome = ScriptOutcome(gas=0, error=text, error_class="ContractException", line=loaded.line)

    def _start_next(self, value: object, error: Exception | None) -> bool:
        """End the run in progress, tell the task, and start the program it asks for; False if there is none."""
        assert self._task is not None
        if not self._clock.end():
            self._late = value, error
            return False
        if self._repeat:
            self._repeat = False
            self._start_program()
            return True
        self._runs_of_realms += 1
        for realm in self._realms.end_run():
            if realm is not self._serving:  # which learns from its reply that it has to leave
                realm.post(_LEAVE)
        try:
            self._run = self._task.throw(error) if error is not None else self._task.send(value)
        except StopIteration as stop:
            self._result, self._finished = stop.value, True
            return False
        except BaseException as failure:
            self._task_failure, self._finished = failure, True
            return False
        self._start_program()
        return True

    def _start_program(self) -> None:
        assert self._run is not None
        self.runs += 1
        self._first_frame, self._overflowed = True, False
        limit = self._run.time_limit
        self._used_before = resident_bytes()
        self._clock.start(self._limits.time_limit if limit is None else limit)
        if self._watch_asleep:
            self._signals.put(None)
        program, self._host = self._run.factory()
        self._levels.append(_Level(program, None))

    def _frame_reply(self, frame: ScriptFrame, index: int) -> Reply:
        first, self._first_frame = self._first_frame, False
        contract = (frame.contract, frame.code_key, str(index), frame.method, frame.arguments)
        texts = (*contract, frame.block, frame.transaction)
        return Reply(ReplyKind.FRAME, texts, gas_limit=frame.gas_limit, first=first)

    def _serve(self, realm: Realm, request: Request) -> Reply | None:
        """Answer JavaScript, on the thread of its realm."""
        if self._clock.aborting is not None:
            return _LEAVE
        self._serving = realm
        if _FIRST_DEBUG <= request.operation <= _LAST_DEBUG:
            return self._serve_debug(request)
        level = self._levels[-1]
        if level.realm is not realm or level.depth != request.depth:
            level = self._unwind_to(realm, request.depth)
        operation = _OPERATIONS.get(request.operation)
        if operation is not None and operation not in _CALLS:
            assert self._host is not None
            try:
                return reply_to(self._host.operate(operation, request.texts))
            except Exception as error:
                self._abort(error)
                return _LEAVE
        if request.operation == Control.OUTCOME:
            assert level.frame is not None
            outcome = outcome_of(level.frame, request, realm.first_line_offset)
            self._overflowed = self._overflowed or outcome.error_class == StackExceeded.__name__
            turn, reply = self._advance(outcome)
        elif operation is not None:
            turn, reply = self._call(realm, request)
        else:
            raise InternalError(f"JavaScript asked for the unknown operation {request.operation}")
        if turn is realm:
            return reply
        discarded = self._realms.is_discarded(realm)
        self._pass_on((turn, reply))
        return None if self._clock.aborting is None and not discarded else _LEAVE

    def _serve_debug(self, request: Request) -> Reply:
        """Answer the recorder, which asks at any time: before a frame has begun, in the middle, after its end."""
        if self._debug is None:
            raise InternalError("a run worker was asked to debug")
        answer = self._debug(request.operation, request.texts)
        return Reply(ReplyKind.NULL) if answer is None else Reply(ReplyKind.TEXT, (answer,))

    def _call(self, realm: Realm, request: Request) -> tuple[Realm | None, Reply]:
        assert self._host is not None
        contract, api, arguments = request.texts
        try:
            nested = self._host.call(
                contract or "",
                api or "",
                arguments or "",
                lend_authority=request.operation == Operation.CALL_WITH_AUTH,
                gas_used=request.gas,
            )
        except Exception as error:
            self._abort(error)
            return None, _LEAVE
        self._levels.append(_Level(nested, realm))
        return self._advance(None)

    def _unwind_to(self, realm: Realm, depth: int) -> _Level:
        """Drop levels whose JavaScript has gone without an outcome: the stack overflowed in the sandbox's own code."""
        while self._levels and not (self._levels[-1].realm is realm and self._levels[-1].depth == depth):
            self._levels.pop().generator.close()
        if not self._levels:
            raise InternalError("JavaScript and Python disagree about the frames that are running")
        return self._levels[-1]

    def _pass_on(self, turn: tuple[Realm | None, Reply]) -> None:
        """Give the turn to a realm, or to the caller of `run`."""
        realm, reply = turn
        if realm is None:
            self._signals.put(None)
            return
        realm.post(reply)
        if not realm.looping:
            realm.start_loop(lambda: self._signals.put(realm))

    # --- watching and ending -------------------------------------------------------------------------

    def _watch(self) -> None:
        """Wait for the task to finish or a realm's loop to end; end runs that exceed their limits."""
        idle = 0
        while not self._finished:
            self._watch_asleep = idle > _IDLE_TICKS
            if self._clock.deadline is not None:  # a run may have started before it could see that nobody watches
                self._watch_asleep = False
            try:
                signal = self._signals.get(timeout=None if self._watch_asleep else _TICK_SECONDS)
            except queue.Empty:
                idle = 0 if self._check_limits() else idle + 1
                self._realms.make_spares()
                continue
            self._watch_asleep = False
            idle = 0
            if isinstance(signal, Realm):
                self._loop_ended(signal)
            if self._clock.aborting is not None:
                self._settle()
                return

    def _check_limits(self) -> bool:
        """End a run that is over time or memory; whether one is in progress."""
        deadline = self._clock.deadline
        if deadline is None:
            return False
        if time.monotonic() > deadline:
            self._abort(DeadlineExceeded("execution killed"), deadline)
        else:
            used, limit = resident_bytes(), self._limits.process_bytes
            if used > limit and used - self._used_before > limit // _BLAMED_SHARE:
                self._abort(MemoryExceeded("the run used too much memory"), deadline)
        return True

    def _abort(self, reason: Exception, deadline: float | None = None) -> None:
        """Give up the run in progress; only the first reason counts. `deadline` tells which run was meant."""
        if self._clock.abort(reason, deadline):
            self._signals.put(None)

    def _loop_ended(self, realm: Realm) -> None:
        """A realm left its loop: find out why."""
        if realm.closed:
            return
        try:
            realm.end_loop()
        except IsolateTerminated:
            pass
        except IsolateOutOfMemory:
            if not self._realms.is_discarded(realm):  # else its run has ended
                self._abort(MemoryExceeded("the contract used too much memory"))
        except (IsolateError, InternalError) as error:
            self._abort(InternalError(f"the sandbox failed: {error}"))
        if self._realms.is_discarded(realm):
            self._realms.bury(realm)
            self._realms.make_spares()

    def _settle(self) -> None:
        """Unwind an aborted run; then repeat it, or raise the reason in the task."""
        reason = self._clock.aborting
        assert reason is not None
        self._terminate_all()
        late, self._late = self._late, None
        self._serving = None
        while self._levels:
            self._levels.pop().generator.close()
        is_suspect = isinstance(reason, MemoryExceeded) and self._runs_of_realms > 1
        if isinstance(reason, _CONDEMNING):
            self._realms.condemn()
            self._runs_of_realms = 0
        self._realms.drop_open()
        self._clock.clear()
        if late is not None:  # the program had come to its end all the same
            value, error = late
            self._pass_on(self._advance(None, error, value))
            return
        if isinstance(reason, _Restart):
            assert self._missing is not None
            self._realms.main(self._missing.profile, fresh=self._is_fresh).load(self._missing)
            self._repeat = True
        elif is_suspect:  # what the runs before have left behind must not be held against this one
            self._runs_of_realms = 1
            self._repeat = True
        self._pass_on(self._advance(None, None if self._repeat else reason))

    def _terminate_all(self) -> None:
        """End every loop, also that of a discarded realm: its thread may be the one that has the turn.

        The turn then belongs to the caller of `run`.
        """
        terminated: list[Realm] = []
        deadline = time.monotonic() + _UNWIND_SECONDS
        while looping := self._realms.looping():
            for realm in looping:
                if realm not in terminated:
                    realm.isolate.cancel()
                    realm.post(_LEAVE)
                    terminated.append(realm)
            try:
                signal = self._signals.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                assert self._clock.aborting is not None
                raise SandboxStuck(self._clock.aborting) from None
            if isinstance(signal, Realm):
                self._loop_ended(signal)
        for realm in terminated:
            if not realm.closed:
                realm.isolate.clear_termination()
