"""Executing blocks ahead gives what executing them one by one gives, also where the guess was wrong."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.chain import bulk, run_ahead
from engine.chain.side_by_side import SideBySide
from engine.errors import RunCancelled, WorkerCrashed
from engine.values import Action, TransactionRequest
from tests.engine.chain.test_bulk import PEOPLE, Chains

MANY = 130
"""More than three blocks: each of four accounts can publish ten in one."""


@pytest.fixture(scope="module")
def chains(tmp_path_factory):
    chains = Chains(tmp_path_factory.mktemp("ahead"))
    yield chains
    chains.close()


@pytest.fixture
def given_runs(monkeypatch):
    """For each wave how many transactions it had, and how many runs had been made ahead."""
    counts = []
    original = SideBySide.__init__

    def noted(self, executions, block, transactions, *rest, **named):
        original(self, executions, block, transactions, *rest, **named)
        counts.append((len(transactions), sum(run is not None for run in named.get("found", ()))))

    monkeypatch.setattr(SideBySide, "__init__", noted)
    return counts


def transfer(chains, number, sender, receiver, amount="0.5"):
    return chains.transaction(number, sender, "token.iost", "transfer", ["iost", sender, receiver, amount, "m"])


def plain_transfers(chains, count=MANY):
    return [transfer(chains, n, PEOPLE[n % 4], PEOPLE[(n + 2) % 4], f"0.0{n + 1}") for n in range(count)]


def test_transfers_of_blocks_to_come_are_executed_ahead_once(chains, given_runs):
    chains.compare(plain_transfers(chains))  # now it is known what a transfer touches
    given_runs.clear()
    executions = chains.compare(plain_transfers(chains))
    assert given_runs == [(40, 40), (40, 40), (40, 40), (10, 10)]
    assert {run for execution in executions for run in execution.runs} == {1}
    assert {worker for execution in executions for worker in execution.workers[1:]} == {1, 2}
    assert all(execution.conflicts == () for execution in executions)


def odd_ones(chains):
    """Transactions that make a guess wrong: failures, rejections, JavaScript, gas that changes, other's money."""
    return [
        lambda n, who: transfer(chains, n, who, "0x" + "ab" * 20),
        lambda n, who: transfer(chains, n, who, "nobody"),
        lambda n, who: transfer(chains, n, who, who, "90000000000"),
        lambda n, who: chains.transaction(n, who, "", "bump", ["shared"]),
        lambda n, who: chains.transaction(n, who, "", "pay", [PEOPLE[0], "1"]),
        lambda n, who: chains.transaction(n, who, "token.iost", "balanceOf", ["iost", PEOPLE[1]]),
        lambda n, who: chains.transaction(n, who, "gas.iost", "pledge", [who, PEOPLE[0], "100"]),
        lambda n, who: chains.transaction(n, who, "token.iost", "transfer", ["iost", who, "x"]),
        lambda n, who: chains.transaction(n, who, "token.iost", "supply", ["iost"], gas_limit=4_000_000),
        lambda n, who: chains.transaction(n, who, "token.iost", "supply", ["iost"], gas_limit=6_000),
        lambda n, _: transfer(chains, n, PEOPLE[1], PEOPLE[2]),
    ]


@pytest.mark.timeout(300)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    odd=st.dictionaries(st.integers(0, MANY - 1), st.integers(0, 10), max_size=12),
    stretch=st.integers(1, 4),
    rebase=st.integers(1, 2),
)
def test_wrong_guesses_change_nothing(chains, odd, stretch, rebase):
    transactions = plain_transfers(chains)
    kinds = odd_ones(chains)
    for number, kind in odd.items():
        transactions[number] = kinds[kind](number, PEOPLE[number % 4])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "STRETCH", stretch)
        patch.setattr(run_ahead, "REBASE", rebase)
        chains.compare(transactions)


def test_short_stretches_and_newer_states_are_right_at_once(chains, given_runs, monkeypatch):
    chains.compare(plain_transfers(chains))
    given_runs.clear()
    monkeypatch.setattr(bulk, "STRETCH", 1)
    monkeypatch.setattr(run_ahead, "REBASE", 1)
    monkeypatch.setattr(bulk, "LEAST_BLOCKS", 1)
    chains.compare(plain_transfers(chains))
    assert given_runs == [(40, 40), (40, 40), (40, 40), (10, 10)]


@pytest.mark.parametrize("first", [0, 1])
def test_dead_workers_change_nothing(chains, monkeypatch, first):
    chains.compare(plain_transfers(chains))
    worker, jobs = chains.parallel.executions, []
    submit = worker._submit

    def dying(job: bytes) -> Future[bytes]:
        jobs.append(job)
        if len(jobs) <= first:
            return submit(job)
        future: Future[bytes] = Future()
        future.set_exception(WorkerCrashed("gone"))
        return future

    monkeypatch.setattr(worker, "_submit", dying)
    chains.compare(plain_transfers(chains))
    assert len(jobs) > first


def test_stopping_leaves_what_was_before(chains, monkeypatch):
    chains.compare(plain_transfers(chains))
    future: Future[bytes] = Future()
    future.set_exception(RunCancelled("stopped"))
    chain = chains.parallel.chain
    head = chain.restore("start")
    monkeypatch.setattr(chains.parallel.executions, "_submit", lambda _: future)
    outcomes = chain.submit_many(plain_transfers(chains))
    monkeypatch.undo()
    assert [outcome.what for outcome in outcomes] == ["the run was stopped before it"] * MANY
    assert (chain.head_number, chain.has_open_block) == (head, False)


def test_others_may_use_the_chain_between(chains):
    chains.compare(plain_transfers(chains))
    chain = chains.parallel.chain
    chain.restore("start")
    data = f'["iost","{PEOPLE[3]}","{PEOPLE[0]}","7",""]'
    request = TransactionRequest(PEOPLE[3], (Action("token.iost", "transfer", data),), gas_limit="200000")
    others = []

    def between(done, total):
        if done and len(others) < 2:
            others.append(chain.transact(request, close=len(others) == 1))

    requests = [
        TransactionRequest(PEOPLE[n % 3], (Action("token.iost", "transfer", text),))
        for n, text in enumerate(f'["iost","{PEOPLE[n % 3]}","{PEOPLE[3]}","0.0{n + 1}",""]' for n in range(MANY))
    ]
    before = {who: balance(chains.parallel, who) for who in PEOPLE}
    outcomes = chain.transact_many(requests, between=between)
    assert all(outcome.succeeded for outcome in (*outcomes, *others))
    assert len(others) == 2
    changes = {who: balance(chains.parallel, who) - before[who] for who in PEOPLE}
    sent = [round(float(f"0.0{n + 1}") * 10**8) for n in range(MANY)]
    assert changes[PEOPLE[3]] == sum(sent) - 14 * 10**8
    assert changes[PEOPLE[1]] == -sum(sent[1::3])
    assert all(chain.validate(number) is None for number in range(chain.head_number - 5, chain.head_number + 1))


def balance(local, who):
    return int(local.stack.reader().read(f"m-token.iost-TB{who}-iost")[0].partition("@")[0][1:])
