"""Value types that cross borders: window ↔ engine, engine ↔ worker, engine ↔ disk.

All are frozen `msgspec.Struct`s, so they are immutable, comparable and encode to MessagePack or JSON.
Gas is in VM gas units, times are nanoseconds since the epoch, RAM is in bytes, amounts are decimal
strings; integers may exceed 63 bits and must travel through Qt signals as objects.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Value(msgspec.Struct, frozen=True):
    """Base of all value types."""


# --- contracts -----------------------------------------------------------------------------------


class Profile(StrEnum):
    """Which language a contract is written in and how it is metered (spec/decisions.md)."""

    IOST = "iost"
    MODERN = "modern"


class AmountLimit(Value, frozen=True):
    """A bound on the tokens an action may move; `token` or `*`, `val` a decimal or `unlimited`."""

    token: str
    val: str


class AbiMethod(Value, rename={"amount_limit": "amountLimit"}, frozen=True):
    """One callable method; `args` are `string`, `bool`, `number` or `json` (contract-api.md §10)."""

    name: str
    args: tuple[str, ...] = ()
    amount_limit: tuple[AmountLimit, ...] = ()


class Abi(Value, frozen=True):
    """A contract's interface in the reference's `.abi` format."""

    lang: str = "javascript"
    version: str = "1.0.0"
    abi: tuple[AbiMethod, ...] = ()


class Severity(StrEnum):
    """How much a diagnostic matters."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Occurrence(Value, frozen=True, rename="camel"):
    """A place of a name: line from 1, columns in UTF-16 units; `shorthand` stands for `name: name`."""

    line: int
    column: int
    end_column: int
    declares: bool
    shorthand: bool


class Occurrences(Value, frozen=True, rename="camel"):
    """All places of one name in a file, in order.

    `kind` is that of its declaration (var, let, const, class, function, parameter, catch, function-name), or member for
    what a class gives itself. `taken` are names that would mean something else in its place.
    """

    name: str
    kind: str
    places: tuple[Occurrence, ...]
    taken: tuple[str, ...]


class TextEdit(Value, frozen=True):
    """Replace a range by `text`; lines from 1, columns from 0 in UTF-16 units."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Diagnostic(Value, frozen=True):
    """A finding about source text; lines from 1, columns from 0 in UTF-16 units.

    `code` is stable (`syntax`, `no-init`, `unused-variable`, …) and names the rule's help page.
    """

    severity: Severity
    code: str
    message: str
    file: str = ""
    line: int = 1
    column: int = 0
    end_line: int = 1
    end_column: int = 0
    fix: TextEdit | None = None
    fix_title: str = ""


class SourceLocation(Value, frozen=True):
    """A place in a contract's source; line from 1, column from 0 in UTF-16 units."""

    contract: str
    file: str
    line: int
    column: int = 0


class StepSite(Value, array_like=True, frozen=True):
    """Where a step of the stepping variant stands.

    `function` names the enclosing function, `scope` is an index into `CompiledContract.scopes`, `file` one into
    `CompiledContract.files`.
    """

    file: int
    line: int
    column: int
    end_line: int
    end_column: int
    function: str
    scope: int


class VariableScope(Value, array_like=True, frozen=True):
    """Names that one scope declares; `parent` is the index of the scope around it, -1 for none."""

    parent: int
    names: tuple[str, ...]


class CompiledContract(Value, frozen=True):
    """Everything that costs time to find out about a contract: the compiled snapshot.

    `key` is the content address (source, ABI-independent; profile and tool versions included).
    `metered` is the chain's text, whose size counts; `running` is what workers run: the same charges in fewer places
    (empty if it is `metered` itself); `stepping` is the variant with step probes, run only in debug workers;
    `steps[i]` describes step id i, and `scopes` are those that variables are declared in. `line_map[i]` is the
    (file index, line) that line i + 1 of these texts came from.
    `original` is the author's text (the packed bundle for a project).
    `open_intrinsics` is true if the contract may change built-in objects, so that it needs a sandbox
    of its own for every run.
    """

    key: str
    profile: Profile
    file: str
    original: str
    metered: str
    stepping: str
    abi: Abi
    diagnostics: tuple[Diagnostic, ...] = ()
    files: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    steps: tuple[StepSite, ...] = ()
    scopes: tuple[VariableScope, ...] = ()
    line_map: tuple[tuple[int, int], ...] = ()
    open_intrinsics: bool = False
    running: str = ""


# --- transactions --------------------------------------------------------------------------------


class Action(Value, frozen=True):
    """One contract call of a transaction; `data` is the JSON text of the argument array."""

    contract: str
    action_name: str
    data: str


class TransactionRequest(Value, frozen=True):
    """A transaction as the window, a scenario or a test asks for it: unsigned, the engine fills in the rest.

    `gas_limit` is in gas, `gas_ratio` 1.00 … 100.00, `signers` are `account@permission`.
    """

    publisher: str
    actions: tuple[Action, ...]
    signers: tuple[str, ...] = ()
    gas_limit: str = "1000000"
    gas_ratio: str = "1"
    amount_limit: tuple[AmountLimit, ...] = (AmountLimit(token="*", val="unlimited"),)
    time: int | None = None
    expiration: int | None = None
    delay: int = 0


