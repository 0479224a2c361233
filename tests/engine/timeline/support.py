"""A contract with a counter and a map, and how to call it."""

import json

from engine.values import Abi, AbiMethod, Action, TransactionRequest

ABI = Abi(abi=(AbiMethod("add", ("number",)), AbiMethod("set", ("string", "string", "string"))))
CONTRACT = """class Counter {
  init() {
    storage.put('count', '0');
  }

  add(amount) {
    const before = Number(storage.get('count'));
    if (before + amount > 100) {
      throw new Error('too much');
    }
    storage.put('count', (before + amount).toString());
    return (before + amount).toString();
  }

  set(map, field, value) {
    storage.mapPut(map, field, value);
  }
}

module.exports = Counter;
"""


def call(engine, contract, method, *arguments, publisher="alice"):
    return engine.transact(request(contract, method, *arguments, publisher=publisher)).result(30)


def request(contract, method, *arguments, publisher="alice"):
    return TransactionRequest(publisher, (Action(contract, method, json.dumps(arguments)),))
