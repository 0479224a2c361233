"""The compile sandbox: `resources/toolchain` in an isolate, in a process of its own.

Parsing hostile text can exhaust a stack, a heap or patience; here that costs one child process, which is replaced.
The child reads requests from its standard input and answers on what was its standard output, both as frames: a
length of four bytes (big endian), then MessagePack. It ends when its input does, so it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import msgspec

from engine.compiler.bundler import RESOURCES, bundle
from engine.errors import InternalError, InvalidInput
from engine.values import Value

__all__ = ["TOOLCHAIN_ENTRY", "ToolchainProcess"]

TOOLCHAIN_ENTRY = RESOURCES / "toolchain" / "index.js"
"""What the compile sandbox runs."""

_HEAP_LIMIT = 1 << 30
_SMALL_STACK = 400
_LARGE_STACK = 60_000
"""V8's stack limits in KiB: what any thread has, and what ours gets where the C library lets us ask for more."""

_FLAGS = ("--single-threaded", "--always-sparkplug", "--no-lazy-feedback-allocation", "--min-semi-space-size=16")
"""Quick from the first text on: code is compiled early, and young trees are not copied around."""

_VALUE = '{"value":'
"""How an answer begins that is not a refusal."""

_GRACE_SECONDS = 5.0
_ADVICE = "Split the source into smaller parts, or remove generated code from it."


class _Request(Value, array_like=True, frozen=True):
    function: str
    payload: bytes
    seconds: float


class _Answer(Value, array_like=True, frozen=True):
    """`value` is JSON text; else `refused` or `fault` says why there is none."""

    value: bytes = b""
    refused: str = ""
    fault: str = ""


class ToolchainProcess:
    """`engine.compiler.interface.Toolchain` in a child process that is started when it is first needed.

    Threads may call at once; calls are answered one after the other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._closed = False

    def warm(self) -> None:
        """Start the process now, without waiting until it is ready."""
        with self._lock:
            self._started()

    def call(self, function: str, payload: bytes, *, timeout: float = 30.0) -> bytes:
        """See `engine.compiler.interface.Toolchain.call`."""
        with self._lock:
            child = self._started()
            answer = child.ask(_Request(function, payload, timeout))
            if answer is None:
                self._discard()
        if answer is None:
            raise InvalidInput("the compiler's process ended while it read this text", advice=_ADVICE)
        if answer.fault:
            raise InternalError(f"toolchain function {function}: {answer.fault}")
        if answer.refused:
            raise InvalidInput(answer.refused, advice=_ADVICE)
        return answer.value

    def close(self) -> None:
        """End the process; later calls raise `InternalError`."""
        with self._lock:
            self._closed = True
            self._discard()

    def _started(self) -> _Child:
        if self._closed:
            raise InternalError("the compile sandbox is closed")
        if self._child is None:
            self._child = _Child()
        return self._child

    def _discard(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None


class _Child:
    """A running process with a thread that reads its answers."""

    def __init__(self) -> None:
        root = Path(__file__).resolve().parents[2]
        paths = [str(root), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "engine.vm.toolchain_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # V8's dump when a text makes it give up; other faults come as answers
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
        )
        self._answers: queue.SimpleQueue[_Answer | None] = queue.SimpleQueue()
        threading.Thread(target=self._read_answers, name="toolchain-answers", daemon=True).start()

    def ask(self, request: _Request) -> _Answer | None:
        """Return the answer, or None if the process ended or does not answer any more."""
        assert self._process.stdin is not None
        try:
            _write_frame(self._process.stdin, msgspec.msgpack.encode(request))
            return self._answers.get(timeout=request.seconds + _GRACE_SECONDS)
        except (OSError, queue.Empty):
            return None

    def close(self) -> None:
        """Kill the process; it holds nothing that could be lost."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # the pipe may hold what the process did not read
            self._process.stdin.close()

    def _read_answers(self) -> None:
        assert self._process.stdout is not None
        decoder = msgspec.msgpack.Decoder(_Answer)
        with self._process.stdout as pipe:
            while (frame := _read_frame(pipe)) is not None:
                self._answers.put(decoder.decode(frame))
        self._answers.put(None)


def _read_frame(pipe: IO[bytes]) -> bytes | None:
    header = pipe.read(4)
    if len(header) < 4:
        return None
    (length,) = struct.unpack(">I", header)
    data = pipe.read(length)
    return data if len(data) == length else None


def _write_frame(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(struct.pack(">I", len(data)) + data)
    pipe.flush()


# --- in the child --------------------------------------------------------------------------------


class _Sandbox:
    """The isolate with the toolchain loaded; replaced after it ran out of memory."""

    def __init__(self, script: str, stack: int) -> None:
        from engine.vm.isolate import Isolate

        self._isolate = Isolate(flags=(*_FLAGS, f"--stack-size={stack}"), heap_limit=_HEAP_LIMIT)
        self._isolate.eval(script)

    def answer(self, request: _Request) -> _Answer:
        from engine.vm.isolate import IsolateTerminated, JavaScriptException

        code = f"strataToolchain({json.dumps(request.function)}, {json.dumps(request.payload.decode())})"
        try:
            text = self._isolate.eval(code, deadline=time.monotonic() + request.seconds)
        except IsolateTerminated:
            return _Answer(refused=f"compiling took longer than {request.seconds:g} s")
        except JavaScriptException as error:
            return _Answer(fault=f"{error.text}\n{error.detail}")
        assert isinstance(text, str)
        if not text.startswith(_VALUE):
            return _Answer(refused=json.loads(text)["refused"])
        return _Answer(value=text[len(_VALUE) : -1].encode())

    def close(self) -> None:
        self._isolate.close()


def _enlarge_thread_stacks() -> int:
    """Give threads that are started from now on large stacks, where the C library can; return V8's limit in KiB."""
    if sys.platform != "linux":
        return _SMALL_STACK
    try:
        library = ctypes.CDLL(None)
        attributes = ctypes.create_string_buffer(256)
        done = (
            library.pthread_attr_init(attributes) == 0
            and library.pthread_attr_setstacksize(attributes, ctypes.c_size_t((_LARGE_STACK + 5000) * 1024)) == 0
            and library.pthread_setattr_default_np(attributes) == 0
        )
    except (OSError, AttributeError):
        return _SMALL_STACK
    return _LARGE_STACK if done else _SMALL_STACK


def _main() -> None:
    from engine.vm.isolate import IsolateOutOfMemory

    # V8 prints to descriptor 1 when it dies; answers must not be mixed with that.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    stack = _enlarge_thread_stacks()
    script = bundle(TOOLCHAIN_ENTRY)
    sandbox = _Sandbox(script, stack)
    decoder = msgspec.msgpack.Decoder(_Request)
    while (frame := _read_frame(sys.stdin.buffer)) is not None:
        try:
            answer = sandbox.answer(decoder.decode(frame))
        except IsolateOutOfMemory:
            sandbox.close()
            sandbox = _Sandbox(script, stack)
            answer = _Answer(refused="the source needs too much memory to be compiled")
        _write_frame(answers, msgspec.msgpack.encode(answer))
    sandbox.close()


if __name__ == "__main__":
    _main()
