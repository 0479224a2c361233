"""Projects of ES modules and TypeScript as people work with them: deployed, called, stepped through in their files."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.debug.session import DebugSession
from engine.errors import CompileError
from engine.facade import DeployResult, Engine
from engine.values import Action, Profile, Severity, TransactionRequest, TransactionResult

BANK_TS = """\
import { Ledger, Kind } from './ledger';
import limits from './limits.json';

interface Entry { kind: Kind; amount: number }

/** A bank. */
export default class Bank {
  private ledger = new Ledger();

  init(): void {
    storage.put('total', '0');
  }

  /** Pays in.
   * @param {string} name */
  deposit(name: string, amount: number, options: { note?: string } = {}, urgent?: boolean): string {
    const entry: Entry = { kind: Kind.Deposit, amount };
    if (amount > limits.most) throw new RangeError('too much');
    this.ledger.add(entry.amount);
    return `${name}:${Kind[entry.kind]}:${this.ledger.total}:${options.note ?? '-'}:${urgent}`;
  }

  fail(): never {
    return this.ledger.refuse();
  }
}
"""
LEDGER_TS = """\
export enum Kind { Deposit = 1, Withdrawal }

export class Ledger {
  get total(): number {
    return Number(storage.get('total'));
  }

  add(amount: number): void {
    const next = this.total + amount;
    storage.put('total', String(next));
  }

  refuse(): never {
    throw new Error('refused by the ledger');
  }
}
"""
COUNTER_MJS = """\
import { next } from './lib/step.mjs';

export default class Counter {
  init() { storage.put('n', '0'); }

