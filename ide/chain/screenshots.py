"""The chain's states for `main.py screenshot`."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from engine.errors import InternalError
from engine.facade import ProductionMode
from engine.values import Action, TransactionRequest, TransactionResult
from ide.chain.composer.panel import JSON
from ide.screenshots import State

if TYPE_CHECKING:
    from ide.chain.install import ChainPanels
    from ide.screenshots import Stage

ASKED = ("getNodeInfo", "getChainInfo", "getBlockByNumber/1/true", "getAccount/alice/true", "nonsense")


def chain_states() -> list[State]:
    """Return the states in the order they are prepared; they need calls that went well and calls that failed."""
    return [
        State("chain-failure", _failure),
        State("chain-block", _block),
        State("chain-filter", _filter),
        State("chain-by-hand", _by_hand),
        State("composer", _composer),
        State("composer-json", _json),
        State("composer-failing", _failing),
        State("accounts", _accounts),
        State("account-form", _form),
        State("permissions", _permissions),
        State("import-key", _import_key),
        State("keys", _keys),
        State("checkpoints", _checkpoints),
        State("node", _node),
    ]


def _listed(chain: ChainPanels, wanted: Callable[[TransactionResult], bool]) -> TransactionResult:
    for row in chain.chain.model.rows:
        for result in row.results:
            if wanted(result):
                return result
    raise InternalError("screenshot: no such transaction is listed")


def _called(result: TransactionResult) -> bool:
    return result.succeeded and result.request.actions[0].contract != "system.iost"


def _failure(stage: Stage) -> None:
    chain = stage.program.chain
    stage.window.show_dock("chain", focus=False)
    chain.chain.go_to(_listed(chain, lambda result: not result.succeeded))
    stage.settle(400)


def _block(stage: Stage) -> None:
    chain, engine = stage.program.chain, stage.program.panels.bridge.engine
    if engine is None:
        raise InternalError("screenshot: there is no engine")
    call = _listed(chain, _called).request
    names = [account.name for account in stage.program.panels.workbench.accounts[:5]]
    action = call.actions[0]
    requests = [
        TransactionRequest(
            call.publisher, (Action(action.contract, "mint", f'["{name}","1"]'),), gas_limit=call.gas_limit
        )
        for name in names
    ]
    future = engine.transact_many(requests)
    stage.wait(future.done, "the block")
    number = engine.head().result().number
    stage.wait(lambda: chain.chain.model.position_of(number) >= 0, "the block in the list")
    chain.chain.go_to_block(number)
    stage.wait(lambda: chain.chain.block.block is not None and chain.chain.block.block.execution, "its execution")


def _filter(stage: Stage) -> None:
    panel = stage.program.chain.chain
    panel.filter.setText("status:failed gas>1000")
    stage.wait(lambda: panel.model.is_filtered and not panel.model.is_loading, "the filter")


def _by_hand(stage: Stage) -> None:
    chain = stage.program.chain
    chain.chain.filter.clear()
    stage.wait(lambda: not chain.chain.model.is_filtered and not chain.chain.model.is_loading, "all blocks")
    chain.control.set_mode(ProductionMode.MANUAL)
    stage.wait(lambda: chain.control.mode is ProductionMode.MANUAL, "production by hand")
    chain.workbench.resend_requested.emit(_listed(chain, _called).request)
    stage.wait(lambda: chain.control.waiting == 1, "a waiting transaction")
    chain.chain.go_to_block(chain.chain.model.rows[0].number)


def _composer(stage: Stage) -> None:
    chain = stage.program.chain
    chain.control.set_mode(ProductionMode.INSTANT)
    stage.wait(lambda: chain.control.waiting == 0, "the block")
    chain.edit(_listed(chain, _called).request)
    transfer = Action("token.iost", "transfer", '["iost","alice","bobby","5","for the acorns"]')
    chain.composer.form.add_action().load(transfer)
    chain.estimate()
    stage.wait(chain.composer.estimate.isVisible, "the estimate")


def _json(stage: Stage) -> None:
    stage.program.chain.composer.tabs.setCurrentIndex(JSON)


def _failing(stage: Stage) -> None:
    chain = stage.program.chain
    failed = _listed(chain, lambda result: not result.succeeded)
    chain.edit(failed.request)
    chain.composer.form.more_button.setChecked(True)
    chain.composer.form.delay.line.setText("5")
    stage.settle(100)
    chain.composer.form.ensureWidgetVisible(chain.composer.form.expiration)


def _accounts(stage: Stage) -> None:
    stage.window.show_dock("accounts", focus=False)
    stage.program.chain.accounts.choose("alice")
    stage.wait(lambda: stage.program.chain.accounts.details.account, "the account")


def _opened(dialog: QWidget | None) -> QWidget:
    if dialog is None:
        raise InternalError("screenshot: the dialog was not opened")
    return dialog


def _permissions(stage: Stage) -> QWidget:
    stage.window.commands.run("accounts.permissions")
    stage.wait(lambda: stage.program.chain.accounts.form, "the permissions")
    return _opened(stage.program.chain.accounts.form)


def _form(stage: Stage) -> QWidget:
    stage.window.commands.run("accounts.sign_up")
    return _opened(stage.program.chain.accounts.form)


def _import_key(stage: Stage) -> QWidget:
    stage.window.commands.run("accounts.import_key")
    return _opened(stage.program.chain.accounts.key_dialog)


def _keys(stage: Stage) -> QWidget:
    stage.window.commands.run("accounts.export_keys")
    return _opened(stage.program.chain.accounts.key_dialog)


def _checkpoints(stage: Stage) -> QWidget:
    chain = stage.program.chain
    for name in ("before the sale", "after the sale"):
        chain.checkpoints.create(name)
    stage.wait(lambda: chain.checkpoints.find("after the sale"), "the checkpoints")
    chain.show_checkpoints()
    return _opened(chain.checkpoints_dialog)


def _node(stage: Stage) -> None:
    chain = stage.program.chain
    chain.node.start(0)
    stage.wait(lambda: chain.node.is_running, "the node")

    def ask() -> None:
        for path in ASKED:
            with suppress(urllib.error.HTTPError), urllib.request.urlopen(f"{chain.node.url}/{path}", timeout=10):
                continue

    Thread(target=ask, daemon=True).start()
    stage.wait(lambda: chain.node.count >= len(ASKED), "the requests")
    chain.show_node()
