"""The isolate: values, errors, limits, the host function, clean-up."""

from __future__ import annotations

import json
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.vm.isolate import (
    Isolate,
    IsolateOutOfMemory,
    IsolateTerminated,
    JavaScriptException,
    JavaScriptSyntaxError,
)


@pytest.fixture
def isolate():
    with Isolate(heap_limit=64_000_000) as isolate:
        yield isolate


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("null", None),
        ("undefined", None),
        ("({})", None),
        ("true", True),
        ("1 + 1", 2),
        ("0.5", 0.5),
        ("'a\\0b'", "a\0b"),
        ("'\\ud800x'", "\ud800x"),
        ("'😀'", "😀"),
    ],
)
def test_values(isolate, code, value):
    result = isolate.eval(code)
    assert result == value
    assert type(result) is type(value)


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), max_size=40))
def test_strings_pass_exactly(text):
    with Isolate() as isolate:
        expected = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        assert isolate.eval(json.dumps(text)) == expected


def test_exceptions_tell_text_class_and_line(isolate):
    with pytest.raises(JavaScriptException) as caught:
        isolate.eval("\n\nthrow new TypeError('a\\nb')")
    assert (caught.value.text, caught.value.name, caught.value.line) == ("TypeError: a\nb", "TypeError", 3)
    with pytest.raises(JavaScriptException) as caught:
        isolate.eval("throw 'bare'")
    assert (caught.value.text, caught.value.name) == ("bare", "")


def test_syntax_error(isolate):
    with pytest.raises(JavaScriptSyntaxError) as caught:
        isolate.eval("\nvar var")
    assert caught.value.line == 2


def test_deadline_ends_a_loop_and_the_isolate_lives_on(isolate):
    with pytest.raises(IsolateTerminated):
        isolate.eval("for(;;);", deadline=time.monotonic() + 0.02)
    assert isolate.eval("2") == 2


def test_cancel_from_another_thread(isolate):
    isolate.start("for(;;);")
    threading.Thread(target=isolate.cancel).start()
    with pytest.raises(IsolateTerminated):
        isolate.wait()


def test_heap_limit(isolate):
    with pytest.raises(IsolateOutOfMemory):
        isolate.eval("const a = []; for(;;) a.push(new Array(1000).fill(1.5))")
    assert isolate.heap_limit_reached()


def test_host_call_is_synchronous_and_shares_memory(isolate):
    calls = []

    def host():
        calls.append(memory[0])
        memory[1] = memory[0] + 1

    memory = isolate.install_host(host)
    isolate.eval("const bytes = new Uint8Array(__strataMemory)")
    assert isolate.eval("bytes[0] = 41; __strataHost(); bytes[1]") == 42
    assert calls == [41]


def test_cancel_inside_the_host_callback_is_uncatchable(isolate):
    isolate.install_host(isolate.cancel)
    with pytest.raises(IsolateTerminated):
        isolate.eval("try { __strataHost(); for(;;); } catch (e) { 'caught' } finally { 'finally' }")


def test_closing_a_running_isolate_ends_it():
    isolate = Isolate()
    isolate.start("for(;;);")
    isolate.close()
    isolate.close()


def test_closing_an_isolate_flooded_with_promise_jobs():
    isolate = Isolate()
    isolate.eval("(function f() { Promise.resolve().then(f) })()")
    isolate.close()
