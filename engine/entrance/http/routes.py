"""The node's paths (spec/rpc.md §2): what each takes and who answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from engine.chain.go_json import well_formed
from engine.entrance.http.chain_queries import ChainQueries
from engine.entrance.http.identifiers import check_id
from engine.entrance.http.requests import (
    BlockTransactionsRequest,
    HeaderRangeRequest,
    StorageBatchRequest,
    StorageFieldsRequest,
    StorageListRequest,
    StorageRequest,
    TransactionMessageRequest,
    read_boolean,
    read_integer,
)
from engine.entrance.http.service import NodeService
from engine.entrance.http.state_queries import StateQueries
from engine.entrance.http.votes import Votes
from engine.values import Value

Answering = Callable[..., "Future[Any]"]
"""Gets the service, then the path's parameters or the body's message."""

_READERS: dict[str, Callable[[str, str], object]] = {
    "complete": read_boolean,
    "by_longest_chain": read_boolean,
    "number": read_integer,
}


class Route(Value, frozen=True):
    """A path: GET with `parameters` in it, or POST with a `body`."""

    answer: Answering
    parameters: tuple[str, ...] = ()
    body: type[Value] | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "GET" if self.body is None else "POST"

    def read_parameters(self, parts: list[str]) -> list[object]:
        """Return the parameters in a path's parts; raises `RequestFailure`."""
        read = []
        for name, part in zip(self.parameters, parts, strict=True):
            reader = _READERS.get(name)
            read.append(well_formed(part) if reader is None else reader(part, name))
        return read


def _chain(answer: Callable[..., Value], *parameters: str, body: type[Value] | None = None) -> Route:
    """Return a route that `answer(queries, …)` answers from blocks and transactions."""

    def ask(service: NodeService, *arguments: object) -> Future[Value]:
        return service.ask_chain(lambda queries: answer(queries, *arguments))

    return Route(ask, parameters, body)


def _state(answer: Callable[..., Value], *parameters: str, body: type[Value] | None = None) -> Route:
    """Return a route that `answer(queries, …)` answers from the state.

    `by_longest_chain` comes last in the path and makes no difference: the head is irreversible.
    """

    def ask(service: NodeService, *arguments: object) -> Future[Value]:
        return service.ask_state(lambda queries: answer(queries, *arguments[: len(parameters) or 1]))

    return Route(ask, () if body else (*parameters, "by_longest_chain"), body)


def _votes(answer: Callable[[Votes, str], Value], parameter: str) -> Route:
    """Return a route that `answer(votes, name)` answers, for a name that an account or contract can have."""

    def checked(queries: StateQueries, name: str) -> Value:
        check_id(name)
        return answer(queries.votes, name)

    return _state(checked, parameter)


def _completely(answer: Callable[..., Value]) -> Callable[..., Value]:
    """Return `answer` with its keyword `complete` as the last argument."""
    return lambda queries, block, complete: answer(queries, block, complete=complete)


def _send(service: NodeService, request: TransactionMessageRequest) -> Future[Any]:
    return service.send(request.transaction())


def _execute(service: NodeService, request: TransactionMessageRequest) -> Future[Any]:
    return service.execute(request.transaction())


ROUTES: dict[str, Route] = {
    "getNodeInfo": _chain(ChainQueries.node_info),
    "getChainInfo": Route(NodeService.chain_info),
    "getGasRatio": _chain(ChainQueries.gas_ratio),
    "getRAMInfo": Route(lambda service: service.ask_state(StateQueries.ram_info)),
    "getTxByHash": _chain(ChainQueries.transaction, "hash"),
    "getTxReceiptByTxHash": _chain(ChainQueries.receipt, "hash"),
    "getBlockByHash": _chain(_completely(ChainQueries.block_by_hash), "hash", "complete"),
    "getBlockByNumber": _chain(_completely(ChainQueries.block), "number", "complete"),
    "getRawBlockByNumber": _chain(_completely(ChainQueries.raw_block), "number", "complete"),
    "getBlockHeaderByRange": _chain(ChainQueries.headers, body=HeaderRangeRequest),
    "getBlockTxsByContract": _chain(ChainQueries.transactions_of, body=BlockTransactionsRequest),
    "getAccount": _state(StateQueries.account, "name"),
    "getTokenBalance": _state(StateQueries.token_balance, "account", "token"),
    "getToken721Balance": _state(StateQueries.token721_balance, "account", "token"),
    "getToken721Metadata": _state(StateQueries.token721_metadata, "token", "token_id"),
    "getToken721Owner": _state(StateQueries.token721_owner, "token", "token_id"),
    "getTokenInfo": _state(StateQueries.token_info, "symbol"),
    "getContract": _state(StateQueries.contract, "id"),
    "getContractVote": _votes(Votes.of_contract, "id"),
    "getProducerVoteInfo": _votes(Votes.producer, "account"),
    "getVoterBonus": _votes(Votes.voter_bonus, "name"),
    "getCandidateBonus": _votes(Votes.candidate_bonus, "name"),
    "getContractStorage": _state(StateQueries.storage, body=StorageRequest),
    "getBatchContractStorage": _state(StateQueries.storage_batch, body=StorageBatchRequest),
    "getContractStorageFields": _state(StateQueries.storage_fields, body=StorageFieldsRequest),
    "listContractStorage": _state(StateQueries.storage_list, body=StorageListRequest),
    "sendTx": Route(_send, body=TransactionMessageRequest),
    "execTx": Route(_execute, body=TransactionMessageRequest),
}
"""All paths by their first part, but `subscribe`, whose answer is a stream."""
