"""Real values of the engine's types, as the panels receive them: a token contract on a private chain."""

from __future__ import annotations

from engine.facade import BlockProduced, TransactionExecuted, WorkerStatus
from engine.values import (
    Abi,
    AbiMethod,
    AccessKind,
    AccountSummary,
    Action,
    BlockSummary,
    ConsoleLine,
    ContractEvent,
    DeployedContract,
    FailureDetail,
    Layer,
    Profile,
    ReceiptLine,
    SourceLocation,
    StateChange,
    StateEntry,
    Status,
    StorageAccess,
    TransactionReceipt,
    TransactionRequest,
    TransactionResult,
)

TOKEN = "ContractEg5zFjJrSPdgCR5mYXQLfHXbJ9LNs9BxD8JXDTTXFTUN"
START = 1_700_000_000_000_000_000

TOKEN_ABI = Abi(
    abi=(
        AbiMethod("issue", ("string", "number")),
        AbiMethod("transfer", ("string", "string", "number", "string")),
        AbiMethod("freeze", ("string", "bool")),
        AbiMethod("configure", ("json",)),
        AbiMethod("supply"),
    )
)


def deployed_token(name: str = "token", file: str = "/projects/token/token.js") -> DeployedContract:
    return DeployedContract(
        id=TOKEN,
        name=name,
        owner="admin",
        abi=TOKEN_ABI,
        profile=Profile.IOST,
        code_key="k1",
        file=file,
        block_number=1,
    )


def accounts() -> tuple[AccountSummary, ...]:
    return (
        AccountSummary("admin", {"iost": "21000000000"}, "3000000", 1_000_000, 40_960),
        AccountSummary("alice", {"iost": "1000000", "usd": "12.5"}, "3000000", 10_000, 512),
        AccountSummary("bob", {"iost": "1000000"}, "3000000", 10_000, 0),
    )


def balance_key(account: str) -> str:
    return f"m-{TOKEN}-balances-{account}"


def entries(layer: Layer = Layer.ROCKSDB) -> tuple[StateEntry, ...]:
    return (
        StateEntry(f"b-{TOKEN}-config", 's{"decimals":8,"symbol":"gold"}@admin', layer),
        StateEntry(f"b-{TOKEN}-supply", "s21000000@admin", layer),
        StateEntry(f"m-{TOKEN}-balances", "@alice@bob@carol", layer),
        StateEntry(balance_key("alice"), "s158@alice", layer),
        StateEntry(balance_key("bob"), "s42@admin", layer),
        StateEntry(balance_key("carol"), "s7@admin", layer),
        StateEntry(f"m-{TOKEN}-frozen-mallory", "bt@admin", layer),
    )


def transfer(number: int = 7, *, fails: bool = False, block: int = 12) -> TransactionResult:
    accesses = [
        StorageAccess(AccessKind.READ, f"m-{TOKEN}-frozen-alice", Layer.ABSENT, None, None, TOKEN, 0),
        StorageAccess(AccessKind.READ, balance_key("alice"), Layer.ROCKSDB, "s158@alice", "s158@alice", TOKEN, 0),
        StorageAccess(AccessKind.WRITE, balance_key("alice"), Layer.ROCKSDB, "s158@alice", "s100@alice", TOKEN, 0),
        StorageAccess(AccessKind.READ, balance_key("dave"), Layer.ABSENT, None, None, TOKEN, 0),
        StorageAccess(AccessKind.WRITE, balance_key("dave"), Layer.ABSENT, None, "s58@alice", TOKEN, 0),
        StorageAccess(AccessKind.READ, balance_key("alice"), Layer.LOCAL, "s100@alice", "s100@alice", TOKEN, 0),
        StorageAccess(AccessKind.DELETE, f"b-{TOKEN}-pending", Layer.MVCC, "sopen@admin", None, TOKEN, 0),
    ]
    data = '["alice","dave",58,"for lunch"]'
    failure = (
        FailureDetail(
            "ContractException",
            "Error: memo is too long for this token\n  at transfer (token.js:33:13)",
            SourceLocation(TOKEN, "/projects/token/token.js", 33, 13),
        )
        if fails
        else None
    )
    return TransactionResult(
        hash=f"Hash{number:04d}xyz",
        request=TransactionRequest("alice", (Action(TOKEN, "transfer", data),), ("alice@active",)),
        receipt=TransactionReceipt(
            f"Hash{number:04d}xyz",
            Status.RUNTIME_ERROR if fails else Status.SUCCESS,
            failure.text if failure else "",
            "6213.47",
            {"alice": 24},
            () if fails else ('["58"]',),
            () if fails else (ReceiptLine("token/transfer", '["alice","dave",58]'),),
        ),
        block_number=block,
        index=0,
        time=START + number * 1_000_000_000,
        console=(ConsoleLine("log", "moving 58 from alice to dave", TOKEN),),
        events=() if fails else (ContractEvent("CONTRACT_EVENT", TOKEN, '{"moved":58}', START),),
        accesses=tuple(accesses),
        failure=failure,
        duration_us=184,
    )


def block_of(result: TransactionResult) -> BlockProduced:
    latest = {
        access.key: StateChange(access.key, access.old, access.new)
        for access in result.accesses
        if access.kind is not AccessKind.READ
    }
    summary = BlockSummary(
        result.block_number,
        f"Block{result.block_number}",
        "Parent",
        result.time,
        "producer",
        "6213.47",
        (result.hash,),
        False,
    )
    return BlockProduced(summary, tuple(latest.values()) if result.succeeded else ())


def executed(result: TransactionResult) -> TransactionExecuted:
    return TransactionExecuted(result)


def workers() -> tuple[WorkerStatus, ...]:
    return (
        WorkerStatus(1, 4101, "run", "busy", 128, 41_000_000, ("k1", "k of a built-in")),
        WorkerStatus(2, 4102, "run", "idle", 16, 38_000_000, ()),
        WorkerStatus(3, 4103, "debug", "spare", 0, 22_000_000, ()),
    )
