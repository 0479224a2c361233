"""Every path: the fields of its answer and its errors (spec/rpc.md §2, §3)."""

from __future__ import annotations

import base64
import json

import pytest

from tests.engine.entrance.http.client import message, signed

SOURCE = """class Things {
    init() { storage.put('text', 'a'); }
    fill() {
        storage.mapPut('m', 'one', '1');
        storage.mapPut('m', 'two', '2');
        storage.mapDel('m', 'two');
        storage.put('other', 'b');
    }
}
module.exports = Things;
"""


@pytest.fixture(scope="module")
def contract(node):
    abi = [{"name": "fill", "args": [], "amountLimit": [{"token": "iost", "val": "1"}]}]
    code = {"info": {"lang": "javascript", "version": "1.0.0", "abi": abi}, "code": SOURCE}
    receipt = node.call("alice", "system.iost", "setCode", json.dumps(code))
    assert receipt["status_code"] == "SUCCESS", receipt
    identity = json.loads(receipt["returns"][0])[0]
    assert node.call("alice", identity, "fill")["status_code"] == "SUCCESS"
    return identity


def test_node_and_chain(node):
    info = node.get("/getNodeInfo")
    assert list(info) == ["build_time", "git_hash", "mode", "network", "code_version", "server_time", "tx_pool_size"]
    assert list(info["network"]) == ["id", "peer_count", "peer_count_inbound", "peer_count_outbound"]
    assert info["mode"] == "ModeNormal"
    assert info["tx_pool_size"] == "0"
    chain = node.get("/getChainInfo")
    assert chain["chain_id"] == 1024
    assert (chain["head_block"], chain["head_block_hash"]) == (chain["lib_block"], chain["lib_block_hash"])
    assert chain["witness_list"] == ["6sNQa7PV2SFzqCBtQUcQYJGGoU7XaB6R4xuCQVXNZe6b"]
    assert set(chain) == {
        *("net_name", "protocol_version", "chain_id", "head_block", "head_block_hash", "lib_block", "lib_block_hash"),
        *("witness_list", "lib_witness_list", "pending_witness_list", "head_block_time", "lib_block_time"),
    }


def test_gas_ratio_and_ram(node):
    node.call("alice", "system.iost", "receipt", "x", gas_ratio=150)
    assert node.get("/getGasRatio") == {"lowest_gas_ratio": 1.5, "median_gas_ratio": 1.5}
    ram = node.get("/getRAMInfo")
    assert int(ram["used_ram"]) + int(ram["available_ram"]) == int(ram["total_ram"])
    assert ram["buy_price"] == pytest.approx(1.02 * ram["sell_price"])


def test_transaction_and_receipt(node):
    transaction = signed("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1.5", "memo")
    identity = node.send(transaction)
    answer = node.get(f"/getTxByHash/{identity}")
    receipt = answer["transaction"].pop("tx_receipt")
    assert answer.keys() == {"status", "transaction", "block_number"}
    assert answer["status"] == "IRREVERSIBLE"
    assert answer["transaction"] == {
        "hash": identity,
        "time": str(transaction.time),
        "expiration": str(transaction.expiration),
        "gas_ratio": 1,
        "gas_limit": 1000000,
        "delay": "0",
        "chain_id": 1024,
        "actions": [
            {
                "contract": "token.iost",
                "action_name": "transfer",
                "data": '["iost","alice","bobby","1.5","memo"]',
            }
        ],
        "signers": [],
        "publisher": "alice",
        "referred_tx": "",
        "amount_limit": [{"token": "*", "value": "unlimited"}],
    }
    assert node.get(f"/getTxReceiptByTxHash/{identity}") == receipt
    gas = receipt.pop("gas_usage")
    assert gas > 7000
    assert receipt == {
        "tx_hash": identity,
        "ram_usage": {},
        "status_code": "SUCCESS",
        "message": "",
        "returns": ["[]"],
        "receipts": [{"func_name": "token.iost/transfer", "content": '["iost","alice","bobby","1.5","memo"]'}],
    }


