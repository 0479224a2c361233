"""Keys that the engine signs with: the development accounts' and imported ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from engine.chain.go_json import well_formed
from engine.chain.keys import KeyPair
from engine.chain.receipt import centi_gas
from engine.chain.transaction import LIFETIME, Transaction
from engine.errors import InvalidInput, RejectedTransaction
from engine.values import Action, AmountLimit, TransactionRequest


class Wallet:
    """Turns requests into signed transactions.

    `key_ids` tells which keys an account names in its permissions: an account without a key of its own here signs
    with those of them that are known as others'.
    """

    def __init__(
        self, keys: Mapping[str, KeyPair], chain_id: int, key_ids: Callable[[str], Iterable[str]] = lambda _: ()
    ) -> None:
        self._keys = dict(keys)
        self._chain_id = chain_id
        self._key_ids = key_ids

    def add(self, account: str, key: KeyPair) -> None:
        """Sign for `account` with `key` from now on."""
        self._keys[account] = key

    def key(self, account: str) -> KeyPair:
        """Return an account's key.

        Raises:
            RejectedTransaction: it is not known here.
        """
        try:
            return self._keys[account]
        except KeyError:
            raise RejectedTransaction(
                f"unauthorized publisher: {account}",
                advice=f"Strata has no key of {account}. Import it, or use a development account.",
            ) from None

    def keys(self) -> dict[str, KeyPair]:
        """Return all keys by account."""
        return dict(self._keys)

    def accounts(self) -> tuple[str, ...]:
        """Return the accounts whose keys are known."""
        return tuple(self._keys)

    def sign(self, request: TransactionRequest, *, time: int, serial: int) -> Transaction:
        """Return the signed transaction of a request at `time` (nanoseconds) unless it names its own.

        `serial` makes the expiration, and so the hash, different from that of an equal request at the same time.
        A signer whose key is not known adds no signature: the chain decides whether the others' keys are enough.

        Raises:
            RejectedTransaction: the publisher's key is missing.
            InvalidInput: gas limit or ratio are no decimals, or a number does not fit.
        """
        created = time if request.time is None else request.time
        expiration = created + LIFETIME + serial if request.expiration is None else request.expiration
        transaction = Transaction(
            time=created,
            expiration=expiration,
            gas_ratio=_hundredths(request.gas_ratio, "gas ratio"),
            gas_limit=_hundredths(request.gas_limit, "gas limit"),
            actions=tuple(
                Action(well_formed(action.contract), well_formed(action.action_name), well_formed(action.data))
                for action in request.actions
            ),
            publisher=well_formed(request.publisher),
            delay=request.delay,
            chain_id=self._chain_id,
            signers=tuple(map(well_formed, request.signers)),
            amount_limit=tuple(AmountLimit(well_formed(a.token), well_formed(a.val)) for a in request.amount_limit),
        )
        signers = dict.fromkeys(signer.partition("@")[0] for signer in transaction.signers)
        publisher_keys = self._keys_of(transaction.publisher) or [self.key(transaction.publisher)]
        signer_keys = [key for signer in signers for key in self._keys_of(signer)]
        try:
            return transaction.signed(publisher_keys, signer_keys)
        except OverflowError:
            raise InvalidInput(
                "a number is too large for a transaction", advice="Check gas limit, gas ratio and times."
            ) from None

    def _keys_of(self, account: str) -> list[KeyPair]:
        if account in self._keys:
            return [self._keys[account]]
        known = {key.id: key for key in self._keys.values()}
        return [known[identity] for identity in dict.fromkeys(self._key_ids(account)) if identity in known]


def request_of(transaction: Transaction) -> TransactionRequest:
    """Return a signed transaction as a request, for showing it and sending it again."""
    return TransactionRequest(
        publisher=transaction.publisher,
        actions=transaction.actions,
        signers=transaction.signers,
        gas_limit=_decimal(transaction.gas_limit),
        gas_ratio=_decimal(transaction.gas_ratio),
        amount_limit=transaction.amount_limit,
        time=transaction.time,
        expiration=transaction.expiration,
        delay=transaction.delay,
    )


def _hundredths(text: str, name: str) -> int:
    try:
        return centi_gas(text)
    except (ArithmeticError, ValueError):
        raise InvalidInput(f"{text!r} is no number", where=name, advice="Write a decimal number.") from None


def _decimal(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)
