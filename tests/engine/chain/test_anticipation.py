from __future__ import annotations

from engine.chain.anticipation import Anticipation
from engine.chain.transaction import Transaction
from engine.values import Action, Layer


class CountingReader:
    def __init__(self):
        self.trips = []

    def read(self, key):
        return self.read_many([key])[0]

    def read_many(self, keys):
        self.trips.append(list(keys))
        return [(f"text of {key}", Layer.MVCC) for key in keys]


def transaction(publisher, method="m"):
    return Transaction(1, 2, 100, 1, (Action("C", method, "[]"),), publisher)


def read_like(anticipation, reader, publisher, method="m"):
    transactions = [transaction(publisher, method)]
    state = anticipation.state(reader, transactions)
    answers = [state.read(f"b-C-{publisher}"), *state.read_many(["b-C-x", f"b-C-{publisher}"])]
    anticipation.learn(state, transactions)
    return answers


def test_the_second_batch_of_a_kind_takes_one_trip_also_for_another_publisher():
    anticipation, reader = Anticipation(), CountingReader()
    read_like(anticipation, reader, "alice")
    assert len(reader.trips) == 2
    answers = read_like(anticipation, reader, "bobby")
    assert reader.trips[2:] == [["b-C-bobby", "b-C-x"]]
    assert answers == [
        ("text of b-C-bobby", Layer.MVCC),
        ("text of b-C-x", Layer.MVCC),
        ("text of b-C-bobby", Layer.MVCC),
    ]


def test_other_calls_are_not_anticipated():
    anticipation, reader = Anticipation(), CountingReader()
    read_like(anticipation, reader, "alice")
    read_like(anticipation, reader, "alice", "other")
    assert len(reader.trips) == 4
