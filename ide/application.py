"""The Qt application: style, fonts, and what happens when something goes wrong."""

from __future__ import annotations

import faulthandler
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from ide.settings import Settings
from ide.theme import icon, themes

LONGEST_LOG = 1_000_000
"""The log is begun anew above this size, in bytes."""


class CrashReporter(QObject):
    """Writes what nobody handled to a log file and tells the window; `reported` carries the text.

    Covers exceptions in slots and paint events, in threads and in destructors, Qt's own messages, and
    (through `faulthandler`) crashes of the process, which the next start finds in `fault.log`.
    """

    reported = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self.log_path = folder / "strata.log"
        self._fault_path = folder / "fault.log"
        self.previous_fault = self._read_previous_fault()
        if self.log_path.exists() and self.log_path.stat().st_size > LONGEST_LOG:
            self.log_path.unlink()
        self._fault_file: TextIO | None = None

    def install(self) -> None:
        """Start catching."""
        self._fault_file = self._fault_path.open("w", encoding="utf-8")
        faulthandler.enable(self._fault_file)
        sys.excepthook = self._exception
        threading.excepthook = self._thread_exception
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(self._qt_message)

    def uninstall(self) -> None:
        """Stop catching; a clean end leaves no fault file."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)
        if self._fault_file is not None:
            faulthandler.disable()
            self._fault_file.close()
            self._fault_file = None
            self._fault_path.unlink(missing_ok=True)

    def _read_previous_fault(self) -> str:
        try:
            return self._fault_path.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return ""

    def _write(self, text: str) -> None:
        with self.log_path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {text.rstrip()}\n")

    def _exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = ""
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        self._write(f"{where}{text}")
        sys.stderr.write(text)
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        self.reported.emit(f"{kind.__name__}: {error}")

    def _thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            where = f"in thread {arguments.thread.name if arguments.thread else '?'}: "
            self._exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback, where)

    def _unraisable(self, arguments: sys.UnraisableHookArgs) -> None:
        if arguments.exc_value is not None:
            where = f"ignored in {arguments.object!r}: "
            self._exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback, where)

    def _qt_message(self, kind: QtMsgType, _context: object, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg:
            self._write(f"Qt {kind.name}: {text}")
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            sys.stderr.write(f"{text}\n")


def create_application(arguments: list[str]) -> QApplication:
    """Return the application, in Fusion style (the only one that follows our palette on every platform)."""
    application = QApplication([sys.argv[0], *arguments])
    application.setApplicationName("strata")
    application.setApplicationDisplayName("Strata")
    application.setDesktopFileName("strata")
    application.setStyle("Fusion")
    application.setWindowIcon(icon("strata", "accent"))
    return application


class Appearance(QObject):
    """Keeps theme and interface font as the settings say."""

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self._application = application
        self._desktop_size = application.font().pointSizeF()
        self._theme = ""
        themes().follow_system()
        self.apply(settings)

    def apply(self, settings: Settings) -> None:
        """Bring theme and font in force; does nothing where nothing changed."""
        size = settings.interface_font_size or self._desktop_size
        if size > 0 and size != self._application.font().pointSizeF():
            font = QFont(self._application.font())
            font.setPointSizeF(size)
            self._application.setFont(font)
        if settings.theme != self._theme:
            self._theme = settings.theme
            themes().select(settings.theme)
