"""Production, clock, checkpoints and node, as people use them."""

import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QGuiApplication

from engine.facade import ProductionMode, ProductionStopped
from ide.chain.production import SECOND, TimeProblem, mode_text, read_moment, read_seconds, read_step, time_text
from ide.chain.status import ChainStatus
from tests.engine.entrance.http.client import Client, signed

DAY = 86_400 * SECOND


@pytest.fixture
def status(user):
    return user.window.statusBar().findChild(ChainStatus)


def notices(user):
    return [notice.text for notice in user.window.notifications.visible()]


# --- production ----------------------------------------------------------------------------------


def test_blocks_by_hand(user, status):
    user.run("chain.manual")
    user.see(lambda: status.mode.text() == "Blocks by hand")
    head = user.answer(user.engine.head()).number
    user.buy()
    user.buy()
    user.see(lambda: status.mode.text() == "By hand, 2 waiting")
    assert user.answer(user.engine.head()).number == head
    user.run("chain.produce")
    user.see(lambda: status.mode.text() == "Blocks by hand")
    assert len(user.answer(user.engine.head()).transactions) == 3
    assert "with 2 transactions" in user.window.message()


def test_going_back_to_instant_blocks_closes_the_open_one(user, status):
    user.run("chain.manual")
    user.see(lambda: user.chain.control.mode is ProductionMode.MANUAL)
    result = user.buy()
    user.run("chain.instant")
    user.see(lambda: status.mode.text() == "Instant blocks")
    assert user.answer(user.engine.head()).number == result.block_number


def test_blocks_by_the_clock(user, status, answers):
    head = user.answer(user.engine.head()).number
    answers["ask_text"] = "0.05"
    user.run("chain.seconds")
    user.see(lambda: status.mode.text() == "Block every 0.05 s")
    user.see(lambda: user.chain.chain.model.rows[0].number >= head + 3)
    assert user.window.commands.command("chain.interval").checked()
    user.run("chain.manual")
    user.see(lambda: user.chain.control.mode is ProductionMode.MANUAL)


def test_a_wrong_interval_is_told(user, answers):
    answers["ask_text"] = "never"
    user.run("chain.seconds")
    assert any("0.01 to 3600" in text for text in notices(user))


def test_production_that_stopped_is_told(user):
    user.panels.bridge.events.emit((ProductionStopped("the disk is full"),))
    assert any("the disk is full" in text for text in notices(user))


# --- clock ---------------------------------------------------------------------------------------


def test_the_clock_is_shown_and_moved(user, status, answers):
    before = user.engine.now
    assert status.clock.text()
    answers["ask_text"] = "2d"
    user.run("chain.advance")
    user.see(lambda: user.engine.now >= before + 2 * DAY)
    result = user.buy()
    assert result.time >= before + 2 * DAY


def test_the_clock_is_set_but_never_behind_the_head(user, answers):
    later = user.engine.now + 5 * DAY
    answers["ask_text"] = time_text(later)
    user.run("chain.set_time")
    user.see(lambda: user.engine.now >= later // SECOND * SECOND)
    user.buy()
    user.see(lambda: user.chain.control._head_time >= later // SECOND * SECOND)
    answers["ask_text"] = "2020-01-01 00:00:00"
    user.run("chain.set_time")
    assert any("time cannot go back" in text for text in notices(user))


@given(st.integers(0, 4_000_000_000))
def test_moments_are_read_as_they_are_written(seconds):
    assert read_moment(time_text(seconds * SECOND)) == seconds * SECOND


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("+5m", 300), ("1.5h", 5400), ("7 d", 604_800), ("250ms", 0.25)]
)
def test_steps(text, seconds):
    assert read_step(text) == seconds * SECOND


@pytest.mark.parametrize("read", [read_step, read_moment, read_seconds])
@pytest.mark.parametrize("text", ["", "soon", "-5", "1y"])
def test_what_is_no_time(read, text):
    with pytest.raises(TimeProblem):
        read(text)


# --- checkpoints ---------------------------------------------------------------------------------


def test_name_a_state_and_come_back(user, answers):
    answers["ask_text"] = "before buying"
    user.run("chain.checkpoint")
    user.see(lambda: user.chain.checkpoints.find("before buying") is not None)
    sold = user.answer(user.engine.storage(user.shop.id, "sold"))
    result = user.buy(3)
    user.block_of(result)
    user.run("chain.checkpoints")
    dialog = user.chain.checkpoints_dialog
    names = [dialog.list.topLevelItem(row).text(0) for row in range(dialog.list.topLevelItemCount())]
    dialog.list.setCurrentItem(dialog.list.topLevelItem(names.index("before buying")))
    answers["confirm"] = False
    user.press(dialog.restore_button)
    assert "1 later blocks" not in user.window.message()
    assert user.answer(user.engine.storage(user.shop.id, "sold")) != sold
    answers["confirm"] = True
    user.press(dialog.restore_button)
    user.see(lambda: not user.chain.chain.model.find(result).isValid())
    assert user.answer(user.engine.storage(user.shop.id, "sold")) == sold
    user.press(dialog.delete_button)
    user.see(lambda: user.chain.checkpoints.find("before buying") is None)
    dialog.reject()
    assert user.chain.checkpoints_dialog is None


