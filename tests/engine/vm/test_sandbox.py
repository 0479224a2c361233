"""The sandbox: frames, host calls, nested calls, limits, and that nothing survives a run."""

from __future__ import annotations

import threading
import time

import pytest

from engine.errors import ContractException, DeadlineExceeded, InternalError, MemoryExceeded, RunCancelled
from engine.vm.interface import Run
from engine.vm.sandbox import Sandbox, SandboxLimits
from tests.engine.vm.programs import MemoryHost, contract, frame, program, raw_contract, script


class Contracts(dict):
    def add(self, key, body, **options):
        self[key] = contract(key, body, **options)

    def load(self, key):
        return self[key]


@pytest.fixture
def contracts():
    return Contracts()


@pytest.fixture
def sandbox(contracts):
    limits = SandboxLimits(time_limit=5.0, heap_bytes=96_000_000)
    sandbox = Sandbox(contracts.load, limits=limits, script=script)
    yield sandbox
    sandbox.close()


def run_one(sandbox, *args, host=None, **options):
    return sandbox.execute(program(frame(*args, **options), host=host))[0]


def test_a_method_returns_its_result_and_gas(sandbox, contracts):
    contracts.add("A", "m(a, b) { _IOSTInstruction_counter.incr(7.9); return a + b.x; }")
    outcome = run_one(sandbox, "A", "m", '["é", {"x": "\\u0000\\ud83d\\ude00"}]')
    assert (outcome.result, outcome.gas, outcome.error) == ("é\0😀", 7, None)


def test_several_frames_and_runs_in_one_sandbox(sandbox, contracts):
    contracts.add("A", "m() { return 'a'; }")
    contracts.add("B", "m() { return 'b'; }")
    for _ in range(3):
        outcomes = sandbox.execute(program(frame("A"), frame("B"), frame("A")))
        assert [outcome.result for outcome in outcomes] == ["a", "b", "a"]


def test_host_calls_are_charged_and_typed(sandbox, contracts):
    contracts.add(
        "A",
        "m() { const s = storage; s.put('k', 'v'); return [s.get('k'), s.get('x'), s.has('k'), s.has('x')].join(); }",
    )
    outcome = run_one(sandbox, "A")
    assert (outcome.result, outcome.gas) == ("v,,true,false", 60)


def test_host_errors_are_thrown(sandbox, contracts):
    contracts.add("A", "m() { call(); }")
    contracts["A"] = raw_contract("A", "class C { m() { log(5); } }\nmodule.exports = C")
    assert "a host function takes texts" in run_one(sandbox, "A").error


@pytest.mark.parametrize("length", [0, 1, 65_536, 131_000, 131_072, 300_001])
def test_long_texts_cross_in_pieces(sandbox, contracts, length):
    contracts.add(
        "A", "m(n) { const t = 'é'.repeat(n) + '\\ud800'; storage.put('k', t); return storage.get('k') === t; }"
    )
    host = MemoryHost()
    assert run_one(sandbox, "A", "m", f"[{length}]", host=host).result == "true"
    assert host.state["k"] == "é" * length + "\ud800"


def test_module_state_does_not_survive_a_run(sandbox, contracts):
    contracts["A"] = raw_contract("A", "let n = 0;\nclass C { m() { n += 1; return n; } }\nmodule.exports = C;")
    assert [run_one(sandbox, "A").result for _ in range(3)] == ["1", "1", "1"]


def test_nested_calls_count_their_own_gas(sandbox, contracts):
    contracts.add(
        "A", "m() { _IOSTInstruction_counter.incr(5); const r = call('B', 'm', '[\"x\"]'); return r + gasUsed(); }"
    )
    contracts.add("B", "m(a) { _IOSTInstruction_counter.incr(100); return a + contract + gasUsed(); }")
    host = MemoryHost()
    outcome = run_one(sandbox, "A", host=host)
    assert (outcome.result, outcome.gas) == ("xContractB100105", 105)
    assert [nested.gas for nested in host.nested] == [100]


def test_missing_code_of_a_nested_call_repeats_the_program(sandbox, contracts):
    contracts.add(
        "A", "m() { storage.put('n', (storage.get('n') || '') + 'x'); return call('B', 'm', '[]') + storage.get('n'); }"
    )
    contracts.add("B", "m() { return 'b'; }")
    starts = []

    def factory():
        starts.append(1)
        return program(frame("A"), host=MemoryHost())()

    assert sandbox.execute(factory)[0].result == "bx"
    assert len(starts) == 2
    assert sandbox.execute(factory)[0].result == "bx"
    assert len(starts) == 3


