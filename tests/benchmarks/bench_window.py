"""What a person waits for in the window: its start, opening a long file, a letter, another theme, a burst of calls."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.benchmarks.harness import Figure, benchmark, spread

LINES = 10_000
BURST = 2_000
PATIENCE_SECONDS = 300.0
PROGRAM = Path(__file__).resolve().parent.parent.parent

START = """
import sys
from PySide6.QtCore import QTimer
from ide import program
program.Program.open_chain = lambda _self: (print("usable", flush=True), QTimer.singleShot(0, _self.window.close))
program.run(None, ["--base=" + sys.argv[1]])
"""


@benchmark("window-start")
def window_start() -> Iterable[Figure]:
    """Time from the start of Python until the window was painted and takes input; the engine opens after that."""
    taken = []
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(PROGRAM)}
    with tempfile.TemporaryDirectory() as base:
        for _ in range(6):
            begin = time.perf_counter()
            with subprocess.Popen(
                [sys.executable, "-c", START, base], env=environment, stdout=subprocess.PIPE, text=True
            ) as child:
                assert child.stdout is not None
                assert child.stdout.readline().strip() == "usable"
                taken.append(time.perf_counter() - begin)
    # The first start copies the sample project.
    yield Figure("usable window, first start", taken[0], "s", "< 1.5")
    later = spread(taken[1:])
    yield Figure("usable window, median", later.p50, "s", "< 1.5", f"least {later.least:.2f}")


@benchmark("window-editor")
def window_editor() -> Iterable[Figure]:
    """Opening and typing in a file of 10,000 lines, off screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from ide.application import Appearance, create_application
    from ide.paths import SAMPLES, Folders
    from ide.settings import SettingsStore
    from ide.theme import themes
    from ide.window import MainWindow

    application = QApplication.instance() or create_application([])  # one for all benchmarks of a run
    with tempfile.TemporaryDirectory() as base:
        folders = Folders.below(Path(base))
        settings = SettingsStore(folders.settings)
        Appearance(application, settings.value)
        window = MainWindow(folders, settings)
        window.resize(1400, 900)
        window.show()
        source = (SAMPLES / "fungible-token" / "token.js").read_text(encoding="utf-8").split("\n")
        (Path(base) / "small.js").write_text("\n".join(source))
        text = "\n".join((source * (LINES // len(source) + 1))[:LINES])
        window.open_file(Path(base) / "small.js")
        application.processEvents()

        openings = []
        for number in range(5):
            path = Path(base) / f"long-{number}.js"
            path.write_text(text)
            begin = time.perf_counter()
            editor = window.open_file(path)
            assert editor is not None
            editor.viewport().repaint()
            openings.append((time.perf_counter() - begin) * 1e3)
        yield Figure("open 10,000 lines to first paint", spread(openings).p50, "ms", "≤ 80")

        turns = []
        highlighter = editor.highlighter
        assert highlighter is not None
        while not highlighter.complete:
            begin = time.perf_counter()
            application.processEvents()
            turns.append((time.perf_counter() - begin) * 1e3)
        yield Figure("longest turn while the rest is coloured", max(turns), "ms", "≤ 16")

        def type_text(line: int, typed: str) -> list[float]:
            editor.go_to(line)
            application.processEvents()
            taken = []
            for letter in typed:
                begin = time.perf_counter()
                if letter == "\n":
                    QTest.keyClick(editor, Qt.Key.Key_Return)
                else:
                    QTest.keyClicks(editor, letter)
                application.sendPostedEvents()
                application.processEvents()
                taken.append((time.perf_counter() - begin) * 1e3)
            return taken

        keys = spread(type_text(5000, "  const value = this._amount(amount) + 12;\n" * 12))
        yield Figure("keystroke to repaint, median", keys.p50, "ms", "≤ 3")
        yield Figure("keystroke to repaint, p99", keys.p99, "ms", "≤ 8")

        editor.go_to(60)
        application.processEvents()
        begin = time.perf_counter()
        editor.textCursor().insertText("`")
        application.processEvents()
        yield Figure("back-tick that flips every later line", (time.perf_counter() - begin) * 1e3, "ms", "≤ 16")

        switches = []
        for name in ("dark", "light") * 3:
            begin = time.perf_counter()
            themes().select(name)
            application.processEvents()
            switches.append((time.perf_counter() - begin) * 1e3)
        yield Figure("switch the theme", spread(switches).p50, "ms", "≤ 200")
        window.editors.discard_all()
        window.close()


@benchmark("window-burst")
def window_burst() -> Iterable[Figure]:
    """How long the window does not answer while 2,000 calls run, one after the other and in bulk.

    A turn is the time between two beats of a timer. The engine shares the interpreter and the cores with the window:
    processor time of the window's thread is what the window itself asks for, the rest is waiting for its turn.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import msgspec
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from engine.values import Action, TransactionRequest
    from ide.application import Appearance, create_application
    from ide.paths import SAMPLES, Folders
    from ide.program import SWITCH_SECONDS, Program
    from ide.project.samples import FIRST_SAMPLE, working_copy
    from ide.settings import SettingsStore

    application = QApplication.instance() or create_application([])  # one for all benchmarks of a run
    sys.setswitchinterval(SWITCH_SECONDS)
    wall: list[float] = []
    computing: list[float] = []
    last = [time.perf_counter(), time.thread_time()]

    def beat() -> None:
        now = [time.perf_counter(), time.thread_time()]
        wall.append((now[0] - last[0]) * 1e3)
        computing.append((now[1] - last[1]) * 1e3)
        last[:] = now

    def until(condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the burst did not end")
            loop = QEventLoop()
            QTimer.singleShot(30, loop.quit)
            loop.exec()

    with tempfile.TemporaryDirectory() as base:
        folders = Folders.below(Path(base))
        settings = SettingsStore(folders.settings)
        Appearance(application, settings.value)
        program = Program(folders, settings)
        window = program.window
        window.open_project(working_copy(SAMPLES, FIRST_SAMPLE, folders.data))
        window.resize(1440, 900)
        window.show()
        program.open_chain()
        until(lambda: program.panels.workbench.accounts)
        engine = program.panels.bridge.engine
        assert engine is not None and window.project is not None
        prepared = engine.prepare(window.project / "token.js").result(timeout=PATIENCE_SECONDS)
        deployed = engine.deploy(msgspec.structs.replace(prepared.request, publisher="alice"))
        contract = deployed.result(timeout=PATIENCE_SECONDS).contract
        assert contract is not None
        calls = [
            TransactionRequest(publisher="alice", actions=(Action(contract.id, "mint", f'["bobby","{number + 1}"]'),))
            for number in range(BURST)
        ]
        until(engine.transact(calls[0]).done)
        beats = QTimer()
        beats.setInterval(1)
        beats.timeout.connect(beat)
        beats.start()
        for name in ("one by one", "in bulk"):
            wall.clear()
            computing.clear()
            last[:] = [time.perf_counter(), time.thread_time()]
            if name == "in bulk":
                until(engine.transact_many(calls).done)
            else:
                until(list(map(engine.transact, calls))[-1].done)
            yield Figure(f"{name}: turn, p50", spread(wall).p50, "ms")
            yield Figure(f"{name}: longest turn", max(wall), "ms", "≤ 30", f"{len(wall)} turns")
            yield Figure(f"{name}: processor time of the window a turn, p99", spread(computing).p99, "ms", "≤ 16")
            total = sum(computing) / BURST
            yield Figure(f"{name}: processor time of the window a call, mean", total, "ms", "≤ 1")
        beats.stop()
        window.editors.discard_all()
        window.close()