  /** @param {number} times */
  add(times) {
    let n = Number(storage.get('n'));
    for (let i = 0; i < times; i += 1) n = next(n);
    storage.put('n', String(n));
    return n;
  }
}
"""
STEP_MJS = "export function next(n) {\n  const following = n + 1;\n  return following;\n}\n"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine.open(tmp_path_factory.mktemp("chain"))
    yield engine
    engine.close()


def write(folder: Path, files: dict[str, str], entry: str) -> Path:
    contract = {"name": "c", "file": entry, "pack": True}
    settings = {"format": 1, "profile": "modern", "contracts": [contract]}
    for name, text in (files | {"strata.json": json.dumps(settings)}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder / entry


def deploy(engine: Engine, file: Path) -> DeployResult:
    prepared = engine.prepare(file).result(60)
    assert prepared.pack is not None
    engine.compile_pack(prepared.pack, profile=prepared.request.profile).result(60)
    return engine.deploy(msgspec.structs.replace(prepared.request, publisher="alice")).result(60)


def call(engine: Engine, contract: str, method: str, *arguments: object) -> TransactionResult:
    action = Action(contract, method, json.dumps(arguments))
    return engine.transact(TransactionRequest(publisher="alice", actions=(action,))).result(60)


@pytest.fixture(scope="module")
def bank(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("bank")
    files = {"src/bank.ts": BANK_TS, "src/ledger.ts": LEDGER_TS, "src/limits.json": '{"most": 1000}'}
    contract = deploy(engine, write(folder, files, "src/bank.ts")).contract
    assert contract is not None
    return contract.id, folder


def test_types_of_parameters_become_the_interface(engine: Engine, bank: tuple[str, Path]) -> None:
    methods = {method.name: method.args for method in engine.code(bank[0]).result(30).abi.abi}
    assert methods == {"deposit": ("string", "number", "json", "bool"), "fail": ()}


def test_a_typescript_contract_is_called(engine: Engine, bank: tuple[str, Path]) -> None:
    result = call(engine, bank[0], "deposit", "ann", 5, {"note": "x"}, True)
    assert result.succeeded, result.receipt.message
    name, kind, total, note, urgent = json.loads(result.receipt.returns[0])[0].split(":")
    assert (name, kind, note, urgent) == ("ann", "Deposit", "x", "true")
    assert int(total) >= 5


def test_failures_are_told_at_the_line_of_their_own_file(engine: Engine, bank: tuple[str, Path]) -> None:
    failure = call(engine, bank[0], "fail").failure
    assert failure is not None and failure.location is not None
    assert "refused by the ledger" in failure.text
    assert Path(failure.location.file).name == "ledger.ts"
    assert failure.location.line == LEDGER_TS.splitlines().index("    throw new Error('refused by the ledger');") + 1
    assert [Path(place.file).name for place in failure.stack] == ["ledger.ts", "bank.ts"]


@pytest.fixture
def session(engine: Engine, bank: tuple[str, Path]) -> Iterator[DebugSession]:
    session = engine.debug(call(engine, bank[0], "deposit", "ann", 5, {}, False).hash).result(60)
    yield session
    session.close()


def test_breakpoints_in_the_files_as_they_are_written(session: DebugSession, bank: tuple[str, Path]) -> None:
    ledger = str(bank[1] / "src" / "ledger.ts")
    line = LEDGER_TS.splitlines().index("    const next = this.total + amount;") + 1
    position = session.forward_to(session.first, frozenset({(ledger, line)}))
    step = session.step(position)
    assert (step.file, step.line) == (ledger, line)
    after = session.over(position)
    values = {variable.name: variable.text for variable in session.view(after).result(60).variables}
    assert values["amount"] == "5"
    assert int(values["next"]) >= 5
    outside = session.step(session.out(position))
    assert Path(outside.file).name == "bank.ts"


def test_an_es_module_contract_is_deployed_called_and_stepped(engine: Engine, tmp_path: Path) -> None:
    file = write(tmp_path, {"main.mjs": COUNTER_MJS, "lib/step.mjs": STEP_MJS}, "main.mjs")
    contract = deploy(engine, file).contract
    assert contract is not None
    assert [(method.name, method.args) for method in contract.abi.abi] == [("add", ("number",))]
    result = call(engine, contract.id, "add", 3)
    assert json.loads(result.receipt.returns[0]) == ["3"]
    session = engine.debug(result.hash).result(60)
    try:
        stop = (str(tmp_path / "lib" / "step.mjs"), 2)
        stops = 0
        position = session.first
        while position < session.step_count - 1:
            position = session.forward_to(position, frozenset({stop}))
            stops += (session.step(position).file, session.step(position).line) == stop
        assert stops == 3
    finally:
        session.close()


def test_an_unchanged_project_deployed_again_keeps_its_places(engine: Engine, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        {"main.mjs": COUNTER_MJS.replace("return n;", "throw new Error('end');"), "lib/step.mjs": STEP_MJS},
        "main.mjs",
    )
    lines = set()
    for _ in range(2):
        contract = deploy(engine, file).contract
        assert contract is not None
        failure = call(engine, contract.id, "add", 1).failure
        assert failure is not None and failure.location is not None
        lines.add((Path(failure.location.file).name, failure.location.line))
    assert lines == {("main.mjs", COUNTER_MJS.splitlines().index("    return n;") + 1)}


def test_what_does_not_compile_is_told_in_its_file_with_the_imports_that_lead_there(
    engine: Engine, tmp_path: Path
) -> None:
    waiting = "export const next = 1;\n\nexport async function later() { await 1; }\n"
    file = write(tmp_path, {"main.mjs": COUNTER_MJS.replace("next(n)", "next"), "lib/step.mjs": waiting}, "main.mjs")
    prepared = engine.prepare(file).result(60)
    assert prepared.pack is not None
    # Nobody calls it, so the packer leaves it out; it is in once it is named.
    assert "later" not in prepared.pack.code
    file = write(
        tmp_path,
        {"main.mjs": "import { later } from './lib/step.mjs';\n" + COUNTER_MJS.replace("next(n)", "later(n)")},
        "main.mjs",
    )
    prepared = engine.prepare(file).result(60)
    assert prepared.pack is not None
    with pytest.raises(CompileError) as caught:
        engine.compile_pack(prepared.pack, profile=prepared.request.profile).result(60)
    finding = next(found for found in caught.value.diagnostics if found.code == "no-async")
    assert (finding.file, finding.line) == ("lib/step.mjs", 3)
    assert "main.mjs → step.mjs" in str(caught.value)


def test_modules_are_checked_while_they_are_edited(engine: Engine) -> None:
    check = engine.check(BANK_TS, file="/p/bank.ts", profile=Profile.MODERN).result(60)
    assert [found for found in check.diagnostics if found.severity is Severity.ERROR] == []
    assert check.abi is not None and [method.name for method in check.abi.abi] == ["deposit", "fail"]
    waiting = COUNTER_MJS.replace("  add(times)", "  async later() {}\n\n  add(times)")
    found = engine.check(waiting, file="/p/main.mjs", profile=Profile.MODERN).result(60).diagnostics
    line = waiting.splitlines().index("  async later() {}") + 1
    assert ("no-async", line) in [(one.code, one.line) for one in found]
    source = "export default class {\n  init( {}\n}"
    (broken,) = engine.check(source, file="/p/a.ts", profile=Profile.MODERN).result(60).diagnostics
    assert (broken.severity, broken.file, broken.line) == (Severity.ERROR, "/p/a.ts", 3)
