"""The JavaScript that a sandbox boots with: sandbox code and one profile's libraries in one script.

esbuild's own binary does the bundling. A bundle is kept in a cache folder under the hash of everything that goes
into it, so it is built again when a source changes and never otherwise.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from engine.errors import EnvironmentProblem, InternalError
from engine.values import Profile, Value

__all__ = ["RuntimeBundle", "build_runtime", "cache_folder", "esbuild_binary"]

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_RUNTIME = RESOURCES / "runtime"
_LIBRARIES = ("bignumber.js",)
_ARGUMENTS = (
    "--bundle",
    "--format=iife",
    "--charset=utf8",
    "--target=es2023",
    "--log-level=warning",
    "--legal-comments=none",
)


class RuntimeBundle(Value, frozen=True):
    """A script to evaluate in a fresh isolate, and the hash that names its content."""

    text: str
    digest: str


def build_runtime(
    profile: Profile, *, stepping: bool = False, open_intrinsics: bool = False, entry: Path | None = None
) -> RuntimeBundle:
    """Return the bundle of a profile, from the cache if it is there.

    `stepping` adds the recorder of debug workers; `open_intrinsics` leaves built-in objects changeable. `entry`
    takes the place of the profile's own module (tests).

    Raises:
        EnvironmentProblem: esbuild is missing.
        InternalError: the sources do not bundle.
    """
    module = entry or _RUNTIME / profile.value / "index.js"
    options = f"{{ stepping: {str(stepping).lower()}, open: {str(open_intrinsics).lower()} }}"
    script = (
        f"import * as profile from {json.dumps(str(module))};\n"
        f"import {{ prepare }} from {json.dumps(str(_RUNTIME / 'sandbox' / 'boot.js'))};\n"
        f"prepare(profile, {options});\n"
    )
    digest = hashlib.sha256(f"{_sources_digest(module.parent)}\n{module.name}\n{options}".encode()).hexdigest()
    cached = cache_folder() / f"runtime-{digest[:40]}.js"
    if cached.exists():
        return RuntimeBundle(text=cached.read_text(encoding="utf-8"), digest=digest)
    text = _bundle(script)
    _write_whole(cached, text)
    return RuntimeBundle(text=text, digest=digest)


@cache
def _sources_digest(module_folder: Path) -> str:
    """Hash of all that a bundle is made from; read once a process."""
    hasher = hashlib.sha256(" ".join(_ARGUMENTS).encode())
    folders = {_RUNTIME, module_folder, *(RESOURCES / "node_modules" / name for name in _LIBRARIES)}
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*.js")):
            content = path.read_bytes()
            hasher.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
            hasher.update(content)
    return hasher.hexdigest()


def _bundle(script: str) -> str:
    done = subprocess.run(
        [str(esbuild_binary()), *_ARGUMENTS],
        input=script.encode(),
        capture_output=True,
        cwd=RESOURCES,
        check=False,
    )
    if done.returncode != 0:
        raise InternalError(f"the runtime libraries do not bundle:\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(temporary).replace(path)


@cache
def cache_folder() -> Path:
    """Folder for what can be made again: inside the virtual environment, else the user's cache."""
    if sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK):
        return Path(sys.prefix) / "strata-cache"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Strata" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "Strata"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "strata"


@cache
def esbuild_binary() -> Path:
    """Return esbuild's native binary, installed by npm as a package of its own for each platform."""
    machine = {"amd64": "x64", "x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower(), ""
    )
    system = {"win32": "win32", "darwin": "darwin"}.get(sys.platform, "linux")
    package = RESOURCES / "node_modules" / "@esbuild" / f"{system}-{machine}"
    binary = package / "esbuild.exe" if system == "win32" else package / "bin" / "esbuild"
    if not binary.exists():
        raise EnvironmentProblem(
            "esbuild, which bundles the runtime libraries, is missing",
            where=str(binary),
            advice="Run `npm ci` in the folder `resources`, or start main.py once: it installs what is missing.",
        )
    return binary