def test_blocks(node):
    identity = node.send(signed("alice", "system.iost", "receipt", "x"))
    number = node.get(f"/getTxByHash/{identity}")["block_number"]
    answer = node.get(f"/getBlockByNumber/{number}/true")
    block = answer["block"]
    assert answer["status"] == "IRREVERSIBLE"
    assert list(block) == [
        *("hash", "version", "parent_hash", "tx_merkle_hash", "tx_receipt_merkle_hash", "number", "witness", "time"),
        *("gas_usage", "tx_count", "info", "orig_info", "transactions"),
    ]
    assert (block["number"], block["version"], block["tx_count"]) == (number, "1", "2")
    assert [entry["publisher"] for entry in block["transactions"]] == ["base.iost", "alice"]
    assert block["transactions"][1]["tx_receipt"]["status_code"] == "SUCCESS"
    shorter = node.get(f"/getBlockByHash/{block['hash']}/0")["block"]
    assert shorter == block | {"transactions": []}
    assert node.get(f"/getBlockByNumber/{int(number) - 1}/f")["block"]["hash"] == block["parent_hash"]
    node.send(signed("bobby", "token.iost", "transfer", "iost", "bobby", "alice", "1", ""))
    matching = {"from_block": number, "to_block": int(number) + 1, "contract": "system.iost", "action_name": "receipt"}
    (found,) = node.post("/getBlockTxsByContract", matching)["blocktx_list"]
    assert len(node.post("/getBlockTxsByContract", matching | {"contract": "", "action_name": ""})["blocktx_list"]) == 2
    assert found["block_number"] == number
    assert [entry["hash"] for entry in found["tx_list"]] == [identity]
    assert node.post("/getBlockTxsByContract", matching | {"action_name": "other"}) == {"blocktx_list": []}


def test_raw_blocks(node):
    identity = node.send(signed("alice", "system.iost", "receipt", "x"))
    number = node.get(f"/getTxByHash/{identity}")["block_number"]
    block = node.get(f"/getRawBlockByNumber/{number}/true")["block"]
    assert list(block) == ["head", "sign", "txs", "receipts", "txHashes", "receiptHashes", "blockType"]
    assert list(block["head"]) == [
        *("version", "parentHash", "txMerkleHash", "txReceiptMerkleHash", "info", "number", "witness", "time")
    ]
    assert base64.b64decode(block["head"]["info"]) == b"{}"
    assert block["sign"]["algorithm"] == 2
    assert list(block["txs"][1]) == [
        *("time", "expiration", "gasLimit", "gasRatio", "actions", "signers", "signs", "publisher", "publishSigns"),
        *("delay", "chain_id", "referredTx", "amountLimit", "reserved"),
    ]
    assert (block["txs"][1]["gasLimit"], block["txs"][1]["gasRatio"]) == ("100000000", "100")
    assert block["txs"][1]["amountLimit"] == [{"token": "*", "val": "unlimited"}]
    assert block["receipts"][1]["status"] == {"code": 0, "message": ""}
    assert (block["txHashes"], block["receiptHashes"], block["blockType"]) == ([], [], "NORMAL")
    hashes = node.get(f"/getRawBlockByNumber/{number}/0")["block"]
    assert hashes["blockType"] == "ONLYHASH"
    assert (len(hashes["txHashes"]), len(hashes["receiptHashes"]), hashes["txs"], hashes["receipts"]) == (2, 2, [], [])
    assert block["receipts"][1]["txHash"] == hashes["txHashes"][1]
    headers = node.post("/getBlockHeaderByRange", {"start": 0, "end": "2"})["block_list"]
    assert [header["head"]["number"] for header in headers] == ["0", "1"]
    assert all(header["txs"] == header["receipts"] == [] for header in headers)


