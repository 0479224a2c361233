import json
from concurrent.futures import Future

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.errors import CompileError, RejectedTransaction
from engine.facade import CheckResult, DeployRequest, DeployResult
from engine.values import Abi, AbiMethod, AmountLimit, CompiledContract, Diagnostic, Profile, Severity, SourceLocation
from ide.panels.contracts.call_form import CallForm
from ide.panels.contracts.caller import Caller
from ide.panels.contracts.deploy import Deployer
from ide.panels.contracts.inputs import CheckInput, JsonInput, LineInput
from ide.panels.contracts.list import ContractModel
from ide.panels.contracts.panel import ContractsPanel
from ide.panels.contracts.parameters import parameter_names
from tests.ide.panels import examples
from tests.ide.panels.conftest import TOKEN_SOURCE


class Prepared:
    def __init__(self, request, pack=None):
        self.request, self.pack = request, pack


@pytest.fixture
def deployer(workbench):
    return Deployer(workbench, workbench)


@pytest.fixture
def caller(workbench):
    return Caller(workbench, workbench)


@pytest.fixture
def panel(workbench, deployer, caller, qtbot):
    made = ContractsPanel(workbench, deployer, caller)
    qtbot.addWidget(made)
    made.resize(380, 800)
    made.show()
    return made


@pytest.fixture
def form(panel) -> CallForm:
    return panel.form


def fill(form, method, *texts):
    assert form.choose_method(method)
    for field, text in zip(form.inputs, texts, strict=True):
        field.set_text(text)


def compiled(file, **changes):
    contract = CompiledContract(
        key="k1",
        profile=Profile.IOST,
        file=str(file),
        original=TOKEN_SOURCE,
        metered="",
        stepping="",
        abi=examples.TOKEN_ABI,
    )
    return msgspec.structs.replace(contract, **changes)


# --- the form ------------------------------------------------------------------------------------


def test_parameter_names_come_from_the_source():
    assert parameter_names(TOKEN_SOURCE, "transfer", 4) == ("from", "to", "amount", "memo")
    assert parameter_names(TOKEN_SOURCE, "supply", 0) == ()
    assert parameter_names(TOKEN_SOURCE, "transfer", 3) == ("Argument 1", "Argument 2", "Argument 3")
    assert parameter_names("", "transfer", 1) == ("Argument 1",)
    assert parameter_names("class A { f({a, b}, [c]) {} }", "f", 2) == ("Argument 1", "Argument 2")
    assert parameter_names("f(x) f(a,b) {}", "f", 2) == ("a", "b")


def test_each_type_has_its_input(form):
    kinds = {}
    for method in ("transfer", "freeze", "configure"):
        form.choose_method(method)
        kinds[method] = [type(field) for field in form.inputs]
    assert kinds == {
        "transfer": [LineInput] * 4,
        "freeze": [LineInput, CheckInput],
        "configure": [JsonInput],
    }


def test_the_form_makes_the_transaction(form):
    fill(form, "transfer", "alice", "dave", "9007199254740993", 'a "memo"')
    form.publisher.setCurrentText("alice")
    form.gas_limit.setText("2_000_000")
    form.signers.setText("bob@active, carol@owner")
    form.amounts.setText("iost:100.5, *:unlimited")
    request = form.request()
    assert request.publisher == "alice"
    assert request.gas_limit == "2000000"
    assert request.signers == ("bob@active", "carol@owner")
    assert request.amount_limit == (AmountLimit("iost", "100.5"), AmountLimit("*", "unlimited"))
    action = request.actions[0]
    assert (action.contract, action.action_name) == (examples.TOKEN, "transfer")
    assert json.loads(action.data) == ["alice", "dave", 9007199254740993, 'a "memo"']


def test_a_wrong_argument_is_told_at_its_input_and_nothing_is_sent(form, qtbot):
    fill(form, "transfer", "alice", "dave", "many", "")
    assert form.request() is None
    amount = form.inputs[2]
    assert "not a whole number" in amount.problem_label.text()
    qtbot.waitUntil(amount.problem_label.isVisible)
    amount.set_text("5")
    assert amount.problem_label.text() == ""
    assert form.request() is not None


@pytest.mark.parametrize("field, text", [("gas_limit", "lots"), ("amounts", "iost"), ("gas_ratio", "")])
def test_a_wrong_limit_is_told(form, field, text):
    fill(form, "supply")
    getattr(form, field).setText(text)
    assert form.request() is None
    assert form.problem.text()


