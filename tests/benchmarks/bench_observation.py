"""What the stream of accesses costs a whole transaction when nobody listens: against the code without it."""

from __future__ import annotations

import ast
import inspect
import statistics
import time
from types import ModuleType
from typing import TYPE_CHECKING

from engine.chain import executor, host
from engine.chain.context import BlockContext
from engine.state.local_cache import LocalCache
from tests.benchmarks.harness import Figure, benchmark
from tests.engine.chain.support import DictReader, drive, genesis_chain

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 60
TRANSACTIONS = 200
_STAMPS = frozenset({"contract", "action", "line"})
_RECORDING = frozenset({"accesses", "observe"})


class _TakenOut(ast.NodeTransformer):
    """Removes what stamps the cache's accesses, asks for them to be recorded and hands them on."""

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | None:
        """Drop what is assigned to a stamp, alone or among others."""
        target, value = node.targets[0], node.value
        if _is_stamp(target):
            return None
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = zip(target.elts, value.elts, strict=True)
            kept = [ast.Assign([to], of) for to, of in pairs if not _is_stamp(to)]
            if len(kept) < len(target.elts):
                assert len(kept) <= 1, ast.unparse(node)
                return ast.copy_location(kept[0], node) if kept else None
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Drop the arguments that have accesses recorded, and those that hand them on."""
        if ast.unparse(node.func) in {"local_cache", "Execution"}:
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in _RECORDING]
        return self.generic_visit(node)


def _is_stamp(target: ast.expr) -> bool:
    return (
        isinstance(target, ast.Attribute)
        and target.attr in _STAMPS
        and ast.unparse(target.value) in {"self.cache", "self._cache"}
    )


def without_observation(module: ModuleType, **replaced: object) -> ModuleType:
    """Return a copy of a module without the code that observes, and with other things under some names."""
    source = inspect.getsource(module)
    tree = _TakenOut().visit(ast.parse(source))
    assert ast.unparse(tree) != ast.unparse(ast.parse(source)), f"nothing to take out of {module.__name__}"
    copy = ModuleType(module.__name__)
    exec(compile(ast.fix_missing_locations(tree), str(module.__file__), "exec"), copy.__dict__)
    copy.__dict__.update(replaced)
    return copy


@benchmark("observation")
def observation() -> Iterator[Figure]:
    """A token transfer, checked, executed and settled without any JavaScript: the transaction that does least besides.

    Processor time, the kinds in turn; the cost is the median of what each turn says.
    """
    bare_host = without_observation(host)
    bare = without_observation(executor, Host=bare_host.Host, local_cache=LocalCache)
    chain = genesis_chain()
    transaction = chain.transaction("alice", ("token.iost", "transfer", ["iost", "alice", "bobby", "1", ""]))
    block = BlockContext(1, "parent", "witness", chain.time)
    text, size = transaction.hash_text(), len(transaction.full_bytes())
    reader = DictReader(chain.entries)

    def spent(kind: ModuleType, *, observe: bool) -> float:
        start = time.process_time()
        for _ in range(TRANSACTIONS):
            run = kind.TransactionRun(
                transaction,
                block,
                hash_text=text,
                size=size,
                reader=reader,
                natives=chain.natives,
                locate=lambda sites: (),
                observe=observe,
            )
            drive(run)
        return (time.process_time() - start) / TRANSACTIONS * 1e6

    kinds = {"taken out": (bare, False), "nobody listens": (executor, False), "recorded": (executor, True)}
    turns: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(ROUNDS):
        names = list(kinds) if turn % 2 else list(reversed(kinds))  # whoever is first pays for what came before
        for name in names:
            module, observe = kinds[name]
            turns[name].append(spent(module, observe=observe))
    for name, taken in turns.items():
        ratios = [mine / base for mine, base in zip(taken, turns["taken out"], strict=True)]
        least = min(taken) / min(turns["taken out"])
        cost = f"{statistics.median(ratios) - 1:+.1%}; least against least {least - 1:+.1%}"
        goal = "≤ +2 %" if name == "nobody listens" else ""
        yield Figure(f"token transfer, {name}", statistics.median(taken), "µs", goal, cost)
