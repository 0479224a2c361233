"""The call stack, costs, authority and RAM consent of a host (spec/contract-api.md §12–16)."""

from __future__ import annotations

import pytest

from engine.chain.host import MAX_CONSOLE_CHARACTERS
from engine.chain.host_interface import Cost, RamCharge
from engine.errors import ContractException, OutOfGas, StackExceeded
from engine.values import Profile
from tests.engine.chain.host_support import (
    Call,
    ScriptFailed,
    drive,
    make_host,
    native,
    operate,
    plain,
    script,
)

LIMIT = 1_000_000


def act(host, scripts, contract="a", method="run", data="[]", limit=LIMIT):
    return drive(host.run_action(contract, method, data, limit), host, scripts)


def test_a_script_costs_its_fare_and_its_gas():
    host = make_host(script("a", ("run",)))
    outcome = act(host, {("a", "run"): plain(170, "done")})
    assert outcome.returns == ["done"]
    assert outcome.cost == Cost(cpu=30170, net=0)


def test_operations_charge_the_reply_but_the_script_counts():
    def run(host, frame):
        reply = operate(host, "STORAGE_PUT", "k", "v", None)
        assert (reply.gas, reply.error) == (300, None)
        return 300, ""
        yield

    outcome = act(make_host(script("a", ("run",))), {("a", "run"): run})
    assert outcome.cost.cpu == 30300


def test_a_call_costs_the_height_the_fare_and_the_callee():
    replies = []

    def run(host, frame):
        reply = yield Call("b", "add", "[1,2]")
        replies.append(reply)
        return reply.gas, "x"

    def add(host, frame):
        assert frame.arguments == "[1,2]"
        return 181, "3"
        yield

    host = make_host(script("a", ("run",)), script("b", ("add", "number", "number")))
    outcome = act(host, {("a", "run"): run, ("b", "add"): add})
    assert (replies[0].result, replies[0].gas) == ('["3"]', 10 + 30000 + 181)
    assert outcome.cost.cpu == 30000 + 30191


def test_net_costs_are_free_below_a_script_and_count_in_built_in_contracts():
    def noisy(host, arguments):
        host.receipt("12345")
        return []
        yield

    def run(host, frame):
        reply = yield Call("token.iost", "noisy")
        assert (reply.result, reply.gas) == ("[]", 10)
        return reply.gas, ""

    codes = (script("a", ("run",)), native("token.iost", ("noisy",)))
    host = make_host(*codes, natives={("token.iost", "noisy"): noisy})
    assert act(host, {("a", "run"): run}).cost == Cost(30010, 0)
    direct = make_host(*codes, natives={("token.iost", "noisy"): noisy})
    assert act(direct, {}, "token.iost", "noisy").cost == Cost(0, 5)
    assert [line.func_name for line in direct.receipts] == ["token.iost/noisy"]


def test_built_in_contracts_call_scripts():
    def outer(host, arguments):
        returns = yield from host.call_contract("a", "run", '["x"]')
        return [*returns, 5]

    host = make_host(script("a", ("run", "string")), native("n.iost", ("outer",)), natives={("n.iost", "outer"): outer})
    outcome = act(host, {("a", "run"): plain(7, "ran")}, "n.iost", "outer")
    assert outcome.returns == ["ran", 5]
    assert outcome.cost.cpu == 10 + 30000 + 7


@pytest.mark.parametrize(
    ("method", "data", "error", "cpu"),
    [
        ("missing", "[]", "prepare contract: abi missing not found", 300),
        ("run", "[1]", "prepare contract: args length unmatched to abi run. need 0, got 1", 300),
        ("init", "[]", "prepare contract: cannot call 'init' manually", 10),
    ],
)
def test_what_cannot_be_called(method, data, error, cpu):
    outcome = act(make_host(script("a", ("run",))), {}, "a", method, data)
    assert (outcome.failure.text, outcome.cost.cpu) == (error, cpu)
    assert isinstance(outcome.failure, ContractException)


def test_an_unknown_contract():
    outcome = act(make_host(), {}, "ghost")
    assert (outcome.failure.text, outcome.cost.cpu) == ("prepare contract: contract ghost not found", 300)


def test_only_the_system_calls_init():
    def deploy(host, arguments):
        yield from host.call_contract("a", "init", "[]")
        return []

    host = make_host(
        script("a", ("run",)), native("system.iost", ("deploy",)), natives={("system.iost", "deploy"): deploy}
    )
    assert act(host, {("a", "init"): plain(3)}, "system.iost", "deploy").succeeded


