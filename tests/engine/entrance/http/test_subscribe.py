"""The stream of events (spec/rpc.md §4)."""

from __future__ import annotations

import asyncio
import http.client
import json

import pytest

from engine.entrance.http.event_hub import BUFFERED, EventHub
from engine.entrance.http.failure import RequestFailure
from engine.entrance.http.requests import TOPICS, SubscribeFilter, SubscribeRequest
from engine.values import ContractEvent

SOURCE = """class Speaker {
    init() {}
    say(text) { blockchain.event(text); blockchain.receipt('receipt of ' + text); }
    fail(text) { blockchain.event(text); throw new Error('no'); }
}
module.exports = Speaker;
"""

EVENTS = TOPICS.index("CONTRACT_EVENT")


@pytest.fixture(scope="module")
def contract(node):
    abi = [{"name": "say", "args": ["string"]}, {"name": "fail", "args": ["string"]}]
    code = {"info": {"lang": "javascript", "version": "1.0.0", "abi": abi}, "code": SOURCE}
    receipt = node.call("alice", "system.iost", "setCode", json.dumps(code))
    return json.loads(receipt["returns"][0])[0]


class Stream:
    """An open subscription."""

    def __init__(self, node, message):
        self.connection = http.client.HTTPConnection(node.address, timeout=20)
        self.connection.request("POST", "/subscribe", json.dumps(message))
        self.answer = self.connection.getresponse()

    def events(self, count):
        found = [json.loads(self.answer.readline())["result"]["event"] for _ in range(count)]
        assert all(list(event) == ["topic", "data", "time"] for event in found)
        return [(event["topic"], event["data"]) for event in found]

    def close(self):
        self.connection.close()


@pytest.fixture
def stream(node):
    opened = []

    def open_stream(**message):
        opened.append(Stream(node, message))
        assert opened[-1].answer.status == 200
        assert opened[-1].answer.headers["Transfer-Encoding"] == "chunked"
        return opened[-1]

    yield open_stream
    for each in opened:
        each.close()


def test_events_in_order_and_once(node, contract, stream):
    both = stream(topics=["CONTRACT_EVENT", "CONTRACT_RECEIPT"], filter={"contractId": contract})
    only = stream(topics=["CONTRACT_RECEIPT"], filter={"contract_id": contract})
    for text in ("one", "two"):
        node.call("bobby", contract, "say", text)
    wanted = [
        ("CONTRACT_EVENT", "one"),
        ("CONTRACT_RECEIPT", "receipt of one"),
        ("CONTRACT_EVENT", "two"),
        ("CONTRACT_RECEIPT", "receipt of two"),
    ]
    assert both.events(4) == wanted
    assert only.events(2) == wanted[1::2]


def test_what_failed_is_not_told(node, contract, stream):
    listening = stream(topics=["CONTRACT_EVENT"])
    assert node.call("bobby", contract, "fail", "never")["status_code"] == "RUNTIME_ERROR"
    node.call("bobby", contract, "say", "after")
    assert listening.events(1) == [("CONTRACT_EVENT", "after")]


def test_native_receipts_of_all_contracts(node, stream):
    listening = stream(topics=["CONTRACT_RECEIPT"], filter={"contract_id": "token.iost"})
    node.call("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1", "<memo>")
    found = listening.events(2)
    assert ("CONTRACT_RECEIPT", '["iost","alice","bobby","1","\\u003cmemo\\u003e"]') in found


def test_unknown_topic(node):
    code, text = node.failure("/subscribe", {"topics": ["NONE"]})
    assert (code, text) == (3, 'unknown value "NONE" for enum rpcpb.Event_Topic')


# --- the hub -----------------------------------------------------------------------------------------


def events(*texts, contract="c", topic="CONTRACT_EVENT"):
    return tuple(ContractEvent(topic, contract, text, 5) for text in texts)


def received(subscription):
    async def read():
        found = []
        while (line := await subscription.next_line()) is not None:
            found.append(json.loads(line)["result"]["event"]["data"])
        return found

    return asyncio.run(read())


def test_filters():
    hub = EventHub()
    none = hub.subscribe(SubscribeRequest())
    everything = hub.subscribe(SubscribeRequest(topics=(EVENTS,)))
    one = hub.subscribe(SubscribeRequest(topics=(EVENTS,), filter=SubscribeFilter("c")))
    hub.publish(events("a") + events("b", contract="other") + events("r", topic="CONTRACT_RECEIPT"))
    hub.close()
    assert (received(none), received(everything), received(one)) == ([], ["a", "b"], ["a"])


def test_a_slow_reader_loses_the_newest():
    hub = EventHub()
    slow = hub.subscribe(SubscribeRequest(topics=(EVENTS,)))
    hub.publish(events(*map(str, range(BUFFERED + 50))))
    hub.close()
    assert received(slow) == [str(number) for number in range(BUFFERED)]


def test_limit_of_subscriptions():
    hub = EventHub()
    opened = [hub.subscribe(SubscribeRequest()) for _ in range(200)]
    with pytest.raises(RequestFailure, match="too many subscriptions"):
        hub.subscribe(SubscribeRequest())
    hub.unsubscribe(opened[0])
    hub.subscribe(SubscribeRequest())


def test_the_chain_is_followed_while_somebody_listens():
    hub, calls = EventHub(), []

    def follow():
        calls.append("follow")
        return lambda: calls.append("unfollow")

    hub.attach(follow)
    request = SubscribeRequest(topics=(EVENTS,))
    first, second = hub.subscribe(request), hub.subscribe(request)
    hub.unsubscribe(first)
    assert calls == ["follow"]
    hub.unsubscribe(second)
    assert calls == ["follow", "unfollow"]
    hub.subscribe(request)
    hub.close()
    assert calls == ["follow", "unfollow"] * 2
