"""The VM monitor on a fake engine."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtTest import QAbstractItemModelTester

from engine.facade import Temperature, VmLoad, VmSettings, WorkerChanged, WorkerDeath
from engine.vm.monitor import limits_of
from ide.monitor import model as model_module
from ide.monitor.history import SPAN_SECONDS, LoadHistory
from ide.monitor.model import WorkerModel
from ide.panels.install import EnginePanels
from ide.paths import Folders
from ide.settings import SettingsStore
from ide.window import MainWindow
from tests.ide.panels import examples
from tests.ide.panels.conftest import bridge, engine, token_file, window, workbench

__all__ = ["bridge", "engine", "token_file", "window", "workbench"]


@pytest.fixture
def main_window(qtbot, tmp_path):
    folders = Folders.below(tmp_path / "user")
    made = MainWindow(folders, SettingsStore(folders.settings))
    (tmp_path / "project").mkdir()
    made.open_project(tmp_path / "project")
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def panels(main_window, engine, qtbot):
    """The monitor in front of somebody."""
    made = EnginePanels(main_window)
    engine.worker_list = examples.workers()
    made.bridge.attach(engine)
    main_window.resize(1300, 850)
    main_window.show()
    main_window.show_dock("workers")
    qtbot.waitUntil(lambda: made.workers.model.rowCount() == 3 and bool(made.workbench.contracts))
    yield made
    made.close()


def texts(model, row):
    return [
        str(model.index(row, column).data()).replace("\N{NARROW NO-BREAK SPACE}", " ")
        for column in range(model.columnCount())
    ]


# --- the table -----------------------------------------------------------------------------------


def test_workers_are_listed_with_their_contracts_by_name(panels):
    assert texts(panels.workers.model, 0) == [
        "run 1  (process 4101)",
        "busy",
        "cold",
        "128",
        "39.1 MiB",
        "token, 1 more",
    ]


def test_an_ended_worker_stays_a_moment_beside_who_took_its_place(workbench):
    now = [100.0]
    model = WorkerModel(workbench, workbench, clock=lambda: now[0])
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    first, second, debugger = examples.workers()
    model.show((first, second, debugger))
    heir = msgspec.structs.replace(second, id=9, pid=4200, temperature=Temperature.RESTORED)
    model.show((second, heir, debugger))
    assert [texts(model, row)[:3] for row in range(model.rowCount())] == [
        ["run 1  (process 4101)", "ended", ""],
        ["run 2  (process 4102)", "idle", "cold"],
        ["run 9  (process 4200)", "idle", "restored"],
        ["debug 3  (process 4103)", "spare", "cold"],
    ]
    now[0] += model_module.ENDED_SECONDS + 0.1
    model.show((second, heir, debugger))
    assert [texts(model, row)[0] for row in range(model.rowCount())] == [
        "run 2  (process 4102)",
        "run 9  (process 4200)",
        "debug 3  (process 4103)",
    ]


def test_the_chosen_worker_stays_chosen_when_others_come_and_go(panels, engine, qtbot):
    view = panels.workers.view
    view.setCurrentIndex(panels.workers.model.index(1, 0))
    first, second, debugger = examples.workers()
    heir = msgspec.structs.replace(first, id=7)
    engine.worker_list = (second, heir, debugger)
    engine.emit(WorkerChanged(engine.worker_list))
    qtbot.waitUntil(lambda: panels.workers.model.rowCount() == 4)
    assert panels.workers.chosen == second


def test_kill_and_replace_ask_the_engine_for_the_chosen_worker(panels, engine, main_window):
    main_window.commands.refresh_now()
    panels.workers.view.setCurrentIndex(panels.workers.model.index(2, 0))
    main_window.commands.refresh_now()
    assert main_window.commands.run("vm.recycle")
    assert main_window.commands.run("vm.kill")
    assert [entry for entry in engine.asked if entry[0] in ("recycle_worker", "kill_worker")] == [
        ("recycle_worker", ("debug", 3)),
        ("kill_worker", ("debug", 3)),
    ]


def test_without_a_chosen_worker_nothing_can_be_killed(panels, main_window):
    panels.workers.view.selectionModel().clear()
    main_window.commands.refresh_now()
    assert "No worker is chosen" in main_window.commands.command("vm.kill").disabled_reason()


# --- the plot ------------------------------------------------------------------------------------


def load(busy_seconds, **changes):
    return VmLoad(
        **{"workers": 2, "busy": 0, "spares": 1, "waiting": 0, "memory_bytes": 5, **changes}, busy_seconds=busy_seconds
    )


def test_busy_is_the_mean_between_two_looks():
    history = LoadHistory()
    history.add(load(10.0, busy=2), 100.0)
    assert history.last.busy == 2
    assert history.add(load(10.4), 100.5).busy == pytest.approx(0.8)
    assert history.add(load(10.4), 101.0).busy == 0


def test_where_nobody_looked_there_is_a_gap_and_old_samples_go():
    history = LoadHistory()
    for moment in (0.0, 0.5, 60.0, 60.5, 61.0):
        history.add(load(0.0), moment)
    assert [len(stretch) for stretch in history.stretches()] == [2, 3]
    history.add(load(99.0, busy=1), 60.4 + SPAN_SECONDS)
    assert [len(stretch) for stretch in history.stretches()] == [2, 1]
    assert history.last.busy == 1


def test_it_measures_only_while_it_is_seen(panels, main_window, qtbot):
    qtbot.waitUntil(lambda: panels.workers.history.last is not None)
    assert panels.workers._pulse.isActive()
    assert "waiting 6" in panels.workers.plot.accessibleDescription()
    assert panels.workers.progress.text() == "350 of 1\N{NARROW NO-BREAK SPACE}200 transactions"
    main_window.dock("workers").close()
    qtbot.waitUntil(lambda: not panels.workers.isVisible())
    assert not panels.workers._pulse.isActive()


def test_it_can_be_painted_with_and_without_samples(panels, qtbot):
    panels.workers.history.clear()
    assert not panels.workers.plot.grab().isNull()
    for number in range(600):
        waiting = 3 * number % 50
        panels.workers.history.add(load(number * 0.3, waiting=waiting, memory_bytes=number * 10**6), number / 2)
    assert not panels.workers.plot.grab().isNull()


# --- diagnostics and settings ----------------------------------------------------------------------


def test_the_line_says_what_differs_from_the_chain(panels, engine, qtbot):
    qtbot.waitUntil(lambda: bool(panels.workers.line.text()))
    text = panels.workers.line.text()
    assert "V8 14.4.1.2" in text
    assert "no startup snapshot: it has not been built yet" in text
    assert "time of a transaction 2 s (the chain: 0.2 s)" in text
    assert panels.workers.line.property("tone") == "warning"


def test_dead_workers_and_all_limits_are_in_the_report(panels, engine, main_window, qapp, qtbot):
    death = WorkerDeath("run", 1, 4101, 1_700_000_000_000_000_000, "Fatal JavaScript invalid size error 536870887")
    as_chain = limits_of(VmSettings(time_limit=0.2, heap_bytes=100_000_000))
    engine.diagnostics = msgspec.structs.replace(engine.diagnostics, deaths=(death,), limits=as_chain)
    main_window.commands.refresh_now()
    assert main_window.commands.run("vm.copy")
    qtbot.waitUntil(lambda: "invalid size" in qapp.clipboard().text())
    assert "process 4101" in qapp.clipboard().text()
    assert "memory of a worker 768 MB" in qapp.clipboard().text()
    assert "(the chain" not in qapp.clipboard().text()


def test_settings_are_put_in_force_and_kept(panels, engine, main_window):
    dialog = panels.monitor.open_settings()
    dialog.floor.setValue(2)
    dialog.as_chain.click()
    dialog.buttons.button(dialog.buttons.StandardButton.Ok).click()
    chosen = VmSettings(floor=2, time_limit=0.2, heap_bytes=100_000_000)
    assert engine.settings == chosen
    assert main_window.settings.value.worker_floor == 2
    assert b'"seconds": 0.2' in (main_window.project / "strata.json").read_bytes()
    engine.settings = VmSettings()
    panels.bridge.engine_changed.emit()
    assert engine.settings == chosen


def test_check_mode_is_switched_and_kept(panels, engine, main_window):
    assert main_window.commands.run("vm.check")
    assert engine.settings.check
    assert main_window.settings.value.check_mode
    dialog = panels.monitor.open_settings()
    assert dialog.check.isChecked()
    dialog.check.setChecked(False)
    dialog.buttons.button(dialog.buttons.StandardButton.Ok).click()
    assert not engine.settings.check
    assert not main_window.settings.value.check_mode
    main_window.settings.update(check_mode=True)
    panels.bridge.engine_changed.emit()
    assert engine.settings.check


def test_check_mode_is_told(panels, engine, main_window, qtbot):
    engine.diagnostics = msgspec.structs.replace(engine.diagnostics, check=True)
    panels.monitor.control.changed.emit()
    qtbot.waitUntil(lambda: "check mode on" in panels.workers.line.text())
    assert "also run in a fresh sandbox" in panels.workers.line.toolTip()


def test_defaults_leave_nothing_in_the_project(panels, engine, main_window):
    panels.monitor.control.choose(VmSettings(time_limit=1.0))
    assert b'"seconds": 1.0' in (main_window.project / "strata.json").read_bytes()
    dialog = panels.monitor.open_settings()
    assert dialog.seconds.value() == 1.0
    dialog.defaults.click()
    dialog.buttons.button(dialog.buttons.StandardButton.Ok).click()
    assert engine.settings == VmSettings()
    assert b"limits" not in (main_window.project / "strata.json").read_bytes()


def test_what_cannot_be_is_said_at_once(panels):
    dialog = panels.monitor.open_settings()
    dialog.floor.setValue(3)
    dialog.ceiling.setValue(2)
    assert "cannot both be" in dialog.problem.text()
    assert not dialog.buttons.button(dialog.buttons.StandardButton.Ok).isEnabled()
    dialog.reject()