class Status(StrEnum):
    """Receipt status names of the reference (spec/transactions.md §7)."""

    SUCCESS = "SUCCESS"
    GAS_RUN_OUT = "GAS_RUN_OUT"
    BALANCE_NOT_ENOUGH = "BALANCE_NOT_ENOUGH"
    WRONG_PARAMETER = "WRONG_PARAMETER"
    RUNTIME_ERROR = "RUNTIME_ERROR"
    TIMEOUT = "TIMEOUT"
    WRONG_TX_FORMAT = "WRONG_TX_FORMAT"
    DUPLICATE_SET_CODE = "DUPLICATE_SET_CODE"
    UNKNOWN_ERROR = "UNKNOWN_ERROR"


class Layer(StrEnum):
    """A layer of the state stack; `ABSENT` answers a read of a key that no layer holds."""

    LOCAL = "local"
    MVCC = "mvcc"
    ROCKSDB = "rocksdb"
    ABSENT = "absent"


class AccessKind(StrEnum):
    """What an access did to its key."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"


class StorageAccess(Value, array_like=True, frozen=True):
    """One read or write of a transaction, in execution order.

    `key` is the state key (`b-CONTRACT-KEY`, `m-CONTRACT-KEY-FIELD`, …, spec/vm.md §4.1), `old` and `new`
    raw stored texts (type letter, body, `@`, payer) or None if absent. `layer` is the layer that answered a
    read, or that held the old value of a write.
    """

    kind: AccessKind
    key: str
    layer: Layer
    old: str | None
    new: str | None
    contract: str = ""
    action: int = 0


class ConsoleLine(Value, array_like=True, frozen=True):
    """One line a contract printed."""

    level: str
    text: str
    contract: str = ""


class ReceiptLine(Value, array_like=True, frozen=True):
    """One receipt a contract left: `func_name` is `contract/abi`."""

    func_name: str
    content: str


class ContractEvent(Value, array_like=True, frozen=True):
    """An event or receipt as subscribers see it; topic `CONTRACT_EVENT` or `CONTRACT_RECEIPT`."""

    topic: str
    contract: str
    data: str
    time: int = 0


class FailureDetail(Value, frozen=True):
    """Why a transaction failed: `error` is the class name in `engine.errors`, `text` the full error text."""

    error: str
    text: str
    location: SourceLocation | None = None
    stack: tuple[SourceLocation, ...] = ()


class TransactionReceipt(Value, frozen=True):
    """The receipt that goes into the block. `gas_usage` is a decimal string, `ram_usage` bytes by payer."""

    tx_hash: str
    status: Status
    message: str = ""
    gas_usage: str = "0"
    ram_usage: dict[str, int] = {}
    returns: tuple[str, ...] = ()
    receipts: tuple[ReceiptLine, ...] = ()


class TransactionResult(Value, frozen=True):
    """Everything that is known about an executed transaction."""

    hash: str
    request: TransactionRequest
    receipt: TransactionReceipt
    block_number: int
    index: int
    time: int
    console: tuple[ConsoleLine, ...] = ()
    events: tuple[ContractEvent, ...] = ()
    accesses: tuple[StorageAccess, ...] = ()
    failure: FailureDetail | None = None
    duration_us: int = 0
    runs: int = 1

    @property
    def succeeded(self) -> bool:
        """Whether its writes were kept."""
        return self.receipt.status is Status.SUCCESS


class StateEdit(Value, frozen=True):
    """An entry changed by hand: `kind` names the stored type, `text` the value in words, None to delete the entry.

    `kind` is `text`, `number`, `boolean`, `json` or `decimal` (`12.50`); an empty `payer` keeps who pays, or lets the
    contract pay for a new entry. `field` None is a plain entry, else a field of the map `key`.
    """

    contract: str
    key: str
    field: str | None
    text: str | None
    kind: str = "text"
    payer: str = ""

    @property
    def state_key(self) -> str:
        """The entry's state key."""
        plain = self.field is None
        return f"b-{self.contract}-{self.key}" if plain else f"m-{self.contract}-{self.key}-{self.field}"


class BlockSummary(Value, frozen=True):
    """A block without its transactions' bodies; `edits` were made by hand, outside any transaction."""

    number: int
    hash: str
    parent_hash: str
    time: int
    witness: str
    gas_usage: str
    transactions: tuple[str, ...]
    flushed: bool
    edits: tuple[StateEdit, ...] = ()


class AccountSummary(Value, frozen=True):
    """A development account as the window shows it; amounts are decimal strings."""

    name: str
    balances: dict[str, str]
    gas: str = "0"
    ram_available: int = 0
    ram_used: int = 0


class DeployedContract(Value, frozen=True):
    """A contract on the chain; `code_key` addresses its compiled snapshot."""

    id: str
    name: str
    owner: str
    abi: Abi
    profile: Profile
    code_key: str
    file: str
    block_number: int


# --- state ---------------------------------------------------------------------------------------


class StateEntry(Value, array_like=True, frozen=True):
    """One key of the state as seen at a moment: raw stored text and the layer that holds it."""

    key: str
    value: str | None
    layer: Layer


class StateChange(Value, array_like=True, frozen=True):
    """One key that differs between two states."""

    key: str
    old: str | None
    new: str | None
