"""domain.iost: nothing before the administrator's update, then names (spec/natives.md §8)."""

from __future__ import annotations

import pytest

from tests.engine.chain.support import error, genesis_chain, succeed

ID = "domain.iost"


@pytest.fixture
def chain():
    chain = genesis_chain()
    succeed(chain.call("admin", "system.iost", "updateNativeCode", ID, "1.0.0", ""))
    return chain


def test_no_methods_at_genesis():
    text = error(genesis_chain().call("alice", ID, "link", "alice.x", "Contractx"))
    assert text == "prepare contract: abi link not found"


def test_only_the_administrator_updates():
    chain = genesis_chain()
    text = error(chain.call("alice", "system.iost", "updateNativeCode", ID, "1.0.0", ""))
    assert text == "update native code need admin@system permission"
    text = error(chain.call("admin", "system.iost", "updateNativeCode", ID, "9.9.9", ""))
    assert text == "invalid contractID or version"


def test_a_linked_name_is_called_like_its_contract(chain):
    assert succeed(chain.call("alice", ID, "link", "coins.x", "token.iost")).receipt.returns == ("null",)
    execution = succeed(chain.call("bobby", "coins.x", "supply", "iost"))
    assert execution.receipt.returns == ('["21100010000"]',)


@pytest.mark.parametrize(
    ("publisher", "name", "expected"),
    [
        ("alice", "a.b", "url invalid. url length should be between 5,16 got a.b"),
        ("alice", "abcdef", "url invalid. url must contain '.'"),
        ("alice", "ABCD.x", "url invalid. url contains invalid character 65"),
        ("alice", "alice.iost", "only admin has permission to claim url .iost"),
        ("bobby", "taken.x", "no privilege of claimed url"),
    ],
)
def test_link_refuses(chain, publisher, name, expected):
    succeed(chain.call("alice", ID, "link", "taken.x", "token.iost"))
    assert error(chain.call(publisher, ID, "link", name, "token.iost")) == expected


def test_transfer(chain):
    succeed(chain.call("alice", ID, "link", "taken.x", "token.iost"))
    assert error(chain.call("bobby", ID, "transfer", "taken.x", "bobby")) == "no privilege of claimed url"
    assert error(chain.call("bobby", ID, "transfer", "free.x", "bobby")) == "url doesn't have owner. Link directly"
    succeed(chain.call("alice", ID, "transfer", "taken.x", "bobby"))
    succeed(chain.call("bobby", ID, "link", "taken.x", "gas.iost"))
