"""`main.py node`: a private chain with IOST's HTTP API, for programs that speak to a node."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import tempfile
import threading
from pathlib import Path

from engine.entrance.account_keys import AccountKey, account_keys, write_accounts
from engine.entrance.http.server import DEFAULT_PORT, require_loopback
from engine.entrance.project import PROJECT_FILE, limits_for
from engine.facade import Engine, EngineEvent, Genesis, Production, ProductionMode, ProductionStopped

LOCAL_HOST = "127.0.0.1"
SHORTEST_BLOCK_TIME = 0.01


def node(arguments: list[str]) -> int:
    """`node`: serve a chain until Ctrl-C or SIGTERM; 0 after a clean end.

    Raises:
        InvalidInput: the port, an address, a file, the genesis folder or the project's settings cannot be used.
        StorageError: the data folder cannot be used.
    """
    options = _parser().parse_args(arguments)
    require_loopback(options.host, allow_remote=options.allow_remote)
    stopping = threading.Event()
    previous = {number: signal.signal(number, lambda *_: stopping.set()) for number in _stop_signals()}
    try:
        with contextlib.ExitStack() as opened:
            folder = options.data or Path(opened.enter_context(_temporary_folder()))
            genesis = None if options.genesis is None else Genesis(builtin=str(options.genesis.resolve()))
            limits = limits_for((options.project or folder) / PROJECT_FILE)
            engine = Engine.open(folder, genesis=genesis)
            opened.callback(engine.close)
            engine.configure_vm(limits.applied(engine.vm_settings)).result()
            opened.callback(engine.subscribe(_tell_trouble, only=ProductionStopped))
            keys = account_keys(engine)
            if options.accounts_file is not None:
                write_accounts(options.accounts_file, keys)
            if options.block_time is not None:
                engine.set_production(Production(ProductionMode.INTERVAL, options.block_time)).result()
            url = engine.start_node(port=options.port, host=options.host, allow_remote=options.allow_remote).result()
            _introduce(url, keys, options)
            while not stopping.wait(3600):
                pass
        return 0
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "main.py node", description="Serve a private chain with IOST's HTTP API, for this machine only."
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, metavar="N", help="0 takes a free one (default 30001)"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the chain is kept; a temporary one if absent")
    parser.add_argument(
        "--block-time", type=_block_time, metavar="S", help="seconds between blocks; a block a transaction if absent"
    )
    parser.add_argument("--accounts-file", type=Path, metavar="F", help="write the accounts and keys there (JSON)")
    parser.add_argument(
        "--project", type=Path, metavar="FOLDER", help="keep to the limits of its strata.json (default: that above DIR)"
    )
    parser.add_argument("--genesis", type=Path, metavar="FOLDER", help="built-in contracts in place of Strata's own")
    parser.add_argument("--host", default=LOCAL_HOST, metavar="ADDRESS", help="where to listen (default 127.0.0.1)")
    parser.add_argument("--allow-remote", action="store_true", help="let other machines connect to ADDRESS")
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError("a number from 0 to 65535")
    return number


def _block_time(text: str) -> float:
    seconds = float(text)
    if not SHORTEST_BLOCK_TIME <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"seconds from {SHORTEST_BLOCK_TIME} to 3600")
    return seconds


def _stop_signals() -> tuple[signal.Signals, ...]:
    return signal.SIGINT, signal.SIGTERM


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="strata-node-", ignore_cleanup_errors=True)


def _introduce(url: str, keys: tuple[AccountKey, ...], options: argparse.Namespace) -> None:
    blocks = "with every transaction" if options.block_time is None else f"every {options.block_time:g} s"
    kept = "in a temporary folder" if options.data is None else f"in {options.data}"
    width = max(len(key.name) for key in keys)
    lines = [f"IOST node at {url}", f"Blocks {blocks}; the chain is kept {kept}.", "", "Accounts (keys are public):"]
    lines += [f"  {key.name:<{width}}  {key.secret_key}" for key in keys]
    sys.stdout.write("\n".join([*lines, "", "Ctrl-C ends the node.", ""]))
    sys.stdout.flush()


def _tell_trouble(event: EngineEvent) -> None:
    if isinstance(event, ProductionStopped):
        sys.stderr.write(f"No more blocks are produced: {event.reason}\n")