def test_account(node):
    account = node.get("/getAccount/carol/true")
    assert list(account) == [
        *("name", "balance", "gas_info", "ram_info", "permissions", "groups", "frozen_balances", "vote_infos"),
        "balance_string",
    ]
    assert (account["balance"], account["balance_string"]) == (10000000, "10000000")
    assert list(account["gas_info"]) == [
        *("current_total", "transferable_gas", "pledge_gas", "increase_speed", "limit", "pledged_info")
    ]
    assert account["gas_info"]["pledged_info"] == [{"pledger": "carol", "amount": 1000}]
    assert (account["gas_info"]["increase_speed"], account["gas_info"]["limit"]) == (1150, 300000000)
    assert account["ram_info"] == {"available": "1000000", "used": "0", "total": "1000000"}
    assert account["permissions"]["owner"] == {
        "name": "owner",
        "group_names": [],
        "items": [
            {
                "id": account["permissions"]["owner"]["items"][0]["id"],
                "is_key_pair": True,
                "weight": "100",
                "permission": "",
            }
        ],
        "threshold": "100",
    }


def test_frozen_balances(node):
    receipt = node.call("david", "gas.iost", "unpledge", "david", "david", "100")
    assert receipt["status_code"] == "SUCCESS"
    balance = node.get("/getTokenBalance/david/iost/1")
    assert balance["balance"] == 10000000
    (frozen,) = balance["frozen_balances"]
    assert frozen["amount"] == 100
    assert int(frozen["time"]) > 10**18
    assert node.get("/getAccount/david/0")["frozen_balances"] == [frozen]


def test_token(node):
    created = node.call("alice", "token.iost", "create", "gold", "alice", 1000, {"decimal": 2, "fullName": "Gold"})
    assert created["status_code"] == "SUCCESS", created
    node.call("alice", "token.iost", "issue", "gold", "bobby", "1.25")
    assert node.get("/getTokenInfo/gold/0") == {
        "symbol": "gold",
        "full_name": "Gold",
        "issuer": "alice",
        "total_supply": "100000",
        "current_supply": "125",
        "decimal": 2,
        "can_transfer": True,
        "only_issuer_can_transfer": False,
        "total_supply_float": 1000,
        "current_supply_float": 1.25,
    }
    assert node.get("/getTokenBalance/bobby/gold/0") == {"balance": 1.25, "frozen_balances": []}
    assert node.get("/getTokenBalance/bobby/none/0") == {"balance": 0, "frozen_balances": []}


def test_contract(node, contract):
    answer = node.get(f"/getContract/{contract}/0")
    assert list(answer) == ["id", "code", "language", "version", "abis", "orig_code"]
    assert (answer["id"], answer["language"], answer["orig_code"]) == (contract, "javascript", SOURCE)
    assert "_IOSTInstruction_counter" in answer["code"]
    assert {"name": "fill", "args": [], "amount_limit": [{"token": "iost", "value": "1"}]} in answer["abis"]
    native = node.get("/getContract/gas.iost/1")
    assert (native["language"], native["code"]) == ("native", "codes")


def test_storage(node, contract):
    answer = node.post("/getContractStorage", {"id": contract, "key": "text", "by_longest_chain": True})
    head = node.get("/getChainInfo")
    assert answer == {"data": "a", "block_hash": head["head_block_hash"], "block_number": head["head_block"]}
    fields = [{"key": "m", "field": "one"}, {"key": "text"}, {"key": "none"}]
    assert node.post("/getBatchContractStorage", {"id": contract, "keyFields": fields})["datas"] == ["1", "a", "null"]
    assert len(node.post("/getBatchContractStorage", {"id": contract, "key_fields": fields * 20})["datas"]) == 50
    assert node.post("/getContractStorageFields", {"id": contract, "key": "m"})["fields"] == ["one"]
    assert node.post("/getContractStorageFields", {"id": contract, "key": "none"})["fields"] == []


