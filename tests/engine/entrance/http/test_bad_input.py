"""Thousands of bad requests leave the node healthy and its memory flat (issue: bad input)."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import struct
import threading
from urllib.parse import quote

import psutil
import pytest

from tests.engine.entrance.http.client import KEYS, message, signed

REQUESTS = int(os.environ.get("STRATA_BAD_REQUESTS", "1500"))
SUBSCRIBERS = int(os.environ.get("STRATA_SUBSCRIBERS", "60"))
GROWTH_BYTES = 30 * 1024 * 1024
POSTED = [
    *("sendTx", "execTx", "getContractStorage", "getBatchContractStorage", "getContractStorageFields"),
    *("listContractStorage", "getBlockHeaderByRange", "getBlockTxsByContract"),
]
ASKED = [
    *("getTxByHash", "getTxReceiptByTxHash", "getBlockByHash", "getBlockByNumber", "getRawBlockByNumber", "getAccount"),
    *("getTokenBalance", "getTokenInfo", "getContract", "getToken721Owner", "getProducerVoteInfo", "getVoterBonus"),
]
OFTEN_EMPTY = ("reserved", "signers", "signatures", "delay")
"""What many of the values leave as it is."""
TEXTS = [
    *(
        "",
        "x",
        "ü",
        "\u202e",
        "'; --",
        "../..",
        "%",
        "\\",
        "0" * 300,
        "日本語",
        "\x00",
        "-1",
        "1e999",
        "@",
        "Contract",
        "a.iost",
    ),
]
NAMES = ["id", "key", "field", "keyFields", "start", "end", "limit", "from", "to", "storageType", "time", "actions"]
VALUES = [None, 0, -1, 2**63, 2**64, 1.5, 1e308, "", "x", "NaN", [], {}, [[]], True, "ü" * 50, "9" * 400]


def bad_transaction(chance):
    transaction = signed("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1", chance.choice(TEXTS))
    value = message(transaction)
    kind = chance.randrange(5)
    if kind == 0:
        wrong = chance.choice([name for name in value if name not in OFTEN_EMPTY])
        value[wrong] = chance.choice(VALUES)
    elif kind == 1:
        value["publisherSigs"][0]["signature"] = "AAAA"
    elif kind == 2:
        value["time"] = chance.choice([0, -5, 1, 2**62])
    elif kind == 3:
        value["publisher"] = chance.choice(TEXTS)
    else:
        value["actions"][0]["data"] = chance.choice(["[" * 2000, "{}", '["iost","alice","bobby","1e9",""]', "\x00"])
    return json.dumps(value)


def bad_request(chance):
    """Return method, path and body of a request that cannot succeed, or asks for nothing that exists."""
    kind = chance.randrange(4)
    if kind == 0:
        return "POST", f"/{chance.choice(('sendTx', 'execTx'))}", bad_transaction(chance)
    if kind == 1:
        body = {name: chance.choice(VALUES) for name in chance.sample(NAMES, 4)}
        return "POST", f"/{chance.choice(POSTED)}", json.dumps(body)
    if kind == 2:
        return "POST", f"/{chance.choice(POSTED)}", chance.randbytes(chance.randrange(1, 400))
    parts = [quote(chance.choice(TEXTS), safe="") for _ in range(chance.randrange(4))]
    return "GET", "/" + "/".join([chance.choice(ASKED), *parts]), None


def attack(node, count, seed):
    chance = random.Random(seed)
    statuses = {}
    for _ in range(count):
        method, path, body = bad_request(chance)
        status, _, answer = node.ask(method, path, body)
        value = json.loads(answer)
        assert status in (200, 400), (path, body)
        if status == 400:
            assert value["code"] in (2, 3, 8, 12), (path, body, value)
            assert "internal error" not in value["message"], (path, body)
        statuses[status] = statuses.get(status, 0) + 1
    return statuses


@pytest.mark.timeout(600)
def test_the_node_stays_healthy(node):
    process = psutil.Process()
    attack(node, REQUESTS // 3, seed=1)
    balance = node.get("/getTokenBalance/alice/iost/1")["balance"]
    before = process.memory_info().rss
    statuses = attack(node, REQUESTS, seed=2)
    assert statuses[400] > REQUESTS // 2
    assert process.memory_info().rss - before < GROWTH_BYTES
    assert node.get("/getNodeInfo")["tx_pool_size"] == "0"
    assert node.get("/getTokenBalance/alice/iost/1")["balance"] == balance
    receipt = node.call("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1", "still here")
    assert receipt["status_code"] == "SUCCESS"


def test_replays_are_refused(node):
    transaction = signed("alice", "system.iost", "receipt", "once")
    node.send(transaction)
    head = node.get("/getChainInfo")["head_block"]
    for _ in range(200):
        assert node.refusal(transaction) == "tx exists in chain"
    assert node.get("/getChainInfo")["head_block"] == head


def subscriber(node):
    """A socket on which events come."""
    host, _, port = node.address.partition(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    body = b'{"topics":["CONTRACT_RECEIPT"]}'
    connection.sendall(b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def test_subscribers_who_come_and_go(node):
    """Some leave in order, some in the middle of a line, most of them never read; the others miss nothing."""
    chance = random.Random(3)
    listener = subscriber(node)
    others = []
    for number in range(SUBSCRIBERS):
        others.append(subscriber(node))
        if number % 3 == 0:
            node.call("alice", "system.iost", "receipt", f"event {number}")
        while len(others) > 100 or (others and chance.random() < 0.45):
            leaving = others.pop(chance.randrange(len(others)))
            if chance.random() < 0.5:
                leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # by a reset
            leaving.close()
    for leaving in others:
        leaving.close()
    wanted = [f"event {number}" for number in range(0, SUBSCRIBERS, 3)]
    seen = b""
    while f'"{wanted[-1]}"'.encode() not in seen:
        seen += listener.recv(65536)
    assert re.findall(r'"data":"(event \d+)"', seen.decode()) == wanted
    listener.close()
    for _ in range(600):
        node.call("alice", "system.iost", "receipt", "is anybody there?")  # who is gone is noticed when he is told
        if not node.engine._node._hub:
            return
        threading.Event().wait(0.05)
    pytest.fail("subscribers who are gone are still known")


@pytest.mark.parametrize(
    "name", ["ünïcöde", "日本語日本", "\u202eecila", "alice\x00", "ALICE", "al ice", "'; drop", "a@b.c"]
)
def test_unicode_names_are_no_accounts(node, name):
    receipt = node.call("alice", "auth.iost", "signUp", name, KEYS["bobby"].id, KEYS["bobby"].id)
    assert receipt["status_code"] == "RUNTIME_ERROR"
    assert "id invalid" in receipt["message"]
