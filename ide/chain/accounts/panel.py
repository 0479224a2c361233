"""The accounts dock: the list, everything about the chosen account, and forms that change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from engine.details import AccountDetails
from engine.entrance.account_keys import account_keys
from engine.errors import StorageError
from engine.facade import BlockProduced, EngineEvent, HeadMoved
from engine.values import TransactionResult
from ide import dialogs
from ide.bridge import Request
from ide.chain.accounts.details import account_page
from ide.chain.accounts.form_dialog import FormDialog
from ide.chain.accounts.keys import ExportKeysDialog, ImportKeyDialog
from ide.chain.accounts.permissions import PERMISSION_FORMS
from ide.chain.accounts.requests import SIGN_UP, AccountForm, Kind
from ide.files import write_atomically
from ide.panels.accounts import AccountsPanel, Column
from ide.panels.widgets import ActionToolButton, EmptyState, Switcher, make_plain
from ide.panels.workbench import Workbench
from ide.theme import themes

COMMANDS = (
    "accounts.transfer",
    "accounts.pledge",
    "accounts.buy_ram",
    "accounts.sign_up",
    "accounts.permissions",
    "accounts.import_key",
    "accounts.export_keys",
)


class AccountView(QTextBrowser):
    """Shows one account; looks it up again when blocks come."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._name = ""
        self._account: AccountDetails | None = None
        self._request: Request[AccountDetails] | None = None
        self._is_stale = False
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Account")
        make_plain(self)
        self.document().setDocumentMargin(10)
        themes().changed.connect(self._repaint)

    @property
    def account(self) -> AccountDetails | None:
        """The account that is shown."""
        return self._account

    def show_account(self, name: str) -> None:
        """Look an account up and show it; nothing if the name is empty."""
        if name != self._name:
            self._name, self._account = name, None
            self.clear()
        self.refresh()

    def refresh(self) -> None:
        """Look again, when somebody sees it."""
        engine = self._workbench.engine
        self._is_stale = not self.isVisible()
        if engine is None or not self._name or self._is_stale:
            return
        if self._request is not None and self._request.is_pending:
            self._is_stale = True
            return
        self._request = self._workbench.bridge.request(
            engine.explorer().account(self._name), self, self._take, self._gone
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Look up what was not looked up while nobody saw it."""
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def _take(self, account: AccountDetails) -> None:
        self._request = None
        if account.name == self._name and account != self._account:
            self._account = account
            self._repaint()
        if self._is_stale or account.name != self._name:
            self.refresh()

    def _gone(self, error: Exception) -> None:
        self._request, self._account = None, None
        self.setPlainText(str(error))

    def _repaint(self) -> None:
        if self._account is not None:
            place = self.verticalScrollBar().value()
            self.setHtml(account_page(self._account))
            self.verticalScrollBar().setValue(place)


class AccountsDock(QWidget):
    """The accounts list with details and forms."""

    def __init__(self, workbench: Workbench, accounts: AccountsPanel) -> None:
        super().__init__()
        self._workbench = workbench
        self.accounts = accounts
        self.details = AccountView(workbench)
        self.detail_switcher = Switcher(self.details, EmptyState("Choose an account to see everything it has."))
        self.form: FormDialog | None = None
        self.key_dialog: ImportKeyDialog | ExportKeysDialog | None = None
        commands = workbench.window.commands
        bar = QHBoxLayout()
        bar.setContentsMargins(4, 2, 4, 2)
        bar.setSpacing(2)
        for command in COMMANDS:
            bar.addWidget(ActionToolButton(commands.action(command)))
        bar.addStretch(1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(accounts)
        splitter.addWidget(self.detail_switcher)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([300, 300])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(splitter, 1)
        self.setFocusProxy(accounts.view)
        view = accounts.view
        # The details have them, with what is frozen.
        view.setColumnHidden(Column.OTHERS, True)
        view.selectionModel().currentChanged.connect(self._choose)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        workbench.bridge.events.connect(self._take_events)
        workbench.bridge.engine_changed.connect(self._engine_changed)
        workbench.accounts_changed.connect(self._choose_first)

    @property
    def chosen(self) -> str:
        """The name of the chosen account, empty if there is none."""
        index = self.accounts.view.currentIndex()
        return str(index.siblingAtColumn(Column.NAME).data() or "") if index.isValid() else ""

    def choose(self, name: str) -> None:
        """Choose an account of the list."""
        for row in range(self.accounts.model.rowCount()):
            index = self.accounts.model.index(row, Column.NAME)
            if index.data() == name:
                self.accounts.view.setCurrentIndex(index)

    def _choose_first(self) -> None:
        if not self.chosen and self.accounts.model.rowCount():
            self.accounts.view.setCurrentIndex(self.accounts.model.index(0, Column.NAME))

    def _choose(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self.detail_switcher.show_view(bool(self.chosen))
        self.details.show_account(self.chosen)

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        if any(isinstance(event, BlockProduced | HeadMoved) for event in events):
            self.details.refresh()

    def _engine_changed(self) -> None:
        for dialog in (self.form, self.key_dialog):
            if dialog is not None:
                dialog.reject()
        self.details.show_account("")
        self.detail_switcher.show_view(False)

    def _show_menu(self, at: QPoint) -> None:
        if not self.chosen:
            return
        commands = self._workbench.window.commands
        commands.refresh_now()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in (*COMMANDS[:3], "accounts.unpledge", "accounts.sell_ram", *COMMANDS[3:]):
            menu.addAction(commands.action(command))
        menu.popup(self.accounts.view.viewport().mapToGlobal(at))

    # --- forms -----------------------------------------------------------------------------------

    def open_form(self, form: AccountForm) -> None:
        """Open a form about the chosen account."""
        names, chosen = self._names_and_chosen()
        tokens = dict.fromkeys(["iost", *(token for account in self._workbench.accounts for token in account.balances)])
        dialog = self._open(form.title, (form,), {Kind.ACCOUNT: names, Kind.TOKEN: list(tokens)}, chosen)
        if any(field.id == "to" for field in form.fields):
            others = [name for name in names if name != chosen]
            dialog.set_text("to", others[0] if form.id == "transfer" and others else chosen)

    def open_permissions(self) -> None:
        """Look the chosen account up and open the forms that change who may act for it."""
        engine = self._workbench.engine
        _, chosen = self._names_and_chosen()
        if engine is not None and chosen:
            self._workbench.bridge.request(engine.explorer().account(chosen), self, self._open_permissions)

    def _open_permissions(self, account: AccountDetails) -> None:
        names, _ = self._names_and_chosen()
        known = [item.id for permission in account.permissions for item in permission.items]
        known += [item.id for group in account.groups for item in group.items]
        suggestions = {
            Kind.ACCOUNT: names,
            Kind.PERMISSION: [permission.name for permission in account.permissions],
            Kind.GROUP: [group.name for group in account.groups],
            Kind.ITEM: ["", *dict.fromkeys([*known, *(f"{name}@active" for name in names if name != account.name)])],
        }
        self._open("Permissions and Groups", PERMISSION_FORMS, suggestions, account.name)

    def _names_and_chosen(self) -> tuple[list[str], str]:
        names = [account.name for account in self._workbench.accounts]
        return names, self.chosen or next(iter(names), "")

    def _open(
        self, title: str, forms: Sequence[AccountForm], suggestions: Mapping[Kind, Sequence[str]], chosen: str
    ) -> FormDialog:
        dialog = FormDialog(title, forms, suggestions, self._workbench.window.dialog_parent())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = dialog
        dialog.set_text("from", chosen)
        dialog.submitted.connect(lambda values: self._submit(dialog.form, dialog, values))
        dialog.finished.connect(self._form_closed)
        dialog.open()
        return dialog

    def _form_closed(self) -> None:
        self.form = None

    def _submit(self, form: AccountForm, dialog: FormDialog, values: Mapping[str, str]) -> None:
        engine = self._workbench.engine
        if engine is None:
            dialog.reject()
            return
        key = engine.new_key() if form is SIGN_UP else None
        filled = {**values, "key": key.id} if key is not None else values

        def done(result: TransactionResult) -> None:
            if result.succeeded:
                self._workbench.window.status_message(f"{form.title}: done, {result.receipt.gas_usage} gas")
            if result.succeeded and key is not None and self._workbench.engine is engine:
                name = values["name"]
                future = engine.import_key(name, key.secret_text)
                self._workbench.bridge.request(future, self, lambda _: self._workbench.refresh_accounts())
            dialog.finish(result)

        self._workbench.bridge.request(engine.transact(form.build(filled)), dialog, done, dialog.fail)

    # --- keys ------------------------------------------------------------------------------------

    def import_key(self) -> None:
        """Ask for an account's secret key and sign with it from then on."""
        names = [account.name for account in self._workbench.accounts]
        dialog = ImportKeyDialog(names, self._workbench.window.dialog_parent())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.chosen:
            dialog.account.setCurrentText(self.chosen)
        self.key_dialog = dialog
        dialog.submitted.connect(lambda *entered: self._import(dialog, *entered))
        dialog.finished.connect(self._keys_closed)
        dialog.open()

    def _import(self, dialog: ImportKeyDialog, account: str, secret: str, algorithm: str) -> None:
        engine = self._workbench.engine
        if engine is None:
            dialog.reject()
            return

        def done(key: str) -> None:
            self._workbench.window.status_message(f"Strata signs for {account} with {key}")
            self._workbench.refresh_accounts()
            self.details.refresh()
            dialog.accept()

        future = engine.import_key(account, secret, algorithm=algorithm)
        self._workbench.bridge.request(future, dialog, done, dialog.fail)

    def export_keys(self) -> None:
        """Show all keys."""
        engine = self._workbench.engine
        if engine is None:
            return
        parent = self._workbench.window.dialog_parent()
        dialog = ExportKeysDialog(account_keys(engine), parent, chosen=self.chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.key_dialog = dialog
        dialog.save_asked.connect(lambda: self._save_keys(dialog))
        dialog.finished.connect(self._keys_closed)
        dialog.open()

    def _save_keys(self, dialog: ExportKeysDialog) -> None:
        path = dialogs.ask_save_file(dialog, Path.home() / "accounts.json")
        if path is None:
            return
        try:
            write_atomically(path, dialog.content())
        except StorageError as error:
            self._workbench.bridge.request_failed.emit(error)
            return
        self._workbench.window.status_message(f"The keys were written to {path}")

    def _keys_closed(self) -> None:
        self.key_dialog = None