def test_exceptions_tell_text_and_line(sandbox, contracts):
    contracts.add("A", "m() {\n  this.f();\n}\nf() {\n  throw new TypeError('no'); }")
    outcome = run_one(sandbox, "A")
    assert (outcome.error, outcome.error_class) == ("Uncaught exception: TypeError: no", "ContractException")
    assert (outcome.line, outcome.column) == (5, 8)
    assert [line for _, line, _ in outcome.stack] == [5, 2]


def test_column_on_the_first_line(sandbox, contracts):
    contracts["A"] = raw_contract("A", "throw new Error('x')")
    outcome = run_one(sandbox, "A")
    assert (outcome.line, outcome.column) == (1, 6)


def test_contracts_cannot_see_stacks(sandbox, contracts):
    contracts.add("A", "m() { return new Error('x').stack; }")
    assert run_one(sandbox, "A").result == "Error: x"


def test_code_that_v8_refuses_fails_its_calls(sandbox, contracts):
    contracts["A"] = raw_contract("A", "let storage = 1;\nmodule.exports = class { m() {} };")
    outcome = run_one(sandbox, "A")
    assert outcome.error == "Uncaught exception: SyntaxError: Identifier 'storage' has already been declared"
    assert outcome.gas == 0


@pytest.mark.parametrize(
    "body",
    [
        "m() { for(;;) _IOSTInstruction_counter.incr(1); }",
        "m() { try { for(;;) _IOSTInstruction_counter.incr(1); } catch (e) { return 'caught'; } }",
        "m() { try { for(;;) _IOSTInstruction_counter.incr(1); } finally { storage.put('k', 'v'); return 'x'; } }",
        "m() { const i = { next: () => ({ done: false }), return() { storage.put('k', 'v'); } };"
        " for (const x of { [Symbol.iterator]: () => i }) _IOSTInstruction_counter.incr(1); }",
    ],
)
def test_out_of_gas_cannot_be_caught(sandbox, contracts, body):
    contracts.add("A", body)
    host = MemoryHost()
    outcome = run_one(sandbox, "A", gas_limit=1000, host=host)
    assert (outcome.error, outcome.error_class, outcome.gas) == ("out of gas", "OutOfGas", 1001)
    assert host.state == {}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("2147483647", "gas overflow max int"),
        ("-1", "invalid gas"),
        ("NaN", "invalid gas"),
        ("undefined", "invalid gas"),
        ("Infinity", "gas overflow max int"),
    ],
)
def test_counter_refuses_odd_amounts(sandbox, contracts, amount, text):
    contracts.add("A", f"m() {{ _IOSTInstruction_counter.incr({amount}); }}")
    outcome = run_one(sandbox, "A")
    assert outcome.error == f"Uncaught exception: Error: IOSTContractInstruction_Incr {text}"
    assert outcome.gas == 0


def test_stack_overflow_is_an_outcome(sandbox, contracts):
    contracts.add("A", "m() { return this.m() + 1; }")
    outcome = run_one(sandbox, "A")
    assert outcome.error_class == "StackExceeded"
    assert run_one(sandbox, "A").error_class == "StackExceeded"


def test_stack_overflow_across_contracts_keeps_the_levels_in_order(sandbox, contracts):
    contracts.add("A", "m(n) { try { return this.m(n); } catch (e) { return call('B', 'm', '[]'); } }")
    contracts.add("B", "m() { try { return this.m(); } catch (e) { try { log('deep'); } catch (e) {} return 'b'; } }")
    contracts.add("C", "m() { return 'ok'; }")
    sandbox.execute(program(frame("A"), frame("B")))
    assert run_one(sandbox, "C").result == "ok"


def test_result_too_long(sandbox, contracts):
    contracts.add("A", "m(t, n) { return t.repeat(n); }")
    assert run_one(sandbox, "A", "m", '["x", 65536]').result == "x" * 65536
    assert run_one(sandbox, "A", "m", '["x", 65537]').error_class == "ResultTooLong"
    assert run_one(sandbox, "A", "m", '["é", 32769]').error == "result too long"
    assert run_one(sandbox, "A", "m", '["\\ud800", 2]').result == "\ufffd\ufffd"


@pytest.mark.parametrize(
    "code", ["for(;;);", "/(a+)+$/.test('a'.repeat(40) + 'b')", "try { for(;;); } finally { for(;;); }"]
)
def test_deadline(sandbox, contracts, code):
    contracts.add("A", f"m() {{ {code} }}")
    contracts.add("B", "m() { return 'ok'; }")
    with pytest.raises(DeadlineExceeded):
        sandbox.execute(program(frame("A")), time_limit=0.1)
    assert run_one(sandbox, "B").result == "ok"


