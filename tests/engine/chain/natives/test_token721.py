"""token721.iost (spec/natives.md §4)."""

from __future__ import annotations

import pytest

from engine.chain.stored import decode
from tests.engine.chain.support import error, genesis_chain, succeed

ID = "token721.iost"


@pytest.fixture
def chain():
    chain = genesis_chain()
    succeed(chain.call("alice", ID, "create", "card", "alice", 2))
    return chain


def test_life_of_a_token(chain):
    execution = succeed(chain.call("alice", ID, "issue", "card", "bobby", '{"a":1}'))
    assert execution.receipt.returns == ('["0"]',)
    assert execution.receipt.receipts[0].func_name == "token721.iost/issue"
    assert decode(chain.entries["m-token721.iost-T721Mcard#bobby-0"]) == ('{"a":1}', "alice")
    assert succeed(chain.call("carol", ID, "ownerOf", "card", "0")).receipt.returns == ('["bobby"]',)
    assert succeed(chain.call("carol", ID, "balanceOf", "card", "bobby")).receipt.returns == ("[1]",)
    execution = succeed(chain.call("bobby", ID, "transfer", "card", "bobby", "carol", "0"))
    assert execution.receipt.receipts[0].content == '["card","bobby","carol","0"]'
    assert succeed(chain.call("carol", ID, "balanceOf", "card", "bobby")).receipt.returns == ("[0]",)
    assert succeed(chain.call("carol", ID, "tokenOfOwnerByIndex", "card", "carol", 0)).receipt.returns == ('["0"]',)
    metadata = succeed(chain.call("carol", ID, "tokenMetadata", "card", "0")).receipt.returns
    assert metadata == ('["{\\"a\\":1}"]',)
    assert "m-token721.iost-T721Mcard#bobby-0" not in chain.entries


def test_transfer_to_oneself_is_nothing(chain):
    execution = succeed(chain.call("alice", ID, "transfer", "card", "bobby", "bobby", "7"))
    assert execution.receipt.receipts == ()


@pytest.mark.parametrize(
    ("publisher", "method", "arguments", "expected"),
    [
        ("alice", "create", ("card", "alice", 1), "token exists"),
        (
            "alice",
            "create",
            ("c", "alice", 1),
            "token symbol invalid. token symbol length should be between 2,16 got c",
        ),
        ("alice", "create", ("new", "bobby", 1), "transaction has no permission"),
        ("alice", "issue", ("none", "bobby", ""), "token not exists"),
        ("bobby", "issue", ("card", "bobby", ""), "transaction has no permission"),
        ("alice", "transfer", ("none", "alice", "bobby", "0"), "token not exists"),
        ("alice", "transfer", ("card", "bobby", "carol", "0"), "transaction has no permission"),
        ("alice", "transfer", ("card", "alice", "carol", "9"), "error tokenID not exists. card 9"),
        (
            "alice",
            "transfer",
            ("card", "alice", "carol", "0"),
            "error token owner isn't from. owner: bobby, from: alice",
        ),
        ("alice", "balanceOf", ("none", "alice"), "token not exists"),
        ("alice", "ownerOf", ("none", "0"), "token not exists"),
        ("alice", "ownerOf", ("card", "9"), "token exists"),
        ("alice", "tokenMetadata", ("none", "9"), "token not exists"),
        ("alice", "tokenMetadata", ("card", "9"), "token exists"),
        ("alice", "tokenOfOwnerByIndex", ("none", "bobby", 0), "token not exists"),
        ("alice", "tokenOfOwnerByIndex", ("card", "bobby", 1), "out of range"),
        ("alice", "tokenOfOwnerByIndex", ("card", "bobby", -1), "out of range"),
    ],
)
def test_refusals(chain, publisher, method, arguments, expected):
    succeed(chain.call("alice", ID, "issue", "card", "bobby", ""))
    assert error(chain.call(publisher, ID, method, *arguments)) == expected


def test_supply_is_bounded(chain):
    for _ in range(2):
        succeed(chain.call("alice", ID, "issue", "card", "bobby", ""))
    assert error(chain.call("alice", ID, "issue", "card", "bobby", "")) == "supply too much"
