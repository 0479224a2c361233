"""A failed transaction in words: what happened, why, and what to do about it.

The chain's own texts are terse and those of the reference (spec/natives.md, spec/transactions.md §2); people get
them word for word elsewhere, and here what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from engine.values import Action, FailureDetail, Status, TransactionResult


@dataclass(frozen=True, slots=True)
class Explanation:
    """Three sentences for people."""

    happened: str
    why: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Case:
    """What a text means; `{1}` … in the sentences stand for what the pattern found."""

    pattern: re.Pattern[str]
    why: str
    advice: str


def _case(pattern: str, why: str, advice: str) -> _Case:
    return _Case(re.compile(pattern), why, advice)


_BY_TEXT = (
    _case(
        r"gas not enough! Now: ([\d.]+).*Need ([\d.]+)",
        "The publisher has {1} gas, the transaction used {2}.",
        "Pledge IOST for gas, wait until gas has grown, or let the transaction do less.",
    ),
    _case(
        r"gas not enough: user (\S+) has ([\d.]+) < ([\d.]+)",
        "{1} has {2} gas; the gas limit asks for up to {3}.",
        "Lower the gas limit, or pledge IOST for gas.",
    ),
    _case(
        r"pay ram failed\. id: (\S+) need (-?\d+), actual (\d+)",
        "{1} has to pay {2} bytes of RAM and has {3} left.",
        "Buy RAM for {1}, store less, or delete what is no longer needed.",
    ),
    _case(
        r"pay ram failed\. no permission\. need (\S+)",
        "The contract lets somebody pay for RAM who did not sign.",
        "Add {1} to the signers, or name another payer in the contract.",
    ),
    _case(
        r"balance not enough ([\d.]+) < ([\d.]+)",
        "The payer holds {1} of the token, and {2} are to be moved.",
        "Move less, or give the payer more of the token first.",
    ),
    _case(
        r"token (\S+) exceed amountLimit in tx\. need ([\d.]+)",
        "The transaction's amount limit allows fewer {1} than the {2} the contract wants to move.",
        "Raise the limit of {1} in the transaction, if you agree with moving that much.",
    ),
    _case(
        r"token (\S+) exceed amountLimit in abi\. need ([\d.]+)",
        "The method's own amount limit (its interface) allows fewer {1} than the {2} it wants to move.",
        "Raise amountLimit in the contract's interface and deploy it again.",
    ),
    _case(
        r"token not exists",
        "There is no token of that name on this chain.",
        "Check the token's symbol, or create it with token.iost create.",
    ),
    _case(
        r"require auth failed|need \S+@\w+ permission|no permission|permission denied",
        "Somebody has to agree to this who did not sign.",
        "Publish it as the account it is about, or add that account as account@permission to the signers.",
    ),
    _case(
        r"invalid account (\S+)",
        "{1} is neither an account nor a contract of this chain.",
        "Check its spelling, or create the account first.",
    ),
    _case(
        r"invalid amount", "The amount is not a number above zero that the token can express.", "Correct the amount."
    ),
    _case(r"supply too much", "More would be issued than the token's total supply.", "Issue less."),
    _case(r"memo too large", "A memo has at most 512 bytes.", "Shorten the memo."),
    _case(
        r"token can't transfer",
        "The token was created so that it cannot be moved.",
        "Nothing: that is how it was made.",
    ),
    _case(
        r"contract (\S+) not found",
        "There is no contract {1} on this chain.",
        "Deploy it first; after going back to an earlier block it may be gone.",
    ),
    _case(
        r"abi (\S+) not found", "The contract has no method {1} in its interface.", "Choose a method of the contract."
    ),
    _case(
        r"args? (?:num|count|length)|parse \w+ arg|args should be",
        "The arguments are not what the method's interface asks for.",
        "Correct number and types of the arguments.",
    ),
    _case(
        r"stack height exceed",
        "Contracts called each other too deeply.",
        "Look for contracts that call one another in a circle.",
    ),
    _case(r"re-entering", "A contract was called again while it was still running.", "Let the callee return first."),
    _case(
        r"(?:TypeError|Cannot read propert)",
        "The code uses a value that is not there or is of another kind, often what storage has not got yet.",
        "Debug the transaction to see the value, and test it before it is used.",
    ),
    _case(
        r"ReferenceError",
        "The code uses a name that does not exist here; contracts have no browser, no timers, no clock.",
        "Correct the name; help lists what a contract can use.",
    ),
    _case(
        r"SyntaxError", "A text was parsed as JSON or code and is neither.", "Debug the transaction to see the text."
    ),
)

_BY_CLASS = {
    "ContractException": (
        "The contract threw an error, or the chain refused what it asked for.",
        "Look at the failing line; debug the transaction to see the values that led there.",
    ),
    "OutOfGas": (
        "The transaction used up its whole gas limit, which it pays for all the same.",
        "Raise the gas limit, or let the contract do less: look for loops over stored data.",
    ),
    "DeadlineExceeded": (
        "The transaction ran longer than a block has time for.",
        "Look for a loop that does not end; gas alone did not stop it.",
    ),
    "MemoryExceeded": (
        "The contract used more memory than a sandbox has.",
        "Look for texts or arrays that grow without bound.",
    ),
    "StackExceeded": ("Functions called each other too deeply.", "Look for a recursion without an end."),
    "ResultTooLong": ("The returned value is longer than the chain allows.", "Return less, or store it instead."),
    "AbnormalResult": (
        "The returned value cannot be a result: a promise, a function, or an object that contains itself.",
        "Return a text, number, boolean or plain object; methods cannot be async.",
    ),
    "InsufficientAssets": (
        "Gas, RAM or a token balance was not enough.",
        "Look at the accounts of all who pay: publisher, signers, and the contract's owner.",
    ),
    "RunCancelled": ("You stopped it.", "Send it again if you want it to finish."),
    "WorkerCrashed": (
        "The contract brought V8 itself down; its process was replaced.",
        "Look for enormous arrays or texts at the failing line. The chain is not harmed.",
    ),
}
_ENDED = {
    "OutOfGas": "ran out of gas",
    "DeadlineExceeded": "ran out of time",
    "MemoryExceeded": "ran out of memory",
    "StackExceeded": "ran out of stack",
    "RunCancelled": "was stopped",
    "WorkerCrashed": "ended the sandbox it ran in",
    "ResultTooLong": "returned too much",
    "AbnormalResult": "returned something that cannot be a result",
}
_IN_WORDS = {
    Status.SUCCESS: "success",
    Status.GAS_RUN_OUT: "out of gas",
    Status.BALANCE_NOT_ENOUGH: "somebody could not pay",
    Status.WRONG_PARAMETER: "wrong arguments",
    Status.RUNTIME_ERROR: "an error was thrown",
    Status.TIMEOUT: "out of time",
    Status.WRONG_TX_FORMAT: "malformed transaction",
    Status.DUPLICATE_SET_CODE: "deployed twice",
    Status.UNKNOWN_ERROR: "unknown reason",
}
"""What people call the reference's names of statuses."""

