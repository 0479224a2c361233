"""The pool of worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import wait
from pathlib import Path

import pytest

from engine.errors import (
    DeadlineExceeded,
    InsufficientAssets,
    InternalError,
    InvalidInput,
    RunCancelled,
    WorkerCrashed,
)
from engine.interface import Temperature
from engine.values import Layer
from engine.vm.channel import WorkerSettings
from engine.vm.launcher import ForkServerLauncher, last_words
from engine.vm.pool import PoolSettings, Priority, WorkerPool
from tests.engine.vm.programs import contract

PROGRAM = "tests.engine.vm.worker_programs:create"
CONTRACTS = {
    "A": contract("A", "m() { return 'a'; }"),
    "open": contract("open", "m() { String.prototype.x = 'open'; return ''.x; }", open_intrinsics=True),
    "reads": contract("reads", "m() { return storage.get('key'); }"),
    "loops": contract("loops", "m() { for(;;); }"),
}


def make_pool(program=PROGRAM, warm_keys=None, **settings):
    return WorkerPool(
        program,
        warm_keys=warm_keys,
        serve_read=lambda keys: [(f"value of {key}", Layer.ROCKSDB) for key in keys],
        serve_code=CONTRACTS.__getitem__,
        serve_request=lambda name, payload: answer(name, payload),
        settings=PoolSettings(**{"floor": 1, "ceiling": 2, "spares": 1, "time_limit": 2.0, **settings}),
    )


def answer(name, payload):
    if payload == b"refuse":
        raise InvalidInput("refused", where=name)
    return name.encode() + b":" + payload


@pytest.fixture(scope="module")
def pool():
    pool = make_pool()
    assert pool.wait_ready()
    yield pool
    pool.close()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition):
    """Wait for something that another process does."""
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_jobs_by_call_and_submit(pool):
    assert pool.call(b"echo one") == b"one"
    assert pool.submit(b"echo two").result(20) == b"two"
    assert pool.call(b"run A") == b"a"


def test_many_jobs_at_once_on_several_threads(pool):
    futures = [pool.submit(f"echo {number}".encode()) for number in range(200)]
    called = []
    threads = [threading.Thread(target=lambda: called.append(pool.call(b"run A"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [future.result(20) for future in futures] == [str(number).encode() for number in range(200)]
    assert called == [b"a"] * 8


def test_workers_read_state_and_ask_the_engine(pool):
    assert pool.call(b"run reads") == b"value of key"
    assert pool.call(b"ask x") == b"ask:x"


def test_errors_cross_with_their_class(pool):
    with pytest.raises(InsufficientAssets, match="gas not enough") as caught:
        pool.call(b"broke")
    assert caught.value.gas == 7
    with pytest.raises(InvalidInput) as caught:
        pool.call(b"input")
    assert str(caught.value) == "here: bad\ndo better"
    with pytest.raises(InternalError, match="oops"):
        pool.call(b"bug")
    with pytest.raises(InvalidInput, match="refused"):
        pool.call(b"ask refuse")
    with pytest.raises(InternalError):
        pool.call(b"run unknown")
    assert pool.call(b"run A") == b"a"


def test_a_dead_worker_fails_its_job_and_is_replaced(pool):
    with pytest.raises(WorkerCrashed):
        pool.call(b"die")
    with pytest.raises(WorkerCrashed):
        pool.submit(b"die").result(20)
    assert pool.call(b"run A") == b"a"


def test_an_idle_worker_that_dies_is_replaced(pool):
    pid = int(pool.call(b"pid"))
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid not in [status.pid for status in pool.statuses()])
    assert int(pool.call(b"pid")) != pid


def test_time_limit_of_a_run(pool):
    with pytest.raises(DeadlineExceeded):
        pool.call(b"run loops")


def test_hard_deadline_kills_the_worker(pool):
    pid = int(pool.call(b"pid"))
    with pytest.raises(DeadlineExceeded):
        pool.call(b"hang", deadline=0.2)
    wait_until(lambda: not alive(pid))
    assert pool.call(b"run A") == b"a"


@pytest.mark.parametrize("job", [b"forever loops", b"hang"])
def test_cancel_stops_a_running_job(pool, job):
    assert pool.call(b"run A") == b"a"
    future = pool.submit(job)
    wait_until(lambda: any(status.state == "busy" for status in pool.statuses()))
    pool.cancel(future)
    with pytest.raises(RunCancelled):
        future.result(20)
    assert pool.call(b"run A") == b"a"


def test_priorities_and_cancel_while_waiting():
    pool = make_pool(ceiling=1, spares=0)
    try:
        assert pool.wait_ready()
        order = []
        blocker = pool.submit(b"forever loops")
        wait_until(lambda: any(status.state == "busy" for status in pool.statuses()))
        jobs = {}
        for name, priority in (("bulk", Priority.BULK), ("normal", Priority.NORMAL), ("first", Priority.INTERACTIVE)):
            jobs[name] = pool.submit(b"echo " + name.encode(), priority=priority)
            jobs[name].add_done_callback(lambda future: order.append(future.exception() or future.result()))
        dropped = pool.submit(b"echo dropped")
        pool.cancel(dropped)
        pool.cancel(blocker)
        wait(jobs.values(), timeout=20)
        wait_until(lambda: len(order) == 3)
        assert order == [b"first", b"normal", b"bulk"]
        with pytest.raises(RunCancelled):
            dropped.result(0)
    finally:
        pool.close()


def test_plain_handlers(pool):
    pool = make_pool("tests.engine.vm.worker_programs:create_plain", spares=0)
    try:
        assert pool.call(b"run A") == b"a"
        with pytest.raises(DeadlineExceeded):
            pool.call(b"run loops")
        assert pool.call(b"run reads") == b"value of key"
    finally:
        pool.close()


def test_spawned_workers():
    pool = make_pool(fork_server=False, spares=0)
    try:
        assert pool.call(b"run A") == b"a"
        with pytest.raises(WorkerCrashed):
            pool.call(b"die")
        assert pool.call(b"run A") == b"a"
    finally:
        pool.close()


@pytest.mark.parametrize("fork_server", [True, False])
def test_a_program_that_cannot_start_fails_its_jobs(fork_server):
    pool = make_pool("tests.engine.vm.worker_programs:create_broken", spares=0, fork_server=fork_server)
    try:
        with pytest.raises(InternalError):
            pool.submit(b"echo").result(60)
    finally:
        pool.close()


def test_recycling():
    pool = make_pool(recycle_runs=3)
    try:
        pids = {int(pool.call(b"pid"))}
        for _ in range(4):
            pool.call(b"run A")
            pids.add(int(pool.call(b"pid")))
        assert len(pids) > 1
    finally:
        pool.close()


def test_workers_follow_load_and_idle_ones_end():
    pool = make_pool(idle_seconds=0.1)
    try:
        assert pool.wait_ready()
        futures = [pool.submit(b"forever loops") for _ in range(2)]
        wait_until(lambda: sum(status.state == "busy" for status in pool.statuses()) == 2)
        for future in futures:
            pool.cancel(future)
        wait_until(lambda: sum(status.state in ("idle", "busy") for status in pool.statuses()) == 1)
    finally:
        pool.close()


def test_status_tells_loaded_contracts(pool):
    pool.call(b"run A")
    pool.refresh()
    wait_until(lambda: any("A" in status.contracts and status.memory_bytes > 0 for status in pool.statuses()))


def test_hot_contracts_are_loaded_before_the_first_job():
    pool = make_pool(warm_keys=lambda: ("A", "gone", "open"))
    try:
        assert pool.wait_ready()
        pool.refresh()
        wait_until(lambda: any(status.contracts == ("A",) for status in pool.statuses()))
        assert pool.call(b"run open") == b"open"
        assert pool.call(b"run A") == b"a"
    finally:
        pool.close()


@pytest.mark.parametrize("job", [b"forever loops", b"hang", None])
def test_close_ends_everything_at_once(job):
    pool = make_pool()
    assert pool.wait_ready()
    future = pool.submit(job) if job else None
    pids = [status.pid for status in pool.statuses()]
    pool.close()
    if future:
        with pytest.raises((RunCancelled, WorkerCrashed)):
            future.result(5)
    wait_until(lambda: not any(map(alive, pids)))
    with pytest.raises(InternalError):
        pool.call(b"echo")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("fork_server", [True, False])
def test_no_orphans_after_the_engine_was_killed(fork_server):
    script = (
        "import sys\n"
        "from tests.engine.vm.test_pool import make_pool\n"
        f"pool = make_pool(fork_server={fork_server})\n"
        "pool.wait_ready()\n"
        "future = pool.submit(b'forever loops')\n"
        "print(*[status.pid for status in pool.statuses()], flush=True)\n"
        "sys.stdin.read()\n"
    )
    engine = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    pids = [int(pid) for pid in engine.stdout.readline().split()]
    assert pids
    engine.kill()
    engine.wait()
    engine.stdin.close()
    engine.stdout.close()
    wait_until(lambda: not any(map(alive, pids)))


def test_changed_limits_replace_idle_workers_and_numbers_are_followed(pool):
    pool = make_pool(spares=1)
    try:
        assert pool.wait_ready()
        pid = int(pool.call(b"pid"))
        pool.configure(PoolSettings(floor=2, ceiling=2, spares=0, heap_bytes=64_000_000))
        wait_until(lambda: len(pool.statuses()) == 2 and pid not in [status.pid for status in pool.statuses()])
        assert pool.call(b"run A") == b"a"
        assert pool.deaths() == ()
    finally:
        pool.close()


def test_a_worker_is_cold_or_restored_and_then_hot():
    pool = make_pool(images=False, spares=0)
    try:
        assert pool.wait_ready()
        assert [status.temperature for status in pool.statuses()] == [Temperature.COLD]
        pool.call(b"run A")
        assert [status.temperature for status in pool.statuses()] == [Temperature.HOT]
    finally:
        pool.close()
    pool = make_pool(warm_keys=lambda: ("A",), images=False, spares=0)
    try:
        assert pool.wait_ready()
        assert [(status.temperature, status.contracts) for status in pool.statuses()] == [
            (Temperature.RESTORED, ("A",))
        ]
    finally:
        pool.close()


@pytest.mark.parametrize("fork_server", [True, False])
def test_last_words_of_a_worker_are_kept_and_not_shown(fork_server, capfd):
    pool = make_pool(fork_server=fork_server, spares=0)
    try:
        with pytest.raises(WorkerCrashed):
            pool.call(b"cry for help")
        wait_until(lambda: pool.deaths())
        (death,) = pool.deaths()
        assert death.last_words == "for help"
        assert death.kind == "run"
    finally:
        pool.close()
    assert "help" not in capfd.readouterr().err


def test_load_counts_what_is_busy_and_what_waits():
    pool = make_pool(ceiling=1, spares=0)
    try:
        assert pool.wait_ready()
        blocker, waiting = pool.submit(b"forever loops"), pool.submit(b"echo")
        wait_until(lambda: pool.load().busy == 1)
        load = pool.load()
        assert (load.workers, load.waiting) == (1, 1)
        assert load.busy_seconds > 0
        pool.cancel(blocker)
        assert waiting.result(20) == b""
    finally:
        pool.close()


def test_a_fork_server_ends_quietly_while_it_gets_ready(capfd):
    for _ in range(3):
        make_pool(fork_server=True).close()
    launcher = ForkServerLauncher(WorkerSettings(PROGRAM, 0.2, 64_000_000, 256_000_000))
    launcher._requests.close()
    assert launcher._process.wait(20) == 0
    assert last_words(launcher._errors) == ""
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform != "linux", reason="fork server")
def test_a_killed_fork_server_is_replaced():
    pool = make_pool(fork_server=True)
    try:
        assert pool.wait_ready()
        for _ in range(2):
            worker = int(pool.call(b"pid"))
            server = int(Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[1])
            ending = {status.pid for status in pool.statuses()}  # all of its workers, spares among them, end with it
            os.kill(server, signal.SIGKILL)
            wait_until(lambda ending=ending: not any(alive(pid) for pid in ending if pid))
            wait_until(lambda ending=ending: ending.isdisjoint({status.pid for status in pool.statuses()} - {0, None}))
            assert pool.submit(b"run A").result(20) == b"a"
    finally:
        pool.close()


def test_a_listener_that_fails_does_not_stop_the_pool(monkeypatch):
    faults = []
    monkeypatch.setattr(threading, "excepthook", faults.append)
    pool = make_pool(ceiling=1, spares=0)
    try:
        assert pool.wait_ready()

        def fail():
            raise ZeroDivisionError

        unsubscribe = pool.subscribe(fail)
        (worker,) = pool.statuses()
        os.kill(worker.pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while not faults:
            assert time.monotonic() < deadline, "the listener was never called"
            time.sleep(0.01)
        unsubscribe()
        assert pool.submit(b"echo alive").result(30) == b"alive"
        assert faults[0].exc_type is ZeroDivisionError
    finally:
        pool.close()


def test_workers_that_start_are_listed():
    seen = set()
    pool = make_pool(fork_server=True, floor=2)
    try:
        unsubscribe = pool.subscribe(lambda: seen.update((status.id, status.state) for status in pool.statuses()))
        assert pool.wait_ready()
        unsubscribe()
        assert {state for _, state in seen} >= {"starting", "idle"}
        assert all(status.pid > 0 for status in pool.statuses())
    finally:
        pool.close()


def test_a_worker_can_be_killed_while_it_starts():
    pool = make_pool(floor=1, spares=0)
    killed = []

    def kill():
        for status in pool.statuses():
            if status.state == "starting" and not killed:
                killed.append(status.id)
                pool.kill(status.id)

    try:
        pool.subscribe(kill)
        kill()
        assert pool.wait_ready()
        assert pool.call(b"echo on") == b"on"
        assert killed
        assert all(status.id not in killed for status in pool.statuses())
    finally:
        pool.close()


def test_short_jobs_do_not_call_for_more_workers():
    pool = make_pool(ceiling=4, spares=0)
    try:
        assert pool.wait_ready()
        for _ in range(20):
            pool.call(b"echo warm")
        futures = [pool.submit(b"echo x") for _ in range(3)]
        assert [future.result(20) for future in futures] == [b"x"] * 3
        blocker = pool.submit(b"forever loops")
        waiting = pool.submit(b"echo y")
        assert waiting.result(20) == b"y", "what waits too long gets a worker of its own"
        assert len(pool.statuses()) >= 2
        pool.cancel(blocker)
    finally:
        pool.close()