@pytest.mark.parametrize(
    ("contract_id", "key", "field", "data"),
    [
        ("token.iost", "TIiost", "decimal", "8"),
        ("token.iost", "TIiost", "canTransfer", "true"),
        ("token.iost", "TIiost", "onlyIssuerCanTransfer", "false"),
        ("gas.iost", "admingt", "", '{"Value":10000000000,"Scale":8,"Err":null}'),
        ("token.iost", "TIiost", "none", "null"),
    ],
)
def test_kinds_of_values(node, contract_id, key, field, data):
    assert node.post("/getContractStorage", {"id": contract_id, "key": key, "field": field})["data"] == data


def test_json_values_are_quoted_base64(node):
    node.call("ellen", "gas.iost", "unpledge", "ellen", "ellen", "100")
    data = node.post("/getContractStorage", {"id": "token.iost", "key": "TFellen", "field": "iost"})["data"]
    (item,) = json.loads(base64.b64decode(json.loads(data)))
    assert item["Amount"] == 100 * 10**8


def test_listing_storage(node, contract):
    def listing(**changes):
        answer = node.post("/listContractStorage", {"id": contract, "storageType": "KV"} | changes)
        assert list(answer) == ["datas", "block_hash", "block_number"]
        return [(item["key"], item["value"]) for item in answer["datas"]]

    assert listing() == [("other", "b"), ("text", "a")]
    assert listing(limit=1) == [("other", "b")]
    assert listing(**{"from": "p"}) == [("text", "a")]
    assert listing(to="text") == [("other", "b")]
    assert listing(**{"from": "other", "to": "text"}) == [("other", "b")]
    assert listing(prefix="te") == listing(prefix="text") == [("text", "a")]
    assert listing(prefix="te", **{"from": "a"}) == [("text", "a")]
    assert listing(storageType="MAP") == [("m", '["one"]'), ("m-one", "1"), ("m@", "{}")]


def test_votes(node):
    producer = node.get("/getProducerVoteInfo/producer000/1")
    assert list(producer) == ["pubkey", "loc", "url", "net_id", "is_producer", "status", "online", "votes"]
    assert (producer["status"], producer["online"], producer["is_producer"]) == ("APPROVED", True, True)
    assert node.get("/getVoterBonus/alice/1") == {"bonus": 0, "detail": {}}
    assert node.get("/getCandidateBonus/producer000/1") == {"bonus": 0}
    assert node.get("/getContractVote/Contractx/1") == {"vote_infos": []}


def test_votes_that_were_given(node):
    receipt = node.call("frank", "vote_producer.iost", "vote", "frank", "producer000", "2100000")
    assert receipt["status_code"] == "SUCCESS", receipt
    topped = node.call("frank", "vote_producer.iost", "topupVoterBonus", "producer000", "21", "frank")
    assert topped["status_code"] == "SUCCESS", topped
    assert node.get("/getProducerVoteInfo/producer000/1")["votes"] == 2100000
    assert node.get("/getAccount/frank/1")["vote_infos"] == [
        {"option": "producer000", "votes": 2100000, "cleared_votes": 0}
    ]
    assert node.get("/getVoterBonus/frank/1") == {"bonus": 21, "detail": {"producer000": 21}}
    node.call("frank", "vote_producer.iost", "topupCandidateBonus", "42", "frank")
    assert node.get("/getCandidateBonus/producer000/1") == {"bonus": 42}


def mismatch(parameter, function, text):
    return f'type mismatch, parameter: {parameter}, error: strconv.{function}: parsing "{text}": invalid syntax'


def length_error(length):
    return f"id invalid. id length should be between 5,11 - {length} "


