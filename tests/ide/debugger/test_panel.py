import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.facade import Variable
from ide.debugger.panel import DebuggerPanel
from ide.debugger.variables import OLD_ROLE, VariableModel, part_of
from ide.debugger.watches import WatchModel
from tests.ide.panels.conftest import TOKEN_SOURCE
from tests.ide.panels.fake_engine import failed

WARNING = QAbstractItemModelTester.FailureReportingMode.Warning


@pytest.fixture
def panel(workbench, controller, qtbot):
    made = DebuggerPanel(workbench, controller)
    qtbot.addWidget(made)
    made.resize(360, 700)
    made.show()
    for model in (made.variables, made.watches, made.stack):
        QAbstractItemModelTester(model, WARNING, made)
    return made


def move(controller, position, qtbot):
    controller.move(position)
    qtbot.waitUntil(lambda: controller.view is not None)


def texts(model):
    return {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}


def test_it_says_what_it_is_for_and_offers_to_start(panel):
    assert panel.switcher.empty.isVisibleTo(panel)


def test_stack_and_variables_are_shown(panel, start, controller, qtbot):
    start()
    move(controller, 5, qtbot)
    frames = [panel.stack.index(row).data() for row in range(panel.stack.rowCount())]
    assert frames == ["token._credit   token.js:38", "token.transfer   token.js:28"]
    assert texts(panel.variables)["from"] == '"alice"'


def test_what_changed_since_the_last_stop_is_marked(panel, start, controller, qtbot):
    start()
    move(controller, 1, qtbot)
    move(controller, 2, qtbot)
    changed = {
        panel.variables.index(row, 0).data(): panel.variables.index(row, 1).data(OLD_ROLE)
        for row in range(panel.variables.rowCount())
    }
    assert changed["balance"] == "undefined"
    assert changed["step"] == "1"
    assert changed["amount"] is None
    row = list(changed).index("balance")
    assert panel.variables.index(row, 1).data(Qt.ItemDataRole.ToolTipRole) == "undefined → 158"


def test_variables_of_another_function_are_not_compared(panel, start, controller, qtbot):
    start()
    move(controller, 4, qtbot)
    move(controller, 5, qtbot)
    assert panel.variables.index(4, 1).data(OLD_ROLE) is None


def test_choosing_a_frame_shows_its_variables(panel, start, controller, qtbot):
    start()
    move(controller, 5, qtbot)
    with qtbot.waitSignal(controller.frame_changed):
        panel.stack_view.activated.emit(panel.stack.index(1))
    assert texts(panel.variables) == {"frame": "1"}


def test_the_end_of_a_failure_is_told(panel, start, controller, qtbot):
    start(fails=True)
    assert panel.thrown.text() == "Ends here: Error: memo is too long"
    assert panel.thrown.isVisible()
    move(controller, 3, qtbot)
    assert not panel.thrown.isVisible()


def test_watches_are_evaluated_at_every_stop(panel, start, controller, qtbot):
    panel.new_watch.setText("amount * 2")
    qtbot.keyClick(panel.new_watch, Qt.Key.Key_Return)
    assert texts(panel.watches) == {"amount * 2": "—"}
    start()
    qtbot.waitUntil(lambda: texts(panel.watches) == {"amount * 2": "0"})
    move(controller, 3, qtbot)
    qtbot.waitUntil(lambda: texts(panel.watches) == {"amount * 2": "6"})
    assert panel.watches.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "0 → 6"
    controller.stop()
    assert texts(panel.watches) == {"amount * 2": "—"}


def test_a_watch_that_cannot_be_evaluated_says_why(panel, start, qtbot):
    session = start()
    session.answers["nope"] = failed(RuntimeError("nope is not defined"))
    panel.watches.add("nope")
    qtbot.waitUntil(lambda: "not defined" in texts(panel.watches)["nope"])


def test_a_watch_can_be_changed_and_removed(panel, qtbot):
    panel.watches.add("a")
    panel.watches.add("a")
    panel.watches.add("  ")
    assert panel.watches.expressions == ("a",)
    assert panel.watches.setData(panel.watches.index(0, 0), "b")
    assert not panel.watches.setData(panel.watches.index(0, 0), "")
    assert panel.watches.expressions == ("b",)
    panel.watches_view.setCurrentIndex(panel.watches.index(0, 0))
    qtbot.keyClick(panel.watches_view, Qt.Key.Key_Delete)
    assert panel.watches.expressions == ()


def test_the_console_evaluates_and_remembers(panel, start, controller, qtbot):
    session = start()
    session.answers["bad"] = failed(RuntimeError("<b>bad</b>"))
    for expression in ("amount", "bad"):
        panel.console.input.setText(expression)
        qtbot.keyClick(panel.console.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "<b>bad</b>" in panel.console.output.toPlainText())
    assert "› amount" in panel.console.output.toPlainText()
    qtbot.keyClick(panel.console.input, Qt.Key.Key_Up)
    qtbot.keyClick(panel.console.input, Qt.Key.Key_Up)
    assert panel.console.input.text() == "amount"
    qtbot.keyClick(panel.console.input, Qt.Key.Key_Down)
    qtbot.keyClick(panel.console.input, Qt.Key.Key_Down)
    assert panel.console.input.text() == ""


def test_stale_code_is_told(panel, start, qtbot):
    start(deployed=f"// as deployed\n{TOKEN_SOURCE}")
    qtbot.waitUntil(panel.stale.isVisible)
    assert "differs from what is deployed" in panel.stale.text()


def test_objects_are_looked_into_when_they_are_opened(qtbot, qapp):
    asked = []
    model = VariableModel(lambda expression, take: asked.append((expression, take)), qapp)
    QAbstractItemModelTester(model, WARNING)
    deep = Variable("list", "array", "[…]")
    model.show((Variable("config", "object", "{…}", (deep,)),), "scope")
    config = model.index(0, 0)
    inner = model.index(0, 0, config)
    assert model.hasChildren(inner)
    model.fetchMore(inner)
    expression, take = asked[0]
    assert expression == 'config["list"]'
    take(Variable("list", "array", "[1]", (Variable("0", "number", "1"),)))
    leaf = model.index(0, 0, inner)
    assert (leaf.data(), model.expression(leaf)) == ("0", 'config["list"][0]')
    model.show((), "scope")
    take(Variable("list", "array", "[1]", (Variable("0", "number", "1"),)))
    assert model.rowCount(QModelIndex()) == 0


def test_ways_into_objects_are_written_safely():
    assert part_of("a", 'x"y') == 'a["x\\"y"]'
    assert part_of("a", "10") == "a[10]"


def test_the_watch_model_keeps_qts_rules(qapp):
    model = WatchModel(qapp)
    QAbstractItemModelTester(model, WARNING)
    model.add("a")
    model.begin_stop()
    model.take_value("a", Variable("a", "number", "1"))
    model.take_value("gone", Variable("gone", "number", "1"))
    model.begin_stop()
    model.take_value("a", Variable("a", "number", "2"))
    assert model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "1 → 2"
    model.forget_values()
    assert model.index(0, 1).data() == "—"
