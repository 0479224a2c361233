import json

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from ide.chain.accounts.permissions import PERMISSION_FORMS
from ide.chain.accounts.requests import FORMS, SIGN_UP, TRANSFER, Kind, check
from ide.panels.arguments import ArgumentProblem


@pytest.fixture
def dock(user):
    """The accounts dock with bobby chosen."""
    user.window.show_dock("accounts")
    panel = user.chain.accounts
    panel.choose("bobby")
    yield panel
    for dialog in (panel.form, panel.key_dialog):
        if dialog is not None:
            dialog.reject()


def fill(dialog, **texts):
    for field, text in texts.items():
        dialog.set_text(field, text)


def submit(user, dock):
    dialog = dock.form
    user.press(dialog.submit_button)
    user.see(lambda: dock.form is None or dialog.submit_button.isEnabled())
    return "" if dock.form is None else dialog.problem.text()


def test_everything_an_account_has_is_shown(user, dock):
    user.see(lambda: "bobby" in dock.details.toPlainText())
    text = dock.details.toPlainText()
    for words in ("Tokens", "iost", "Gas", "grows by", "RAM", "Permissions", "active", "owner", "weight 100"):
        assert words in text
    assert dock.details.account.key in text


def test_transfer(user, dock):
    before = float(user.answer(user.engine.balance("carol", "iost")))
    user.run("accounts.transfer")
    assert dock.form.values()["from"] == "bobby"
    fill(dock.form, to="carol", amount="12.5", memo="for lunch")
    assert submit(user, dock) == ""
    assert float(user.answer(user.engine.balance("carol", "iost"))) == before + 12.5


def test_a_failed_transfer_stays_open_and_says_why(user, dock):
    user.run("accounts.transfer")
    fill(dock.form, to="carol", amount="20000000000")
    problem = submit(user, dock)
    assert "balance not enough" in problem
    assert "Move less" in problem
    fill(dock.form, amount="1")
    assert submit(user, dock) == ""


def test_a_wrong_field_says_so_before_anything_is_sent(user, dock):
    head = user.answer(user.engine.head()).number
    user.run("accounts.transfer")
    fill(dock.form, amount="a lot")
    user.press(dock.form.submit_button)
    assert "number above zero" in dock.form.problem.text()
    fill(dock.form, amount="")
    user.press(dock.form.submit_button)
    assert dock.form.problem.text() == "Amount is missing."
    assert user.answer(user.engine.head()).number == head


def test_pledge_and_take_back(user, dock):
    user.see(lambda: dock.details.account is not None and dock.details.account.name == "bobby")
    before = float(dock.details.account.gas.pledged)
    user.run("accounts.pledge")
    fill(dock.form, to="bobby", amount="50")
    assert submit(user, dock) == ""
    user.see(lambda: float(dock.details.account.gas.pledged) == before + 50)
    user.run("accounts.unpledge")
    fill(dock.form, to="bobby", amount="20")
    assert submit(user, dock) == ""
    user.see(lambda: float(dock.details.account.gas.pledged) == before + 30)
    assert "20 frozen until" in dock.details.toPlainText()


def test_buy_and_sell_ram(user, dock):
    before = user.answer(user.engine.account("bobby")).ram_available
    user.run("accounts.buy_ram")
    fill(dock.form, to="bobby", bytes="5000")
    assert submit(user, dock) == ""
    assert user.answer(user.engine.account("bobby")).ram_available == before + 5000
    user.run("accounts.sell_ram")
    fill(dock.form, to="bobby", bytes="2000")
    assert submit(user, dock) == ""
    assert user.answer(user.engine.account("bobby")).ram_available == before + 3000


def open_permissions(user, dock):
    user.run("accounts.permissions")
    user.see(lambda: dock.form is not None)


def test_permissions_and_groups(user, dock):
    def change(form, **texts):
        open_permissions(user, dock)
        dock.form.choose(form)
        fill(dock.form, **texts)
        return submit(user, dock)

    def permission(name):
        return next(one for one in user.answer(user.engine.explorer().account("bobby")).permissions if one.name == name)

    assert change("addPermission", permission="transfer", threshold="50") == ""
    assert change("assignPermission", permission="transfer", item="carol@active", weight="30") == ""
    assert change("addGroup", group="team") == ""
    assert change("assignGroup", group="team", item="david@active", weight="20") == ""
    assert change("assignPermissionToGroup", permission="transfer", group="team") == ""
    made = permission("transfer")
    assert (made.threshold, made.groups) == (50, ("team",))
    assert [(item.id, item.weight) for item in made.items] == [("carol@active", 30)]
    user.see(lambda: "david@active weight 20" in dock.details.toPlainText().replace("\xa0", " "))
    open_permissions(user, dock)
    dock.form.choose("revokeGroup")
    item = dock.form.widget("item")
    assert {"carol@active", "david@active"} <= {item.itemText(index) for index in range(item.count())}
    dock.form.reject()
    assert change("revokePermissionInGroup", permission="transfer", group="team") == ""
    assert change("revokeGroup", group="team", item="david@active") == ""
    assert change("dropGroup", group="team") == ""
    assert change("revokePermission", permission="transfer", item="carol@active") == ""
    assert (permission("transfer").items, permission("transfer").groups) == ((), ())
    assert change("dropPermission", permission="transfer") == ""
    assert "drop active or owner is forbidden" in change("dropPermission", permission="active")


