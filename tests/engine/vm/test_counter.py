"""The gas counter against the plain model of what it must do (spec/gas.md §4)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compiler.bundler import RESOURCES, esbuild_binary
from engine.vm.isolate import Isolate

LARGEST = 536870911
"""What the counter calls its stretch: the bounds around it matter."""

RUN = """
globalThis.run = (text) => {
  const counter = createCounter();
  const outer = [];
  const seen = [];
  for (const [name, value] of JSON.parse(text)) {
    let thrown = false;
    try {
      if (name === 'enter') outer.push(counter.enter(value));
      else if (name === 'leave') counter.leave(outer.pop());
      else if (name === 'unmetered') counter.unmetered(() => counter.charge(value));
      else counter[name](value);
    } catch (error) {
      thrown = error.message;
    }
    seen.push([thrown, counter.used(), counter.exhausted()]);
  }
  return JSON.stringify(seen);
};
"""


class Model:
    """The counter in as few words as possible."""

    def __init__(self) -> None:
        self.used, self.limit, self.exhausted = 0, float("inf"), False
        self.outer: list[tuple[int, float, bool]] = []

    def add(self, units: int) -> str | bool:
        if not self.exhausted:
            self.used += units
            self.exhausted = self.used > self.limit
        return "out of gas" if self.exhausted else False

    def do(self, name: str, value: float) -> str | bool:
        match name:
            case "enter":
                self.outer.append((self.used, self.limit, self.exhausted))
                self.used, self.limit, self.exhausted = 0, value, False
            case "leave":
                self.used, self.limit, self.exhausted = self.outer.pop()
            case "reset":
                self.used, self.exhausted = 0, False
            case "check":
                return "out of gas" if self.exhausted else False
            case "charge" if value >= 2147483647:
                return "IOSTContractInstruction_Incr gas overflow max int"
            case "charge" if value < 0:
                return "IOSTContractInstruction_Incr invalid gas"
            case "charge" | "tick" | "chargeHost":
                return self.add(int(value))
        return False


@pytest.fixture(scope="module")
def isolate() -> Iterator[Isolate]:
    entry = "import { createCounter } from './runtime/sandbox/counter.js';" + RUN
    command = [str(esbuild_binary()), "--bundle", "--format=iife"]
    done = subprocess.run(command, input=entry, cwd=RESOURCES, check=True, capture_output=True, text=True, timeout=60)
    isolate = Isolate()
    isolate.eval(done.stdout)
    yield isolate
    isolate.close()


amounts = st.one_of(
    st.floats(0, 1000),
    st.integers(0, 1000),
    st.sampled_from([LARGEST - 1, LARGEST, LARGEST + 1, 2147483646, 2147483646.5]),
)
limits = st.one_of(st.integers(0, 3000), st.sampled_from([LARGEST, LARGEST + 1, 2 * LARGEST + 2, 10**12]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("tick"), st.one_of(st.floats(0, 1000), st.just(LARGEST))),
        st.tuples(st.just("charge"), st.one_of(amounts, st.sampled_from([2147483647, -1, -0.5]))),
        st.tuples(st.just("chargeHost"), st.one_of(st.integers(0, 1000), st.integers(0, 10**13))),
        st.tuples(st.just("enter"), limits),
        st.tuples(st.sampled_from(["reset", "check", "leave"]), st.just(0)),
        st.tuples(st.just("unmetered"), amounts.filter(lambda amount: amount < 2147483647)),
    ),
    max_size=30,
)


@given(steps)
def test_the_counter_does_what_its_model_does(isolate: Isolate, actions: list[tuple[str, float]]) -> None:
    depth, wanted = 0, []
    model = Model()
    for name, value in [("enter", 2000), *actions]:
        depth += {"enter": 1, "leave": -1}.get(name, 0)
        if depth < 0:
            depth = 0
            continue
        wanted.append((name, value))
    seen = isolate.eval(f"run({json.dumps(json.dumps(wanted))})")
    assert isinstance(seen, str)
    expected = []
    for name, value in wanted:
        thrown = model.do(name, value)
        expected.append([thrown, model.used, model.exhausted])
    assert json.loads(seen) == expected
