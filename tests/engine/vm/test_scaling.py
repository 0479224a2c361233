"""How many workers are wanted: by what waits, and by how long it has waited."""

from __future__ import annotations

import pytest

from engine.vm.scaling import PATIENCE, JobClock, wanted_workers


@pytest.mark.parametrize(
    ("workers", "waiting", "longest_wait", "job_seconds", "wanted"),
    [
        (1, 0, 0.0, 1.0, 1),  # nothing waits
        (0, 1, 0.0, 0.0, 1),  # nobody works
        (1, 3, 0.0, 0.0002, 1),  # short jobs are done at once
        (1, 1, PATIENCE, 0.0002, 2),  # but this one is not
        (1, 4, 0.0, 0.005, 2),  # will wait for 20 ms: two do it in time
        (1, 4, 0.0, 1.0, 5),  # long jobs: one worker each
        (2, 1000, 0.0, 0.0001, 10),
        (4, 1, 0.0, 0.03, 4),  # one of four will soon be free
    ],
)
def test_wanted_workers(workers, waiting, longest_wait, job_seconds, wanted):
    found = wanted_workers(workers=workers, waiting=waiting, longest_wait=longest_wait, job_seconds=job_seconds)
    assert found == wanted


def test_a_clock_follows_the_newest_jobs():
    clock = JobClock()
    for _ in range(60):
        clock.note(1.0)
    assert clock.mean == pytest.approx(1.0, abs=0.01)
    for _ in range(60):
        clock.note(0.1)
    assert clock.mean == pytest.approx(0.1, abs=0.01)
