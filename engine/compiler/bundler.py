"""Strata's own JavaScript (toolchain, runtime libraries) as one script: bundled by esbuild, cached by content.

The cache entry of a bundle lists every input with its hash, so a changed source is noticed without running esbuild.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from engine.errors import EnvironmentProblem, InternalError
from engine.values import Value

__all__ = ["RESOURCES", "bundle", "cache_folder", "esbuild_binary"]

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
"""What is not Python."""

_SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
_MACHINES = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64", "ARM64": "arm64"}
_TIMEOUT_SECONDS = 60
_TARGET = "es2024"


class _CacheEntry(Value, frozen=True):
    """What a cached bundle was made of: paths relative to `resources` with the SHA-256 of their bytes."""

    inputs: dict[str, str]
    output_hash: str


def esbuild_binary() -> Path:
    """Return esbuild's own program from `resources/node_modules`.

    Raises:
        EnvironmentProblem: it is not installed, or there is none for this machine.
    """
    system = _SYSTEMS.get(platform.system(), platform.system().lower())
    machine = _MACHINES.get(platform.machine(), platform.machine())
    package = RESOURCES / "node_modules" / "@esbuild" / f"{system}-{machine}"
    binary = package / "esbuild.exe" if system == "win32" else package / "bin" / "esbuild"
    if not binary.is_file():
        raise EnvironmentProblem(
            f"esbuild for {system}-{machine} is not installed",
            where=str(package),
            advice="Run `python3 main.py` once with network access: it installs the JavaScript packages.",
        )
    return binary


def bundle(entry: Path, *, cache: Path | None = None) -> str:
    """Return `entry` (an ES module under `resources`) and all it imports as one script.

    The script is an immediately invoked function; what it shares it must put on `globalThis`. `cache` is the folder
    for finished bundles.

    Raises:
        EnvironmentProblem: esbuild is missing.
        InternalError: our sources do not bundle.
    """
    folder = cache or cache_folder()
    name = hashlib.sha256(entry.resolve().relative_to(RESOURCES).as_posix().encode()).hexdigest()[:24]
    script, record = folder / f"{name}.js", folder / f"{name}.json"
    cached = _read_cached(script, record)
    if cached is not None:
        return cached
    text, inputs = _run_esbuild(entry)
    entry_record = _CacheEntry(inputs=inputs, output_hash=_hash(text.encode()))
    folder.mkdir(parents=True, exist_ok=True)
    _write(script, text.encode())
    _write(record, msgspec.json.encode(entry_record))
    return text


def _read_cached(script: Path, record: Path) -> str | None:
    """Return the cached bundle if it is whole and none of its inputs changed."""
    try:
        entry = msgspec.json.decode(record.read_bytes(), type=_CacheEntry)
        data = script.read_bytes()
        if _hash(data) != entry.output_hash:
            return None
        if any(_hash((RESOURCES / path).read_bytes()) != known for path, known in entry.inputs.items()):
            return None
    except (OSError, msgspec.MsgspecError):
        return None
    return data.decode()


def _run_esbuild(entry: Path) -> tuple[str, dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="strata-bundle-") as temporary:
        output, metafile = Path(temporary) / "bundle.js", Path(temporary) / "meta.json"
        command = [
            str(esbuild_binary()),
            str(entry),
            "--bundle",
            "--format=iife",
            "--platform=neutral",
            "--main-fields=module,main",
            f"--target={_TARGET}",
            "--charset=ascii",
            "--legal-comments=none",
            "--log-level=warning",
            f"--outfile={output}",
            f"--metafile={metafile}",
        ]
        try:
            done = subprocess.run(
                command, cwd=RESOURCES, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EnvironmentProblem(
                f"esbuild cannot be run: {error}", where=command[0], advice="Reinstall the JavaScript packages."
            ) from error
        if done.returncode != 0 or not output.is_file():
            raise InternalError(f"bundling {entry.name} failed: {done.stderr.strip()}")
        paths = json.loads(metafile.read_text())["inputs"]
        text = output.read_text(encoding="utf-8")
    return text, {path: _hash((RESOURCES / path).read_bytes()) for path in paths if not path.startswith("(disabled)")}


def cache_folder() -> Path:
    """Return the folder for what can be made again: in the virtual environment if it can be written, else the cache."""
    if sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK):
        return Path(sys.prefix) / "strata" / "cache"
    if platform.system() == "Windows":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif platform.system() == "Darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "strata" / "cache"


def _write(path: Path, data: bytes) -> None:
    """Write atomically: several processes may bundle at once."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
