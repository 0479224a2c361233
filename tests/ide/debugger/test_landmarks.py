from hypothesis import given
from hypothesis import strategies as st

from engine.facade import TraceStep
from engine.values import AccessKind
from ide.debugger.landmarks import sample_steps, step_of_access, write_positions
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


def test_writes_are_marked_at_the_steps_that_made_them():
    result = examples.transfer()
    lines = [STEPS[position][0] for position in write_positions(FakeSession(result), result.accesses)]
    assert lines == [27, 39, 31]
    assert sum(access.kind is not AccessKind.READ for access in result.accesses) == 3


def test_samples_cover_the_whole_recording():
    session = FakeSession(examples.transfer())
    for columns in (2, 5, len(STEPS), 300):
        samples = sample_steps(session, columns)
        assert len(samples) == columns
        assert samples[0].gas == 0
        assert samples[-1].gas == 100 * (len(STEPS) - 1)
        assert {sample.depth for sample in samples} <= {1, 2}
    assert len(sample_steps(session, 1)) == 1
