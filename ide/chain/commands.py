"""Commands of the chain: production, clock, checkpoints, node, composer, accounts, and the chain dock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from engine.facade import ProductionMode
from ide.chain.accounts.requests import FORMS
from ide.chain.node import NodeSwitch
from ide.chain.production import MODES, ProductionControl
from ide.commands import Command, Menu
from ide.panels.commands import NO_ENGINE

if TYPE_CHECKING:
    from ide.chain.install import ChainPanels

FORM_ICONS = {
    "transfer": "transactions",
    "pledge": "gas",
    "unpledge": "",
    "buy_ram": "storage",
    "sell_ram": "",
    "sign_up": "account-add",
}


def production_commands(control: ProductionControl, chain: ChainPanels) -> list[Command]:
    """Return the commands of production and clock."""

    def cannot() -> str:
        return "" if control.engine is not None else NO_ENGINE

    commands = [
        Command(
            id="chain.produce",
            title="Produce Block",
            category="Chain",
            run=chain.produce,
            shortcuts=("Ctrl+Alt+B",),
            icon="block",
            tip="Close the open block with what waits in it, or produce an empty one",
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=0,
        )
    ]
    commands += [
        Command(
            id=f"chain.{mode.value}",
            title=title,
            category="Chain",
            run=partial(control.set_mode, mode),
            tip=tip,
            disabled_reason=cannot,
            checked=partial(_is_mode, control, mode),
            menu=Menu.CHAIN,
            group=1,
        )
        for mode, (title, tip) in MODES.items()
    ]
    return [
        *commands,
        Command(
            id="chain.seconds",
            title="Seconds Between Blocks…",
            category="Chain",
            run=chain.ask_seconds,
            tip="Produce blocks by the clock, at an interval of your choice",
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=1,
        ),
        Command(
            id="chain.advance",
            title="Advance Clock…",
            category="Chain",
            run=chain.ask_step,
            icon="clock",
            tip="Move the chain's clock forward, to see what happens later",
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=2,
        ),
        Command(
            id="chain.set_time",
            title="Set Clock…",
            category="Chain",
            run=chain.ask_moment,
            tip="Set the chain's clock to a moment",
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=2,
        ),
        Command(
            id="chain.checkpoint",
            title="New Checkpoint…",
            category="Chain",
            run=chain.new_checkpoint,
            shortcuts=("Ctrl+Alt+K",),
            icon="checkpoint",
            tip="Give the chain's state a name to come back to",
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=3,
        ),
        Command(
            id="chain.checkpoints",
            title="Checkpoints…",
            category="Chain",
            run=chain.show_checkpoints,
            tip="List the named states, go back to one, or forget one",
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=3,
        ),
    ]


def _is_mode(control: ProductionControl, mode: ProductionMode) -> bool:
    return control.mode is mode


def node_commands(node: NodeSwitch, chain: ChainPanels) -> list[Command]:
    """Return the commands of the local node."""

    def cannot() -> str:
        if node.engine is None:
            return NO_ENGINE
        return "The node is starting or stopping." if node.is_busy else ""

    def cannot_copy() -> str:
        return "" if node.is_running else "The local node is off."

    def cannot_clear() -> str:
        return "" if node.requests else "No request was noted."

    def stands_still() -> str:
        return cannot() or ("Stop the node first." if node.is_running else "")

    return [
        Command(
            id="node.toggle",
            title="Serve HTTP API",
            category="Node",
            run=node.toggle,
            icon="node",
            tip="Let programs on this machine use this chain as a node (IOST's HTTP API)",
            disabled_reason=cannot,
            checked=lambda: node.is_running,
            menu=Menu.CHAIN,
            group=4,
        ),
        Command(
            id="node.port",
            title="Serve on Port…",
            category="Node",
            run=chain.ask_port,
            tip="Start the local node on a port of your choice",
            disabled_reason=stands_still,
            menu=Menu.CHAIN,
            group=4,
        ),
        Command(
            id="node.copy",
            title="Copy Node Address",
            category="Node",
            run=chain.copy_address,
            icon="copy",
            tip="Put the node's address on the clipboard, for a front end or an SDK",
            disabled_reason=cannot_copy,
            menu=Menu.CHAIN,
            group=4,
        ),
        Command(
            id="node.debug",
            title="Debug Incoming Transactions",
            category="Node",
            run=node.toggle_debugging,
            tip="Stop in the debugger on transactions that come in through the node, one at a time",
            checked=lambda: node.debugs_incoming,
            menu=Menu.CHAIN,
            group=4,
        ),
        Command(
            id="node.show",
            title="Show Node Requests",
            category="Node",
            run=chain.show_node,
            tip="Show what the node was asked",
        ),
        Command(
            id="node.clear",
            title="Clear Node Requests",
            category="Node",
            run=node.clear,
            icon="clear",
            tip="Forget the requests that were noted",
            disabled_reason=cannot_clear,
        ),
    ]


def composer_commands(cannot_send: Callable[[], str], chain: ChainPanels) -> list[Command]:
    """Return the commands of the composer."""
    title = "Composed Transaction"
    sent = [
        ("send", f"Send {title}", chain.send, "call", "What it writes is kept if it succeeds"),
        ("estimate", f"Estimate {title}", chain.estimate, "query", "What it would cost; nothing is kept"),
        ("debug", f"Debug {title}", chain.debug_composed, "debug", "Send it and step through what it did"),
        ("save", f"Save {title} as Scenario…", chain.save_scenario, "save", "As a scenario file that runs by itself"),
        ("append", f"Add {title} to Scenario…", chain.append_scenario, "", "As a step at a scenario's end"),
    ]
    keys = {"send": ("Ctrl+Alt+Return",), "estimate": ("Ctrl+Alt+E",)}
    return [
        Command(
            id="composer.compose",
            title="Compose Transaction",
            category="Composer",
            run=chain.compose,
            shortcuts=("Ctrl+Alt+C",),
            icon="compose",
            tip="A transaction with several calls, signers and limits",
            menu=Menu.CHAIN,
            group=5,
        ),
        *(
            Command(
                id=f"composer.{name}",
                title=title,
                category="Composer",
                run=run,
                shortcuts=keys.get(name, ()),
                icon=icon,
                icon_colour="success" if name == "send" else "text_muted",
                tip=tip,
                disabled_reason=cannot_send,
                menu=Menu.CHAIN,
                group=5,
            )
            for name, title, run, icon, tip in sent
        ),
        Command(
            id="composer.add_action",
            title="Add Action",
            category="Composer",
            run=chain.add_action,
            icon="add",
            tip="One more call in the same transaction: they succeed or fail together",
        ),
    ]


def account_commands(cannot: Callable[[], str], chain: ChainPanels) -> list[Command]:
    """Return the commands of the accounts dock."""
    forms = [
        Command(
            id=f"accounts.{form.id}",
            title=f"{form.title}…",
            category="Accounts",
            run=partial(chain.open_form, form),
            icon=FORM_ICONS[form.id],
            tip=form.about,
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=6,
        )
        for form in FORMS
    ]
    keys = [
        (
            "permissions",
            "Permissions and Groups…",
            chain.open_permissions,
            "shield",
            "Change who may act for an account, and with what weight",
        ),
        (
            "import_key",
            "Import Key…",
            chain.import_key,
            "key-in",
            "Let Strata sign for an account with its secret key",
        ),
        ("export_keys", "Keys…", chain.export_keys, "key", "Show, copy and save the keys Strata signs with"),
    ]
    return forms + [
        Command(
            id=f"accounts.{name}",
            title=title,
            category="Accounts",
            run=run,
            icon=icon,
            tip=tip,
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=7,
        )
        for name, title, run, icon, tip in keys
    ]


def listing_commands(chain: ChainPanels) -> list[Command]:
    """Return what changes the chain dock's list."""
    return [
        Command(
            id="chain.empty_blocks",
            title="Show Empty Blocks",
            category="Chain Dock",
            run=chain.toggle_empty,
            icon="filter",
            tip="List blocks without transactions too",
            checked=lambda: chain.shows_empty,
        )
    ]


