"""The default genesis with the real compiler and sandbox (spec/transactions.md §8.2, spec/natives.md §6-10)."""

from __future__ import annotations

import json

import pytest

from engine.chain.builtin_contracts import FOLDER, IDS, built_in_sources
from engine.chain.genesis_cache import GenesisCache
from engine.chain.inspection import Inspection
from engine.errors import InvalidInput, RejectedTransaction
from engine.interface import Genesis, GenesisAccount, GenesisContract
from engine.values import Abi, AbiMethod, Action, AmountLimit, Profile, Status, TransactionRequest
from tests.engine.chain.local_worker import LocalChain

TIME = 1600000000000000000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("genesis")


def open_chain(directory, compiler, folder, **genesis):
    genesis = {"time": TIME} | genesis
    return LocalChain(
        directory, compiler, genesis=Genesis(**genesis), genesis_cache=GenesisCache(compiler.snapshots, folder)
    )


@pytest.fixture
def local(tmp_path, compiler, folder):
    local = open_chain(tmp_path / "chain", compiler, folder)
    yield local
    local.close()


def call(local, publisher, contract, method, *arguments, **options):
    action = Action(contract, method, json.dumps(arguments))
    return local.chain.transact(TransactionRequest(publisher, (action,), gas_limit="4000000", **options))


def look(local):
    return Inspection(local.stack.reader(), local.chain.clock.now())


def test_the_references_numbers(local):
    found = look(local)
    assert found.balance("admin", "iost") == "20999997618.36"
    assert [found.storage("ram.iost", key) for key in ("leftSpace", "usedSpace", "balance")] == [
        "96207067431",
        "41231886041",
        "981708851.3281633",
    ]
    assert found.account("foundation").ram_available == 41231686041
    assert found.account("admin").ram_available == found.account("producer000").ram_available == 100000
    assert found.account("alice").balances == {"iost": "10000000"}
    assert len(local.stack.reader().read("m-auth.iost-auth-admin")[0].encode()) == 375
    assert {record.id for record in found.contracts("")} == {
        *IDS,
        "domain.iost",
        "gas.iost",
        "token.iost",
        "token721.iost",
    }
    assert {found.owner(identity) for identity in IDS} == {"admin"}


def test_the_cache_gives_what_executing_gives(tmp_path, compiler, folder):
    """Genesis state from the cache equals running it."""
    states = []
    for name in ("first", "second"):
        local = open_chain(tmp_path / name, compiler, tmp_path / "cache")
        states.append({entry.key: entry.value for entry in local.stack.entries(count=100000)})
        states.append(local.chain.summary(0).hash)
        local.close()
    assert states[:2] == states[2:]
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_damaged_cache_is_made_again(tmp_path, compiler):
    open_chain(tmp_path / "first", compiler, tmp_path / "cache").close()
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    local = open_chain(tmp_path / "second", compiler, tmp_path / "cache")
    assert look(local).balance("admin", "iost") == "20999997618.36"
    local.close()


def test_every_block_rewards_the_parents_producer(local):
    for _ in range(3):
        local.chain.produce()
    assert look(local).balance("producer000", "contribute") == "6.57026882"
    assert json.loads(look(local).storage("base.iost", "witness_produced")).popitem()[1] == 3
    assert all(local.chain.validate(number) is None for number in (1, 2, 3))


def test_sign_up(local):
    result = call(local, "alice", "auth.iost", "signUp", "newbie", "owner", "active")
    assert result.succeeded, result.receipt.message
    assert [line.func_name for line in result.receipt.receipts] == [
        "token.iost/transfer",
        "gas.iost/pledge",
        "auth.iost/signUp",
    ]
    assert look(local).account("newbie").gas == "1000000"
    assert json.loads(look(local).storage("auth.iost", "auth", "newbie"))["referrer"] == "alice"
    again = call(local, "alice", "auth.iost", "signUp", "newbie", "owner", "active")
    assert again.failure.text == "Uncaught exception: Error: id existed > newbie"
    assert again.failure.location.contract == "auth.iost"
    limited = call(local, "alice", "auth.iost", "signUp", "other", "o", "a", amount_limit=(AmountLimit("iost", "9"),))
    assert limited.failure.text == "token iost exceed amountLimit in tx. need 10"


