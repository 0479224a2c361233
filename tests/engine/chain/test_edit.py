import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chain.edit import EDIT, edit_writes, parse_value
from engine.chain.inspection import Inspection
from engine.chain.stored import decode, encode
from engine.errors import InvalidInput
from engine.values import Action, StateEdit, TransactionRequest
from tests.engine.chain.local_worker import LocalChain
from tests.engine.chain.support import DictReader, genesis_entries

CONTRACT = "token.iost"


@pytest.fixture
def chain(tmp_path):
    local = LocalChain(tmp_path)
    yield local.chain
    local.close()


def edit(key="TBalice", field="iost", text="5", kind="number", payer="", contract=CONTRACT):
    return StateEdit(contract, key, field, text, kind, payer)


def ram(chain, account):
    summary = Inspection(chain.stack.reader(), chain.clock.now()).account(account)
    return summary.ram_used, summary.ram_available


def test_a_value_is_changed_in_a_block_that_says_so(chain):
    before = chain.head_number
    summary = chain.edit(edit())
    assert summary.number == before + 1
    assert summary.edits == (edit(),)
    assert chain.stack.reader().read("m-token.iost-TBalice-iost")[0] == "i5@token.iost"
    assert chain.summary(summary.number).edits == (edit(),)
    assert chain.stack.key_history("m-token.iost-TBalice-iost")[0].transaction == EDIT


def test_an_edited_block_is_valid_and_so_are_those_after_it(chain):
    number = chain.edit(edit()).number
    transfer = Action("token.iost", "transfer", json.dumps(["iost", "bobby", "alice", "1", ""]))
    after = chain.transact(TransactionRequest("bobby", (transfer,)))
    assert after.succeeded
    assert [chain.validate(index) for index in (number, number + 1)] == [None, None]


def test_a_forged_edit_is_found(chain):
    block = chain.block(chain.edit(edit()).number)
    forged = msgspec.structs.replace(block, edits=(edit(text="6"),))
    assert "edited by hand" in chain.validate(forged)
    assert "edited by hand" in chain.validate(msgspec.structs.replace(block, edits=()))


def test_an_edit_closes_the_open_block_first(chain):
    transfer = Action("token.iost", "transfer", json.dumps(["iost", "bobby", "alice", "1", ""]))
    waiting = chain.transact(TransactionRequest("bobby", (transfer,)), close=False)
    summary = chain.edit(edit())
    assert waiting.hash in chain.summary(summary.number - 1).transactions
    assert waiting.hash not in summary.transactions


def test_ram_follows_the_bytes(chain):
    used, available = ram(chain, "alice")
    chain.edit(edit("note", None, "hello", "text", "alice"))
    size = len("token.iost-note") + len("shello@alice")
    assert ram(chain, "alice") == (used + size, available - size)
    chain.edit(edit("note", None, "hello, world", "text"))
    assert ram(chain, "alice") == (used + size + len(", world"), available - size - len(", world"))
    chain.edit(edit("note", None, None))
    assert ram(chain, "alice") == (used, available)


def test_a_new_field_is_listed_and_a_deleted_one_is_not(chain):
    chain.edit(edit("colours", "red", "1"))
    chain.edit(edit("colours", "blue", "2"))
    assert chain.stack.reader().read("m-token.iost-colours")[0] == "@red@blue"
    chain.edit(edit("colours", "red", None))
    assert chain.stack.reader().read("m-token.iost-colours")[0] == "@blue"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (edit(text="five"), "whole number"),
        (edit(text=str(2**63)), "64 bits"),
        (edit(text="yes", kind="boolean"), "true or false"),
        (edit(text="{", kind="json"), "JSON"),
        (edit(text="1.x", kind="decimal"), "decimal"),
        (edit(text="nan", kind="decimal"), "decimal"),
        (edit(kind="colour"), "type"),
        (edit(payer="nobody_here"), "nobody_here"),
        (edit("absent", None, None), "nothing to delete"),
        (edit("a-b", None, "1"), "invalid char"),
        (edit("key", None, "1", contract="nowhere"), "nowhere"),
        (edit("key", None, "x" * 3_000_000, "text", "alice"), "ram"),
        (edit("key", None, "\ud800", "text"), "surrogate"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(chain, wrong, words):
    before = chain.head_number
    with pytest.raises(InvalidInput, match=words):
        chain.edit(wrong)
    assert chain.head_number == before
    assert chain.stack.open_transactions == ()
    assert chain.produce().edits == ()


def test_going_back_undoes_an_edit(chain):
    before = chain.stack.reader().read("m-token.iost-TBalice-iost")[0]
    number = chain.edit(edit()).number
    chain.restore(number - 1)
    assert chain.stack.reader().read("m-token.iost-TBalice-iost")[0] == before


@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers_are_stored_as_they_are_written(number):
    writes = edit_writes(DictReader(genesis_entries()), edit(text=str(number)), 0)
    assert decode(writes["m-token.iost-TBalice-iost"])[0] == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**9), max_value=10**9))
def test_decimals_keep_their_digits(number):
    value = parse_value("decimal", f"{number:f}")
    assert decode(encode(value, "alice"))[0] == value
    assert value.value == number.scaleb(value.scale)
