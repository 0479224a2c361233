from __future__ import annotations

import ctypes
import importlib

import pytest

from launcher import desktop
from launcher.desktop import DEBIAN_PACKAGES, check_desktop, check_libraries
from launcher.problems import LaunchProblem


def has_x11_libraries() -> bool:
    try:
        ctypes.CDLL(str(desktop._qt_folder() / "plugins" / "platforms" / "libqxcb.so"))
    except OSError:
        return False
    return True


def test_without_a_display_it_says_what_works() -> None:
    with pytest.raises(LaunchProblem, match="There is no display") as problem:
        check_desktop({})
    assert "xvfb-run python3 main.py" in problem.value.advice


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600"])
def test_a_chosen_platform_without_display_is_honoured(platform: str) -> None:
    check_desktop({"QT_QPA_PLATFORM": platform})


def test_a_display_that_does_not_answer_is_named() -> None:
    expected = "display :4242 .* does not answer" if has_x11_libraries() else "system libraries that are not installed"
    with pytest.raises(LaunchProblem, match=expected):
        check_desktop({"DISPLAY": ":4242"})


@pytest.mark.parametrize("library", ["libEGL.so.1", "libxkbcommon.so.0", "libGL.so.1"])
def test_a_missing_library_is_named_with_one_command(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    def refuse(name: str) -> None:
        raise ImportError(f"{library}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(importlib, "import_module", refuse)
    monkeypatch.setattr(desktop, "distribution", lambda: "debian")
    with pytest.raises(LaunchProblem) as problem:
        check_libraries()
    assert library in problem.value.what
    assert f"sudo apt install {DEBIAN_PACKAGES}" in problem.value.advice


def test_the_command_covers_what_issue_reports_name() -> None:
    for package in (
        "libegl1",
        "libgl1",
        "libxkbcommon0",
        "libxkbcommon-x11-0",
        "libfontconfig1",
        "libdbus-1-3",
        "libxcb-cursor0",
    ):
        assert package in DEBIAN_PACKAGES.split()


def test_another_import_error_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError("undefined symbol: qt_version_tag_6_99")

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(LaunchProblem, match="qt_version_tag_6_99"):
        check_libraries()