def test_an_address_gets_an_account_with_its_first_tokens(local):
    address = "0x" + "ab" * 20
    result = call(local, "alice", "token.iost", "transfer", "iost", "alice", address, "5", "")
    assert result.succeeded, result.receipt.message
    assert look(local).account(address).balances == {"iost": "5"}


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        ("abcd", "id invalid. id length should be between 5,11 > abcd"),
        ("abcdefghijkl", "id invalid. id length should be between 5,11 > abcdefghijkl"),
        ("Contractab", "id invalid. id shouldn't start with 'Contract'."),
        ("with-minus", "id invalid. id contains invalid character > -"),
        ("0x" + "A" * 40, "id invalid. upper case not allowed"),
        ("0x" + "a" * 40, "permission should be empty"),
    ],
)
def test_ids_that_are_refused(local, identity, message):
    result = call(local, "alice", "auth.iost", "signUp", identity, "o", "a")
    assert result.failure.text == f"Uncaught exception: Error: {message}"


def test_permissions(local):
    def change(method, *arguments, publisher="alice"):
        return call(local, publisher, "auth.iost", method, "alice", *arguments, signers=(f"{publisher}@owner",))

    assert change("addPermission", "vote", 2).succeeded
    assert change("assignPermission", "vote", "bobby@active", 2).succeeded
    assert change("addGroup", "board").succeeded
    assert change("assignGroup", "board", "carol@active", 3).succeeded
    assert change("assignPermissionToGroup", "vote", "board").succeeded
    receipt = call(local, "bobby", "system.iost", "requireAuth", "alice", "vote").receipt
    assert receipt.returns == ("[true]",)
    assert call(local, "carol", "system.iost", "requireAuth", "alice", "vote").receipt.returns == ("[true]",)
    assert change("revokePermissionInGroup", "vote", "board").succeeded
    assert call(local, "carol", "system.iost", "requireAuth", "alice", "vote").receipt.returns == ("[false]",)
    assert change("revokePermission", "vote", "bobby@active").succeeded
    assert call(local, "bobby", "system.iost", "requireAuth", "alice", "vote").receipt.returns == ("[false]",)
    assert change("revokeGroup", "board", "carol@active").succeeded
    assert change("dropGroup", "board").succeeded
    assert change("dropPermission", "vote").succeeded
    for text, result in (
        ("Error: require auth failed", change("addPermission", "vote", 1, publisher="bobby")),
        ("Error: permission already exist", change("addPermission", "active", 1)),
        ("ReferenceError: id is not defined", change("addPermission", "x" * 33, 1)),
        ("drop active or owner is forbidden", change("dropPermission", "owner")),
        ("weight less than zero", change("assignPermission", "active", "k", 0)),
        ("unexpected item", change("assignPermission", "active", "@x", 1)),
        ("Error: item not found", change("revokePermission", "active", "k")),
        ("Error: group does not exist", change("assignPermissionToGroup", "active", "none")),
    ):
        assert result.failure.text == f"Uncaught exception: {text}"


