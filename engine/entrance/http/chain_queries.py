"""The node's answers about blocks and transactions (spec/rpc.md §2)."""

from __future__ import annotations

from engine.chain.block import Block
from engine.chain.chain import Chain
from engine.chain.encoding import base58_text
from engine.chain.transaction import Transaction
from engine.chain.transaction_pool import TransactionPool
from engine.entrance.http.failure import RequestFailure
from engine.entrance.http.identifiers import check_hash
from engine.entrance.http.messages import (
    BlockAnswer,
    BlockTransactions,
    BlockTransactionsAnswer,
    ChainInfo,
    GasRatio,
    NetworkInfo,
    NodeInfo,
    ReceiptMessage,
    TransactionAnswer,
    double,
)
from engine.entrance.http.raw_messages import RawBlockAnswer, RawBlockList
from engine.entrance.http.requests import BlockTransactionsRequest, HeaderRangeRequest
from engine.entrance.http.shapes import block_message, raw_block, raw_header, receipt_message, transaction_message
from engine.entrance.http.state_queries import StateQueries
from engine.errors import InvalidInput

HEADER_RANGE = 110
BLOCK_RANGE = 100
VERSION = "3.9.2"
IRREVERSIBLE = "IRREVERSIBLE"


class ChainQueries:
    """Answers from the blocks of a chain and from its pool; any thread may ask.

    Every block of a private chain is irreversible as soon as it is closed (spec/transactions.md §8).
    """

    def __init__(self, chain: Chain, pool: TransactionPool) -> None:
        self._chain = chain
        self._pool = pool

    def node_info(self) -> NodeInfo:
        """Answer getNodeInfo."""
        return NodeInfo(
            build_time="",
            git_hash="",
            mode="ModeNormal",
            network=NetworkInfo("strata", 0, 0, 0),
            code_version=VERSION,
            server_time=str(self._chain.clock.now()),
            tx_pool_size=str(len(self._pool)),
        )

    def chain_info(self, state: StateQueries) -> ChainInfo:
        """Answer getChainInfo; `state` is the one after the head block."""
        head = self._head()
        current, pending = state.producers()
        witnesses = current or pending or (self._chain.block(head.head.number).head.witness,)
        head_hash, number, time = base58_text(head.head.hash()), str(head.head.number), str(head.head.time)
        return ChainInfo(
            net_name="strata",
            protocol_version="1.0",
            chain_id=self._chain.options.chain_id,
            head_block=number,
            head_block_hash=head_hash,
            lib_block=number,
            lib_block_hash=head_hash,
            witness_list=witnesses,
            lib_witness_list=witnesses,
            pending_witness_list=pending or witnesses,
            head_block_time=time,
            lib_block_time=time,
        )

    def gas_ratio(self) -> GasRatio:
        """Answer getGasRatio: of the head block's transactions but the base transaction."""
        ratios = sorted(transaction.gas_ratio for transaction in self._head().transactions[1:])
        if not ratios:
            return GasRatio(1, 1)
        return GasRatio(double(ratios[0] / 100), double(ratios[len(ratios) // 2] / 100))

    def transaction(self, transaction_hash: str) -> TransactionAnswer:
        """Answer getTxByHash."""
        check_hash(transaction_hash)
        stored = self._chain.stored(transaction_hash)
        if stored is not None:
            message = transaction_message(stored.transaction, stored.result.receipt)
            return TransactionAnswer(IRREVERSIBLE, message, str(stored.result.block_number))
        waiting = self._pool.get(transaction_hash)
        if waiting is None:
            raise RequestFailure("tx not found")
        return TransactionAnswer("PENDING", transaction_message(waiting, None), "-1")

    def receipt(self, transaction_hash: str) -> ReceiptMessage:
        """Answer getTxReceiptByTxHash: only once the transaction is in a closed block."""
        check_hash(transaction_hash)
        stored = self._chain.stored(transaction_hash)
        if stored is None:
            raise RequestFailure("failed to Get the receipt: not found")
        return receipt_message(stored.result.receipt)

    def block_by_hash(self, block_hash: str, *, complete: bool) -> BlockAnswer:
        """Answer getBlockByHash: for blocks of the chain, not of abandoned branches."""
        check_hash(block_hash)
        ledger = self._chain.stack.ledger
        identity = ledger.id_of(block_hash)
        number = None if identity is None else ledger.block(identity).number
        if number is None or ledger.id_at(number) != identity:
            raise RequestFailure("block not found")
        return self.block(number, complete=complete)

    def block(self, number: int, *, complete: bool) -> BlockAnswer:
        """Answer getBlockByNumber."""
        return BlockAnswer(IRREVERSIBLE, block_message(self._block(number), complete=complete))

    def raw_block(self, number: int, *, complete: bool) -> RawBlockAnswer:
        """Answer getRawBlockByNumber."""
        return RawBlockAnswer(IRREVERSIBLE, raw_block(self._block(number), complete=complete))

    def headers(self, request: HeaderRangeRequest) -> RawBlockList:
        """Answer getBlockHeaderByRange, as far as there are blocks."""
        start, end = request.start, request.end
        if not start < end <= start + HEADER_RANGE:
            raise RequestFailure(f"invalid range {start} to {end}")
        numbers = range(start, min(end, self._chain.head_number + 1)) if start >= 0 else ()
        return RawBlockList(tuple(raw_header(self._block(number)) for number in numbers))

    def transactions_of(self, request: BlockTransactionsRequest) -> BlockTransactionsAnswer:
        """Answer getBlockTxsByContract."""
        first, last = request.from_block, request.to_block
        if not first < last <= first + BLOCK_RANGE:
            raise RequestFailure(f"invalid range {first} to {last}")
        found = []
        for number in range(first, last + 1):
            block = self._block(number)
            matching = tuple(
                transaction_message(transaction, receipt)
                for transaction, receipt in zip(block.transactions, block.receipts, strict=True)
                if _calls(transaction, request.contract, request.action_name)
            )
            if matching:
                found.append(BlockTransactions(IRREVERSIBLE, str(number), matching))
        return BlockTransactionsAnswer(tuple(found))

    def _head(self) -> Block:
        return self._chain.block(self._chain.head_number)

    def _block(self, number: int) -> Block:
        try:
            return self._chain.block(number)
        except InvalidInput:
            raise RequestFailure("block not found") from None


def _calls(transaction: Transaction, contract: str, action_name: str) -> bool:
    """Return whether an action is of that contract and name; an empty text stands for any."""
    return any(
        contract in ("", action.contract) and action_name in ("", action.action_name) for action in transaction.actions
    )