def test_arguments_are_remembered_by_method_and_across_sessions(form, workbench):
    fill(form, "issue", "alice", "7")
    fill(form, "freeze", "bob", "true")
    form.choose_method("issue")
    assert [field.text() for field in form.inputs] == ["alice", "7"]
    again = CallForm(*(workbench.window.commands.action(f"run.{name}") for name in ("call", "query", "debug")))
    again.restore(form.remembered())
    again.show_contract(form.contract, TOKEN_SOURCE)
    again.choose_method("freeze")
    assert [field.text() for field in again.inputs] == ["bob", "true"]
    again.deleteLater()


def test_choosing_another_version_keeps_method_and_arguments(form):
    fill(form, "issue", "alice", "7")
    form.show_contract(msgspec.structs.replace(form.contract, id="ContractOther"), TOKEN_SOURCE)
    assert form.method.name == "issue"
    assert [field.text() for field in form.inputs] == ["alice", "7"]


def test_more_is_folded_away(form, qtbot):
    assert not form.amounts.isVisible()
    qtbot.mouseClick(form.more_button, Qt.MouseButton.LeftButton)
    assert form.amounts.isVisible()


def test_every_input_has_a_name_for_screen_readers(form):
    form.choose_method("transfer")
    assert [field.field.accessibleName() for field in form.inputs] == [
        "from (string)",
        "to (string)",
        "amount (number)",
        "memo (string)",
    ]


# --- calling -------------------------------------------------------------------------------------


def test_a_call_shows_what_came_of_it(panel, form, engine, qtbot):
    engine.answers["transact"] = examples.transfer()
    fill(form, "transfer", "alice", "dave", "58", "for lunch")
    panel.call()
    qtbot.waitUntil(lambda: "Success" in panel.result.toPlainText())
    text = panel.result.toPlainText()
    for part in ("58", "moving 58 from alice to dave", '{"moved":58}', "token/transfer", "+24 B", "block 12"):
        assert part in text


def test_a_query_keeps_nothing_and_says_so(panel, form, engine, workbench, qtbot):
    engine.answers["query"] = examples.transfer()
    fill(form, "supply")
    panel.query()
    qtbot.waitUntil(lambda: "nothing kept" in panel.result.toPlainText())
    assert not workbench.selected_is_kept


def test_a_failure_is_explained_and_leads_to_its_line(panel, form, engine, window, token_file, qtbot):
    engine.answers["transact"] = examples.transfer(fails=True)
    fill(form, "supply")
    panel.call()
    qtbot.waitUntil(lambda: "RUNTIME_ERROR" in panel.result.toPlainText())
    assert "memo is too long" in panel.result.toPlainText()
    assert "token.js, line 33" in panel.result.toPlainText()
    panel.result.anchorClicked.emit(f"source:?contract={examples.TOKEN}&file=&line=33&column=13")
    assert window.opened == [(token_file, 33, 13)]


def test_a_refused_transaction_is_told_to_all(panel, form, engine, workbench, qtbot):
    engine.answers["transact"] = RejectedTransaction("the gas limit is too low", advice="Raise it.")
    fill(form, "supply")
    with qtbot.waitSignal(workbench.rejected):
        panel.call()
    assert "Raise it." in panel.result.toPlainText()


def test_only_one_call_runs_and_stop_reaches_the_engine(panel, form, engine, caller, qtbot):
    pending = Future()
    engine.answers["transact"] = pending
    fill(form, "supply")
    panel.call()
    panel.call()
    assert caller.is_running
    assert [method for method, _ in engine.asked].count("transact") == 1
    qtbot.waitUntil(lambda: "Running" in panel.result.toPlainText())
    caller.stop()
    assert ("cancel", None) in engine.asked
    pending.set_result(examples.transfer(fails=True))
    qtbot.waitUntil(lambda: not caller.is_running)


def test_debugging_a_call_sends_it_and_asks_for_the_debugger(panel, form, engine, workbench, qtbot):
    engine.answers["transact"] = result = examples.transfer()
    fill(form, "supply")
    with qtbot.waitSignal(workbench.debug_requested) as asked:
        panel.debug()
    assert asked.args == [result]


def test_what_a_contract_prints_cannot_become_markup(panel, form, engine, qtbot):
    evil = msgspec.structs.replace(
        examples.transfer(),
        console=(msgspec.structs.replace(examples.transfer().console[0], text='<a href="source:?line=1">x</a>'),),
    )
    engine.answers["transact"] = evil
    fill(form, "supply")
    panel.call()
    qtbot.waitUntil(lambda: "Success" in panel.result.toPlainText())
    assert '<a href="source:?line=1">x</a>' in panel.result.toPlainText()


# --- the list ------------------------------------------------------------------------------------


