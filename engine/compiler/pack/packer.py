"""Packs projects in a Node process of its own, which keeps what it knows for the next time.

The process runs `resources/toolchain/pack/server.mjs`: esbuild with Node's resolution. One request is under way at a
time; a process that dies or hangs is replaced, and only that request fails.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
from pathlib import Path
from typing import IO

import msgspec

from engine.compiler.bundler import RESOURCES
from engine.compiler.pack.dependencies import MISSING_MODULE
from engine.compiler.pack.node import node_program
from engine.compiler.pack.values import CHAIN_CODE_LIMIT, Minify, Pack, PackedModule, import_chain
from engine.errors import EnvironmentProblem, InternalError, PackError
from engine.values import Diagnostic, Severity

__all__ = ["Packer"]

_SERVER = RESOURCES / "toolchain" / "pack" / "server.mjs"
_TIMEOUT_SECONDS = 60.0
_PIPE_BYTES = 1 << 20
_INSTALL_ADVICE = "Install it with npm in the project's folder, or let Strata install the missing packages."


class _Request(msgspec.Struct):
    id: int
    directory: str
    entry: str
    minify: Minify
    limit: int = CHAIN_CODE_LIMIT


class _TransformRequest(msgspec.Struct):
    id: int
    source: str
    file: str


class _Message(msgspec.Struct):
    code: str
    text: str
    file: str
    line: int
    column: int
    length: int
    notes: list[str]


class _Module(msgspec.Struct, rename="camel"):
    path: str
    bytes: int
    packed_bytes: int
    imports: list[str]


class _Packed(msgspec.Struct, rename="camel"):
    errors: list[_Message]
    warnings: list[_Message]
    code: str = ""
    map: str = ""
    plain_bytes: int = 0
    entry_source: str = ""
    modules: list[_Module] = []


class _Answer(msgspec.Struct):
    id: int
    pack: _Packed | None = None
    failure: str = ""


class Packer:
    """Makes one script of a project; thread-safe. Close it to end its process."""

    def __init__(self, *, timeout: float = _TIMEOUT_SECONDS) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._number = 0

    def warm(self) -> None:
        """Start the process ahead of the first request."""
        with self._lock:
            self._start()

    def pack(self, directory: Path, entry: str, *, minify: Minify = Minify.LARGE) -> Pack:
        """Return `entry` (a path inside `directory`) and everything it needs as one script.

        Raises:
            PackError: something cannot be found, parsed or packed; its diagnostics name file, line and who imports it.
            EnvironmentProblem: Node is not installed.
        """
        directory = directory.resolve()
        if not (directory / entry).is_file():
            raise PackError(
                f"there is no file {entry}", (), where=str(directory), advice="Name the contract's file in strata.json."
            )
        path = str(directory / entry)
        packed = self._ask(_Request(0, str(directory), entry, minify), path)
        modules = tuple(
            PackedModule(one.path, one.bytes, one.packed_bytes, tuple(one.imports)) for one in packed.modules
        )
        findings = tuple(
            _diagnostic(one, severity, import_chain(path, modules, one.file))
            for severity, messages in ((Severity.ERROR, packed.errors), (Severity.WARNING, packed.warnings))
            for one in messages
        )
        if packed.errors:
            first = findings[0]
            place = f"{first.file}:{first.line}" if first.file else path
            raise PackError(first.message, findings, where=place)
        return Pack(path, packed.code, packed.map, packed.entry_source, modules, findings, packed.plain_bytes)

    def transform(self, source: str, file: str) -> Pack:
        """Return one ES module or TypeScript file as a script by itself, without what it imports: for checking it.

        Raises:
            PackError: it cannot be parsed.
        """
        packed = self._ask(_TransformRequest(0, source, file), file)
        found = tuple(_diagnostic(one, Severity.ERROR, ()) for one in packed.errors)
        if found:
            raise PackError(found[0].message, found, where=f"{file}:{found[0].line}")
        return Pack(file, packed.code, packed.map, packed.entry_source, ())

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _ask(self, request: _Request | _TransformRequest, place: str) -> _Packed:
        with self._lock:
            process = self._start()
            self._number += 1
            request.id = self._number
            try:
                assert process.stdin is not None, "the process was started with a pipe"
                process.stdin.write(msgspec.json.encode(request) + b"\n")
                process.stdin.flush()
                line = self._lines.get(timeout=self._timeout)
            except (OSError, queue.Empty) as error:
                self._stop()
                reason = "took too long" if isinstance(error, queue.Empty) else "could not be reached"
                raise PackError(
                    f"the packer {reason}", (), where=place, advice="Try again; it was restarted."
                ) from error
            if not line:
                self._stop()
                raise PackError(
                    "the packer ended unexpectedly",
                    (),
                    where=place,
                    advice="Try again; it was restarted.",
                )
        answer = msgspec.json.decode(line, type=_Answer)
        if answer.pack is None or answer.id != request.id:
            raise InternalError(f"the packer failed: {answer.failure}")
        return answer.pack

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        self._lines = queue.SimpleQueue()
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
        assert self._process.stdout is not None, "the process was started with a pipe"
        threading.Thread(
            target=_read_lines, args=(self._process.stdout, self._lines), name="packer-answers", daemon=True
        ).start()
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _read_lines(stream: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Pass on the process's answers; an empty line says that it has ended."""
    with contextlib.suppress(OSError, ValueError):  # closed under our hands by `_stop`
        for line in stream:
            lines.put(line)
    lines.put(b"")


def _diagnostic(message: _Message, severity: Severity, chain: tuple[str, ...]) -> Diagnostic:
    code, text = message.code or "pack", message.text
    if text.startswith("Could not resolve "):
        code = MISSING_MODULE
        name = text.removeprefix("Could not resolve ").strip('"')
        is_own = name.startswith((".", "/"))
        text = f"there is no module {name}" if is_own else f"the module {name} is not installed. {_INSTALL_ADVICE}"
    if len(chain) > 1:
        text += f" (imported through {' → '.join(_shown(file) for file in chain)})"
    return Diagnostic(
        severity=severity,
        code=code,
        message=text,
        file=message.file,
        line=max(1, message.line),
        column=message.column,
        end_line=max(1, message.line),
        end_column=message.column + message.length,
    )


def _shown(file: str) -> str:
    """Return a module's name for people: of a library its package and path, of a file of one's own its name."""
    parts = file.replace("\\", "/").rsplit("/node_modules/", 1)
    return parts[1] if len(parts) > 1 else Path(file).name
