"""A timeline over the fake engine's lists: the present state, searched by the real search."""

from concurrent.futures import Future

from engine.state.mvcc import VersionTable
from engine.state.view import StateView, stretches_of
from engine.timeline.search import search
from engine.values import Layer, StateEntry


class NoBase:
    def get(self, _key):
        return None

    def scan(self, _prefix, _start):
        return iter(())

    def stretches(self, _prefix, _start, needle, most):
        return stretches_of(iter(()), needle, most)


def done(value):
    future = Future()
    future.set_result(value)
    return future


class FakeTimeline:
    """`answers` maps a method to what it answers; what was asked is in the engine's `asked`."""

    def __init__(self, engine):
        self._engine = engine

    def _view(self):
        texts = {
            entry.key: entry.value for layer in (Layer.ROCKSDB, Layer.MVCC) for entry in self._engine.layers[layer]
        }
        return StateView(NoBase(), VersionTable.of(texts), 0)

    def entries(self, *, at=None, prefix="", after="", count=200):
        self._engine.asked.append(("timeline.entries", (at, prefix, after)))
        return done(self._view().entries(prefix=prefix, after=after, count=count))

    def search(self, query, *, at=None, after="", count=200):
        self._engine.asked.append(("timeline.search", (query, at, after)))
        return done(search(self._view(), query, after=after, count=count))

    def prepare_search(self, after=""):
        self._engine.asked.append(("timeline.prepare_search", after))
        return done("m-" if not after else None)

    def value(self, key, *, at=None):
        text, layer = self._view().read(key)
        return done(StateEntry(key, text, layer))

    def __getattr__(self, name):
        def ask(*arguments, **named):
            self._engine.asked.append((f"timeline.{name}", (arguments, named)))
            answer = self._engine.answers[f"timeline.{name}"]
            if isinstance(answer, Exception):
                future = Future()
                future.set_exception(answer)
                return future
            return done(answer)

        return ask
