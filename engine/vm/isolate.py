"""One V8 isolate, through mini-racer's raw C interface.

This is the only module that touches `py_mini_racer._dll`; the reasons for not using its `MiniRacer` class, and
every rule kept here, are in spec/v8.md. V8 keeps one thread an isolate: scripts, host callbacks and result
callbacks all run on it.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import mmap
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from py_mini_racer._dll import init_mini_racer, mr_callback_func

from engine.errors import StrataError

__all__ = [
    "DEBUG_FLAGS",
    "RUN_FLAGS",
    "Handle",
    "Isolate",
    "IsolateError",
    "IsolateOutOfMemory",
    "IsolateStuck",
    "IsolateTerminated",
    "JavaScriptException",
    "JavaScriptSyntaxError",
    "JavaScriptValue",
    "initialise_v8",
]

_INLINING = (
    "--max-maglev-inline-depth=3",
    "--max-maglev-inlined-bytecode-size=400",
    "--max-maglev-inlined-bytecode-size-small=60",
    "--max-maglev-inlined-bytecode-size-cumulative=6000",
)
"""Lets V8's middle tier compile gas charges and priced operators into the loops that call them: metered loops take a
third of the time (`main.py bench metering`)."""

RUN_FLAGS = ("--single-threaded", "--stack-size=400", "--disallow-code-generation-from-strings", *_INLINING)
"""Flags of run workers (spec/v8.md, "Flags")."""

DEBUG_FLAGS = ("--single-threaded", "--stack-size=400")
"""Flags of debug and compile workers: direct `eval` stays possible."""

JavaScriptValue = None | bool | int | float | str

_HOST_CALL, _LAST_CALL, _FIRST_TASK = 1, 2, 3
"""Callback numbers: the host function, the farewell of a closing isolate, and tasks from there on."""

_NULL, _BOOLEAN, _INTEGER, _DOUBLE, _STRING, _UNDEFINED, _BUFFER = 1, 2, 3, 4, 5, 11, 102
_EXCEPTION, _SYNTAX, _OUT_OF_MEMORY, _TIMEOUT, _TERMINATED = 200, 201, 202, 203, 204

_MESSAGE = re.compile(r"\A[^\n]*?:(\d+): (.*?)\n[^\n]*\n *\^+(?:\n|\Z)", re.DOTALL)
_ERROR_CLASS = re.compile(r"\A(?:Uncaught )?([A-Z]\w*)(?::|\Z)")
_DRAIN_SECONDS = 10.0


class IsolateError(StrataError):
    """A script did not end with a value."""


class JavaScriptException(IsolateError):
    """A script threw: `text` is the thrown value as text, `name` its class (empty for a non-error), `line` from 1."""

    def __init__(self, text: str, *, name: str = "", line: int = 0, detail: str = "") -> None:
        super().__init__(text)
        self.text, self.name, self.line, self.detail = text, name, line, detail


class JavaScriptSyntaxError(JavaScriptException):
    """A script does not parse."""


class IsolateOutOfMemory(IsolateError):
    """The heap limit was reached; the isolate can only be closed."""


class IsolateTerminated(IsolateError):
    """The script was ended by `cancel` or by its deadline."""


class IsolateStuck(IsolateError):
    """The isolate does not answer even to a termination; only the end of the process helps."""


_library_lock = threading.Lock()
_library: ctypes.CDLL | None = None
_open_isolates: set[Isolate] = set()  # strong: V8 must never call into a collected callback


def initialise_v8(flags: Sequence[str] = RUN_FLAGS) -> ctypes.CDLL:
    """Load V8 with these flags; the first call of a process wins, later flags are ignored."""
    global _library  # noqa: PLW0603  one V8 a process
    with _library_lock:
        if _library is None:
            _library = init_mini_racer(flags=flags, ignore_duplicate_init=True)
        return _library


class _StartupData(ctypes.Structure):
    """V8's `v8::StartupData`."""

    _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_int))


_snapshots: dict[bytes | None, tuple[int, int, object]] = {}
"""Address and size of each heap image in use; the memory must outlive every isolate. None is V8's own."""


