"""Installs a project's missing packages with npm: no install scripts run, the lock file is kept."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.compiler.pack.dependencies import MANIFEST, Dependency
from engine.compiler.pack.node import node_program, npm_script
from engine.errors import EnvironmentProblem, InvalidInput, UserError

__all__ = ["Installation", "InstallationCancelled"]

_LOCK = "package-lock.json"
_OPTIONS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--no-progress",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--loglevel=http",
)
_FETCHED = re.compile(r"npm http fetch GET 200 \S+/-/(\S+)\.tgz")
_ERROR_CODE = re.compile(r"npm (?:error|ERR!) code (\w+)")
_ERROR_TEXT = re.compile(r"npm (?:error|ERR!) (?!code |A complete log|\S+ A complete log)(.+)")
_UNKNOWN = re.compile(r"'([^']+)@[^']*' (?:is not in this registry|could not be found)")
_UNREACHABLE = {
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
}

Report = Callable[[str], None]


class InstallationCancelled(UserError):
    """Somebody stopped the installation; npm put the project's packages back as they were."""


class Installation:
    """One installation of `dependencies` into the project in `folder`; `run` it once, `cancel` it from any thread."""

    def __init__(self, folder: Path, dependencies: Sequence[Dependency]) -> None:
        self.folder = folder
        self.dependencies = tuple(dependencies)
        self._guard = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = threading.Event()

    def run(self, report: Report = lambda _: None) -> None:
        """Install and return when done; `report` gets a line for each step, on this thread.

        Raises:
            EnvironmentProblem: npm or the registry cannot be reached, or the disk is full.
            InvalidInput: there is no such package or version, or package.json and its lock file disagree.
            InstallationCancelled: `cancel` was called.
        """
        self._prepare()
        lines = self._npm(self._command(), report)
        if lines is not None:
            raise _problem(lines, self.folder)
        missing = [one.name for one in self.dependencies if not (self.folder / "node_modules" / one.name).is_dir()]
        if missing:
            raise InvalidInput(f"npm did not install {', '.join(missing)}", where=str(self.folder / MANIFEST))

    def cancel(self) -> None:
        """Stop; `run` raises `InstallationCancelled`."""
        with self._guard:
            self._cancelled.set()
            if self._process is not None:
                self._process.terminate()

    def _prepare(self) -> None:
        """Make the folder a package: otherwise npm would look for one further up."""
        manifest = self.folder / MANIFEST
        try:
            if not manifest.exists():
                manifest.write_text('{\n  "private": true\n}\n', encoding="utf-8")
        except OSError as error:
            raise EnvironmentProblem(f"cannot be written ({error.strerror})", where=str(manifest)) from error

    def _command(self) -> list[str]:
        new = [one.name for one in self.dependencies if not one.is_declared]
        as_locked = not new and (self.folder / _LOCK).is_file() and not (self.folder / "node_modules").exists()
        words = ["ci"] if as_locked else ["install", *new]
        return [str(node_program()), str(npm_script()), *words, *_OPTIONS]

    def _npm(self, command: list[str], report: Report) -> list[str] | None:
        """Run npm; return its output if it failed."""
        with self._guard:
            if self._cancelled.is_set():
                raise self._stopped()
            try:
                process = self._process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                )
            except OSError as error:
                raise EnvironmentProblem(f"npm cannot be started: {error.strerror}", where=str(self.folder)) from error
        lines: list[str] = []
        assert process.stdout is not None, "the process was started with a pipe"
        try:
            for line in process.stdout:
                lines.append(line.rstrip())
                if fetched := _FETCHED.search(line):
                    report(f"fetched {fetched[1]}")
                elif line.startswith(("added ", "changed ", "up to date", "removed ")):
                    report(line.strip())
        finally:
            process.stdout.close()
            code = process.wait()
            with self._guard:
                self._process = None
        if self._cancelled.is_set():
            raise self._stopped()
        return lines if code else None

    def _stopped(self) -> InstallationCancelled:
        return InstallationCancelled("the installation was stopped", where=str(self.folder))


def _problem(lines: list[str], folder: Path) -> UserError:
    """Return what npm's output means for people."""
    output = "\n".join(lines)
    code = match[1] if (match := _ERROR_CODE.search(output)) else ""
    reason = " ".join(match[1] for line in lines if (match := _ERROR_TEXT.match(line)))[:300]
    where = str(folder / MANIFEST)
    if code in _UNREACHABLE or ("network" in output and code.startswith("E") and code not in {"E404", "ETARGET"}):
        return EnvironmentProblem(
            "the package registry cannot be reached",
            where=where,
            advice="Connect to the network (check the proxy settings of npm) and try again.",
        )
    if code == "E404":
        name = match[1] if (match := _UNKNOWN.search(output)) else ""
        return InvalidInput(f"there is no package {name}".rstrip(), where=where, advice="Check how its name is spelt.")
    if code == "ETARGET":
        name = (
            match[1] if (match := re.search(r"No matching version found for (.+?)\.?$", output, re.MULTILINE)) else ""
        )
        return InvalidInput(f"there is no such version: {name}", where=where, advice="Correct it in package.json.")
    if code == "EUSAGE":
        advice = f"Delete {_LOCK}, it is made again, or put package.json right."
        return InvalidInput(f"does not agree with {_LOCK}", where=where, advice=advice)
    if code == "ENOSPC":
        return EnvironmentProblem("the disk is full", where=str(folder), advice="Make room and try again.")
    return InvalidInput(f"npm could not install the packages: {reason or code or 'it ended early'}", where=where)
