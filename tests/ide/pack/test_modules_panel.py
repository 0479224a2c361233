from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from engine.compiler.pack import CHAIN_CODE_LIMIT, Pack
from ide.pack.modules_panel import ModulesPanel
from tests.ide.pack.test_graph import EXAMPLE, LIB, unasked


@pytest.fixture
def panel(qtbot):
    made = ModulesPanel()
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    return made


def test_a_pack_is_shown_against_the_limit_of_the_chain(panel):
    panel.show_pack(EXAMPLE)
    assert panel.size_text.text() == f"100 of {CHAIN_CODE_LIMIT:,} bytes that the chain takes (0%)"
    assert panel.tree.topLevelItem(0).text(2) == "280"
    assert panel.tree.topLevelItem(0).child(0).text(0) == "lib/index.js"
    assert "imported by main.js" in panel.tree.topLevelItem(0).child(0).toolTip(0)


def test_what_was_made_smaller_and_is_still_too_large_is_told(panel):
    large = Pack(EXAMPLE.entry, "x" * (CHAIN_CODE_LIMIT + 1), EXAMPLE.modules, unasked, (), 2 * CHAIN_CODE_LIMIT)
    panel.show_pack(large)
    assert "made smaller from 98,304" in panel.size_text.text()
    assert panel.size_text.property("tone") == "error"


def test_a_click_into_the_treemap_selects_the_module_in_the_tree(panel, qtbot):
    panel.show_pack(EXAMPLE)
    tiles = {tile.node.path: tile.box for tile in panel.treemap.tiles()}
    assert len(tiles) == 5
    place: QPoint = tiles[f"{LIB}/deep.js"].center().toPoint()
    qtbot.mouseClick(panel.treemap, Qt.MouseButton.LeftButton, pos=place)
    assert panel.tree.currentItem().text(0) == "lib/deep.js"


def test_a_module_that_is_a_file_opens(panel, qtbot, tmp_path):
    file = tmp_path / "main.js"
    file.write_text("")
    panel.show_pack(Pack(str(file), "", (), unasked))
    with qtbot.waitSignal(panel.opened) as opened:
        panel.tree.itemActivated.emit(panel.tree.topLevelItem(0), 0)
    assert opened.args == [file]


def test_contracts_can_be_chosen_where_there_are_several(panel, qtbot):
    files = (Path("/p/a.js"), Path("/p/b.js"))
    panel.set_contracts(files, files[1])
    assert panel.contracts.currentData() == files[1]
    with qtbot.waitSignal(panel.contract_chosen) as chosen:
        panel.contracts.activated.emit(1)
    assert chosen.args == [files[1]]
    panel.set_contracts((), None)
    assert not panel.tree.isVisible()
