"""The real window with the real engine, once for all tests of the chain: each uses accounts of its own."""

import json

import pytest
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, Qt
from PySide6.QtTest import QTest

from engine.facade import DeployRequest, Production
from engine.values import Abi, AbiMethod, Action, TransactionRequest
from ide.chain.install import ChainPanels
from ide.panels.install import EnginePanels
from ide.paths import Folders
from ide.settings import SettingsStore
from ide.window import MainWindow

PATIENCE = 60_000
SHOP = """class Shop {
  init() {
    storage.put('sold', '0');
  }

  buy(item, count, urgent) {
    if (count > 10) {
      throw new Error('too many');
    }
    storage.put('sold', String(Number(storage.get('sold')) + count));
    blockchain.event(JSON.stringify({ item, urgent }));
    console.log('sold ' + item);
    return item;
  }

  rate(stars) {
    storage.put('rate', JSON.stringify(stars));
  }
}

module.exports = Shop;
"""
SHOP_ABI = Abi(abi=(AbiMethod("buy", ("string", "number", "bool")), AbiMethod("rate", ("json",))))


class User:
    """A person at the window: presses keys and buttons, waits until something is seen."""

    def __init__(self, window, panels, chain, shop):
        self.window, self.panels, self.chain, self.shop = window, panels, chain, shop

    @property
    def engine(self):
        return self.panels.bridge.engine

    def see(self, condition):
        deadline = QDeadlineTimer(PATIENCE)
        while not condition():
            assert not deadline.hasExpired(), "waited in vain"
            QCoreApplication.processEvents()
            QTest.qWait(1)

    def run(self, command):
        self.window.commands.refresh_now()
        assert self.window.commands.run(command), self.window.commands.command(command).disabled_reason()

    def refused(self, command):
        self.window.commands.refresh_now()
        assert not self.window.commands.action(command).isEnabled()
        return self.window.commands.command(command).disabled_reason()

    def press(self, button):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, widget, text):
        QTest.keyClicks(widget, text)

    def answer(self, future):
        self.see(future.done)
        return future.result()

    def buy(self, count=1, item="lamp", publisher="alice"):
        action = Action(self.shop.id, "buy", json.dumps([item, count, False]))
        return self.answer(self.engine.transact(TransactionRequest(publisher, (action,))))

    def block_of(self, result):
        """Wait until a transaction is listed in the chain dock, and return its block's row."""
        model = self.chain.chain.model
        self.see(lambda: model.find(result).isValid())
        return model.rows[model.position_of(result.block_number)]


@pytest.fixture(scope="module")
def person(qapp, tmp_path_factory):
    base = tmp_path_factory.mktemp("chain-window")
    folders = Folders.below(base / "user")
    window = MainWindow(folders, SettingsStore(folders.settings))
    panels = EnginePanels(window)
    chain = ChainPanels(window, panels)
    window.resize(1400, 900)
    window.show()
    panels.open(base / "chain")
    made = User(window, panels, chain, None)
    made.see(lambda: bool(panels.workbench.accounts))
    deployed = made.answer(made.engine.deploy(DeployRequest("shop", SHOP, "alice", "shop.js", abi=SHOP_ABI)))
    made.shop = deployed.contract
    made.see(lambda: made.shop.id in panels.workbench.contracts)
    yield made
    for editor in window.editors.editors():
        editor.document().setModified(False)
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def user(person):
    """The person, with blocks produced instantly and no filter before and after."""
    yield person
    person.answer(person.engine.set_production(Production()))
    person.chain.chain.filter.clear()
    if not person.chain.chain.shows_empty:
        person.chain.chain.toggle_empty()
    person.window.notifications.dismiss_all()
