"""The panel and the installer in a window with a real engine."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from engine.compiler.pack import Minify
from engine.entrance.project import load_project
from engine.facade import Engine
from ide.bridge import EngineBridge
from ide.pack.install import PackTools

CONTRACT = "const text = require('helper');\nclass C { init() {} f() { return text; } }\nmodule.exports = C;\n"


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "vendor" / "helper").mkdir(parents=True)
    (folder / "vendor" / "helper" / "package.json").write_text('{"name": "helper", "version": "1.0.0"}')
    (folder / "vendor" / "helper" / "index.js").write_text("module.exports = 'helps';\n")
    (folder / "main.js").write_text(CONTRACT)
    (folder / "package.json").write_text(json.dumps({"dependencies": {"helper": "file:vendor/helper"}}))
    settings = {"format": 1, "profile": "modern", "contracts": [{"name": "c", "file": "main.js", "pack": True}]}
    (folder / "strata.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture
def tools(window, tmp_path):
    bridge = EngineBridge(window)
    window.add_dock("state", "State Stack", QWidget())
    made = PackTools(window, SimpleNamespace(bridge=bridge))
    bridge.attach(Engine.open(tmp_path / "chain"))
    yield made
    bridge.close(wait=True)


def test_the_graph_appears_once_what_was_missing_is_installed(window, tools, project, qtbot):
    panel = tools.panel
    window.open_project(project)
    window.show_dock("modules")
    qtbot.waitUntil(lambda: not panel.tree.isVisible() and bool(panel.size_text.text() == ""), timeout=60_000)
    assert window.commands.command("project.install-packages").disabled_reason() == ""
    tools.installer.offer()
    with qtbot.waitSignal(tools.installer.installed, timeout=60_000):
        tools.installer.dialog.install.click()
    qtbot.waitUntil(panel.tree.isVisible, timeout=60_000)
    root = panel.tree.topLevelItem(0)
    assert root.text(0) == "main.js"
    assert [root.child(i).text(0) for i in range(root.childCount())] == ["index.js"]


def test_a_saved_change_is_seen(window, tools, project, qtbot):
    (project / "main.js").write_text(CONTRACT.replace("require('helper')", "require('./own')"))
    (project / "own.js").write_text("module.exports = 1;\n")
    window.open_project(project)
    window.show_dock("modules")
    panel = tools.panel
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() == 1, timeout=60_000)
    before = panel.size_text.text()
    editor = window.open_file(project / "own.js")
    editor.replace_text("module.exports = 'a much longer text than it was';\n")
    window.editors.save(editor)
    qtbot.waitUntil(lambda: panel.size_text.text() != before, timeout=60_000)


def test_how_the_script_is_made_smaller_is_kept_in_the_project(window, tools, project, qtbot):
    (project / "main.js").write_text(CONTRACT.replace("require('helper')", "`a text   of ${1 + 2} words`"))
    window.open_project(project)
    command = window.commands.command("project.pack-always")
    assert command.disabled_reason() == "No contract is shown in Modules."
    window.show_dock("modules")
    panel = tools.panel
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() == 1, timeout=60_000)
    assert panel.minify.currentData() == Minify.LARGE
    assert "made smaller" not in panel.size_text.text()
    command.run()
    qtbot.waitUntil(lambda: "made smaller" in panel.size_text.text(), timeout=60_000)
    assert command.checked()
    assert panel.minify.currentData() == Minify.ALWAYS
    assert load_project(project).contracts[0].minify is Minify.ALWAYS
    panel.minify.setCurrentIndex(panel.minify.findData(Minify.NEVER))
    panel.minify.activated.emit(panel.minify.currentIndex())
    qtbot.waitUntil(lambda: "made smaller" not in panel.size_text.text(), timeout=60_000)
    assert load_project(project).contracts[0].minify is Minify.NEVER
