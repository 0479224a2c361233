"""Every error Strata raises on purpose.

    StrataError
    ├── UserError                 something the person using Strata can put right
    │   ├── InvalidInput          a value, file or request that is not what it must be
    │   ├── CompileError          a contract that does not compile (carries diagnostics)
    │   ├── PackError             a project that cannot be packed
    │   ├── ScenarioError         an unusable scenario file
    │   ├── RejectedTransaction   a transaction refused before it ran (never in a block)
    │   ├── StorageError          the database folder cannot be used
    │   │   ├── StorageLocked     another instance has it open
    │   │   └── StorageDamaged    torn or corrupted files
    │   └── EnvironmentProblem    a missing library, program or permission
    ├── ContractFailure           a contract run that ended without a result
    │   ├── ContractException     it threw, or a host function refused
    │   ├── OutOfGas              the gas limit was reached
    │   ├── DeadlineExceeded      the time limit was reached
    │   ├── MemoryExceeded        the heap or process memory limit was reached
    │   ├── StackExceeded         the JavaScript stack was exhausted
    │   ├── ResultTooLong         the result does not fit
    │   ├── AbnormalResult        a promise, cyclic object or other value that cannot be a result
    │   ├── InsufficientAssets    gas, RAM or token balance was not enough
    │   ├── RunCancelled          the user pressed Stop
    │   └── WorkerCrashed         the sandbox process died
    └── InternalError             a fault of Strata itself

`UserError.__str__` is text for people: what happened, where, and what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.values import Diagnostic

__all__ = [
    "AbnormalResult",
    "CompileError",
    "ContractException",
    "ContractFailure",
    "DeadlineExceeded",
    "EnvironmentProblem",
    "InsufficientAssets",
    "InternalError",
    "InvalidInput",
    "MemoryExceeded",
    "OutOfGas",
    "PackError",
    "RejectedTransaction",
    "ResultTooLong",
    "RunCancelled",
    "ScenarioError",
    "StackExceeded",
    "StorageDamaged",
    "StorageError",
    "StorageLocked",
    "StrataError",
    "UserError",
    "WorkerCrashed",
]


class StrataError(Exception):
    """Base of every error raised on purpose."""


class UserError(StrataError):
    """Something the person using Strata can put right.

    `what` says what happened, `where` names the file, contract or field, `advice` says what to do.
    """

    def __init__(self, what: str, *, where: str = "", advice: str = "") -> None:
        self.what, self.where, self.advice = what, where, advice
        super().__init__(what, where, advice)

    def __str__(self) -> str:
        located = f"{self.where}: {self.what}" if self.where else self.what
        return f"{located}\n{self.advice}" if self.advice else located


class InvalidInput(UserError):
    """A value, file or request that is not what it must be."""


class CompileError(UserError):
    """A contract that does not compile; `diagnostics` holds at least one error."""

    def __init__(self, what: str, diagnostics: Sequence[Diagnostic], *, where: str = "", advice: str = "") -> None:
        super().__init__(what, where=where, advice=advice)
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        """Return text for people; where the chain's own text is empty, what the first diagnostic says."""
        if self.what or not self.diagnostics:
            return super().__str__()
        return str(UserError(self.diagnostics[0].message, where=self.where, advice=self.advice))


class PackError(CompileError):
    """A project that cannot be packed into one script."""


class ScenarioError(UserError):
    """A scenario file that cannot be used."""


class RejectedTransaction(UserError):
    """A transaction refused before it ran; it never enters a block (spec/transactions.md §2)."""


class StorageError(UserError):
    """The database folder cannot be used."""


class StorageLocked(StorageError):
    """Another instance has the database open."""


class StorageDamaged(StorageError):
    """Files of the database are torn, corrupted or missing."""


class EnvironmentProblem(UserError):
    """A library, program or permission that Strata needs is missing."""


class ContractFailure(StrataError):
    """A contract run that ended without a result.

    `text` is the error text the reference chain would show; `gas` the units used until then.
    `status` is the receipt's status code name (spec/transactions.md §7).
    """

    status = "RUNTIME_ERROR"

    def __init__(self, text: str, *, gas: int = 0) -> None:
        super().__init__(text)
        self.text, self.gas = text, gas


class ContractException(ContractFailure):
    """The contract threw, or a host function refused its arguments."""


class OutOfGas(ContractFailure):
    """The gas limit was reached."""


class DeadlineExceeded(ContractFailure):
    """The time limit was reached."""

    status = "TIMEOUT"


class MemoryExceeded(ContractFailure):
    """The heap limit or the process's memory limit was reached."""


class StackExceeded(ContractFailure):
    """The JavaScript stack was exhausted."""


class ResultTooLong(ContractFailure):
    """The result is longer than the chain allows."""


class AbnormalResult(ContractFailure):
    """The method returned a value that cannot be a result."""


class InsufficientAssets(ContractFailure):
    """Gas, RAM or a token balance was not enough."""

    status = "BALANCE_NOT_ENOUGH"


class RunCancelled(ContractFailure):
    """The user stopped the run."""


class WorkerCrashed(ContractFailure):
    """The sandbox process died during the run."""


class InternalError(StrataError):
    """A fault of Strata itself; please report it."""