_UNKNOWN = ("The receipt says nothing more about it.", "Debug the transaction to see where it ended.")


def outcome_words(result: TransactionResult) -> str:
    """Return in a few words how a transaction ended: `Success`, or `Failed:` and what brought it down."""
    if result.succeeded:
        return "Success"
    ended = _ENDED.get(result.failure.error if result.failure is not None else "")
    return f"Failed: {ended or _IN_WORDS[result.receipt.status]}"


def explain(result: TransactionResult, name_of: Callable[[str], str]) -> Explanation | None:
    """Return what a transaction's failure means, None if it succeeded; `name_of` names a contract by its id."""
    if result.succeeded:
        return None
    text = result.failure.text if result.failure is not None else ""
    why, advice = _meaning(result.failure, text or result.receipt.message)
    return Explanation(_happened(result, name_of), why, advice)


def explain_refusal(text: str) -> tuple[str, str]:
    """Return why a transaction was refused before it ran and what to do, both empty if nothing more is known."""
    found = _by_text(text)
    if found is not None:
        return found
    for pattern, meaning in _REFUSALS:
        if re.search(pattern, text):
            return meaning
    return "", ""


_REFUSALS = (
    (
        r"unauthorized (?:signer|publisher)",
        (
            "The keys that signed do not reach that permission's threshold.",
            "Import the account's key, or sign otherwise.",
        ),
    ),
    (r"gas limit illegal", ("A gas limit lies between 6 000 and 4 000 000.", "Correct the gas limit.")),
    (r"gas ratio illegal", ("A gas ratio lies between 1 and 100.", "Correct the gas ratio.")),
    (
        r"gas limit should be larger",
        ("Size and signatures of the transaction alone cost more than the limit.", "Raise the gas limit."),
    ),
    (r"expired", ("Its time was over before it came.", "Send it again with a later expiration.")),
    (r"too large\(tx.time", ("It is dated in the future.", "Leave its time out.")),
    (r"tx exists", ("The very same transaction is there already.", "Change it or send it a little later.")),
    (r"delay", ("The chain takes no delayed transactions since version 3.9.2.", "Set the delay to 0.")),
    (r"duplicated token", ("Each token can have one amount limit.", "Remove the duplicate.")),
)


def _meaning(failure: FailureDetail | None, text: str) -> tuple[str, str]:
    error = failure.error if failure is not None else ""
    if error in ("ContractException", "InsufficientAssets", ""):
        found = _by_text(text)
        if found is not None:
            return found
    return _BY_CLASS.get(error, _UNKNOWN)


def _by_text(text: str) -> tuple[str, str] | None:
    for case in _BY_TEXT:
        found = case.pattern.search(text)
        if found is not None:
            groups = (found.group(), *(group or "" for group in found.groups()))
            return case.why.format(*groups), case.advice.format(*groups)
    return None


def _happened(result: TransactionResult, name_of: Callable[[str], str]) -> str:
    action, number = _failing_action(result)
    if action is None:
        called = "The transaction"
    else:
        called = f"{name_of(action.contract)}.{action.action_name}"
        if len(result.request.actions) > 1:
            called = f"Action {number}, {called},"
    if result.receipt.status is Status.BALANCE_NOT_ENOUGH:
        return f"{called} ran to its end, but somebody could not pay. Everything it wrote was taken back."
    ended = _ENDED.get(result.failure.error if result.failure is not None else "", "failed")
    return f"{called} {ended}. Everything the transaction wrote was taken back; its gas is paid."


def _failing_action(result: TransactionResult) -> tuple[Action | None, int]:
    """Return the action that failed and its number from 1; nothing tells if several could be meant."""
    actions = result.request.actions
    if len(actions) == 1:
        return actions[0], 1
    location = result.failure.location if result.failure is not None else None
    fitting = [
        (action, number)
        for number, action in enumerate(actions, 1)
        if location is not None and action.contract == location.contract
    ]
    return fitting[0] if len(fitting) == 1 else (None, 0)
