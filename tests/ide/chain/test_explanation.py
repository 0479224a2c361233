import pytest

import engine.errors
from engine.values import (
    Action,
    FailureDetail,
    SourceLocation,
    Status,
    TransactionReceipt,
    TransactionRequest,
    TransactionResult,
)
from ide.chain.explanation import explain, explain_refusal, outcome_words


def failed(text, error="ContractException", *, status=Status.RUNTIME_ERROR, actions=1, place=None):
    calls = tuple(Action(f"Contract{number}", "pay", "[]") for number in range(actions))
    return TransactionResult(
        hash="H",
        request=TransactionRequest("alice", calls),
        receipt=TransactionReceipt("H", status, text),
        block_number=1,
        index=1,
        time=0,
        failure=FailureDetail(error, text, place),
    )


def subclasses(kind):
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in subclasses(child))]


@pytest.mark.parametrize("error", [kind.__name__ for kind in subclasses(engine.errors.ContractFailure)[1:]])
def test_every_failure_class_is_explained_in_its_own_words(error):
    found = explain(failed("boom", error), str)
    assert "pay" in found.happened
    other = explain(failed("boom", "SomethingElse"), str)
    assert (found.why, found.advice) != (other.why, other.advice)


def test_a_success_needs_no_explanation():
    assert explain(failed("", status=Status.SUCCESS), str) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Error: balance not enough 3.5 < 10", ["3.5", "10"]),
        ("pay ram failed. id: carol need 120, actual 7", ["carol", "120", "7"]),
        ("token iost exceed amountLimit in tx. need 50", ["iost", "50", "limit"]),
        ("gas not enough! Now: 10.5(tgas:0,pgas:10.5), Need 8000", ["10.5", "8000", "Pledge"]),
        ("abi shout not found", ["shout"]),
        ("contract ContractX not found", ["ContractX"]),
        ("invalid account nobody", ["nobody"]),
        ("transaction has no permission", ["signers"]),
        ("Uncaught exception: TypeError: Cannot read property 'x' of null", ["Debug"]),
    ],
)
def test_known_texts_are_read(text, words):
    found = explain(failed(text, "InsufficientAssets" if "not enough!" in text else "ContractException"), str)
    for word in words:
        assert word in f"{found.why} {found.advice}"


def test_running_out_of_gas_is_not_mistaken_for_what_its_text_says():
    assert "gas limit" in explain(failed("out of gas: token not exists", "OutOfGas"), str).why


def test_the_failing_action_is_named():
    place = SourceLocation("Contract1", "a.js", 3)
    found = explain(failed("boom", actions=3, place=place), lambda contract: f"<{contract}>")
    assert found.happened.startswith("Action 2, <Contract1>.pay,")
    assert explain(failed("boom", actions=3), str).happened.startswith("The transaction failed")


def test_what_cannot_be_paid_is_said_to_have_run():
    assert "ran to its end" in explain(failed("pay ram failed", status=Status.BALANCE_NOT_ENOUGH), str).happened


@pytest.mark.parametrize(
    "text",
    [
        "unauthorized publisher: alice",
        "gas limit illegal, should in [6000, 4000000]",
        "TimeError: tx.time is expired(tx.time: 1, now: 2). Please sync time",
        "tx exists in pending",
    ],
)
def test_refusals_are_explained(text):
    why, advice = explain_refusal(text)
    assert why
    assert advice


def test_an_unknown_refusal_stays_without_words():
    assert explain_refusal("something new") == ("", "")


def test_the_outcome_is_said_in_words():
    assert outcome_words(failed("boom")) == "Failed: an error was thrown"
    assert outcome_words(failed("", "OutOfGas", status=Status.GAS_RUN_OUT)) == "Failed: ran out of gas"
    for status in Status:
        words = outcome_words(failed("", "", status=status))
        assert words and "_" not in words
