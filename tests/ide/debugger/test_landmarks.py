import msgspec
from hypothesis import given
from hypothesis import strategies as st

from engine.facade import TraceStep
from ide.debugger.landmarks import WriteMarks, sample_steps, step_of_access
from tests.ide.debugger.fake_session import STEPS, FakeSession
from tests.ide.panels import examples


class Counted:
    """A recording of which only the number of accesses matters."""

    def __init__(self, accesses):
        self.accesses = accesses
        self.step_count = len(accesses)

    def step(self, index):
        return TraceStep("c", "f", index, 0, index, 0, "", 1, index, self.accesses[index])


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60))
def test_the_step_of_an_access_is_the_last_that_had_not_made_it(made_by_step):
    before = [sum(made_by_step[:number]) for number in range(len(made_by_step))]
    session = Counted(before)
    for step, made in enumerate(made_by_step):
        for number in range(before[step], before[step] + made):
            assert step_of_access(session, number) == step


def test_keys_go_from_write_to_write_in_both_directions():
    result = examples.transfer()
    session = FakeSession(result)
    marks = WriteMarks(session, result.accesses)
    forwards, position = [], 0
    while (position := marks.after(position)) is not None:
        forwards.append(position)
    backwards, position = [], session.step_count - 1
    while (position := marks.before(position)) is not None:
        backwards.append(position)
    assert [STEPS[step][0] for step in forwards] == [27, 39, 31]
    assert backwards == forwards[::-1]


def test_the_chains_own_payments_are_no_marks():
    result = examples.transfer()
    settled = tuple(msgspec.structs.replace(access, action=-1) for access in result.accesses)
    session = FakeSession(result)
    assert WriteMarks(session, settled).columns(sample_steps(session, 300)) == ()
    assert WriteMarks(session, settled).after(0) is None


def test_marked_pixels_are_where_the_writing_steps_are():
    result = examples.transfer()
    session = FakeSession(result)
    samples = sample_steps(session, len(STEPS))
    lines = [STEPS[column][0] for column in WriteMarks(session, result.accesses).columns(samples)]
    assert lines == [27, 39, 31]


def test_samples_cover_the_whole_recording():
    session = FakeSession(examples.transfer())
    for columns in (2, 5, len(STEPS), 300):
        samples = sample_steps(session, columns)
        assert len(samples) == columns
        assert samples[0].gas == 0
        assert samples[-1].gas == 100 * (len(STEPS) - 1)
        assert {sample.depth for sample in samples} <= {1, 2}
    assert len(sample_steps(session, 1)) == 1
