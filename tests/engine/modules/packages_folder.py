"""The npm packages of the kit, installed once per lock file into a folder of the user's cache."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from engine.compiler.bundler import cache_folder
from engine.compiler.pack import Installation, missing_dependencies
from engine.errors import EnvironmentProblem
from tests.engine.modules.kit import HERE

PACKAGES = HERE / "packages"
_COMPLETE = ".complete"


def installed_packages() -> Path:
    """Return a copy of the packages' project with everything installed; skip the test if npm cannot be reached."""
    lock = (PACKAGES / "package-lock.json").read_bytes()
    folder = cache_folder() / "kit-packages" / hashlib.sha256(lock).hexdigest()[:16]
    if not (folder / _COMPLETE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PACKAGES / name, folder / name)
        try:
            Installation(folder, missing_dependencies(folder)).run()
        except EnvironmentProblem as problem:
            pytest.skip(f"npm cannot be reached: {problem.what}")
        (folder / _COMPLETE).touch()
    return folder
