"""What was chosen for a project's chain is in force again at the next start."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from engine.facade import Production, ProductionMode
from ide.chain.install import ChainPanels
from ide.chain.memory import ChainMemory, load_memory
from ide.chain.node import DEFAULT_PORT
from ide.panels.install import EnginePanels
from ide.paths import Folders
from ide.settings import SettingsStore
from ide.window import MainWindow
from tests.ide.chain.conftest import User


@pytest.fixture
def start(qapp, tmp_path):
    """Starts a window on a project, or on another one; the one before is closed."""
    windows = []

    def close():
        while windows:
            window = windows.pop()
            window.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def begin(name="project"):
        close()
        project = tmp_path / name
        project.mkdir(exist_ok=True)
        folders = Folders.below(tmp_path / "user")
        window = MainWindow(folders, SettingsStore(folders.settings))
        windows.append(window)
        panels = EnginePanels(window)
        chain = ChainPanels(window, panels)
        window.open_project(project)
        panels.open(project / ".strata" / "chain")
        user = User(window, panels, chain, None)
        user.see(lambda: panels.bridge.engine is not None)
        return user

    yield begin
    close()


def test_production_and_port_come_back(start, answers):
    user = start()
    assert (user.chain.control.mode, user.chain.node.port) == (ProductionMode.INSTANT, DEFAULT_PORT)
    path = user.chain.memory.path_of(user.window.project)
    answers["ask_text"] = "30"
    user.run("chain.seconds")
    user.see(lambda: load_memory(path).production == Production(ProductionMode.INTERVAL, 30))
    user.chain.node.start(0)
    user.see(lambda: load_memory(path).port == 0)
    user = start()
    user.see(lambda: user.chain.control.mode is ProductionMode.INTERVAL)
    assert (user.chain.control.seconds, user.chain.node.port, user.chain.node.is_running) == (30, 0, False)
    other = start("other")
    assert (other.chain.control.mode, other.chain.node.port) == (ProductionMode.INSTANT, DEFAULT_PORT)


def test_a_broken_file_is_kept_aside(tmp_path):
    path = tmp_path / "chain.json"
    path.write_text('{"port": 70000}')
    assert load_memory(path) == ChainMemory()
    assert (tmp_path / "chain.broken.json").read_text() == '{"port": 70000}'
