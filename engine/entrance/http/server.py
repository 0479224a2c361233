"""The node's HTTP server: on a thread of its own, on this machine only unless it is told otherwise twice."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from engine.entrance.http.event_hub import EventHub
from engine.entrance.http.failure import FailureCode, RequestFailure
from engine.entrance.http.message_reader import read_message
from engine.entrance.http.requests import SubscribeRequest
from engine.entrance.http.routes import ROUTES
from engine.errors import InternalError, InvalidInput, StrataError, UserError
from engine.interface import NodeAnswered
from engine.values import ContractEvent, Value

if TYPE_CHECKING:
    from engine.entrance.http.service import NodeService
    from engine.front.serving import Serving

DEFAULT_PORT = 30001
LARGEST_BODY = 4 * 1024 * 1024
LONGEST_LINE = 64 * 1024
MAXIMUM_CONNECTIONS = 128
BODY_SECONDS = 30.0
IDLE_SECONDS = 75.0
STREAM_SECONDS = 3600.0
SHUTDOWN_SECONDS = 0.3
_CORS = {"Access-Control-Allow-Origin": "*"}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Content-Type,Accept",
    "Access-Control-Allow-Methods": "GET,HEAD,POST,PUT,DELETE",
}
_log = logging.getLogger(__name__)
_protocol_log = logging.getLogger(f"{__name__}.protocol")
_protocol_log.setLevel(logging.CRITICAL)  # it tells of what is no HTTP, with tracebacks
_Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class _Failure(Value, frozen=True):
    code: int
    message: str


class NodeServer:
    """Serves an open engine's chain; `start` it, and `stop` it before the engine is closed."""

    def __init__(
        self,
        engine: Serving,
        port: int = DEFAULT_PORT,
        *,
        host: str = "127.0.0.1",
        allow_remote: bool = False,
        answered: Callable[[NodeAnswered], None] | None = None,
    ) -> None:
        """Prepare to listen on `host` and `port`, 0 for a free one; `answered` is told of every request.

        Raises:
            InvalidInput: others than this machine could connect, and that was not allowed.
        """
        require_loopback(host, allow_remote=allow_remote)
        self._engine = engine
        self._answered = answered
        self._host, self._port = host, port
        self._hub = EventHub()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where the node answers; after `start` with the port it really has."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def start(self) -> str:
        """Begin to serve and return the address.

        Raises:
            InvalidInput: the port is in use or may not be used.
        """
        listening = self._listen()
        self._port = listening.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening, ready.set)), name="engine-http", daemon=True
        )
        self._thread.start()
        ready.wait()
        return self.url

    def stop(self) -> None:
        """End streams and connections; within a second."""
        thread, loop, stopping = self._thread, self._loop, self._stopping
        if thread is None or loop is None or stopping is None:
            return
        self._thread = None
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(stopping.set)
        thread.join()

    def _listen(self) -> socket.socket:
        try:
            (family, kind, protocol, _, address), *_ = socket.getaddrinfo(
                self._host, self._port, type=socket.SOCK_STREAM
            )
        except (OSError, OverflowError) as error:
            raise InvalidInput(f"cannot listen on {self._host} port {self._port}: {error}") from error
        listening = socket.socket(family, kind, protocol)
        try:
            if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where the other option would share the port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(MAXIMUM_CONNECTIONS)
        except OSError as error:
            listening.close()
            what = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            raise InvalidInput(
                f"port {self._port} {what}",
                where=self._host,
                advice="Stop the other program, or choose another port (--port N; 0 takes a free one).",
            ) from error
        return listening

    async def _serve(self, listening: socket.socket, ready: Callable[[], None]) -> None:
        service = self._engine.node_service()
        loop = self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        application = _Application(service, self._hub)
        runner = web.ServerRunner(
            web.Server(
                self._watched(application.answer),
                access_log=None,
                handler_cancellation=True,
                keepalive_timeout=IDLE_SECONDS,
                max_line_size=LONGEST_LINE,
                max_field_size=LONGEST_LINE,
                auto_decompress=False,  # as the reference: a packed body is no JSON
                logger=_protocol_log,
            ),
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        await runner.setup()
        application.connections = lambda: runner.server.connections if runner.server else ()
        await web.SockSite(runner, listening).start()

        def publish(events: tuple[ContractEvent, ...]) -> None:
            loop.call_soon_threadsafe(self._hub.publish, events)

        self._hub.attach(lambda: service.follow(publish))
        ready()
        try:
            await self._stopping.wait()
        finally:
            self._hub.close()
            await runner.cleanup()

    def _watched(self, answer: _Handler) -> _Handler:
        """Return `answer` so that it tells of every request, if anybody wants to know."""
        tell = self._answered
        if tell is None:
            return answer

        async def watched(request: web.BaseRequest) -> web.StreamResponse:
            started = time.perf_counter_ns()
            status = 0
            try:
                response = await answer(request)
                status = response.status
            finally:
                taken = time.perf_counter_ns() - started
                tell(NodeAnswered(request.method, request.path, status, taken // 1000, time.time_ns()))
            return response

        return watched


class _Application:
    """Turns HTTP requests into questions to the service, and its answers into responses."""

    def __init__(self, service: NodeService, hub: EventHub) -> None:
        self.connections: Callable[[], Sequence[web.RequestHandler]] = tuple
        self._service = service
        self._hub = hub
        self._busy: set[web.RequestHandler] = set()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer any request."""
        connection = request.protocol
        self._busy.add(connection)
        try:
            return await self._answer(request)
        finally:
            self._busy.discard(connection)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return web.Response(headers=_CORS | _PREFLIGHT)
        try:
            self._make_room()
            name, *parts = request.path.lstrip("/").split("/")
            if name == "subscribe" and not parts:
                _require_method(request, "POST")
                return await self._stream(request, read_message(await _body(request), SubscribeRequest))
            return _json(await self._ask(request, name, parts))
        except StrataError as error:
            return _failed(error)
        except (web.HTTPException, asyncio.CancelledError, ConnectionError):
            raise
        except Exception:
            _log.exception("A fault of Strata itself, while answering %s %s", request.method, request.path)
            return _failed(InternalError("internal error"))

    def _make_room(self) -> None:
        """End the oldest connections that ask nothing, or not all of it, where there are too many."""
        connections = self.connections()
        surplus = len(connections) - MAXIMUM_CONNECTIONS
        if surplus <= 0:
            return
        idle = [connection for connection in connections if connection not in self._busy]
        if len(idle) < surplus:
            raise RequestFailure("too many connections", FailureCode.TOO_LARGE)
        for connection in idle[:surplus]:
            connection.force_close()

    async def _ask(self, request: web.BaseRequest, name: str, parts: list[str]) -> Value:
        route = ROUTES.get(name)
        if route is None or len(parts) != len(route.parameters):
            raise RequestFailure("Not Implemented", FailureCode.UNKNOWN_PATH)
        _require_method(request, route.method)
        if route.body is None:
            asked = route.answer(self._service, *route.read_parameters(parts))
        else:
            asked = route.answer(self._service, read_message(await _body(request), route.body))
        # Shielded: a client that goes away takes back nothing it has sent.
        answer: Value = await asyncio.shield(asyncio.wrap_future(asked))
        return answer

    async def _stream(self, request: web.BaseRequest, wanted: SubscribeRequest) -> web.StreamResponse:
        subscription = self._hub.subscribe(wanted)
        try:
            response = web.StreamResponse(headers=_CORS | {"Content-Type": "application/json"})
            response.enable_chunked_encoding()
            await response.prepare(request)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STREAM_SECONDS):
                    while (line := await subscription.next_line()) is not None:
                        await response.write(line)
            await response.write_eof()
            return response
        finally:
            self._hub.unsubscribe(subscription)


async def _body(request: web.BaseRequest) -> bytes:
    """Return the body; raises `RequestFailure` if it is too large or does not arrive."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > LARGEST_BODY:
                    size = max(request.content_length or 0, len(body))
                    raise RequestFailure(
                        f"grpc: received message larger than max ({size} vs. {LARGEST_BODY})", FailureCode.TOO_LARGE
                    )
    except TimeoutError:
        raise RequestFailure(f"the body did not arrive within {BODY_SECONDS:g} s", FailureCode.TOO_SLOW) from None
    return bytes(body)


def _require_method(request: web.BaseRequest, method: str) -> None:
    if request.method != method:
        raise RequestFailure("Method Not Allowed", FailureCode.UNKNOWN_PATH)


def _json(answer: Value) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json", headers=_CORS)


def _failed(error: StrataError) -> web.Response:
    code = error.code if isinstance(error, RequestFailure) else FailureCode.HANDLER
    text = error.what if isinstance(error, UserError) else str(error)
    body = msgspec.json.encode(_Failure(code, text))
    response = web.Response(status=400, body=body, headers=_CORS | {"Content-Type": "text/plain; charset=utf-8"})
    if code in {FailureCode.TOO_LARGE, FailureCode.TOO_SLOW}:
        response.force_close()
    return response


def require_loopback(host: str, *, allow_remote: bool) -> None:
    """Raise `InvalidInput` for an address that others than this machine can connect to, unless that is allowed."""
    if not allow_remote and not _is_loopback(host):
        raise InvalidInput(
            f"{host} can be reached by other machines, and whoever reaches the node can use its chain",
            advice="Leave the host out, or add --allow-remote if that is what you want.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
