"""The local node: IOST's HTTP API for the open chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InvalidInput
from engine.front.open_chain import OpenChain
from engine.interface import TransactionReceived

if TYPE_CHECKING:
    from concurrent.futures import Future

    from engine.entrance.http.server import NodeServer
    from engine.entrance.http.service import NodeService

__all__ = ["Serving"]


class Serving(OpenChain):
    """Starts and stops the node."""

    _node: NodeServer | None = None

    def start_node(self, *, port: int = 30001, host: str = "127.0.0.1", allow_remote: bool = False) -> Future[str]:
        """Serve IOST's HTTP API (spec/rpc.md) for this chain and return its address; port 0 takes a free one.

        Raises:
            InvalidInput: the port is in use, `host` is not this machine and not allowed, or the node runs already.
        """

        def start() -> str:
            from engine.entrance.http.server import NodeServer

            if self._node is not None:
                raise InvalidInput(f"the node runs already at {self._node.url}", advice="Stop it first.")
            node = NodeServer(self, port=port, host=host, allow_remote=allow_remote, answered=self._emit)
            url = node.start()
            self._node = node
            if self._closed.is_set():
                node.stop()
            return url

        return self._serving.submit(start)

    def stop_node(self) -> Future[None]:
        """Stop serving; nothing happens if the node does not run."""

        def stop() -> None:
            if self._node is not None:
                self._node.stop()
                self._node = None

        return self._serving.submit(stop)

    def node_service(self) -> NodeService:
        """Return what answers the HTTP API's questions about this chain."""
        from engine.entrance.http.service import NodeService

        parts = self._parts
        return NodeService(
            parts.chain,
            parts.producer,
            parts.compilation,
            read=self._read,
            change=self._change,
            subscribe=self.subscribe,
            received=lambda transaction_hash: self._emit(TransactionReceived(transaction_hash)),
            wake=self._pacemaker.wake,
        )