@pytest.mark.parametrize(
    ("form", "texts", "problem"),
    [
        ("addPermission", {"permission": "to pay"}, "A name has 1 to 32"),
        ("addPermission", {"permission": "pay", "threshold": "0"}, "whole number above zero"),
        ("assignPermission", {"item": "@active"}, "public key, or an account"),
        ("addGroup", {"group": ""}, "Group is missing."),
    ],
)
def test_permissions_are_checked_before_anything_is_sent(user, dock, form, texts, problem):
    open_permissions(user, dock)
    dock.form.choose(form)
    fill(dock.form, **texts)
    user.press(dock.form.submit_button)
    assert problem in dock.form.problem.text()


def test_every_form_of_permissions_is_a_method_of_the_contract(user):
    contracts = user.answer(user.engine.explorer().built_in_contracts())
    methods = {m.name: len(m.args) for c in contracts if c.id == "auth.iost" for m in c.abi.abi}
    assert all(methods[form.id] == len(form.fields) for form in PERMISSION_FORMS)
    offered = {form.id for form in PERMISSION_FORMS} | {"signUp", "initAdmin", "can_update"}
    assert offered >= methods.keys() - {"init"}


def test_a_created_account_can_act_at_once(user, dock):
    user.run("accounts.sign_up")
    fill(dock.form, name="newcomer", bytes="3000", amount="25")
    assert submit(user, dock) == ""
    user.see(lambda: any(account.name == "newcomer" for account in user.panels.workbench.accounts))
    made = user.answer(user.engine.account("newcomer"))
    assert (made.balances["iost"], made.ram_available) == ("25", 3000)
    assert user.buy(publisher="newcomer").succeeded
    user.run("accounts.sign_up")
    fill(dock.form, name="newcomer")
    assert "id existed" in submit(user, dock)


def test_accounts_that_are_gone_with_their_block_are_left_out(user, dock):
    user.answer(user.engine.checkpoint("before the guest"))
    user.run("accounts.sign_up")
    fill(dock.form, name="guest")
    assert submit(user, dock) == ""
    user.see(lambda: any(account.name == "guest" for account in user.panels.workbench.accounts))
    user.answer(user.engine.restore("before the guest"))
    user.see(lambda: all(account.name != "guest" for account in user.panels.workbench.accounts))
    assert any(account.name == "alice" for account in user.panels.workbench.accounts)


def test_import_a_key(user, dock):
    user.run("accounts.import_key")
    dialog = dock.key_dialog
    assert any("on a real network" in label.text() for label in dialog.findChildren(QLabel))
    user.type(dialog.secret, "not base58 0OIl")
    user.press(dialog.import_button)
    user.see(lambda: "base58" in dialog.problem.text())
    key = user.engine.new_key()
    dialog.secret.setText(key.secret_text)
    dialog.account.setCurrentText("nobody")
    user.press(dialog.import_button)
    user.see(lambda: "nobody" in dialog.problem.text())
    dialog.account.setCurrentText("david")
    user.press(dialog.import_button)
    user.see(lambda: dock.key_dialog is None)
    assert user.engine.keys()["david"].id == key.id


def test_export_keys(user, dock, answers, tmp_path):
    user.run("accounts.export_keys")
    dialog = dock.key_dialog
    user.press(dialog.copy_secret)
    assert QGuiApplication.clipboard().text() == user.engine.keys()["bobby"].secret_text
    user.press(dialog.copy_public)
    assert QGuiApplication.clipboard().text() == user.engine.keys()["bobby"].id
    file = tmp_path / "accounts.json"
    answers["ask_save_file"] = file
    user.press(dialog.save_button)
    written = {entry["name"]: entry for entry in json.loads(file.read_text())}
    assert set(written["alice"]) == {"name", "algorithm", "public_key", "secret_key"}
    assert written["admin"]["secret_key"] == user.engine.keys()["admin"].secret_text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.AMOUNT, "-1"),
        (Kind.AMOUNT, "0"),
        (Kind.BYTES, "9"),
        (Kind.BYTES, "1.5"),
        (Kind.NEW_NAME, "Bob"),
        (Kind.TEXT, "ä" * 300),
    ],
)
def test_what_a_field_does_not_take(kind, text):
    field = next(field for form in (TRANSFER, SIGN_UP) for field in form.fields if field.kind is kind)
    with pytest.raises(ArgumentProblem):
        check(field, text)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_every_form_is_a_command_that_says_what_it_does(user, form):
    assert form.about in user.window.commands.tool_tip(f"accounts.{form.id}")
