"""A realm: one isolate with a profile's libraries and the contracts that were loaded into it."""

from __future__ import annotations

import json
import queue
import secrets
from collections.abc import Callable, Sequence

from engine.errors import InternalError
from engine.values import CompiledContract, Value
from engine.vm.bridge import BUFFER_BYTES, Bridge, Control, Reply, ReplyKind, Request
from engine.vm.isolate import Isolate, IsolateTerminated, JavaScriptException

__all__ = ["LoadFailure", "Realm"]

_SOURCE_NAME = "\n//# sourceURL="


class LoadFailure(Value, frozen=True):
    """A contract that V8 refuses to compile: every call of it fails with `text`."""

    text: str
    line: int


class Realm:
    """An isolate that can sit in the resident loop of `resources/runtime/sandbox/dispatcher.js`.

    While it does, its thread either runs JavaScript, or is inside `serve` answering a request, or waits in its inbox
    for a reply that another thread posts.
    """

    def __init__(
        self,
        script: str,
        *,
        flags: Sequence[str],
        heap_limit: int,
        serve: Callable[[Realm, Request], Reply | None],
        stepping: bool = False,
        is_open: bool = False,
        image: bytes | None = None,
    ) -> None:
        """Boot the isolate with a runtime script; if `is_open`, contracts may change built-in objects.

        `image` is a startup snapshot in which that script has been prepared already.
        `serve` answers a request; None means that the reply will be posted.
        """
        self.isolate = Isolate(flags=flags, heap_limit=heap_limit, snapshot=image)
        self._serve = serve
        self._stepping = stepping
        self._inbox: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self.loaded: dict[str, int | LoadFailure] = {}
        self._registered = 0
        self.looping = False
        """Whether the isolate is inside its loop; changed only by the thread that holds the sandbox's turn."""
        self.closed = False
        self._failure: Exception | None = None
        if image is None:
            self.isolate.eval(script)
            options = json.dumps({"stepping": stepping, "open": is_open, "imaged": False})
            self.isolate.eval(f"__strataPrepare({options})")
        self._bridge = Bridge(
            self.isolate.install_host(self._on_host, capacity=BUFFER_BYTES, interrupt=self._interrupt)
        )
        entry_points = self.isolate.evaluate("__strataBoot()")
        self._loop = self.isolate.member(entry_points, "loop")
        self._register = self.isolate.member(entry_points, "register")
        names = self.isolate.text(self.isolate.member(entry_points, "parameterNames"))
        machinery = self.isolate.text(self.isolate.member(entry_points, "machineryNames"))
        self._ending = self.isolate.text(self.isolate.member(entry_points, "ending"))
        guard = f"_strata_guard_{secrets.token_hex(8)}"
        self._head = f"(function({guard},{machinery}){{return function({names}){{{guard}();"
        self.isolate.release(entry_points)

    @property
    def first_line_offset(self) -> int:
        """How far the first line of a contract is moved to the right, in UTF-16 units."""
        return len(self._head)

    def load(self, code: CompiledContract) -> None:
        """Compile a contract into a factory; must not be called while the realm is looping."""
        text = code.stepping if self._stepping else code.running or code.metered
        script = f"{self._head}{text}\n;{self._ending}\n}}}}){_SOURCE_NAME}{code.key}"
        try:
            factory = self.isolate.evaluate(script)
        except JavaScriptException as exception:
            self.loaded[code.key] = LoadFailure(text=exception.text, line=exception.line)
            return
        self.isolate.call(self._register, factory)
        self.isolate.release(factory)
        self.loaded[code.key] = self._registered
        self._registered += 1

    def start_loop(self, on_end: Callable[[], None]) -> None:
        """Enter the loop; `on_end` is told on the isolate's thread when it has been left."""
        self.looping = True
        self.isolate.start_call(self._loop, on_end=on_end)

    def end_loop(self) -> None:
        """Take note that the loop has ended; raises what ended it, if it was not left by a `LEAVE`."""
        self.looping = False
        while not self._inbox.empty():
            self._inbox.get()
        self._bridge.reset()
        try:
            self.isolate.wait()
        except IsolateTerminated:
            if self._failure is not None:
                raise InternalError(f"serving a sandbox failed: {self._failure!r}") from self._failure
            raise

    def post(self, reply: Reply) -> None:
        """Give the realm's thread, which waits or is about to wait, its next reply."""
        self._inbox.put(reply)

    def close(self) -> None:
        """Free the isolate."""
        self.closed = True
        self.isolate.close()

    def _interrupt(self) -> None:
        self.post(Reply(ReplyKind.LEAVE))

    def _on_host(self) -> None:
        try:
            request = self._bridge.receive()
            if request is None:
                return
            reply = None if request.operation == Control.NEXT else self._serve(self, request)
            self._bridge.send(self._inbox.get() if reply is None else reply)
        except Exception as error:  # an exception cannot leave through V8
            self._failure = error
            self.isolate.cancel()
