"""What the node answers (spec/rpc.md §2, §3): every field is always present.

64-bit integers are texts, doubles and 32-bit integers numbers, bytes base64, enums names.
"""

from __future__ import annotations

from typing import TypeAlias

from engine.values import Value

Double: TypeAlias = int | float
"""A number; whole ones are written without a point, as the reference does."""


def double(value: str | float) -> Double:
    """Return a decimal text or number as the double it is answered with."""
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


# --- the node and the chain ------------------------------------------------------------------------


class NetworkInfo(Value, frozen=True):
    """The peers; a private chain has none."""

    id: str
    peer_count: int
    peer_count_inbound: int
    peer_count_outbound: int


class NodeInfo(Value, frozen=True):
    """Answer of getNodeInfo; `server_time` in ns by the chain's clock."""

    build_time: str
    git_hash: str
    mode: str
    network: NetworkInfo
    code_version: str
    server_time: str
    tx_pool_size: str


class ChainInfo(Value, frozen=True):
    """Answer of getChainInfo."""

    net_name: str
    protocol_version: str
    chain_id: int
    head_block: str
    head_block_hash: str
    lib_block: str
    lib_block_hash: str
    witness_list: tuple[str, ...]
    lib_witness_list: tuple[str, ...]
    pending_witness_list: tuple[str, ...]
    head_block_time: str
    lib_block_time: str


class GasRatio(Value, frozen=True):
    """Answer of getGasRatio."""

    lowest_gas_ratio: Double
    median_gas_ratio: Double


class RamInfo(Value, frozen=True):
    """Answer of getRAMInfo; prices in iost a byte."""

    used_ram: str
    available_ram: str
    total_ram: str
    sell_price: Double
    buy_price: Double


# --- transactions and blocks -----------------------------------------------------------------------


class ActionMessage(Value, frozen=True):
    """One contract call."""

    contract: str
    action_name: str
    data: str


class LimitMessage(Value, frozen=True):
    """A bound on a token."""

    token: str
    value: str


class ReceiptEntry(Value, frozen=True):
    """One receipt a contract left."""

    func_name: str
    content: str


class ReceiptMessage(Value, frozen=True):
    """A transaction's receipt; `ram_usage` is bytes by payer."""

    tx_hash: str
    gas_usage: Double
    ram_usage: dict[str, str]
    status_code: str
    message: str
    returns: tuple[str, ...]
    receipts: tuple[ReceiptEntry, ...]


class TransactionMessage(Value, frozen=True):
    """A transaction, without its signatures."""

    hash: str
    time: str
    expiration: str
    gas_ratio: Double
    gas_limit: Double
    delay: str
    chain_id: int
    actions: tuple[ActionMessage, ...]
    signers: tuple[str, ...]
    publisher: str
    referred_tx: str
    amount_limit: tuple[LimitMessage, ...]
    tx_receipt: ReceiptMessage | None


class TransactionAnswer(Value, frozen=True):
    """Answer of getTxByHash; `status` is PENDING, PACKED or IRREVERSIBLE, only the last has a block number."""

    status: str
    transaction: TransactionMessage
    block_number: str


class SendAnswer(Value, frozen=True):
    """Answer of sendTx."""

    hash: str
    pre_tx_receipt: ReceiptMessage | None = None


class BlockMessage(Value, frozen=True):
    """A block; `info` is absent and `orig_info` empty, as on the reference."""

    hash: str
    version: str
    parent_hash: str
    tx_merkle_hash: str
    tx_receipt_merkle_hash: str
    number: str
    witness: str
    time: str
    gas_usage: Double
    tx_count: str
    info: None
    orig_info: str
    transactions: tuple[TransactionMessage, ...]


class BlockAnswer(Value, frozen=True):
    """Answer of getBlockByHash and getBlockByNumber."""

    status: str
    block: BlockMessage


class BlockTransactions(Value, frozen=True):
    """The transactions of one block that call a contract."""

    status: str
    block_number: str
    tx_list: tuple[TransactionMessage, ...]


class BlockTransactionsAnswer(Value, frozen=True):
    """Answer of getBlockTxsByContract."""

    blocktx_list: tuple[BlockTransactions, ...]


# --- accounts and tokens ---------------------------------------------------------------------------


class FrozenBalance(Value, frozen=True):
    """Tokens that are free from `time` (ns) on."""

    amount: Double
    time: str


class PledgeInfo(Value, frozen=True):
    """iost pledged for gas; `pledger` is, as on the reference, the account pledged for."""

    pledger: str
    amount: Double


