"""The peers' workload on Strata, in a process of its own: `python -m tests.benchmarks.peer_workload KIND`.

It is the transfers of the peers' scripts: fifty balances in a contract, the same transfers in the same order, balances
checked afterwards. Like theirs, it prints a JSON line for each way of doing it, and nothing if a balance is wrong.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from engine.compiler.pack.node import node_program
from engine.facade import DeployRequest, Engine
from engine.values import Action, TransactionRequest, TransactionResult
from tests.benchmarks import bench_node, bench_vm
from tests.benchmarks.harness import Spread, spread, times

COUNT = int(os.environ.get("N", "1000"))
HOLDERS = 50
MINTED = 1_000_000
PEOPLE = bench_node.SENDERS
ROOT = Path(__file__).resolve().parents[2]
SOURCE = """class Token {
    init() {}
    /** @param {string} who @param {number} amount */
    mint(who, amount) { storage.mapPut('balances', who, String(amount)); }
    /** @param {string} from @param {string} to @param {number} amount */
    transfer(from, to, amount) {
        const has = Number(storage.mapGet('balances', from));
        const had = Number(storage.mapGet('balances', to) || '0');
        if (has < amount) { throw new Error('balance'); }
        storage.mapPut('balances', from, String(has - amount));
        storage.mapPut('balances', to, String(had + amount));
    }
}
module.exports = Token;
"""


def transfer_of(number: int, holders: int) -> tuple[int, int, int]:
    """Return from, to and amount of a transfer; with fifty holders those of the peers' scripts."""
    return number % holders, (number * 7 + 1) % holders, 1 + number % 5


def expected(count: int, holders: int) -> list[int]:
    """Return what each holder has gained after so many transfers, as the contract counts."""
    gained = [0] * holders
    for number in range(count):
        sender, to, amount = transfer_of(number, holders)
        if sender == to:  # both reads come before both writes
            gained[to] += amount
        else:
            gained[sender] -= amount
            gained[to] += amount
    return gained


def report(name: str, taken: Sequence[float], ready: float) -> None:
    """Print a row as the peers' scripts do; `taken` in µs a transaction, `ready` in seconds."""
    found = spread(taken)
    row = {"peer": name, "n": len(taken), "setup_ms": ready * 1e3, "tx_s": len(taken) / (sum(taken) / 1e6)}
    print(json.dumps(row | {"p50_us": found.p50, "p99_us": found.p99, "rss_mb": memory() / 1e6}), flush=True)


def report_row(name: str, found: Spread, microseconds: float) -> None:
    """Print a row about something that is done once at a time; `microseconds` in the spread's unit."""
    print(
        json.dumps({"peer": name, "p50_us": found.p50 * microseconds, "p99_us": found.p99 * microseconds}), flush=True
    )


def memory() -> int:
    """Return the bytes resident in this process and those that it started."""
    process = psutil.Process()
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)) if one.is_running())


@contextmanager
def opened() -> Iterator[tuple[Engine, str, float]]:
    """An engine with the contract deployed and its holders funded; and the seconds that took."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = Engine.open(Path(folder))
        try:
            request = DeployRequest(name="token", source=SOURCE, publisher="alice", file="token.js")
            contract = engine.deploy(request).result(60).contract
            assert contract is not None
            for holder in range(HOLDERS):
                engine.transact(call(contract.id, "mint", holder, f"holder{holder}", MINTED)).result(60)
            yield engine, contract.id, time.perf_counter() - start
        finally:
            engine.close()


def call(contract: str, method: str, number: int, *arguments: object) -> TransactionRequest:
    """Return a call by one of the accounts in turn."""
    action = Action(contract, method, json.dumps(arguments))
    return TransactionRequest(PEOPLE[number % len(PEOPLE)], (action,), gas_limit="100000")


def contract_transfer(contract: str, number: int) -> TransactionRequest:
    """Return a transfer by the contract in JavaScript."""
    sender, to, amount = transfer_of(number, HOLDERS)
    return call(contract, "transfer", number, f"holder{sender}", f"holder{to}", amount)


def token_transfer(number: int) -> TransactionRequest:
    """Return a transfer of iost, the built-in token, by its sender."""
    sender, to, amount = transfer_of(number, len(PEOPLE))
    return call("token.iost", "transfer", sender, "iost", PEOPLE[sender], PEOPLE[to], str(amount), f"{number}")


def holdings(engine: Engine, contract: str) -> list[int]:
    """Return what the contract's holders have gained."""
    found = [engine.storage(contract, "balances", f"holder{holder}").result(60) for holder in range(HOLDERS)]
    return [int(text or 0) - MINTED for text in found]


def iost(engine: Engine) -> list[Decimal]:
    """Return what the accounts have of the built-in token."""
    return [Decimal(engine.balance(name, "iost").result(60)) for name in PEOPLE]


def check(gained: Sequence[Decimal | int], holders: int) -> None:
    """End the process without a row if a balance is wrong: a fast wrong answer does not count."""
    if list(gained) != expected(COUNT, holders):
        sys.exit(f"wrong balances: {gained}")


def timed(engine: Engine, requests: Sequence[TransactionRequest]) -> list[float]:
    """Return the µs from each request until its receipt is on disk, one after the other."""
    taken = []
    for request in requests:
        start = time.perf_counter()
        result = engine.transact(request).result(60)
        taken.append((time.perf_counter() - start) * 1e6)
        assert result.succeeded, result.receipt.message
    return taken