def test_buying_and_selling_ram(local):
    bought = call(local, "alice", "ram.iost", "buy", "alice", "alice", 1024)
    assert bought.receipt.returns == ('["10.66"]',)
    assert look(local).storage("ram.iost", "SRalice") == "1024"
    sold = call(local, "alice", "ram.iost", "sell", "alice", "bobby", 1000)
    assert sold.receipt.returns == ('["10.2"]',) or sold.receipt.returns == ('["10.20"]',)
    lent = call(local, "alice", "ram.iost", "lend", "alice", "bobby", 20)
    assert lent.succeeded
    assert [look(local).storage("ram.iost", key) for key in ("SRalice", "TRalice", "TRbobby")] == ["4", "4", "20"]
    for text, result in (
        ("minimum ram amount for trading is 10 byte", call(local, "alice", "ram.iost", "buy", "alice", "alice", 9)),
        ("self ram amount 4, not enough for sell", call(local, "alice", "ram.iost", "sell", "alice", "alice", 10)),
        ("self ram amount 0, not enough for lend", call(local, "bobby", "ram.iost", "lend", "bobby", "alice", 10)),
        ("require auth failed. ret = false", call(local, "bobby", "ram.iost", "buy", "alice", "bobby", 10)),
    ):
        assert result.failure.text == f"Uncaught exception: Error: {text}"


def test_more_ram_comes_with_time(local):
    local.chain.advance(2 * 600 * 10**9)
    assert call(local, "alice", "ram.iost", "buy", "alice", "alice", 10).succeeded
    assert look(local).storage("ram.iost", "leftSpace") == str(96207067431 + 2 * 1307448 - 10)


def test_exchange_creates_accounts(local):
    result = call(local, "alice", "exchange.iost", "transfer", "iost", "", "150", "create:other1:o:a")
    assert result.succeeded, result.receipt.message
    assert look(local).balance("other1", "iost") == "129.6"
    short = call(local, "alice", "exchange.iost", "transfer", "iost", "", "99", "create:other2:o:a")
    assert short.failure.text.endswith("Error: transfer amount should be greater or equal to 100")


def test_voting_for_a_producer(local):
    assert call(local, "alice", "vote_producer.iost", "vote", "alice", "producer000", "3000000").succeeded
    info = call(local, "bobby", "vote_producer.iost", "getProducer", "producer000").receipt.returns[0]
    assert json.loads(json.loads(info)[0])["voteInfo"]["votes"] == "3000000"
    assert look(local).balance("vote.iost", "iost") == "3000000"
    assert call(local, "bobby", "vote_producer.iost", "topupCandidateBonus", "100", "bobby").succeeded
    bonus = call(local, "bobby", "vote_producer.iost", "getCandidateBonus", "producer000").receipt.returns
    assert bonus == ('["99.99999999"]',) or bonus == ('["100.00000000"]',)
    assert call(local, "alice", "vote_producer.iost", "unvote", "alice", "producer000", "1000000").succeeded
    frozen = look(local).frozen("alice", "iost")
    assert [item.Amount for item in frozen] == [1000000 * 10**8]


def test_issuing(local):
    local.chain.advance(365 * 24 * 3600 * 10**9)
    result = call(local, "admin", "issue.iost", "issueIOST")
    assert result.succeeded, result.receipt.message
    issued = sum(float(look(local).balance(name, "iost")) for name in ("foundation", "bonus.iost", "issue.iost"))
    assert issued == pytest.approx(0.0296 * 21_100_010_000, rel=1e-6)
    denied = call(local, "alice", "issue.iost", "issueIOST")
    assert denied.failure.text == "Uncaught exception: Error: issue iost permission denied"


def test_contracts_from_a_folder_replace_ours(tmp_path, compiler, folder):
    source = (FOLDER / "exchange.iost.js").read_text().replace("greater or equal to", "at least")
    (tmp_path / "override").mkdir()
    (tmp_path / "override" / "exchange.js").write_text(source)
    (tmp_path / "override" / "exchange.js.abi").write_text((FOLDER / "exchange.iost.js.abi").read_text())
    local = open_chain(tmp_path / "chain", compiler, folder, builtin=str(tmp_path / "override"))
    result = call(local, "alice", "exchange.iost", "transfer", "iost", "", "99", "")
    assert result.failure.text.endswith("transfer amount should be at least 100")
    local.close()


