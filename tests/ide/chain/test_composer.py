import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.entrance.scenario import ScenarioRunner
from engine.values import Action, AmountLimit, TransactionRequest
from ide.chain.composer.form import NO_DELAY
from ide.chain.composer.panel import FORM, JSON


@pytest.fixture
def composer(user):
    """The composer with one empty transaction of alice's."""
    panel = user.chain.composer
    user.run("composer.compose")
    panel.load(TransactionRequest("alice", (Action(user.shop.id, "buy", '["lamp",1,false]'),)))
    return panel


def buy(user, item="lamp", count=1):
    return Action(user.shop.id, "buy", json.dumps([item, count, False], separators=(",", ":")))


def test_typing_and_sending(user, composer):
    item, count, urgent = composer.form.actions_shown[0].inputs
    item.set_text("")
    user.type(item.field, "desk")
    count.set_text("")
    user.type(count.field, "3")
    urgent.field.click()
    user.run("composer.send")
    user.see(lambda: composer.result.toPlainText().startswith("Success"))
    shown = user.chain.chain.model
    user.see(lambda: shown.rows[0].results[0].request.actions[0].data == '["desk",3,true]')


def test_several_actions_share_one_fate(user, composer):
    user.press(composer.form.actions_shown[0].remove_button)
    assert len(composer.form.actions_shown) == 1
    composer.form.actions_shown[0].load(buy(user, "first"))
    user.run("composer.add_action")
    composer.form.actions_shown[1].load(buy(user, "second", 99))
    user.press(composer.form.actions_shown[1].up_button)
    assert [editor.inputs[0].text() for editor in composer.form.actions_shown] == ["second", "first"]
    before = user.answer(user.engine.storage(user.shop.id, "sold"))
    user.run("composer.send")
    user.see(lambda: "too many" in composer.result.toPlainText())
    assert user.answer(user.engine.storage(user.shop.id, "sold")) == before


def test_tab_goes_from_the_method_to_its_arguments_in_order(user, composer):
    editor = composer.form.actions_shown[0]
    editor.contracts.setCurrentText("token.iost")
    editor.methods.setCurrentText("transfer")
    user.see(editor.inputs[0].isVisible)
    editor.methods.setFocus()
    for field in editor.inputs:
        QTest.keyClick(user.window.focusWidget(), Qt.Key.Key_Tab)
        focused = user.window.focusWidget()
        assert focused is field or field.isAncestorOf(focused)
    QTest.keyClick(focused, Qt.Key.Key_Tab)
    QTest.keyClick(user.window.focusWidget(), Qt.Key.Key_Tab)
    assert user.window.focusWidget() is composer.form.publisher


def test_an_estimate_keeps_nothing(user, composer):
    head = user.answer(user.engine.head()).number
    user.run("composer.estimate")
    user.see(composer.estimate.isVisible)
    assert composer.estimate.text().startswith("Would succeed.\nGas: ")
    assert user.answer(user.engine.head()).number == head
    composer.form.actions_shown[0].load(buy(user, "lamp", 50))
    assert not composer.estimate.isVisible()
    user.run("composer.estimate")
    user.see(composer.estimate.isVisible)
    assert "Would fail: " in composer.estimate.text()


def test_an_estimate_tells_the_ram(user, composer):
    composer.form.actions_shown[0].load(Action(user.shop.id, "rate", '[{"stars":[1,2,3]}]'))
    user.run("composer.estimate")
    user.see(composer.estimate.isVisible)
    assert "RAM: " in composer.estimate.text()
    assert "+" in composer.estimate.text().partition("RAM: ")[2]


def test_form_and_text_are_the_same_transaction(user, composer):
    request = TransactionRequest(
        "bobby",
        (buy(user, "a"), Action("token.iost", "transfer", '["iost","bobby","carol","1.5","memo"]')),
        signers=("carol@active",),
        gas_limit="900000",
        gas_ratio="1.5",
        amount_limit=(AmountLimit("iost", "20"), AmountLimit("*", "unlimited")),
        expiration=2_000_000_000_000_000_000,
    )
    composer.load(request)
    assert composer.request() == request
    composer.tabs.setCurrentIndex(JSON)
    assert composer.request() == request
    text = composer.json.toPlainText().replace('"gas_ratio": "1.5"', '"gas_ratio": "2"')
    composer.json.setPlainText(text)
    composer.tabs.setCurrentIndex(FORM)
    assert composer.form.gas_ratio.text() == "2"
    assert composer.views.currentIndex() == FORM


