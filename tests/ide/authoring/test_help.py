"""Help pages, the viewer, and F1."""

from __future__ import annotations

import inspect
import re

import pytest
from PySide6.QtCore import Qt, QUrl

from engine import errors
from engine.errors import InvalidInput, StrataError
from engine.values import Diagnostic, Severity
from ide.authoring.help_pages import CONTENTS, HelpPages
from ide.authoring.help_viewer import HelpViewer

ABSTRACT = {"StrataError", "UserError", "ContractFailure"}


@pytest.fixture
def viewer(full_window):
    return full_window.dock("help").widget()


def test_every_page_has_a_title_and_every_link_a_page():
    pages = HelpPages()
    for name in pages.names():
        page = pages.page(name)
        assert page.title and page.text.strip()
        for link in re.findall(r"\]\(help:([\w/-]+)\)", page.text):
            assert pages.page(link)


def test_every_error_class_has_a_page():
    classes = {
        name for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, StrataError)
    } - ABSTRACT
    pages = HelpPages()
    assert {name.removeprefix("errors/") for name in pages.names() if name.startswith("errors/")} == classes


def test_unknown_pages_are_refused():
    with pytest.raises(InvalidInput, match="no page"):
        HelpPages().page("rules/nonsense")


def test_links_back_and_forward(qtbot):
    viewer = HelpViewer(HelpPages())
    qtbot.addWidget(viewer)
    viewer.show_contents()
    viewer.browser.anchorClicked.emit(QUrl("help:rules/no-init"))
    assert viewer.page_name == "rules/no-init"
    assert "No init method" in viewer.browser.toPlainText()
    viewer.back()
    assert viewer.page_name == CONTENTS
    viewer.forward()
    assert viewer.page_name == "rules/no-init"


def test_titles_are_searched(qtbot):
    viewer = HelpViewer(HelpPages())
    qtbot.addWidget(viewer)
    qtbot.keyClicks(viewer.search, "out gas")
    qtbot.keyClick(viewer.search, Qt.Key.Key_Return)
    assert viewer.page_name == "errors/OutOfGas"


def test_f1_explains_the_problem_at_the_cursor(full_window, viewer, project, qtbot):
    path = project / "token.js"
    editor = full_window.open_file(path)
    full_window.show_diagnostics(path, [Diagnostic(Severity.ERROR, "no-export", "no export", str(path), 2, 0, 2, 4)])
    editor.go_to(2, 1)
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_F1)
    assert viewer.page_name == "rules/no-export"
    assert full_window.dock("help").isVisible()
    editor.go_to(1)
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_F1)
    assert viewer.page_name == CONTENTS


def test_a_chosen_problem_is_explained(full_window, viewer, project):
    path = project / "token.js"
    full_window.show_diagnostics(path, [Diagnostic(Severity.ERROR, "no-init", "no init", str(path), 1)])
    full_window.show_dock("problems")
    problems = full_window.dock("problems").widget()
    problems.table.selectRow(0)
    problems.table.setFocus()
    full_window.commands.run("help.explain")
    assert viewer.page_name == "rules/no-init"
