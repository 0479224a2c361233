import pytest
from PySide6.QtWidgets import QWidget

from engine.facade import DeployRequest, Engine
from ide.bridge import EngineBridge
from ide.panels.workbench import Workbench
from ide.time.machine import TimeMachine
from ide.time.moment import Moment
from tests.engine.timeline.support import ABI, CONTRACT
from tests.ide.panels.fake_window import FakeWindow

PATIENCE = 30_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A chain with a deployed counter that the tests of one module share."""
    made = Engine.open(tmp_path_factory.mktemp("chain"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def contract(engine):
    request = DeployRequest(name="counter", source=CONTRACT, publisher="alice", file="counter.js", abi=ABI)
    return engine.deploy(request).result(60).contract.id


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return FakeWindow(widget)


@pytest.fixture
def bridge(qtbot, engine):
    """Attached to the shared engine; let go of it at the end without closing it."""
    made = EngineBridge()
    made.attach(engine)
    yield made
    made._release()


@pytest.fixture
def workbench(window, bridge, contract, qtbot):
    made = Workbench(window, bridge, bridge)
    qtbot.waitUntil(lambda: contract in made.contracts, timeout=PATIENCE)
    return made


@pytest.fixture
def moment(workbench, qtbot):
    made = Moment(workbench, workbench)
    qtbot.waitUntil(lambda: made.head is not None, timeout=PATIENCE)
    return made


@pytest.fixture
def machine(workbench):
    return TimeMachine(workbench, workbench)