def test_heap_limit(sandbox, contracts):
    contracts.add("A", "m() { const a = []; for(;;) a.push(new Array(1000).fill(1.5)); }")
    contracts.add("B", "m() { return 'ok'; }")
    with pytest.raises(MemoryExceeded):
        sandbox.execute(program(frame("A")))
    assert run_one(sandbox, "B").result == "ok"


def test_memory_outside_the_heap_is_limited(contracts):
    limits = SandboxLimits(time_limit=30.0, process_bytes=400_000_000)
    contracts.add("A", "m() { const a = []; for(;;) a.push(new Uint8Array(1e6).fill(1)); }")
    sandbox = Sandbox(contracts.load, limits=limits, script=script)
    with pytest.raises(MemoryExceeded):
        sandbox.execute(program(frame("A")))
    sandbox.close()


def test_memory_that_others_use_is_not_held_against_a_run(contracts):
    limits = SandboxLimits(time_limit=30.0, process_bytes=200_000_000)
    contracts.add("A", "m() { for (let i = 0; i < 3e7; i++); return 'ok'; }")
    sandbox = Sandbox(contracts.load, limits=limits, script=script)
    others = bytearray(b"x" * 250_000_000)
    assert run_one(sandbox, "A").result == "ok"
    assert others[-1] == ord("x")
    sandbox.close()


def test_cancel(sandbox, contracts):
    contracts.add("A", "m() { log('started'); for(;;); }")
    host = MemoryHost()
    host.operate = lambda operation, arguments: (
        threading.Thread(target=sandbox.cancel).start() or MemoryHost().operate(operation, arguments)
    )
    with pytest.raises(RunCancelled):
        sandbox.execute(program(frame("A"), host=host))


def test_errors_of_the_program_reach_the_caller(sandbox, contracts):
    contracts.add("A", "m() { return call('B', 'm', '[]'); }")
    contracts.add("B", "m() { return 'b'; }")

    def broken():
        yield frame("A")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        sandbox.execute(lambda: (broken(), MemoryHost()))

    host = MemoryHost()

    def fails(*_, **__):
        raise InternalError("no such contract")

    host.call = fails
    with pytest.raises(InternalError, match="no such contract"):
        sandbox.execute(program(frame("A"), host=host))
    assert run_one(sandbox, "A").result == "b"


def test_thrown_lone_surrogates_are_replaced(sandbox, contracts):
    contracts.add("A", "m() { throw '\\ud800x'; }")
    assert run_one(sandbox, "A").error == "Uncaught exception: \ufffdx"


def test_a_task_runs_many_programs_without_leaving_the_loop(sandbox, contracts):
    contracts.add("A", "m(n) { return n * 2; }")

    def task():
        results = []
        for n in range(2000):
            outcomes = yield Run(program(frame("A", "m", f"[{n}]")))
            results.append(outcomes[0].result)
        return results

    assert sandbox.run(task()) == [str(2 * n) for n in range(2000)]


def test_programs_without_javascript_do_not_nest(sandbox):
    def task():
        for _ in range(5000):
            yield Run(program())
        return "done"

    assert sandbox.run(task()) == "done"


def test_a_task_goes_on_after_a_failed_run(sandbox, contracts):
    contracts.add("A", "m() { for(;;); }")
    contracts.add("B", "m() { return 'ok'; }")

    def task():
        try:
            yield Run(program(frame("A")), time_limit=0.05)
        except DeadlineExceeded:
            outcomes = yield Run(program(frame("B")))
            return outcomes[0].result

    assert sandbox.run(task()) == "ok"


def test_open_contracts_run_in_a_realm_of_their_own(sandbox, contracts):
    contracts.add(
        "A", "m() { String.prototype.x = () => 1; return 'a'.x() + call('B', 'm', '[]'); }", open_intrinsics=True
    )
    contracts.add("B", "m() { return typeof ''.x + call('C', 'm', '[]'); }")
    contracts.add("C", "m() { return typeof ''.x + (Array.prototype.push.x = 5); }", open_intrinsics=True)
    for _ in range(2):
        assert run_one(sandbox, "A").result == "1undefinedundefined5"


def test_a_fresh_run_has_isolates_of_its_own(sandbox, contracts):
    contracts.add("A", "m() { return call('B', 'm', '[]') + call('C', 'm', '[]'); }")
    contracts.add("B", "m() { return 'b'; }")
    contracts.add("C", "m() { return 'c'; }", open_intrinsics=True)

    def task():
        results = []
        for fresh in (False, True, True, False):
            outcomes = yield Run(program(frame("A")), fresh=fresh)
            results.append((outcomes[0].result, outcomes[0].gas))
        return results

    assert sandbox.run(task()) == [("bc", 0)] * 4


