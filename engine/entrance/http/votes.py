"""The node's answers about votes and rewards, read off vote.iost and vote_producer.iost (spec/natives.md §10)."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine.entrance.http.failure import RequestFailure
from engine.entrance.http.messages import CandidateBonus, ContractVotes, ProducerInfo, VoteInfo, VoterBonus, double
from engine.values import Value

if TYPE_CHECKING:
    from engine.chain.storage_rules import ContractStorage

VOTE, ELECTION = "vote.iost", "vote_producer.iost"
THRESHOLD = 2_100_000
STATUSES = ("APPLY", "APPROVED", "UNAPPLY", "UNAPPLY_APPROVED")
Decoded = TypeVar("Decoded")


class _Producer(Value, rename="camel", frozen=True):
    pubkey: str = ""
    loc: str = ""
    url: str = ""
    net_id: str = ""
    is_producer: bool = False
    status: int = 0
    online: bool = False


class _Option(Value, frozen=True):
    votes: str = "0"


class Votes:
    """Answers from the storage of the election's contracts; on a chain without them nobody voted."""

    def __init__(self, storage: ContractStorage) -> None:
        self._storage = storage

    def producer_keys(self, key: str) -> tuple[str, ...]:
        """Return a list of producers' keys that the election keeps."""
        return _read(self._storage.get(ELECTION, key), tuple[str, ...], ())

    def of_account(self, account: str) -> tuple[VoteInfo, ...]:
        """Return an account's votes in the election of producers."""
        found = []
        for option, entry in self._votes_of(account).items():
            votes, cleared = Decimal(_text(entry, 0)), Decimal(_text(entry, 2))
            found.append(VoteInfo(option, double(str(votes - cleared)), double(str(cleared))))
        return tuple(found)

    def of_contract(self, contract: str) -> ContractVotes:
        """Answer getContractVote."""
        return ContractVotes(self.of_account(contract))

    def producer(self, account: str) -> ProducerInfo:
        """Answer getProducerVoteInfo."""
        option = self._storage.map_get(VOTE, f"v_{self._vote_id()}", account)
        if option is None:
            raise RequestFailure("can't get producer vote info")
        stored = self._storage.map_get(ELECTION, "producerTable", account)
        if stored is None:
            raise RequestFailure("can't get producer info")
        producer = _read(stored, _Producer, _Producer())
        return ProducerInfo(
            pubkey=producer.pubkey,
            loc=producer.loc,
            url=producer.url,
            net_id=producer.net_id,
            is_producer=producer.is_producer,
            status=STATUSES[producer.status],
            online=producer.online,
            votes=double(_read(option, _Option, _Option()).votes),
        )

    def voter_bonus(self, voter: str) -> VoterBonus:
        """Answer getVoterBonus: votes times the producer's coefficient, less what was paid before; in doubles."""
        detail: dict[str, float] = {}
        for option, entry in self._votes_of(voter).items():
            coefficient, mask = self._number("voterCoef", option), self._number(f"v_{option}", voter)
            earned = _truncated(coefficient * float(_text(entry, 0)) - mask)
            if earned > 0:
                detail[option] = earned
        return VoterBonus(double(sum(detail.values())), {option: double(bonus) for option, bonus in detail.items()})

    def candidate_bonus(self, account: str) -> CandidateBonus:
        """Answer getCandidateBonus: votes, from the threshold on, times the coefficient, less what was paid before."""
        option = self._storage.map_get(VOTE, f"v_{self._vote_id()}", account)
        if option is None:
            return CandidateBonus(0)
        votes = float(_read(option, _Option, _Option()).votes)
        coefficient = float(_read(self._storage.get(ELECTION, "candCoef"), str, "0"))
        counted = votes if votes >= THRESHOLD else 0.0
        return CandidateBonus(double(_truncated(coefficient * counted - self._number("candMask", account))))

    def _vote_id(self) -> str:
        return str(self._storage.get(ELECTION, "voteId") or "")

    def _votes_of(self, account: str) -> dict[str, tuple[object, ...]]:
        stored = self._storage.map_get(VOTE, f"u_{self._vote_id()}", account)
        return _read(stored, dict[str, tuple[object, ...]], {})

    def _number(self, key: str, field: str) -> float:
        return float(_read(self._storage.map_get(ELECTION, key, field), str, "0"))


def _read(stored: object, kind: type[Decoded], absent: Decoded) -> Decoded:
    return absent if stored is None else msgspec.json.decode(str(stored), type=kind)


def _truncated(number: float) -> float:
    return math.trunc(number * 1e8) / 1e8


def _text(entry: tuple[object, ...], position: int) -> str:
    return str(entry[position]) if position < len(entry) else "0"
