"""Work off the GUI thread: results arrive on it, cancelled ones do not."""

import threading
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QObject, QThread

from engine.errors import InvalidInput
from ide.tasks import JobsButton, TaskService


@pytest.fixture
def service(leaves_nothing, qapp):
    owner = QObject()
    made = TaskService(owner)
    yield made
    made.close()
    owner.deleteLater()


def test_a_result_arrives_on_the_gui_thread(service, qtbot):
    seen = []

    def work(progress):
        return threading.current_thread().name

    service.start("work", work, succeeded=lambda name: seen.append((name, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(seen))
    name, thread = seen[0]
    assert name.startswith("strata-task") and thread is service.thread()
    qtbot.waitUntil(lambda: not service.tasks)


def test_a_failure_goes_to_its_handler_or_to_unhandled(service, qtbot):
    def fail(progress):
        raise InvalidInput("no")

    failures = []
    service.start("work", fail, failed=failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    with qtbot.waitSignal(service.unhandled) as unhandled:
        service.start("other", fail)
    assert isinstance(unhandled.args[1], InvalidInput)


def test_cancel_reaches_the_function_and_its_result_does_not_arrive(service, qtbot):
    started, seen = threading.Event(), []

    def work(progress):
        started.set()
        while not progress.cancelled:
            pass
        return 1

    task = service.start("work", work, succeeded=seen.append)
    started.wait(10)
    task.cancel()
    qtbot.waitUntil(lambda: not service.tasks)
    assert not seen


def test_following_an_engine_future(service, qtbot):
    future, seen, cancelled = Future(), [], []
    task = service.follow("call", future, succeeded=seen.append, cancel=lambda: cancelled.append(1))
    task.cancel()
    assert cancelled == [1]
    future.set_result(5)
    qtbot.waitUntil(lambda: not service.tasks)
    assert not seen
    other = Future()
    service.follow("call", other, succeeded=seen.append)
    threading.Thread(target=other.set_result, args=(2**63,)).start()
    qtbot.waitUntil(lambda: seen == [2**63])


def test_progress_is_shown_with_cancel(service, qtbot):
    go_on = threading.Event()

    def work(progress):
        progress.report(0.5, "half")
        go_on.wait(10)

    button = JobsButton(service)
    qtbot.addWidget(button)
    task = service.start("Packing", work)
    qtbot.waitUntil(lambda: task.fraction == 0.5)
    button._show()
    assert button.text() == "Packing 50%"
    go_on.set()
    qtbot.waitUntil(lambda: not service.tasks)
    assert button.isHidden()
