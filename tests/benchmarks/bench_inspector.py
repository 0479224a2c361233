"""The storage inspector over a million keys, off screen: first hits of filters, and how long the window stalls."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.benchmarks.harness import Figure, benchmark, noise, spread

MILLION = 1_000_000
LARGE_MAP = 500_000
CONTRACTS, MAPS, FIELDS = 50, 10, 1000
BATCH = 20_000
PATIENCE_SECONDS = 120.0


@benchmark("inspector")
def inspector() -> Iterable[Figure]:
    """Scrolling, filters and searches in the inspector over 1,000,000 keys of the real engine."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication, QWidget

    from engine.facade import Engine
    from ide.application import create_application
    from ide.bridge import EngineBridge
    from ide.panels.storage.panel import StoragePanel
    from ide.panels.workbench import Workbench
    from ide.program import SWITCH_SECONDS
    from ide.time.moment import Moment
    from tests.ide.panels.fake_window import FakeWindow

    application = QApplication.instance() or create_application([])  # one for all benchmarks of a run
    sys.setswitchinterval(SWITCH_SECONDS)
    yield Figure("noise of the machine: fixed loop, p99 / p50", noise().p99 / noise().p50, "×")
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder) / "chain")
        fill(engine)
        parent = QWidget()
        bridge = EngineBridge()
        workbench = Workbench(FakeWindow(parent), bridge, bridge)
        bridge.attach(engine)
        panel = StoragePanel(workbench, Moment(workbench, workbench))
        panel.resize(1000, 600)
        panel.show()
        turns: list[float] = []
        work: list[float] = []
        """Turns of the event loop by the clock, and by this thread's processor time: the rest is waiting for others."""

        def until(condition: Callable[[], object]) -> float:
            """Turn the event loop until something holds; returns how long that took, in ms."""
            begin = time.perf_counter()
            while not condition():
                start, computing = time.perf_counter(), time.thread_time()
                application.processEvents()
                turns.append((time.perf_counter() - start) * 1e3)
                work.append((time.thread_time() - computing) * 1e3)
                if start - begin > PATIENCE_SECONDS:
                    raise TimeoutError("the inspector did not come to rest")
            return (time.perf_counter() - begin) * 1e3

        gc.freeze()  # as the window does when it has started
        model = panel.model
        yield Figure("contracts listed", until(lambda: model.rowCount() >= CONTRACTS), "ms", "≤ 100")
        until(lambda: not model.is_loading)

        large = next(
            index for row in range(model.rowCount()) if "ContractLarge" in str((index := model.index(row, 0)).data())
        )
        panel.view.expand(large)
        until(lambda: model.rowCount(large) and not model.is_loading)
        balances = model.index(model.rowCount(large) - 1, 0, large)
        turns.clear()
        panel.view.expand(balances)
        yield Figure("map of 500,000 fields opened", until(lambda: model.rowCount(balances) > 0), "ms", "≤ 100")

        bar = panel.view.verticalScrollBar()
        turns.clear()
        frames, computing = [], time.thread_time()
        for _ in range(300):
            start = time.perf_counter()
            bar.setValue(bar.value() + panel.view.viewport().height() // 2)
            panel.view.viewport().repaint()
            frames.append((time.perf_counter() - start) * 1e3)
            application.processEvents()
            turns.append((time.perf_counter() - start) * 1e3 - frames[-1])
        computing = (time.thread_time() - computing) * 1e3 / len(frames)
        until(lambda: not model.is_loading)
        yield Figure("scrolling: processor time a frame, mean", computing, "ms", note="what a quiet machine takes")
        yield Figure("scrolling: frame, p50", spread(frames).p50, "ms")
        yield Figure("scrolling: frame, p99", spread(frames).p99, "ms", "≤ 16")
        yield Figure("scrolling: turn of the event loop, p99", spread(turns).p99, "ms", "≤ 16")

        turns.clear()
        model.set_filter("value:not-prepared")
        yield Figure("first search of all, not prepared", until(lambda: not model.is_loading), "ms")
        model.set_filter("")
        until(lambda: not model.is_loading)
        model.prepare()
        yield Figure(
            "search prepared again", until(lambda: not model.is_preparing), "ms", note="on entering the filter"
        )
        yield Figure("not prepared and prepared: longest turn", max(turns), "ms", "≤ 16")

        for name, text in (
            ("a field by its beginning", "user0499999"),
            ("a word that is everywhere", "user"),
            ("payer and type", "payer:bobby type:number"),
            ("a value in the middle", "value:rare-needle"),
        ):
            turns.clear()
            work.clear()
            model.set_filter(text)
            first = until(lambda: model.rowCount() > 0)
            yield Figure(f"filter, {name}: first results", first, "ms", "≤ 100")
            rest = first + until(lambda: not model.is_loading)
            yield Figure(f"filter, {name}: page complete or all searched", rest, "ms", note=f"{model.rowCount()} hits")
            yield Figure(f"filter, {name}: turn of the event loop, p99", spread(turns).p99, "ms", "≤ 16")
            computing = max(work)
            yield Figure(f"filter, {name}: longest turn", max(turns), "ms", "≤ 16", f"processor: {computing:.1f} ms")
        bridge.close(wait=True)


def fill(engine: object) -> None:
    """Put a million entries into the state column, as flushed blocks would have."""
    from engine.facade import Engine
    from engine.state.columns import ColumnName

    assert isinstance(engine, Engine)
    store = engine._parts.store
    batch, count = store.batch(), 0
    for key, text in entries():
        batch.put(ColumnName.STATE, key.encode(), text.encode())
        count += 1
        if count % BATCH == 0:
            store.write(batch)
            batch = store.batch()
    store.write(batch)
    assert count == MILLION
    store.columns[ColumnName.STATE].compact()


def entries() -> Iterable[tuple[str, str]]:
    """Yield keys and stored texts: one map of half a million fields, the rest in 500 maps of 50 contracts."""
    for number in range(LARGE_MAP):
        text = "srare-needle@carol" if number == LARGE_MAP // 2 else f"s{number * 7}.25@alice"
        yield f"m-ContractLarge-balances-user{number:07d}", text
    for contract in range(CONTRACTS):
        for name in range(MAPS):
            for field in range(FIELDS):
                payer = "bobby" if field % 100 == 7 else "alice"
                yield f"m-ContractSmall{contract:02d}-map{name}-item{field:04d}", f"i{field}@{payer}"