def test_a_broken_text_stays_in_front_and_says_where(user, composer):
    composer.tabs.setCurrentIndex(JSON)
    composer.json.setPlainText('{"publisher": "alice",\n "actions": [["a"]]}')
    composer.tabs.setCurrentIndex(FORM)
    assert composer.views.currentIndex() == composer.tabs.currentIndex() == JSON
    assert "actions[0]" in composer.problem.text()
    composer.load(TransactionRequest("alice", (buy(user),)))
    assert composer.views.currentIndex() == FORM


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("signers", "carol", "account@permission"),
        ("gas_limit", "much", "positive number"),
        ("gas_ratio", "x", "from 1 to 100"),
        ("amounts", "iost", "token:amount"),
        ("expiration", "tomorrow", "+30s"),
        ("delay", "soon", "seconds"),
    ],
)
def test_a_wrong_setting_says_what_to_type(user, composer, field, text, words):
    widget = getattr(composer.form, field)
    widget.line.setText(text)
    assert composer.request() is None
    assert words in widget.problem.text()
    assert widget.isVisible()


def test_a_delay_is_explained_and_refused(user, composer):
    composer.form.more_button.setChecked(True)
    composer.form.delay.line.setText("5")
    assert composer.form.delay.problem.text() == NO_DELAY
    user.run("composer.send")
    user.see(composer.estimate.isVisible)
    assert composer.estimate.text().startswith("Refused: ")


def test_a_relative_expiration_counts_from_the_chains_time(user, composer):
    composer.form.expiration.line.setText("+30s")
    before = user.engine.now
    expiration = composer.request().expiration
    assert before + 30 * 10**9 <= expiration <= user.engine.now + 30 * 10**9


def test_a_wrong_argument_says_so_under_its_input(user, composer):
    _, count, _ = composer.form.actions_shown[0].inputs
    count.set_text("many")
    assert composer.request() is None
    assert "whole number" in count.problem_label.text()


def test_arguments_as_json_and_back(user, composer):
    editor = composer.form.actions_shown[0]
    user.press(editor.raw_button)
    assert json.loads(editor.inputs[0].text()) == ["lamp", 1, False]
    editor.inputs[0].set_text('["rug", 2, true]')
    user.press(editor.raw_button)
    assert [field.text() for field in editor.inputs] == ["rug", "2", "true"]
    user.press(editor.raw_button)
    editor.inputs[0].set_text('["rug", 2]')
    user.press(editor.raw_button)
    assert editor.is_raw
    assert "do not fit" in editor.problem.text()
    assert composer.request().actions[0].data == '["rug",2]'


def test_built_in_contracts_are_offered_with_named_parameters(user, composer):
    editor = composer.form.actions_shown[0]
    editor.contracts.setCurrentText("token.iost")
    editor.methods.setCurrentText("transfer")
    assert [field.field.accessibleName() for field in editor.inputs] == [
        "symbol (string)",
        "from (string)",
        "to (string)",
        "amount (string)",
        "memo (string)",
    ]
    editor.contracts.setCurrentText("system.iost")
    assert editor.methods.findText("setCode") >= 0


def test_unknown_contracts_can_be_called_with_json(user, composer):
    composer.load(TransactionRequest("alice", (Action("nobody.iost", "go", "[1]"),)))
    assert composer.form.actions_shown[0].is_raw
    assert composer.request().actions[0] == Action("nobody.iost", "go", "[1]")
    user.run("composer.send")
    user.see(lambda: "nobody.iost" in composer.result.toPlainText() and "What to do" in composer.result.toPlainText())


def test_a_refused_transaction_says_why(user, composer):
    composer.form.gas_limit.line.setText("10")
    user.run("composer.send")
    user.see(composer.estimate.isVisible)
    assert "between 6 000 and 4 000 000" in composer.estimate.text()


def test_saved_scenarios_pass(user, composer, answers, tmp_path):
    file = tmp_path / "buying.scenario.json"
    answers["ask_save_file"] = file
    user.run("composer.estimate")
    user.see(composer.estimate.isVisible)
    user.run("composer.save")
    user.see(file.exists)
    composer.form.actions_shown[0].load(buy(user, "lamp", 20))
    user.run("composer.send")
    user.see(lambda: "too many" in composer.result.toPlainText())
    answers["ask_open_file"] = file
    user.run("composer.append")
    user.see(lambda: len(json.loads(file.read_text())["steps"]) == 2)
    written = json.loads(file.read_text())
    assert [contract["name"] for contract in written["contracts"]] == ["shop"]
    assert written["steps"][0]["expect"]["status"] == "SUCCESS"
    assert written["steps"][1]["expect"] == {
        "status": "RUNTIME_ERROR",
        "message_contains": "Uncaught exception: Error: too many",
    }
    assert written["steps"][1]["tx"]["actions"][0][0] == "$shop"
    runner = ScenarioRunner()
    outcome = runner.run(file)
    runner.close()
    assert not "\n".join(text for step in outcome.steps for text in step.differences)
    assert outcome.ok


def test_a_scenario_of_another_mode_takes_no_steps(user, composer, answers, tmp_path):
    file = tmp_path / "call.scenario.json"
    text = '{"name": "x", "source": "class A { init() {} } module.exports = A;"}'
    file.write_text(text)
    answers["ask_open_file"] = file
    user.run("composer.append")
    user.see(lambda: any("mode chain" in notice.text for notice in user.window.notifications.visible()))
    assert file.read_text() == text
