from __future__ import annotations

import json

import pytest

from engine.values import Diagnostic, Severity
from ide.pack.installer import PackageInstaller


@pytest.fixture
def project(tmp_path):
    """A project that needs a package, which npm finds in a folder beside it."""
    folder = tmp_path / "project"
    (folder / "vendor" / "helper").mkdir(parents=True)
    (folder / "vendor" / "helper" / "package.json").write_text('{"name": "helper", "version": "1.0.0"}')
    (folder / "main.js").write_text("require('helper');\n")
    (folder / "package.json").write_text(json.dumps({"dependencies": {"helper": "file:vendor/helper"}}))
    return folder


@pytest.fixture
def installer(window, project):
    made = PackageInstaller(window)
    window.open_project(project)
    return made


def missing(name="helper", file=""):
    text = f"the module {name} is not installed. Install it."
    return Diagnostic(Severity.ERROR, "missing-module", text, file=file, line=1)


def test_a_missing_package_is_offered_once(window, installer, project):
    file = project / "main.js"
    window.show_diagnostics(file, [missing()])
    (notice,) = window.notifications.visible()
    assert "needs helper" in notice.text
    window.notifications.dismiss_all()
    window.show_diagnostics(file, [missing(), Diagnostic(Severity.WARNING, "other", "other")])
    assert window.notifications.visible() == []


def test_a_missing_file_of_ones_own_is_nothing_to_install(window, installer, project):
    window.show_diagnostics(
        project / "main.js", [Diagnostic(Severity.ERROR, "missing-module", "there is no module ./x")]
    )
    assert window.notifications.visible() == []


def test_the_dialog_lists_packages_and_installs_them(window, installer, project, qtbot):
    file = project / "main.js"
    window.show_diagnostics(file, [missing(file=str(file))])
    installer.offer()
    table = installer.dialog.table
    assert [table.item(0, column).text() for column in range(3)] == ["helper", "file:vendor/helper", "main.js:1"]
    installer.dialog.no_more.setChecked(True)
    with qtbot.waitSignal(installer.installed, timeout=60_000):
        installer.dialog.install.click()
    assert (project / "node_modules" / "helper").is_dir()
    assert window.problems.in_file(file) == ()
    assert window.settings.value.install_missing_packages


def test_with_the_setting_nobody_is_asked(window, installer, project, qtbot):
    window.settings.update(install_missing_packages=True)
    with qtbot.waitSignal(installer.installed, timeout=60_000):
        window.show_diagnostics(project / "main.js", [missing()])
    assert (project / "node_modules" / "helper").is_dir()
    assert (project / "package-lock.json").is_file()


def test_a_failed_installation_is_told(window, installer, project, qtbot):
    (project / "package.json").write_text(json.dumps({"dependencies": {"helper": "file:vendor/nowhere"}}))
    window.settings.update(install_missing_packages=True)
    window.show_diagnostics(project / "main.js", [missing()])
    qtbot.waitUntil(lambda: not installer.is_running, timeout=60_000)
    qtbot.waitUntil(lambda: any("npm" in notice.text for notice in window.notifications.visible()))


def test_an_installation_can_be_stopped(window, installer, project, qtbot):
    window.settings.update(install_missing_packages=True)
    window.show_diagnostics(project / "main.js", [missing()])
    (task,) = window.tasks.tasks
    task.cancel()
    qtbot.waitUntil(lambda: not installer.is_running, timeout=60_000)
    assert window.notifications.visible() == []


def test_nothing_is_missing(window, installer, project):
    (project / "package.json").write_text("{}")
    installer.offer()
    assert window.message() == "All packages that the project needs are installed."