def test_execute_keeps_nothing(node):
    transaction = signed("grace", "token.iost", "transfer", "iost", "grace", "henry", "5", "", key=None)
    unsigned = message(transaction)
    unsigned["publisherSigs"][0]["signature"] = base64.b64encode(bytes(64)).decode()
    receipt = node.post("/execTx", unsigned)
    assert receipt["status_code"] == "SUCCESS"
    assert node.get("/getTokenBalance/henry/iost/1")["balance"] == 10000000
    assert node.failure(f"/getTxByHash/{transaction.hash_text()}") == (2, "tx not found")
    unsigned["gas_limit"] = 1
    assert node.failure("/execTx", unsigned) == (2, "gas limit illegal, should in [6000, 4000000]")


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("/getTxByHash/abc", 2, "tx not found"),
        (f"/getTxByHash/{'a' * 100}", 2, "hash len(100) is greater then 100"),
        ("/getTxReceiptByTxHash/abc", 2, "failed to Get the receipt: not found"),
        ("/getTxReceiptByTxHash/", 2, "failed to Get the receipt: not found"),
        ("/getBlockByHash/abc/1", 2, "block not found"),
        ("/getBlockByNumber/123456/1", 2, "block not found"),
        ("/getBlockByNumber/-1/1", 2, "block not found"),
        ("/getRawBlockByNumber/123456/1", 2, "block not found"),
        ("/getAccount/nobody00/1", 2, "account not found"),
        ("/getAccount/ab/1", 2, "id invalid. id length should be between 5,11 - 2 "),
        ("/getAccount/%C3%BCmlaut/1", 2, "id invalid. id contains invalid character - 252"),
        ("/getAccount/0xABCDEF0123456789abcdef0123456789abcdef01/1", 2, length_error(42)),
        (f"/getContract/Contract{'x' * 92}/1", 2, "id invalid. ContractID length should be less then 100 - 100"),
        ("/getVoterBonus/ab/1", 2, length_error(2)),
        ("/getTokenBalance/ab/iost/1", 2, "id invalid. id length should be between 5,11 - 2 "),
        ("/getToken721Balance/nobody00/x/1", 2, "account not found"),
        ("/getToken721Metadata/x/1/1", 2, "token x 1 not found"),
        ("/getToken721Owner/x/1/1", 2, "token x 1 not found"),
        ("/getTokenInfo/none/1", 2, "token not found"),
        ("/getContract/Contractx/1", 2, "contract not found"),
        ("/getProducerVoteInfo/alice/1", 2, "can't get producer vote info"),
        (
            "/getBlockByNumber/x/1",
            3,
            'type mismatch, parameter: number, error: strconv.ParseInt: parsing "x": invalid syntax',
        ),
        (
            "/getAccount/alice/yes",
            3,
            'type mismatch, parameter: by_longest_chain, error: strconv.ParseBool: parsing "yes": invalid syntax',
        ),
        ("/getTxReceiptByHash/abc", 12, "Not Implemented"),
        ("/getAccount/alice", 12, "Not Implemented"),
        ("/getNodeInfo/x", 12, "Not Implemented"),
        ("/", 12, "Not Implemented"),
    ],
)
def test_errors_of_get(node, path, code, text):
    assert node.failure(path) == (code, text)


@pytest.mark.parametrize(
    ("path", "body", "code", "text"),
    [
        ("/getBlockHeaderByRange", {"start": 0, "end": 111}, 2, "invalid range 0 to 111"),
        ("/getBlockHeaderByRange", {"start": 3, "end": 3}, 2, "invalid range 3 to 3"),
        ("/getBlockTxsByContract", {"from_block": 0, "to_block": 101}, 2, "invalid range 0 to 101"),
        ("/getBlockTxsByContract", {"from_block": 1, "to_block": 1}, 2, "invalid range 1 to 1"),
        ("/getBlockTxsByContract", {"from_block": 100000, "to_block": 100001}, 2, "block not found"),
        ("/listContractStorage", {}, 2, "invalid contract id"),
        ("/listContractStorage", {"id": "x", "limit": 101}, 2, "invalid limit in request. Max: 500"),
        ("/getNodeInfo", {}, 12, "Method Not Allowed"),
        ("/sendTx", b"{", 3, "unexpected EOF"),
    ],
)
def test_errors_of_post(node, path, body, code, text):
    assert node.failure(path, body) == (code, text)