class GasInfo(Value, frozen=True):
    """An account's gas; `increase_speed` a second."""

    current_total: Double
    transferable_gas: Double
    pledge_gas: Double
    increase_speed: Double
    limit: Double
    pledged_info: tuple[PledgeInfo, ...]


class AccountRam(Value, frozen=True):
    """An account's RAM in bytes."""

    available: str
    used: str
    total: str


class PermissionItem(Value, frozen=True):
    """A key or `account@permission` with its weight."""

    id: str
    is_key_pair: bool
    weight: str
    permission: str


class PermissionMessage(Value, frozen=True):
    """A permission of an account."""

    name: str
    group_names: tuple[str, ...]
    items: tuple[PermissionItem, ...]
    threshold: str


class GroupMessage(Value, frozen=True):
    """A group of an account."""

    name: str
    items: tuple[PermissionItem, ...]


class VoteInfo(Value, frozen=True):
    """Votes of an account for an option; those that were cleared count apart."""

    option: str
    votes: Double
    cleared_votes: Double


class AccountMessage(Value, frozen=True):
    """Answer of getAccount."""

    name: str
    balance: Double
    gas_info: GasInfo
    ram_info: AccountRam
    permissions: dict[str, PermissionMessage]
    groups: dict[str, GroupMessage]
    frozen_balances: tuple[FrozenBalance, ...]
    vote_infos: tuple[VoteInfo, ...]
    balance_string: str


class BalanceAnswer(Value, frozen=True):
    """Answer of getTokenBalance."""

    balance: Double
    frozen_balances: tuple[FrozenBalance, ...]


class Token721Balance(Value, rename={"token_ids": "tokenIDs"}, frozen=True):
    """Answer of getToken721Balance."""

    balance: str
    token_ids: tuple[str, ...]


class Token721Metadata(Value, frozen=True):
    """Answer of getToken721Metadata."""

    metadata: str


class Token721Owner(Value, frozen=True):
    """Answer of getToken721Owner."""

    owner: str


class TokenInfo(Value, frozen=True):
    """Answer of getTokenInfo; supplies are scaled by the token's decimals."""

    symbol: str
    full_name: str
    issuer: str
    total_supply: str
    current_supply: str
    decimal: int
    can_transfer: bool
    only_issuer_can_transfer: bool
    total_supply_float: Double
    current_supply_float: Double


# --- contracts and storage -------------------------------------------------------------------------


class AbiMessage(Value, frozen=True):
    """One method of a contract."""

    name: str
    args: tuple[str, ...]
    amount_limit: tuple[LimitMessage, ...]


class ContractMessage(Value, frozen=True):
    """Answer of getContract: `code` is what runs, `orig_code` what was published."""

    id: str
    code: str
    language: str
    version: str
    abis: tuple[AbiMessage, ...]
    orig_code: str


class StorageAnswer(Value, frozen=True):
    """Answer of getContractStorage."""

    data: str
    block_hash: str
    block_number: str


class StorageBatchAnswer(Value, frozen=True):
    """Answer of getBatchContractStorage."""

    datas: tuple[str, ...]
    block_hash: str
    block_number: str


class StorageFieldsAnswer(Value, frozen=True):
    """Answer of getContractStorageFields."""

    fields: tuple[str, ...]
    block_hash: str
    block_number: str


class StorageItem(Value, frozen=True):
    """A key with its value."""

    key: str
    value: str


class StorageListAnswer(Value, frozen=True):
    """Answer of listContractStorage."""

    datas: tuple[StorageItem, ...]
    block_hash: str
    block_number: str


# --- votes -----------------------------------------------------------------------------------------


class ContractVotes(Value, frozen=True):
    """Answer of getContractVote."""

    vote_infos: tuple[VoteInfo, ...]


class ProducerInfo(Value, frozen=True):
    """Answer of getProducerVoteInfo; `status` is APPLY, APPROVED, UNAPPLY or UNAPPLY_APPROVED."""

    pubkey: str
    loc: str
    url: str
    net_id: str
    is_producer: bool
    status: str
    online: bool
    votes: Double


class VoterBonus(Value, frozen=True):
    """Answer of getVoterBonus: iost in all and by producer."""

    bonus: Double
    detail: dict[str, Double]


class CandidateBonus(Value, frozen=True):
    """Answer of getCandidateBonus."""

    bonus: Double


# --- events ----------------------------------------------------------------------------------------


class EventMessage(Value, frozen=True):
    """An event of a contract; `time` in ns."""

    topic: str
    data: str
    time: str


class EventResult(Value, frozen=True):
    """One event in its envelope."""

    event: EventMessage


class StreamLine(Value, frozen=True):
    """One line of the answer of subscribe."""

    result: EventResult
