"""Whether a window can be opened here: Qt's system libraries and the display.

Qt ends the process when its platform plugin cannot be loaded, so this is found out beforehand, and said
with the command that helps.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher.problems import LaunchProblem, distribution

HEADLESS_PLATFORMS = frozenset({"offscreen", "minimal", "minimalegl", "vnc", "linuxfb", "eglfs"})

DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

# What a bare system lacks for a window on X11; each of these brings the rest of the table with it.
ALL_DEBIAN_PACKAGES = (
    "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libgssapi-krb5-2 libxkbcommon-x11-0 "
    "libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0 libxcb-xkb1"
)

_MISSING = re.compile(r"(lib[\w.+-]+\.so[\w.]*)(?::| =>) (?:cannot open shared object file|not found)")


def check_desktop(environment: Mapping[str, str] = os.environ) -> None:
    """Return if Qt can open a window with these environment variables.

    Raises:
        LaunchProblem: a system library or the display is missing.
    """
    if sys.platform != "linux":
        return
    check_libraries()
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen in HEADLESS_PLATFORMS or environment.get("WAYLAND_DISPLAY"):
        return
    display = environment.get("DISPLAY", "")
    if not display:
        raise no_display("There is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set).")
    check_x11(display)


def check_libraries() -> None:
    """Load what every Qt window needs; raise `LaunchProblem` naming the libraries that are missing."""
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        raise missing_libraries(str(error)) from error


def check_x11(display: str) -> None:
    """Load Qt's X11 plugin and connect once; raise `LaunchProblem` if either fails."""
    try:
        ctypes.CDLL(str(_qt_folder() / "plugins" / "platforms" / "libqxcb.so"))
    except OSError as error:
        raise missing_libraries(str(error)) from error
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if refused:
        raise no_display(f"The display {display} (variable DISPLAY) does not answer.")


def no_display(what: str) -> LaunchProblem:
    """Return the problem of a machine without a screen, with what works there."""
    return LaunchProblem(
        what,
        "Start Strata from a desktop session, over `ssh -X`, or under a virtual display: xvfb-run python3 main.py\n"
        "Without a window, these work everywhere: main.py run, test, node, pack, bench, screenshot.",
    )


def missing_libraries(reason: str) -> LaunchProblem:
    """Return the problem of missing system libraries; `reason` is the loader's message about the first."""
    missing = sorted(set(_MISSING.findall(reason)) | _not_found())
    if not missing:
        return LaunchProblem(f"Qt cannot be loaded: {reason}", _install_everything())
    packages = sorted({DEBIAN_PACKAGES[name] for name in missing if name in DEBIAN_PACKAGES})
    unknown = any(name not in DEBIAN_PACKAGES for name in missing)
    what = f"The window needs system libraries that are not installed: {', '.join(missing)}"
    if distribution() == "debian" and packages and not unknown:
        return LaunchProblem(what, f"Install them and start again:\n  sudo apt install {' '.join(packages)}")
    return LaunchProblem(what, _install_everything())


def _install_everything() -> str:
    if distribution() == "fedora":
        packages = (
            "mesa-libEGL mesa-libGL libxkbcommon-x11 dbus-libs fontconfig xcb-util-cursor xcb-util-wm xcb-util-keysyms"
        )
        return f"Install them and start again:\n  sudo dnf install {packages}"
    return f"On Debian and Ubuntu this installs all that a window needs:\n  sudo apt install {ALL_DEBIAN_PACKAGES}"


def _qt_folder() -> Path:
    """Return PySide6's folder of Qt libraries and plugins, without importing it."""
    found = importlib.util.find_spec("PySide6")
    if found is None or not found.submodule_search_locations:
        raise LaunchProblem("PySide6 is not installed in this environment.", "Remove the folder .venv and start again.")
    return Path(next(iter(found.submodule_search_locations))) / "Qt"


def _not_found() -> set[str]:
    """Return every system library that Qt's widgets and X11 plugin miss, as far as `ldd` can tell."""
    ldd = shutil.which("ldd")
    if ldd is None:
        return set()
    qt = _qt_folder()
    files = [*(qt.parent.glob("Qt[GWN]*.abi3.so")), qt / "plugins" / "platforms" / "libqxcb.so"]
    answer = subprocess.run([ldd, *map(str, files)], capture_output=True, text=True, check=False)
    return set(_MISSING.findall(answer.stdout))
