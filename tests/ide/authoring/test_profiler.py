"""The gas profile, coverage and the interface in a window with a real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.compiler.abi import read_abi
from engine.errors import StrataError
from engine.values import Abi, AbiMethod, Action, AmountLimit, TransactionRequest
from ide.authoring.interface_model import Column, InterfaceModel
from ide.program import Program
from ide.settings import SettingsStore

SOURCE = """class Counter {
    init() { storage.put('n', '0'); }
    /** @param {number} by */
    add(by) {
        if (by > 10) {
            throw new Error('too much');
        }
        storage.put('n', String(Number(storage.get('n')) + by));
        return storage.get('n');
    }
}
module.exports = Counter;
"""


@pytest.fixture
def program(leaves_nothing, qtbot, folders, tmp_path: Path) -> Iterator[Program]:
    program = Program(folders, SettingsStore(folders.settings))
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "counter.js").write_text(SOURCE)
    program.window.resize(1400, 900)
    program.window.show()
    failures: list[StrataError] = []
    program.panels.bridge.request_failed.connect(failures.append)
    program.window.open_project(tmp_path / "p")
    program.open_chain()
    program.window.open_file(tmp_path / "p" / "counter.js")
    qtbot.waitUntil(lambda: bool(program.panels.workbench.accounts), timeout=60_000)
    yield program
    for editor in program.window.editors.editors():
        editor.document().setModified(False)
    program.window.close()
    program.window.deleteLater()
    assert not failures


def deploy(program: Program, qtbot) -> str:
    workbench = program.panels.workbench
    program.panels.deployer.start(program.window.current_editor().path, ask=False)
    qtbot.waitUntil(lambda: bool(workbench.contracts) and not program.panels.deployer.is_busy, timeout=60_000)
    return next(iter(workbench.contracts))


def call(program: Program, qtbot, contract: str, data: str) -> None:
    workbench = program.panels.workbench
    publisher = workbench.accounts[0].name
    request = TransactionRequest(publisher=publisher, actions=(Action(contract, "add", data),))
    result = workbench.engine.transact(request).result(60)
    qtbot.waitUntil(lambda: workbench.selected is not None and workbench.selected.hash == result.hash, timeout=30_000)


def test_profile_and_coverage_stand_beside_the_lines(program: Program, qtbot) -> None:
    contract = deploy(program, qtbot)
    call(program, qtbot, contract, "[2]")
    profiler, window = program.authoring.profiler, program.window
    window.commands.run("profile.transaction")
    qtbot.waitUntil(lambda: profiler.profile is not None, timeout=60_000)
    editor = window.current_editor()
    assert editor.line_notes[8].heat == 1.0
    assert "in host calls" in editor.line_notes[8].text
    assert editor.line_notes[8].ran is None
    panel = program.authoring.profile_panel
    assert [panel.functions.model().index(row, 0).data() for row in range(2)] == ["Counter.add", "(top level)"]
    panel.lines.activated.emit(panel.lines.model().index(0, 0))
    assert editor.textCursor().blockNumber() + 1 == 8
    assert "add" in panel.summary.text()
    call(program, qtbot, contract, "[3]")
    window.commands.run("profile.coverage")
    qtbot.waitUntil(lambda: profiler.covered_transactions > 0 and not profiler.is_busy, timeout=60_000)
    assert (editor.line_notes[6].ran, editor.line_notes[8].ran) == (False, True)
    window.commands.run("profile.heat")
    assert editor.line_notes[8].heat == 0.0
    editor.replace_text("// one more line\n" + editor.text())
    assert editor.line_notes == {}


def test_the_interface_is_edited_compared_and_kept(program: Program, qtbot) -> None:
    panel, window = program.authoring.interface_panel, program.window
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1, timeout=60_000)
    model = panel.model
    assert model.index(0, Column.ARGUMENTS).data() == "number"
    model.setData(model.index(0, Column.LIMITS), "iost 100")
    model.setData(model.index(0, Column.ARGUMENTS), "number, string")
    assert "1 parameters" in model.index(0, Column.PROBLEM).data()
    panel.save.click()
    kept = window.current_editor().path.with_name("counter.js.abi")
    assert read_abi(kept.read_text()).abi == (AbiMethod("add", ("number", "string"), (AmountLimit("iost", "100"),)),)
    assert list(json.loads(kept.read_text())) == ["lang", "version", "abi"]
    codes = lambda: [one.diagnostic.code for one in window.problems.all()]  # noqa: E731
    qtbot.waitUntil(lambda: "abi-mismatch" in codes(), timeout=30_000)
    model.setData(model.index(0, Column.ARGUMENTS), "number")
    panel.save.click()
    qtbot.waitUntil(lambda: "abi-mismatch" not in codes(), timeout=30_000)
    kept.write_text("{")
    program.checker.check(window.current_editor().path)
    qtbot.waitUntil(lambda: any(one.path == kept for one in window.problems.all()), timeout=30_000)
    kept.unlink()
    program.checker.check(window.current_editor().path)
    qtbot.waitUntil(lambda: not codes(), timeout=30_000)


def test_a_quick_fix_is_applied_by_its_key(program: Program, qtbot) -> None:
    editor = program.window.current_editor()
    editor.replace_text(SOURCE.replace("module.exports = Counter;\n", ""))
    qtbot.waitUntil(
        lambda: any(p.diagnostic.code == "no-export" for p in program.window.problems.all()), timeout=30_000
    )
    finding = next(p.diagnostic for p in program.window.problems.all() if p.diagnostic.code == "no-export")
    editor.go_to(finding.line)
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert editor.text().rstrip().endswith("module.exports = Counter;")
    qtbot.waitUntil(lambda: not program.window.problems.all(), timeout=30_000)


def test_methods_that_are_not_listed_can_be_added(qtbot) -> None:
    model = InterfaceModel(None)
    QAbstractItemModelTester(model)
    derived = Abi(abi=(AbiMethod("a", ("string",)), AbiMethod("b")))
    model.show(Abi(version="2.0.0", abi=(AbiMethod("gone"), AbiMethod("a", ("number",)))), derived)
    assert [(row.name, row.is_listed, row.problem) for row in model.rows] == [
        ("gone", True, "The class has no such method."),
        ("a", True, ""),
        ("b", False, ""),
    ]
    check = Qt.ItemDataRole.CheckStateRole
    model.setData(model.index(2, Column.METHOD), Qt.CheckState.Checked.value, check)
    model.setData(model.index(0, Column.METHOD), Qt.CheckState.Unchecked.value, check)
    assert not model.setData(model.index(1, Column.LIMITS), "iost much")
    assert model.abi() == Abi(version="2.0.0", abi=(AbiMethod("a", ("number",)), AbiMethod("b")))
    model.setData(model.index(1, Column.ARGUMENTS), "text")
    assert model.rows[1].problem == "text is no type."