def _boot_from(library: ctypes.CDLL, snapshot: bytes | None) -> None:
    """Let the next isolate boot from `snapshot`, or from V8's own image; under the library's lock.

    `v8::internal::Snapshot::DefaultSnapshotBlob()` tells where V8 keeps the `{pointer, size}` of its image; that page
    is made writable for a moment (spec/v8.md, "V8 startup snapshots").
    """
    if snapshot is None and not _snapshots:
        return
    locate = ctypes.CDLL(library._name)["_ZN2v88internal8Snapshot19DefaultSnapshotBlobEv"]
    locate.restype, locate.argtypes = ctypes.c_void_p, []
    address = locate()
    image = _StartupData.from_address(address)
    if not _snapshots:
        _snapshots[None] = (image.data, image.size, None)
    if snapshot not in _snapshots:
        assert snapshot is not None
        memory = ctypes.create_string_buffer(snapshot, len(snapshot))
        _snapshots[snapshot] = (ctypes.addressof(memory), len(snapshot), memory)
    data, size, _ = _snapshots[snapshot]
    if image.data == data:
        return
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    first = address & ~(mmap.PAGESIZE - 1)
    length = (address + ctypes.sizeof(_StartupData) - first + mmap.PAGESIZE - 1) & ~(mmap.PAGESIZE - 1)
    if protect(first, length, mmap.PROT_READ | mmap.PROT_WRITE):
        raise IsolateError(f"mprotect failed with errno {ctypes.get_errno()}")
    image.data, image.size = data, size
    protect(first, length, mmap.PROT_READ)


class Handle:
    """A JavaScript value held from Python; lives until `Isolate.release` or the isolate's end."""

    __slots__ = ("raw",)

    def __init__(self, raw: Any) -> None:
        self.raw = raw


