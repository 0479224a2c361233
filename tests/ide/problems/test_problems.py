"""The Problems panel and going from problem to problem."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.values import Diagnostic, Severity, TextEdit
from ide.problems.model import ProblemModel
from ide.problems.panel import ProblemCounts, ProblemsPanel


def finding(line, message, severity=Severity.ERROR, **more):
    return Diagnostic(severity, "rule", message, line=line, column=0, end_line=line, end_column=3, **more)


@dataclass
class Place:
    path: object
    line: int


def here(window):
    return Place(window.current_editor().path, window.current_editor().textCursor().blockNumber() + 1)


@pytest.fixture
def panel(window, project):
    made = ProblemsPanel(window)
    window.add_dock("problems", "Problems", made, Qt.DockWidgetArea.BottomDockWidgetArea)
    window.open_project(project)
    window.show_diagnostics(project / "token.js", [finding(3, "bad put"), finding(1, "odd class", Severity.WARNING)])
    window.show_diagnostics(project / "auction.js", [finding(2, "no init")])
    return made


def test_problems_are_sorted_by_file_and_line(panel):
    assert [p.diagnostic.message for p in panel.model.rows] == ["no init", "odd class", "bad put"]


def test_f8_goes_round_and_shift_f8_back(window, panel, project, qtbot):
    window.open_file(project / "token.js").setFocus()
    seen = []
    for _ in range(4):
        qtbot.keyClick(window.current_editor(), Qt.Key.Key_F8)
        seen.append((here(window).path.name, here(window).line))
    assert seen == [("token.js", 3), ("auction.js", 2), ("token.js", 1), ("token.js", 3)]
    qtbot.keyClick(window.current_editor(), Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert here(window).line == 1


def test_the_filter_looks_at_message_severity_and_file(panel, qtbot):
    qtbot.keyClicks(panel.filter, "token error")
    assert [p.diagnostic.message for p in panel.model.rows] == ["bad put"]
    panel.filter.setText("zebra")
    assert panel.model.rows == []


def test_a_click_keeps_the_focus_and_enter_goes_to_the_editor(window, panel, project, qtbot):
    panel.table.setFocus()
    index = panel.model.index(2, 0)
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=panel.table.visualRect(index).center())
    assert here(window).line == 3 and panel.table.hasFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert window.current_editor().hasFocus()


def test_findings_of_one_source_are_replaced_together(window, panel, project):
    window.show_diagnostics(project / "token.js", [finding(2, "from deploy")], "deploy")
    window.show_diagnostics(project / "token.js", [])
    assert [p.diagnostic.message for p in window.problems.all()] == ["no init", "from deploy"]


def test_a_finding_is_underlined_also_in_a_file_opened_later(window, panel, project):
    assert window.open_file(project / "auction.js").severity_of_line(2) is Severity.ERROR


def test_a_fix_is_applied(window, panel, project, qtbot):
    fix = TextEdit(2, 2, 2, 5, "offer")
    window.show_diagnostics(project / "auction.js", [finding(2, "rename", fix=fix, fix_title="Rename to offer")])
    panel.table.selectRow(0)
    assert panel.fix.text() == "Rename to offer"
    panel.fix.click()
    assert "offer(amount)" in window.editor_for(project / "auction.js").text()


def test_counts(window, panel, qtbot):
    counts = ProblemCounts(window)
    qtbot.addWidget(counts)
    assert counts.text() == "2 errors, 1 warning"
    window.problems.clear()
    assert counts.text() == "No problems"


def test_the_model_keeps_qts_rules(window, project, qtbot):
    model = ProblemModel(window.problems)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    window.show_diagnostics(project / "a.js", [finding(1, "x"), finding(2, "y")])
    model.set_filter("x")
    window.problems.clear()
    assert model.rowCount() == 0
