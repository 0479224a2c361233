"""Packs projects in a Node process of its own, which keeps what it knows for the next time.

The process runs `resources/toolchain/pack/server.mjs`: esbuild with Node's resolution. One script is made at a time; a
process that dies or hangs is replaced, and only what it was asked fails.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec

from engine.compiler.pack.dependencies import MISSING_MODULE
from engine.compiler.pack.process import Frame, PackProcess, ProcessEnded, Reply
from engine.compiler.pack.values import CHAIN_CODE_LIMIT, Minify, Pack, PackedModule, PackOrigin, import_chain
from engine.compiler.source_map import SourceMap
from engine.errors import PackError
from engine.values import Diagnostic, Severity

__all__ = ["NODE_BUILT_IN", "UNPACKABLE", "Packer"]

NODE_BUILT_IN = "node-built-in"
"""Code of a diagnostic about an import of a module that only Node has."""
UNPACKABLE = "pack"
"""Code of a diagnostic about anything else that esbuild found."""

_TIMEOUT_SECONDS = 60.0
_INSTALL_ADVICE = "Install it with npm in the project's folder, or let Strata install the missing packages."


class _Message(msgspec.Struct, rename="camel"):
    is_built_in: bool
    text: str
    file: str
    line: int
    column: int
    length: int


class _Script(msgspec.Struct, rename="camel"):
    errors: list[_Message]
    warnings: list[_Message]
    plain_bytes: int = 0
    modules: tuple[PackedModule, ...] = ()


class _OriginFields(msgspec.Struct, rename="camel"):
    files: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    entry_source: str = ""
    lines: int = 0
    is_stale: bool = False


class Packer:
    """Makes one script of a project; thread-safe. Close it to end its process."""

    def __init__(self, *, timeout: float = _TIMEOUT_SECONDS) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._process: PackProcess | None = None

    def warm(self) -> None:
        """Start the process ahead of the first request, with all that this one would wait for."""
        with self._lock:
            if self._process is None or not self._process.is_alive:
                self._running().warm()

    def pack(self, directory: Path, entry: str, minify: Minify = Minify.LARGE) -> Pack:
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
        script, code, reply = self._ask(
            path, directory=str(directory), entry=entry, minify=minify, limit=CHAIN_CODE_LIMIT
        )
        findings = tuple(
            _diagnostic(one, severity, import_chain(path, script.modules, one.file))
            for severity, messages in ((Severity.ERROR, script.errors), (Severity.WARNING, script.warnings))
            for one in messages
        )
        if script.errors:
            first = findings[0]
            place = f"{first.file}:{first.line}" if first.file else path
            raise PackError(first.message, findings, where=place)
        return Pack(path, code, script.modules, self._late(reply, path), findings, script.plain_bytes)

    def transform(self, source: str, file: str) -> Pack:
        """Return one ES module or TypeScript file as a script by itself, without what it imports: for checking it.

        Raises:
            PackError: it cannot be parsed.
        """
        script, code, reply = self._ask(file, source=source, file=file)
        found = tuple(_diagnostic(one, Severity.ERROR, ()) for one in script.errors)
        if found:
            raise PackError(found[0].message, found, where=f"{file}:{found[0].line}")
        return Pack(file, code, (), self._late(reply, file))

    def close(self) -> None:
        """End the process; where scripts came from that nobody has asked for yet is lost."""
        with self._lock:
            self._stop()

    def _ask(self, place: str, **request: Any) -> tuple[_Script, str, Reply]:
        with self._lock:
            try:
                reply = self._running().ask(**request)
                frame = reply.script.result(self._timeout)
            except (ProcessEnded, TimeoutError) as error:
                self._stop()
                reason = "took too long" if isinstance(error, TimeoutError) else "ended unexpectedly"
                raise PackError(
                    f"the packer {reason}", (), where=place, advice="Try again; it was restarted."
                ) from error
        return msgspec.json.decode(frame.fields, type=_Script), frame.content.decode(), reply

    def _late(self, reply: Reply, place: str) -> Callable[[], PackOrigin]:
        return cache(partial(_origin, reply.origin, place, self._timeout))

    def _running(self) -> PackProcess:
        if self._process is None or not self._process.is_alive:
            self._stop()
            self._process = PackProcess()
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()


def _origin(answer: Future[Frame], place: str, timeout: float) -> PackOrigin:
    """Wait for where a script came from."""
    try:
        frame = answer.result(timeout)
    except (ProcessEnded, TimeoutError) as error:
        reason = "took too long" if isinstance(error, TimeoutError) else "ended too early"
        raise PackError(
            f"the packer {reason} to tell where the script came from", (), where=place, advice="Pack it again."
        ) from error
    fields = msgspec.json.decode(frame.fields, type=_OriginFields)
    if fields.is_stale:
        raise PackError("the files were changed while they were packed", (), where=place, advice="Pack them again.")
    table = array("i", frame.content)
    return PackOrigin(fields.entry_source, SourceMap(fields.files, fields.sources, fields.lines, table))


def _diagnostic(message: _Message, severity: Severity, chain: tuple[str, ...]) -> Diagnostic:
    code, text = NODE_BUILT_IN if message.is_built_in else UNPACKABLE, message.text
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