class Isolate:
    """A V8 isolate with one bare context.

    Not for concurrent use by several threads, except `cancel`, which may be called from anywhere (also from
    inside the host callback).
    """

    def __init__(
        self, *, flags: Sequence[str] = RUN_FLAGS, heap_limit: int | None = None, snapshot: bytes | None = None
    ) -> None:
        """Create the isolate; `heap_limit` in bytes ends a script that exceeds it with `IsolateOutOfMemory`.

        With `snapshot` (only from `engine.vm.startup_snapshot`) it boots from that heap image.
        """
        self._library = initialise_v8(flags)
        self._results: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._host: Callable[[], None] | None = None
        self._interrupt: Callable[[], None] | None = None
        self._on_end: Callable[[], None] | None = None
        self._watched_task = 0
        self._no_arguments: Any = None
        self._thread_attached = False
        self._memory: memoryview | None = None
        self._next_task = _FIRST_TASK
        self._running: int | None = None
        self._starting = threading.Lock()  # a script may ask for its cancellation before `mr_eval` returned its number
        self._closed = False
        self._callback = mr_callback_func(self._on_callback)
        with _library_lock:
            _boot_from(self._library, snapshot)
            self._context = self._library.mr_init_context(self._callback)
        if heap_limit is not None:
            self._library.mr_set_hard_memory_limit(self._context, heap_limit)
        _open_isolates.add(self)

    # --- scripts -----------------------------------------------------------------------------------

    def eval(self, code: str, *, deadline: float | None = None) -> JavaScriptValue:
        """Run a script and return its completion value; `undefined` and objects come back as None.

        Strings are exact, with NUL and lone surrogates. In `code` itself a lone surrogate becomes U+FFFD, as V8
        takes UTF-8: pass odd text as an escaped literal (`json.dumps`). `deadline` is a `time.monotonic` moment.

        Raises:
            JavaScriptSyntaxError: it does not parse.
            JavaScriptException: it threw.
            IsolateOutOfMemory: it reached the heap limit.
            IsolateTerminated: `cancel` or the deadline ended it.
            IsolateStuck: it could not be ended.
        """
        self.start(code)
        return self.wait(deadline=deadline)

    def start(self, code: str) -> None:
        """Start a script without waiting; `wait` must follow."""
        if self._running is not None:
            raise IsolateError("the isolate is already running a script")
        data = code.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
        handle = self._library.mr_alloc_string_val(self._context, data, len(data), _STRING)
        self._next_task += 1
        with self._starting:
            self._running = self._library.mr_eval(self._context, handle, self._next_task)
        self._library.mr_free_value(self._context, handle)

    # --- functions ---------------------------------------------------------------------------------

    def evaluate(self, code: str, *, deadline: float | None = None) -> Handle:
        """Run a script and return a handle of its value, which no script can reach by itself; raises as `eval` does."""
        self.start(code)
        return self._handle(self._take(deadline))

    def member(self, owner: Handle, name: str) -> Handle:
        """Return a handle of an object's member."""
        key = self._string(name)
        raw = self._library.mr_get_object_item(self._context, owner.raw, key)
        self._library.mr_free_value(self._context, key)
        return self._handle(raw)

    def text(self, handle: Handle) -> JavaScriptValue:
        """Return a handle's value as Python's, and release the handle."""
        return self._value(handle.raw)

    def release(self, handle: Handle) -> None:
        """Forget a handle."""
        self._library.mr_free_value(self._context, handle.raw)

    def call(
        self, function: Handle, argument: Handle | None = None, *, deadline: float | None = None
    ) -> JavaScriptValue:
        """Call a function with at most one argument; returns and raises as `eval` does."""
        self.start_call(function, argument)
        return self.wait(deadline=deadline)

    def start_call(
        self, function: Handle, argument: Handle | None = None, *, on_end: Callable[[], None] | None = None
    ) -> None:
        """Start a call without waiting; `wait` must follow.

        `on_end` is told on the isolate's thread that `wait` has something to return.
        """
        if self._no_arguments is None:
            self.start("[]")
            self._no_arguments = self._take(None)
        arguments = self._no_arguments
        if argument is not None:
            self.start("[]")
            arguments = self._take(None)
            pushed = self._library.mr_array_push(self._context, arguments, argument.raw)
            self._library.mr_free_value(self._context, pushed)
        self._next_task += 1
        # An earlier task's callback may still be on its way out: it must not take this for its own.
        self._on_end, self._watched_task = on_end, self._next_task
        with self._starting:
            self._running = self._library.mr_call_function(
                self._context, function.raw, self._no_arguments, arguments, self._next_task
            )
        if argument is not None:
            self._library.mr_free_value(self._context, arguments)

    def _handle(self, raw: Any) -> Handle:
        if raw.contents.type >= _EXCEPTION:
            self._value(raw)
        return Handle(raw)

    def _string(self, text: str) -> Any:
        data = text.encode()
        return self._library.mr_alloc_string_val(self._context, data, len(data), _STRING)

    # --- results -----------------------------------------------------------------------------------

    def poll(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds; whether the started script has ended (then `wait` returns at once)."""
        try:
            result = self._results.get(timeout=timeout)
        except queue.Empty:
            return False
        self._results.put(result)
        return True

    def wait(self, *, deadline: float | None = None) -> JavaScriptValue:
        """Return the value of the script that `start` started; raises as `eval` does."""
        return self._value(self._take(deadline))

    def _take(self, deadline: float | None) -> Any:
        try:
            timeout = None if deadline is None else max(0.0, deadline - time.monotonic())
            _, raw = self._results.get(timeout=timeout)
        except queue.Empty:
            self.cancel()
            try:
                _, raw = self._results.get(timeout=_DRAIN_SECONDS)
            except queue.Empty:
                raise IsolateStuck("the script did not react to its termination") from None
        self._running = None
        return raw

    def cancel(self) -> None:
        """End the running script uncatchably; does nothing if none runs."""
        with self._starting:
            task = self._running
        if task is not None and not self._closed:
            self._library.mr_cancel_task(self._context, task)

    def clear_termination(self) -> None:
        """Use up a `cancel` that came too late for its script and would end the next one.

        What is left of the script may fill the heap only now; the isolate is then as if that had ended the script.
        """
        if not self.heap_limit_reached():
            with contextlib.suppress(IsolateTerminated, IsolateOutOfMemory):
                self.eval("0", deadline=time.monotonic() + _DRAIN_SECONDS)

    def _value(self, raw: Any) -> JavaScriptValue:
        """Turn a raw value into Python's and free it."""
        value = raw.contents
        kind, text = value.type, ""
        if kind == _STRING or kind >= _EXCEPTION:
            text = ctypes.string_at(value.value.bytes_val, value.len).decode("utf-8", "surrogatepass")
        result: JavaScriptValue = None
        if kind == _STRING:
            result = text
        elif kind == _BOOLEAN:
            result = value.value.int_val != 0
        elif kind == _INTEGER:
            result = int(value.value.int_val)
        elif kind == _DOUBLE:
            result = float(value.value.double_val)
        self._library.mr_free_value(self._context, raw)
        if kind == _OUT_OF_MEMORY or (kind >= _EXCEPTION and self.heap_limit_reached()):
            raise IsolateOutOfMemory(text)
        if kind in (_TIMEOUT, _TERMINATED):
            raise IsolateTerminated(text)
        if kind >= _EXCEPTION:
            raise _javascript_exception(kind, text)
        return result

    # --- host function -----------------------------------------------------------------------------

    def install_host(
        self, callback: Callable[[], None], *, capacity: int = 1 << 16, interrupt: Callable[[], None] | None = None
    ) -> memoryview:
        """Give scripts a synchronous host function and shared memory; return the memory as bytes.

        Sets the globals `__strataHost` (a function; each call runs `callback` on the isolate's thread before it
        returns) and `__strataMemory` (an ArrayBuffer of `capacity` bytes). The runtime bundle captures and
        deletes both before any contract is loaded. The callback must not raise and must not use the isolate,
        except `cancel`. A callback that may block gives an `interrupt`, which makes it return; `close` calls it.
        """
        self._interrupt = interrupt
        library, context = self._library, self._context
        self._host = callback
        self.start(f"this.__strataMemory = new ArrayBuffer({capacity})")
        buffer = self._take(None)
        if buffer.contents.type != _BUFFER:
            self._value(buffer)
            raise IsolateError("no shared memory")
        address = ctypes.cast(buffer.contents.value.bytes_val, ctypes.c_void_p).value
        # The handle `buffer` is kept until the context is freed: it keeps the memory alive.
        assert address is not None
        memory = memoryview((ctypes.c_char * buffer.contents.len).from_address(address)).cast("B")
        self._memory = memory
        self.start("this")  # profiles may take the name `globalThis` away
        target = self._take(None)
        name = library.mr_alloc_string_val(context, b"__strataHost", len(b"__strataHost"), _STRING)
        function = library.mr_make_js_callback(context, _HOST_CALL)
        for handle in (library.mr_set_object_item(context, target, name, function), function, name, target):
            library.mr_free_value(context, handle)
        return memory

    def _on_callback(self, callback_id: int, raw_val_handle: Any) -> None:
        """Everything V8 tells us, on the isolate's thread."""
        if not self._thread_attached:
            # Without this, ctypes makes and destroys a Python thread state a callback: 10 µs instead of 1.4 µs.
            ctypes.pythonapi.PyGILState_Ensure()
            self._thread_attached = True
        if callback_id == _HOST_CALL:
            self._library.mr_free_value(self._context, raw_val_handle)
            if self._host is not None:
                self._host()
        elif callback_id == _LAST_CALL:
            self._thread_attached = False
            ctypes.pythonapi.PyGILState_Release(0)  # 0: leave the GIL to ctypes, which still holds it
            self._results.put((callback_id, raw_val_handle))
        else:
            self._results.put((callback_id, raw_val_handle))
            if callback_id == self._watched_task and self._on_end is not None:
                self._on_end()

    # --- memory and end ----------------------------------------------------------------------------

    def heap_limit_reached(self) -> bool:
        """Whether the heap limit was ever reached."""
        return bool(self._library.mr_hard_memory_limit_reached(self._context))

    def close(self) -> None:
        """Free the isolate. Waits for a script or host callback that still runs after ending it.

        A process that cannot afford to wait ends with `os._exit` instead (spec/v8.md, exit hang).
        """
        if self._closed:
            return
        if self._running is not None:
            self.cancel()
            if self._interrupt is not None:
                self._interrupt()
            with contextlib.suppress(IsolateStuck):  # freeing the context is then the last resort
                self._library.mr_free_value(self._context, self._take(time.monotonic() + _DRAIN_SECONDS))
        if self._thread_attached and self._running is None and not self.heap_limit_reached():
            self._detach_thread()
        self._closed = True
        _open_isolates.discard(self)
        if self._memory is not None:
            self._memory.release()
        # V8's platform finds isolates by address: one that is made while another goes could get the other's task queue.
        with _library_lock:
            self._library.mr_free_context(self._context)

    def _detach_thread(self) -> None:
        """Give back the isolate thread's Python thread state, from that thread."""
        handle = self._library.mr_alloc_string_val(self._context, b"0", 1, _STRING)
        task = self._library.mr_eval(self._context, handle, _LAST_CALL)
        self._library.mr_free_value(self._context, handle)
        try:
            _, raw = self._results.get(timeout=1.0)
            self._library.mr_free_value(self._context, raw)
        except queue.Empty:
            # Pending promise jobs of a hostile script can starve this task; freeing the context ends them.
            self._library.mr_cancel_task(self._context, task)

    def __enter__(self) -> Isolate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _javascript_exception(kind: int, text: str) -> JavaScriptException:
    matched = _MESSAGE.match(text)
    line, message = (int(matched[1]), matched[2]) if matched else (0, text)
    named = _ERROR_CLASS.match(message)
    exception = JavaScriptSyntaxError if kind == _SYNTAX else JavaScriptException
    return exception(message, name=named[1] if named else "", line=line, detail=text)


@atexit.register
def _close_all() -> None:
    """Free contexts while Python can still run their callbacks; never in `__del__` (spec/v8.md)."""
    for isolate in list(_open_isolates):
        isolate.close()
