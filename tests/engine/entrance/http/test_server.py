"""The server itself: where it listens, what it says to browsers, its limits, its end."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socket
import threading
import time

import pytest

from engine.entrance.http import server
from engine.entrance.http.server import LARGEST_BODY, MAXIMUM_CONNECTIONS, NodeServer
from engine.errors import InvalidInput
from engine.facade import Engine, Genesis
from tests.engine.entrance.http.client import Node, message, signed


def test_a_port_in_use(node):
    port = int(node.address.partition(":")[2])
    with pytest.raises(InvalidInput) as caught:
        NodeServer(node.engine, port).start()
    assert caught.value.what == f"port {port} is in use"
    assert "--port" in caught.value.advice


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_other_machines_only_if_told_twice(node, host):
    with pytest.raises(InvalidInput, match="can be reached by other machines"):
        NodeServer(node.engine, 0, host=host)
    assert NodeServer(node.engine, 0, host=host, allow_remote=True).url.endswith(":0")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9"])
def test_this_machine(node, host):
    running = NodeServer(node.engine, 0, host=host)
    url = running.start()
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/getNodeInfo")
    assert connection.getresponse().status == 200
    connection.close()
    running.stop()
    running.stop()


def test_the_node_is_switched_on_and_off(tmp_path):
    engine = Engine.open(tmp_path, genesis=Genesis(builtin="none"))
    try:
        url = engine.start_node(port=0).result(30)
        with pytest.raises(InvalidInput, match=f"runs already at {url}"):
            engine.start_node(port=0).result(30)
        engine.stop_node().result(30)
        engine.stop_node().result(30)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5)
        node = Node(engine)
        assert node.get("/getNodeInfo")["mode"] == "ModeNormal"
        node.close()
    finally:
        engine.close()


def test_a_browser_may_ask(node):
    origin = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    status, headers, _ = node.ask("OPTIONS", "/sendTx", headers=origin)
    assert status == 200
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Allow-Headers"] == "Content-Type,Accept"
    assert headers["Access-Control-Allow-Methods"] == "GET,HEAD,POST,PUT,DELETE"
    for path in ("/getNodeInfo", "/nothing"):
        assert node.ask("GET", path)[1]["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "POST"])
def test_other_methods(node, method):
    """As the reference's gateway: a path has one method, and HEAD is not GET without a body."""
    status, _, body = node.ask(method, "/getNodeInfo")
    assert status == 400
    assert json.loads(body or b"null") == (None if method == "HEAD" else {"code": 12, "message": "Method Not Allowed"})
    status, _, body = node.ask(method, "/nothing")
    assert (status, json.loads(body or '{"code":12}')["code"]) == (400, 12)
    assert node.get("/getNodeInfo")["mode"] == "ModeNormal"


def test_content_types(node):
    _, headers, _ = node.ask("GET", "/getNodeInfo")
    assert headers["Content-Type"].startswith("application/json")
    _, headers, _ = node.ask("GET", "/nothing")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "image/png"])
def test_bodies_are_json_whatever_they_say(node, content_type):
    transaction = signed("alice", "system.iost", "receipt", "x")
    body = json.dumps(message(transaction))
    assert node.ask("POST", "/sendTx", body, {"Content-Type": content_type})[0] == 200


def test_a_body_may_be_large_but_not_larger(node):
    body = b'{"publisher":"' + b"x" * (LARGEST_BODY - 16) + b'"}'
    assert len(body) == LARGEST_BODY
    code, text = node.failure("/sendTx", body)
    assert (code, text[:9]) == (2, "TimeError")
    code, text = node.failure("/sendTx", body + b" ")
    assert code == 8
    assert text == f"grpc: received message larger than max ({LARGEST_BODY + 1} vs. {LARGEST_BODY})"
    node.connection.close()
    assert node.get("/getNodeInfo")["mode"] == "ModeNormal"


def test_chunked_bodies(node):
    transaction = signed("alice", "system.iost", "receipt", "x")
    body = json.dumps(message(transaction)).encode()
    node.connection.request(
        "POST", "/sendTx", iter([body[:100], body[100:]]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
    )
    assert json.loads(node.connection.getresponse().read())["hash"] == transaction.hash_text()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /sendTx HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /sendTx HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe%ff%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_http(node, request_bytes):
    host, _, port = node.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request_bytes)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    assert node.get("/getNodeInfo")["mode"] == "ModeNormal"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "nonsense"])