def test_a_changed_source_is_marked(panel, deployer, engine, window, token_file, qtbot):
    deploy(deployer, engine, token_file, qtbot)
    assert not panel.model.rows[0].is_changed
    window.texts[token_file] += "// more\n"
    panel.refresh_changed()
    assert panel.model.rows[0].is_changed
    assert "changed" in panel.model.index(0).data()


def test_the_empty_state_offers_to_deploy(panel, bridge):
    bridge.close()
    assert panel.form.contract is None
    assert panel.switcher.empty.isVisibleTo(panel)


def test_the_list_model_keeps_qts_rules(qtbot, workbench):
    model = ContractModel(workbench)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    first, second = examples.deployed_token("first"), msgspec.structs.replace(examples.deployed_token(), id="Other")
    for shown in ([first], [first, second], [second], []):
        model.show(shown, lambda _contract: True)
        assert [row.contract for row in model.rows] == list(reversed(shown))


# --- deploying -----------------------------------------------------------------------------------


def deploy(deployer, engine, file, qtbot, **changes):
    """Go the whole way with what the dialog proposes; returns the request that was sent."""
    engine.answers["prepare"] = Prepared(DeployRequest("token", TOKEN_SOURCE, "", file=str(file), **changes))
    engine.answers["compile"] = compiled(file)
    engine.answers["check"] = CheckResult((), examples.TOKEN_ABI)
    contract = examples.deployed_token(file=str(file))
    engine.answers["deploy"] = DeployResult(examples.transfer(), contract)
    deployer.start(file)
    qtbot.waitUntil(lambda: deployer.dialog is not None)
    with qtbot.waitSignal(deployer.deployed):
        qtbot.mouseClick(deployer.dialog.deploy_button, Qt.MouseButton.LeftButton)
    return next(question for method, question in reversed(engine.asked) if method == "deploy")


def test_deploying_saves_compiles_asks_and_deploys(deployer, engine, window, token_file, qtbot):
    request = deploy(deployer, engine, token_file, qtbot)
    assert window.saved == [token_file]
    assert (request.name, request.publisher, request.file) == ("token", "admin", str(token_file))
    assert "Deployed token as" in window.messages[-1]
    assert not deployer.is_busy


def test_the_dialog_shows_the_interface(deployer, engine, token_file, qtbot):
    engine.answers["prepare"] = Prepared(DeployRequest("token", TOKEN_SOURCE, "", file=str(token_file)))
    engine.answers["compile"] = compiled(token_file)
    deployer.start(token_file)
    qtbot.waitUntil(lambda: deployer.dialog is not None)
    methods = deployer.dialog.methods
    assert "transfer(from: string, to: string, amount: number, memo: string)" in [
        methods.item(row).text() for row in range(methods.count())
    ]
    deployer.dialog.gas_limit.setText("x")
    qtbot.mouseClick(deployer.dialog.deploy_button, Qt.MouseButton.LeftButton)
    assert "gas limit" in deployer.dialog.problem.text()
    deployer.dialog.reject()
    assert not deployer.is_busy
    assert "deploy" not in [method for method, _ in engine.asked]


def test_the_projects_interface_can_be_left_for_the_derived_one(deployer, engine, token_file, qtbot):
    file_abi = Abi(abi=(AbiMethod("supply"),))
    engine.answers["prepare"] = Prepared(DeployRequest("token", TOKEN_SOURCE, "", file=str(token_file), abi=file_abi))
    engine.answers["compile"] = compiled(token_file, abi=file_abi)
    engine.answers["check"] = CheckResult((), examples.TOKEN_ABI)
    engine.answers["deploy"] = DeployResult(examples.transfer(), examples.deployed_token())
    deployer.start(token_file)
    qtbot.waitUntil(lambda: deployer.dialog is not None and not deployer.dialog.uses_file.isHidden())
    assert deployer.dialog.methods.count() == 1
    deployer.dialog.uses_file.setChecked(False)
    assert deployer.dialog.methods.count() == len(examples.TOKEN_ABI.abi)
    with qtbot.waitSignal(deployer.deployed):
        qtbot.mouseClick(deployer.dialog.deploy_button, Qt.MouseButton.LeftButton)
    assert next(question for method, question in engine.asked if method == "deploy").abi is None


def test_a_compile_error_goes_to_its_line_without_a_dialog(deployer, engine, window, token_file, qtbot):
    error = Diagnostic(Severity.ERROR, "syntax", "Unexpected token", "", 7, 3)
    engine.answers["prepare"] = Prepared(DeployRequest("token", "class {", "", file=str(token_file)))
    engine.answers["compile"] = CompileError("does not compile", [error], where=str(token_file))
    deployer.start(token_file)
    qtbot.waitUntil(lambda: bool(window.opened))
    assert window.opened == [(token_file, 7, 3)]
    assert window.diagnostics == {token_file: [error]}
    assert window.errors == ["token.js does not compile\ntoken.js, line 7: Unexpected token"]
    assert deployer.dialog is None
    assert not deployer.is_busy