def facade() -> None:
    """Each transfer in a block of its own, flushed, with its receipt."""
    with opened() as (engine, contract, ready):
        taken = timed(engine, [contract_transfer(contract, number) for number in range(COUNT)])
        check(holdings(engine, contract), HOLDERS)
        report("Strata contract call", taken, ready)
        before = iost(engine)
        taken = timed(engine, [token_transfer(number) for number in range(COUNT)])
        check([now - then for now, then in zip(iost(engine), before, strict=True)], len(PEOPLE))
        report("Strata token.iost", taken, ready)


def bulk() -> None:
    """All transfers in one request: blocks are as full as the chain's rules allow, flushed, with receipts."""
    with opened() as (engine, contract, ready):
        before = iost(engine)
        requests = [contract_transfer(contract, number) for number in range(COUNT)]
        for name, chosen in (("contract", requests), ("token.iost", [token_transfer(n) for n in range(COUNT)])):
            start = time.perf_counter()
            for result in engine.transact_many(chosen).result(300):
                assert isinstance(result, TransactionResult), result
                assert result.succeeded, result.receipt.message
            seconds = time.perf_counter() - start
            report(f"Strata {name} in bulk", [seconds / COUNT * 1e6] * COUNT, ready)
        check(holdings(engine, contract), HOLDERS)
        check([now - then for now, then in zip(iost(engine), before, strict=True)], len(PEOPLE))


# --- over HTTP --------------------------------------------------------------------------------------


@contextmanager
def node() -> Iterator[tuple[str, Path, float]]:
    """A node in a process of its own: its address, the file with its accounts' keys, the seconds until it answers."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        accounts = Path(folder) / "accounts.json"
        command = [sys.executable, ROOT / "main.py", "node", "--port", "0", "--accounts-file", accounts]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                address = process.stdout.readline().removeprefix("IOST node at ").strip()
                assert address.startswith("http"), address
                yield address, accounts, time.perf_counter() - start
            finally:
                process.send_signal(signal.SIGTERM)


def signed_transfers() -> list[bytes]:
    """Return bodies of sendTx for the transfers of iost."""
    now = time.time_ns()
    bodies = []
    for number in range(COUNT):
        sender, to, amount = transfer_of(number, len(PEOPLE))
        data = json.dumps(["iost", PEOPLE[sender], PEOPLE[to], str(amount), ""], separators=(",", ":"))
        action = Action("token.iost", "transfer", data)
        bodies.append(bench_node.signed_body(now - number, PEOPLE[sender], action))
    return bodies


def balances(connection: http.client.HTTPConnection) -> list[Decimal]:
    """Return what the accounts have of iost, as the node says."""
    return [Decimal(ask(connection, "GET", f"/getAccount/{name}/1")["balance_string"]) for name in PEOPLE]


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> Any:
    """Return a successful answer."""
    connection.request(method, path, body)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, text
    return json.loads(text)


def over_http() -> None:
    """Signed beforehand: sendTx, then the receipt, on one connection; then several connections at once."""
    with node() as (address, _, ready):
        host = address.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=60)
        before = balances(connection)
        taken = []
        for body in signed_transfers():
            start = time.perf_counter()
            sent = ask(connection, "POST", "/sendTx", body)
            receipt = ask(connection, "GET", f"/getTxReceiptByTxHash/{sent['hash']}")
            taken.append((time.perf_counter() - start) * 1e6)
            assert receipt["status_code"] == "SUCCESS", receipt
        check([now - then for now, then in zip(balances(connection), before, strict=True)], len(PEOPLE))
        report("Strata HTTP receipt", taken, ready)
        bodies = signed_transfers()
        seconds = bench_node.post_at_once(host, bodies)
        report(f"Strata HTTP send, {bench_node.CONNECTIONS} connections", [seconds / COUNT * 1e6] * COUNT, ready)
        connection.close()


def with_sdk() -> None:
    """The official SDK in Node signs, sends and asks for the receipt."""
    with node() as (address, accounts, _):
        script = ROOT / "tests" / "sdk" / "transfers.mjs"
        done = subprocess.run([node_program(), script, address, accounts, str(COUNT)], capture_output=True, text=True)
        sys.stderr.write(done.stderr)
        sys.stdout.write(done.stdout)
        if done.returncode:
            sys.exit(done.returncode)


# --- sandboxes --------------------------------------------------------------------------------------


def sandboxes() -> None:
    """What the peers of sandboxes are asked: a new one, a call in one that is there."""
    report_row("Strata sandbox made step by step", bench_vm.realms("plain"), 1e3)
    report_row("Strata sandbox from the startup snapshot", bench_vm.realms("image"), 1e3)
    contracts = bench_vm.Contracts()
    with bench_vm.pool(contracts, ceiling=1) as pool:
        pool.call(b"run small")
        report_row("Strata call in a hot worker, another process", times(lambda: pool.call(b"run small"), 2000), 1)


KINDS = {"facade": facade, "bulk": bulk, "http": over_http, "sdk": with_sdk, "sandboxes": sandboxes}

if __name__ == "__main__":
    KINDS[sys.argv[1]]()