def test_packed_bodies_are_no_json(node, encoding):
    headers = {"Content-Encoding": encoding}
    status, _, body = node.ask("POST", "/sendTx", gzip.compress(b" " * (LARGEST_BODY * 20)), headers)
    assert (status, json.loads(body)["code"]) == (400, 3)
    assert node.ask("POST", "/getContractStorage", b'{"id":"x"}', headers)[0] == 200


def test_a_body_that_does_not_arrive(node, monkeypatch):
    monkeypatch.setattr(server, "BODY_SECONDS", 0.05)
    host, _, port = node.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"POST /sendTx HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'"code":4,"message":"the body did not arrive' in answer


def test_long_paths_are_answered_like_others(node):
    code, text = node.failure(f"/getAccount/{'a' * 20_000}/1")
    assert (code, text) == (2, "id invalid. id length should be between 5,11 - 20000 ")


def test_those_who_ask_nothing_make_room(node):
    """More connections than there may be, silent or with half a request: whoever asks something is answered."""
    host, _, port = node.address.partition(":")
    held = []
    try:
        for number in range(MAXIMUM_CONNECTIONS + 20):
            connection = socket.create_connection((host, int(port)), timeout=20)
            held.append(connection)
            connection.sendall(b"POST /sendTx HTTP/1.1\r\nHost: x\r\nX-Slow: " if number % 2 else b"")
        for _ in range(30):
            asking = http.client.HTTPConnection(host, int(port), timeout=20)
            asking.request("GET", "/getNodeInfo")
            assert asking.getresponse().status == 200
            asking.close()
        ended = 0
        for connection in held:
            connection.settimeout(20 if ended == 0 else 0.01)
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                ended += connection.recv(1) == b""
        assert ended
    finally:
        for connection in held:
            connection.close()


def test_too_many_subscribers_are_turned_away(node):
    host, _, port = node.address.partition(":")
    node.connection.close()
    held, body = [], b""
    try:
        for _ in range(MAXIMUM_CONNECTIONS + 5):
            connection = http.client.HTTPConnection(host, int(port), timeout=20)
            held.append(connection)
            connection.request("POST", "/subscribe", json.dumps({"topics": ["CONTRACT_EVENT"]}))
            answer = connection.getresponse()
            if answer.status != 200:
                body = answer.read()
                break
        assert json.loads(body) == {"code": 8, "message": "too many connections"}
    finally:
        for connection in held:
            connection.close()
    for _ in range(600):
        node.connection.close()
        if node.ask("GET", "/getNodeInfo")[0] == 200:
            return
        threading.Event().wait(0.05)
    pytest.fail("connections that were closed still count")


@pytest.mark.parametrize("lines", [300, 20_000])
def test_many_headers(node, lines):
    host, _, port = node.address.partition(":")
    refused_early = contextlib.suppress(ConnectionError)
    with socket.create_connection((host, int(port)), timeout=20) as connection, refused_early:
        connection.sendall(b"GET /getNodeInfo HTTP/1.1\r\n" + b"".join(b"X-%d: x\r\n" % n for n in range(lines)))
        connection.sendall(b"\r\n")
        assert connection.recv(65536).startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert node.get("/getNodeInfo")["mode"] == "ModeNormal"


def test_an_upgrade_is_not_taken(node):
    """Who wants to speak WebSocket is answered like others, and what it sends then is no request."""
    host, _, port = node.address.partition(":")
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(
            b"GET /getNodeInfo HTTP/1.1\r\nHost: x\r\n" + upgrade + key + b"\r\n\x81\x85aaaa\x09\x04\x0d\x0d\x0e"
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    assert node.get("/getNodeInfo")["mode"] == "ModeNormal"


def test_closing_ends_streams(tmp_path):
    engine = Engine.open(tmp_path, genesis=Genesis(builtin="none"))
    node = Node(engine)
    node.connection.request("POST", "/subscribe", json.dumps({"topics": ["CONTRACT_EVENT"]}))
    answer = node.connection.getresponse()
    started = time.monotonic()
    engine.close()
    assert answer.read() == b""
    assert time.monotonic() - started < 10
    node.close()