def test_the_entry_can_be_entered_again_once():
    entered = []

    def run(host, frame):
        entered.append(len(entered))
        reply = yield Call("a", "run")
        if reply.error:
            raise ScriptFailed(f"Uncaught exception: Error: {reply.error}", gas=reply.gas)
        return 0, ""

    outcome = act(make_host(script("a", ("run",))), {("a", "run"): run})
    assert entered == [0, 1]
    assert outcome.failure.text == "Uncaught exception: Error: Uncaught exception: Error: re-entering"


def test_the_stack_has_five_levels():
    heights, prices = [], []

    def step(host, frame):
        heights.append(host.frame.height)
        reply = yield Call("a", f"m{len(heights)}")
        prices.append(reply.gas)
        raise ScriptFailed(reply.error)

    names = [f"m{i}" for i in range(7)]
    host = make_host(script("a", *((name,) for name in names)))
    outcome = act(host, {("a", name): step for name in names}, method="m0")
    assert heights == [1, 2, 3, 4, 5]
    assert prices[0] == 50
    assert outcome.failure.text == "stack height exceed. actual 6"


def test_context_of_entry_and_of_a_callee():
    texts = []

    def run(host, frame):
        texts.append(operate(host, "CONTEXT_INFO").result)
        yield Call("b", "look")
        texts.append(operate(host, "CONTEXT_INFO").result)
        return 0, ""

    def look(host, frame):
        texts.append(operate(host, "CONTEXT_INFO").result)
        return 0, ""
        yield

    host = make_host(script("a", ("run",)), script("b", ("look",)))
    act(host, {("a", "run"): run, ("b", "look"): look})
    entry = '{"abi_name":"run","caller":{"name":"alice","is_account":true},"contract_name":"a","publisher":"alice"}'
    callee = '{"abi_name":"look","caller":{"name":"a","is_account":false},"contract_name":"b","publisher":"alice"}'
    assert texts == [entry, callee, entry]


def test_authority_is_lent_to_the_subtree_only():
    answers = {}

    def ask(host, frame):
        answers[frame.method] = operate(host, "REQUIRE_AUTH", "ContractA", "active").result
        if frame.method == "lent":
            yield Call("b", "deeper")
        return 0, ""
        yield

    def run(host, frame):
        answers["self"] = operate(host, "REQUIRE_AUTH", "ContractA", "active").result
        yield Call("b", "lent", lend_authority=True)
        yield Call("b", "sibling")
        return 0, ""

    methods = ("lent", "deeper", "sibling")
    host = make_host(script("ContractA", ("run",)), script("b", *((name,) for name in methods)))
    act(host, {("ContractA", "run"): run} | {("b", name): ask for name in methods}, "ContractA")
    assert answers == {"self": False, "lent": True, "deeper": True, "sibling": False}


def test_everything_is_authorised_in_block_zero():
    def run(host, frame):
        reply = operate(host, "REQUIRE_AUTH", "ContractZ", "active")
        assert (reply.result, reply.gas) == (True, 0)
        return 0, ""
        yield

    assert act(make_host(script("a", ("run",)), number=0), {("a", "run"): run}).succeeded


@pytest.mark.parametrize(("payer", "signers", "allowed"), [("alice", (), True), ("bob", ("bob@active",), True)])
def test_whoever_signed_can_pay_ram(payer, signers, allowed):
    outcome, host = _store_for(payer, signers)
    assert outcome.succeeded is allowed
    assert host.ram == [RamCharge(payer, 1 + 2 + 1 + len(payer) + len("a-k"))]


def test_whoever_did_not_sign_cannot_be_made_to_pay():
    outcome, _ = _store_for("carol", ())
    assert outcome.failure.text == "pay ram failed. no permission. need carol@active"


def test_the_contract_itself_pays_without_consent():
    outcome, host = _store_for("", ())
    assert outcome.succeeded
    assert host.ram[0].payer == "a"


def _store_for(payer, signers):
    def run(host, frame):
        operate(host, "STORAGE_PUT", "k", "vv", payer)
        return 300, ""
        yield

    host = make_host(script("a", ("run",)), signers=signers)
    return act(host, {("a", "run"): run}), host


def test_a_callee_out_of_gas_takes_the_caller_with_it():
    def run(host, frame):
        reply = yield Call("b", "burn")
        assert reply.gas > LIMIT
        raise ScriptFailed("out of gas", gas=reply.gas, error_class="OutOfGas")

    def burn(host, frame):
        raise ScriptFailed("out of gas", gas=LIMIT, error_class="OutOfGas")
        yield

    host = make_host(script("a", ("run",)), script("b", ("burn",)))
    outcome = act(host, {("a", "run"): run, ("b", "burn"): burn})
    assert isinstance(outcome.failure, OutOfGas)


def test_a_built_in_contract_runs_out_of_gas():
    def spend(host, arguments):
        for _ in range(100):
            host.charge(300)
        return []
        yield

    host = make_host(native("n.iost", ("spend",)), natives={("n.iost", "spend"): spend})
    outcome = act(host, {}, "n.iost", "spend", limit=1000)
    assert (outcome.failure.text, outcome.cost.cpu) == ("out of gas", 1200)


