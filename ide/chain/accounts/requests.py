"""The transactions that the accounts dock sends, and the forms they are filled in with (spec/natives.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.entrance.scenario_outcome import as_json
from engine.values import Action, TransactionRequest
from ide.panels.arguments import ArgumentProblem

GAS_LIMIT = "2000000"
SIGN_UP_PLEDGE = "10"
"""IOST that auth.iost pledges for a new account's gas, from the publisher's."""

_NUMBER = re.compile(r"\d+(\.\d+)?")
_NAME = re.compile(r"[a-z0-9_]{5,11}")
_LABEL = re.compile(r"[A-Za-z0-9_]{1,32}")
_ITEM = re.compile(r"[^@\s]+(@[A-Za-z0-9_]{1,32})?")

Values = Mapping[str, str]


class Kind(StrEnum):
    """What a field of a form holds."""

    ACCOUNT = "account"
    TOKEN = "token"
    AMOUNT = "amount"
    BYTES = "bytes"
    TEXT = "text"
    NEW_NAME = "new name"
    PERMISSION = "permission"
    GROUP = "group"
    ITEM = "item"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field: `value` is what stands in it at first, `hint` what is written in an empty one."""

    id: str
    label: str
    kind: Kind
    value: str = ""
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class AccountForm:
    """A small form: `build` makes the transaction from the fields' texts."""

    id: str
    title: str
    verb: str
    about: str
    fields: tuple[FormField, ...]
    build: Callable[[Values], TransactionRequest]


def check(field: FormField, text: str) -> None:
    """Raise `ArgumentProblem` if a text is no value for a field; says what to type instead."""
    if not text:
        if field.optional:
            return
        raise ArgumentProblem(f"{field.label} is missing.")
    match field.kind:
        case Kind.AMOUNT if not _NUMBER.fullmatch(text) or float(text) <= 0:
            raise ArgumentProblem("An amount is a number above zero, for example 12.5.")
        case Kind.BYTES if not text.isascii() or not text.isdigit() or int(text) < 10:
            raise ArgumentProblem("At least 10 bytes are traded; write a whole number.")
        case Kind.NEW_NAME if not _NAME.fullmatch(text):
            raise ArgumentProblem("A name has 5 to 11 of the characters a–z, 0–9 and _.")
        case Kind.TEXT if len(text.encode()) > 512:
            raise ArgumentProblem("At most 512 bytes fit.")
        case Kind.PERMISSION | Kind.GROUP if not _LABEL.fullmatch(text):
            raise ArgumentProblem("A name has 1 to 32 of the characters A–Z, a–z, 0–9 and _.")
        case Kind.ITEM if not _ITEM.fullmatch(text):
            raise ArgumentProblem("Write a public key, or an account and its permission, such as alice@active.")
        case Kind.WEIGHT if not text.isascii() or not text.isdigit() or not int(text):
            raise ArgumentProblem("Write a whole number above zero, for example 100.")
        case _:
            return


def transfer(values: Values) -> TransactionRequest:
    """Move tokens."""
    arguments = [values["token"], values["from"], values["to"], values["amount"], values["memo"]]
    return request(values["from"], action("token.iost", "transfer", *arguments))


def pledge(values: Values) -> TransactionRequest:
    """Pledge IOST for somebody's gas."""
    return request(values["from"], action("gas.iost", "pledge", values["from"], values["to"], values["amount"]))


def unpledge(values: Values) -> TransactionRequest:
    """Take a pledge back."""
    return request(values["from"], action("gas.iost", "unpledge", values["from"], values["to"], values["amount"]))


def buy_ram(values: Values) -> TransactionRequest:
    """Buy RAM for somebody."""
    return request(values["from"], action("ram.iost", "buy", values["from"], values["to"], int(values["bytes"])))


def sell_ram(values: Values) -> TransactionRequest:
    """Sell RAM that was bought."""
    return request(values["from"], action("ram.iost", "sell", values["from"], values["to"], int(values["bytes"])))


def sign_up(values: Values) -> TransactionRequest:
    """Create an account whose permissions are one key's, and give it what was asked for, all or nothing."""
    payer, name, key = values["from"], values["name"], values["key"]
    actions = [action("auth.iost", "signUp", name, key, key)]
    if values["bytes"]:
        actions.append(action("ram.iost", "buy", payer, name, int(values["bytes"])))
    if values["amount"]:
        actions.append(action("token.iost", "transfer", "iost", payer, name, values["amount"], ""))
    return request(payer, *actions)


def _account(field: str, label: str) -> FormField:
    return FormField(field, label, Kind.ACCOUNT)


TRANSFER = AccountForm(
    "transfer",
    "Transfer Tokens",
    "Transfer",
    "Moves tokens from one account to another.",
    (
        _account("from", "From"),
        _account("to", "To"),
        FormField("token", "Token", Kind.TOKEN, "iost"),
        FormField("amount", "Amount", Kind.AMOUNT),
        FormField("memo", "Memo", Kind.TEXT, hint="up to 512 bytes", optional=True),
    ),
    transfer,
)
PLEDGE = AccountForm(
    "pledge",
    "Pledge IOST for Gas",
    "Pledge",
    "Each pledged IOST gives 100 000 gas at once and 1.15 gas a second, up to 300 000.",
    (_account("from", "Pledged by"), _account("to", "Gas for"), FormField("amount", "IOST", Kind.AMOUNT, "100")),
    pledge,
)
UNPLEDGE = AccountForm(
    "unpledge",
    "Take Back a Pledge",
    "Take back",
    "The IOST come back after three days of the chain's time; at least 10 stay pledged.",
    (_account("from", "Pledged by"), _account("to", "Gas for"), FormField("amount", "IOST", Kind.AMOUNT)),
    unpledge,
)
BUY_RAM = AccountForm(
    "buy_ram",
    "Buy RAM",
    "Buy",
    "RAM is what stored data takes. Its price rises with demand; 2 % go as a fee.",
    (_account("from", "Paid by"), _account("to", "RAM for"), FormField("bytes", "Bytes", Kind.BYTES, "10000")),
    buy_ram,
)
SELL_RAM = AccountForm(
    "sell_ram",
    "Sell RAM",
    "Sell",
    "Only RAM that the account bought itself and does not use can be sold.",
    (_account("from", "Sold by"), _account("to", "IOST go to"), FormField("bytes", "Bytes", Kind.BYTES)),
    sell_ram,
)
SIGN_UP = AccountForm(
    "sign_up",
    "Create Account",
    "Create",
    f"Costs the payer {SIGN_UP_PLEDGE} IOST, pledged for its gas. A new key is made for it and kept with this chain.",
    (
        _account("from", "Paid by"),
        FormField("name", "New name", Kind.NEW_NAME, hint="5 to 11 of a–z, 0–9, _"),
        FormField("bytes", "RAM bytes", Kind.BYTES, "10000", optional=True),
        FormField("amount", "IOST to begin with", Kind.AMOUNT, "100", optional=True),
    ),
    sign_up,
)
FORMS = (TRANSFER, PLEDGE, UNPLEDGE, BUY_RAM, SELL_RAM, SIGN_UP)


def action(contract: str, method: str, *arguments: object) -> Action:
    """Return a call with arguments as JSON."""
    return Action(contract, method, as_json(list(arguments)))


def request(publisher: str, *actions: Action, signers: tuple[str, ...] = ()) -> TransactionRequest:
    """Return a transaction of one account."""
    return TransactionRequest(publisher=publisher, actions=actions, gas_limit=GAS_LIMIT, signers=signers)
