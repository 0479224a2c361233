"""Speaking to a node: requests as bytes, answers as JSON values."""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import time

from engine.chain.development import development_accounts
from engine.chain.transaction import LIFETIME, Transaction
from engine.facade import Engine
from engine.values import Action, AmountLimit

KEYS = {name: account.key for name, account in development_accounts().items()}
_serial = itertools.count()


class Client:
    """One connection to a node at `host:port`."""

    def __init__(self, address: str):
        self.address = address
        self.connection = http.client.HTTPConnection(address, timeout=60)

    def close(self):
        self.connection.close()

    def ask(self, method, path, body=None, headers=None):
        """Return the status, the headers and the body's bytes."""
        self.connection.request(method, path, body, headers or {"Content-Type": "text/plain"})
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def get(self, path):
        """Return the value of a success."""
        status, _, body = self.ask("GET", path)
        assert status == 200, body
        return json.loads(body)

    def post(self, path, message):
        """Return the value of a success."""
        status, _, body = self.ask("POST", path, json.dumps(message))
        assert status == 200, body
        return json.loads(body)

    def failure(self, path, message=None):
        """Return code and message of a failure."""
        if message is None:
            status, _, body = self.ask("GET", path)
        else:
            status, _, body = self.ask("POST", path, message if isinstance(message, bytes) else json.dumps(message))
        assert status == 400, body
        value = json.loads(body)
        assert set(value) == {"code", "message"}
        return value["code"], value["message"]

    def send(self, transaction):
        """Send a transaction and return its hash."""
        answer = self.post("/sendTx", message(transaction))
        assert answer == {"hash": transaction.hash_text(), "pre_tx_receipt": None}
        return answer["hash"]

    def refusal(self, transaction):
        """Return why a transaction is refused."""
        code, text = self.failure("/sendTx", message(transaction))
        assert code == 2
        return text

    def call(self, publisher, contract, method, *arguments, **changes):
        """Send a call and return its receipt."""
        transaction = signed(publisher, contract, method, *arguments, **changes)
        return self.get(f"/getTxReceiptByTxHash/{self.send(transaction)}")


class Node(Client):
    """An engine with its node started, and one connection to it."""

    def __init__(self, engine: Engine):
        self.engine = engine
        super().__init__(engine.start_node(port=0).result(30).removeprefix("http://"))


def signed(publisher, contract, method, *arguments, key=None, **changes):
    """Return a signed transaction at the machine's time, different from every other one."""
    now = time.time_ns()
    fields = {
        "time": now,
        "expiration": now + LIFETIME + next(_serial),
        "gas_ratio": 100,
        "gas_limit": 1_000_000_00,
        "actions": (Action(contract, method, json.dumps(arguments, separators=(",", ":"))),),
        "publisher": publisher,
        "amount_limit": (AmountLimit("*", "unlimited"),),
    }
    return Transaction(**(fields | changes)).signed([key or KEYS[publisher]])


def message(transaction):
    """Return a transaction as a client sends it."""
    return {
        "time": str(transaction.time),
        "expiration": transaction.expiration,
        "gasRatio": transaction.gas_ratio / 100,
        "gas_limit": transaction.gas_limit / 100,
        "delay": transaction.delay,
        "chain_id": transaction.chain_id,
        "actions": [
            {"contract": action.contract, "actionName": action.action_name, "data": action.data}
            for action in transaction.actions
        ],
        "amountLimit": [{"token": limit.token, "value": limit.val} for limit in transaction.amount_limit],
        "signers": list(transaction.signers),
        "signatures": [_signature(signature) for signature in transaction.signatures],
        "publisher": transaction.publisher,
        "publisherSigs": [_signature(signature) for signature in transaction.publisher_signatures],
        "reserved": None,
    }


def _signature(signature):
    names = {1: "SECP256K1", 2: "ED25519"}
    return {
        "algorithm": names.get(signature.algorithm, signature.algorithm),
        "signature": base64.b64encode(signature.signature).decode(),
        "publicKey": base64.urlsafe_b64encode(signature.public_key).decode(),
    }