def dock_commands(
    no_transaction: Callable[[], str],
    no_hash: Callable[[], str],
    no_block: Callable[[], str],
    chain: ChainPanels,
) -> list[Command]:
    """Return what can be done with what is chosen in the chain dock; the first three say why there is nothing."""
    chosen = [
        ("debug", "Debug", chain.debug_chosen, "debug", "Step through the transaction", no_transaction),
        ("resend", "Send Again", chain.resend_chosen, "resend", "Send the transaction once more", no_transaction),
        ("edit", "Edit and Send Again", chain.edit_chosen, "compose", "Open it in the composer", no_transaction),
        (
            "source",
            "Go to Source",
            chain.show_source,
            "go-to",
            "To the failing line, else the contract",
            no_transaction,
        ),
        ("save_step", "Save as Scenario…", chain.save_chosen, "save", "Expecting what came of it", no_transaction),
        ("copy_hash", "Copy Hash", chain.copy_hash, "copy", "Of the chosen block or transaction", no_hash),
        ("validate", "Validate Block", chain.validate_chosen, "success", "Execute it again and compare", no_block),
    ]
    return [
        *(
            Command(
                id=f"chain.{name}",
                title=title,
                category="Chain Dock",
                run=run,
                icon=icon,
                tip=tip,
                disabled_reason=reason,
            )
            for name, title, run, icon, tip, reason in chosen
        ),
    ]


def validation_command(cannot: Callable[[], str], validate_all: Callable[[], object]) -> Command:
    """Return what executes the whole chain again; `cannot` says why not."""
    return Command(
        id="chain.validate_all",
        title="Validate All Blocks",
        category="Chain",
        run=validate_all,
        icon="success",
        tip="Execute every block again and compare with what was recorded, in the background",
        disabled_reason=cannot,
        menu=Menu.CHAIN,
        group=4,
    )
