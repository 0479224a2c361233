"""Messages between engine and worker: everything survives the trip, nonsense means a crash of the worker."""

from __future__ import annotations

from multiprocessing.connection import Pipe

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import errors
from engine.errors import ContractFailure, InternalError, UserError
from engine.vm.channel import (
    Answer,
    Ask,
    Cancel,
    Channel,
    ChannelClosed,
    Done,
    Failed,
    Job,
    Ready,
    Refused,
    Report,
    Status,
    Stop,
    failure_of,
    raise_failure,
)

TEXTS = st.text(max_size=50)
MESSAGES = st.one_of(
    st.builds(Ready, pid=st.integers(0, 2**31)),
    st.builds(Job, id=st.integers(0, 2**60), payload=st.binary(max_size=100)),
    st.builds(Done, payload=st.binary(max_size=100), memory_bytes=st.integers(0, 2**40), runs=st.integers(0, 2**40)),
    st.builds(Failed, error=TEXTS, text=TEXTS, gas=st.integers(0, 2**60), where=TEXTS, advice=TEXTS),
    st.builds(Ask, name=TEXTS, payload=st.binary(max_size=100)),
    st.builds(Answer, payload=st.binary(max_size=100)),
    st.builds(Refused, failure=st.builds(Failed, error=TEXTS, text=TEXTS)),
    st.builds(Cancel, job=st.integers(0, 2**60)),
    st.just(Stop()),
    st.just(Report()),
    st.builds(Status, memory_bytes=st.integers(0, 2**40), runs=st.integers(0, 9), contracts=st.tuples(TEXTS, TEXTS)),
)


@pytest.fixture(scope="module")
def ends():
    ours, theirs = Pipe()
    yield Channel(ours), Channel(theirs)
    ours.close()
    theirs.close()


@given(message=MESSAGES)
def test_messages_survive_the_trip(ends, message):
    ends[0].send(message)
    assert ends[1].receive() == message


@given(data=st.binary(max_size=200))
def test_nonsense_is_a_closed_channel(ends, data):
    ends[0].connection.send_bytes(data)
    try:
        message = ends[1].receive()
    except ChannelClosed:
        return
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(message)) is not None


@given(levels=st.integers(1, 100_000))
def test_deep_nesting_is_a_closed_channel(ends, levels):
    ends[0].connection.send_bytes(b"\x91" * levels)
    with pytest.raises(ChannelClosed):
        ends[1].receive()


def test_a_closed_pipe():
    ours, theirs = Pipe()
    theirs.close()
    with pytest.raises(ChannelClosed):
        Channel(ours).receive()
    with pytest.raises(ChannelClosed):
        Channel(ours).send(Stop())
    ours.close()


CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if issubclass(kind, ContractFailure)])
def test_contract_failures_keep_class_text_and_gas(kind):
    with pytest.raises(kind) as caught:
        raise_failure(failure_of(kind("text", gas=7)))
    assert type(caught.value) is kind
    assert (caught.value.text, caught.value.gas) == ("text", 7)


def test_texts_that_no_message_can_carry_are_repaired(ends):
    ends[0].send(failure_of(errors.ContractException("\ud800x")))
    assert ends[1].receive().text == "\ufffdx"


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if issubclass(kind, UserError)])
def test_user_errors_keep_their_advice(kind):
    arguments = ("what", ()) if issubclass(kind, errors.CompileError) else ("what",)
    with pytest.raises(UserError) as caught:
        raise_failure(failure_of(kind(*arguments, where="where", advice="advice")))
    assert str(caught.value) == "where: what\nadvice"


@given(error=TEXTS, text=TEXTS)
def test_unknown_errors_are_internal(error, text):
    if not hasattr(errors, error):
        with pytest.raises(InternalError):
            raise_failure(Failed(error, text))