def test_a_deadline_ends_all_realms_of_a_run(sandbox, contracts):
    contracts.add("A", "m() { return call('B', 'm', '[]'); }", open_intrinsics=True)
    contracts.add("B", "m() { return call('D', 'm', '[]'); }")
    contracts.add("D", "m() { for(;;); }", open_intrinsics=True)
    contracts.add("E", "m() { return 'ok'; }")
    with pytest.raises(DeadlineExceeded):
        sandbox.execute(program(frame("A")), time_limit=0.3)
    assert run_one(sandbox, "E").result == "ok"


class SlowContracts(Contracts):
    """Something happens, and takes its time, while a contract's realm is being made."""

    def __init__(self, meanwhile, seconds):
        super().__init__()
        self.meanwhile, self.seconds = meanwhile, seconds
        self.loads = 0

    def load(self, key):
        self.loads += 1
        if self.loads == 2:
            self.meanwhile()
            time.sleep(self.seconds)
        return super().load(key)


@pytest.mark.parametrize("stop", [True, False])
def test_nobody_else_proceeds_beside_the_thread_that_prepares_a_run(stop):
    """A run may be stopped while the thread of the realm before is still making the next one's realm.

    It once went on beside the one that had taken over: two runs at once, and "disagree about the frames".
    """
    contracts = SlowContracts(lambda: sandbox.cancel() if stop else None, 0.1 if stop else 0.3)
    contracts.add("A", "m() { return 'a' + (Array.prototype.x = storage.get('x')); }", open_intrinsics=True)
    sandbox = Sandbox(contracts.load, limits=SandboxLimits(time_limit=0.2), script=script)
    ends = []

    def task():
        for _ in range(6):
            try:
                outcomes = yield Run(program(frame("A")))
                ends.append(outcomes[0].result)
            except RunCancelled:
                ends.append("stopped")

    try:
        sandbox.run(task())
    finally:
        sandbox.close()
    assert ends == ["anull", "stopped" if stop else "anull", *["anull"] * 4]


def test_what_other_runs_left_in_memory_is_not_held_against_a_run(contracts):
    """Private names on shared objects and registered symbols outlive their run: they cannot be taken away."""
    contracts.add(
        "A", "m() { const n = storage.get('run'); for (let i = 0; i < 300000; i++) Symbol.for(n + i); return 'a'; }"
    )
    contracts.add("B", "m() { const a = []; for (let i = 0; i < 60000; i++) a.push([i, i, i, i]); return 'b'; }")
    limits = SandboxLimits(time_limit=60, heap_bytes=96_000_000)
    sandbox = Sandbox(contracts.load, limits=limits, script=script)
    try:
        for number in range(4):
            host = MemoryHost({"run": f"run {number} "})
            assert run_one(sandbox, "A", host=host).result == "a"
            assert run_one(sandbox, "B").result == "b"
        assert sandbox.runs > 8, "no run was repeated: the test leaves too little behind"
    finally:
        sandbox.close()


def test_a_run_that_eats_too_much_is_repeated_once_at_most(sandbox, contracts):
    def eat():
        sandbox.execute(program(frame("A")), time_limit=60)

    contracts.add("A", "m() { const a = []; for (;;) a[a.length] = { x: [1, 2, 3, 4, 5, 6, 7, 8] }; }")
    contracts.add("B", "m() { return 'b'; }")
    for runs in (1, 2, 5, 6):  # the third is repeated for its code and for its memory
        if runs in (2, 6):
            assert run_one(sandbox, "B").result == "b"
        else:
            with pytest.raises(MemoryExceeded):
                eat()
        assert sandbox.runs == runs


@pytest.mark.parametrize("fails", [False, True])
def test_a_run_that_is_stopped_at_its_very_end_has_ended(sandbox, contracts, fails):
    """It once was interrupted after it had been settled: "savepoint 0 is not open"."""
    contracts.add("A", "m() { return 'a'; }")

    def factory():
        def steps():
            outcome = yield frame("A")
            sandbox.cancel()
            if fails:
                raise ContractException("at the end")
            return outcome.result

        return steps(), MemoryHost()

    def task():
        try:
            ended = yield Run(factory)
        except ContractException as error:
            ended = error.text
        outcomes = yield Run(program(frame("A")))
        return ended, outcomes[0].result

    assert sandbox.run(task()) == ("at the end" if fails else "a", "a")