def test_the_menu_lists_checkpoints(user, answers):
    answers["ask_text"] = "in the menu"
    user.run("chain.checkpoint")
    user.see(lambda: user.chain.checkpoints.find("in the menu") is not None)
    user.chain._fill_restore_menu()
    assert any(action.text().startswith("in the menu") for action in user.chain._restore_menu.actions())


def test_a_name_that_is_taken_is_moved_only_if_one_agrees(user, answers):
    answers["ask_text"] = "taken"
    user.run("chain.checkpoint")
    user.see(lambda: user.chain.checkpoints.find("taken") is not None)
    first = user.chain.checkpoints.find("taken").number
    user.buy()
    answers["confirm"] = False
    user.run("chain.checkpoint")
    answers["confirm"] = True
    user.run("chain.checkpoint")
    user.see(lambda: user.chain.checkpoints.find("taken").number > first)


def test_suggested_names_are_free(user, answers):
    name = user.chain.checkpoints.suggestion()
    user.answer(user.engine.checkpoint(name))
    user.chain.checkpoints.refresh()
    user.see(lambda: user.chain.checkpoints.find(name) is not None)
    assert user.chain.checkpoints.suggestion() != name


# --- node ----------------------------------------------------------------------------------------


@pytest.fixture
def node(user):
    yield user.chain.node
    user.chain.node.stop()
    user.see(lambda: not user.chain.node.is_running and not user.chain.node.is_busy)


def ask(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_node_serves_and_shows_requests(user, node, status, answers):
    assert user.refused("node.copy") == "The local node is off."
    answers["ask_text"] = "0"
    user.run("node.port")
    user.see(lambda: node.is_running)
    assert status.node.text() == f"Node :{node.url.rpartition(':')[2]}"
    user.run("node.copy")
    assert QGuiApplication.clipboard().text() == node.url
    with ThreadPoolExecutor(1) as client:
        assert user.answer(client.submit(ask, f"{node.url}/getChainInfo")) == 200
        assert user.answer(client.submit(ask, f"{node.url}/nonsense")) == 400
    model = user.chain.node_panel.model
    user.see(lambda: model.rowCount() == 2)
    shown = [[model.index(row, column).data() for column in range(3)] for row in range(2)]
    assert shown == [["400", "GET", "/nonsense"], ["200", "GET", "/getChainInfo"]]
    user.run("node.clear")
    assert model.rowCount() == 0
    user.run("node.toggle")
    user.see(lambda: not node.is_running)
    assert status.node.text() == "Node off"


def test_a_port_in_use_is_told(user, node, monkeypatch):
    node.start(0)
    user.see(lambda: node.is_running)
    told = []
    user.panels.bridge.request_failed.connect(told.append)
    monkeypatch.setattr(node, "url", "")
    node.start(30001)
    user.see(lambda: bool(told))
    user.panels.bridge.request_failed.disconnect(told.append)
    assert "runs already" in str(told[0])
    assert any("runs already" in text for text in notices(user))
    monkeypatch.undo()


def send_from_outside(url, transaction):
    """Send a transaction as a program of its own would."""
    client = Client(url.removeprefix("http://"))
    try:
        return client.send(transaction)
    finally:
        client.close()


def test_transactions_from_outside_are_shown_and_stopped_on(user, node):
    node.start(0)
    user.see(lambda: node.is_running)
    user.run("node.debug")
    now = user.engine.now
    transaction = signed("frank", user.shop.id, "buy", "kite", 1, False, time=now, expiration=now + 60 * SECOND)
    with ThreadPoolExecutor(1) as client:
        name = user.answer(client.submit(send_from_outside, node.url, transaction))
    user.see(lambda: user.panels.controller.session is not None)
    assert user.panels.workbench.selected.hash == name
    assert user.chain.chain.model.rows[0].results[0].hash == name
    user.panels.controller.stop()
    user.run("node.debug")


@pytest.mark.parametrize("text", ["many", "70000", "-1"])
def test_what_is_no_port(user, answers, text):
    answers["ask_text"] = text
    user.run("node.port")
    assert any("from 0 to 65535" in notice for notice in notices(user))
    assert not user.chain.node.is_busy


def test_the_status_says_how_blocks_are_produced(user):
    assert mode_text(user.chain.control) == "Instant blocks"


def test_every_command_of_the_chain_says_what_it_does(user):
    commands = user.window.commands
    own = [
        command
        for command in commands.commands()
        if command.id.split(".")[0] in ("chain", "node", "composer", "accounts")
    ]
    assert len(own) > 30
    assert [command.id for command in own if not command.tip] == []


def test_commands_say_why_they_cannot(user):
    user.chain.chain.view.clearSelection()
    user.chain.chain.view.setCurrentIndex(user.chain.chain.model.index(-1, -1))
    for command in ("chain.debug", "chain.resend", "chain.edit", "chain.copy_hash", "chain.validate", "node.copy"):
        assert user.refused(command)
