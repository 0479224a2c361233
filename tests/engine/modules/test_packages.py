"""Packages from npm, packed and used inside the sandbox, give what they give in Node."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.engine.modules import kit
from tests.engine.modules.packages_folder import PACKAGES, installed_packages

CASES = sorted(path.name for path in (PACKAGES / "cases").iterdir())

CODE_GENERATION = "Code generation from strings disallowed for this context: a contract cannot use eval"

REFUSALS = {
    "ajv": CODE_GENERATION,
    "handlebars": CODE_GENERATION,
    "lodash": CODE_GENERATION,
    "luxon": "Intl is not defined",
    "nanoid": "does not exist on a chain: every node must compute the same",
    "protobufjs": CODE_GENERATION,
    "uuid": "does not exist on a chain: every node must compute the same",
}
"""Packages that cannot work on a chain, and what they fail with: they generate code, or need chance or a locale."""


@pytest.fixture(scope="module")
def packages() -> Path:
    return installed_packages()


def place(packages: Path, folder: Path, case: Path) -> Path:
    """Put a case where it finds the packages, in a folder of its own."""
    folder.joinpath("node_modules").symlink_to(packages / "node_modules", target_is_directory=True)
    return Path(shutil.copy(case, folder / f"main{case.suffix}"))


@pytest.mark.parametrize("case", CASES)
def test_a_package_works_as_in_node(workshop, packages, tmp_path, case):
    main = place(packages, tmp_path, PACKAGES / "cases" / case)
    program = f"import('./{main.name}').then((m) => process.stdout.write(JSON.stringify((m.run ?? m.default.run)())))"
    expected = kit.run_node(["-e", program], tmp_path)
    outcome = workshop.outcome(workshop.pack(main))
    assert outcome.error is None
    assert json.loads(outcome.result) == json.loads(expected)


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_what_cannot_work_says_why(workshop, packages, tmp_path, name):
    (case,) = (PACKAGES / "refused").glob(f"{name}.*")
    main = place(packages, tmp_path, case)
    outcome = workshop.outcome(workshop.pack(main))
    assert REFUSALS[name] in outcome.error


def test_there_are_enough_packages():
    assert len(CASES) >= 20
