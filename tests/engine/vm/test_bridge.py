"""The shared buffer: exact texts both ways, and nothing worse than an exception for a buffer full of nonsense."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler.bundler import RESOURCES
from engine.vm.bridge import Bridge, Control, Reply, ReplyKind
from engine.vm.interface import Operation
from engine.vm.sandbox import Sandbox, SandboxLimits
from tests.engine.vm.programs import MemoryHost, contract, frame, program, script

UNITS = st.text(st.characters(exclude_categories=()), max_size=200)
SANDBOX = RESOURCES / "runtime" / "sandbox"


def as_javascript(text):
    """A Python text as JavaScript sees it: surrogate pairs are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def constants(path, name):
    """The members of a frozen object of numbers in a JavaScript file."""
    body = re.search(rf"{name} = Object\.freeze\(\{{(.*?)\}}\)", Path(path).read_text(), re.DOTALL)[1]
    return {key: int(value) for key, value in re.findall(r"(\w+): (\d+)", body)}


def test_both_ends_agree_on_all_numbers():
    assert constants(RESOURCES / "runtime" / "operations.js", "Operation") == {o.name: int(o) for o in Operation}
    assert constants(SANDBOX / "bridge.js", "Control") == {c.name: int(c) for c in Control}
    assert constants(SANDBOX / "bridge.js", "Reply") == {kind.name: int(kind) for kind in ReplyKind}


def test_texts_of_any_units_pass_exactly_through_javascript():
    codes = {
        "A": contract("A", "m() { const t = storage.get('in'); storage.put('out', t + t); return '' + t.length; }")
    }
    sandbox = Sandbox(codes.__getitem__, script=script, limits=SandboxLimits(time_limit=60))

    @settings(max_examples=200, deadline=None)
    @given(text=UNITS)
    def passes(text):
        host = MemoryHost({"in": text})
        outcome = sandbox.execute(program(frame("A"), host=host))[0]
        assert outcome.result == str(len(text.encode("utf-16-le", "surrogatepass")) // 2)
        assert host.state["out"] == as_javascript(as_javascript(text) + as_javascript(text))

    passes()
    sandbox.close()


def pieces(bridge, memory):
    """Read a reply as JavaScript does, piece by piece."""
    header = memory[:256].cast("i")
    lengths = [header[8 + index] for index in range(header[1])]
    missing, units = 2 * sum(lengths), b""
    while missing > 0:
        piece = bytes(memory[256 : 256 + min(missing, len(memory) - 256)])
        units += piece
        missing -= len(piece)
        if missing > 0:
            header[0] = Control.CONTINUE
            assert bridge.receive() is None
    texts = []
    for length in lengths:
        texts.append(units[: 2 * length].decode("utf-16-le", "surrogatepass"))
        units = units[2 * length :]
    return texts


@given(texts=st.lists(UNITS, max_size=40), capacity=st.integers(1, 300))
def test_replies_of_any_length_arrive_in_pieces(texts, capacity):
    memory = memoryview(bytearray(256 + 2 * capacity))
    bridge = Bridge(memory)
    bridge.send(Reply(ReplyKind.TEXT, texts, gas=5))
    assert pieces(bridge, memory) == [as_javascript(text) for text in texts]


@settings(max_examples=300)
@given(content=st.binary(min_size=512, max_size=512), again=st.binary(min_size=512, max_size=512))
def test_nonsense_in_the_buffer_is_an_ordinary_exception(content, again):
    memory = memoryview(bytearray(content))
    bridge = Bridge(memory)
    for nonsense in (content, again):
        memory[:] = nonsense
        try:
            request = bridge.receive()
        except (IndexError, ValueError, OverflowError):
            continue
        assert request is None or isinstance(request.texts, list)
