"""The filter language of the chain dock.

Words that must all occur: `transfer alice`, or in quotes: `"out of gas"`. With a field: `publisher:alice`,
`contract:token`, `method:transfer`, `status:failed` (or `ok`, or a status name), `signer:`, `event:`, `console:`,
`message:`, `args:`, `hash:`, `block:12`. Numbers are compared: `gas>50000`, `ram>=64`, `block<100`, `ms>5`,
`actions>1`. A leading `-` excludes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.values import TransactionResult

EXAMPLES = "Filter: publisher:alice  method:transfer  status:failed  gas>50000  -block:12"

_WORD = re.compile(r'-?(?:[a-z]+(?::|[<>]=?|=))?(?:"[^"]*"|[^\s"]+)', re.IGNORECASE)
_TERM = re.compile(
    r'(?P<not>-?)(?:(?P<field>[a-z]+)(?P<sign>:|[<>]=?|=))?(?P<text>"[^"]*"|.*)', re.IGNORECASE | re.DOTALL
)
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ":": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a transaction, for filters: texts in lower case, and numbers."""

    texts: Mapping[str, str]
    numbers: Mapping[str, float]


Term = Callable[[Facts], bool]

_TEXT_FIELDS: Mapping[str, Callable[[TransactionResult, Mapping[str, str]], str]] = {
    "publisher": lambda result, _: result.request.publisher,
    "signer": lambda result, _: " ".join((result.request.publisher, *result.request.signers)),
    "contract": lambda result, names: " ".join(
        f"{names.get(action.contract, '')} {action.contract}" for action in result.request.actions
    ),
    "method": lambda result, _: " ".join(action.action_name for action in result.request.actions),
    "args": lambda result, _: " ".join(action.data for action in result.request.actions),
    "status": lambda result, _: f"{'ok' if result.succeeded else 'failed'} {result.receipt.status}",
    "message": lambda result, _: result.receipt.message,
    "event": lambda result, _: " ".join(event.data for event in result.events),
    "console": lambda result, _: " ".join(line.text for line in result.console),
    "hash": lambda result, _: result.hash,
}
_ALIASES = {"from": "publisher"}
_NUMBER_FIELDS: Mapping[str, Callable[[TransactionResult], float]] = {
    "gas": lambda result: float(result.receipt.gas_usage),
    "ram": lambda result: sum(used for used in result.receipt.ram_usage.values() if used > 0),
    "block": lambda result: result.block_number,
    "ms": lambda result: result.duration_us / 1000,
    "actions": lambda result: len(result.request.actions),
}
FIELDS = (*_TEXT_FIELDS, *_ALIASES, *_NUMBER_FIELDS)


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """A parsed filter; `problem` says what of it makes no sense (that part is left out)."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything is accepted."""
        return not self.terms

    def accepts(self, result: TransactionResult, names: Mapping[str, str]) -> bool:
        """Whether a transaction fulfils all conditions; `names` are contracts' names by id."""
        if not self.terms:
            return True
        facts = Facts(
            {field: read(result, names).lower() for field, read in _TEXT_FIELDS.items()},
            {field: read(result) for field, read in _NUMBER_FIELDS.items()},
        )
        return all(term(facts) for term in self.terms)


def parse_filter(text: str) -> TransactionFilter:
    """Return the filter in a text."""
    terms: list[Term] = []
    problems: list[str] = []
    for word in _WORD.findall(text):
        found = _TERM.fullmatch(word)
        if found is None:
            continue
        field, sign = (found["field"] or "").lower(), found["sign"] or ""
        value = found["text"].strip('"').lower()
        field = _ALIASES.get(field, field)
        try:
            term = _term(field, sign, value, found["text"] if not field else word.lstrip("-"))
        except ValueError as error:
            problems.append(str(error))
            continue
        terms.append(_negated(term) if found["not"] else term)
    return TransactionFilter(text, tuple(terms), " ".join(problems))


def _term(field: str, sign: str, value: str, word: str) -> Term:
    if not field:
        return _anywhere(word.strip('"').lower())
    if field in _NUMBER_FIELDS:
        try:
            number = float(value.replace("_", ""))
        except ValueError:
            raise ValueError(f"{field}{sign} needs a number, for example {field}>1000.") from None
        return _compared(field, _SIGNS[sign], number)
    if sign not in (":", "="):
        raise ValueError(f"{word}: only {', '.join(_NUMBER_FIELDS)} can be compared.")
    if field in _TEXT_FIELDS:
        return _contained(field, value)
    raise ValueError(f"There is no field “{field}”; there are {', '.join(FIELDS)}.")


def _anywhere(text: str) -> Term:
    return lambda facts: any(text in fact for fact in facts.texts.values())


def _contained(field: str, text: str) -> Term:
    return lambda facts: text in facts.texts[field]


def _compared(field: str, compare: Callable[[float, float], bool], number: float) -> Term:
    return lambda facts: compare(facts.numbers[field], number)


def _negated(term: Term) -> Term:
    return lambda facts: not term(facts)
