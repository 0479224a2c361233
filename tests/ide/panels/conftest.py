from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from engine.values import Layer
from ide.bridge import EngineBridge
from ide.panels.workbench import Workbench
from tests.ide.panels import examples
from tests.ide.panels.fake_engine import FakeEngine
from tests.ide.panels.fake_window import FakeWindow

TOKEN_SOURCE = Path(__file__).with_name("token.js").read_text(encoding="utf-8")


@pytest.fixture
def token_file(tmp_path):
    file = tmp_path / "token.js"
    file.write_text(TOKEN_SOURCE, encoding="utf-8")
    return file


@pytest.fixture
def window(qtbot, token_file):
    widget = QWidget()
    qtbot.addWidget(widget)
    made = FakeWindow(widget)
    made.texts[token_file] = TOKEN_SOURCE
    return made


@pytest.fixture
def engine(token_file):
    """A chain with the token contract and three accounts."""
    made = FakeEngine()
    made.contract_list = (examples.deployed_token(file=str(token_file)),)
    made.account_list = examples.accounts()
    made.layers[Layer.ROCKSDB] = examples.entries()
    return made


@pytest.fixture
def bridge(qtbot):
    made = EngineBridge()
    yield made
    made.close(wait=True)


@pytest.fixture
def workbench(window, bridge, engine, qtbot):
    """Knows the chain's contracts and accounts."""
    made = Workbench(window, bridge, bridge)
    bridge.attach(engine)
    qtbot.waitUntil(lambda: bool(made.contracts and made.accounts))
    return made
