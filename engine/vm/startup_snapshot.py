"""V8 startup snapshots: heap images of a finished runtime, from which realms boot in a quarter of the time.

An image is as powerful as native code, so it is only built from our own sources in a process that runs nothing else,
kept where only the owner can write, and checked against its header before each use. It is used only if a self-check
passed with this very library: `python -m engine.vm.startup_snapshot` builds an image, boots realms from it in turn with
plain ones, and compares them. Anything else, or two workers that died while booting, means the plain way.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import msgspec

from engine.errors import StrataError
from engine.values import Profile, Value
from engine.vm.runtime_bundle import runtime_script

__all__ = [
    "SNAPSHOT_PROFILE",
    "CheckFailed",
    "SnapshotStatus",
    "build",
    "build_and_store",
    "build_image",
    "check_image",
    "distrust",
    "load",
    "start_building",
    "status",
]

V8_VERSION = "14.4.258.23"
"""The only version whose layouts `snapshot_builder` knows."""

LIBRARY_VERSION = "0.14.1"
"""The version of mini-racer that has it."""

SNAPSHOT_PROFILE = Profile.IOST
"""The profile that has an image: one process may hold only one (spec/v8.md)."""

_PREPARE = '\n;__strataPrepare({"stepping":false,"open":false,"imaged":true});'
_UNFINISHED = "it is being built, or its self-check was cut off (`python3 main.py diagnose --rebuild` tries again)"
_UNBUILT = "it has not been built yet (`python3 main.py diagnose` builds it)"
_POLL_SECONDS = 0.1
_CYCLES = 12
_BUILD_SECONDS = 120
_ROOT = Path(__file__).resolve().parents[2]


class SnapshotStatus(Value, frozen=True):
    """Whether realms boot from an image, and why not."""

    enabled: bool
    reason: str


class _Header(Value, frozen=True):
    """What an image was made of; written before its bytes."""

    library: str
    v8: str
    script: str
    payload: str


def load() -> bytes | None:
    """Return the verified image of `SNAPSHOT_PROFILE`, or None: then realms boot the plain way."""
    return _read()[0]


def status() -> SnapshotStatus:
    """Tell whether the image is used, for diagnostics."""
    image, reason = _read()
    return SnapshotStatus(image is not None, reason)


def distrust(reason: str) -> None:
    """Do not use the image any more: workers died while booting from it."""
    folder = _folder()
    if folder is not None:
        (folder / f"{_name()}.refused").write_text(reason, encoding="utf-8")


def build(*, anew: bool = False) -> SnapshotStatus:
    """Have the image built and wait for that, two minutes at most; `anew` also if there is one or it was refused."""
    folder = _folder()
    if anew and folder is not None:
        for end in (".image", ".refused"):
            (folder / f"{_name()}{end}").unlink(missing_ok=True)
    deadline = time.monotonic() + _BUILD_SECONDS
    building = start_building()
    while time.monotonic() < deadline and status().reason in (_UNBUILT, _UNFINISHED):
        if building is not None and building.poll() is not None:
            break
        time.sleep(_POLL_SECONDS)
    return status()


def start_building() -> subprocess.Popen[bytes] | None:
    """Build and check the image in a process of its own, unless there is one or it was refused; does not wait."""
    folder = _folder()
    if folder is None or _unsupported() or any((folder / f"{_name()}{end}").exists() for end in (".image", ".refused")):
        return None
    return subprocess.Popen(
        [sys.executable, "-m", "engine.vm.startup_snapshot"],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _read() -> tuple[bytes | None, str]:
    """Return image and reason."""
    unsupported = _unsupported()
    if unsupported:
        return None, unsupported
    folder = _folder()
    if folder is None:
        return None, "there is no folder that only its owner can write"
    refused = folder / f"{_name()}.refused"
    if refused.exists():
        return None, refused.read_text(encoding="utf-8")
    try:
        head, _, image = (folder / f"{_name()}.image").read_bytes().partition(b"\n")
        header = msgspec.json.decode(head, type=_Header)
    except (OSError, msgspec.MsgspecError):
        return None, _UNBUILT
    if header != _header(image):
        return None, "the stored image is damaged or belongs to other sources"
    return image, "on"


def _unsupported() -> str:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"not tried on {sys.platform} {platform.machine()}"
    installed = version("mini-racer")
    return "" if installed == LIBRARY_VERSION else f"not tried with mini-racer {installed}"


@cache
def _folder() -> Path | None:
    """Return the folder of images, inside the virtual environment; None if others could write there."""
    if sys.prefix == sys.base_prefix or not os.access(sys.prefix, os.W_OK):
        return None
    folder = Path(sys.prefix) / "strata" / "images"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    return folder if found.st_uid == os.getuid() and not found.st_mode & 0o022 else None


@cache
def _library() -> str:
    """Identify the library: its whole content is hashed when an image is built, its size and time name the result."""
    found_module = find_spec("py_mini_racer")
    assert found_module is not None
    assert found_module.origin is not None
    path = Path(found_module.origin).parent / "libmini_racer.so"
    found = path.stat()
    return f"{path} {found.st_size} {found.st_mtime_ns}"


@cache
def _script_digest() -> str:
    return hashlib.sha256((runtime_script(SNAPSHOT_PROFILE) + _PREPARE).encode()).hexdigest()


def _name() -> str:
    return hashlib.sha256(f"{_library()}\n{_script_digest()}".encode()).hexdigest()[:32]


def _header(image: bytes) -> _Header:
    return _Header(_library(), V8_VERSION, _script_digest(), hashlib.sha256(image).hexdigest())


# --- building, in a process of its own --------------------------------------------------------------


class CheckFailed(StrataError):
    """The image behaves differently from a plain realm."""


def build_and_store() -> None:
    """Build an image, check it, and store it; an image that fails is refused for good."""
    from engine.vm.isolate import initialise_v8

    folder = _folder()
    if folder is None or _unsupported():
        return
    refused = folder / f"{_name()}.refused"
    refused.write_text(_UNFINISHED, encoding="utf-8")
    try:
        found = initialise_v8().mr_v8_version().decode()
        if found != V8_VERSION:
            raise CheckFailed(f"V8 {found} is not the version that it was tried with")
        image = build_image()
        check_image(image)
    except (StrataError, OSError, subprocess.SubprocessError) as error:
        refused.write_text(f"the self-check failed: {error}", encoding="utf-8")
        return
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(msgspec.json.encode(_header(image)) + b"\n" + image)
    Path(file.name).replace(folder / f"{_name()}.image")
    for outdated in folder.iterdir():
        if outdated.name != f"{_name()}.image":
            outdated.unlink(missing_ok=True)


def build_image() -> bytes:
    """Build an image in a throw-away process; raises CalledProcessError if V8 refuses or dies."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "image"
        script = runtime_script(SNAPSHOT_PROFILE) + _PREPARE
        subprocess.run(
            [sys.executable, "-m", "engine.vm.snapshot_builder", str(output)],
            input=script.encode(),
            capture_output=True,
            timeout=_BUILD_SECONDS,
            check=True,
        )
        return output.read_bytes()


