"""What holds whatever people do: tokens, RAM, gas, valid blocks, and equal chains from equal transactions (issue 6)."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from engine.chain.gas_ledger import LIMIT, STOCK, UPDATE_TIME, entry_key, gas_at
from engine.chain.stored import decode, payer_of, size_of
from engine.errors import RejectedTransaction
from engine.facade import DeployRequest, Engine, Genesis
from engine.values import Abi, AbiMethod, Action, AmountLimit, Profile, TransactionRequest

START = 1600000000 * 10**9
PEOPLE = ("alice", "bobby", "carol", "david")
COUNT = 120
SOURCE = """class Vault {
  init() { storage.put('n', '0'); }
  put(k, v) { storage.put(k, v, blockchain.publisher()); storage.put('n', v); }
  mapPut(f, v) { storage.mapPut('m', f, v, blockchain.publisher()); }
  del(k) { storage.del(k); storage.mapDel('m', k); }
  fail(k) { storage.put(k, 'lost'); throw new Error('on purpose'); }
  pay(to, amount) { blockchain.withdraw(to, amount, ''); }
  take(amount) { blockchain.deposit(blockchain.publisher(), amount, ''); }
}
module.exports = Vault;
"""
METHODS = {"put": 2, "mapPut": 2, "del": 1, "fail": 1, "pay": 2, "take": 1}
ABI = Abi(
    abi=tuple(AbiMethod(name, ("string",) * count, (AmountLimit("*", "unlimited"),)) for name, count in METHODS.items())
)


class Course:
    """A random course of transactions on a new chain; the same seed gives the same course."""

    def __init__(self, folder, seed):
        self.engine = Engine.open(folder, genesis=Genesis(time=START))
        self.chance = random.Random(seed)
        self.start = self.entries()
        self.code = Counter()
        self.owners = {}
        self.statuses = Counter()
        for publisher in PEOPLE[:2]:
            self.deploy(publisher)
        self.send(
            "alice", ("token.iost", "create", "gold", "alice", 1000, {}), ("token.iost", "issue", "gold", "alice", "9")
        )
        for _ in range(COUNT):
            self.step()

    def entries(self):
        found = self.engine.state_entries(count=10**6).result(30)
        return {entry.key: entry.value for entry in found if entry.value is not None}

    def deploy(self, publisher):
        request = DeployRequest(
            name="vault", source=SOURCE, publisher=publisher, file="vault.js", profile=Profile.IOST, abi=ABI
        )
        done = self.engine.deploy(request).result(30)
        contract = done.contract.id
        self.owners[contract] = publisher
        owner_entry = 26 + 2 * len(contract) + 2 + 2 * len(publisher)  # contract-api.md §15
        self.code[publisher] += done.transaction.receipt.ram_usage[publisher] - owner_entry

    def step(self):
        publisher = self.chance.choice(PEOPLE)
        signers = self.chance.choice([(), (f"{publisher}@owner",), ("alice@active", "bobby@active")])
        actions = [self.action(publisher) for _ in range(self.chance.choice([1, 1, 1, 2]))]
        self.send(publisher, *actions, signers=signers, gas_limit=self.chance.choice(["4000000", "4000000", "40000"]))
        if self.chance.random() < 0.2:
            self.engine.advance(self.chance.randrange(10**10)).result(30)

    def action(self, publisher):
        pick = self.chance.choice
        vault, other, text = pick(list(self.owners)), pick(PEOPLE), pick(["", "v", "日本", "x" * 30])
        due = START + self.chance.randrange(10**11)
        return pick(
            [
                (vault, "put", pick("abé"), text),
                (vault, "mapPut", pick("abé"), text),
                (vault, "del", pick("abé")),
                (vault, "fail", "a"),
                (vault, "take", "2"),
                (vault, "pay", other, "0.5"),
                ("token.iost", "transfer", "gold", publisher, other, "0.25", ""),
                ("token.iost", "transfer", "iost", publisher, vault, "1", ""),
                ("token.iost", "transferFreeze", "gold", publisher, other, "0.5", due, ""),
                ("token.iost", "balanceOf", "gold", other),
                ("token.iost", "destroy", "gold", publisher, "0.125"),
                ("token721.iost", "create", "art", publisher, 3),
                ("token721.iost", "issue", "art", publisher, text),
                ("token721.iost", "transfer", "art", publisher, other, "0"),
                ("gas.iost", "pledge", publisher, other, "2"),
                ("gas.iost", "unpledge", publisher, other, "1"),
                ("ram.iost", "buy", publisher, other, 50),
                ("ram.iost", "lend", publisher, other, 20),
                ("auth.iost", "addGroup", publisher, pick(["family", "friends"])),
                ("auth.iost", "dropGroup", publisher, pick(["family", "friends"])),
            ]
        )  # fmt: skip

    def send(self, publisher, *actions, signers=(), gas_limit="4000000"):
        request = TransactionRequest(
            publisher=publisher,
            actions=tuple(Action(contract, name, json.dumps(arguments)) for contract, name, *arguments in actions),
            signers=signers,
            gas_limit=gas_limit,
        )
        try:
            status = self.engine.transact(request).result(30).receipt.status
        except RejectedTransaction:
            status = "refused"
        self.statuses[str(status)] += 1

    def hashes(self):
        count = self.engine.head().result(30).number + 1
        return [block.hash for block in self.engine.blocks(0, count).result(30)]

    def paid_bytes(self, entries):
        """Return what each account has to pay for by the rules of contract-api.md §15."""
        paid = Counter()
        for key, text in entries.items():
            kind, _, path = key.partition("-")
            parts = path.split("-", 2)
            is_field_list = kind == "m" and len(parts) < 3
            if kind not in {"b", "m"} or is_field_list or path.startswith("ram.iost-UR"):
                continue
            field = len(parts[2].encode()) if kind == "m" else 0
            name = len(path.encode()) if kind == "b" else len(parts[0]) + 1 + len(parts[1].encode()) + 2 * field
            payer = payer_of(text)
            paid[self.owners.get(payer, payer)] += name + size_of(text)
        return paid


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("chain"), seed=7)
    yield course
    course.engine.close()


def test_the_course_meets_successes_and_failures(course):
    assert course.statuses["SUCCESS"] > COUNT / 4
    assert course.statuses["RUNTIME_ERROR"] > 5
    assert len([account for account in PEOPLE if course.engine.account(account).result(30).ram_used]) > 2


@pytest.mark.parametrize("token", ["iost", "ram", "gold"])
def test_tokens_are_conserved(course, token):
    entries = course.entries()
    held = sum(
        decode(text)[0]
        for key, text in entries.items()
        if key.startswith("m-token.iost-TB") and key.endswith(f"-{token}")
    )
    frozen = sum(
        item["Amount"]
        for key, text in entries.items()
        if key.startswith("m-token.iost-TF") and key.endswith(f"-{token}")
        for item in json.loads(decode(text)[0])
    )
    used = sum(int(decode(text)[0]) for key, text in entries.items() if key.startswith("b-ram.iost-UR"))
    assert held + frozen + (used if token == "ram" else 0) == decode(entries[f"m-token.iost-TI{token}-supply"])[0]


@pytest.mark.parametrize("account", PEOPLE)
def test_used_ram_is_the_bytes_stored(course, account):
    entries = course.entries()
    stored = course.paid_bytes(entries)[account] - course.paid_bytes(course.start)[account] + course.code[account]
    assert int(decode(entries[f"b-ram.iost-UR{account}"])[0]) == stored
    assert course.engine.account(account).result(30).ram_used == stored


@pytest.mark.parametrize("account", PEOPLE)
def test_gas_is_between_nothing_and_its_limit(course, account):
    entries = course.entries()
    updated, limit = (decode(entries[entry_key(account, name)])[0] for name in (UPDATE_TIME, LIMIT))
    for time in (updated, updated + 10**9, updated + 10**15):
        gas = gas_at(entries, account, time)
        assert 0 <= gas.value * 10**limit.scale <= limit.value * 10**gas.scale
    assert decode(entries[entry_key(account, STOCK)])[0].value >= 0


def test_every_block_is_valid(course):
    head = course.engine.head().result(30).number
    assert head >= COUNT * 3 // 4
    assert all(course.engine.validate_block(number).result(30) is None for number in range(1, head + 1, 7))


def test_equal_transactions_make_equal_chains(course, tmp_path):
    again = Course(tmp_path, seed=7)
    try:
        assert again.hashes() == course.hashes()
        assert again.entries() == course.entries()
    finally:
        again.engine.close()
