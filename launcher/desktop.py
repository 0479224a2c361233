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

# What a bare Debian 12 or Ubuntu lacks for a window; apt brings what these need in turn.
DEBIAN_PACKAGES = (
    "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libgssapi-krb5-2 libxkbcommon-x11-0 "
    "libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0 libxcb-xkb1"
)

FEDORA_PACKAGES = (
    "mesa-libEGL mesa-libGL libxkbcommon-x11 dbus-libs fontconfig xcb-util-cursor xcb-util-wm xcb-util-keysyms"
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
    named = set(_MISSING.findall(reason))
    if not named:
        return LaunchProblem(f"Qt cannot be loaded: {reason}", _advice())
    missing = ", ".join(sorted(named | _not_found()))
    return LaunchProblem(f"The window needs system libraries that are not installed: {missing}", _advice())


def _advice() -> str:
    if distribution() == "fedora":
        return f"Install them and start again:\n  sudo dnf install {FEDORA_PACKAGES}"
    return f"On Debian and Ubuntu this installs all that a window needs:\n  sudo apt install {DEBIAN_PACKAGES}"


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