_WALK = """
(function (globalObject, ownKeys, getOwnPropertyDescriptor, getPrototypeOf, found, text) {
  let lines = '';
  const visit = (value, path) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || found.has(value)) return;
    found.add(value);
    const keys = ownKeys(value).sort((a, b) => (text(a) < text(b) ? -1 : 1));
    for (let i = 0; i < keys.length; i += 1) {
      const property = getOwnPropertyDescriptor(value, keys[i]);
      const name = path + '.' + text(keys[i]);
      lines += name + ' ' + typeof property.value + (property.writable ? 'w' : '') + (property.enumerable ? 'e' : '') +
        (property.configurable ? 'c' : '') + '\\n';
      visit(property.value, name);
      visit(property.get, name + ':get');
    }
    visit(getPrototypeOf(value), path + '^');
  };
  visit(globalObject, '');
  visit([[][Symbol.iterator](), function* () {}, async function () {}, async function* () {}, new Error()], 'hidden');
  return lines;
})(this, Reflect.ownKeys, Reflect.getOwnPropertyDescriptor, Reflect.getPrototypeOf, new Set(), String)
"""
"""Names, kinds and attributes of everything that a script can reach."""


def check_image(image: bytes, script: str | None = None) -> None:
    """Boot realms plainly (with `script`) and from the image in turn; raises CheckFailed unless all look the same."""
    script = script or runtime_script(SNAPSHOT_PROFILE)
    plain = _describe(None, script)
    for _ in range(_CYCLES):
        if _describe(image, script) != plain or _describe(None, script) != plain:
            raise CheckFailed("realms from the image differ from plain ones")


def _describe(image: bytes | None, script: str) -> str:
    """Return a text of everything that scripts can reach in a realm, in the order in which it is found."""
    from engine.vm.isolate import Isolate

    with Isolate(snapshot=image) as isolate:
        if image is None:
            isolate.eval(script)
            isolate.eval(_PREPARE.replace('"imaged":true', '"imaged":false'))
        isolate.install_host(lambda: None)
        isolate.release(isolate.evaluate("__strataBoot()"))
        text = isolate.eval(_WALK)
        assert isinstance(text, str)
        return text


if __name__ == "__main__":
    build_and_store()