def test_failures_tell_where_scripts_failed_innermost_first():
    def run(host, frame):
        reply = yield Call("b", "fail")
        raise ScriptFailed(f"Uncaught exception: Error: {reply.error}")

    def fail(host, frame):
        raise ScriptFailed("Uncaught exception: RangeError: deep", error_class="StackExceeded")
        yield

    host = make_host(script("a", ("run",)), script("b", ("fail",)))
    outcome = act(host, {("a", "run"): run, ("b", "fail"): fail})
    assert [(site.contract, site.line) for site in outcome.sites] == [("b", 3), ("a", 3)]
    assert outcome.failure.text == "Uncaught exception: Error: Uncaught exception: RangeError: deep"


def test_a_stack_overflow_keeps_its_class():
    def run(host, frame):
        raise ScriptFailed("Uncaught exception: RangeError: x", error_class="StackExceeded")
        yield

    assert isinstance(act(make_host(script("a", ("run",))), {("a", "run"): run}).failure, StackExceeded)


@pytest.mark.parametrize(("profile", "kept"), [(Profile.MODERN, False), (Profile.IOST, True)])
def test_only_a_caller_that_can_catch_has_the_failed_callee_undone(profile, kept):
    def run(host, frame):
        operate(host, "STORAGE_PUT", "before", "1", None)
        yield Call("b", "fail")
        return 0, ""

    def fail(host, frame):
        operate(host, "STORAGE_PUT", "k", "v", None)
        operate(host, "RECEIPT", "r")
        raise ScriptFailed("Uncaught exception: Error: no")
        yield

    host = make_host(script("a", ("run",), profile=profile), script("b", ("fail",)))
    assert act(host, {("a", "run"): run, ("b", "fail"): fail}).succeeded
    assert host.cache.get("b-a-before") == "s1@a"
    assert (host.cache.get("b-b-k") is not None) is kept
    assert bool(host.receipts) is kept
    assert (len(host.ram) == 2) is kept


def test_a_caught_success_is_kept():
    def run(host, frame):
        yield Call("b", "put")
        return 0, ""

    def put(host, frame):
        operate(host, "STORAGE_PUT", "k", "v", None)
        return 300, ""
        yield

    host = make_host(script("a", ("run",), profile=Profile.MODERN), script("b", ("put",)))
    act(host, {("a", "run"): run, ("b", "put"): put})
    assert host.cache.write_set() == {"b-b-k": "sv@b"}


def test_the_caller_is_back_when_its_script_was_cut_off():
    host = make_host(script("a", ("run",)), script("b", ("m",)))
    program = host.run_action("a", "run", "[]", LIMIT)
    next(program)
    nested = host.call("b", "m", "[]", lend_authority=False, gas_used=0)
    next(nested)
    assert host.frame.contract == "b"
    nested.close()
    assert host.frame.contract == "a"


def test_hostile_arguments_get_an_error_reply():
    def run(host, frame):
        assert operate(host, "STORAGE_PUT", "k").error == "STORAGE_PUT invalid argument"
        assert operate(host, "STORAGE_GET", None).error == "STORAGE_GET invalid argument"
        assert operate(host, "MAP_GET", "k", "f", "x").error == "MAP_GET invalid argument"
        assert operate(host, "STORAGE_PUT", "k", "\ud800", None).error is None
        assert operate(host, "STORAGE_GET", "k").result == "\ufffd"
        return 0, ""
        yield

    assert act(make_host(script("a", ("run",))), {("a", "run"): run}).succeeded


def test_printing_without_end_is_cut():
    def run(host, frame):
        for _ in range(100):
            operate(host, "CONSOLE", "Info", "x" * 65536)
        return 0, ""
        yield

    host = make_host(script("a", ("run",)))
    act(host, {("a", "run"): run})
    assert sum(len(line.text) for line in host.console) <= MAX_CONSOLE_CHARACTERS + 100
    assert host.console[-1].level == "Warn"


def test_entry_checks_surround_the_entry_only():
    events = []

    class Checks:
        def before(self, host, method):
            host.charge_steps(2)
            events.append(("before", method.name))

        def after(self, host, method):
            host.charge_steps()
            events.append(("after", method.name))

    def run(host, frame):
        events.append("runs")
        reply = yield Call("b", "m")
        return reply.gas, ""

    host = make_host(script("a", ("run",)), script("b", ("m",)), entry_checks=Checks())
    outcome = act(host, {("a", "run"): run, ("b", "m"): plain(1)})
    assert events == [("before", "run"), "runs", ("after", "run")]
    assert outcome.cost.cpu == 30000 + 20 + 30011 + 10
