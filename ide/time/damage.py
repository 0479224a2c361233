"""What is wrong with a damaged database, in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from engine.errors import StorageDamaged
from engine.state.verify import VerifyReport, verify
from ide.tasks.service import Progress
from ide.window import MainWindow


def verify_chain(window: MainWindow, folder: Path, failed: Callable[[Exception], None]) -> None:
    """Check the closed database in `folder` as a job of the window, show what was found, then offer what can be done.

    `failed` is called with the damage again, or with the error that kept the database from being checked.
    """

    def work(progress: Progress) -> VerifyReport:
        return verify(folder, lambda done, steps: progress.report(done / max(steps, 1)))

    def done(report: VerifyReport) -> None:
        dialog = DamageDialog(folder, report, window)
        if not report.sound:
            dialog.finished.connect(
                lambda _: failed(StorageDamaged(report.problems[0].what, where=report.problems[0].where))
            )
        dialog.open()

    window.tasks.start("Verifying the chain", work, succeeded=done, failed=partial(_raise_to, failed))


def _raise_to(failed: Callable[[Exception], None], error: BaseException) -> None:
    if not isinstance(error, Exception):
        raise error
    failed(error)


class DamageDialog(QDialog):
    """Lists the problems of a database."""

    def __init__(self, folder: Path, report: VerifyReport, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("The Chain's Database")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        count = len(report.problems)
        words = f"{count} problem{'s' if count > 1 else ''}" if count else "Nothing is wrong"
        heading = QLabel(f"{words}: {report.files} files, {report.rows:,} rows and {report.blocks:,} blocks were read.")
        heading.setWordWrap(True)
        place = QLabel(str(folder))
        place.setProperty("muted", True)
        place.setWordWrap(True)
        self.problems = QPlainTextEdit("\n".join(f"{problem.where}: {problem.what}" for problem in report.problems))
        self.problems.setReadOnly(True)
        self.problems.setAccessibleName("Problems")
        self.problems.setVisible(bool(count))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addWidget(place)
        layout.addWidget(self.problems, 1)
        layout.addWidget(buttons)
        self.resize(560, 320 if count else 140)
