"""The filter language of the transaction list.

Words that all must occur: `transfer alice`. With a field: `from:alice`, `contract:token`, `method:transfer`,
`status:failed` (or `ok`, `rejected`, a status name), `block:12`, `hash:Hash`. A leading `-` excludes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

EXAMPLES = "Filter: transfer  from:alice  status:failed  -block:12"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; `field` is empty for a word that may occur anywhere."""

    field: str
    text: str
    excludes: bool

    def accepts(self, facts: Mapping[str, str]) -> bool:
        """Whether a transaction's facts fulfil the condition; facts are lower case."""
        if self.field:
            found = self.text in facts.get(self.field, "")
        else:
            found = any(self.text in fact for fact in facts.values())
        return found is not self.excludes


FIELDS = ("from", "contract", "method", "status", "block", "hash", "args")


def parse_filter(text: str) -> Callable[[Mapping[str, str]], bool]:
    """Return a test of facts; an unknown field name is a word like any other."""
    terms = []
    for word in text.lower().split():
        excludes = word.startswith("-") and len(word) > 1
        body = word[1:] if excludes else word
        name, colon, value = body.partition(":")
        terms.append(Term(name, value, excludes) if colon and name in FIELDS else Term("", body, excludes))
    return lambda facts: all(term.accepts(facts) for term in terms)
