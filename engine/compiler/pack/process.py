"""The packer's Node process: it answers each request twice, by a script and then by where the script came from.

The protocol is described in `resources/toolchain/pack/server.mjs`.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from concurrent.futures import Future
from typing import IO, Any, NamedTuple

import msgspec

from engine.compiler.bundler import RESOURCES
from engine.compiler.pack.node import node_program
from engine.errors import EnvironmentProblem, InternalError

__all__ = ["Frame", "PackProcess", "ProcessEnded", "Reply"]

_SERVER = RESOURCES / "toolchain" / "pack" / "server.mjs"
_PIPE_BYTES = 1 << 20


class ProcessEnded(Exception):
    """The process is gone, and with it what was asked."""


class Frame(NamedTuple):
    """One answer: fields as JSON, and bytes."""

    fields: bytes
    content: bytes


class Reply:
    """The two answers to a request; both fail with `ProcessEnded` if the process ends before they are there."""

    def __init__(self) -> None:
        self.script: Future[Frame] = Future()
        self.origin: Future[Frame] = Future()

    def fail(self, error: Exception) -> None:
        """End what is not answered yet."""
        for future in (self.script, self.origin):
            if not future.done():
                future.set_exception(error)


class _Head(msgspec.Struct, rename="camel"):
    id: int
    kind: str
    size: int
    is_last: bool = False
    text: str = ""


class PackProcess:
    """A running process; any thread may ask."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            EnvironmentProblem: Node is not installed or cannot be started.
        """
        self._guard = threading.Lock()
        self._replies: dict[int, Reply] = {}
        self._number = 0
        try:
            self._process = subprocess.Popen(
                [str(node_program()), "--no-warnings", str(_SERVER)],
                bufsize=_PIPE_BYTES,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise EnvironmentProblem(
                f"Node cannot be started: {error.strerror}",
                advice="Reinstall Strata's packages: delete .venv and start.",
            ) from error
        self._reader = threading.Thread(target=self._read, name="packer-answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, **request: Any) -> Reply:
        """Send a request; raises `ProcessEnded` if that is not possible."""
        reply = Reply()
        with self._guard:
            self._number += 1
            self._replies[self._number] = reply
            self._send(id=self._number, **request)
        return reply

    def warm(self) -> None:
        """Have what the first request would wait for."""
        with self._guard, contextlib.suppress(ProcessEnded):  # the next request will start another one
            self._send(id=0, warm=True)

    def end(self) -> None:
        """End the process; what is not answered fails."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _send(self, **message: Any) -> None:
        assert self._process.stdin is not None, "the process was started with a pipe"
        try:
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise ProcessEnded from error

    def _read(self) -> None:
        """Hand out answers until the process ends."""
        assert self._process.stdout is not None, "the process was started with a pipe"
        with contextlib.suppress(OSError, ValueError):
            while self._hand_out(self._process.stdout):
                pass
        with self._guard:
            left = list(self._replies.values())
            self._replies.clear()
        for reply in left:
            reply.fail(ProcessEnded())

    def _hand_out(self, stream: IO[bytes]) -> bool:
        """Read one answer; return whether there was one."""
        line = stream.readline()
        if not line.endswith(b"\n"):
            return False
        head = msgspec.json.decode(line, type=_Head)
        frame = Frame(line, stream.read(head.size) if head.size else b"")
        if len(frame.content) != head.size:
            return False
        with self._guard:
            is_more_to_come = head.kind == "script" and not head.is_last
            reply = self._replies.get(head.id) if is_more_to_come else self._replies.pop(head.id, None)
        if reply is None:
            return True
        if head.kind == "script":
            reply.script.set_result(frame)
        elif head.kind == "origin":
            reply.origin.set_result(frame)
        else:
            reply.fail(InternalError(f"the packer failed: {head.text}"))
        return True