def test_a_packing_error_goes_to_the_file_it_is_in(deployer, engine, window, token_file, qtbot):
    other = token_file.with_name("lib.js")
    other.write_text("", encoding="utf-8")
    error = Diagnostic(Severity.ERROR, "pack", "no such module", "lib.js", 2, 0)
    engine.answers["prepare"] = CompileError("cannot be packed", [error])
    deployer.start(token_file)
    qtbot.waitUntil(lambda: bool(window.opened))
    assert window.opened == [(other, 2, 0)]


def test_a_file_that_cannot_be_saved_is_not_deployed(deployer, engine, window, token_file):
    window.can_save = False
    deployer.start(token_file)
    assert not deployer.is_busy
    assert engine.asked == []


def test_a_failed_init_shows_its_transaction(panel, deployer, engine, window, token_file, qtbot):
    engine.answers["prepare"] = Prepared(DeployRequest("token", TOKEN_SOURCE, "", file=str(token_file)))
    engine.answers["compile"] = compiled(token_file)
    engine.answers["deploy"] = DeployResult(examples.transfer(fails=True), None)
    deployer.start(token_file)
    qtbot.waitUntil(lambda: deployer.dialog is not None)
    qtbot.mouseClick(deployer.dialog.deploy_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "RUNTIME_ERROR" in panel.result.toPlainText())
    assert "token was not deployed: " in window.messages[-1]


def test_the_source_of_a_contract_whose_init_failed_is_found(deployer, engine, workbench, token_file, window, qtbot):
    failed = examples.transfer(fails=True)
    engine.answers["prepare"] = Prepared(DeployRequest("token", TOKEN_SOURCE, "", file=str(token_file)))
    engine.answers["compile"] = compiled(token_file)
    engine.answers["deploy"] = DeployResult(failed, None)
    deployer.start(token_file)
    qtbot.waitUntil(lambda: deployer.dialog is not None)
    with qtbot.waitSignal(deployer.deployed):
        qtbot.mouseClick(deployer.dialog.deploy_button, Qt.MouseButton.LeftButton)
    assert workbench.contract_name(f"Contract{failed.hash}") == "token"
    assert workbench.show_source(SourceLocation(f"Contract{failed.hash}", "contract.js", 2))
    assert window.opened == [(token_file, 2, 0)]


def test_what_deploying_did_is_shown_in_place_of_an_older_result(panel, deployer, engine, window, token_file, qtbot):
    panel.result.show_problem("Not executed", "an older call")
    deploy(deployer, engine, token_file, qtbot)
    assert "Success" in panel.result.toPlainText()
    assert "an older call" not in panel.result.toPlainText()
    assert window.shown_docks[-1] == "contracts"


def test_what_the_chain_will_refuse_is_told_before_it_is_sent(deployer, engine, token_file, qtbot):
    found = (Diagnostic(Severity.WARNING, "w", "unused", "", 1), Diagnostic(Severity.ERROR, "e", "no `init`", "", 3))
    engine.answers["prepare"] = Prepared(DeployRequest("token", TOKEN_SOURCE, "", file=str(token_file)))
    engine.answers["compile"] = compiled(token_file, diagnostics=found)
    deployer.start(token_file)
    qtbot.waitUntil(lambda: deployer.dialog is not None)
    assert deployer.dialog.notice.text() == "The chain will refuse this contract: no `init` (line 3)."
    deployer.dialog.reject()


def test_deploying_again_asks_nothing(deployer, engine, token_file, qtbot):
    assert not deployer.can_redeploy(token_file)
    deploy(deployer, engine, token_file, qtbot)
    assert deployer.can_redeploy(token_file)
    with qtbot.waitSignal(deployer.deployed):
        deployer.start(token_file, ask=False)
    assert deployer.dialog is None


def test_a_packed_project_is_compiled_from_its_pack(deployer, engine, token_file, qtbot):
    pack = object()
    engine.answers["prepare"] = Prepared(DeployRequest("token", "packed", "", file=str(token_file)), pack)
    engine.answers["compile_pack"] = compiled(token_file)
    deployer.start(token_file)
    qtbot.waitUntil(lambda: deployer.dialog is not None)
    assert ("compile_pack", pack) in engine.asked
    deployer.dialog.reject()
