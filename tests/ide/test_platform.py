"""Facts about PySide6 that the window stands on (spec/platform.md)."""

import sys

from PySide6.QtCore import QObject, Signal


def test_calls_that_return_nothing_do_not_take_references_from_none(qapp):
    """PySide6 6.12 on Python 3.11 lost one a call and the process died after some thousands."""
    target = QObject()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        target.setObjectName("x")
    assert sys.getrefcount(None) > before - 1000


def test_large_numbers_cross_a_signal_as_objects(qapp):
    class Source(QObject):
        changed = Signal(object)

    source, seen = Source(), []
    source.changed.connect(seen.append)
    source.changed.emit(2**63)
    assert seen == [2**63]