@pytest.mark.parametrize("profile", Profile)
def test_a_contract_under_a_built_ins_id_replaces_it(tmp_path, compiler, folder, profile):
    source = "class Exchange { init() {} hello() { return 'hi'; } }\nmodule.exports = Exchange;"
    abi = Abi(abi=(AbiMethod("hello"),))
    contract = GenesisContract("exchange.iost", source, owner="alice", profile=profile, abi=abi)
    local = open_chain(tmp_path, compiler, folder, contracts=(contract,))
    assert call(local, "bobby", "exchange.iost", "hello").receipt.returns == ('["hi"]',)
    assert look(local).owner("exchange.iost") == "alice"
    local.close()


@pytest.mark.parametrize(
    ("account", "text"),
    [
        (GenesisAccount(balances={"iost": "x"}), "'x' is no amount"),
        (GenesisAccount(balances={"iost": "-5"}), "'-5' is less than nothing"),
        (GenesisAccount(balances={"gold": "99999999999"}), "'99999999999' is no amount: overflow error"),
        (GenesisAccount(balances={"ram": "-1"}), "'-1' is less than nothing"),
        (GenesisAccount(balances={"No Symbol": "1"}), "block 0 cannot be made: .* invalid character"),
        (GenesisAccount(ram=-1), "-1 bytes are less than nothing"),
        (GenesisAccount(gas="much"), "'much' is no amount"),
        (GenesisAccount(pledge="0.5"), "block 0 cannot be made: .* min pledge num"),
    ],
)
def test_accounts_that_cannot_begin_like_that(tmp_path, account, text):
    with pytest.raises(InvalidInput, match=text.replace(".*", r"(.|\n)*")):
        LocalChain(tmp_path, genesis=Genesis(builtin="none", accounts={"wrong": account}))


def test_folders_that_cannot_be_used(tmp_path):
    with pytest.raises(InvalidInput, match="there is no such folder"):
        built_in_sources(tmp_path / "none")
    with pytest.raises(InvalidInput, match="holds no built-in contract"):
        built_in_sources(tmp_path)
    (tmp_path / "ram.iost.js").write_text("x")
    with pytest.raises(InvalidInput, match="cannot be read"):
        built_in_sources(tmp_path)
    (tmp_path / "ram.iost.js.abi").write_text("{")
    with pytest.raises(InvalidInput, match="is not usable"):
        built_in_sources(tmp_path)


def test_our_contracts_have_the_references_interfaces():
    sources = built_in_sources()
    assert sources["bonus.iost"].abi.version == "1.0.2"
    assert sources["vote.iost"].abi.version == "1.0.3"
    assert sources["vote_producer.iost"].abi.version == "1.0.9"
    assert all(len(source.code.encode()) <= 49152 for source in sources.values())


def test_accounts_sign_with_known_keys_that_they_name(local):
    alice, bobby = (local.chain.wallet.key(name).id for name in ("alice", "bobby"))
    assert call(local, "alice", "auth.iost", "signUp", "fresh001", bobby, alice).succeeded
    action = Action("system.iost", "requireAuth", '["fresh001","owner"]')
    request = TransactionRequest("fresh001", (action,), signers=("fresh001@owner",), gas_limit="900000")
    assert local.chain.transact(request).receipt.returns == ("[true]",)
    assert call(local, "alice", "auth.iost", "signUp", "fresh002", "a key of nobody's", alice).succeeded
    unable = TransactionRequest("alice", (action,), signers=("fresh002@owner",))
    with pytest.raises(RejectedTransaction, match="unauthorized signer: fresh002@owner"):
        local.chain.transact(unable)


def test_a_failed_call_says_where(local):
    result = call(local, "alice", "auth.iost", "addPermission", "bobby", "p", 1)
    assert result.receipt.status is Status.RUNTIME_ERROR
    lines = (FOLDER / "auth.iost.js").read_text().splitlines()
    assert "require auth failed" in lines[result.failure.location.line - 1]
