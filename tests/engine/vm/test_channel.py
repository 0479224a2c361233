"""Messages between engine and worker: everything survives the trip, nonsense means a crash of the worker."""

from __future__ import annotations

import os
import sys
import threading
import time
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
    encode_message,
    failure_of,
    raise_failure,
)
from engine.vm.data_channel import data_channel

TEXTS = st.text(max_size=50)
MESSAGES = st.one_of(
    st.builds(Ready, pid=st.integers(0, 2**31)),
    st.builds(Job, id=st.integers(0, 2**60), payload=st.binary(max_size=100), soon=st.booleans()),
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


@pytest.fixture(scope="module", params=[Channel, data_channel])
def ends(request):
    ours, theirs = Pipe()
    yield request.param(ours), request.param(theirs)
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


@pytest.mark.parametrize("channel", [Channel, data_channel])
def test_a_closed_pipe(channel):
    ours, theirs = Pipe()
    theirs.close()
    with pytest.raises(ChannelClosed):
        channel(ours).receive()
    with pytest.raises(ChannelClosed):
        channel(ours).send(Stop())
    ours.close()
    with pytest.raises(ChannelClosed):
        channel(ours).receive()
    with pytest.raises(ChannelClosed):
        channel(ours).send(Stop())


@pytest.mark.parametrize("patience", [0.0, 0.0005, 0.2])
def test_messages_that_are_expected_soon_come_when_they_come(patience):
    ours, theirs = (data_channel(end) for end in Pipe())
    theirs.patience = patience
    delays = [0, 0, 0.002, 0.002, 0.3, 0, 0]

    def send():
        for number, delay in enumerate(delays):
            time.sleep(delay)
            ours.send(Job(number, b"x"))

    sending = threading.Thread(target=send)
    sending.start()
    assert [theirs.receive(soon=True).id for _ in delays] == list(range(len(delays)))
    sending.join()
    ours.close()
    with pytest.raises(ChannelClosed):
        theirs.receive(soon=True)
    theirs.close()
    with pytest.raises(ChannelClosed):
        theirs.receive(soon=True)


@pytest.mark.parametrize("channel", [Channel, data_channel])
def test_long_messages_and_several_at_once(channel):
    ours, theirs = (channel(end) for end in Pipe())
    sent = [Job(size, bytes([size % 256]) * size) for size in (0, 70_000, 3, 2_000_000, 65_530, 5)]
    sending = threading.Thread(target=lambda: [ours.send(message) for message in sent])
    sending.start()
    assert [theirs.receive() for _ in sent] == sent
    sending.join()
    ours.close()
    theirs.close()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no file descriptors there")
def test_a_message_in_pieces():
    ours, theirs = Pipe()
    message = Job(7, b"payload")
    data = encode_message(message)
    raw = len(data).to_bytes(4, "big") + data
    received = []
    reading = threading.Thread(target=lambda: received.extend((reader.receive(), reader.receive())))
    reader = data_channel(theirs)
    reading.start()
    for position in range(len(raw)):
        os.write(ours.fileno(), raw[position : position + 1])
    os.write(ours.fileno(), raw)
    reading.join(20)
    assert received == [message, message]
    os.write(ours.fileno(), b"\xff\xff\xff\xff")
    with pytest.raises(ChannelClosed, match="a message of"):
        reader.receive()
    os.write(ours.fileno(), raw[:5])
    ours.close()
    with pytest.raises(ChannelClosed):
        reader.receive()
    theirs.close()


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
